"""Whatever a list holds: applying it twice changes nothing more, undoing restores exactly, and one address serves one person."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.organisation.rules.email import EmailError, _any, normalise_email
from mysapk_web.platform.imports import apply, parse
from mysapk_web.platform.imports.rules import RunState
from tests.support.address_lists import Lists
from tests.support.agencies import ROLLS, Office

KEYS = sorted(ROLLS)
POOL = [f"{key}@{ROLLS[key]['unit'].split('/')[0].lower()}.example.go.id" for key in KEYS] + [
    f"baru.{n}@example.go.id" for n in range(4)
]
EMAILS = st.one_of(
    st.sampled_from(POOL),
    st.sampled_from(POOL).map(lambda text: f" {text.upper()} "),
    st.sampled_from(["", " ", "tanpa-tanda", "a b@example.go.id", "x@gmail.com"]),
)
ROWS = st.lists(st.tuples(st.sampled_from([*KEYS, "198501012010011999", "123"]), EMAILS), min_size=1, max_size=12)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "CHUNK", 3)
    monkeypatch.setattr(parse, "CHUNK", 3)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, who=st.sampled_from(["taufik", "sari", "surya"]))
def test_applied_twice_and_undone(office: Office, small_chunks: None, rows: list[tuple[str, str]], who: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lists = Lists(office, Path(folder))
        before = lists.addresses()
        first = lists.imported(who, *rows)
        if lists.state(first) is RunState.FAILED:
            assert lists.addresses() == before
            return
        after = lists.addresses()
        keys = [key for _, key in after.values() if key]
        assert len(keys) == len(set(keys))
        good = sum(verdict.good for verdict in lists.verdicts(first))
        assert sum(after[key] != before[key] for key in KEYS) == lists.run(first).applied == good

        good_again = lists.imported(who, *rows)
        moved = {key for key in KEYS if lists.addresses()[key] != after[key]}
        # What was refused at first may be free by now; what was taken over stays.
        taken = {row[0] for row, verdict in zip(rows, lists.verdicts(first), strict=True) if verdict.good}
        assert not moved & taken
        lists.undo(who, good_again) if lists.run(good_again).applied else None
        assert lists.addresses() == after
        if good:
            lists.undo(who, first)
        assert lists.addresses() == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, again=st.lists(st.tuples(st.integers(0, 11), EMAILS), max_size=6), order=st.randoms())
def test_an_address_is_applied_only_where_the_file_is_unanimous(
    office: Office, small_chunks: None, rows: list[tuple[str, str]], again: list[tuple[int, str]], order: Random
) -> None:
    """Numbers stand there several times, in any order and in any chunk."""
    rows += [(rows[place % len(rows)][0], email) for place, email in again]
    order.shuffle(rows)
    said: dict[str, set[str]] = {}
    for who, email in rows:
        said.setdefault(who, set()).update(readable(email))
    with tempfile.TemporaryDirectory() as folder:
        lists = Lists(office, Path(folder))
        before = lists.keys()
        run_id = lists.imported("taufik", *rows)
        after, verdicts = lists.keys(), lists.verdicts(run_id)
        for who in KEYS:
            assert after[who] == before[who] or said[who] == {after[who]}, (who, said[who])
        for (who, email), verdict in zip(rows, verdicts, strict=True):
            disagrees = len(said[who]) > 1 and who != "123" and bool(readable(email))
            assert not disagrees or verdict is EmailRowVerdict.DUPLICATE
        # One row of each number at most counts; the same again is told so, whatever became of the first.
        counted = [who for (who, email), verdict in zip(rows, verdicts, strict=True) if verdict.good]
        assert len(counted) == len(set(counted))
        run = lists.run(run_id)
        assert run.counts == Counter(verdict.value for verdict in verdicts)
        assert (run.total, run.applied) == (len(rows), len(counted))
        if run.applied:
            lists.undo("taufik", run_id)
        assert lists.keys() == before


def readable(email: str) -> set[str]:
    """The address as it is compared; nothing where it is none."""
    try:
        return {normalise_email(email)}
    except EmailError:
        return set()


@settings(max_examples=300)
@given(
    text=st.one_of(st.text(max_size=40), st.from_regex(r"[A-Za-z0-9_.+-]{1,66}@[A-Za-z0-9.-]{1,40}", fullmatch=True))
)
def test_the_short_way_of_an_address_says_what_the_long_way_says(text: str) -> None:
    def result(way: object) -> str:
        try:
            return way(text)  # type: ignore[operator, no-any-return]
        except EmailError as error:
            return f"! {error}"

    assert result(normalise_email) == result(_any)


def test_every_verdict_has_words() -> None:
    for verdict in EmailRowVerdict:
        assert verdict.label
        assert verdict.advice.endswith(".")
