"""What `/verifikasi/<id>` looks like: the data, the documents (beside them where there is room), then the decision."""

from __future__ import annotations

from typing import Any, Final

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.domain.usulan import UsulanAct, reasons_for
from mysapk_web.services.verification.opening import CONSEQUENCES, FORWARD
from mysapk_web.ui.components.behaviour import DialogButton, Form
from mysapk_web.ui.components.desk import Documents, Shortcuts
from mysapk_web.ui.components.display import (
    badge,
    cancel_button,
    cell,
    dialog,
    empty,
    facts,
    inset,
    row,
    section,
    skeleton,
    table,
)
from mysapk_web.ui.components.forms import around, attributes, field, outcome, submit_button
from mysapk_web.ui.components.pdm import Here
from mysapk_web.ui.components.usulan import chip
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState
from mysapk_web.ui.verifikasi.usulan.state import (
    VALUE,
    WHY,
    CheckRow,
    LineRow,
    MejaState,
    StepRow,
    field_of,
)
from mysapk_web.ui.verifikasi.words import PATH

_KEYS: Final = {
    UsulanAct.VERIFY: "v",
    UsulanAct.APPROVE: "v",
    UsulanAct.BKN_APPROVE: "v",
    UsulanAct.RETURN: "p",
    UsulanAct.RETURN_TO_VERIFIER: "p",
    UsulanAct.BKN_RETURN: "p",
    UsulanAct.REJECT: "t",
    UsulanAct.BKN_REJECT: "t",
}
_QUESTIONS: Final = {
    UsulanAct.VERIFY: "Verifikasi usulan ini?",
    UsulanAct.APPROVE: "Setujui usulan ini?",
    UsulanAct.BKN_APPROVE: "Setujui validasi usulan ini?",
    UsulanAct.RETURN: "Kembalikan untuk diperbaiki?",
    UsulanAct.RETURN_TO_VERIFIER: "Kembalikan ke verifikator?",
    UsulanAct.BKN_RETURN: "Kembalikan ke instansi?",
    UsulanAct.REJECT: "Tolak usulan ini?",
    UsulanAct.BKN_REJECT: "Tolak validasi usulan ini?",
}
KEYS: Final = [
    ["v", "setuju"],
    ["p", "kembalikan untuk diperbaiki"],
    ["t", "tolak"],
    ["j", "lewati, buka berikutnya"],
    ["l", "kembali ke daftar"],
]


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


# The data ---------------------------------------------------------------------------------------------------------


def _line(item: ObjectVar[LineRow]) -> rx.Component:
    nothing = rx.el.span("kosong", class_name="help")
    return row(
        cell("Isian", rx.el.strong(item["label"])),
        cell("Di berkas", rx.cond(item["before"], rx.el.span(item["before"]), nothing)),
        cell(
            "Diusulkan",
            rx.cond(
                item["after"], rx.cond(item["differs"], rx.el.ins(item["after"]), rx.el.span(item["after"])), nothing
            ),
        ),
        cell(
            "Perbandingan",
            rx.el.div(
                rx.cond(item["differs"], badge("≠ Berbeda", "warn"), badge("= Sama")),
                rx.cond(item["note"], rx.el.p(item["note"], class_name="fault")),
            ),
        ),
        cell("", rx.cond(item["correctable"], _begin(item))),
    )


def _begin(item: ObjectVar[LineRow]) -> rx.Component:
    return Form.create(
        rx.el.input(type="hidden", name="isian", value=item["name"], read_only=True),
        submit_button(
            rx.fragment("Perbaiki", rx.el.span(" ", item["label"], class_name="sr-only")),
            "Memuat ...",
            kind="secondary",
        ),
        on_submit=MejaState.begin,
        action=PATH,
    )


def _data() -> rx.Component:
    return section(
        "Data",
        rx.el.p(MejaState.summary, class_name="help mb-4"),
        rx.cond(
            MejaState.lines,
            rx.el.div(
                table(
                    "Data di berkas dan yang diusulkan",
                    ["Isian", "Di berkas", "Diusulkan", "Perbandingan", "Tindakan"],
                    rx.foreach(MejaState.lines, _line),
                ),
                class_name="changes compare",
            ),
            empty("Tidak ada isian."),
        ),
    )


def _value() -> rx.Component:
    chosen = rx.el.select(
        rx.foreach(MejaState.correcting["options"], lambda item: rx.el.option(item[1], value=item[0])),
        name=VALUE,
        default_value=MejaState.correcting["value"],
        class_name="input",
        custom_attrs=attributes(VALUE, has_help=False),
    )
    typed = rx.el.input(
        name=VALUE,
        default_value=MejaState.correcting["value"],
        auto_complete="off",
        class_name="input",
        custom_attrs=attributes(VALUE, has_help=False),
    )
    return rx.cond(
        MejaState.correcting["searched"] | (MejaState.correcting["options"].length() > 0),  # type: ignore[attr-defined]
        around(VALUE, "Nilai yang benar", "", chosen),
        around(VALUE, "Nilai yang benar", "", typed),
    )


