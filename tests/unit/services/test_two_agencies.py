"""Two agencies, and every list, count, search, export and file there is: an admin of one never meets anybody of the other.

Whatever an answer holds is searched for NIPs (what has no NIP of its own is named by one here), so that a field added later is judged, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.email_import import RunSource, RunState
from mysapk_web.domain.period import PeriodKind
from mysapk_web.domain.usulan import UsulanState
from mysapk_web.models import (
    Account,
    Database,
    EmailImport,
    EmailRequest,
    ImportToken,
    Instansi,
    Pegawai,
    Period,
    Proposal,
    Unor,
)
from mysapk_web.services import (
    announcements,
    audit,
    clock,
    email_imports,
    email_repair,
    email_requests,
    exports,
    mail_log,
    people,
    period_admin,
    trail,
    verification,
    waits,
)
from mysapk_web.services.actor import Actor, NotAllowed, Refused
from mysapk_web.services.outbox import Letter, enqueue
from mysapk_web.services.people import Wanted
from mysapk_web.services.progress import missing, reading
from mysapk_web.services.verification import Filters
from mysapk_web.settings import Settings
from tests.unit.services.offices import NIPS, acting, end_activation

NIP = re.compile(r"(?<!\d)\d{18}(?!\d)")
PAIRS = {"admin_instansi": "pegawai", "admin_instansi_lain": "pegawai_lain"}
"""The admin of each agency, and one of the people there."""


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    for module in (exports, waits):
        monkeypatch.setattr(module, "load", lambda: settings)


def end_pdm(db: Database) -> None:
    """The PDM has ended, in every agency."""
    now = clock.now()
    over = {"starts_at": now - timedelta(days=60), "ends_at": now - timedelta(days=1)}
    with db.begin() as s:
        s.execute(update(Period).where(col(Period.kind) == PeriodKind.PDM).values(**over))


@pytest.fixture
def country(demo_db: Database) -> Database:
    """The demo with one of everything in either agency."""
    end_activation(demo_db)
    with demo_db.begin() as s:
        for admin, person in PAIRS.items():
            nip = NIPS[person]
            pegawai, account = s.exec(
                select(Pegawai, Account).join(Account, col(Account.pegawai_id) == Pegawai.id).where(Pegawai.nip == nip)
            ).one()
            boss = s.exec(
                select(Account.id)
                .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
                .where(Pegawai.nip == NIPS[admin])
            ).one()
            now = clock.now()
            like = s.exec(select(Proposal).where(Proposal.state == UsulanState.INPUT_BERKAS)).first()
            assert like is not None
            given = {"pegawai_id": pegawai.id, "unor_id": pegawai.unor_id, "instansi_id": pegawai.instansi_id}
            s.add(Proposal(**{**like.model_dump(exclude={"id", "slot", "record_id"}), **given}))
            s.add(
                EmailRequest(
                    pegawai_id=pegawai.id,
                    nip=nip,
                    nama=pegawai.nama,
                    old_email="lama@example.com",
                    new_email=f"baru-{person}@example.com",
                    created_at=now,
                )
            )
            s.add(
                EmailImport(
                    source=RunSource.PAGE,
                    state=RunState.READY,
                    instansi_id=pegawai.instansi_id,
                    started_by=boss,
                    file_name=f"{nip} .csv",
                    file_hash="0" * 64,
                    created_at=now,
                )
            )
            s.add(
                ImportToken(
                    instansi_id=pegawai.instansi_id,
                    label=f"Sistem {nip}",
                    token_hash=nip,
                    hint="abcd",
                    created_by=boss,
                    created_at=now,
                    expires_at=now.replace(year=now.year + 1),
                )
            )
            enqueue(s, Letter.ACTIVATED, account_id=account.id)
            audit.record(s, AuditTag.LOGIN, actor_id=account.id, subject_id=account.id, instansi_id=pegawai.instansi_id)
    return demo_db


def told(found: Any) -> str:
    """An answer as text, with everything it holds."""
    if is_dataclass(found) and not isinstance(found, type):
        return told(asdict(found))
    if isinstance(found, dict):
        return " ".join(told(value) for value in found.values())
    if isinstance(found, list | tuple | set | frozenset | Iterator):
        return " ".join(told(each) for each in found)
    return str(found)


def everybody(s: Session, admin: str, whom: str) -> list[str]:
    """The NIPs of the agency of somebody."""
    own = select(Pegawai.instansi_id).where(Pegawai.nip == NIPS[whom]).scalar_subquery()
    return list(s.exec(select(Pegawai.nip).where(Pegawai.instansi_id == own)))


def _people_pages(s: Session, actor: Actor) -> Any:
    return [people.search(s, actor, Wanted(page=page)) for page in (1, 2, 150)]


LISTS: dict[str, Callable[[Session, Actor], Any]] = {
    "people": _people_pages,
    "candidates for a role": lambda s, a: people.find_candidates(s, a, text="a"),
    "roles": lambda s, a: people.list_grants(s, a, role=None, text="", agency="", page=1),
    "addresses": lambda s, a: email_repair.find_people(s, a, text="an"),
    "requests": lambda s, a: email_requests.waiting(s, a, 1),
    "imports": lambda s, a: email_imports.list_runs(s, a, 1),
    "tokens": lambda s, a: email_imports.list_tokens(s, a),
    "mails": lambda s, a: mail_log.mails(s, a, mail_log.Filter()),
    "trail": lambda s, a: trail.events(s, a, trail.Filter()),
    "trail to export": lambda s, a: trail.stream(s, a, trail.Filter()),
    "missing": lambda s, a: missing.missing(s, a, missing.Filter()),
    "missing to export": lambda s, a: missing.stream(s, a, missing.Filter(), sanctions=False),
    "sanctions": lambda s, a: missing.sanctioned(s, a, missing.Filter()),
    "sanctions to export": lambda s, a: missing.stream(s, a, missing.Filter(), sanctions=True),
    "inbox": lambda s, a: verification.inbox(s, a, Filters(status="semua")),
    "inbox by name": lambda s, a: verification.inbox(s, a, Filters(status="semua", nama="rahayu")),
}


@pytest.mark.parametrize("name", list(LISTS))
def test_a_list_holds_people_of_the_own_agency_only(country: Database, name: str) -> None:
    seen: dict[str, set[str]] = {}
    for admin, person in PAIRS.items():
        with country.read() as s:
            seen[admin] = set(NIP.findall(told(LISTS[name](s, acting(country, admin)))))
            own = set(everybody(s, admin, person))
        assert seen[admin] <= own, (admin, seen[admin] - own)
    assert seen["admin_instansi"]
    if name != "inbox by name":
        assert seen["admin_instansi_lain"]


@pytest.mark.parametrize("name", list(LISTS))
def test_whoever_has_shown_no_second_factor_gets_none_of_them(country: Database, name: str) -> None:
    with country.read() as s, pytest.raises(NotAllowed):
        told(LISTS[name](s, acting(country, "admin_instansi", second_factor=False)))


def test_counts_are_those_of_the_own_agency(country: Database) -> None:
    for admin, person in PAIRS.items():
        actor = acting(country, admin)
        with country.read() as s:
            own = everybody(s, admin, person)
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
            units = set(s.exec(select(Unor.id).where(Unor.instansi_id == agency)))
            assert {number for number, _ in box.units} <= units


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
        own = set(everybody(s, admin, PAIRS[admin]))
    assert rows
    assert found
    assert found <= own


def test_searching_for_somebody_of_the_other_agency_finds_nobody(country: Database) -> None:
    actor, nip = acting(country, "admin_instansi"), NIPS["pegawai_lain"]
    with country.read() as s:
        assert people.search(s, actor, Wanted(text=nip)).total == 0
        assert people.find_candidates(s, actor, text=nip) == []
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
        acts: list[Callable[[], Any]] = [
            lambda: verification.open_proposal(s, actor, proposal),
            lambda: email_imports.find_run(s, actor, run),
            lambda: email_repair.person(s, actor, account_id=account or 0),
            lambda: reading.figures(s, actor, key=f"i{agency}"),
            lambda: missing.missing(s, actor, missing.Filter(key=f"i{agency}")),
            lambda: announcements.desk(s, actor, f"i{agency}"),
        ]
        for act in acts:
            with pytest.raises(NotAllowed):
                act()
        assert [key for key, _ in period_admin.choices(s, actor)] == [f"i{actor.instansi_id}"]
    for change in (  # some say that there is none, some that it is not the actor's
        lambda s: email_requests.accept(s, actor, request_id=request, reason="x"),
        lambda s: email_imports.revoke_token(s, actor, token_id=token),
        lambda s: people.end_sessions(s, account_id=account or 0, actor=actor),
    ):
        with country.begin() as s, pytest.raises((NotAllowed, Refused)):
            change(s)
    with country.read() as s:
        assert s.get_one(Instansi, agency).nama == "Pemerintah Kota Misal"
