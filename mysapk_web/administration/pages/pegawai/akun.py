"""View of `/admin/pegawai/<akun>`."""

from __future__ import annotations

from typing import Any, Final

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.accounts.pages.components.reauthentication import reauthentication_dialog
from mysapk_web.administration.mail_log import MailHistoryEntry
from mysapk_web.administration.managed_account import OUT_OF_SCOPE
from mysapk_web.administration.pages.pegawai.akun_state import (
    ENABLE_REASON,
    FACTOR_REASON,
    REASON,
    AkunState,
    Fact,
    HistoryRow,
)
from mysapk_web.administration.pages.pegawai.daftar import PATH, DaftarState
from mysapk_web.administration.people.detail import AccountAction, HeldRole
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.platform.tables.outbox import OutboxState
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import (
    badge,
    dialog_button,
    empty,
    label_of,
    notice_box,
    section,
    skeleton,
    table,
    table_cell,
    table_row,
)
from mysapk_web.ui.components.forms import field, form_messages, hidden, submit_button
from mysapk_web.ui.formatting import MAIL_TONES
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState

ROLES: Final = {role.value: role.label for role in Role}
STATE_LABELS: Final = {state.value: state.label for state in OutboxState}
LEAVES_NO_ADMIN: Final = frozenset({AccountAction.DISABLE, AccountAction.REMOVE_FACTOR})
"""After these an admin can't act."""


def _fact(item: ObjectVar[Fact]) -> rx.Component:
    return rx.el.div(rx.el.dt(item["term"]), rx.el.dd(item["value"]))


def _account() -> rx.Component:
    return section(
        "Akun",
        rx.el.p(badge(AkunState.state, AkunState.tone), class_name="mb-4"),
        rx.el.dl(rx.foreach(AkunState.facts, _fact), class_name="facts"),
        rx.cond(AkunState.email_note, rx.el.div(notice_box(AkunState.email_note, kind="warn"), class_name="mt-4")),
    )


def _only_admin() -> rx.Component:
    return rx.cond(AkunState.only_admin, notice_box(AkunState.only_admin, kind="warn"))


def _act(
    act: AccountAction,
    label: str,
    text: str,
    consequence: str,
    on_submit: Any,
    *fields: rx.Component,
    kind: str = "secondary",
) -> tuple[rx.Component, rx.Component]:
    """An action and its dialog, which says what it means.

    The dialog exists even when the action does not: what was typed stays if a colleague was faster.
    """
    ident = f"tindakan-{act.value}"
    offer = rx.cond(
        AkunState.acts[act.value],
        rx.el.li(
            rx.el.div(rx.el.strong(label), rx.el.p(text, class_name="help")),
            dialog_button(label, ident, kind=kind),
        ),
    )
    question = confirm_dialog(
        f"{label}?",
        (
            rx.el.p(rx.el.strong(AkunState.person_name)),
            rx.el.p(consequence),
            _only_admin() if act in LEAVES_NO_ADMIN else rx.fragment(),
        ),
        hidden("akun", AkunState.account_id),
        hidden("versi", AkunState.factor_revision if act is AccountAction.REMOVE_FACTOR else AkunState.revision),
        *fields,
        ident=ident,
        go=submit_button(label, "Memproses ...", kind="danger" if kind == "danger" else "primary"),
        on_submit=on_submit,
        path=PATH,
    )
    return offer, question


