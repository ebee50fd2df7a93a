"""The decision on `/verifikasi/<id>`: each action explained before it is taken."""

from __future__ import annotations

from typing import Final

import reflex as rx

from mysapk_web.pdm.rules.proposal import ProposalAction, reasons_for
from mysapk_web.ui.components.behaviour import DialogButton
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import notice_box, section
from mysapk_web.ui.components.forms import hidden, select, submit_button, text_area
from mysapk_web.verification.detail import CONSEQUENCES, FORWARD
from mysapk_web.verification.pages.queue import PATH
from mysapk_web.verification.pages.usulan.state import ACT_KEYS, ReviewState, field_of

_QUESTIONS: Final = {
    ProposalAction.VERIFY: "Verifikasi usulan ini?",
    ProposalAction.APPROVE: "Setujui usulan ini?",
    ProposalAction.BKN_APPROVE: "Setujui validasi usulan ini?",
    ProposalAction.RETURN: "Kembalikan untuk diperbaiki?",
    ProposalAction.RETURN_TO_VERIFIER: "Kembalikan ke verifikator?",
    ProposalAction.BKN_RETURN: "Kembalikan ke instansi?",
    ProposalAction.REJECT: "Tolak usulan ini?",
    ProposalAction.BKN_REJECT: "Tolak validasi usulan ini?",
}


def _reason(act: ProposalAction) -> list[rx.Component]:
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


def _act(act: ProposalAction) -> rx.Component:
    ident = f"tindakan-{act.value.lower()}"
    kind = (
        "primary"
        if act in FORWARD
        else "danger"
        if act in (ProposalAction.REJECT, ProposalAction.BKN_REJECT)
        else "secondary"
    )
    return rx.cond(
        ReviewState.acts[act.value],
        rx.fragment(
            DialogButton.create(
                act.label,
                opens=ident,
                class_name=f"button button-{kind}",
                custom_attrs={"data-pintasan": ACT_KEYS[act]},
            ),
            confirm_dialog(
                _QUESTIONS[act],
                (
                    rx.el.p(rx.el.strong(ReviewState.heading), ": ", ReviewState.title),
                    rx.el.p(ReviewState.who, class_name="help"),
                    rx.el.p(CONSEQUENCES[act], " Keputusan ini tidak dapat dibatalkan."),
                ),
                hidden("usulan", ReviewState.number),
                hidden("versi", ReviewState.version),
                hidden("tindakan", act.value),
                *_reason(act),
                ident=ident,
                go=submit_button(act.label, "Menyimpan ...", kind=kind),
                on_submit=ReviewState.decide,
                path=PATH,
            ),
        ),
    )


def decision() -> rx.Component:
    """The possible actions, each with its dialog."""
    return rx.cond(
        ReviewState.why_not,
        rx.fragment(),
        section(
            "Keputusan",
            rx.cond(
                ReviewState.blocked, rx.el.div(notice_box(rx.el.p(ReviewState.blocked), kind="warn"), class_name="mb-4")
            ),
            rx.cond(
                ReviewState.mine,
                rx.el.p("Usulan ini Anda buka sendiri sampai ", ReviewState.until, ".", class_name="help mb-4"),
            ),
            rx.el.div(*(_act(act) for act in ACT_KEYS), class_name="buttons"),
            custom_attrs={"id": "keputusan"},
        ),
    )
