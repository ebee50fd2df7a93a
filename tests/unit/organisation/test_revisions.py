"""Acts on a stale page: of two admins who saw the same the second one is told who was faster, and when; nothing of the first is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from mysapk_web.accounts.audit_events import TotpEnabled
from mysapk_web.administration import (
    announcements,
    email_correction,
    email_policy,
    email_requests,
    mail_log,
    period_admin,
)
from mysapk_web.administration.email_imports.api_tokens import make_token, revoke_token
from mysapk_web.administration.imports import actions
from mysapk_web.administration.people import accounts, detail
from mysapk_web.administration.people.accounts import (
    approve_cpns,
    cancel_reset_tokens,
    disable_account,
    enable_account,
    remove_second_factor,
    revoke_account_sessions,
    send_reset_token,
)
from mysapk_web.administration.people.detail import account_detail
from mysapk_web.administration.people.grant_list import list_grants
from mysapk_web.administration.people.grants import grant_role, revoke_role
from mysapk_web.administration.period_input import PeriodAction, PeriodInput
from mysapk_web.administration.tables.email_request import EmailRequest
from mysapk_web.administration.tables.import_token import ImportToken
from mysapk_web.organisation import audit, revisions
from mysapk_web.organisation.actor import NotFoundError
from mysapk_web.organisation.help import ContactView
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import RoleGrant
from mysapk_web.organisation.tables.agency import HelpContact, Period
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import StaleRevisionError, UserError
from mysapk_web.platform.imports.rules import RunSource, RunState
from mysapk_web.platform.imports.tables import ImportRun
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from tests.support.agencies import ROLLS, Office
from tests.support.audit_samples import sample
from tests.unit.administration.test_people_accounts import lock

Do = Callable[[Session, str], object]
"""An act of somebody, by key, in a transaction."""


def at_once(office: Office, act: Do, *who: str) -> list[str]:
    """Each acts in a thread, in a transaction that stays open until the others have had time; gives what each was told, sorted."""
    told: list[str] = []
    start, others = threading.Barrier(len(who)), threading.Event()

    def run(key: str) -> None:
        try:
            start.wait(10)
            with office.db.begin() as session:
                act(session, key)
                others.wait(0.3)
            told.append("")
        except UserError as refusal:
            told.append(refusal.sentence)
        except BaseException as error:
            told.append(repr(error))

    threads = [threading.Thread(target=run, args=(key,)) for key in who]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(told)


def _disable(office: Office) -> Do:
    return lambda session, who: disable_account(
        session, account_id=office.ids["ani"], actor=office.actor(who), reason=f"Alasan {who}"
    )


def _enable(office: Office) -> Do:
    office.change("ani", disabled_at=clock.now(), disabled_reason="Lama")
    return lambda session, who: enable_account(
        session, account_id=office.ids["ani"], actor=office.actor(who), reason=f"Alasan {who}"
    )


def _unlock(office: Office) -> Do:
    lock(office, "ani")
    return lambda session, who: accounts.unlock_account(session, account_id=office.ids["ani"], actor=office.actor(who))


def _approve(office: Office) -> Do:
    return lambda session, who: approve_cpns(session, account_id=office.ids["dewi"], actor=office.actor(who))


def _send_token(office: Office) -> Do:
    return lambda session, who: send_reset_token(session, account_id=office.ids["ani"], actor=office.actor(who))


def _end_sessions(office: Office) -> Do:
    office.open_session("ani", "a" * 64)
    return lambda session, who: revoke_account_sessions(session, account_id=office.ids["ani"], actor=office.actor(who))


def _remove_factor(office: Office) -> Do:
    return lambda session, who: remove_second_factor(
        session, account_id=office.ids["budi"], actor=office.actor(who), reason="Datang sendiri"
    )


def _grant(office: Office) -> Do:
    return lambda session, who: grant_role(
        session, office.actor(who), account_id=office.ids["ani"], role=Role.VERIFIKATOR.value, unit="D1"
    )


def _revoke(office: Office) -> Do:
    grant = office.grant_id("budi", Role.VERIFIKATOR)
    return lambda session, who: revoke_role(session, office.actor(who), grant_id=grant)


def _repair(office: Office) -> Do:
    return lambda session, who: email_correction.correct_email(
        session, office.actor(who), account_id=office.ids["ani"], email=f"{who}@example.com", reason="Salah ketik"
    )


def _request(office: Office) -> int:
    form = {"nip": ROLLS["ani"]["nip"], "name": "Ani Lestari", "old_email": "", "new_email": "ani.baru@example.com"}
    office.do(email_requests.submit_request, client=ClientContext("b", "", "203.0.113.7"), **form)
    return office.see(lambda session: session.exec(select(EmailRequest.id)).one()) or 0


def _accept(office: Office) -> Do:
    number = _request(office)
    return lambda session, who: email_requests.accept_request(
        session, office.actor(who), request_id=number, reason="Ditelepon"
    )


def _refuse(office: Office) -> Do:
    number = _request(office)
    return lambda session, who: email_requests.reject_request(
        session, office.actor(who), request_id=number, reason="Tidak dikenal"
    )


def _policy(office: Office) -> Do:
    return lambda session, who: email_policy.set_policy(
        session, office.actor(who), policy="AGENCY_ONLY", domains=f"{who}.example.go.id"
    )


def _contact(office: Office) -> Do:
    return lambda session, who: announcements.save_contact(
        session, office.actor(who), f"i{office.ids['K1']}", ContactView(who, "021-8093008", "", "", "", "")
    )


def _announcement(office: Office) -> announcements.AnnouncementView:
    last = clock.now().astimezone(Zone.WIB.info).date() + timedelta(days=2)
    place = f"i{office.ids['K1']}"
    office.do(announcements.publish, office.actor("lina"), place, title="Libur", body="Tutup.", last_day=last)
    return office.see(announcements.load_editor, office.actor("lina"), place).announcements[0]


def _edit(office: Office) -> Do:
    seen = _announcement(office)
    return lambda session, who: announcements.edit(
        session,
        office.actor(who),
        announcement_id=seen.id,
        title=who,
        body=seen.body,
        last_day=seen.last_day,
        seen=seen.revision,
    )


def _end(office: Office) -> Do:
    seen = _announcement(office)
    return lambda session, who: announcements.retract(
        session, office.actor(who), announcement_id=seen.id, seen=seen.revision
    )


def _draft(office: Office, *, act: PeriodAction = PeriodAction.CREATE, first: int = 3, last: int = 9) -> PeriodInput:
    today = clock.now().astimezone(Zone.WIB.info).date()
    days = (today + timedelta(days=first), today + timedelta(days=last))
    return PeriodInput(act, PeriodKind.PDM, f"i{office.ids['K1']}", *days, "Surat 1")


def _set_period(office: Office) -> Do:
    return lambda session, who: period_admin.save_period(session, office.actor(who), _draft(office))


def _period(office: Office) -> tuple[int, int]:
    """Number and revision of a period of the first agency that has not begun."""
    number = office.do(lambda session: period_admin.save_period(session, office.actor("lina"), _draft(office)).id) or 0
    seen = office.see(
        lambda session: revisions.current_revision(session, revisions.of_period(office.ids["K1"], PeriodKind.PDM))
    )
    return number, seen


def _extend_period(office: Office) -> Do:
    _, seen = _period(office)
    longer = _draft(office, act=PeriodAction.EXTEND, last=12)
    return lambda session, who: period_admin.save_period(session, office.actor(who), longer, seen=seen)


def _remove_period(office: Office) -> Do:
    number, seen = _period(office)
    return lambda session, who: period_admin.remove_period(session, office.actor(who), period_id=number, seen=seen)


def _revoke_token(office: Office) -> Do:
    office.do(make_token, office.actor("lina"), label="SIMPEG")
    number = office.see(lambda session: session.exec(select(ImportToken.id)).one()) or 0
    return lambda session, who: revoke_token(session, office.actor(who), token_id=number)


def _run(office: Office, state: RunState) -> int:
    now = clock.now()
    with office.db.begin() as session:
        run = ImportRun(
            source=RunSource.PAGE,
            state=state,
            instansi_id=office.ids["K1"],
            started_by=office.ids["lina"],
            file_name="alamat.csv",
            file_hash="0" * 64,
            created_at=now,
            ready_at=now,
            finished_at=now if state is RunState.DONE else None,
            applied=1,
        )
        session.add(run)
        session.flush()
        return run.id or 0


def _steer(act: Callable[..., None], state: RunState) -> Callable[[Office], Do]:
    def prepare(office: Office) -> Do:
        number = _run(office, state)
        return lambda session, who: act(session, office.actor(who), number)

    prepare.__name__ = f"_{act.__name__}_import"
    return prepare


def _failed_mail(office: Office) -> int:
    with office.db.begin() as session:
        mail = enqueue(session, MailKind.ACTIVATED, account_id=office.ids["ani"])
        mail.state, mail.attempts = OutboxState.FAILED, 30
        session.flush()
        return mail.id or 0


def _retry(office: Office) -> Do:
    number = _failed_mail(office)
    return lambda session, who: mail_log.retry_mail(session, office.actor(who), mail_id=number)


ACTS = [
    (_disable, "Akun dinonaktifkan"),
    (_enable, "Akun diaktifkan kembali"),
    (_unlock, "Waktu tunggu dihapus"),
    (_approve, "Akun CPNS disetujui"),
    (_send_token, "Token dikirim oleh admin"),
    (_end_sessions, "Sesi diakhiri"),
    (_remove_factor, "Verifikasi dua langkah dihapus oleh admin"),
    (_grant, "Peran diberikan"),
    (_revoke, "Peran dicabut"),
    (_repair, "Alamat email diganti"),
    (_accept, "Permintaan ini sudah diterima"),
    (_refuse, "Permintaan ini sudah ditolak"),
    (_policy, "Kebijakan domain email diubah"),
    (_contact, "Kontak bantuan diubah"),
    (_edit, "Pengumuman diubah"),
    (_end, "Pengumuman diakhiri"),
    (_set_period, "Periode dibuat"),
    (_extend_period, "Periode diperpanjang"),
    (_remove_period, "Periode dihapus"),
    (_revoke_token, "Token ini sudah dicabut"),
    (_retry, "Surat dikirim ulang"),
    (_steer(actions.apply, RunState.READY), "Impor ini sudah diterapkan"),
    (_steer(actions.discard, RunState.READY), "Impor ini sudah dibuang"),
    (_steer(actions.stop, RunState.APPLYING), "Impor ini sudah dihentikan"),
    (_steer(actions.undo, RunState.DONE), "Impor ini sudah dibatalkan"),
]


@pytest.mark.parametrize(("prepare", "what"), ACTS, ids=[each.__name__[1:] for each, _ in ACTS])
def test_of_two_who_saw_the_same_one_acts_and_the_other_is_told_who_and_when(
    both_offices: Office, prepare: Callable[[Office], Do], what: str
) -> None:
    office = both_offices
    act = prepare(office)
    before = len(_trail(office))
    told = at_once(office, act, "lina", "taufik")
    assert told[0] == ""
    names = {f"{what} oleh {nama} pada" for nama in ("Lina Purnama", "Taufik Gunawan")}
    assert told[1].startswith(tuple(names)), told[1]
    assert "WIB" in told[1]
    changes = [tag for tag in _trail(office) if tag is not AuditTag.RESET_REQUESTED]
    # What is decided about an import is written when the worker has come to its end, all but that it was discarded.
    expected = 0 if "import" in prepare.__name__ and "discard" not in prepare.__name__ else 1
    assert len(changes) - before == expected, changes


def _trail(office: Office) -> list[AuditTag]:
    return [event.tag for tag in AuditTag for event in office.events(tag)]


def test_the_reason_of_the_first_stays_and_the_second_is_lost_to_nobody(office: Office) -> None:
    """The complaint: switching off an account that a colleague had switched off reported success, and kept one reason of two."""
    account = office.ids["ani"]
    page = office.see(account_detail, office.actor("taufik"), account)
    assert page is not None
    office.do(disable_account, account_id=account, actor=office.actor("lina"), reason="Pensiun")
    again = {"account_id": account, "actor": office.actor("taufik"), "reason": "Mutasi"}
    with pytest.raises(StaleRevisionError, match="Akun dinonaktifkan oleh Lina Purnama pada 24 Agustus 2026"):
        office.do(disable_account, **again, seen=page.revision)
    assert office.account("ani").disabled_reason == "Pensiun"
    now = office.see(account_detail, office.actor("taufik"), account)
    assert now is not None
    assert now.revision > page.revision
    assert detail.AccountAction.DISABLE not in now.actions
    assert office.do(disable_account, **again, seen=now.revision) is False
    assert office.account("ani").disabled_reason == "Pensiun"


def test_who_is_faster_is_told_by_name_to_colleagues_and_to_bkn_only(office: Office) -> None:
    """A colleague of the own agency by name; BKN and other agencies by the office; oneself as oneself."""
    account = office.ids["ani"]
    said = {}
    for first, later in (("lina", "taufik"), ("surya", "taufik"), ("lina", "surya"), ("lina", "lina"), (None, "lina")):
        seen = office.see(lambda session: revisions.current_revision(session, revisions.of_account(account)))
        office.change("ani", disabled_at=None)
        actor = office.actor(first) if first else None
        office.do(disable_account, account_id=account, actor=actor, reason="x", seen=seen)
        with pytest.raises(StaleRevisionError) as refused:
            office.do(enable_account, account_id=account, actor=office.actor(later), reason="y", seen=seen)
        said[first, later] = refused.value.sentence.partition(" oleh ")[2].partition(" pada ")[0]
    assert said == {
        ("lina", "taufik"): "Lina Purnama",
        ("surya", "taufik"): "BKN",
        ("lina", "surya"): "Lina Purnama",
        ("lina", "lina"): revisions.SELF,
        (None, "lina"): revisions.SYSTEM,
    }
    assert office.see(revisions.actor_name, office.actor("lina"), office.ids["yusuf"]) == revisions.OTHER_AGENCY


def test_whoever_acted_for_bkn_once_is_not_named_later(office: Office) -> None:
    office.change("surya", version=2)
    with office.db.begin() as session:
        grant = session.exec(select(RoleGrant).where(RoleGrant.account_id == office.ids["surya"])).one()
        grant.revoked_at = clock.now()
    assert office.see(revisions.actor_name, office.actor("lina"), office.ids["surya"]) == revisions.BKN


def test_the_owner_can_keep_no_admin_from_the_account(office: Office) -> None:
    """Whoever sits in an account could otherwise change it again and again, and every act against that would be stale."""
    account = office.ids["ani"]
    page = office.see(account_detail, office.actor("lina"), account)
    assert page is not None
    with office.db.begin() as session:
        for tag in AuditTag:
            audit.record(session, sample(tag), actor_id=account, subject_id=account)
    given = {"account_id": account, "actor": office.actor("lina"), "reason": "Dikuasai orang lain"}
    assert office.do(disable_account, **given, seen=page.revision)


def test_a_second_factor_that_is_new_is_not_the_lost_one(office: Office) -> None:
    account = office.ids["budi"]
    page = office.see(account_detail, office.actor("lina"), account)
    assert page is not None
    with office.db.begin() as session:
        audit.record(session, TotpEnabled(), actor_id=account, subject_id=account)
    given = {"account_id": account, "actor": office.actor("lina"), "reason": "Ponselnya hilang"}
    with pytest.raises(StaleRevisionError, match="Verifikasi dua langkah diaktifkan oleh pemilik akun"):
        office.do(remove_second_factor, **given, seen=page.factor_revision)
    assert office.account("budi").totp_confirmed_at is not None


@pytest.mark.parametrize("seen", [-1, 1, 2**31 - 1, 10**30])
def test_a_revision_that_nobody_was_shown_changes_nothing(office: Office, seen: int) -> None:
    given = {"account_id": office.ids["ani"], "actor": office.actor("lina"), "reason": "x"}
    with pytest.raises(StaleRevisionError):
        office.do(disable_account, **given, seen=seen)
    office.do(disable_account, **given)
    with pytest.raises(StaleRevisionError):
        office.do(enable_account, **given, seen=seen + 10**6)


def test_a_period_that_is_gone_is_said_to_be_gone(office: Office) -> None:
    number, seen = _period(office)
    office.do(period_admin.remove_period, office.actor("lina"), period_id=number, seen=seen)
    with pytest.raises(StaleRevisionError, match="Periode dihapus oleh Lina Purnama pada"):
        office.do(period_admin.remove_period, office.actor("taufik"), period_id=number, seen=seen)
    with pytest.raises(StaleRevisionError, match="Periode dihapus oleh Lina Purnama pada"):
        office.do(period_admin.remove_period, office.actor("surya"), period_id=number, seen=seen)
    for who, period_id in (("yusuf", number), ("taufik", 999), ("surya", 999)):
        with pytest.raises(NotFoundError) as refused:
            office.do(period_admin.remove_period, office.actor(who), period_id=period_id, seen=seen)
        assert refused.value.sentence == period_admin.GONE


def test_a_period_is_judged_by_what_the_preview_saw(office: Office) -> None:
    """Also by those of the country: they limit what an agency may set."""
    lina, draft = office.actor("lina"), _draft(office)
    shown = office.see(period_admin.preview_period, lina, draft)
    national = PeriodInput(
        PeriodAction.CREATE, PeriodKind.PDM, "nasional", draft.first_day, draft.last_day, "Surat BKN"
    )
    office.do(period_admin.save_period, office.actor("surya"), national)
    with pytest.raises(StaleRevisionError, match="Periode dibuat oleh BKN pada"):
        office.do(period_admin.save_period, lina, draft, seen=shown.revision)
    now = office.see(period_admin.preview_period, lina, draft)
    office.do(period_admin.save_period, lina, draft, seen=now.revision)
    agencies = office.see(lambda session: session.exec(select(Period.instansi_id).order_by(Period.id)).all())
    assert list(agencies) == [None, office.ids["K1"]]


def test_other_kinds_and_other_agencies_stand_in_nobodys_way(office: Office) -> None:
    lina, draft = office.actor("lina"), _draft(office)
    seen = office.see(period_admin.preview_period, lina, draft).revision
    other = PeriodInput(
        PeriodAction.CREATE, PeriodKind.VERIFIKASI, draft.scope, draft.first_day, draft.last_day, "Surat 2"
    )
    office.do(period_admin.save_period, office.actor("taufik"), other)
    foreign = PeriodInput(
        PeriodAction.CREATE, PeriodKind.PDM, f"i{office.ids['K2']}", draft.first_day, draft.last_day, "Surat 3"
    )
    office.do(period_admin.save_period, office.actor("yusuf"), foreign)
    contact = ContactView("Helpdesk", "021-8093008", "", "", "", "")
    office.do(announcements.save_contact, office.actor("surya"), "nasional", contact)
    office.do(announcements.save_contact, office.actor("yusuf"), f"i{office.ids['K2']}", contact)
    office.do(period_admin.save_period, lina, draft, seen=seen)
    office.do(announcements.save_contact, lina, f"i{office.ids['K1']}", contact, seen=0)
    assert len(office.see(lambda session: session.exec(select(HelpContact)).all())) == 3


def test_the_list_of_periods_carries_the_revision_of_each_kind_and_place(both_offices: Office) -> None:
    office = both_offices
    own = _draft(office)
    for who, place, kind in (
        ("surya", "nasional", PeriodKind.PDM),
        ("surya", "nasional", PeriodKind.VERIFIKASI),
        ("lina", own.scope, PeriodKind.PDM),
        ("surya", f"i{office.ids['BKN']}", PeriodKind.PDM),
    ):
        draft = PeriodInput(PeriodAction.CREATE, kind, place, own.first_day, own.last_day, "Surat")
        actor = office.actor(who)
        seen = office.see(period_admin.preview_period, actor, draft).revision
        office.do(period_admin.save_period, actor, draft, seen=seen)
    rows = office.see(period_admin.list_periods, office.actor("surya"))
    assert len(rows) == 4
    for row in rows:
        where = None if row.scope_key == "nasional" else int(row.scope_key[1:])
        now = office.see(
            lambda session, where=where, row=row: revisions.current_revision(
                session, revisions.of_period(where, row.kind)
            )
        )
        assert row.revision == now > 0
    assert len({row.revision for row in rows}) == 4


@pytest.mark.parametrize("which", ["citra", "nobody"])
def test_nobody_and_somebody_elsewhere_get_one_answer(office: Office, which: str) -> None:
    """No act tells whether a number is an account of another agency or none at all."""
    lina, account = office.actor("lina"), office.ids.get(which, 999_999)
    on_account = (approve_cpns, accounts.unlock_account, send_reset_token, cancel_reset_tokens, revoke_account_sessions)
    with_reason = (disable_account, enable_account, remove_second_factor)
    calls: list[Callable[[], object]] = [
        *(lambda act=act: office.do(act, account_id=account, actor=lina) for act in on_account),
        *(lambda act=act: office.do(act, account_id=account, actor=lina, reason="x") for act in with_reason),
        lambda: office.do(grant_role, lina, account_id=account, role="verifikator", unit="D1"),
        lambda: office.do(email_correction.correct_email, lina, account_id=account, email="a@example.com", reason="x"),
        lambda: office.see(email_correction.get_person, lina, account_id=account),
        lambda: office.see(email_correction.validate_new_email, lina, account_id=account, email="a@example.com"),
    ]
    for call in calls:
        with pytest.raises(NotFoundError) as refused:
            call()
        assert refused.value.sentence.startswith("Pegawai tidak ditemukan di wilayah Anda.")


def test_pages_carry_the_revisions_that_the_acts_name(office: Office) -> None:
    """What lists say is what an act compares, read for all of them in one statement."""
    office.do(disable_account, account_id=office.ids["ani"], actor=office.actor("taufik"), reason="x")
    office.do(enable_account, account_id=office.ids["ani"], actor=office.actor("taufik"), reason="x")
    office.do(accounts.unlock_account, account_id=office.ids["budi"], actor=office.actor("taufik"))
    lock(office, "budi")
    office.do(accounts.unlock_account, account_id=office.ids["budi"], actor=office.actor("taufik"))
    lina = office.actor("lina")
    of = {
        key: office.see(
            lambda session, key=key: revisions.current_revision(session, revisions.of_account(office.ids[key]))
        )
        for key in ("ani", "budi", "sari")
    }
    assert of["ani"] > 0
    assert of["budi"] > of["ani"]
    assert of["sari"] == 0
    grants = office.see(list_grants, lina, role=None, text="", agency="", page=1).items
    listed = {line.account_id: line.revision for line in grants}
    assert (listed[office.ids["budi"]], listed[office.ids["sari"]]) == (of["budi"], 0)
    assert office.see(email_correction.get_person, lina, account_id=office.ids["ani"]).revision == of["ani"]
    _request(office)
    assert office.see(email_requests.pending_requests, lina, 1).items[0].revision == of["ani"]
    number = _failed_mail(office)
    office.do(mail_log.retry_mail, lina, mail_id=number)
    with office.db.begin() as session:
        session.get_one(OutboxMail, number).state = OutboxState.FAILED
    row = next(row for row in office.see(mail_log.list_mail, lina, mail_log.MailFilter()).items if row.id == number)
    assert row.revision == office.events(AuditTag.MAIL_RESENT)[0].id


FORMER: list[tuple[AuditTag, dict[str, object], Callable[[int], revisions.Changes]]] = [
    (AuditTag.PERIOD_CREATED, {"jenis": "PDM"}, lambda agency: revisions.of_period(agency, PeriodKind.PDM)),
    (
        AuditTag.PERIOD_REMOVED,
        {"jenis": "PDM", "tempat": "nasional"},
        lambda _: revisions.of_period(None, PeriodKind.PDM),
    ),
    (AuditTag.HELP_CHANGED, {"nama": "Helpdesk"}, revisions.of_contact),
    (AuditTag.HELP_CHANGED, {"nama": "Helpdesk", "tempat": "nasional"}, lambda _: revisions.of_contact(None)),
    (AuditTag.ANNOUNCEMENT_CHANGED, {"pengumuman": "5"}, lambda _: revisions.of_announcement(5)),
    (AuditTag.EMAIL_POLICY_CHANGED, {"sebelum": "ALLOW"}, revisions.of_policy),
]


@pytest.mark.parametrize(("tag", "detail", "changes"), FORMER)
def test_events_of_older_releases_count(
    both_offices: Office, tag: AuditTag, detail: dict[str, object], changes: Callable[[int], revisions.Changes]
) -> None:
    agency = both_offices.ids["K1"]
    with both_offices.db.begin() as session:
        event = AuditEvent(at=clock.now(), tag=tag, instansi_id=agency, detail=detail)
        session.add(event)
        session.flush()
        number = event.id
    with both_offices.db.read() as session:
        assert revisions.current_revision(session, changes(agency)) == number
        of_agency = "tempat" not in detail and "pengumuman" not in detail
        assert revisions.current_revision(session, changes(both_offices.ids["K2"])) == (0 if of_agency else number)
        listed = revisions.revisions_by_period(session)
    node = None if detail.get("tempat") else agency
    assert listed == ({(node, "PDM"): number} if "jenis" in detail else {})


def test_who_removed_a_period_under_an_older_release_is_still_known(office: Office) -> None:
    detail = {"jenis": "PDM", "periode": "77", "tempat": "nasional"}
    with office.db.begin() as session:
        lina = office.ids["lina"]
        session.add(AuditEvent(at=clock.now(), tag=AuditTag.PERIOD_REMOVED, actor_id=lina, detail=detail))
    with pytest.raises(StaleRevisionError, match="Periode dihapus oleh"):
        office.do(period_admin.remove_period, actor=office.actor("surya"), period_id=77)
    with pytest.raises(NotFoundError):
        office.do(period_admin.remove_period, actor=office.actor("lina"), period_id=77)
