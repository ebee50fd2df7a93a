import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.groups.diff import differences
from mysapk_web.pdm.rules.groups.validation import validate
from tests.support.records import CODES, GOOD, PEOPLE, TODAY

KINDS = [each for group in GROUPS for each in group.kinds]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)
PLAUSIBLE = st.sampled_from(
    ["0", "1", "2", "3", "4", "40", "PS40001", "31", "IX", "ASN", "C001", "15.06", "01-02-2020", "2026-01-01", "D"]
) | st.integers(0, 2030)


@st.composite
def records(draw):
    kind = draw(st.sampled_from(KINDS))
    names = st.sampled_from([field.name for field in kind.fields]) | st.text(max_size=5)
    payload = draw(st.just(GOOD[kind.key]) | st.just({})) | draw(st.dictionaries(names, JSON | PLAUSIBLE, max_size=8))
    return kind, payload, draw(st.sampled_from(PEOPLE)), draw(st.booleans())


def check(kind, payload, person, draft):
    return validate(kind, payload, codes=CODES, today=TODAY, person=person, draft=draft)


@given(records())
def test_any_payload_becomes_a_record_that_stays_as_it_is(record):
    kind, payload, person, draft = record
    once = check(kind, payload, person, draft)
    twice = check(kind, once.payload, person, draft)
    assert twice.payload == once.payload
    if once.ok:
        assert (twice.faults, twice.warnings) == ({}, once.warnings)
    assert json.loads(json.dumps(once.payload)) == once.payload
    json.dumps(once.payload, ensure_ascii=False).encode()
    assert set(once.payload) == {field.name for field in kind.editable}
    names = {field.name for field in kind.fields} | {""}
    assert set(once.faults) | set(once.warnings) <= names
    assert all(sentence.endswith(".") for sentence in (*once.faults.values(), *once.warnings.values()))


@given(records())
def test_what_passes_as_a_record_passes_as_a_draft(record):
    kind, payload, person, _ = record
    sent = check(kind, payload, person, draft=False)
    draft = check(kind, payload, person, draft=True)
    assert draft.faults.items() <= sent.faults.items()
    assert draft.payload == sent.payload


@given(records(), st.booleans())
def test_equal_records_do_not_differ_and_words_are_always_found(record, reveal):
    kind, payload, person, _ = record
    checked = check(kind, payload, person, draft=True).payload
    assert differences(kind, checked, dict(checked), CODES, reveal=reveal) == []
    changed = differences(kind, None, checked, CODES, reveal=reveal)
    assert [each.before for each in changed] == [""] * len(changed)
    assert [each.field for each in differences(kind, checked, None, CODES)] == [each.field for each in changed]
    assert isinstance(kind.title(checked, CODES) + kind.subtitle(checked, CODES), str)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
@given(data=st.data())
def test_words_of_anything_stored_are_found(kind, data):
    stored = data.draw(
        st.dictionaries(
            st.sampled_from([field.name for field in kind.fields]),
            st.none() | st.booleans() | st.integers() | st.text(max_size=30),
        )
    )
    assert isinstance(kind.title(stored, CODES), str)
    differences(kind, stored, GOOD[kind.key], CODES, reveal=True)
