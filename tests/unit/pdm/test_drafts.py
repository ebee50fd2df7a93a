"""What is typed is kept, whatever it is; what can't be stored is refused and changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mysapk_web.pdm.drafts import save_draft
from mysapk_web.pdm.rules.groups import GROUPS, get_kind
from mysapk_web.pdm.rules.groups.fields import FieldKind
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.settings import Settings
from tests.support.portal import settle
from tests.support.proposals import GOLONGAN, Desk, open_pdm

KINDS = [(group.key, declared.key) for group in GROUPS if group.verified for declared in group.kinds]


def test_values_are_stored_in_their_one_form_and_the_rest_stays(desk: Desk) -> None:
    number = desk.start()
    first = desk.save(number, {"tmt_golongan": "1/4/2022", "nomor_sk": "  823/114 "})
    second = desk.save(number, {"golongan": "33"})

    stored = desk.proposal(number).payload
    assert (stored["tmt_golongan"], stored["nomor_sk"], stored["golongan"]) == ("2022-04-01", "823/114", "33")
    assert (first.version, second.version) == (2, 3)
    assert first.faults == {}
    assert second.values == stored


def test_what_can_not_be_read_is_kept_with_a_sentence(desk: Desk) -> None:
    number = desk.start()
    saved = desk.save(number, {"tmt_golongan": "kemarin", "masa_kerja_tahun": "dua belas"})

    assert set(saved.faults) == {"tmt_golongan", "masa_kerja_tahun"}
    assert desk.field(number, "tmt_golongan").value == "kemarin"
    assert "tanggal" in desk.field(number, "tmt_golongan").fault
    assert desk.form(number).proposal.may_send is False


def test_an_empty_field_is_no_fault_of_a_draft(desk: Desk) -> None:
    number = desk.start()
    saved = desk.save(number, {"nomor_sk": ""})

    assert saved.faults == {}
    assert "wajib" in desk.field(number, "nomor_sk").fault


def test_fields_appear_with_the_values_before_them(desk: Desk) -> None:
    number = desk.start("jabatan")
    desk.save(number, {"jenis_jabatan": "1", "eselon": "41"})
    assert not desk.field(number, "jabatan_pelaksana").shown
    saved = desk.save(number, {"jenis_jabatan": "4", "jabatan_pelaksana": "JP0001"})

    assert desk.field(number, "jabatan_pelaksana").shown
    assert saved.values["eselon"] is None


def test_an_older_version_overwrites_nothing(desk: Desk) -> None:
    number = desk.start()
    desk.save(number, {"nomor_sk": "yang benar"})

    with pytest.raises(UserError, match="sudah berubah di tempat lain"):
        desk.save(number, {"nomor_sk": "dari tab lama"}, version=1)
    assert desk.proposal(number).payload["nomor_sk"] == "yang benar"


def test_another_persons_draft_is_answered_like_an_unknown_one(desk: Desk) -> None:
    number = desk.start()
    for wrong in (number, 999_999):
        with pytest.raises(PermissionDenied) as answer:
            desk.of(desk.portal.budi).do(save_draft, wrong, version=1, values={"nomor_sk": "x"})
        assert str(answer.value) == "no such proposal of this person"
    with pytest.raises(PermissionDenied):
        desk.of(desk.portal.budi).form(number)
    assert desk.proposal(number).version == 1


def test_a_sent_proposal_is_not_changed(desk: Desk) -> None:
    number = desk.sent()
    before = desk.proposal(number)

    with pytest.raises(UserError, match="tidak dapat diubah"):
        desk.save(number, {"nomor_sk": "lain"})
    assert desk.proposal(number) == before


def test_a_returned_one_is(desk: Desk) -> None:
    number = desk.sent()
    desk.give_back(number)
    desk.save(number, {"nomor_sk": "823/115/2022"})

    assert desk.proposal(number).payload["nomor_sk"] == "823/115/2022"
    assert desk.where(number) is ProposalState.PERBAIKAN_MYSAPK


def test_a_deletion_has_nothing_to_fill_in(desk: Desk) -> None:
    number = desk.start("keluarga", "anak", "DELETE", desk.put("anak"))

    with pytest.raises(UserError, match="penghapusan"):
        desk.save(number, {"nama": "Lain"})


@pytest.mark.parametrize(
    "values",
    [
        {"bukan_isian": "x"},
        {"nomor_sk": 7},
        {"nomor_sk": ["x"]},
        {"nomor_sk": True},
        {"nomor_sk": "x" * 4001},
        {7: "x"},
    ],
)
def test_what_no_form_sends_is_refused(desk: Desk, values: dict) -> None:
    number = desk.start()
    with pytest.raises(UserError):
        desk.save(number, values)
    assert desk.proposal(number).version == 1


@pytest.mark.parametrize(
    ("typed", "stored"), [(True, True), ("ya", True), ("true", True), ("", False), ("tidak", False)]
)
def test_yes_and_no(desk: Desk, typed: object, stored: bool) -> None:
    number = desk.start("pendidikan")
    assert desk.save(number, {"pendidikan_pertama": typed}).values["pendidikan_pertama"] is stored
    with pytest.raises(UserError, match="ya atau tidak"):
        desk.save(number, {"pendidikan_pertama": "mungkin"})


def test_saving_against_the_record_as_it_is_now(desk: Desk) -> None:
    record = desk.put("golongan")
    number = desk.start(action="CHANGE", record_id=record)
    with desk.portal.db.begin() as session:
        held = session.merge(desk.record(record))
        held.version, held.payload = 2, held.payload | {"nomor_sk": "823/10/2018"}

    assert desk.form(number).record_changed
    desk.save(number, GOLONGAN)
    assert not desk.form(number).record_changed


# Whatever anybody sends --------------------------------------------------------------------------

TEXT = st.text(st.characters(codec=None), max_size=60) | st.sampled_from(
    [
        "33",
        "2022-04-01",
        "31-02-2020",
        "-1",
        "1e9",
        "٣٣",
        "\x00",
        "\ud800",
        "12,5",
        "ya",
        "I/a",
        "' OR 1=1 --",
        "9" * 40,
    ]
)
ANYTHING = TEXT | st.booleans() | st.none() | st.integers() | st.floats() | st.lists(TEXT, max_size=2)


@pytest.fixture(scope="module")
def fields() -> dict[str, list[str]]:
    return {key: [field.name for field in get_kind(key).fields] for _, key in KINDS}


@pytest.fixture
def drafts(sqlite_template: Path, tmp_path: Path, portal_settings: Settings) -> Iterator[tuple[Desk, dict[str, int]]]:
    """One draft of each kind that concerns Ani."""
    path = tmp_path / "drafts.db"
    shutil.copy(sqlite_template, path)
    desk = open_pdm(settle(Database(f"sqlite:///{path}"), portal_settings))
    yield desk, {key: desk.start(group, key) for group, key in KINDS}
    desk.portal.db.dispose()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_arbitrary_values_raise_nothing_but_refused_and_leave_nothing_of_a_wrong_type(
    drafts: tuple[Desk, dict[str, int]], fields: dict[str, list[str]], data: st.DataObject
) -> None:
    desk, numbers = drafts
    _, key = data.draw(st.sampled_from(KINDS))
    names = st.sampled_from(fields[key]) | TEXT
    sent = data.draw(st.dictionaries(names, data.draw(st.sampled_from([TEXT, ANYTHING])), max_size=5))
    before = desk.proposal(numbers[key])
    try:
        saved = desk.save(numbers[key], sent)
    except UserError:
        assert desk.proposal(numbers[key]) == before
        return
    stored = desk.proposal(numbers[key])
    assert stored.version == saved.version == before.version + 1
    assert stored.payload == saved.values
    for field in get_kind(key).fields:
        value = stored.payload.get(field.name)
        if field.kind is FieldKind.BOOLEAN:
            assert value in (True, False, None)
        elif field.kind in (FieldKind.INTEGER, FieldKind.YEAR):
            assert value is None or type(value) is int or (type(value) is str and field.name in saved.faults)
        else:
            assert value is None or type(value) is str
    desk.form(numbers[key])