def _offered() -> list[tuple[rx.Component, rx.Component]]:
    state = AkunState
    return [
        _act(
            AccountAction.APPROVE,
            "Setujui CPNS",
            "CPNS baru dapat mengaktifkan akun setelah disetujui.",
            "Pegawai dapat mengaktifkan akun dan menerima pemberitahuan lewat email.",
            state.approve,
        ),
        _act(
            AccountAction.UNLOCK,
            "Buka kunci",
            "Menghapus waktu tunggu setelah beberapa kali gagal masuk.",
            "Pegawai dapat langsung mencoba masuk lagi. Password tidak berubah. Pastikan pegawai sendiri yang meminta.",
            state.unlock,
        ),
        _act(
            AccountAction.RESET,
            "Kirim token reset",
            "Token untuk membuat password baru dikirim ke alamat yang terdaftar.",
            "Token yang lama tidak berlaku lagi. Anda tidak melihat token itu; "
            "hanya pegawai yang menerimanya dan memilih password.",
            state.start_reset,
        ),
        _act(
            AccountAction.CANCEL_RESET,
            "Batalkan token",
            "Untuk token yang sudah dikirim, misalnya ke kotak surat yang dapat dibuka orang lain.",
            "Token yang sudah dikirim tidak dapat dipakai lagi. Password dan sesi pegawai tidak berubah. "
            "Pegawai diberi tahu lewat email.",
            state.cancel_reset,
        ),
        _act(
            AccountAction.END_SESSIONS,
            "Akhiri semua sesi",
            "Mengeluarkan pegawai dari semua perangkat, misalnya bila ponselnya hilang.",
            "Pegawai harus masuk lagi dengan password. Isian yang belum tersimpan dapat hilang.",
            state.end_sessions,
        ),
        _act(
            AccountAction.REMOVE_FACTOR,
            "Hapus verifikasi dua langkah",
            "Untuk pegawai yang kehilangan ponsel dan kode pemulihan.",
            "Kenali dahulu orangnya, secara langsung atau sesuai aturan instansi. Setelah dihapus, kode pemulihan "
            "tidak berlaku, semua sesi berakhir, dan perannya berhenti sampai verifikasi diaktifkan lagi.",
            state.remove_second_factor,
            field(FACTOR_REASON, "Bagaimana orangnya dikenali?", help_text="Dicatat di jejak audit."),
            kind="danger",
        ),
        _act(
            AccountAction.ENABLE,
            "Aktifkan kembali",
            "Akun dapat dipakai lagi dengan password yang lama.",
            "Pegawai dapat masuk lagi dan menerima pemberitahuan lewat email.",
            state.enable,
            field(ENABLE_REASON, "Alasan", help_text="Dicatat di jejak audit."),
        ),
        _act(
            AccountAction.DISABLE,
            "Nonaktifkan akun",
            "Akun tidak dapat dipakai sampai diaktifkan kembali.",
            "Semua sesi berakhir saat ini juga, token tidak dikirim, dan pegawai diberi tahu lewat email.",
            state.disable,
            field(REASON, "Alasan", help_text="Disimpan bersama akun dan dicatat di jejak audit."),
            kind="danger",
        ),
    ]


def _email() -> rx.Component:
    return rx.cond(
        AkunState.acts[AccountAction.EMAIL.value],
        rx.el.li(
            rx.el.div(
                rx.el.strong("Perbaiki alamat email"),
                rx.el.p("Bila alamat salah tulis, berganti, atau belum ada.", class_name="help"),
            ),
            rx.el.a(
                "Perbaiki alamat email",
                href=f"/admin/email?akun={AkunState.account_id}",
                class_name="button button-secondary",
            ),
        ),
    )


def _acts() -> rx.Component:
    acts = _offered()
    return section(
        "Tindakan",
        rx.cond(
            AkunState.closed,
            notice_box(AkunState.closed),
            rx.el.ul(_email(), *(offer for offer, _ in acts), class_name="acts"),
        ),
        *(question for _, question in acts),
        rx.cond(
            AkunState.idle,
            empty("Tidak ada yang dapat dilakukan pada akun ini dengan peran Anda."),
        ),
    )


def _role(item: ObjectVar[HeldRole]) -> rx.Component:
    return rx.el.div(rx.el.dt(label_of(item.role, ROLES)), rx.el.dd(item.scope))


def _roles() -> rx.Component:
    return section(
        "Peran",
        rx.cond(
            AkunState.roles,
            rx.el.dl(rx.foreach(AkunState.roles, _role), class_name="facts"),
            rx.el.p("Tidak memegang peran.", class_name="help"),
        ),
        rx.cond(
            AkunState.acts[AccountAction.GRANT.value],
            rx.el.p(
                rx.el.a(
                    "Beri peran",
                    href=f"/admin/peran?akun={AkunState.account_id}",
                    class_name="button button-secondary",
                ),
                class_name="mt-4",
            ),
        ),
    )


