"""`/verifikasi/sesuai`: verify together what confirms the record on file, after a look at a sample."""

from __future__ import annotations

from typing import Any, Final

import reflex as rx

from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import empty, notice_box, section, skeleton
from mysapk_web.ui.components.forms import form_messages, submit_button
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, form_text
from mysapk_web.verification import bulk_verification
from mysapk_web.verification.bulk_verification import BulkCandidate, bulk_verify
from mysapk_web.verification.pages.components.review import Documents
from mysapk_web.verification.pages.queue import PATH, format_count

MAY: Final = requires(Permission.VERIFY)
BULK_PATH: Final = f"{PATH}/sesuai"
PREFIX: Final = "usulan-"


class SesuaiState(AppState):
    """What can be verified together."""

    ready: bool = False
    sample: list[BulkCandidate] = []
    others: list[BulkCandidate] = []
    found: str = ""
    closed: str = ""

    @handler(MAY)
    async def load(self) -> None:
        """The oldest ones, with a new sample."""
        self.faults, self.notice = {}, ""
        shell = await self.get_state(ShellState)
        await shell._fill()
        await self._look()
        self.ready = True

    async def _look(self) -> None:
        seen = await executors.run_read_only(bulk_verification.bulk_candidates, actor())
        self.sample = [each for each in seen.candidates if each.sampled]
        self.others = [each for each in seen.candidates if not each.sampled]
        self.found, self.closed = format_count(len(seen.candidates)), seen.closed_notice

    @handler(MAY)
    async def verify(self, form: dict[str, Any]) -> None:
        """Verify what is still ticked."""
        versions = {
            parse_row_id(name.removeprefix(PREFIX)): parse_row_id(form_text(form, name, 12))
            for name in (form if isinstance(form, dict) else {})
            if isinstance(name, str) and name.startswith(PREFIX)
        }
        if 0 in versions:
            raise UserError("Muat ulang halaman ini.")
        done = await executors.run_in_transaction(
            bulk_verify, actor(), versions, sample_confirmed=form_text(form, "contoh", 4) == "ya"
        )
        await self._look()
        kept = "".join(f" {title}: {why}" for title, why in done.skipped)
        self._finish(notice=f"{format_count(done.verified)} diverifikasi dan diteruskan kepada approver.{kept}")


def _pick(item: Any) -> rx.Component:
    name = f"{PREFIX}{item['id']}"
    return rx.el.div(
        rx.el.input(
            type="checkbox",
            name=name,
            value=item["version"],
            default_checked=True,
            custom_attrs={"id": name},
        ),
        rx.el.label(
            rx.el.strong(item["who"]),
            rx.el.br(),
            item["what"],
            rx.el.span(". Dikirim ", item["sent"], ".", class_name="help"),
            html_for=name,
        ),
        class_name="pick",
    )


def _sampled(item: Any) -> rx.Component:
    return rx.el.li(
        _pick(item),
        rx.el.dl(
            rx.foreach(item["rows"], lambda pair: rx.el.div(rx.el.dt(pair[0]), rx.el.dd(pair[1]))), class_name="facts"
        ),
        Documents.create(documents=item["documents"]),
        class_name="record",
    )


def _other(item: Any) -> rx.Component:
    return rx.el.li(
        _pick(item),
        rx.el.p(
            rx.el.a(
                "Buka ", rx.el.span(item["who"], class_name="sr-only"), "satu per satu", href=f"{PATH}/{item['id']}"
            )
        ),
        class_name="record",
    )


def _form() -> rx.Component:
    wrong = AppState.faults["contoh"]
    return Form.create(
        section(
            "Contoh yang harus Anda periksa",
            rx.el.p(
                "Dipilih acak. Cocokkan dokumennya dengan data. Bila satu contoh tidak cocok, periksa semuanya satu per satu.",
                class_name="help mb-4",
            ),
            rx.el.ul(rx.foreach(SesuaiState.sample, _sampled), class_name="records"),
        ),
        rx.cond(
            SesuaiState.others,
            section("Usulan lain", rx.el.ul(rx.foreach(SesuaiState.others, _other), class_name="records")),
        ),
        section(
            "Keputusan",
            rx.cond(
                wrong,
                rx.el.p(
                    rx.el.span("Kesalahan: ", class_name="sr-only"),
                    wrong,
                    class_name="fault",
                    custom_attrs={"id": "contoh-kesalahan"},
                ),
            ),
            rx.el.div(
                rx.el.input(
                    type="checkbox",
                    name="contoh",
                    value="ya",
                    custom_attrs={
                        "id": "contoh",
                        "aria-invalid": rx.cond(wrong, "true", "false"),
                        "aria-describedby": rx.cond(wrong, "contoh-kesalahan", rx.Var("undefined")),
                    },
                ),
                rx.el.label(
                    "Dokumen pada semua contoh sudah saya periksa dan cocok dengan datanya.", html_for="contoh"
                ),
                class_name="pick",
            ),
            rx.el.p(
                "Semua yang diberi tanda diteruskan kepada approver. Keputusan ini tidak dapat dibatalkan.",
                class_name="help my-4",
            ),
            submit_button("Verifikasi semua yang diberi tanda", "Memverifikasi ..."),
        ),
        on_submit=SesuaiState.verify,
        action=BULK_PATH,
    )


def sesuai() -> rx.Component:
    """The page."""
    return page(
        form_messages(),
        rx.el.h1("Verifikasi bersama"),
        rx.el.p(
            "Usulan yang isinya sama dengan data pada berkas: pegawai menyatakan datanya sudah benar. "
            "Yang perlu diperiksa hanya dokumennya.",
            class_name="lead",
        ),
        rx.cond(
            SesuaiState.ready,
            rx.fragment(
                rx.cond(
                    SesuaiState.closed,
                    rx.el.div(notice_box(rx.el.p(SesuaiState.closed), kind="warn"), class_name="mt-6"),
                ),
                rx.el.p(SesuaiState.found, class_name="help mt-6", role="status"),
                rx.cond(
                    SesuaiState.sample,
                    _form(),
                    empty("Tidak ada usulan yang dapat diverifikasi bersama. Periksa usulan lain satu per satu."),
                ),
                rx.el.p(rx.el.a("Kembali ke daftar", href=PATH), class_name="mt-6"),
            ),
            rx.cond(AppState.faults, rx.fragment(), skeleton(6)),
        ),
        current=PATH,
    )
