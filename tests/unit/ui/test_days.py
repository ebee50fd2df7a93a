"""What admins type into the fields for days, on each page that has one: read day first, refused at its field in words."""

from __future__ import annotations

from datetime import date

import pytest

from mysapk_web.administration.pages.audit import day_of
from mysapk_web.administration.pages.bantuan import last_day
from mysapk_web.administration.pages.periode.state import draft_of, extension_of, faults_at_their_form
from mysapk_web.administration.period_input import Act
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.platform.errors import InputRefused, Refused
from mysapk_web.verification.pages.verifikasi import days_of

PERIOD = {"tindakan": "buat", "jenis": "PDM", "tempat": "nasional", "dasar": "Keputusan 1"}


def test_the_day_comes_first_everywhere() -> None:
    day = date(2027, 5, 1)
    assert day_of("01/05/2027", "dari", "Dari tanggal") == day
    assert last_day("01-05-2027") == day
    draft = draft_of({**PERIOD, "mulai": "1.5.2027", "selesai": "01-05-2027"})
    assert (draft.first, draft.last) == (day, day)
    assert days_of({"dari": "01/05/2027", "sampai": ""}) == {"dari": "2027-05-01", "sampai": ""}


def test_what_is_no_day_is_refused_at_its_field() -> None:
    with pytest.raises(Refused, match="Dari tanggal harus tanggal yang benar") as refused:
        day_of("kemarin", "dari", "Dari tanggal")
    assert refused.value.field == "dari"
    with pytest.raises(InputRefused) as one:
        last_day("08/24/2026")
    assert list(one.value.faults) == ["sampai"]
    with pytest.raises(InputRefused) as both:
        draft_of({**PERIOD, "mulai": "besok", "selesai": "31-02-2027"})
    assert both.value.faults == {
        "mulai": "Hari pertama harus tanggal yang benar, misalnya 24-08-2026.",
        "selesai": "Hari terakhir harus tanggal yang benar, misalnya 24-08-2026.",
    }
    with pytest.raises(InputRefused) as filters:
        days_of({"dari": "kemarin", "sampai": "24-08-1026"})
    assert filters.value.faults["sampai"] == "Dikirim sampai: periksa tahunnya."


def test_faults_of_an_extension_stand_in_its_form() -> None:
    typed = {"periode": "PDM:i3", "selesai_baru": "01/05/2027", "dasar_baru": "Surat 9"}
    draft = draft_of(extension_of(typed))
    assert (draft.act, draft.kind, draft.place, draft.last) == (Act.EXTEND, PeriodKind.PDM, "i3", date(2027, 5, 1))
    with pytest.raises(InputRefused) as refused, faults_at_their_form("perpanjang"):
        draft_of(extension_of({"periode": "", "selesai_baru": "besok"}))
    assert list(refused.value.faults) == ["periode", "selesai_baru"]
    with pytest.raises(Refused) as whole, faults_at_their_form("perpanjang"):
        raise Refused("Belum ada.", "tindakan")
    assert whole.value.field == "periode"
    with pytest.raises(InputRefused) as other, faults_at_their_form("buat"):
        raise InputRefused({"selesai": "Isi."})
    assert list(other.value.faults) == ["selesai"]
