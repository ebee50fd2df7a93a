"""What the pages of the PDM show of long lists: all of it can be reached, and what waits comes first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mysapk_web.pdm.group_page import KindView, RecordView
from mysapk_web.pdm.pages.grup.state import PAGE_SIZE, kind_row
from mysapk_web.pdm.pages.kirim.state import PAGE_SIZE as SHEET
from mysapk_web.pdm.pages.kirim.state import group_rows, page_of_proposal
from mysapk_web.pdm.presenters import ProposalView
from mysapk_web.pdm.review import ReviewGroup, ReviewItem

PROPOSAL = ProposalView(
    id=1,
    version=1,
    group="keluarga",
    group_label="Keluarga",
    kind="anak",
    kind_label="Anak",
    action="ADD",
    record_id=None,
    title="Bagas",
    heading="Tambah anak",
    state="DRAF",
    state_label="Draf",
    tone="plain",
    meaning="",
    when="",
    unit="",
    reason="",
    href="/pdm/keluarga/1",
    is_draft=True,
    was_sent=False,
    may_edit=True,
    may_withdraw=True,
    may_send=True,
    faults_count=0,
    documents=[],
    history=[],
)


def review(*counts: int) -> list[ReviewGroup]:
    """Groups with so many proposals each, numbered through."""
    groups, number = [], 0
    for place, count in enumerate(counts):
        items = [
            ReviewItem(replace(PROPOSAL, id=number + each), [], "dikosongkan", [], [], [], [], ready=True)
            for each in range(count)
        ]
        number += count
        groups.append(ReviewGroup(f"Grup {place}", "", items))
    return groups


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 25), max_size=5))
def test_every_usulan_is_on_exactly_one_page_of_kirim(counts: list[int]) -> None:
    groups, total = review(*counts), sum(counts)
    sheets = [group_rows(groups, number) for number in range(1, -(-total // SHEET) + 1)]

    assert [item.proposal.id for sheet in sheets for group in sheet for item in group.items] == list(range(total))
    assert all(sum(len(group.items) for group in sheet) <= SHEET for sheet in sheets)
    assert all(group.items for sheet in sheets for group in sheet)
    for place, sheet in enumerate(sheets, start=1):
        assert {page_of_proposal(groups, item.proposal.id) for group in sheet for item in group.items} == {place}
    assert page_of_proposal(groups, total) == 1


def test_a_group_goes_on_overleaf_under_its_name() -> None:
    groups = review(7, 12)
    assert [(group.label, len(group.items)) for group in group_rows(groups, 1)] == [("Grup 0", 7), ("Grup 1", 3)]
    assert [(group.label, len(group.items)) for group in group_rows(groups, 2)] == [("Grup 1", 9)]


def record(number: int, pending: ProposalView | None = None) -> RecordView:
    return RecordView(
        number, f"Anak {number}", "", [], [pending] if pending else [], may_change=True, may_delete=True, why_not=""
    )


def test_a_record_with_a_proposal_is_shown_however_many_there_are() -> None:
    records = [*(record(number) for number in range(30)), record(30, PROPOSAL)]
    row = kind_row(KindView("anak", "Anak", records, [], can_add=True, why_not=""), PAGE_SIZE)

    assert [each.id for each in row["records"][:3]] == [30, 0, 1]
    assert (row["hidden"], row["total"]) == (21, 31)


@pytest.mark.parametrize(("count", "hidden"), [(0, 0), (10, 0), (11, 1), (35, 25)])
def test_proposals_beyond_the_first_are_counted(count: int, hidden: int) -> None:
    view = KindView("anak", "Anak", [], [PROPOSAL] * count, can_add=True, why_not="")
    assert kind_row(view, PAGE_SIZE)["hidden_proposals"] == hidden


@given(st.integers(1, 40), st.data())
def test_the_record_that_a_link_names_is_on_the_first_page(count: int, data: st.DataObject) -> None:
    records = [record(number) for number in range(1, count + 1)]
    wanted = data.draw(st.integers(1, count))
    row = kind_row(KindView("anak", "Anak", records, [], can_add=True, why_not=""), PAGE_SIZE, wanted)
    assert row["records"][0].id == wanted
    assert len(row["records"]) + row["hidden"] == count