def _pdm() -> rx.Component:
    return rx.cond(
        AkunState.pdm,
        section(
            "Pemutakhiran data (PDM)",
            rx.el.dl(rx.foreach(AkunState.pdm, _fact), class_name="facts"),
        ),
    )


def _older(label: str, shown: Any, rest: Any, on_submit: Any, where: str, href: str) -> rx.Component:
    """Loads more here and, at the limit, links to the full list."""
    return rx.fragment(
        rx.cond(
            shown,
            Form.create(
                submit_button(label, "Memuat ...", kind="secondary"),
                on_submit=on_submit,
                action=PATH,
                class_name="mt-4",
            ),
        ),
        rx.cond(
            rest,
            rx.el.p(
                "Yang lebih lama ada di ", rx.el.a(where, href=href), ": cari dengan NIP-nya.", class_name="help mt-4"
            ),
        ),
    )


def _letter(item: ObjectVar[MailHistoryEntry]) -> rx.Component:
    return table_row(
        table_cell("Waktu", rx.el.span(item.written)),
        table_cell("Surat", rx.el.span(item.kind)),
        table_cell("Status", badge(label_of(item.state, STATE_LABELS), label_of(item.state, MAIL_TONES))),
        table_cell("Keterangan", rx.el.span(item.note)),
    )


def _letters() -> rx.Component:
    return section(
        "Surat terakhir",
        rx.el.p(
            "Isi surat tidak ditampilkan. Surat yang gagal biasanya berarti alamatnya salah.", class_name="help mb-4"
        ),
        rx.cond(
            AkunState.letters,
            table(
                "Surat terakhir kepada pegawai ini",
                ["Waktu", "Surat", "Status", "Keterangan"],
                rx.foreach(AkunState.letters, _letter),
            ),
            empty("Belum ada surat kepada pegawai ini."),
        ),
        _older(
            "Tampilkan lebih banyak surat",
            AkunState.more_letters,
            AkunState.rest_letters,
            AkunState.older_letters,
            "Surat keluar",
            "/admin/surat",
        ),
    )


def _history_row(item: ObjectVar[HistoryRow]) -> rx.Component:
    return table_row(
        table_cell("Waktu", rx.el.span(item["at"])),
        table_cell("Kejadian", rx.el.span(item["what"])),
        table_cell("Oleh", rx.el.span(item["who"])),
        table_cell("Keterangan", rx.el.span(item["reason"])),
    )


def _history() -> rx.Component:
    return rx.cond(
        AkunState.has_history,
        section(
            "Jejak akun",
            rx.cond(
                AkunState.history,
                table(
                    "Kejadian terakhir pada akun ini",
                    ["Waktu", "Kejadian", "Oleh", "Keterangan"],
                    rx.foreach(AkunState.history, _history_row),
                ),
                empty("Belum ada kejadian pada akun ini."),
            ),
            _older(
                "Tampilkan lebih banyak kejadian",
                AkunState.more_history,
                AkunState.rest_history,
                AkunState.older_events,
                "Jejak audit",
                "/admin/audit",
            ),
        ),
    )


def _person() -> rx.Component:
    return rx.fragment(
        rx.el.h1(AkunState.person_name),
        rx.el.p(AkunState.who, class_name="lead"),
        rx.cond(
            AkunState.admin_gap,
            rx.el.div(
                notice_box(AkunState.admin_gap, " ", rx.el.a("Buka halaman Peran", href="/admin/peran"), kind="warn"),
                class_name="mt-4",
            ),
        ),
        _account(),
        _acts(),
        _roles(),
        _pdm(),
        _letters(),
        _history(),
    )


def akun() -> rx.Component:
    return page(
        form_messages(),
        rx.el.a("Kembali ke daftar pegawai", href=DaftarState.here, class_name="inline-block py-2 mb-2"),
        rx.cond(
            AkunState.ready,
            rx.cond(AkunState.known, _person(), rx.fragment(rx.el.h1("Pegawai tidak ditemukan"), empty(OUT_OF_SCOPE))),
            rx.fragment(rx.el.h1("Akun pegawai"), rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        ),
        reauthentication_dialog(),
        current=PATH,
    )
