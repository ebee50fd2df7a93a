"""From a declaration to the controls of a form, and back from what a page sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.pdm.form import FieldView
from mysapk_web.pdm.pages.components.controls import (
    changed_values,
    control_of,
    field_row,
    read_typed,
    sections,
    typed_value,
    visibility_rule,
)
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.groups.fields import Condition, Field, FieldKind

EVERY_FIELD = [field for group in GROUPS for kind in group.kinds for field in kind.fields]


def seen(field: Field, *, parent: str = "") -> FieldView:
    return FieldView(field, None, "", shown=True, parent=parent, options=[], fault="", warning="")


@pytest.mark.parametrize(
    ("kind", "options", "control"),
    [
        (FieldKind.TEXT, 0, "text"),
        (FieldKind.LONG_TEXT, 0, "long"),
        (FieldKind.DATE, 0, "date"),
        (FieldKind.BOOLEAN, 0, "yesno"),
        (FieldKind.NIK, 0, "number"),
        (FieldKind.DECIMAL, 0, "text"),
        (FieldKind.CODE, 15, "choice"),
        (FieldKind.CODE, 16, "list"),
        (FieldKind.CODE, 0, "list"),
    ],
)
def test_each_kind_of_field_has_its_control(kind: FieldKind, options: int, control: str) -> None:
    assert control_of(Field("satu", "Satu", kind), options=options, writable=True) == control


def test_what_may_not_be_changed_is_only_shown() -> None:
    assert control_of(Field("satu", "Satu", read_only=True), options=0, writable=True) == "fixed"
    assert control_of(Field("satu", "Satu"), options=0, writable=False) == "fixed"


def test_choices_that_follow_another_field_are_searched_for_they_change_while_the_form_is_open() -> None:
    follows = Field("jurusan", "Jurusan", FieldKind.CODE, table="t", parent="tingkat")
    of_the_person = Field("golongan", "Golongan", FieldKind.CODE, table="t", parent="@rumpun")
    assert control_of(follows, options=3, writable=True) == "list"
    assert control_of(of_the_person, options=3, writable=True) == "choice"
    assert field_row(seen(follows))["around"] == "tingkat"
    row = field_row(seen(of_the_person, parent="PNS"))
    assert (row["around"], row["parent"]) == ("", "PNS")


def test_dates_are_typed_day_first_and_decimals_with_a_comma() -> None:
    assert typed_value(Field("t", "T", FieldKind.DATE), "2020-08-07") == "07-08-2020"
    assert typed_value(Field("t", "T", FieldKind.DATE), "7 Agus") == "7 Agus"
    assert typed_value(Field("n", "N", FieldKind.DECIMAL), "85.50") == "85,50"
    assert typed_value(Field("n", "N", FieldKind.INTEGER), 0) == "0"
    assert typed_value(Field("n", "N"), None) == ""
    assert typed_value(Field("b", "B", FieldKind.BOOLEAN), True) == "ya"
    assert typed_value(Field("b", "B", FieldKind.BOOLEAN), None) == "tidak"


@given(st.booleans())
def test_yes_and_no_come_back_as_they_went(answer: bool) -> None:
    field = Field("b", "B", FieldKind.BOOLEAN)
    assert read_typed(field, typed_value(field, answer)) is answer


def test_a_field_that_may_stay_empty_says_so_in_its_label() -> None:
    must, may = Field("a", "Nama", required=True), Field("b", "Gelar")
    assert field_row(seen(must))["label"] == "Nama"
    assert field_row(seen(may))["label"] == "Gelar (opsional)"


def test_help_and_control_are_tied_together() -> None:
    field = Field("tmt", "TMT", FieldKind.DATE)
    row = field_row(seen(field))
    assert row["help"] == "Tanggal-bulan-tahun, misalnya 17-08-2020."
    assert row["described"] == "tmt-bantuan"
    plain = Field("nama", "Nama")
    assert field_row(seen(plain))["described"] == ""


def test_a_condition_on_the_person_is_decided_by_the_server() -> None:
    field = Field("kp", "KP", shown_when=Condition("@jenis", ("PNS",)))
    assert visibility_rule(field, shown=True)["field"] == ""
    hidden = visibility_rule(field, shown=False)
    assert (hidden["field"], hidden["values"]) == ("@jenis", ["PNS"])


def test_a_condition_on_another_field_goes_to_the_page_in_the_words_of_its_control() -> None:
    assert visibility_rule(Field("a", "A", shown_when=Condition("b", (True,))), shown=False)["values"] == ["ya"]
    bounds = visibility_rule(Field("a", "A", shown_when=Condition("tahun", at_least=2022)), shown=False)
    assert (bounds["field"], bounds["least"], bounds["most"]) == ("tahun", "2022", "")


def test_sections_keep_the_order_of_their_first_field() -> None:
    rows = [
        (heading, field_row(seen(Field(name, name)))) for heading, name in [("Nikah", "a"), ("", "b"), ("Nikah", "c")]
    ]
    found = sections(rows, "Pasangan")
    assert [(each["heading"], each["names"]) for each in found] == [("Nikah", ["a", "c"]), ("Pasangan", ["b"])]
    assert sections(rows[1:], "Pasangan")[0]["heading"] == ""


def test_only_texts_of_fields_that_may_be_changed_are_taken() -> None:
    fields = {
        "nama": Field("nama", "Nama"),
        "nip": Field("nip", "NIP", read_only=True),
        "pns": Field("pns", "PNS", FieldKind.BOOLEAN),
    }
    sent = {"nama": "Ani", "nip": "1", "pns": "ya", "lain": "x", "__proto__": "y"}
    assert changed_values(sent, fields, 100) == {"nama": "Ani", "pns": True}
    assert changed_values({"nama": ["Ani"], "pns": 1}, fields, 100) == {}
    assert changed_values({"nama": "x" * 300}, fields, 100) == {"nama": "x" * 100}


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_a_client_sends_is_read_without_failing(sent: object) -> None:
    changed_values(sent, {"nama": Field("nama", "Nama")}, 100)


@pytest.mark.parametrize("field", EVERY_FIELD, ids=lambda field: field.name)
def test_every_declared_field_has_a_control_and_a_rule(field: Field) -> None:
    row = field_row(seen(field))
    assert row["label"].startswith(field.label)
    assert row["control"] == "fixed" if field.read_only else row["control"] != "fixed"
    assert set(visibility_rule(field, shown=True)) == {"field", "values", "least", "most"}
