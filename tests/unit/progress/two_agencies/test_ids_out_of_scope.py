"""Whoever lies beyond the own scope is not there, searched for or asked for by number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import col, select

from mysapk_web.administration import announcements, email_correction, email_requests, mail_log, period_admin
from mysapk_web.administration.audit.search import AuditFilter, search_events
from mysapk_web.administration.email_imports.api_tokens import revoke_token
from mysapk_web.administration.imports.queries import find_run, list_rows
from mysapk_web.administration.people import grant_list, search
from mysapk_web.administration.people.accounts import revoke_account_sessions
from mysapk_web.administration.people.detail import account_detail
from mysapk_web.administration.people.grant_list import find_candidates, suggest_role_units
from mysapk_web.administration.people.search import PeopleFilter
from mysapk_web.administration.tables.email_request import EmailRequest
from mysapk_web.administration.tables.import_token import ImportToken
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Period, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.imports.tables import ImportRun
from mysapk_web.progress import not_activated, pdm_incomplete, report
from mysapk_web.progress.tables import Announcement
from mysapk_web.verification import claims, inbox
from mysapk_web.verification.detail import open_proposal
from mysapk_web.verification.filters import Filters
from tests.support.demo_actors import NIPS, acting
from tests.support.demo_scopes import BESIDE, account_of, person_named


def test_searching_for_somebody_of_the_other_agency_finds_nobody(country: Database) -> None:
    actor, nip = acting(country, "admin_instansi"), NIPS["pegawai_lain"]
    with country.read() as s:
        assert search.list_people(s, actor, PeopleFilter(text=nip)).total == 0
        assert find_candidates(s, actor, text=nip).people == []
        assert email_correction.find_people(s, actor, text=nip).items == []
        assert inbox.inbox_page(s, actor, Filters(status="semua", nip=nip)).total == 0
        assert mail_log.list_mail(s, actor, mail_log.MailFilter(nip=nip)).items == []
        with pytest.raises(UserError):
            search_events(s, actor, AuditFilter(nip))


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
        run = s.exec(select(ImportRun.id).where(ImportRun.instansi_id == agency)).one() or 0
        request = s.exec(select(EmailRequest.id).where(EmailRequest.nip == NIPS["pegawai_lain"])).one() or 0
        token = s.exec(select(ImportToken.id).where(ImportToken.instansi_id == agency)).one() or 0
        assert account_detail(s, actor, account or 0) is None
        assert grant_list.get_candidate(s, actor, account or 0) is None
        assert suggest_role_units(s, actor, account or 0, "") == []
        unit = s.exec(select(Unor.id).where(Unor.instansi_id == agency)).first()
        elsewhere = (f"i{agency}", f"u{unit}")
        period = s.exec(select(Period.id).where(Period.instansi_id == agency)).first() or 0
        words = s.exec(select(Announcement.id).where(Announcement.instansi_id == agency)).first() or 0
        acts: list[Callable[[], Any]] = [
            lambda: open_proposal(s, actor, proposal),
            lambda: find_run(s, actor, run),
            lambda: email_correction.get_person(s, actor, account_id=account or 0),
            lambda: list_rows(s, actor, run, verdict=None, key="", number=1),
            lambda: announcements.load_editor(s, actor, f"i{agency}"),
            *(lambda key=key: report.read_snapshot(s, actor, report.ACTIVATION, key=key) for key in elsewhere),
            *(
                lambda key=key: not_activated.LIST.page(s, actor, not_activated.NotActivatedFilter(key=key))
                for key in elsewhere
            ),
            *(
                lambda key=key: not_activated.LIST.sanction_page(s, actor, not_activated.NotActivatedFilter(key=key))
                for key in elsewhere
            ),
            *(lambda key=key: report.read_snapshot(s, actor, report.PDM, key=key) for key in elsewhere),
            *(
                lambda key=key: pdm_incomplete.LIST.page(s, actor, pdm_incomplete.PdmIncompleteFilter(key=key))
                for key in elsewhere
            ),
            *(
                lambda key=key: pdm_incomplete.LIST.sanction_page(s, actor, pdm_incomplete.PdmIncompleteFilter(key=key))
                for key in elsewhere
            ),
        ]
        for act in acts:
            with pytest.raises(PermissionDenied):
                act()
        assert [key for key, _ in period_admin.period_scopes(s, actor)] == [f"i{actor.instansi_id}"]
    for change in (  # some say that there is none, some that it is not the actor's
        lambda s: email_requests.accept_request(s, actor, request_id=request, reason="x"),
        lambda s: revoke_token(s, actor, token_id=token),
        lambda s: revoke_account_sessions(s, account_id=account or 0, actor=actor),
        lambda s: period_admin.remove_period(s, actor, period_id=period),
        lambda s: announcements.retract(s, actor, announcement_id=words),
        lambda s: announcements.edit(s, actor, announcement_id=words, seen="", title="a", body="b", last_day=None),
        lambda s: claims.claim(s, actor, proposal),
    ):
        with country.begin() as s, pytest.raises((PermissionDenied, UserError)):
            change(s)
    with country.read() as s:
        assert s.get_one(Instansi, agency).name == "Pemerintah Kota Misal"


def test_what_is_beside_the_own_unit_is_not_there(country: Database) -> None:
    satker, verifikator = acting(country, "admin_satker"), acting(country, "verifikator")
    with country.read() as s:
        account, pegawai = account_of(s, BESIDE), person_named(s, BESIDE)
        key = f"u{pegawai.unor_id}"
        proposals = s.exec(select(Proposal.id).where(Proposal.pegawai_id == pegawai.id)).all()
        assert account_detail(s, satker, account) is None
        assert search.list_people(s, satker, PeopleFilter(text=pegawai.nip)).total == 0
        assert email_correction.find_people(s, satker, text=pegawai.nip).items == []
        assert mail_log.list_mail(s, satker, mail_log.MailFilter(nip=pegawai.nip)).items == []
        assert inbox.inbox_page(s, verifikator, Filters(status="semua", nip=pegawai.nip)).total == 0
        acts: list[Callable[[], Any]] = [
            lambda: email_correction.get_person(s, satker, account_id=account),
            lambda: report.read_snapshot(s, satker, report.ACTIVATION, key=key),
            lambda: not_activated.LIST.page(s, satker, not_activated.NotActivatedFilter(key=key)),
            lambda: report.read_snapshot(s, satker, report.PDM, key=key),
            lambda: pdm_incomplete.LIST.page(s, satker, pdm_incomplete.PdmIncompleteFilter(key=key)),
            *(lambda number=number: open_proposal(s, verifikator, number or 0) for number in proposals),
        ]
        for act in acts:
            with pytest.raises(PermissionDenied):
                act()
