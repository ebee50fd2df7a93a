"""What the trail tells beside an act is told in words, whatever is written."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

import mysapk_web
from mysapk_web.administration.audit import search
from mysapk_web.administration.audit.labels import DETAIL_LABELS, ScopeNames, format_detail
from mysapk_web.demo.accounts import KABUPATEN
from mysapk_web.organisation import audit
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.pdm.rules.proposal import Declaration
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.row_report import Verdict
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.demo_actors import acting

EDGES = {"pages", "http", "ui"}


def modules() -> list[list[ast.AST]]:
    package = Path(mysapk_web.__file__).parent
    return [list(ast.walk(ast.parse(path.read_text()))) for path in package.rglob("*.py") if not EDGES & {*path.parts}]


def takers(found: list[ast.AST]) -> dict[str, set[str]]:
    """Functions that take more for the trail by any name, and the names that are their own."""
    through: dict[str, set[str]] = {}
    for node in found:
        if isinstance(node, ast.FunctionDef) and node.args.kwarg and node.args.kwarg.arg == "detail":
            own = {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
            through.setdefault(node.name, set()).update(own)
    return through


def handed_on(call: ast.Call, through: dict[str, set[str]]) -> Iterator[str]:
    """Keys in a call of one of them."""
    of = ast.unparse(call.func)
    name = "record" if of == "partial" and call.args and ast.unparse(call.args[0]) == "audit.record" else of
    name = name.rpartition(".")[2]
    if of.startswith("self."):
        return
    if name in through and (name != "record" or "audit.record" in ast.unparse(call)):
        yield from (each.arg for each in call.keywords if each.arg and each.arg not in through[name])


def gathered(node: ast.AST) -> Iterator[str]:
    """Keys of a dictionary that is handed on with two stars, or is the detail of one of many events."""
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {"facts", "more", "masks"}:
        for each in ast.walk(node.value):
            if isinstance(each, ast.Dict):
                yield from (key.value for key in each.keys if isinstance(key, ast.Constant))
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "detail" and isinstance(value, ast.Dict):
                yield from (each.value for each in value.keys if isinstance(each, ast.Constant))


def written() -> Iterator[str]:
    """Every key that the services hand to the trail."""
    found = modules()
    public = {name: own for nodes in found for name, own in takers(nodes).items() if not name.startswith("_")}
    for nodes in found:
        # A name with an underscore is that of its own module only.
        through = public | takers(nodes)
        for node in nodes:
            if isinstance(node, ast.Call):
                yield from handed_on(node, through)
            yield from gathered(node)


def test_every_key_that_any_code_writes_has_a_label() -> None:
    keys = set(written())
    assert {"role", "unor_id", "mask_old", "rows", "alasan", "impor", "usulan"} <= keys
    assert keys - set(DETAIL_LABELS) - set(inspect.signature(audit.record).parameters) == set()
    assert all("_" not in label and ":" not in label for label in DETAIL_LABELS.values())


def told(db: Database, tag: AuditTag, **detail: Any) -> str:
    with db.begin() as s:
        audit.record(s, tag, actor_id=acting(db, "admin_instansi").account_id, **detail)
    with db.read() as s:
        return search.search_events(s, acting(db, "admin_instansi"), search.AuditFilter(tag=tag.value)).items[0].detail


def test_a_role_and_its_unit_are_named(demo_db: Database) -> None:
    with demo_db.read() as s:
        agency = s.exec(select(Instansi.id).where(Instansi.name == KABUPATEN)).one()
        unit = s.exec(select(Unor.id).where(Unor.name == "Dinas Pendidikan", Unor.instansi_id == agency)).one()
    assert (
        told(demo_db, AuditTag.ROLE_GRANTED, role="VERIFIKATOR", unor_id=unit)
        == "Peran: Verifikator; Unit kerja: Dinas Pendidikan"
    )
    assert told(demo_db, AuditTag.ROLE_REVOKED, role="ADMIN_SATKER", unor_id=999_999).endswith(
        "Unit yang sudah dihapus"
    )
    words = told(demo_db, AuditTag.EXPORTED, daftar="belum-aktif", baris=1234, saringan={"tempat": f"i{agency}"})
    assert words == f"Daftar: Belum mengaktifkan akun; Baris: 1.234; Saringan: Tempat {KABUPATEN}"


@pytest.mark.parametrize(
    ("tag", "detail", "words"),
    [
        (AuditTag.LOGIN, {"second_factor": True}, "Verifikasi dua langkah: ya"),
        (AuditTag.RESET_REQUESTED, {"fits": False}, "Email cocok: tidak"),
        (AuditTag.PERIOD_CREATED, {"jenis": "PDM"}, "Jenis: Pemutakhiran data (PDM)"),
        (AuditTag.PERIOD_CREATED, {"mulai": "2026-08-23T17:00:00+00:00"}, "Mulai: 24 Agustus 2026 00.00 WIB"),
        (AuditTag.MAIL_FAILED, {"jenis": MailKind.TOKEN.value}, f"Jenis: {MailKind.TOKEN.label}"),
        (AuditTag.PROPOSAL_SUBMITTED, {"grup": "skp", "jenis": "skp"}, "Kelompok data: SKP; Jenis: SKP"),
        (AuditTag.PROPOSAL_RETURNED, {"alasan": "BTS-02"}, "Alasan: Dokumen belum lengkap"),
        (AuditTag.GROUP_DECLARED, {"pernyataan": Declaration.SESUAI.value}, "Pernyataan: Data sudah sesuai"),
        (AuditTag.GROUP_DECLARED, {"pernyataan": ""}, "Pernyataan: Dibatalkan"),
        (AuditTag.EMAIL_POLICY_CHANGED, {"sebelum": "ALLOW"}, "Sebelumnya: Semua alamat email"),
        (AuditTag.PEGAWAI_IMPORTED, {"rows": {"BARU": 2000, "DITOLAK": 1}}, "Baris: Baru 2.000, Ditolak 1"),
        (AuditTag.EMAIL_IMPORTED, {"rows": {}, "token": None, "undone": 0}, "Dibatalkan: 0"),
        (AuditTag.PROFILE_CHANGED, {"fields": []}, ""),
    ],
)
def test_values_in_words(demo_db: Database, tag: AuditTag, detail: dict[str, Any], words: str) -> None:
    with demo_db.read() as s:
        assert format_detail(tag, detail, ScopeNames(s), "WIB") == words


def test_every_verdict_of_a_row_has_its_word(demo_db: Database) -> None:
    with demo_db.read() as s:
        for verdict in Verdict:
            words = format_detail(AuditTag.PEGAWAI_IMPORTED, {"rows": {verdict.value: 1}}, ScopeNames(s), "WIB")
            assert verdict.value not in words
