from datetime import date

import pytest

from mysapk_web.pdm.rules.groups.base import Approval, Cardinality, RecordKind, by
from mysapk_web.pdm.rules.groups.common_rules import full_months, not_before, years_later
from mysapk_web.pdm.rules.groups.diff import differences
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.groups.duplicates import is_same, keys_of
from mysapk_web.pdm.rules.groups.fields import Condition, Field, FieldKind
from mysapk_web.pdm.rules.groups.validation import validate
from tests.support.records import CODES, PNS, TODAY


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2020, 1, 1), date(2020, 12, 31), 12),
        (date(2020, 1, 15), date(2020, 2, 14), 1),
        (date(2020, 1, 15), date(2020, 2, 13), 0),
        (date(2020, 2, 1), date(2020, 2, 29), 1),
        (date(2020, 2, 1), date(2019, 2, 1), 0),
    ],
)
def test_full_months(start, end, months):
    assert full_months(start, end) == months


def test_a_birthday_on_29_february():
    assert years_later(date(2000, 2, 29), 16) == date(2016, 2, 29)
    assert years_later(date(2000, 2, 29), 17) == date(2017, 3, 1)


def test_another_kind_of_record_needs_a_declaration_and_nothing_else():
    sertifikasi = RecordKind(
        key="sertifikasi",
        label="Sertifikasi",
        siasn_id=None,
        fields=(
            Field("nama", "Nama sertifikasi", required=True),
            Field("berlaku", "Ada masa berlaku", FieldKind.BOOLEAN),
            Field("mulai", "Berlaku mulai", FieldKind.DATE, required=True, shown_when=Condition("berlaku", (True,))),
            Field("sampai", "Berlaku sampai", FieldKind.DATE, future=True, shown_when=Condition("berlaku", (True,))),
        ),
        documents=(DocumentRule("X-SERTIFIKASI", "Sertifikat", required=Condition("berlaku", (True,))),),
        cardinality=Cardinality.SEVERAL,
        approval=Approval.AGENCY,
        rules=(not_before("sampai", "mulai", "Tanggal akhir tidak boleh sebelum tanggal mulai."),),
        title_fields=("nama",),
        subtitle_fields=("sampai",),
        identity=(by("nama", also=("mulai",)),),
        similar=(by("nama"),),
    )

    def check(payload):
        return validate(sertifikasi, payload, codes=CODES, today=TODAY, person=PNS)

    plain = check({"nama": "Pengadaan"})
    assert plain.payload == {"nama": "Pengadaan", "berlaku": False, "mulai": None, "sampai": None}
    assert set(check({"berlaku": True}).faults) == {"nama", "mulai"}
    timed = check({"nama": "Pengadaan", "berlaku": True, "mulai": "01-02-2024", "sampai": "31-01-2028"})
    assert timed.ok
    assert check(timed.payload | {"sampai": "2024-01-31"}).faults == {
        "sampai": "Tanggal akhir tidak boleh sebelum tanggal mulai."
    }
    assert sertifikasi.subtitle(timed.payload, CODES) == "31 Januari 2028"
    assert [each.field for each in differences(sertifikasi, plain.payload, timed.payload, CODES)] == [
        "berlaku",
        "mulai",
        "sampai",
    ]
    assert len(sertifikasi.required_documents(timed.payload, PNS)) == 1
    assert sertifikasi.required_documents(plain.payload, PNS) == ()
    assert is_same(sertifikasi, timed.payload, {"nama": "PENGADAAN.", "berlaku": True, "mulai": "2024-02-01"})
    assert not is_same(sertifikasi, plain.payload, timed.payload)
    assert keys_of(sertifikasi, plain.payload).alike(keys_of(sertifikasi, timed.payload))