def _correction() -> rx.Component:
    now = MejaState.correcting
    return rx.cond(
        now["name"],
        section(
            "Perbaiki nilai",
            rx.el.p(rx.el.strong(now["label"]), ", sekarang: ", now["text"], "."),
            rx.cond(now["help"], rx.el.p(now["help"], class_name="help")),
            rx.cond(
                now["searched"],
                Form.create(
                    field("cari_pilihan", "Cari pilihan", help_text="Tulis beberapa huruf dari nama yang dicari."),
                    submit_button("Cari", "Mencari ...", kind="secondary"),
                    on_submit=MejaState.search,
                    action=PATH,
                    class_name="form",
                ),
            ),
            Form.create(
                rx.el.input(type="hidden", name="versi", value=MejaState.version, read_only=True),
                _value(),
                _note(
                    WHY, "Mengapa diperbaiki", "Pegawai membaca catatan ini. Nilai lama tetap tersimpan pada riwayat."
                ),
                submit_button("Simpan perbaikan", "Menyimpan ..."),
                on_submit=MejaState.correct,
                action=PATH,
                class_name="form",
            ),
            Form.create(
                submit_button("Batal memperbaiki", "Membatalkan ...", kind="secondary"),
                on_submit=MejaState.stop,
                action=PATH,
                class_name="mt-3",
            ),
            custom_attrs={"id": "perbaiki"},
            # Made anew for another value: what was typed and chosen for one is not taken over.
            key=now["name"],
        ),
    )


def _note(name: str, label: str, help_text: str) -> rx.Component:
    control = rx.el.textarea(
        name=name,
        rows="3",
        max_length=1000,
        class_name="input",
        custom_attrs=attributes(name, has_help=bool(help_text)),
    )
    return around(name, label, help_text, control)


# Checks and trail -------------------------------------------------------------------------------------------------


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


# Documents and decision -------------------------------------------------------------------------------------------


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


def _reason(act: UsulanAct) -> list[rx.Component]:
    reasons = reasons_for(act)
    if not reasons:
        return []
    name = field_of("alasan", act.value)
    choice = rx.el.select(
        rx.el.option("Pilih alasan", value=""),
        *(rx.el.option(f"{reason.code} {reason.label}", value=reason.code) for reason in reasons),
        name=name,
        class_name="input",
        custom_attrs=attributes(name, has_help=False),
    )
    what = "Apa yang harus diperbaiki, atau mengapa ditolak."
    return [
        around(name, "Alasan", "", choice),
        _note(field_of("catatan", act.value), "Catatan", what),
    ]


def _act(act: UsulanAct) -> rx.Component:
    ident = f"tindakan-{act.value.lower()}"
    kind = "primary" if act in FORWARD else "danger" if act in (UsulanAct.REJECT, UsulanAct.BKN_REJECT) else "secondary"
    return rx.cond(
        MejaState.acts[act.value],
        rx.fragment(
            DialogButton.create(
                act.label,
                opens=ident,
                class_name=f"button button-{kind}",
                custom_attrs={"data-pintasan": _KEYS[act]},
            ),
            dialog(
                _QUESTIONS[act],
                rx.el.p(rx.el.strong(MejaState.heading), ": ", MejaState.title),
                rx.el.p(MejaState.who, class_name="help"),
                rx.el.p(CONSEQUENCES[act], " Keputusan ini tidak dapat dibatalkan."),
                Form.create(
                    rx.el.input(type="hidden", name="usulan", value=MejaState.number, read_only=True),
                    rx.el.input(type="hidden", name="versi", value=MejaState.version, read_only=True),
                    rx.el.input(type="hidden", name="tindakan", value=act.value, read_only=True),
                    *_reason(act),
                    rx.el.div(
                        submit_button(act.label, "Menyimpan ...", kind=kind), cancel_button(), class_name="buttons"
                    ),
                    on_submit=MejaState.decide,
                    action=PATH,
                    class_name="form",
                ),
                ident=ident,
            ),
        ),
    )


def _decision() -> rx.Component:
    return rx.cond(
        MejaState.why_not,
        rx.fragment(),
        section(
            "Keputusan",
            rx.cond(MejaState.blocked, rx.el.div(inset(rx.el.p(MejaState.blocked), kind="warn"), class_name="mb-4")),
            rx.cond(
                MejaState.mine,
                rx.el.p("Usulan ini Anda buka sendiri sampai ", MejaState.until, ".", class_name="help mb-4"),
            ),
            rx.el.div(*(_act(act) for act in _KEYS), class_name="buttons"),
            custom_attrs={"id": "keputusan"},
        ),
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
            rx.el.div(_data(), _correction(), class_name="desk-data"),
            _documents(),
            rx.el.div(_checks(), _decision(), _onward(), _trail(), class_name="desk-rest"),
            class_name="desk",
        ),
        Shortcuts.create(keys=KEYS),
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
