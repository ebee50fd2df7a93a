"""Lists of administration: what their filters take, and what they put into a URL."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mysapk_web.administration.pages.audit import AuditState
from mysapk_web.administration.pages.pegawai.daftar import DaftarState
from mysapk_web.administration.pages.peran.state import PeranState
from mysapk_web.administration.pages.surat import SuratState
from mysapk_web.ui.list_state import ListFilter, ListState

STATES = (AuditState, DaftarState, PeranState, SuratState)
NIP = "199007212015031002"


@pytest.mark.parametrize("state", STATES)
def test_what_is_private_stays_out_of_the_url(state: type[ListState]) -> None:
    shown = state()
    form = {each.name: NIP for each in state.FILTERS if each.private}
    assert form
    answer = str(asyncio.run(shown.apply_filters(form)))  # type: ignore[attr-defined]  # each state has its own
    assert f"{state.PATH}?cari=ada" in answer
    assert NIP not in answer
    assert {name: value for name, value in shown.filters.items() if value} == form


@pytest.mark.parametrize(
    ("state", "form", "query"),
    [
        (AuditState, {"tindakan": "login:berhasil", "dari": "2026-08-01"}, "tindakan=login%3Aberhasil&dari=01-08-2026"),
        (DaftarState, {"unit": " D1 & D2 ", "status": "aktif", "jenis": "x' OR 1=1"}, "unit=D1+%26+D2&status=aktif"),
        (PeranState, {"saring": "APPROVER", "instansi": "1471"}, "peran=APPROVER&instansi=1471"),
        (SuratState, {"status": "gagal", "x": "y", "halaman": "7"}, "status=gagal"),
    ],
)
def test_the_other_filters_are_the_url(state: type[Any], form: dict[str, str], query: str) -> None:
    shown = state()
    asyncio.run(shown.apply_filters(form))
    assert shown._url() == f"{state.PATH}?{query}"
    assert shown._url(3) == f"{state.PATH}?{query}&halaman=3"


@pytest.mark.parametrize("state", STATES)
def test_handlers_need_not_wait_for_the_page_to_load(state: type[ListState]) -> None:
    shown = state()
    assert [shown._filter(each.name) for each in state.FILTERS] == [""] * len(state.FILTERS)
    assert shown._url() == state.PATH


def test_a_choice_is_one_of_those_offered() -> None:
    state = ListFilter("status", (("", "Semua"), ("aktif", "Aktif")))
    assert [state.clean(text) for text in ("aktif", "", "DROP TABLE", " aktif")] == ["aktif", "", "", ""]
