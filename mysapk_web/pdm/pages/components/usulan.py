"""A usulan as pages show it: its state by word, colour and shape, its trail, its documents."""

from __future__ import annotations

from typing import Any, Final, TypedDict

import reflex as rx
from reflex.vars import ObjectVar
from reflex_components_core.el.elements.inline import A

from mysapk_web.pdm.documents import size_in_words
from mysapk_web.pdm.pages.components import pdm
from mysapk_web.pdm.rules.proposal import SENT_STATES, UsulanState
from mysapk_web.pdm.views.proposal import DocumentView, ProposalView, TrailView
from mysapk_web.platform.rules.text import in_sentence
from mysapk_web.ui.components.acts import act_dialog
from mysapk_web.ui.components.behaviour import FollowSelect
from mysapk_web.ui.components.display import cell, dialog_button, row, table
from mysapk_web.ui.components.forms import around, attributes, hidden, submit_button
from mysapk_web.ui.formatting import CONFIRMATION, moment
from mysapk_web.ui.state import AppState

_TONES: Final = {
    UsulanState.DRAF: "plain",
    UsulanState.PERBAIKAN_MYSAPK: "warn",
    UsulanState.TELAH_UPDATE: "good",
    UsulanState.TMS: "bad",
    UsulanState.TMS_BKN: "bad",
    UsulanState.DIHAPUS: "plain",
}


class TrailRow(TypedDict):
    """One step."""

    at: str
    who: str
    text: str
    state: str
    """Where the usulan stood afterwards."""
    reason: str


class DocumentRow(TypedDict):
    """One document."""

    label: str
    name: str
    about: str
    href: str


class ProposalRow(TypedDict):
    """One usulan as a page holds it."""

    number: int
    version: int
    group: str
    group_label: str
    title: str
    heading: str
    state: str
    tone: str
    meaning: str
    when: str
    unit: str
    reason: str
    href: str
    may_edit: bool
    may_withdraw: bool
    may_send: bool
    problems: int
    is_draft: bool
    trail: list[TrailRow]
    documents: list[DocumentRow]


def tone_of(state: UsulanState) -> str:
    """Which colour and shape a state has: `plain`, `wait`, `warn`, `good` or `bad`.

    Args:
        state: Of a usulan.
    """
    return _TONES.get(state, "wait" if state in SENT_STATES else "plain")


def reason_in_words(reason: str, note: str) -> str:
    """The reason of a return or a rejection in one line.

    Args:
        reason: Words of the coded reason.
        note: What the verifikator wrote.
    """
    return ": ".join(part for part in (reason, note) if part)


def trail_row(step: TrailView, zona: str) -> TrailRow:
    """One step as a state may hold it."""
    return {
        "at": moment(step.at, zona),
        "who": step.who,
        "text": step.text,
        "state": step.state_label,
        "reason": reason_in_words(step.reason, step.note),
    }


def document_row(found: DocumentView) -> DocumentRow:
    """One document as a state may hold it."""
    return {
        "label": found.label,
        "name": found.name,
        "about": f"{size_in_words(found.size)}, {found.pages} halaman",
        "href": f"/dokumen/{found.id}",
    }


def proposal_row(view: ProposalView) -> ProposalRow:
    """A usulan as a state may hold it."""
    state = UsulanState(view.state)
    sent = view.sent_at is not None and state is not UsulanState.DRAF
    when = moment(view.sent_at, view.zona) if sent and view.sent_at else moment(view.changed_at, view.zona)
    return {
        "number": view.id,
        "version": view.version,
        "group": view.group,
        "group_label": view.group_label,
        "title": view.title,
        "heading": f"{view.action_label} {in_sentence(view.kind_label)}",
        "state": view.state_label,
        "tone": tone_of(state),
        "meaning": view.meaning,
        "when": f"Dikirim {when}" if sent else f"Terakhir disimpan {when}",
        "unit": view.unit,
        "reason": reason_in_words(view.reason, view.note),
        "href": f"/pdm/{view.group}/{view.id}",
        "may_edit": view.may_edit,
        "may_withdraw": view.may_withdraw,
        "may_send": view.may_send,
        "problems": view.faults_count,
        "is_draft": state is UsulanState.DRAF,
        "trail": [trail_row(step, view.zona) for step in view.trail],
        "documents": [document_row(found) for found in view.documents],
    }


def chip(words: Any, tone: Any) -> rx.Component:
    """A state: the words say it, the shape and the colour repeat it.

    Args:
        words: What it says.
        tone: `plain`, `todo`, `wait`, `warn`, `good` or `bad`.
    """
    return rx.el.span(words, class_name=f"chip chip-{tone}")


def unit_choice(name: Any, units: Any, usual: Any) -> rx.Component:
    """The choice of the unor verifikasi, where there is one to make; otherwise its name.

    Args:
        name: Id of the control; the fault of a refused unit is shown with the one named `unor`.
        units: Var with id and name of each.
        usual: Var with the id that is meant unless another is chosen.
    """
    control = FollowSelect.create(
        rx.foreach(units, lambda item: rx.el.option(item[1], value=item[0])),
        name="unor",
        value=usual,
        class_name="input",
        custom_attrs=attributes(name, has_help=True),
    )
    help_text = "Unit yang verifikatornya memeriksa usulan Anda. Bila ragu, biarkan seperti ini."
    return rx.cond(
        units.length() > 1,
        around(name, "Unor verifikasi", help_text, control),
        rx.foreach(units, lambda item: rx.el.p("Usulan diperiksa verifikator ", rx.el.strong(item[1]), ".")),
    )


