"""`/pdm/bukti`: the proof of a finished PDM, its PDF, and the QR code of its public check."""

from __future__ import annotations

from typing import Any

import reflex as rx
import segno
from reflex_components_core.el.elements.inline import A

from mysapk_web.pdm.proof import ProofView, load_proof_page, make_proof
from mysapk_web.platform import executors
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.ui.access import LOGGED_IN, actor, handler
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import (
    description_list,
    notice_box,
    section,
    skeleton,
    table,
    table_cell,
    table_row,
)
from mysapk_web.ui.components.forms import form_messages, submit_button
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState

PATH = "/pdm/bukti"


def qr_data_uri(address: str) -> str:
    """Dark on light in every theme, or scanners fail."""
    return segno.make(address, error="m").svg_data_uri(scale=6, border=3, dark="#000", light="#fff")


class BuktiState(AppState):
    ready: bool = False
    exists: bool = False
    may_make: bool = False
    stale: bool = False
    why_not: list[str] = []
    number: str = ""
    at: str = ""
    person_name: str = ""
    nip: str = ""
    instansi: str = ""
    unit: str = ""
    check_href: str = ""
    picture: str = ""
    results: list[list[str]] = []

    @handler(LOGGED_IN)
    async def load(self) -> None:
        self.faults, self.notice = {}, ""
        shell = await self.get_state(ShellState)
        await shell._fill()
        await self._look()
        self.ready = True

    async def _look(self) -> None:
        found = await executors.run_read_only(load_proof_page, actor())
        self.may_make, self.stale, self.why_not = found.may_make, found.stale, found.why_not
        self.exists = found.proof is not None
        if found.proof is not None:
            self._show(found.proof)

    def _show(self, proof: ProofView) -> None:
        self.number, self.at = proof.number, format_moment(proof.at, proof.timezone)
        self.person_name, self.nip, self.instansi, self.unit = proof.name, proof.nip, proof.instansi, proof.unit
        self.results = [[each.label, each.result, str(each.records), str(each.proposals)] for each in proof.rows]
        if proof.check_url != self.check_href:
            self.check_href, self.picture = proof.check_url, qr_data_uri(proof.check_url)

    @handler(LOGGED_IN)
    async def make(self, form: dict[str, Any]) -> None:
        await executors.run_in_transaction(make_proof, actor())
        await self._look()
        self._finish(notice="Bukti sudah dibuat. Unduh dan simpan.")


def _making() -> rx.Component:
    return rx.fragment(
        rx.cond(
            BuktiState.why_not,
            section(
                "Belum dapat dibuat",
                rx.el.p("Bukti dibuat setelah semua kelompok wajib selesai. Yang belum:", class_name="mb-4"),
                rx.el.ul(rx.foreach(BuktiState.why_not, lambda line: rx.el.li(line)), class_name="bullets"),
                rx.el.p(
                    rx.el.a("Lanjutkan pemutakhiran", href="/pdm", class_name="button button-primary"),
                    class_name="mt-6",
                ),
            ),
        ),
        rx.cond(
            BuktiState.may_make,
            rx.el.div(
                rx.cond(
                    BuktiState.stale,
                    notice_box(
                        rx.el.p("Data Anda berubah sejak bukti terakhir. Buat bukti baru agar isinya sesuai."),
                        kind="warn",
                    ),
                    notice_box(rx.el.p("Semua kelompok sudah selesai. Bukti Anda dapat dibuat sekarang."), kind="good"),
                ),
                Form.create(
                    submit_button(
                        rx.cond(BuktiState.exists, "Buat bukti baru", "Buat bukti"), "Membuat ...", kind="primary"
                    ),
                    on_submit=BuktiState.make,
                    action=PATH,
                    class_name="mt-4",
                ),
                class_name="mt-6",
            ),
        ),
    )


def _result(item: Any) -> rx.Component:
    return table_row(
        table_cell("Kelompok data", rx.el.strong(item[0])),
        table_cell("Hasil", rx.el.span(item[1])),
        table_cell("Riwayat", rx.el.span(item[2])),
        table_cell("Usulan", rx.el.span(item[3])),
    )


def _proof() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.div(
                description_list(
                    ("Nomor bukti", BuktiState.number),
                    ("Diterbitkan", BuktiState.at),
                    ("Nama", BuktiState.person_name),
                    ("NIP", BuktiState.nip),
                    ("Instansi", BuktiState.instansi),
                    ("Unit verifikasi", BuktiState.unit),
                ),
                rx.el.p(
                    A.create(
                        "Unduh bukti (PDF)",
                        href=f"/pdm/bukti/{BuktiState.number}.pdf",
                        class_name="button button-primary",
                        custom_attrs={"download": ""},
                    ),
                    class_name="mt-6",
                ),
            ),
            rx.el.div(
                rx.el.img(
                    src=BuktiState.picture,
                    alt="Kode QR ke halaman pemeriksaan bukti",
                    class_name="qr",
                    custom_attrs={"width": 240, "height": 240},
                ),
                rx.el.p(A.create("Buka halaman pemeriksaan", href=BuktiState.check_href), class_name="mt-3"),
            ),
            class_name="card proof",
        ),
        section(
            "Hasil tiap kelompok data",
            table(
                "Hasil tiap kelompok data",
                ["Kelompok data", "Hasil", "Riwayat", "Usulan"],
                rx.foreach(BuktiState.results, _result),
            ),
        ),
    )


def bukti() -> rx.Component:
    return page(
        rx.el.p(rx.el.a("Kembali ke Data saya", href="/pdm"), class_name="back"),
        form_messages(),
        rx.el.h1("Bukti pemutakhiran"),
        rx.el.p(
            "Tanda bahwa Anda sudah memeriksa dan mengirim data. Siapa pun dapat memeriksanya lewat kode QR.",
            class_name="lead",
        ),
        rx.cond(
            BuktiState.ready,
            rx.fragment(_making(), rx.cond(BuktiState.exists, rx.el.div(_proof(), class_name="mt-6"))),
            skeleton(8),
        ),
        current="/pdm",
    )
