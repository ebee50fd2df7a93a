"""Lists of people: limited to the scope in the query, found by NIP, name, unit, kind and state of the account."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from mysapk_web.accounts import login
from mysapk_web.administration.people import search
from mysapk_web.administration.people.search import (
    AccountState,
    PdmProgress,
    PeopleFilter,
    PeopleOrder,
    PersonSummary,
)
from mysapk_web.organisation.name_search import _behind
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai, awaiting_approval
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import CommittingUserError, PermissionDenied, UserError
from mysapk_web.platform.pagination import PAGE_SIZE
from mysapk_web.progress.tables import PersonPdmProgress
from tests.support.agencies import FIRST, ROLLS, Office
from tests.support.portal import after


def names(office: Office, who: str, **wanted: object) -> list[str]:
    """Keys of the people found, in their order."""
    of_nip = {row["nip"]: key for key, row in ROLLS.items()}
    found = office.see(search.list_people, office.actor(who), PeopleFilter(**wanted))  # type: ignore[arg-type]
    assert found.total == len(found.items)
    return [of_nip[line.nip] for line in found.items]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("taufik", FIRST),
        ("yusuf", {"citra", "yusuf"}),
        ("sari", {"ani", "budi", "sari"}),
        ("surya", set(ROLLS)),
    ],
)
def test_each_admin_sees_and_counts_the_own_scope_only(both_offices: Office, who: str, seen: set[str]) -> None:
    assert set(names(both_offices, who)) == seen


@pytest.mark.parametrize("who", ["ani", "budi"])
def test_who_is_no_admin_sees_no_list(office: Office, who: str) -> None:
    with pytest.raises(PermissionDenied):
        names(office, who)


def test_without_second_factor_there_is_no_list(office: Office) -> None:
    with pytest.raises(PermissionDenied):
        office.see(search.list_people, office.actor("taufik", second_factor=False), PeopleFilter())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("198503122010012001", ["ani"]),
        ("19850312 201001 2 001", ["ani"]),
        ("1985", ["ani"]),
        ("ani", ["ani"]),
        ("LESTARI", ["ani"]),
        ("les an", ["ani"]),
        ("estari", []),
        ("198503122010012001999", []),
        ("%", []),
        ("_____________", []),
        ("citra", []),
        ("199001052015032003", []),
    ],
)
def test_search_by_nip_or_by_words_of_the_name(both_offices: Office, text: str, found: list[str]) -> None:
    assert names(both_offices, "taufik", text=text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("cit", ["citra"]), ("CITRA wu", ["citra"]), ("citra wulandari", ["citra"]), ("19900", ["citra"]), ("wulan", [])],
)
def test_over_all_agencies_the_beginning_is_searched(both_offices: Office, text: str, found: list[str]) -> None:
    assert names(both_offices, "surya", text=text) == found


def test_names_in_capitals_are_found_over_all_agencies(office: Office) -> None:
    with office.db.begin() as session:
        session.execute(update(Pegawai).where(col(Pegawai.nip) == ROLLS["citra"]["nip"]).values(name="CITRA WULANDARI"))
    assert names(office, "surya", text="citra w") == ["citra"]


@pytest.mark.parametrize(
    "wanted", [{"text": "ci"}, {"text": "19"}, {"jenis": JenisPegawai.PNS}, {"order": PeopleOrder.UNIT}]
)
def test_over_all_agencies_nobody_looks_at_everybody(office: Office, wanted: dict[str, object]) -> None:
    with pytest.raises(UserError):
        names(office, "surya", **wanted)
    assert names(office, "surya", agency="Kota Misal", **wanted) in (["citra"], ["citra", "yusuf"], ["yusuf", "citra"])


@pytest.mark.parametrize("agency", ["K2", "kota misal", "misal"])
def test_agency_by_code_or_part_of_its_name(office: Office, agency: str) -> None:
    assert names(office, "surya", agency=agency) == ["citra", "yusuf"]
    assert names(office, "taufik", agency=agency) == []


@pytest.mark.parametrize(
    ("unit", "found"),
    [
        ("D1", ["ani", "budi", "sari"]),
        ("D1.1", ["ani"]),
        ("D1 · Dinas Pendidikan (Sekretariat Daerah)", ["ani", "budi", "sari"]),
        ("kesehatan", ["dewi", "eko"]),
        ("dinas", ["ani", "budi", "dewi", "eko", "sari"]),
        ("tidak ada", []),
    ],
)
def test_a_unit_stands_for_all_below_it(both_offices: Office, unit: str, found: list[str]) -> None:
    assert names(both_offices, "taufik", unit=unit) == found


def test_a_unit_outside_the_scope_finds_nobody(office: Office) -> None:
    assert names(office, "sari", unit="D2") == []
    assert names(office, "sari", unit="00") == []


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (AccountState.ACTIVE, ["ani", "lina", "sari", "taufik"]),
        (AccountState.INACTIVE, ["eko"]),
        (AccountState.WAITING, ["dewi"]),
        (AccountState.DISABLED, ["budi"]),
        (AccountState.LOCKED, []),
    ],
)
def test_states_of_accounts(both_offices: Office, state: AccountState, found: list[str]) -> None:
    both_offices.change("budi", disabled_at=clock.now())
    assert names(both_offices, "taufik", state=state) == found


@pytest.mark.parametrize(
    ("step", "found"),
    [(PdmProgress.SENT, {"ani", "sari"}), (PdmProgress.DONE, {"sari"}), (PdmProgress.OPEN, FIRST - {"sari"})],
)
def test_how_far_in_the_pdm(both_offices: Office, step: PdmProgress, found: set[str]) -> None:
    """`ani` has sent, `sari` has finished; so has `citra`, of another agency."""
    with both_offices.db.begin() as s:
        for key in ("ani", "sari", "citra"):
            person = s.exec(select(Pegawai).where(Pegawai.nip == ROLLS[key]["nip"])).one()
            of_whom = {"pegawai_id": person.id, "unor_id": person.unor_id, "jenis": person.jenis}
            s.merge(PersonPdmProgress(**of_whom, sent=True, done=key != "ani"))
    assert set(names(both_offices, "taufik", pdm=step)) == found


def fail(office: Office, key: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(CommittingUserError):
            login.login(
                office.db, client=ClientContext("b", "", "203.0.113.9"), nip=ROLLS[key]["nip"], password="Salah1Sekali"
            )


def test_a_locked_account_is_listed_while_its_wait_runs(both_offices: Office) -> None:
    office = both_offices
    fail(office, "ani", 5)
    assert names(office, "taufik", state=AccountState.LOCKED) == []
    fail(office, "ani", 1)
    fail(office, "citra", 6)
    assert names(office, "taufik", state=AccountState.LOCKED) == ["ani"]
    assert "ani" not in names(office, "taufik", state=AccountState.ACTIVE)
    line = office.see(search.list_people, office.actor("taufik"), PeopleFilter(text="ani")).items[0]
    assert line.state is AccountState.LOCKED
    assert names(office, "surya", state=AccountState.LOCKED) == ["ani", "citra"]
    with after(31):
        assert names(office, "taufik", state=AccountState.LOCKED) == []


@pytest.mark.parametrize(
    ("order", "first"),
    [(PeopleOrder.NAME, "ani"), (PeopleOrder.NIP, "budi"), (PeopleOrder.UNIT, "dewi"), (PeopleOrder.LOGIN, "eko")],
)
def test_orders(both_offices: Office, order: PeopleOrder, first: str) -> None:
    both_offices.change("eko", last_login_at=clock.now())
    assert names(both_offices, "taufik", order=order)[0] == first


def test_pages_are_cut_in_the_query_and_hold_everybody_once(office: Office) -> None:
    with office.db.begin() as session:
        model = session.exec(select(Pegawai).where(Pegawai.nip == ROLLS["eko"]["nip"])).one()
        for number in range(2 * PAGE_SIZE):
            someone = Pegawai(
                nip=f"19700101199001{number:04}", name="Nama Sama", jenis=model.jenis,
                instansi_id=model.instansi_id, unor_id=model.unor_id,
            )  # fmt: skip
            session.add(someone)
            session.flush()
            session.add(Account(pegawai_id=someone.id or 0))
    actor = office.actor("taufik")
    pages = [office.see(search.list_people, actor, PeopleFilter(page=number)) for number in (1, 2, 3)]
    assert [len(page.items) for page in pages] == [PAGE_SIZE, PAGE_SIZE, len(FIRST)]
    assert {page.total for page in pages} == {2 * PAGE_SIZE + len(FIRST)}
    assert len({line.account_id for page in pages for line in page.items}) == 2 * PAGE_SIZE + len(FIRST)
    beyond = office.see(search.list_people, actor, PeopleFilter(page=99))
    assert (beyond.number, beyond.pages) == (3, 3)


def test_of_a_name_that_many_have_the_first_are_paged_and_filters_see_everybody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mysapk_web.platform.pagination.MAX_ROWS", 30)
    with office.db.begin() as session:
        model = session.exec(select(Pegawai).where(Pegawai.nip == ROLLS["ani"]["nip"])).one()
        for number in range(40):
            someone = Pegawai(
                nip=f"19700101199001{number:04}", name=f"Nama Sama {number:02}", jenis=model.jenis,
                instansi_id=model.instansi_id, unor_id=model.unor_id,
            )  # fmt: skip
            session.add(someone)
            session.flush()
            session.add(Account(pegawai_id=someone.id or 0, disabled_at=clock.now() if number == 39 else None))
    actor = office.actor("taufik")
    pages = [office.see(search.list_people, actor, PeopleFilter(text="nama sama", page=number)) for number in (1, 2)]
    assert [line.name for page in pages for line in page.items] == [f"Nama Sama {number:02}" for number in range(30)]
    last = office.see(search.list_people, actor, PeopleFilter(text="nama sama", state=AccountState.DISABLED))
    assert [line.name for line in last.items] == ["Nama Sama 39"]


def test_who_logged_in_last_is_told(office: Office) -> None:
    moment = clock.now() - timedelta(hours=3)
    office.change("ani", last_login_at=moment)
    assert (
        office.see(search.list_people, office.actor("sari"), PeopleFilter(text="ani")).items[0].last_login_at == moment
    )


@pytest.mark.parametrize(
    "odd", ["\U0010ffff" * 3, "aaa\U0010ffff", "aa\ud7ff", "\U0010ffffaaa", "%%%", "___", "ﬀﬀ", "ßßß", "İİİ"]
)
def test_a_name_may_begin_with_any_character(both_offices: Office, odd: str) -> None:
    with both_offices.db.begin() as session:
        session.execute(update(Pegawai).where(col(Pegawai.nip) == ROLLS["ani"]["nip"]).values(name=f"{odd} Lestari"))
    for who in ("surya", "taufik"):
        assert set(names(both_offices, who, text=odd)) <= {"ani"}
    assert names(both_offices, "surya", text="ani l") == []


@pytest.mark.parametrize(
    ("beginning", "end"),
    [("ani", "anj"), ("aa\ud7ff", "aa\ue000"), ("a\U0010ffff\U0010ffff", "b"), ("\U0010ffff", ""), ("é", "ê")],
)
def test_the_end_of_a_range_of_names(beginning: str, end: str) -> None:
    assert _behind(beginning) == end


def test_who_waits_for_approval_is_found_by_the_index_of_these_alone(office: Office) -> None:
    with office.db.read() as session:
        wanted = select(Pegawai.id).where(Pegawai.instansi_id == 1, awaiting_approval()).order_by(Pegawai.name)
        compiled = wanted.compile(session.connection(), compile_kwargs={"render_postcompile": True})
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", (1,)).all()
    assert "ix_pegawai_menunggu" in repr(plan)


@pytest.mark.parametrize(
    ("who", "narrowed", "answered"),
    [
        ("taufik", {}, False),
        ("taufik", {"text": "ani"}, True),
        ("taufik", {"unit": "D2"}, True),
        ("taufik", {"unit": "00"}, False),
        ("taufik", {"state": AccountState.DISABLED}, True),
        ("yusuf", {}, True),
        ("surya", {"agency": "K1"}, False),
        ("surya", {"agency": "K2"}, True),
        ("surya", {"text": "198"}, False),
        ("sari", {"agency": "K2"}, True),
    ],
)
def test_logins_are_put_in_order_among_so_many_people_only(
    both_offices: Office, monkeypatch: pytest.MonkeyPatch, who: str, narrowed: dict[str, Any], answered: bool
) -> None:
    monkeypatch.setattr(sys.modules[PersonSummary.__module__], "MAX_SORTED_BY_LOGIN", 3)
    if answered:
        names(both_offices, who, order=PeopleOrder.LOGIN, **narrowed)
        return
    with pytest.raises(UserError, match="Persempit lebih dahulu") as caught:
        names(both_offices, who, order=PeopleOrder.LOGIN, **narrowed)
    assert caught.value.field == "urut"
