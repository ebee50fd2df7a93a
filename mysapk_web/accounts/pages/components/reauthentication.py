"""The dialog that asks for password or code again before a sensitive action.

A page with such actions puts `reauthentication_dialog()` at its end and does nothing else: when a use case raises
`ReauthenticationRequired`, the response opens the dialog, and after the right proof the pending form is sent again as it stands on the
page. Only that page knows that something is pending: leaving it in any way drops the dialog and what was typed there.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.accounts.security.reauthentication import REAUTHENTICATION_LIFE, reauthenticate
from mysapk_web.platform import executors
from mysapk_web.platform.rules.formatting import describe_wait
from mysapk_web.ui.access import LOGGED_IN, actor, client, handler
from mysapk_web.ui.components.behaviour import Form, NativeForm, ReauthenticationDialog, ResubmitForm
from mysapk_web.ui.components.display import cancel_button
from mysapk_web.ui.components.forms import password_field, submit_button
from mysapk_web.ui.state import REAUTHENTICATION_DIALOG, AppState, form_text


class StepUpState(AppState):
    """How often the proof was right on this page; the proof itself is not kept."""

    passed: int = 0

    @handler(LOGGED_IN)
    async def confirm(self, form: dict[str, Any]) -> None:
        await executors.run_hashing(client(), reauthenticate, actor(), proof=form_text(form, "konfirmasi"))
        self.passed += 1
        self._finish()


def one_time_secret_form(
    *fields: rx.Component, make: str, action: str, prepare: str, state: Any, path: str, kind: str = "primary"
) -> rx.Component:
    """Something that is shown once, in the response of `action` alone and in no state; a proof comes first."""
    return rx.cond(
        state.proven,
        NativeForm.create(
            *fields,
            rx.el.button(make, type="submit", class_name=f"button button-{kind}"),
            method="post",
            action=action,
            class_name="form my-5",
        ),
        Form.create(
            submit_button(prepare, "Memeriksa ...", kind=kind), on_submit=state.prove, action=path, class_name="my-5"
        ),
    )


def reauthentication_dialog() -> rx.Component:
    """Once on a page."""
    return rx.fragment(
        ReauthenticationDialog.create(
            rx.el.h2("Konfirmasi bahwa ini Anda", custom_attrs={"id": f"{REAUTHENTICATION_DIALOG}-judul"}),
            rx.el.p(
                "Tindakan ini berdampak pada orang lain. Setelah dikonfirmasi, Anda tidak ditanya lagi selama "
                f"{describe_wait(REAUTHENTICATION_LIFE)}."
            ),
            Form.create(
                password_field(
                    "konfirmasi",
                    "Password, atau kode autentikator",
                    help_text="Kode autentikator terdiri dari 6 angka.",
                ),
                rx.el.div(submit_button("Konfirmasi", "Memeriksa ..."), cancel_button(), class_name="buttons"),
                on_submit=StepUpState.confirm,
                class_name="form",
                passing=True,
            ),
            id=REAUTHENTICATION_DIALOG,
            class_name="dialog",
            custom_attrs={"aria-labelledby": f"{REAUTHENTICATION_DIALOG}-judul"},
        ),
        ResubmitForm.create(times=StepUpState.passed),
    )
