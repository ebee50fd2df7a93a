"""Parts of pages that show a proposal: its state by word, colour and shape, its history, its documents."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from mysapk_web.pdm.pages.components import widgets
from mysapk_web.ui.components.behaviour import UrlBoundSelect
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import dialog_button, table, table_cell, table_row
from mysapk_web.ui.components.forms import field_attrs, form_group, hidden, submit_button
from mysapk_web.ui.formatting import CONFIRMATION
from mysapk_web.ui.state import AppState


def chip(words: Any, tone: Any) -> rx.Component:
    return rx.el.span(words, class_name=f"chip chip-{tone}")


def unit_choice(name: Any, units: Any, usual: Any) -> rx.Component:
    """The choice of the unor verifikasi, or its name if there is only one.

    Args:
        name: Id of the control; the error of a refused unit belongs to the one named `unor`.
    """
    control = UrlBoundSelect.create(
        rx.foreach(units, lambda item: rx.el.option(item[1], value=item[0])),
        name="unor",
        value=usual,
        class_name="input",
        custom_attrs=field_attrs(name, has_help=True),
    )
    help_text = "Unit yang verifikatornya memeriksa usulan Anda. Bila ragu, biarkan seperti ini."
    return rx.cond(
        units.length() > 1,
        form_group(name, "Unor verifikasi", help_text, control),
        rx.foreach(units, lambda item: rx.el.p("Usulan diperiksa verifikator ", rx.el.strong(item[1]), ".")),
    )


def confirmation(ident: Any) -> rx.Component:
    wrong = AppState.faults[ident]
    return rx.el.div(
        rx.el.input(
            type="checkbox",
            name="pernyataan",
            value="ya",
            custom_attrs={"id": ident, "aria-invalid": rx.cond(wrong, "true", "false")},
        ),
        rx.el.label(CONFIRMATION, html_for=ident),
        class_name="radio",
    )


def reason_box(row: Any) -> rx.Component:
    return rx.cond(
        row["reason"],
        rx.el.p(rx.el.strong("Alasan: "), row["reason"], class_name="notice notice-warn"),
    )


def returned_list(rows: Any, more: Any) -> rx.Component:
    def one(item: Any) -> rx.Component:
        link = rx.el.a(item["group_label"], ": ", item["title"], href=item["href"])
        return rx.el.li(rx.el.p(chip(item["state_label"], item["tone"]), " ", link), reason_box(item))

    return rx.fragment(
        rx.el.ul(rx.foreach(rows, one), class_name="rows"),
        rx.cond(
            more > 0,
            rx.el.p(rx.el.a(f"Lihat {more} lainnya di Usulan", href="/usulan"), class_name="mt-3"),
        ),
    )


def history_list(row: Any) -> rx.Component:
    def step(item: Any) -> rx.Component:
        return rx.el.li(
            rx.el.p(rx.el.strong(item["text"])),
            rx.el.p(item["at"], rx.cond(item["who"], f", {item['who']}", ""), class_name="help"),
            rx.el.p("Status: ", item["state"], class_name="help"),
            rx.cond(item["reason"], rx.el.p(item["reason"])),
        )

    return rx.el.ol(rx.foreach(row["history"], step), class_name="trail")


def documents(row: Any) -> rx.Component:
    return rx.cond(
        row["documents"],
        rx.el.ul(rx.foreach(row["documents"], lambda item: rx.el.li(document(item))), class_name="documents"),
    )


def document(item: Any, *, titled: bool = True) -> rx.Component:
    """`titled`: say what it is; not where a heading already does."""
    return rx.el.div(
        rx.el.p(rx.el.strong(item["label"])) if titled else rx.fragment(),
        rx.el.p(item["name"], rx.el.span(f" ({item['about']})", class_name="help")),
        rx.el.div(
            widgets.DocumentViewer.create(src=item["href"], label=item["label"]),
            A.create(
                "Unduh ",
                rx.el.span(item["label"], class_name="sr-only"),
                href=item["href"],
                class_name="button-quiet",
                custom_attrs={"download": ""},
            ),
            class_name="document-acts",
        ),
        class_name="document",
    )


def withdraw_form(item: Any, on_submit: Any) -> rx.Component:
    ident = f"tarik-{item['id']}"
    return rx.fragment(
        dialog_button(
            rx.fragment(
                rx.cond(item["is_draft"], "Buang draf", "Tarik"), rx.el.span(" ", item["title"], class_name="sr-only")
            ),
            ident,
            kind="danger",
        ),
        confirm_dialog(
            rx.cond(item["is_draft"], "Buang draf ini?", "Tarik usulan ini?"),
            (
                rx.el.p(item["heading"], ": ", item["title"]),
                rx.el.p("Data Anda di berkas tidak berubah. Anda dapat membuat usulan baru selama periode dibuka."),
            ),
            hidden("usulan", item["id"]),
            hidden("versi", item["version"]),
            ident=ident,
            go=submit_button(rx.cond(item["is_draft"], "Buang draf", "Tarik usulan"), "Memproses ...", kind="danger"),
            on_submit=on_submit,
            path="/usulan",
        ),
    )


def changes_table(changes: Any, title: Any, emptied: Any = "dikosongkan") -> rx.Component:
    def line(change: Any) -> rx.Component:  # not `item`: that would shadow the outer one in `emptied`
        return table_row(
            table_cell("Isian", rx.el.strong(change["label"])),
            table_cell(
                "Di berkas",
                rx.cond(change["before"], rx.el.span(change["before"]), rx.el.span("belum ada", class_name="help")),
            ),
            table_cell(
                "Diusulkan",
                rx.cond(change["after"], rx.el.ins(change["after"]), rx.el.span(emptied, class_name="help")),
            ),
        )

    return rx.cond(
        changes,
        rx.el.div(
            table(f"Perubahan {title}", ["Isian", "Di berkas", "Diusulkan"], rx.foreach(changes, line)),
            class_name="changes",
        ),
    )
