"""What `/verifikasi/<id>` looks like: the data, the documents (beside them where there is room), then the decision."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.pdm.pages.components.proposals import chip
from mysapk_web.pdm.pages.components.widgets import RouteGuard
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import (
    description_list,
    empty,
    notice_box,
    section,
    skeleton,
    table,
    table_cell,
    table_row,
)
from mysapk_web.ui.components.forms import form_messages, submit_button
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState
from mysapk_web.verification.pages.components.review import Documents, Shortcuts
from mysapk_web.verification.pages.queue import PATH
from mysapk_web.verification.pages.usulan.data import correction, data
from mysapk_web.verification.pages.usulan.decision import decision
from mysapk_web.verification.pages.usulan.state import CheckRow, ReviewState


def _head() -> rx.Component:
    return rx.fragment(
        rx.el.p(ReviewState.title, class_name="lead"),
        rx.el.p(chip(ReviewState.status, ReviewState.tone), class_name="mt-3 mb-6"),
        description_list(
            ("Pegawai", ReviewState.who), ("Unit kerja", ReviewState.where), ("Dikirim", ReviewState.sent)
        ),
        rx.cond(
            ReviewState.why_not,
            rx.el.div(notice_box(rx.el.p(ReviewState.why_not), kind="info"), class_name="mt-6"),
            rx.fragment(),
        ),
    )


def _check(item: ObjectVar[CheckRow]) -> rx.Component:
    return table_row(
        table_cell("Pemeriksaan", rx.el.strong(item["name"])),
        table_cell("Hasil", chip(item["result"], item["tone"])),
        table_cell("Catatan", rx.el.span(item["note"])),
    )


def _checks() -> rx.Component:
    return section(
        "Pemeriksaan otomatis",
        rx.cond(
            ReviewState.checks,
            table(
                "Hasil pemeriksaan otomatis",
                ["Pemeriksaan", "Hasil", "Catatan"],
                rx.foreach(ReviewState.checks, _check),
            ),
            rx.el.p("Usulan ini sudah diputuskan, jadi tidak diperiksa lagi."),
        ),
    )


def _step(item: ObjectVar[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.p(rx.el.strong(item["text"])),
        rx.el.p(f"{item['at']}, {item['who']}. Status: {item['state']}.", class_name="help"),
        rx.cond(item["reason"], rx.el.p(item["reason"])),
    )


def _trail() -> rx.Component:
    return section("Riwayat usulan", rx.el.ol(rx.foreach(ReviewState.history, _step), class_name="trail"))


def _documents() -> rx.Component:
    return section(
        "Dokumen pendukung",
        rx.cond(
            ReviewState.documents,
            Documents.create(documents=ReviewState.documents),
            empty("Usulan ini tidak memakai dokumen."),
        ),
        class_name="section desk-documents",
    )


def _onward() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ReviewState.onward,
            rx.el.a(
                "Lewati, buka berikutnya",
                href=ReviewState.onward,
                class_name="button button-secondary",
                custom_attrs={"data-pintasan": "j"},
            ),
        ),
        rx.cond(
            ReviewState.mine,
            Form.create(
                submit_button("Lepas dan kembali ke daftar", "Melepas ...", kind="secondary"),
                on_submit=ReviewState.leave,
                action=PATH,
            ),
        ),
        rx.el.a(
            "Kembali ke daftar", href=ReviewState.back, class_name="button-quiet", custom_attrs={"data-pintasan": "l"}
        ),
        class_name="buttons mt-6",
    )


def _desk() -> rx.Component:
    return rx.fragment(
        _head(),
        rx.el.div(
            rx.el.div(data(), correction(), class_name="desk-data"),
            _documents(),
            rx.el.div(_checks(), decision(), _onward(), _trail(), class_name="desk-rest"),
            class_name="desk",
        ),
        Shortcuts.create(keys=ReviewState.shortcuts),
    )


def _unknown() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "Usulan ini tidak ada di wilayah Anda, sudah ditarik pemiliknya, atau milik Anda sendiri.",
            class_name="lead",
        ),
        rx.el.p(rx.el.a("Kembali ke daftar", href=ReviewState.back), class_name="mt-6"),
    )


def review() -> rx.Component:
    """The page."""
    known = rx.cond(
        ReviewState.ready,
        RouteGuard.create(ReviewState.heading, last=ReviewState.last_part, instead="Usulan"),
        "Usulan",
    )
    content: Any = rx.cond(
        ReviewState.unknown, _unknown(), RouteGuard.create(_desk(), last=ReviewState.last_part, instead="")
    )
    return page(
        form_messages(),
        rx.el.h1(rx.cond(ReviewState.unknown, "Usulan tidak ditemukan", known)),
        rx.cond(ReviewState.ready, content, rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        current=PATH,
    )
