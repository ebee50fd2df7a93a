from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.pdm.pages.components.draft import DraftFields
from mysapk_web.pdm.pages.components.matches import matches
from mysapk_web.pdm.pages.components.proposals import chip, confirmation, document, unit_choice
from mysapk_web.pdm.pages.components.widgets import DocumentUpload, DraftForm, RouteGuard
from mysapk_web.pdm.pages.isian.state import MATCHES, IsianState
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import dialog_button, notice_box, section, skeleton
from mysapk_web.ui.components.forms import form_messages, hidden, submit_button
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState

PATH = "/pdm"


def _head() -> rx.Component:
    return rx.fragment(
        rx.cond(IsianState.title, rx.el.p(IsianState.title, class_name="lead")),
        rx.el.p(chip(IsianState.status, IsianState.tone), class_name="mt-3"),
        rx.cond(
            IsianState.reason,
            rx.el.div(
                notice_box(
                    rx.el.p(rx.el.strong("Dikembalikan karena: "), IsianState.reason),
                    rx.el.p("Perbaiki isian atau dokumennya, lalu kirim kembali."),
                    kind="warn",
                ),
                class_name="mt-4",
            ),
        ),
        rx.cond(
            IsianState.changed_on_file,
            rx.el.div(
                notice_box(
                    rx.el.p(
                        "Data di berkas berubah sejak draf ini dibuat. Bandingkan tiap isian dengan baris Di berkas, lalu simpan."
                    ),
                    kind="warn",
                ),
                class_name="mt-4",
            ),
        ),
        # Always rendered: matches can prevent sending, and the summary links here.
        rx.el.div(matches(IsianState.matches), custom_attrs={"id": MATCHES, "tabIndex": -1}),
        rx.cond(
            IsianState.closed,
            rx.el.div(notice_box(rx.el.p(IsianState.closed), kind="warn"), class_name="mt-4"),
        ),
    )


def _fields() -> rx.Component:
    controls = DraftFields(
        doubts=IsianState.doubts,
        hints=IsianState.hints,
        found=IsianState.found,
        on_search=IsianState.search,
        compare=IsianState.compares,
    )
    return section(
        "Isian", rx.foreach(IsianState.sections, lambda item: controls.section(item)), custom_attrs={"id": "isian"}
    )


def _to_delete() -> rx.Component:
    return section(
        "Data yang diusulkan dihapus",
        rx.el.dl(
            rx.foreach(
                IsianState.on_file,
                lambda item: rx.el.div(rx.el.dt(item["label"]), rx.el.dd(item["text"])),
            ),
            class_name="facts",
        ),
    )


def _slot_label(item: Any) -> Any:
    return rx.cond(item["required"], item["label"], f"{item['label']} (opsional)")


def _slot(item: Any) -> rx.Component:
    wrong = AppState.faults[item["ident"]]
    return rx.el.li(
        rx.el.h3(_slot_label(item)),
        rx.cond(wrong, rx.el.p(rx.el.span("Kesalahan: ", class_name="sr-only"), wrong, class_name="fault")),
        rx.cond(
            item["stored"],
            rx.fragment(
                chip("Tersimpan", "good"),
                rx.foreach(item["stored"], lambda each: document(each, titled=False)),
                rx.cond(
                    IsianState.writable,
                    dialog_button(
                        rx.fragment("Hapus dokumen", rx.el.span(" ", _slot_label(item), class_name="sr-only")),
                        f"hapus-{item['ident']}",
                        kind="danger",
                    ),
                ),
            ),
            chip("Belum diunggah", "plain"),
        ),
        rx.cond(
            IsianState.writable,
            DocumentUpload.create(
                to=item["to"],
                limit=item["max_bytes"],
                label=_slot_label(item),
                again=item["stored"].length() > 0,
                on_stored=IsianState.documents_changed,
                custom_attrs={"id": item["ident"], "aria-invalid": rx.cond(wrong, "true", "false")},
            ),
        ),
        class_name="slot",
    )


