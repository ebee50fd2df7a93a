"""The page of an account: how far the person is in the PDM, and older letters and events, some at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mysapk_web.administration import email_correction
from mysapk_web.administration.audit_events import AccountEnabled
from mysapk_web.administration.managed_account import ROLE_NOT_BELOW
from mysapk_web.administration.people.detail import HISTORY_PAGE, AccountAction, AccountDetail, account_detail
from mysapk_web.organisation import audit
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import FINAL_STATES, ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform import clock
from mysapk_web.platform.errors import PermissionDenied
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.progress.person import PersonPdm, pdm_progress_of
from mysapk_web.progress.rules import GROUP_BITS
from mysapk_web.progress.tables import PdmWindow, PersonPdmProgress
from tests.support.agencies import Office

S = ProposalState


def begin(office: Office, at: datetime) -> None:
    """The PDM of every agency begins."""
    with office.db.begin() as session:
        for agency in ("K1", "K2", "BKN"):
            session.add(PdmWindow(instansi_id=office.ids[agency], since=at, until=at + timedelta(days=900)))


def propose(office: Office, key: str, *states: ProposalState, at: datetime | None = None) -> None:
    pegawai, now = office.pegawai(key), at or clock.now()
    with office.db.begin() as session:
        for number, state in enumerate(states):
            session.add(
                Proposal(
                    pegawai_id=pegawai.id,
                    group="organisasi",
                    kind="organisasi",
                    action=RecordAction.ADD,
                    slot=f"{now.timestamp()}-{number}",
                    state=state,
                    unor_id=pegawai.unor_id,
                    instansi_id=pegawai.instansi_id,
                    created_at=now,
                    changed_at=now,
                    sent_at=None if state is S.DRAF else now,
                    ended_at=now if state in FINAL_STATES else None,
                )
            )


def handle(office: Office, key: str, *groups: str) -> None:
    pegawai = office.pegawai(key)
    with office.db.begin() as session:
        bits = sum(GROUP_BITS[group] for group in groups)
        session.add(
            PersonPdmProgress(
                pegawai_id=pegawai.id, unor_id=pegawai.unor_id, jenis=pegawai.jenis, groups=bits, sent=True
            )
        )


def pdm(office: Office, who: str, whom: str) -> PersonPdm | None:
    return office.see(pdm_progress_of, office.actor(who), office.ids[whom])


def test_the_way_to_the_repair_of_the_address_is_there_for_whom_it_leads_to_the_person(both_offices: Office) -> None:
    office = both_offices
    offered = []
    for who in ("taufik", "sari", "surya", "yusuf", "ani"):
        for whom in ("ani", "eko", "taufik", "lina", "citra"):
            try:
                seen = office.see(account_detail, office.actor(who), office.ids[whom])
            except PermissionDenied:
                continue
            if seen is None:
                continue
            try:
                found = office.see(email_correction.get_person, office.actor(who), account_id=office.ids[whom])
            except PermissionDenied:
                reached = False
            else:
                reached = found.note != ROLE_NOT_BELOW
            assert (AccountAction.EMAIL in seen.actions) is reached, (who, whom)
            offered.append(reached)
    assert {True, False} == set(offered)


def test_how_far_somebody_is_in_the_present_pdm(both_offices: Office) -> None:
    office, now = both_offices, clock.now()
    begin(office, now - timedelta(days=10))
    handle(office, "ani", "profil", "golongan", "skp")
    propose(
        office, "ani", S.DRAF, S.DIHAPUS, S.INPUT_BERKAS, S.TERVERIFIKASI, S.PERBAIKAN_MYSAPK, S.TMS, S.TELAH_UPDATE
    )
    propose(office, "ani", S.PERBAIKAN_BKN, S.TELAH_UPDATE, at=now - timedelta(days=30))
    propose(office, "eko", S.INPUT_BERKAS)
    seen = office.see(account_detail, office.actor("taufik"), office.ids["ani"])
    assert seen is not None
    # What ended before this PDM began belongs to an earlier one; what is still open then does not.
    assert seen.pdm == PersonPdm(handled=3, applicable=12, sent=6, waiting=3, returned=1)
    assert pdm(office, "taufik", "eko") == PersonPdm(handled=0, applicable=12, sent=1, waiting=1, returned=0)
    assert pdm(office, "taufik", "budi") == PersonPdm(handled=0, applicable=12, sent=0, waiting=0, returned=0)


def test_groups_that_do_not_concern_somebody_count_for_nothing(office: Office) -> None:
    begin(office, clock.now() - timedelta(days=10))
    with office.db.begin() as session:
        pegawai = office.pegawai("ani")
        pegawai.jenis = JenisPegawai.PPT_NON_ASN
        session.merge(pegawai)
    handle(office, "ani", *GROUP_BITS)
    found = pdm(office, "taufik", "ani")
    assert found is not None
    assert found.handled == found.applicable < len(GROUP_BITS)


def test_before_the_first_pdm_nothing_is_counted(office: Office) -> None:
    propose(office, "ani", S.INPUT_BERKAS)
    assert pdm(office, "taufik", "ani") == PersonPdm(handled=0, applicable=12, sent=0, waiting=0, returned=0)


@pytest.mark.parametrize(
    ("who", "whom", "seen"),
    [
        ("sari", "ani", True),
        ("sari", "eko", False),
        ("yusuf", "ani", False),
        ("yusuf", "citra", True),
        ("surya", "citra", True),
    ],
)
def test_how_far_somebody_is_is_told_within_the_scope(office: Office, who: str, whom: str, seen: bool) -> None:
    begin(office, clock.now() - timedelta(days=10))
    propose(office, whom, S.INPUT_BERKAS)
    assert (pdm(office, who, whom) is not None) is seen


@pytest.mark.parametrize("who", ["ani", "budi"])
def test_who_reads_no_progress_is_told_nothing(office: Office, who: str) -> None:
    with pytest.raises(PermissionDenied):
        pdm(office, who, "eko")


def test_older_letters_and_events_come_some_at_a_time(both_offices: Office) -> None:
    office = both_offices
    with office.db.begin() as session:
        for number in range(HISTORY_PAGE + 3):
            enqueue(session, MailKind.LOCKED, account_id=office.ids["ani"])
            audit.record(session, AccountEnabled(reason=f"ke-{number}"), subject_id=office.ids["ani"])

    def seen(letters: int, events: int) -> AccountDetail:
        found = office.see(account_detail, office.actor("taufik"), office.ids["ani"], letters=letters, events=events)
        assert found is not None
        return found

    first = seen(HISTORY_PAGE, HISTORY_PAGE)
    assert (len(first.mails), first.more_mails) == (HISTORY_PAGE, True)
    assert first.history is not None
    assert (len(first.history), first.more_history) == (HISTORY_PAGE, True)
    assert first.history[0].reason == f"ke-{HISTORY_PAGE + 2}"
    more = seen(HISTORY_PAGE, 2 * HISTORY_PAGE)
    assert (len(more.mails), more.more_mails) == (HISTORY_PAGE, True)
    assert more.history is not None
    assert (len(more.history), more.more_history) == (HISTORY_PAGE + 3, False)
    assert more.history[-1].reason == "ke-0"
    whole = seen(HISTORY_PAGE + 3, HISTORY_PAGE)
    assert (len(whole.mails), whole.more_mails) == (HISTORY_PAGE + 3, False)
