"""The proof: complete, unique, the same at every download, and checked by anybody who holds it."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pikepdf
import pytest
import segno
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from mysapk_web.pdm.proof import (
    ProofView,
    PublicProof,
    download_proof,
    load_proof_page,
    make_proof,
    verify_proof,
)
from mysapk_web.pdm.proof_pdf import proof_pdf
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.tables import Proof
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import CommittingUserError, PermissionDenied, UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.signed_links import read_proof, sign_proof
from mysapk_web.rate_limits import PROOF_CHECKS_PER_NETWORK
from tests.support import qr
from tests.support.portal import START, after, days
from tests.support.proposals import VERIFIED, Desk
from tests.unit.pdm.test_overview import finish_rest


def finish(desk: Desk) -> int:
    finish_rest(desk)
    return desk.sent()


def token(view: ProofView) -> str:
    return view.check_url.rsplit("/", 1)[1]


def check(desk: Desk, text: str, address: str = "203.0.113.7") -> PublicProof | None:
    return in_transaction(desk.portal.db, verify_proof, client=ClientContext(client_address=address), token=text)


def test_not_before_everything_is_handled(desk: Desk) -> None:
    finish_rest(desk)
    with pytest.raises(UserError, match="Yang belum: Golongan"):
        desk.do(make_proof)
    page = desk.see(load_proof_page)
    assert (page.proof, page.may_make, page.why_not) == (None, False, ["Golongan: belum diperiksa."])
    assert desk.rows(Proof) == []


def test_what_it_says(desk: Desk) -> None:
    finish(desk)
    assert desk.see(load_proof_page).may_make
    proof = desk.do(make_proof)

    assert re.fullmatch(r"PDM-7301-20260824-[A-Z0-9]{8}", proof.number)
    assert (proof.name, proof.nip, proof.at) == ("Ani Lestari", desk.person.nip, START)
    results = {row.label: (row.result, row.records, row.proposals) for row in proof.rows}
    assert len(results) == len(GROUPS)
    assert results["Golongan"] == ("Usulan terkirim", 0, 1)
    assert results["Penghargaan"] == ("Data sudah sesuai", 1, 0)
    assert results["CLTN"] == ("Tidak ada riwayat", 0, 0)
    assert results["Keluarga"] == ("Belum diperiksa", 0, 0)
    assert desk.portal.events(AuditTag.PDM_SUBMITTED)[-1].detail == {"proof_number": proof.number}


def test_the_same_one_until_something_changes(desk: Desk) -> None:
    number = finish(desk)
    first = desk.do(make_proof)
    with after(days):
        assert desk.do(make_proof) == first
        assert desk.see(load_proof_page).proof == first
        desk.decide(number)
        assert desk.see(load_proof_page).stale
        second = desk.do(make_proof)

    assert second.number != first.number
    assert check(desk, token(first)).newest is False
    assert check(desk, token(second)).newest is True


def test_made_after_entry_has_closed(desk: Desk) -> None:
    finish(desk)
    with after((VERIFIED - START).total_seconds()):
        assert desk.do(make_proof).rows


def test_the_pdf_is_the_same_bytes_at_every_download(desk: Desk) -> None:
    finish(desk)
    made = proof_pdf(desk.do(make_proof).content)
    with after(40 * days):
        proof = desk.do(download_proof, desk.see(load_proof_page).proof.number)
        assert proof_pdf(proof.content) == made
    assert desk.portal.events(AuditTag.PROOF_DOWNLOADED)[-1].detail == {"proof_number": proof.number}


def test_the_pdf_opens_and_says_what_it_should(desk: Desk) -> None:
    finish(desk)
    proof = desk.do(make_proof)
    with pikepdf.open(io.BytesIO(proof_pdf(proof.content))) as document:
        assert len(document.pages) == 1
        assert proof.number in str(document.docinfo["/Title"])
        words = text_of(document.pages[0])
    nip = proof.nip
    for word in (
        proof.number,
        proof.name,
        f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}",
        "Usulan terkirim",
        "Tidak ada riwayat",
        "24 Agustus 2026 09.00 WIB",
    ):
        assert word in words


@pytest.mark.parametrize(
    "host", ["http://localhost:8000", "https://mysapk.example.go.id", "https://" + "a" * 180 + ".id"]
)
def test_the_code_holds_the_address_of_the_public_check_and_nothing_else(desk: Desk, host: str) -> None:
    """Codes of versions 6, 7 and 12, read module by module from the page."""
    finish(desk)
    proof = desk.do(make_proof)
    address = host + proof.check_url.removeprefix(desk.portal.settings.public_url)
    with pikepdf.open(io.BytesIO(proof_pdf(proof.content | {"check": address}))) as document:
        page = document.pages[0]
        assert qr.text_of(qr.drawn_modules(page)) == address
        assert next(str(note.A.URI) for note in page.Annots if "/A" in note) == address  # type: ignore[attr-defined]
        printed = text_of(page).replace(" ", "")
    assert address in printed


def test_the_reader_of_codes_reads_what_others_write() -> None:
    for text in ("a", "b" * 40, "https://example.com/" + "c" * 300):
        for level in "lmqh":
            rows = [
                [bool(cell) for cell in row] for row in segno.make(text, error=level, micro=False, mode="byte").matrix
            ]
            assert qr.text_of(rows) == text


def text_of(page: pikepdf.Page) -> str:
    shown = []
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tj":
            shown.append(bytes(operands[0]).decode("cp1252"))
    return " ".join(shown)


@given(text=st.text(st.characters(codec="utf-8"), max_size=300))
@example(text="Žofie – €œ…")
@settings(max_examples=40, deadline=None)
def test_any_name_makes_a_pdf(text: str) -> None:
    content = {
        "number": "PDM-1-20260101-AAAAAAAA",
        "at": "2026-08-24T02:00:00+00:00",
        "zona": "WIT",
        "nama": text,
        "nip": "1" * 18,
        "jenis": "PNS",
        "instansi": text,
        "unit": text,
        "period": "",
        "groups": [{"label": "Golongan", "result": "Selesai", "records": 1, "proposals": 2}] * 12,
        "check": "http://localhost/cek-bukti/x",
    }
    assert proof_pdf(content).startswith(b"%PDF-")


def test_anybody_who_holds_it_can_check_it(desk: Desk) -> None:
    finish(desk)
    proof = desk.do(make_proof)
    assert proof.check_url.startswith(f"{desk.portal.settings.public_url}/cek-bukti/")
    found = check(desk, token(proof))

    assert found == PublicProof(proof.number, proof.at, "WIB", proof.name, proof.instansi, newest=True)


def test_nobody_makes_one_up(desk: Desk) -> None:
    finish(desk)
    proof = desk.do(make_proof)
    good = token(proof)
    for text in (
        "",
        proof.number,
        good[:-1],
        good + "A",
        good.replace("7301", "7302"),
        "x" * 5000,
        f"{proof.number}.",
        "\ud800",
    ):
        assert check(desk, text) is None, text
    other = desk.portal.settings.model_copy(update={"secret_key": SecretStr("x" * 40)})
    assert read_proof(other, sign_proof(desk.portal.settings, proof.number)) is None


def test_one_persons_proof_is_not_anothers(desk: Desk) -> None:
    finish(desk)
    proof, other = desk.do(make_proof), desk.of(desk.portal.budi)

    assert other.see(load_proof_page).proof is None
    for number in (proof.number, "PDM-7301-20260824-AAAAAAAA"):
        with pytest.raises(PermissionDenied) as answer:
            other.do(download_proof, number)
        assert str(answer.value) == "no such proof of this person"


def test_its_moment_is_the_agencys(desk: Desk) -> None:
    finish(desk)
    with after(timedelta(hours=20).total_seconds()):
        assert "-20260825-" in desk.do(make_proof).number


def test_checks_from_one_network_address_are_limited_true_or_not(desk: Desk) -> None:
    finish(desk)
    proof = desk.do(make_proof)
    for number in range(PROOF_CHECKS_PER_NETWORK.count):
        assert (check(desk, token(proof) if number % 2 else "palsu") is not None) == bool(number % 2)
    for text in (token(proof), "palsu"):
        with pytest.raises(CommittingUserError, match="Tunggu satu menit"):
            check(desk, text)
    assert check(desk, token(proof), "198.51.100.4") is not None
    (event,) = desk.portal.events(AuditTag.LIMIT_EXCEEDED)
    assert (event.detail, event.address) == ({"limit": PROOF_CHECKS_PER_NETWORK.name}, "203.0.113.0/24")
    with after(PROOF_CHECKS_PER_NETWORK.window.total_seconds() + 1):
        assert check(desk, token(proof)) is not None
