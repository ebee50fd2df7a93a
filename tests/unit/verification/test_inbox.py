"""The inbox: what it lists, in which order, narrowed to what, and how it counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.organisation.actor import Grant
from mysapk_web.organisation.rules.roles import Permission, Role
from mysapk_web.organisation.scope import spans_agencies
from mysapk_web.organisation.tables.account import RoleGrant
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError
from mysapk_web.verification import claims, inbox
from mysapk_web.verification.filters import MAX_TEXT, MINE, NEWEST, OPEN, Filters, read_filters
from mysapk_web.verification.inbox import Inbox, next_in_queue
from mysapk_web.verification.unit_filter import find_unit
from tests.support.portal import after, days, hours, nobody
from tests.support.proposals import GOLONGAN, SKP
from tests.support.reviewers import Office

A, S = ProposalAction, ProposalState
MODULE = inbox
TALLIES = "mysapk_web.verification.facets"


@pytest.fixture
def three(office: Office) -> list[int]:
    """Three proposals, sent an hour apart: the newest number first, so that order and number tell apart."""
    drafts = [
        office.desk.draft(
            "penghargaan", {"jenis_penghargaan": "201", "nomor_sk": "1", "tanggal_sk": "10-08-2020", "tahun": "2020"}
        ),
        office.desk.draft("skp", SKP),
        office.desk.draft("golongan", GOLONGAN),
    ]
    for hour, number in enumerate(reversed(drafts)):
        with after(hour * hours):
            office.desk.send(number)
    return drafts[::-1]


def test_oldest_first_or_newest(office: Office, three: list[int]) -> None:
    assert office.verifier.listed() == three
    assert office.verifier.listed(order=NEWEST) == three[::-1]


def test_what_waits_for_me_and_what_is_on_its_way(office: Office, three: list[int]) -> None:
    office.verifier.decide(three[0], A.VERIFY)

    assert office.verifier.listed() == three[1:]
    assert office.approver.listed() == [three[0]]
    assert office.verifier.listed(status=OPEN) == three
    assert office.verifier.listed(status=S.TERVERIFIKASI.value) == [three[0]]
    office.verifier.decide(three[1], A.REJECT, reason="TMS-01", note="x")
    assert office.verifier.listed(status=OPEN) == [three[0], three[2]]
    assert office.verifier.listed(status=S.TMS.value) == [three[1]]


def test_counts_by_state_and_by_group(office: Office, three: list[int]) -> None:
    office.verifier.decide(three[0], A.VERIFY)
    seen = office.verifier.inbox()

    assert {row.key: row.count for row in seen.states} == {"INPUT_BERKAS": 2, "TERVERIFIKASI": 1}
    assert {row.key: row.count for row in seen.groups} == {"penghargaan": 1, "skp": 1}
    everything = office.verifier.inbox(status=OPEN)
    assert {row.key: row.count for row in everything.groups} == {"golongan": 1, "penghargaan": 1, "skp": 1}
    one = office.verifier.inbox(group="skp")
    assert ({row.key: row.count for row in one.states}, one.total) == ({"INPUT_BERKAS": 1}, 1)
    assert {row.key for row in one.groups} == {"penghargaan", "skp"}


def _groups(seen: Inbox) -> dict[str, int]:
    return {row.key: row.count for row in seen.groups}


def test_what_waits_for_me_is_counted_as_it_is_listed(office: Office, three: list[int]) -> None:
    """An admin of the agency may do both offices, but not both of one proposal."""
    admin = office.someone(office.desk.portal.budi, Role.ADMIN_INSTANSI)
    assert _groups(admin.inbox()) == {"golongan": 1, "penghargaan": 1, "skp": 1}
    admin.decide(three[0], A.VERIFY)
    seen = admin.inbox()

    assert [row.id for row in seen.rows] == three[1:]
    assert _groups(seen) == {"penghargaan": 1, "skp": 1}
    assert sum(_groups(seen).values()) == seen.total
    for key, count in _groups(seen).items():
        assert admin.inbox(group=key).total == count
    # What is on its way is listed and counted with what has passed through the own hands.
    assert {row.key: row.count for row in seen.states} == {"INPUT_BERKAS": 2, "TERVERIFIKASI": 1}
    assert _groups(admin.inbox(status=S.TERVERIFIKASI.value)) == {"golongan": 1}
    assert _groups(admin.inbox(status=OPEN)) == {"golongan": 1, "penghargaan": 1, "skp": 1}


def test_hands_that_had_another_role_before_are_known(office: Office, three: list[int]) -> None:
    """Dewi verified, lost that role, and approves now."""
    dewi = office.desk.portal.dewi
    office.someone(dewi, Role.VERIFIKATOR).decide(three[0], A.VERIFY)
    office.verifier.decide(three[1], A.VERIFY)
    now = clock.now()
    with office.desk.portal.db.begin() as session:
        session.add(
            RoleGrant(
                account_id=dewi.account_id,
                role=Role.VERIFIKATOR,
                instansi_id=dewi.instansi_id,
                granted_at=now,
                revoked_at=now,
            )
        )
    seen = office.approver.inbox()

    assert [row.id for row in seen.rows] == [three[1]]
    assert _groups(seen) == {"skp": 1} == _groups(office.approver.inbox(group="skp"))


def test_each_office_is_counted_in_its_own_scope(office: Office, three: list[int]) -> None:
    """Who verifies in one unit and approves in the whole agency has two desks of different size."""
    unit = office.unit("Dinas Satu")
    both = office.someone(office.desk.portal.budi, Role.VERIFIKATOR, unit.path)
    both = both.but(grants=(*both.actor.grants, Grant(Role.APPROVER, both.actor.instansi_id)))
    office.someone(office.desk.portal.dewi, Role.VERIFIKATOR).decide(three[0], A.VERIFY)
    seen = both.inbox()

    assert [row.id for row in seen.rows] == [three[0]]
    assert _groups(seen) == {"golongan": 1}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"nip": "198503122010012001"}, 3),
        ({"nip": "1985"}, 3),
        ({"nip": "1986"}, 0),
        ({"name": "ani les"}, 3),
        ({"name": "%"}, 0),
        ({"name": "Budi"}, 0),
        ({"kind": "skp"}, 1),
        ({"group": "golongan"}, 1),
        ({"group": "golongan", "kind": "golongan"}, 1),
        ({"since": date(2026, 8, 24)}, 3),
        ({"since": date(2026, 8, 25)}, 0),
        ({"until": date(2026, 8, 24)}, 3),
        ({"until": date(2026, 8, 23)}, 0),
    ],
)
def test_narrowed(office: Office, three: list[int], filters: dict[str, Any], expected: int) -> None:
    assert len(three) == 3
    seen = office.verifier.inbox(**filters)
    assert (len(seen.rows), seen.total) == (expected, expected)


def test_days_begin_in_the_zone_of_the_agency(office: Office) -> None:
    number = office.desk.draft("golongan", GOLONGAN)
    with after(15 * hours):  # 17.00 UTC is midnight in WIB
        office.desk.send(number)
        assert office.verifier.listed(since=date(2026, 8, 25)) == [number]
        assert office.verifier.listed(until=date(2026, 8, 24)) == []


def test_narrowed_to_a_unit(office: Office) -> None:
    here, there = office.unit("Dinas Satu", office.desk.portal.ani), office.unit("Dinas Dua")
    number = office.sent()

    assert office.verifier.listed(unit=here.id) == [number]
    assert office.verifier.listed(unit=there.id) == []
    assert office.verifier.listed(unit=office.desk.proposal(number).unor_id + 999) == []
    assert {row.key: row.count for row in office.verifier.inbox(unit=here.id).states} == {"INPUT_BERKAS": 1}
    assert office.verifier.inbox(unit=there.id).states == office.verifier.inbox(unit=there.id).groups == []


def test_a_unit_above_the_scope_narrows_nothing_more_and_opens_nothing(office: Office) -> None:
    """As in a link that somebody with a larger scope has sent."""
    here, there = office.unit("Dinas Satu", office.desk.portal.ani), office.unit("Dinas Dua")
    number = office.sent()
    above = here.parent_id
    assert office.someone(office.desk.portal.budi, Role.VERIFIKATOR, here.path).listed(unit=above) == [number]
    assert office.someone(office.desk.portal.budi, Role.VERIFIKATOR, there.path).listed(unit=above) == []


def test_a_unit_of_another_agency_leads_nowhere(office: Office) -> None:
    office.sent()
    unit = office.stranger.see(find_unit, "", "1")
    assert office.stranger.listed(unit=unit) == []
    assert office.verifier.listed(unit=unit) == []


def _to_bkn(office: Office, number: int) -> int:
    """Verified and approved where it was sent."""
    home = office.desk.proposal(number).instansi_id
    for person, role, act in (
        (office.desk.portal.budi, Role.VERIFIKATOR, A.VERIFY),
        (office.desk.portal.dewi, Role.APPROVER, A.APPROVE),
    ):
        office.someone(person, role).but(grants=(Grant(role, home),)).decide(number, act)
    return number


def test_which_agency_it_is_and_narrowed_to_one(office: Office) -> None:
    portal = office.desk.portal
    bkn = office.someone(nobody(), Role.ADMIN_BKN).but(instansi_id=portal.ani.instansi_id)
    mine = _to_bkn(office, office.desk.sent("golongan", GOLONGAN))
    other = _to_bkn(office, office.desk.of(portal.citra).sent("golongan", GOLONGAN))
    seen = bkn.inbox()

    assert [(row.id, row.unit.split(", ")[-1]) for row in seen.rows] == [
        (mine, "Pemerintah Kabupaten Contoh"),
        (other, "Pemerintah Kota Misal"),
    ]
    for text, expected in {
        "7301": [mine],
        "kota misal": [other],
        "Pemerintah Kota Misal": [other],
        "pemerintah": [mine, other],
        "tidak ada": [],
        "%": [],
    }.items():
        assert bkn.listed(instansi=text) == expected, text
        assert sum(row.count for row in bkn.inbox(instansi=text).groups) == len(expected)
        assert sum(row.count for row in bkn.inbox(instansi=text).states) == len(expected)
    assert bkn.see(next_in_queue, Filters(instansi="7302"), mine) == other
    # Nobody gets further than the own scope with it.
    assert office.verifier.listed(status=OPEN, instansi="7302") == []
    assert office.verifier.listed(status=OPEN, instansi="7301") == [mine]


def test_a_name_that_means_too_many_agencies_is_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mysapk_web.verification.filter_lookup.MAX_AGENCIES", 1)
    with pytest.raises(UserError, match="lebih lengkap") as refused:
        office.bkn.listed(instansi="pemerintah")
    assert refused.value.field == "instansi"
    assert office.bkn.listed(instansi="kota") == []


def test_who_reaches_one_agency_only_and_who_more(office: Office) -> None:
    portal = office.desk.portal
    both = office.verifier.but(
        grants=tuple(Grant(Role.VERIFIKATOR, person.instansi_id) for person in (portal.ani, portal.citra))
    )
    assert [spans_agencies(who.actor, Permission.INBOX_READ) for who in (office.verifier, both, office.bkn)] == [
        False,
        True,
        True,
    ]
    numbers = [office.sent(), office.desk.of(portal.citra).sent("skp", SKP)]
    assert both.listed() == numbers
    assert both.listed(instansi="misal") == numbers[1:]
    assert both.but(second_factor=False).actor.effective_grants == ()


def test_in_pages(office: Office, three: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mysapk_web.platform.pagination.PAGE_SIZE", 2)
    first, last = office.verifier.inbox(1), office.verifier.inbox(99)

    assert ([row.id for row in first.rows], first.pages) == (three[:2], 2)
    assert ([row.id for row in last.rows], last.number) == (three[2:], 2)


def test_more_than_can_be_turned_through(office: Office, three: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mysapk_web.platform.pagination.MAX_ROWS", 2)
    seen = office.verifier.inbox()
    assert (seen.total, seen.at_least, len(three)) == (2, True, 3)


def tallied(seen: Inbox) -> tuple[list[tuple[str, int, bool]], list[tuple[str, int, bool]]]:
    return (
        [(each.key, each.count, each.at_least) for each in seen.states],
        [(each.key, each.count, each.at_least) for each in seen.groups],
    )


def test_counting_ends_somewhere(office: Office, three: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    assert not office.verifier.inbox().states[0].at_least
    monkeypatch.setattr(f"{TALLIES}.MAX_COUNTED_TOGETHER", 2)
    monkeypatch.setattr(f"{TALLIES}.MAX_COUNTED_APART", 2)
    seen = office.verifier.inbox().states[0]
    assert (seen.at_least, len(three)) == (True, 3)
    assert 2 <= seen.count <= 3


@pytest.mark.parametrize("status", [MINE, OPEN])
def test_a_group_beyond_what_is_counted_stands_there_all_the_same(
    office: Office, three: list[int], monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    office.desk.sent("skp", SKP | {"tahun": "2024"})
    exact = tallied(office.verifier.inbox(status=status))
    assert {key for key, _, _ in exact[1]} == {"golongan", "skp", "penghargaan"}
    monkeypatch.setattr(f"{TALLIES}.MAX_COUNTED_TOGETHER", 1)
    assert tallied(office.verifier.inbox(status=status)) == exact
    monkeypatch.setattr(f"{TALLIES}.MAX_COUNTED_APART", 1)
    bounded = tallied(office.verifier.inbox(status=status))
    for few, all_ in zip(bounded, exact, strict=True):
        assert [key for key, _, _ in few] == [key for key, _, _ in all_]
        assert all(1 <= count <= whole for (_, count, _), (_, whole, _) in zip(few, all_, strict=True))
    assert ("skp", 1, True) in bounded[1]


def test_a_state_beyond_what_is_counted_stands_there_all_the_same(
    office: Office, three: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.verifier.decide(three[0], A.VERIFY)
    office.verifier.give_back(three[1])
    exact = tallied(office.verifier.inbox(status=OPEN))
    assert [count for _, count, _ in exact[0]] == [1, 1, 1]
    monkeypatch.setattr(f"{TALLIES}.MAX_COUNTED_TOGETHER", 1)
    assert tallied(office.verifier.inbox(status=OPEN)) == exact
    narrowed = tallied(office.verifier.inbox(status=OPEN, group="golongan"))
    assert (sum(count for _, count, _ in narrowed[0]), narrowed[1]) == (1, exact[1])
    assert tallied(office.stranger.inbox(status=OPEN)) == ([], [])


def test_too_many_people_are_meant(office: Office, three: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mysapk_web.verification.filter_lookup.MAX_PEOPLE", 0)
    wanted: list[tuple[str, dict[str, Any]]] = [("nama", {"name": "ani"}), ("nip", {"nip": "1985"})]
    for field, filters in wanted:
        with pytest.raises(UserError, match="lebih lengkap") as refused:
            office.verifier.inbox(**filters)
        assert refused.value.field == field
    assert len(three) == 3


def test_over_all_agencies_a_name_begins_with_what_is_typed(office: Office) -> None:
    number = office.desk.sent("golongan", GOLONGAN)
    office.verifier.decide(number, A.VERIFY)
    office.approver.decide(number, A.APPROVE)
    assert office.bkn.listed(name="ani lestari") == [number]
    assert office.bkn.listed(name="lestari") == []
    with pytest.raises(UserError):
        office.bkn.listed(name="a")


def test_how_long_it_waits(office: Office, three: list[int]) -> None:
    with after(4 * days):
        rows = office.verifier.inbox().rows
    assert [row.waits for row in rows] == ["Menunggu 4 hari", "Menunggu 3 hari", "Menunggu 3 hari"]
    assert rows[0].nip == office.desk.person.nip
    assert rows[0].id == three[0]


def test_the_next_one_opens(office: Office, three: list[int]) -> None:
    def following(number: int, **filters: Any) -> int:
        return office.verifier.see(next_in_queue, Filters(**filters), number)

    assert [following(number) for number in three] == [three[1], three[2], three[0]]
    assert following(three[2], order=NEWEST) == three[1]
    assert following(three[0], group="skp") == three[1]
    office.verifier.decide(three[0], A.VERIFY)
    assert following(three[0]) == three[1]
    colleague = office.someone(office.desk.portal.dewi, Role.VERIFIKATOR)
    colleague.do(claims.claim, three[1])
    assert following(three[0]) == three[2]
    office.verifier.decide(three[2], A.VERIFY)
    assert following(three[2]) == 0


def test_who_has_it_open(office: Office, three: list[int]) -> None:
    colleague = office.someone(office.desk.portal.dewi, Role.VERIFIKATOR)
    colleague.do(claims.claim, three[0])

    assert [row.claimed for row in office.verifier.inbox().rows] == ["Sedang diperiksa Dewi Anggraini", "", ""]
    assert [row.claimed for row in colleague.inbox().rows] == ["Anda buka", "", ""]


def test_an_agency_reads_that_bkn_has_it_open_and_not_who(office: Office) -> None:
    number = office.desk.sent("golongan", GOLONGAN)
    office.verifier.decide(number, A.VERIFY)
    office.approver.decide(number, A.APPROVE)
    office.bkn.do(claims.claim, number)
    there = ProposalState.VALIDASI_BKN.value
    assert [row.claimed for row in office.verifier.inbox(status=there).rows] == ["Sedang diperiksa BKN"]
    assert office.approver.open(number).claim.holder == "BKN"
    another = office.someone(office.desk.portal.dewi, Role.ADMIN_BKN)
    assert [row.claimed for row in another.inbox(status=there).rows] == ["Sedang diperiksa Citra Wulandari"]


def test_what_a_disabled_account_had_open_is_free_everywhere(office: Office, three: list[int]) -> None:
    colleague = office.someone(office.desk.portal.dewi, Role.VERIFIKATOR)
    colleague.do(claims.claim, three[1])
    office.desk.portal.disable(office.desk.portal.dewi)

    assert [row.claimed for row in office.verifier.inbox().rows] == ["", "", ""]
    assert office.verifier.see(next_in_queue, Filters(), three[0]) == three[1]
    assert office.verifier.open(three[1]).claim.holder == ""
    assert office.verifier.do(claims.claim, three[1]).mine


# The address -------------------------------------------------------------------------------------


@given(
    st.dictionaries(
        st.sampled_from([*Filters.__slots__, "x"]),
        st.one_of(st.text(max_size=80), st.none(), st.integers(), st.lists(st.text())),
    )
)
def test_anything_in_an_address_narrows_or_is_nothing(given_: dict[str, Any]) -> None:
    filters = read_filters(given_)

    assert read_filters(filters.query()) == filters
    assert len(filters.name) <= MAX_TEXT
    assert filters.nip == "" or filters.nip.isdigit()


def test_an_address_keeps_the_filters() -> None:
    wanted = Filters(
        status=OPEN, group="skp", nip="1985", since=date(2026, 8, 24), instansi="kota misal", unit=7, order=NEWEST
    )

    assert read_filters(wanted.query()) == wanted
    assert wanted.query(group="", unit=0, instansi="") == {
        "status": "semua",
        "nip": "1985",
        "dari": "2026-08-24",
        "urut": "baru",
    }
    assert read_filters({"instansi": "  kota \x00  misal "}).instansi == "kota misal"
    assert read_filters({"unit": "12"}) == Filters(unit=12)
    assert Filters().query() == {}
    assert read_filters({"status": "DRAF"}).status == MINE
    assert read_filters({"grup": "profil"}).group == ""
    assert read_filters({"grup": "skp", "jenis": "golongan"}) == Filters(group="skp")


def test_every_number_of_a_page_is_a_number(office: Office, three: list[int]) -> None:
    assert three
    for page in (-5, 0, 10**12):
        assert office.verifier.inbox(page).rows