def _documents() -> rx.Component:
    return rx.cond(
        IsianState.slots,
        section(
            "Dokumen pendukung",
            rx.el.p("Unggah hasil pindai yang terbaca, satu berkas PDF untuk tiap dokumen.", class_name="help mb-4"),
            rx.el.ul(rx.foreach(IsianState.slots, _slot), class_name="slots"),
            custom_attrs={"id": "dokumen"},
        ),
    )


def _remove_dialog(item: Any) -> rx.Component:
    return rx.foreach(
        item["stored"],
        lambda stored: confirm_dialog(
            "Hapus dokumen ini?",
            (rx.el.p(_slot_label(item), ". Anda dapat mengunggahnya lagi sebelum mengirim."),),
            hidden("dokumen", stored["id"]),
            ident=f"hapus-{item['ident']}",
            go=submit_button("Hapus dokumen", "Menghapus ...", kind="danger"),
            on_submit=IsianState.remove_document,
            path=PATH,
        ),
    )


def _acts() -> rx.Component:
    return rx.cond(
        IsianState.sendable,
        rx.el.div(
            submit_button(rx.cond(IsianState.deletes, "Lanjut", "Simpan dan lanjut"), "Memeriksa ..."),
            dialog_button("Kirim usulan ini", "kirim", kind="secondary"),
            rx.cond(IsianState.is_draft, dialog_button("Buang draf", "buang", kind="danger")),
            class_name="buttons draft-acts",
        ),
    )


def _dialogs() -> rx.Component:
    return rx.fragment(
        confirm_dialog(
            "Kirim usulan ini?",
            (
                rx.el.p(
                    "Setelah dikirim, isian tidak dapat diubah kecuali ditarik atau dikembalikan verifikator. "
                    "Usulan dapat ditarik selama belum diverifikasi."
                ),
            ),
            unit_choice("unor", IsianState.units, IsianState.usual),
            confirmation("pernyataan"),
            ident="kirim",
            go=submit_button("Kirim usulan", "Mengirim ..."),
            on_submit=IsianState.send,
            path=PATH,
        ),
        confirm_dialog(
            "Buang draf ini?",
            (rx.el.p("Isian dan dokumen draf ini dihapus. Data Anda di berkas tidak berubah."),),
            ident="buang",
            go=submit_button("Buang draf", "Membuang ...", kind="danger"),
            on_submit=IsianState.discard,
            path=PATH,
        ),
        rx.foreach(IsianState.slots, _remove_dialog),
    )


def _form() -> rx.Component:
    return rx.fragment(
        _head(),
        DraftForm.create(
            Form.create(
                rx.cond(IsianState.deletes, _to_delete(), _fields()),
                _documents(),
                _acts(),
                on_submit=IsianState.check,
                action=PATH,
                class_name="draft",
            ),
            ident=IsianState.usulan_id,
            saved=IsianState.saved,
            answers=AppState.answers,
            values=IsianState.values,
            rules=IsianState.rules,
            writable=IsianState.writable,
            on_save=IsianState.save,
            key=IsianState.last_part,
        ),
        _dialogs(),
    )


def _unknown() -> rx.Component:
    return rx.fragment(
        rx.el.p("Usulan ini tidak ada, sudah dibuang, atau bukan milik Anda.", class_name="lead"),
        rx.el.p(rx.el.a("Ke Data saya", href=PATH, class_name="button button-primary"), class_name="mt-8"),
    )


def _heading() -> rx.Component:
    known = rx.cond(
        IsianState.ready,
        RouteGuard.create(IsianState.heading, last=IsianState.last_part, instead="Isian usulan"),
        "Isian usulan",
    )
    return rx.el.h1(rx.cond(IsianState.unknown, "Usulan tidak ditemukan", known))


def isian() -> rx.Component:
    return page(
        rx.cond(
            IsianState.ready & ~IsianState.unknown,
            rx.el.p(rx.el.a("Kembali ke ", IsianState.group_label, href=IsianState.group_href), class_name="back"),
        ),
        form_messages(),
        _heading(),
        rx.cond(
            IsianState.ready,
            rx.cond(IsianState.unknown, _unknown(), RouteGuard.create(_form(), last=IsianState.last_part, instead="")),
            skeleton(8),
        ),
        current=PATH,
    )
