"""What pages of imports show of a run and its rows."""

from __future__ import annotations

from typing import Final, TypedDict

from mysapk_web.administration.imports.queries import RowView
from mysapk_web.administration.pages.components.imports_places import ImportsPlace
from mysapk_web.platform.imports.queries import RunView
from mysapk_web.platform.imports.rules import RowVerdict, RunState
from mysapk_web.platform.rules.timezones import format_moment

TONES: Final = {
    RunState.READING: "plain",
    RunState.READY: "warn",
    RunState.DISCARDED: "plain",
    RunState.APPLYING: "plain",
    RunState.DONE: "good",
    RunState.STOPPING: "plain",
    RunState.STOPPED: "warn",
    RunState.UNDOING: "plain",
    RunState.UNDONE: "plain",
    RunState.FAILED: "bad",
}


class RunRow(TypedDict):
    """A run as the state holds it."""

    id: int
    href: str
    kind: str
    name: str
    state: str
    tone: str
    source: str
    by: str
    at: str
    good: int
    rest: int
    total: int
    percent: int
    measured: bool
    applied: int
    undone: int
    error: str
    busy: bool
    waiting: bool
    may_stop: bool
    may_undo: bool
    undo_refusal: str
    has_rows: bool


class CountRow(TypedDict):
    """How many rows have a verdict; a link to them."""

    value: str
    label: str
    count: str
    href: str
    tone: str
    current: bool


class LineRow(TypedDict):
    """A row of the file."""

    line: str
    nip: str
    nama: str
    old: str
    content: str
    label: str
    tone: str
    note: str


class ImportKindRow(TypedDict):
    """A kind that may be imported."""

    value: str
    label: str


class ColumnRow(TypedDict):
    """A column of the file."""

    name: str
    help: str
    example: str
    required: bool


NO_RUN: RunRow = {
    "id": 0,
    "href": "",
    "kind": "",
    "name": "",
    "state": "",
    "tone": "plain",
    "source": "",
    "by": "",
    "at": "",
    "good": 0,
    "rest": 0,
    "total": 0,
    "percent": 0,
    "measured": False,
    "applied": 0,
    "undone": 0,
    "error": "",
    "busy": False,
    "waiting": False,
    "may_stop": False,
    "may_undo": False,
    "undo_refusal": "",
    "has_rows": False,
}


def run_row(run: RunView, place: ImportsPlace, zona: str) -> RunRow:
    """A run for the page; times are read in the zone."""
    return {
        "id": run.id,
        "href": place.address({"berkas": str(run.id)}),
        "kind": run.kind.label,
        "name": run.file_name,
        "state": run.state.label,
        "tone": TONES[run.state],
        "source": run.source.label,
        "by": run.started_by or "-",
        "at": format_moment(run.created_at, zona),
        "good": run.good,
        "rest": run.total - run.good,
        "total": run.total,
        "percent": run.percent,
        "measured": run.measured,
        "applied": run.applied,
        "undone": run.undone,
        "error": run.error,
        "busy": run.state.busy,
        "waiting": run.state is RunState.READY,
        "may_stop": run.state.may_become(RunState.STOPPING),
        "may_undo": run.may_undo,
        "undo_refusal": "" if run.state is RunState.DISCARDED else run.kind.undo_refusal,
        "has_rows": run.has_rows and not run.state.busy,
    }


def label_of(verdict: RowVerdict, run: RunView) -> str:
    """What is said of a row; once the good rows of its run were applied they are no longer called ready."""
    return verdict.outcome if run.applied else verdict.label


def line_row(row: RowView, label: str) -> LineRow:
    """A row of the file for the page, with what is said of it."""
    return {
        "line": str(row.line) if row.line else "-",
        "nip": row.nip or "(kosong)",
        "nama": row.nama,
        "old": row.old_email,
        "content": row.content.strip() or "(kosong)",
        "label": label,
        "tone": row.verdict.tone,
        "note": "" if row.verdict.tone == "good" and row.note == row.verdict.advice else row.note,
    }
