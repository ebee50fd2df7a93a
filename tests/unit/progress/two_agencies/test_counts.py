"""What is counted for an admin is what lies in the own scope."""

from __future__ import annotations

from sqlmodel import col, or_, select

from mysapk_web.administration import email_policy
from mysapk_web.administration.people import search
from mysapk_web.administration.people.search import PeopleFilter
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.database import Database
from mysapk_web.platform.pagination import MAX_ROWS
from mysapk_web.progress import backlog, org_nodes, report
from mysapk_web.progress.backlog import OFFICE_OF_STATE
from mysapk_web.verification import inbox
from mysapk_web.verification.filters import Filters
from tests.support.demo_actors import NIPS, acting
from tests.support.demo_scopes import PAIRS, everybody, within_units


def test_counts_are_those_of_the_own_agency(country: Database) -> None:
    for admin, person in PAIRS.items():
        actor = acting(country, admin)
        with country.read() as s:
            own = everybody(s, person)
            assert search.list_people(s, actor, PeopleFilter()).total in (len(own), MAX_ROWS)
            assert report.read_snapshot(s, actor, report.ACTIVATION).tally.people == len(own)
            agency = s.exec(select(Pegawai.instansi_id).where(Pegawai.nip == NIPS[person])).one()
            sent = s.exec(
                select(Proposal.id).where(Proposal.instansi_id == agency, Proposal.state == ProposalState.INPUT_BERKAS)
            ).all()
            box = inbox.inbox_page(s, actor, Filters(status="INPUT_BERKAS"))
            assert box.total == len(sent)
            assert sum(each.count for each in box.groups) == len(sent)
            assert {each.key: each.count for each in box.states}["INPUT_BERKAS"] == len(sent)
            now = report.read_snapshot(s, actor, report.PDM)
            assert now.tally.people == len(own)
            assert sum(tally.people for _, tally in now.kinds) == len(own)
            units = set(s.exec(select(Unor.id).where(Unor.instansi_id == agency)))
            waits = select(Proposal.id).where(
                col(Proposal.unor_id).in_(units),
                col(Proposal.state).in_(OFFICE_OF_STATE),
                col(Proposal.sent_at).is_not(None),
            )
            assert now.backlog.total == len(s.exec(waits).all())
            place = org_nodes.find_node(s, actor, Permission.PROGRESS_READ, "")
            assert backlog.backlog_at(s, place) == now.backlog
            judged = email_policy.preview_impact(s, actor, policy="AGENCY_ONLY", domains="contohkab.example.go.id")
            assert judged.accepted + judged.warned + judged.rejected + judged.without_email == len(own)


def test_counts_of_a_unit_are_those_of_the_unit(country: Database) -> None:
    actor = acting(country, "admin_satker")
    with country.read() as s:
        own = within_units(s, actor)
        assert report.read_snapshot(s, actor, report.ACTIVATION).tally.people == len(own)
        now = report.read_snapshot(s, actor, report.PDM)
        assert now.tally.people == len(own)
        paths = [grant.unor_path or "-" for grant in actor.grants]
        units = s.exec(select(Unor.id).where(or_(*(col(Unor.path).startswith(path) for path in paths)))).all()
        waits = select(Proposal.id).where(
            col(Proposal.unor_id).in_(units),
            col(Proposal.state).in_(OFFICE_OF_STATE),
            col(Proposal.sent_at).is_not(None),
        )
        assert now.backlog.total == len(s.exec(waits).all())
