"""Every list and file there is: an admin never meets anybody beyond the own scope, be it an agency or a unit.

What each of them holds to be looked for: `tests.support.demo_scopes`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from sqlmodel import Session, col, select

from mysapk_web.administration import (
    announcements,
    email_correction,
    email_policy,
    email_requests,
    exports,
    mail_log,
    period_admin,
)
from mysapk_web.administration.audit.search import AuditFilter, search_events, stream_events
from mysapk_web.administration.email_imports.api_tokens import list_tokens
from mysapk_web.administration.imports.queries import list_rows, list_runs
from mysapk_web.administration.people import search
from mysapk_web.administration.people.detail import account_detail
from mysapk_web.administration.people.grant_list import find_candidates, list_grants, suggest_role_units
from mysapk_web.administration.people.search import PeopleFilter
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import PermissionDenied
from mysapk_web.progress import not_activated, pdm_incomplete, report
from mysapk_web.progress.rules import Report
from mysapk_web.verification import bulk_verification, inbox
from mysapk_web.verification.filters import Filters
from mysapk_web.verification.inbox import next_in_queue
from tests.support.demo_actors import NIPS, acting
from tests.support.demo_scopes import BESIDE, NIP, PAIRS, account_of, end_pdm, everybody, told, within_units


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
    runs = list_runs(s, actor, 1).items
    return [list_rows(s, actor, run.id, verdict=None, key="", number=1) for run in runs]


def queue_in_turn(s: Session, actor: Actor) -> set[str]:
    """Whose proposals come one after the other."""
    found: list[int] = []
    while (number := next_in_queue(s, actor, Filters(), found[-1] if found else 0)) not in found:
        found.append(number)
    wanted = select(Pegawai.nip).join(Proposal, col(Proposal.pegawai_id) == Pegawai.id)
    return set(s.exec(wanted.where(col(Proposal.id).in_(found))))


LISTS: Final[dict[str, Callable[[Session, Actor], Any]]] = {
    "people": lambda s, a: pages(lambda page: search.list_people(s, a, PeopleFilter(page=page)), 1, 2, 150),
    "person": lambda s, a: account_detail(s, a, somebody(s, a)),
    "candidates for a role": lambda s, a: find_candidates(s, a, text="a"),
    "units for a role": lambda s, a: suggest_role_units(s, a, somebody(s, a), "19"),
    "roles": lambda s, a: list_grants(s, a, role=None, text="", agency="", page=1),
    "addresses": lambda s, a: email_correction.find_people(s, a, text="an"),
    "policy of addresses": lambda s, a: email_policy.current_policy(s, a),
    "requests": lambda s, a: email_requests.pending_requests(s, a, 1),
    "imports": lambda s, a: list_runs(s, a, 1),
    "rows of imports": rows_of_runs,
    "tokens": lambda s, a: list_tokens(s, a),
    "mails": lambda s, a: mail_log.list_mail(s, a, mail_log.MailFilter()),
    "trail": lambda s, a: search_events(s, a, AuditFilter()),
    "trail to export": lambda s, a: stream_events(s, a, AuditFilter()),
    "progress": lambda s, a: pages(lambda page: report.read_report(s, a, report.ACTIVATION, page=page), 1, 2, 3),
    "missing": lambda s, a: not_activated.LIST.page(s, a, not_activated.NotActivatedFilter()),
    "missing to export": lambda s, a: not_activated.LIST.stream(
        s, a, not_activated.NotActivatedFilter(), sanctions=False
    ),
    "sanctions": lambda s, a: not_activated.LIST.sanction_page(s, a, not_activated.NotActivatedFilter()),
    "sanctions to export": lambda s, a: not_activated.LIST.stream(
        s, a, not_activated.NotActivatedFilter(), sanctions=True
    ),
    "progress of the PDM": lambda s, a: pages(lambda page: report.read_report(s, a, report.PDM, page=page), 1, 2, 3),
    "unfinished": lambda s, a: pdm_incomplete.LIST.page(s, a, pdm_incomplete.PdmIncompleteFilter()),
    "unfinished to export": lambda s, a: pdm_incomplete.LIST.stream(
        s, a, pdm_incomplete.PdmIncompleteFilter(), sanctions=False
    ),
    "sanctions after the PDM": lambda s, a: pdm_incomplete.LIST.sanction_page(
        s, a, pdm_incomplete.PdmIncompleteFilter()
    ),
    "sanctions after the PDM to export": lambda s, a: pdm_incomplete.LIST.stream(
        s, a, pdm_incomplete.PdmIncompleteFilter(), sanctions=True
    ),
    "inbox": lambda s, a: inbox.inbox_page(s, a, Filters(status="semua")),
    "inbox by name": lambda s, a: inbox.inbox_page(s, a, Filters(status="semua", name="rahayu")),
    "next in the inbox": queue_in_turn,
    "to be verified together": lambda s, a: bulk_verification.bulk_candidates(s, a),
    "periods": lambda s, a: period_admin.list_periods(s, a),
    "announcements to edit": lambda s, a: announcements.load_editor(s, a),
    "announcements": lambda s, a: announcements.visible_announcements(s, a),
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
        with pytest.raises(PermissionDenied):
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
    with pytest.raises(PermissionDenied):
        read(country, name, acting(country, "admin_instansi", second_factor=False))


@pytest.mark.parametrize("report", list(Report))
@pytest.mark.parametrize("admin", list(PAIRS))
def test_a_file_holds_people_of_the_own_agency_only(
    country: Database, tmp_path: Path, report: Report, admin: str
) -> None:
    path = tmp_path / "daftar.csv"
    if report is Report.PDM_SANCTIONS:
        end_pdm(country)
    rows = exports.export(country, acting(country, admin), exports.ExportRequest(report, exports.FileFormat.CSV), path)
    found = set(NIP.findall(path.read_text("utf-8-sig")))
    with country.read() as s:
        own = set(everybody(s, PAIRS[admin]))
    assert rows
    assert found
    assert found <= own
