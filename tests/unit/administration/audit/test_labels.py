"""The detail of an event is shown in words, whichever release has written it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from mysapk_web.administration.audit import search
from mysapk_web.administration.audit.labels import OrgNames, describe
from mysapk_web.administration.audit.payloads import PAYLOADS
from mysapk_web.administration.audit_events import Exported, ExportFilters, RoleGranted, RoleRevoked
from mysapk_web.demo.accounts import KABUPATEN
from mysapk_web.organisation import audit
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.pdm.audit_events import ReferenceImported
from mysapk_web.platform.database import Database
from mysapk_web.platform.row_report import Verdict
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.audit_payload import FORMER_KEYS, AuditPayload, present_key
from mysapk_web.platform.spreadsheet_writer import FileFormat
from mysapk_web.progress.rules import Report
from tests.support.audit_samples import sample
from tests.support.demo_actors import acting

FORMER_ROWS = [
    (row["tag"], row["detail"], row["words"])
    for row in json.loads(Path(__file__).with_name("former_rows.json").read_text())
]
"""Rows as the releases before the typed payloads wrote them, and how these showed them."""


class Names(OrgNames):
    """A unit, an agency and the country."""

    def __init__(self) -> None:
        self._names = {"nasional": "Seluruh instansi", "u34": "Dinas Pendidikan", "i5": "Kabupaten Contoh"}


def present(payload: type[AuditPayload], detail: dict[str, Any]) -> dict[str, Any]:
    """The same detail under the present keys."""
    renamed = {present_key(payload, key): value for key, value in detail.items()}
    for key, value in renamed.items():
        inner = payload.keys[key].payload
        if inner is not None:
            renamed[key] = present(inner, value)
    return renamed


@pytest.mark.parametrize(("tag", "detail", "words"), FORMER_ROWS)
def test_a_row_of_an_older_release_reads_as_before(tag: str, detail: dict[str, Any], words: str) -> None:
    assert describe(tag, detail, Names(), "WIB") == words


@pytest.mark.parametrize(("tag", "detail", "words"), FORMER_ROWS)
def test_its_present_keys_read_alike(tag: str, detail: dict[str, Any], words: str) -> None:
    now = present(PAYLOADS[tag], detail)
    assert now.keys() <= PAYLOADS[tag].keys.keys()
    assert describe(tag, now, Names(), "WIB") == words


def test_every_former_key_is_among_those_rows() -> None:
    inner = [value for _, detail, _ in FORMER_ROWS for value in detail.values() if isinstance(value, dict)]
    written = {key for detail in [*inner, *(detail for _, detail, _ in FORMER_ROWS)] for key in detail}
    assert set(FORMER_KEYS) - written == set()


@pytest.mark.parametrize("tag", list(AuditTag))
def test_every_key_of_every_tag_is_shown_under_its_label(tag: AuditTag) -> None:
    event = sample(tag)
    words = describe(tag, event.stored(), Names(), "WIB")
    shown = [part.partition(": ")[0] for part in words.split("; ")] if words else []
    assert shown == [key.label for key in event.keys.values()]


def test_an_unknown_tag_or_key_is_shown_as_it_is() -> None:
    assert describe("tidak:ada", {"kunci": 1234, "lain": None}, Names(), "WIB") == "kunci: 1.234"
    assert describe(AuditTag.LOGIN, {"kunci": [1], "agent": ""}, Names(), "WIB") == "kunci: 1"


def test_a_code_of_another_release_is_shown_as_it_is() -> None:
    detail = {"group": "dihapus", "declaration": "LAIN"}
    words = describe(AuditTag.GROUP_DECLARED, detail, Names(), "WIB")
    assert words == "Kelompok data: dihapus; Pernyataan: LAIN"


def shown(db: Database, event: AuditPayload) -> str:
    actor = acting(db, "admin_instansi")
    with db.begin() as s:
        audit.record_by(s, actor, event)
    with db.read() as s:
        return search.search_events(s, actor, search.AuditFilter(tag=event.tag.value)).items[0].detail


def test_units_and_agencies_are_named(demo_db: Database) -> None:
    with demo_db.read() as s:
        agency = s.exec(select(Instansi.id).where(Instansi.name == KABUPATEN)).one()
        unit = s.exec(select(Unor.id).where(Unor.name == "Dinas Pendidikan", Unor.instansi_id == agency)).one()
    granted = shown(demo_db, RoleGranted(role=Role.VERIFIKATOR, unor_id=unit))
    assert granted == "Peran: Verifikator; Unit kerja: Dinas Pendidikan"
    revoked = shown(demo_db, RoleRevoked(role=Role.ADMIN_SATKER, unor_id=999_999))
    assert revoked.endswith("Unit yang sudah dihapus")
    filters = ExportFilters(org_node=f"i{agency}")
    words = shown(
        demo_db, Exported(listing=Report.NOT_ACTIVATED, file_format=FileFormat.CSV, row_count=1234, filters=filters)
    )
    assert words == (f"Daftar: Belum mengaktifkan akun; Bentuk berkas: CSV; Baris: 1.234; Saringan: Tempat {KABUPATEN}")


def test_every_verdict_of_a_row_has_its_word() -> None:
    for verdict in Verdict:
        event = ReferenceImported(table="pangkat", rows={verdict.value: 1})
        assert verdict.value not in describe(event.tag, event.stored(), Names(), "WIB")
