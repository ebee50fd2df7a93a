"""Every list and file there is: an admin never meets anybody beyond the own scope, be it an agency or a unit.

What each of them holds to be looked for: `tests.unit.services.country`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from sqlmodel import Session, col, select

from mysapk_web.models import (
    Database,
    Pegawai,
    Proposal,
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
    trail,
    verification,
)
from mysapk_web.services.actor import Actor, NotAllowed
from mysapk_web.services.people import Wanted
from mysapk_web.services.progress import missing, pdm_reading, reading, unfinished
from mysapk_web.services.verification import Filters
from tests.unit.services.country import (
    BESIDE,
    NIP,
    PAIRS,
    account_of,
    end_pdm,
    everybody,
    told,
    within_units,
)
from tests.unit.services.offices import NIPS, acting


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