def confirmation(ident: Any) -> rx.Component:
    """The sentence that a person puts a tick to before sending.

    Args:
        ident: Id of the box.
    """
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


def reason_box(row: ObjectVar[ProposalRow]) -> rx.Component:
    """Why a usulan came back, where it did."""
    return rx.cond(
        row["reason"],
        rx.el.p(rx.el.strong("Alasan: "), row["reason"], class_name="notice notice-warn"),
    )


def returned(rows: Any, more: Any) -> rx.Component:
    """What came back to the person, each with its reason, and where the rest is.

    Args:
        rows: Var with usulan.
        more: Var with how many there are beside these.
    """

    def one(item: ObjectVar[ProposalRow]) -> rx.Component:
        link = rx.el.a(item["group_label"], ": ", item["title"], href=item["href"])
        return rx.el.li(rx.el.p(chip(item["state"], item["tone"]), " ", link), reason_box(item))

    return rx.fragment(
        rx.el.ul(rx.foreach(rows, one), class_name="rows"),
        rx.cond(
            more > 0,
            rx.el.p(rx.el.a(f"Lihat {more} lainnya di Usulan", href="/usulan"), class_name="mt-3"),
        ),
    )


def trail(row: ObjectVar[ProposalRow]) -> rx.Component:
    """The steps of a usulan, the newest first."""

    def step(item: ObjectVar[TrailRow]) -> rx.Component:
        return rx.el.li(
            rx.el.p(rx.el.strong(item["text"])),
            rx.el.p(item["at"], rx.cond(item["who"], f", {item['who']}", ""), class_name="help"),
            rx.el.p("Status: ", item["state"], class_name="help"),
            rx.cond(item["reason"], rx.el.p(item["reason"])),
        )

    return rx.el.ol(rx.foreach(row["trail"], step), class_name="trail")


def documents(row: ObjectVar[ProposalRow]) -> rx.Component:
    """The documents of a usulan, each to look at in the page or to download."""
    return rx.cond(
        row["documents"],
        rx.el.ul(rx.foreach(row["documents"], lambda item: rx.el.li(document(item))), class_name="documents"),
    )


def document(item: ObjectVar[DocumentRow], *, titled: bool = True) -> rx.Component:
    """One document.

    Args:
        item: Which.
        titled: Say what it is; not where a heading says so already.
    """
    return rx.el.div(
        rx.el.p(rx.el.strong(item["label"])) if titled else rx.fragment(),
        rx.el.p(item["name"], rx.el.span(f" ({item['about']})", class_name="help")),
        rx.el.div(
            pdm.DocumentView.create(src=item["href"], label=item["label"]),
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


def withdraw_form(item: ObjectVar[ProposalRow], on_submit: Any) -> rx.Component:
    """Button and dialog that take a usulan back.

    Args:
        item: The usulan.
        on_submit: Handler that gets `usulan` and `versi`.
    """
    ident = f"tarik-{item['number']}"
    return rx.fragment(
        dialog_button(
            rx.fragment(
                rx.cond(item["is_draft"], "Buang draf", "Tarik"), rx.el.span(" ", item["title"], class_name="sr-only")
            ),
            ident,
            kind="danger",
        ),
        act_dialog(
            rx.cond(item["is_draft"], "Buang draf ini?", "Tarik usulan ini?"),
            (
                rx.el.p(item["heading"], ": ", item["title"]),
                rx.el.p("Data Anda di berkas tidak berubah. Anda dapat membuat usulan baru selama periode dibuka."),
            ),
            hidden("usulan", item["number"]),
            hidden("versi", item["version"]),
            ident=ident,
            go=submit_button(rx.cond(item["is_draft"], "Buang draf", "Tarik usulan"), "Memproses ...", kind="danger"),
            on_submit=on_submit,
            path="/usulan",
        ),
    )


def changes_table(changes: Any, title: Any, emptied: Any = "dikosongkan") -> rx.Component:
    """What a usulan changes: the record on file beside what is proposed.

    Args:
        changes: Var with lists of label, words on file, words proposed.
        title: Of the usulan, for the caption.
        emptied: What is said where nothing is proposed.
    """

    def line(change: Any) -> rx.Component:  # not `item`: it would hide the one around it from `emptied`
        return row(
            cell("Isian", rx.el.strong(change[0])),
            cell("Di berkas", rx.cond(change[1], rx.el.span(change[1]), rx.el.span("belum ada", class_name="help"))),
            cell("Diusulkan", rx.cond(change[2], rx.el.ins(change[2]), rx.el.span(emptied, class_name="help"))),
        )

    return rx.cond(
        changes,
        rx.el.div(
            table(f"Perubahan {title}", ["Isian", "Di berkas", "Diusulkan"], rx.foreach(changes, line)),
            class_name="changes",
        ),
    )
