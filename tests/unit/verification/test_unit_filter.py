"""The unor verifikasi of the filter: searched for inside the scope, in one agency, whichever level of it."""

from __future__ import annotations

import pytest

from mysapk_web.organisation.actor import Grant
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.verification.filters import Filters
from mysapk_web.verification.unit_filter import find_unit, suggest_units, unit_choice
from tests.support.reviewers import Office, Official


@pytest.fixture
def dinas(office: Office) -> Unor:
    """A unit of the first agency."""
    return office.unit("Dinas Pendidikan")


@pytest.fixture
def school(office: Office, dinas: Unor) -> Unor:
    """A unit of the third level, in which Ani works: it is the unor verifikasi of what she sends."""
    with office.desk.portal.db.begin() as session:
        unit = Unor(instansi_id=dinas.instansi_id, parent_id=dinas.id, code="D.7", name="SMP Negeri 7", path="")
        session.add(unit)
        session.flush()
        unit.path = f"{dinas.path}{unit.id}/"
        session.flush()
        session.expunge(unit)
    office.move(office.desk.portal.ani, unit)
    return unit


def suggested(official: Official, text: str, agency: str = "") -> list[str]:
    return official.see(suggest_units, agency, text)


def test_a_school_is_found_by_its_name_or_code_and_narrows_the_list(office: Office, dinas: Unor, school: Unor) -> None:
    number = office.sent()
    expected = ["D.7 · SMP Negeri 7 (Dinas Pendidikan)"]
    assert suggested(office.verifier, "negeri 7") == suggested(office.verifier, "d.7") == expected
    for text in (expected[0], "D.7", "smp negeri 7"):
        assert office.verifier.see(find_unit, "", text) == school.id
    assert office.verifier.listed(unit=school.id) == office.verifier.listed(unit=dinas.id) == [number]


def test_what_is_chosen_is_said_in_the_words_of_the_suggestion(office: Office, school: Unor) -> None:
    choice = office.verifier.see(unit_choice, Filters(unit=school.id or 0))
    assert (choice.offered, choice.chosen) == (True, "D.7 · SMP Negeri 7 (Dinas Pendidikan)")
    assert choice.suggested[0] == "1 · Pemerintah Kabupaten Contoh"
    assert office.verifier.see(unit_choice, Filters()).chosen == ""
    assert office.stranger.see(unit_choice, Filters(unit=school.id or 0)).chosen == ""


def test_only_inside_the_scope(office: Office, dinas: Unor, school: Unor) -> None:
    office.unit("Dinas Kesehatan")
    limited = office.someone(office.desk.portal.budi, Role.VERIFIKATOR, dinas.path)
    assert suggested(limited, "") == [
        "Dinas Pendidikan · Dinas Pendidikan (Pemerintah Kabupaten Contoh)",
        "D.7 · SMP Negeri 7 (Dinas Pendidikan)",
    ]
    assert suggested(limited, "kesehatan") == []
    assert suggested(office.stranger, "negeri 7") == []
    for official, text in ((limited, "Dinas Kesehatan"), (office.stranger, "D.7"), (office.verifier, "tidak ada")):
        with pytest.raises(UserError) as refused:
            official.see(find_unit, "", text)
        assert refused.value.field == "unit"


def test_over_several_agencies_one_is_named_first(office: Office, school: Unor) -> None:
    portal = office.desk.portal
    both = office.verifier.but(
        grants=tuple(Grant(Role.VERIFIKATOR, person.instansi_id) for person in (portal.ani, portal.citra))
    )
    for official in (office.bkn, both):
        assert suggested(official, "negeri") == suggested(official, "negeri", "pemerintah") == []
        assert suggested(official, "negeri", "7301") == ["D.7 · SMP Negeri 7 (Dinas Pendidikan)"]
        assert official.see(find_unit, "contoh", "D.7") == school.id
        for agency in ("", "pemerintah", "tidak ada"):
            with pytest.raises(UserError, match="satu instansi") as refused:
                official.see(find_unit, agency, "D.7")
            assert refused.value.field == "instansi"
        offered = [
            official.see(unit_choice, filters).offered
            for filters in (
                Filters(),
                Filters(instansi="pemerintah"),
                Filters(instansi="7301"),
                Filters(unit=school.id or 0),
            )
        ]
        assert offered == [False, False, True, True]


def test_too_many_agencies_offer_no_unit(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mysapk_web.verification.filter_lookup.MAX_AGENCIES", 1)
    assert not office.bkn.see(unit_choice, Filters(instansi="pemerintah")).offered


def test_only_for_those_who_have_an_inbox(office: Office) -> None:
    plain = office.verifier.but(grants=())
    for use_case, given in (
        (suggest_units, ("", "")),
        (find_unit, ("", "1")),
        (unit_choice, (Filters(),)),
    ):
        with pytest.raises(PermissionDenied):
            plain.see(use_case, *given)
