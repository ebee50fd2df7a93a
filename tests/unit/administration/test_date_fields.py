"""What admins type into the fields for days, on each page that has one: read day first, refused at its field in words."""

from __future__ import annotations

from datetime import date

import pytest

from mysapk_web.administration.pages.audit import parse_filter_day
from mysapk_web.administration.pages.bantuan import parse_last_day
from mysapk_web.administration.pages.periode.state import extension_fields, faults_in_submitted_form, parse_period_input
from mysapk_web.administration.period_input import PeriodAction
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.platform.errors import FormError, UserError
from mysapk_web.verification.pages.verifikasi import parse_dates

PERIOD = {"tindakan": "buat", "jenis": "PDM", "tempat": "nasional", "dasar": "Keputusan 1"}


def test_the_day_comes_first_everywhere() -> None:
    day = date(2027, 5, 1)
    assert parse_filter_day("01/05/2027", "dari", "Dari tanggal") == day
    assert parse_last_day("01-05-2027") == day
    draft = parse_period_input({**PERIOD, "mulai": "1.5.2027", "selesai": "01-05-2027"})
    assert (draft.first_day, draft.last_day) == (day, day)
    assert parse_dates({"dari": "01/05/2027", "sampai": ""}) == {"dari": "2027-05-01", "sampai": ""}


def test_what_is_no_day_is_refused_at_its_field() -> None:
    with pytest.raises(UserError, match="Dari tanggal harus tanggal yang benar") as refused:
        parse_filter_day("kemarin", "dari", "Dari tanggal")
    assert refused.value.field == "dari"
    with pytest.raises(FormError) as one:
        parse_last_day("08/24/2026")
    assert list(one.value.faults) == ["sampai"]
    with pytest.raises(FormError) as both:
        parse_period_input({**PERIOD, "mulai": "besok", "selesai": "31-02-2027"})
    assert both.value.faults == {
        "mulai": "Hari pertama harus tanggal yang benar, misalnya 24-08-2026.",
        "selesai": "Hari terakhir harus tanggal yang benar, misalnya 24-08-2026.",
    }
    with pytest.raises(FormError) as filters:
        parse_dates({"dari": "kemarin", "sampai": "24-08-1026"})
    assert filters.value.faults["sampai"] == "Dikirim sampai: periksa tahunnya."


def test_faults_of_an_extension_stand_in_its_form() -> None:
    typed = {"periode": "PDM:i3", "selesai_baru": "01/05/2027", "dasar_baru": "Surat 9"}
    draft = parse_period_input(extension_fields(typed))
    assert (draft.action, draft.kind, draft.scope, draft.last_day) == (
        PeriodAction.EXTEND,
        PeriodKind.PDM,
        "i3",
        date(2027, 5, 1),
    )
    with pytest.raises(FormError) as refused, faults_in_submitted_form("perpanjang"):
        parse_period_input(extension_fields({"periode": "", "selesai_baru": "besok"}))
    assert list(refused.value.faults) == ["periode", "selesai_baru"]
    with pytest.raises(UserError) as whole, faults_in_submitted_form("perpanjang"):
        raise UserError("Belum ada.", "tindakan")
    assert whole.value.field == "periode"
    with pytest.raises(FormError) as other, faults_in_submitted_form("buat"):
        raise FormError({"selesai": "Isi."})
    assert list(other.value.faults) == ["selesai"]
