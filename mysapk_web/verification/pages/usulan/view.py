"""What `/verifikasi/<id>` looks like: the data, the documents (beside them where there is room), then the decision."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.pdm.pages.components.pdm import Here
from mysapk_web.pdm.pages.components.usulan import chip
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import cell, empty, facts, inset, row, section, skeleton, table
from mysapk_web.ui.components.forms import outcome, submit_button
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState
from mysapk_web.verification.pages.components.desk import Documents, Shortcuts
from mysapk_web.verification.pages.usulan.data import correction, data
from mysapk_web.verification.pages.usulan.decision import decision
from mysapk_web.verification.pages.usulan.state import CheckRow, MejaState, StepRow
from mysapk_web.verification.pages.words import PATH


def _head() -> rx.Component:
    return rx.fragment(
        rx.el.p(MejaState.title, class_name="lead"),
        rx.el.p(chip(MejaState.status, MejaState.tone), class_name="mt-3 mb-6"),
        facts(("Pegawai", MejaState.who), ("Unit kerja", MejaState.where), ("Dikirim", MejaState.sent)),
        rx.cond(
            MejaState.why_not,
            rx.el.div(inset(rx.el.p(MejaState.why_not), kind="info"), class_name="mt-6"),
            rx.fragment(),
        ),
    )


def _check(item: ObjectVar[CheckRow]) -> rx.Component:
    return row(
        cell("Pemeriksaan", rx.el.strong(item["name"])),
        cell("Hasil", chip(item["result"], item["tone"])),
        cell("Catatan", rx.el.span(item["note"])),
    )


def _checks() -> rx.Component:
    return section(
        "Pemeriksaan otomatis",
        rx.cond(
            MejaState.checks,
            table(
                "Hasil pemeriksaan otomatis", ["Pemeriksaan", "Hasil", "Catatan"], rx.foreach(MejaState.checks, _check)
            ),
            rx.el.p("Usulan ini sudah diputuskan, jadi tidak diperiksa lagi."),
        ),
    )


def _step(item: ObjectVar[StepRow]) -> rx.Component:
    return rx.el.li(
        rx.el.p(rx.el.strong(item["text"])),
        rx.el.p(f"{item['at']}, {item['who']}. Status: {item['state']}.", class_name="help"),
        rx.cond(item["reason"], rx.el.p(item["reason"])),
    )


def _trail() -> rx.Component:
    return section("Riwayat usulan", rx.el.ol(rx.foreach(MejaState.trail, _step), class_name="trail"))


def _documents() -> rx.Component:
    return section(
        "Dokumen pendukung",
        rx.cond(
            MejaState.documents,
            Documents.create(documents=MejaState.documents),
            empty("Usulan ini tidak memakai dokumen."),
        ),
        class_name="section desk-documents",
    )


def _onward() -> rx.Component:
    return rx.el.div(
        rx.cond(
            MejaState.onward,
            rx.el.a(
                "Lewati, buka berikutnya",
                href=MejaState.onward,
                class_name="button button-secondary",
                custom_attrs={"data-pintasan": "j"},
            ),
        ),
        rx.cond(
            MejaState.mine,
            Form.create(
                submit_button("Lepas dan kembali ke daftar", "Melepas ...", kind="secondary"),
                on_submit=MejaState.leave,
                action=PATH,
            ),
        ),
        rx.el.a(
            "Kembali ke daftar", href=MejaState.back, class_name="button-quiet", custom_attrs={"data-pintasan": "l"}
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
        Shortcuts.create(keys=MejaState.shortcuts),
    )


def _unknown() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "Usulan ini tidak ada di wilayah Anda, sudah ditarik pemiliknya, atau milik Anda sendiri.",
            class_name="lead",
        ),
        rx.el.p(rx.el.a("Kembali ke daftar", href=MejaState.back), class_name="mt-6"),
    )


def meja() -> rx.Component:
    """The page."""
    known = rx.cond(
        MejaState.ready,
        Here.create(MejaState.heading, last=MejaState.last_part, instead="Usulan"),
        "Usulan",
    )
    content: Any = rx.cond(MejaState.unknown, _unknown(), Here.create(_desk(), last=MejaState.last_part, instead=""))
    return page(
        outcome(),
        rx.el.h1(rx.cond(MejaState.unknown, "Usulan tidak ditemukan", known)),
        rx.cond(MejaState.ready, content, rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        here=PATH,
    )
