"""The outbox as admins see it: of their people only, without bodies and addresses, and what was given up can be tried again."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from mysapk_web.administration.mail_log import MailFilter, MailRow, list_mail, retry_mail
from mysapk_web.administration.pages.surat import LETTERS
from mysapk_web.app import mail_leases
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk, clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from tests.support.agencies import Office
from tests.support.demo_actors import NIPS, acting


def write(
    db: Database, who: str | None, letter: MailKind = MailKind.ACTIVATED, state: OutboxState = OutboxState.FAILED
) -> int:
    with db.begin() as s:
        mail = enqueue(
            s,
            letter,
            account_id=acting(db, who).account_id if who else None,
            recipient=None if who else "entah@example.com",
            rahasia="jangan-tampil",
        )
        mail.state, mail.attempts, mail.last_error = state, 30, "550 kotak surat penuh"
        s.flush()
        return mail.id or 0


def listed(db: Database, who: str, narrowed: MailFilter | None = None) -> list[MailRow]:
    with db.read() as s:
        return list_mail(s, acting(db, who), narrowed or MailFilter()).items


def send_again(db: Database, who: str, mail_id: int) -> None:
    with db.begin() as s:
        retry_mail(s, acting(db, who), mail_id=mail_id)


@pytest.mark.parametrize("letter", list(MailKind))
def test_every_letter_is_called_by_its_words(demo_db: Database, letter: MailKind) -> None:
    write(demo_db, "pegawai", letter)
    assert [row.kind for row in listed(demo_db, "admin_instansi", MailFilter(kind=letter.value))] == [letter.label]
    assert letter.value != letter.label
    assert ((letter.value, letter.label) in LETTERS) is (letter is not MailKind.TEST)


def test_no_two_letters_are_called_the_same() -> None:
    assert len({letter.label for letter in MailKind}) == len(MailKind)


def test_each_agency_sees_the_mails_of_its_people(demo_db: Database) -> None:
    mine, other = write(demo_db, "pegawai"), write(demo_db, "pegawai_lain")
    write(demo_db, None, state=OutboxState.OBSOLETE)
    assert [row.id for row in listed(demo_db, "admin_instansi")] == [mine]
    assert [row.id for row in listed(demo_db, "admin_instansi_lain")] == [other]
    assert [row.id for row in listed(demo_db, "admin_bkn")] == [other, mine]
    assert [row.nip for row in listed(demo_db, "admin_satker")] == [NIPS["pegawai"]]


def test_nothing_of_body_or_address_is_told(demo_db: Database) -> None:
    write(demo_db, "pegawai")
    row = listed(demo_db, "admin_instansi")[0]
    assert row.recipient.startswith("dew*")
    assert "dewi.rahayu@" not in repr(row)
    assert "jangan-tampil" not in repr(row)
    assert (row.kind, row.reason, row.progress, row.can_retry) == (
        MailKind.ACTIVATED.label,
        "550 kotak surat penuh",
        "30 kali dicoba",
        True,
    )


def test_filters(demo_db: Database) -> None:
    failed = write(demo_db, "pegawai")
    sent = write(demo_db, "pppk", MailKind.LOCKED, OutboxState.SENT)
    assert [row.id for row in listed(demo_db, "admin_instansi", MailFilter(state=OutboxState.SENT))] == [sent]
    assert [row.id for row in listed(demo_db, "admin_instansi", MailFilter(kind=MailKind.ACTIVATED))] == [failed]
    assert [row.id for row in listed(demo_db, "admin_instansi", MailFilter(nip=NIPS["pppk"]))] == [sent]
    assert listed(demo_db, "admin_instansi", MailFilter(nip=NIPS["pegawai_lain"])) == []
    with pytest.raises(UserError):
        listed(demo_db, "admin_instansi", MailFilter(nip="12"))


def test_a_mail_that_was_given_up_is_sent_again(demo_db: Database) -> None:
    mail_id = write(demo_db, "pegawai")
    send_again(demo_db, "admin_instansi", mail_id)
    with demo_db.begin() as s:
        mail = s.get_one(OutboxMail, mail_id)
        assert (mail.state, mail.attempts, mail.last_error) == (OutboxState.PENDING, 0, "")
        event = s.exec(select(AuditEvent).where(AuditEvent.tag == AuditTag.MAIL_RESENT)).one()
        assert event.subject_id == mail.account_id
        assert mail_leases.has_due_mail(s)
    with pytest.raises(UserError):
        send_again(demo_db, "admin_instansi", mail_id)


@pytest.mark.parametrize("state", [OutboxState.PENDING, OutboxState.SENDING, OutboxState.SENT, OutboxState.OBSOLETE])
def test_only_what_was_given_up_can_be_sent_again(demo_db: Database, state: OutboxState) -> None:
    mail_id = write(demo_db, "pegawai", state=state)
    assert not listed(demo_db, "admin_instansi")[0].can_retry
    with pytest.raises(UserError):
        send_again(demo_db, "admin_instansi", mail_id)


def test_nobody_sends_outside_the_scope_nor_the_own_mail(demo_db: Database) -> None:
    foreign, own = write(demo_db, "pegawai_lain"), write(demo_db, "admin_instansi")
    for mail_id in (foreign, own, 10**9):
        with pytest.raises(PermissionDenied):
            send_again(demo_db, "admin_instansi", mail_id)
    assert [row.can_retry for row in listed(demo_db, "admin_instansi")] == [False]
    with demo_db.read() as s:
        states = s.exec(select(OutboxMail.state).where(col(OutboxMail.id).in_([foreign, own]))).all()
    assert set(states) == {OutboxState.FAILED}


@pytest.mark.parametrize(
    ("who", "whom"), [("sari", "budi"), ("taufik", "lina"), ("taufik", "budi"), ("surya", "lina"), ("sari", "ani")]
)
def test_the_mail_of_somebody_higher_is_neither_offered_nor_sent_again(office: Office, who: str, whom: str) -> None:
    may = (who, whom) not in {("sari", "budi"), ("taufik", "lina")}
    with office.db.begin() as s:
        mail = enqueue(s, MailKind.ACTIVATED, account_id=office.ids[whom])
        mail.state = OutboxState.FAILED
        s.flush()
        mail_id = mail.id or 0
    actor = office.actor(who)
    (row,) = office.see(list_mail, actor, MailFilter()).items
    assert row.can_retry is may
    if may:
        office.do(retry_mail, actor, mail_id=mail_id)
    else:
        with pytest.raises(UserError, match="tidak dapat Anda atur"):
            office.do(retry_mail, actor, mail_id=mail_id)
    assert office.mails(whom)[0].state is (OutboxState.PENDING if may else OutboxState.FAILED)


@pytest.mark.parametrize("who", ["pegawai", "verifikator", "approver"])
def test_who_has_no_permission_sees_and_sends_nothing(demo_db: Database, who: str) -> None:
    mail_id = write(demo_db, "pppk")
    with pytest.raises(PermissionDenied):
        listed(demo_db, who)
    with pytest.raises(PermissionDenied):
        send_again(demo_db, who, mail_id)


def test_a_letter_of_an_older_release_goes_by_its_own_name(demo_db: Database) -> None:
    mail_id = write(demo_db, "pegawai")
    with demo_db.begin() as s:
        s.execute(update(OutboxMail).where(col(OutboxMail.id) == mail_id).values(template="surat-lama"))
    assert listed(demo_db, "admin_instansi")[0].kind == "surat-lama"


def test_every_mail_knows_its_agency_whoever_writes_it(db: Database) -> None:
    """Beside `enqueue` also statements that write many at once; one for nobody has none."""
    with db.begin() as s:
        instansi = Instansi(code="73", name="Contoh")
        s.add(instansi)
        s.flush()
        unor = Unor(instansi_id=instansi.id or 0, code="1", name="Contoh", path="1/")
        s.add(unor)
        s.flush()
        pegawai = Pegawai(
            nip="0" * 18, name="A", jenis=JenisPegawai.PNS, instansi_id=instansi.id or 0, unor_id=unor.id or 0
        )
        s.add(pegawai)
        s.flush()
        account = Account(pegawai_id=pegawai.id or 0)
        s.add(account)
        s.flush()
        enqueue(s, MailKind.ACTIVATED, account_id=account.id)
        enqueue(s, MailKind.TEST, account_id=None, recipient="entah@example.com")
        s.flush()
        row = {"template": "x", "account_id": account.id, "recipient": None, "params": {}, "state": OutboxState.PENDING}
        moment = {"created_at": clock.now(), "due_at": clock.now(), "claimed_by": "", "attempts": 0, "last_error": ""}
        bulk.insert_many(s, OutboxMail, [{**row, **moment, "message_id": str(number)} for number in range(3)])
        wanted = instansi.id
    with db.read() as s:
        assert list(s.exec(select(OutboxMail.instansi_id).order_by(col(OutboxMail.id)))) == [
            wanted,
            None,
            *[wanted] * 3,
        ]
