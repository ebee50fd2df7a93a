"""Two agencies and their units, and every list, count, search, export and file there is: an admin never meets anybody beyond the own scope.

What each of them holds to be looked for: `tests.unit.services.country`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.roles import Permission
from mysapk_web.domain.usulan import UsulanState
from mysapk_web.models import (
    Account,
    Announcement,
    Database,
    EmailImport,
    EmailRequest,
    ImportToken,
    Instansi,
    OutboxMail,
    OutboxState,
    Pegawai,
    Period,
    Proposal,
    Unor,
)
from mysapk_web.services import (
    announcements,
    email_imports,
    email_policy,
    email_repair,
    email_requests,
    exports,
    mail_log,
    people,
    period_admin,
    rolls,
    trail,
    verification,
    waits,
)
from mysapk_web.services.actor import Actor, NotAllowed, Refused
from mysapk_web.services.outbox import Letter
from mysapk_web.services.people import Wanted, file
from mysapk_web.services.progress import missing, pdm_reading, places, queue, reading, unfinished
from mysapk_web.services.progress.queue import DESK_OF
from mysapk_web.services.verification import Filters
from mysapk_web.settings import Settings
from tests.unit.services.country import BESIDE, NIP, PAIRS, account_of, end_pdm, fill, person_named, told
from tests.unit.services.offices import NIPS, acting


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    for module in (exports, waits, file):
        monkeypatch.setattr(module, "load", lambda: settings)


@pytest.fixture
def country(demo_db: Database) -> Database:
    """The demo with one of everything in either agency."""
    fill(demo_db)
    return demo_db


def everybody(s: Session, whom: str) -> list[str]:
    """The NIPs of the agency of somebody."""
    own = select(Pegawai.instansi_id).where(Pegawai.nip == NIPS[whom]).scalar_subquery()
    return list(s.exec(select(Pegawai.nip).where(Pegawai.instansi_id == own)))


def within_units(s: Session, actor: Actor) -> set[str]:
    """The NIPs of the units that the roles of somebody are limited to."""
    below = (col(Unor.jalur).startswith(grant.unor_path or "-") for grant in actor.grants)
    return set(s.exec(select(Pegawai.nip).join(Unor, col(Unor.id) == Pegawai.unor_id).where(or_(*below))))


def pages(read: Callable[..., Any], *numbers: int) -> list[Any]:
    """Some pages of a list."""
    return [read(number) for number in numbers]


def somebody(s: Session, actor: Actor) -> int:
    """Account of one of the people of the agency of an actor."""
    here = [key for key in PAIRS.values() if NIPS[key] in _nips(s, actor)]
    return account_of(s, here[0])


def _nips(s: Session, actor: Actor) -> set[str]:
    return set(s.exec(select(Pegawai.nip).where(Pegawai.instansi_id == actor.instansi_id)))


def rows_of_runs(s: Session, actor: Actor) -> Any:
    runs = email_imports.list_runs(s, actor, 1).items
    return [email_imports.list_rows(s, actor, run.id, verdict=None, nip="", number=1) for run in runs]


def queue_in_turn(s: Session, actor: Actor) -> set[str]:
    """Whose proposals come one after the other."""
    found: list[int] = []
    while (number := verification.next_in_queue(s, actor, Filters(), found[-1] if found else 0)) not in found:
        found.append(number)
    wanted = select(Pegawai.nip).join(Proposal, col(Proposal.pegawai_id) == Pegawai.id)
    return set(s.exec(wanted.where(col(Proposal.id).in_(found))))


LISTS: Final[dict[str, Callable[[Session, Actor], Any]]] = {
    "people": lambda s, a: pages(lambda page: people.search(s, a, Wanted(page=page)), 1, 2, 150),
    "person": lambda s, a: people.person_file(s, a, somebody(s, a)),
    "candidates for a role": lambda s, a: people.find_candidates(s, a, text="a"),
    "units for a role": lambda s, a: people.suggest_for(s, a, somebody(s, a), "19"),
    "roles": lambda s, a: people.list_grants(s, a, role=None, text="", agency="", page=1),
    "addresses": lambda s, a: email_repair.find_people(s, a, text="an"),
    "policy of addresses": lambda s, a: email_policy.current(s, a),
    "requests": lambda s, a: email_requests.waiting(s, a, 1),
    "imports": lambda s, a: email_imports.list_runs(s, a, 1),
    "rows of imports": rows_of_runs,
    "tokens": lambda s, a: email_imports.list_tokens(s, a),
    "mails": lambda s, a: mail_log.mails(s, a, mail_log.Filter()),
    "trail": lambda s, a: trail.events(s, a, trail.Filter()),
    "trail to export": lambda s, a: trail.stream(s, a, trail.Filter()),
    "progress": lambda s, a: pages(lambda page: reading.progress(s, a, page=page), 1, 2, 3),
    "missing": lambda s, a: missing.missing(s, a, missing.Filter()),
    "missing to export": lambda s, a: missing.stream(s, a, missing.Filter(), sanctions=False),
    "sanctions": lambda s, a: missing.sanctioned(s, a, missing.Filter()),
    "sanctions to export": lambda s, a: missing.stream(s, a, missing.Filter(), sanctions=True),
    "progress of the PDM": lambda s, a: pages(lambda page: pdm_reading.progress(s, a, page=page), 1, 2, 3),
    "unfinished": lambda s, a: unfinished.unfinished(s, a, unfinished.Filter()),
    "unfinished to export": lambda s, a: unfinished.stream(s, a, unfinished.Filter(), sanctions=False),
    "sanctions after the PDM": lambda s, a: unfinished.sanctioned(s, a, unfinished.Filter()),
    "sanctions after the PDM to export": lambda s, a: unfinished.stream(s, a, unfinished.Filter(), sanctions=True),
    "inbox": lambda s, a: verification.inbox(s, a, Filters(status="semua")),
    "inbox by name": lambda s, a: verification.inbox(s, a, Filters(status="semua", nama="rahayu")),
    "next in the inbox": queue_in_turn,
    "to be verified together": lambda s, a: verification.candidates(s, a),
    "periods": lambda s, a: period_admin.listed(s, a),
    "announcements to edit": lambda s, a: announcements.desk(s, a),
    "announcements": lambda s, a: announcements.shown(s, a),
}
FOR_EVERYBODY: Final = {"announcements"}
"""Needs no role."""
OF_UNITS: Final = {
    "admin_satker": {
        "people",
        "person",
        "addresses",
        "requests",
        "mails",
        "progress",
        "missing",
        "missing to export",
        "sanctions",
        "sanctions to export",
        "progress of the PDM",
        "unfinished",
        "unfinished to export",
        "sanctions after the PDM",
        "sanctions after the PDM to export",
    },
    "verifikator": {"inbox", "inbox by name", "next in the inbox", "to be verified together"},
}
"""What those see whose role is limited to a unit."""


def read(db: Database, name: str, actor: Actor) -> set[str]:
    """The NIPs that somebody meets in a list."""
    if "after the PDM" in name:
        end_pdm(db)
    with db.read() as s:
        return set(NIP.findall(told(LISTS[name](s, actor))))


@pytest.mark.parametrize("name", list(LISTS))
def test_a_list_holds_people_of_the_own_agency_only(country: Database, name: str) -> None:
    seen: dict[str, set[str]] = {}
    for admin, person in PAIRS.items():
        seen[admin] = read(country, name, acting(country, admin))
        with country.read() as s:
            own = set(everybody(s, person))
        assert seen[admin] <= own, (admin, seen[admin] - own)
    assert seen["admin_instansi"]
    if name != "inbox by name":
        assert seen["admin_instansi_lain"]


@pytest.mark.parametrize("name", list(LISTS))
@pytest.mark.parametrize("who", list(OF_UNITS))
def test_a_list_holds_people_of_the_own_units_only(country: Database, who: str, name: str) -> None:
    actor = acting(country, who)
    if name not in OF_UNITS[who]:
        if name in FOR_EVERYBODY:
            return
        if who == "admin_satker" and "imports" in name:  # has begun none
            assert read(country, name, actor) == set()
            return
        with pytest.raises(NotAllowed):
            read(country, name, actor)
        return
    seen = read(country, name, actor)
    with country.read() as s:
        own = within_units(s, actor)
    assert NIPS[BESIDE] not in own
    assert seen
    assert seen <= own, seen - own


@pytest.mark.parametrize("name", [name for name in LISTS if name not in FOR_EVERYBODY])
def test_whoever_has_shown_no_second_factor_gets_none_of_them(country: Database, name: str) -> None:
    with pytest.raises(NotAllowed):
        read(country, name, acting(country, "admin_instansi", second_factor=False))


def test_counts_are_those_of_the_own_agency(country: Database) -> None:
    for admin, person in PAIRS.items():
        actor = acting(country, admin)
        with country.read() as s:
            own = everybody(s, person)
            assert people.search(s, actor, Wanted()).total in (len(own), people.COUNTED)
            assert reading.figures(s, actor).tally.people == len(own)
            agency = s.exec(select(Pegawai.instansi_id).where(Pegawai.nip == NIPS[person])).one()
            sent = s.exec(
                select(Proposal.id).where(Proposal.instansi_id == agency, Proposal.state == UsulanState.INPUT_BERKAS)
            ).all()
            box = verification.inbox(s, actor, Filters(status="INPUT_BERKAS"))
            assert box.total == len(sent)
            assert sum(each.count for each in box.groups) == len(sent)
            assert {each.key: each.count for each in box.states}["INPUT_BERKAS"] == len(sent)
            now = pdm_reading.figures(s, actor)
            assert now.tally.people == len(own)
            assert sum(tally.people for _, tally in now.kinds) == len(own)
            units = set(s.exec(select(Unor.id).where(Unor.instansi_id == agency)))
            waits = select(Proposal.id).where(
                col(Proposal.unor_id).in_(units), col(Proposal.state).in_(DESK_OF), col(Proposal.sent_at).is_not(None)
            )
            assert now.backlog.total == len(s.exec(waits).all())
            place = places.find(s, actor, Permission.PROGRESS_READ, "")
            assert queue.backlog(s, place) == now.backlog
            judged = email_policy.impact(s, actor, policy="AGENCY_ONLY", domains="contohkab.example.go.id")
            assert judged.fit + judged.warned + judged.refused + judged.without == len(own)


def test_counts_of_a_unit_are_those_of_the_unit(country: Database) -> None:
    actor = acting(country, "admin_satker")
    with country.read() as s:
        own = within_units(s, actor)
        assert reading.figures(s, actor).tally.people == len(own)
        now = pdm_reading.figures(s, actor)
        assert now.tally.people == len(own)
        paths = [grant.unor_path or "-" for grant in actor.grants]
        units = s.exec(select(Unor.id).where(or_(*(col(Unor.jalur).startswith(path) for path in paths)))).all()
        waits = select(Proposal.id).where(
            col(Proposal.unor_id).in_(units), col(Proposal.state).in_(DESK_OF), col(Proposal.sent_at).is_not(None)
        )
        assert now.backlog.total == len(s.exec(waits).all())


@pytest.mark.parametrize("report", list(exports.Report))
@pytest.mark.parametrize("admin", list(PAIRS))
def test_a_file_holds_people_of_the_own_agency_only(
    country: Database, tmp_path: Path, report: exports.Report, admin: str
) -> None:
    path = tmp_path / "daftar.csv"
    if report is exports.Report.PDM_SANCTIONS:
        end_pdm(country)
    rows = exports.export(country, acting(country, admin), exports.Wanted(report, exports.Kind.CSV), path)
    found = set(NIP.findall(path.read_text("utf-8-sig")))
    with country.read() as s:
        own = set(everybody(s, PAIRS[admin]))
    assert rows
    assert found
    assert found <= own


def test_searching_for_somebody_of_the_other_agency_finds_nobody(country: Database) -> None:
    actor, nip = acting(country, "admin_instansi"), NIPS["pegawai_lain"]
    with country.read() as s:
        assert people.search(s, actor, Wanted(text=nip)).total == 0
        assert people.find_candidates(s, actor, text=nip).people == []
        assert email_repair.find_people(s, actor, text=nip).items == []
        assert verification.inbox(s, actor, Filters(status="semua", nip=nip)).total == 0
        assert mail_log.mails(s, actor, mail_log.Filter(nip=nip)).items == []
        with pytest.raises(Refused):
            trail.events(s, actor, trail.Filter(nip))


def test_what_is_asked_for_by_number_is_not_there(country: Database) -> None:
    actor = acting(country, "admin_instansi")
    with country.read() as s:
        agency = s.exec(select(Pegawai.instansi_id).where(Pegawai.nip == NIPS["pegawai_lain"])).one()
        account = s.exec(
            select(Account.id)
            .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
            .where(Pegawai.nip == NIPS["pegawai_lain"])
        ).one()
        proposal = s.exec(select(Proposal.id).where(Proposal.instansi_id == agency)).first() or 0
        run = s.exec(select(EmailImport.id).where(EmailImport.instansi_id == agency)).one() or 0
        request = s.exec(select(EmailRequest.id).where(EmailRequest.nip == NIPS["pegawai_lain"])).one() or 0
        token = s.exec(select(ImportToken.id).where(ImportToken.instansi_id == agency)).one() or 0
        assert people.person_file(s, actor, account or 0) is None
        assert people.candidate(s, actor, account or 0) is None
        assert people.suggest_for(s, actor, account or 0, "") == []
        unit = s.exec(select(Unor.id).where(Unor.instansi_id == agency)).first()
        elsewhere = (f"i{agency}", f"u{unit}")
        period = s.exec(select(Period.id).where(Period.instansi_id == agency)).first() or 0
        words = s.exec(select(Announcement.id).where(Announcement.instansi_id == agency)).first() or 0
        acts: list[Callable[[], Any]] = [
            lambda: verification.open_proposal(s, actor, proposal),
            lambda: email_imports.find_run(s, actor, run),
            lambda: email_repair.person(s, actor, account_id=account or 0),
            lambda: email_imports.list_rows(s, actor, run, verdict=None, nip="", number=1),
            lambda: announcements.desk(s, actor, f"i{agency}"),
            *(lambda key=key: reading.figures(s, actor, key=key) for key in elsewhere),
            *(lambda key=key: missing.missing(s, actor, missing.Filter(key=key)) for key in elsewhere),
            *(lambda key=key: missing.sanctioned(s, actor, missing.Filter(key=key)) for key in elsewhere),
            *(lambda key=key: pdm_reading.figures(s, actor, key=key) for key in elsewhere),
            *(lambda key=key: unfinished.unfinished(s, actor, unfinished.Filter(key=key)) for key in elsewhere),
            *(lambda key=key: unfinished.sanctioned(s, actor, unfinished.Filter(key=key)) for key in elsewhere),
        ]
        for act in acts:
            with pytest.raises(NotAllowed):
                act()
        assert [key for key, _ in period_admin.choices(s, actor)] == [f"i{actor.instansi_id}"]
    for change in (  # some say that there is none, some that it is not the actor's
        lambda s: email_requests.accept(s, actor, request_id=request, reason="x"),
        lambda s: email_imports.revoke_token(s, actor, token_id=token),
        lambda s: people.end_sessions(s, account_id=account or 0, actor=actor),
        lambda s: period_admin.remove(s, actor, period_id=period),
        lambda s: announcements.end(s, actor, announcement_id=words),
        lambda s: announcements.edit(s, actor, announcement_id=words, seen="", judul="a", isi="b", last=None),
        lambda s: verification.claim(s, actor, proposal),
    ):
        with country.begin() as s, pytest.raises((NotAllowed, Refused)):
            change(s)
    with country.read() as s:
        assert s.get_one(Instansi, agency).nama == "Pemerintah Kota Misal"


def test_what_is_beside_the_own_unit_is_not_there(country: Database) -> None:
    satker, verifikator = acting(country, "admin_satker"), acting(country, "verifikator")
    with country.read() as s:
        account, pegawai = account_of(s, BESIDE), person_named(s, BESIDE)
        key = f"u{pegawai.unor_id}"
        proposals = s.exec(select(Proposal.id).where(Proposal.pegawai_id == pegawai.id)).all()
        assert people.person_file(s, satker, account) is None
        assert people.search(s, satker, Wanted(text=pegawai.nip)).total == 0
        assert email_repair.find_people(s, satker, text=pegawai.nip).items == []
        assert mail_log.mails(s, satker, mail_log.Filter(nip=pegawai.nip)).items == []
        assert verification.inbox(s, verifikator, Filters(status="semua", nip=pegawai.nip)).total == 0
        acts: list[Callable[[], Any]] = [
            lambda: email_repair.person(s, satker, account_id=account),
            lambda: reading.figures(s, satker, key=key),
            lambda: missing.missing(s, satker, missing.Filter(key=key)),
            lambda: pdm_reading.figures(s, satker, key=key),
            lambda: unfinished.unfinished(s, satker, unfinished.Filter(key=key)),
            *(lambda number=number: verification.open_proposal(s, verifikator, number or 0) for number in proposals),
        ]
        for act in acts:
            with pytest.raises(NotAllowed):
                act()


# Moving --------------------------------------------------------------------------------------------


def move(db: Database, folder: Path, key: str, to: str) -> None:
    """Somebody goes to the agency of another, as the rolls say it."""
    with db.read() as s:
        pegawai = s.exec(select(Pegawai).where(Pegawai.nip == NIPS[key])).one()
        kode = s.exec(
            select(Instansi.kode).join(Pegawai, col(Pegawai.instansi_id) == Instansi.id).where(Pegawai.nip == NIPS[to])
        ).one()
        row = f"{pegawai.nip},{pegawai.nama},{pegawai.jenis.value},{kode}"
    sheet = folder / "pindah.csv"
    sheet.write_text(f"nip,nama,jenis,instansi\n{row}\n")
    assert [report.verdict for report in rolls.import_pegawai(db, sheet)] == [rolls.Verdict.DIPERBARUI]


def test_who_moves_takes_neither_events_nor_letters_along(country: Database, tmp_path: Path) -> None:
    former = acting(country, "admin_instansi_lain")
    account_id = acting(country, "pegawai_lain").account_id
    with country.begin() as s:
        people.disable_account(s, account_id=account_id, actor=former, reason="Alasan di instansi lama")
        people.enable_account(s, account_id=account_id, actor=acting(country, "admin_bkn"), reason="Alasan di sana")
        old = s.exec(select(OutboxMail.id).where(OutboxMail.account_id == account_id)).all()
        s.execute(update(OutboxMail).values(state=OutboxState.FAILED, last_error="550 kotak surat lama"))
    move(country, tmp_path, "pegawai_lain", "admin_instansi")
    mine = acting(country, "admin_instansi")
    with country.begin() as s:
        people.disable_account(s, account_id=account_id, actor=acting(country, "admin_bkn"), reason="Alasan BKN")
        people.enable_account(s, account_id=account_id, actor=mine, reason="Alasan di sini")
    with country.read() as s:
        assert people.person_file(s, former, account_id) is None
        seen = people.person_file(s, mine, account_id)
        assert seen is not None
        assert seen.trail is not None
        own = [(step.tag, step.who, step.reason) for step in seen.trail]
        assert own == [
            (AuditTag.ACCOUNT_ENABLED, "Taufik Gunawan", "Alasan di sini"),
            (AuditTag.ACCOUNT_DISABLED, trail.OUTSIDE, "Alasan BKN"),
        ]
        assert [mail.letter for mail in seen.deliveries] == [Letter.ENABLED.label, Letter.DISABLED.label]
        everything = people.person_file(s, acting(country, "admin_bkn"), account_id)
        assert everything is not None
        assert everything.trail is not None
        assert "Alasan di instansi lama" in {step.reason for step in everything.trail}
        assert len(everything.deliveries) == len(old) + 2
    with country.begin() as s, pytest.raises(NotAllowed):
        mail_log.retry(s, mine, mail_id=old[0] or 0)
