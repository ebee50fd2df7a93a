"""Whoever lies beyond the own scope is not there, searched for or asked for by number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import col, select

from mysapk_web.models import (
    Account,
    Announcement,
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
    email_imports,
    email_repair,
    email_requests,
    mail_log,
    people,
    period_admin,
    trail,
    verification,
)
from mysapk_web.services.actor import NotAllowed, Refused
from mysapk_web.services.people import Wanted
from mysapk_web.services.progress import missing, pdm_reading, reading, unfinished
from mysapk_web.services.verification import Filters
from tests.unit.services.country import (
    BESIDE,
    account_of,
    person_named,
)
from tests.unit.services.offices import NIPS, acting


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
