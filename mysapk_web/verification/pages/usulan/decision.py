"""The decision on `/verifikasi/<id>`: each act with what it means before it is done."""

from __future__ import annotations

from typing import Final

import reflex as rx

from mysapk_web.pdm.rules.proposal import UsulanAct, reasons_for
from mysapk_web.ui.components.acts import act_dialog
from mysapk_web.ui.components.behaviour import DialogButton
from mysapk_web.ui.components.display import inset, section
from mysapk_web.ui.components.forms import hidden, select, submit_button, text_area
from mysapk_web.verification.detail import CONSEQUENCES, FORWARD
from mysapk_web.verification.pages.usulan.state import ACT_KEYS, MejaState, field_of
from mysapk_web.verification.pages.words import PATH

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


def _reason(act: UsulanAct) -> list[rx.Component]:
    reasons = reasons_for(act)
    if not reasons:
        return []
    name = field_of("alasan", act.value)
    return [
        select(
            name,
            "Alasan",
            rx.el.option("Pilih alasan", value=""),
            *(rx.el.option(f"{reason.code} {reason.label}", value=reason.code) for reason in reasons),
        ),
        text_area(
            field_of("catatan", act.value),
            "Catatan",
            "Apa yang harus diperbaiki, atau mengapa ditolak.",
            rows="3",
            max_length=1000,
        ),
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
                custom_attrs={"data-pintasan": ACT_KEYS[act]},
            ),
            act_dialog(
                _QUESTIONS[act],
                (
                    rx.el.p(rx.el.strong(MejaState.heading), ": ", MejaState.title),
                    rx.el.p(MejaState.who, class_name="help"),
                    rx.el.p(CONSEQUENCES[act], " Keputusan ini tidak dapat dibatalkan."),
                ),
                hidden("usulan", MejaState.number),
                hidden("versi", MejaState.version),
                hidden("tindakan", act.value),
                *_reason(act),
                ident=ident,
                go=submit_button(act.label, "Menyimpan ...", kind=kind),
                on_submit=MejaState.decide,
                path=PATH,
            ),
        ),
    )


def decision() -> rx.Component:
    """What may be decided, each act with its dialog."""
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
            rx.el.div(*(_act(act) for act in ACT_KEYS), class_name="buttons"),
            custom_attrs={"id": "keputusan"},
        ),
    )
