"""Finding an agency's helpdesk on `/bantuan` without a session: those who can't log in need it most."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.organisation import help as helpdesk
from mysapk_web.organisation.help import AgencyHelp
from mysapk_web.platform import executors
from mysapk_web.ui.access import ANYONE, client, handler
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.contacts import contact_card
from mysapk_web.ui.components.display import card
from mysapk_web.ui.components.forms import field, submit_button
from mysapk_web.ui.state import AppState, form_text

ANCHOR = "helpdesk"
"""Id of the section: links lead to it."""


class AgencyHelpState(AppState):
    agencies: list[dict[str, str]] = []
    told: str = ""

    @handler(ANYONE)
    async def find(self, form: dict[str, Any]) -> None:
        self.agencies, self.told = [], ""
        asked = form_text(form, "instansi", 200)
        found = await executors.run_in_transaction(helpdesk.search_helpdesks, client=client(), asked=asked)
        self.agencies = [_row(agency) for agency in found]
        self.told = _in_words(len(found))
        self._finish()


def _in_words(count: int) -> str:
    if count == 0:
        return "Tidak ada instansi dengan nama itu. Periksa ejaannya, atau hubungi kontak nasional."
    more = " Ketik nama lebih lengkap bila instansi Anda belum tampil." if count == helpdesk.MOST_AGENCIES else ""
    return f"{count} instansi ditemukan.{more}"


def _row(agency: AgencyHelp) -> dict[str, str]:
    if agency.contact is None:
        return {"instansi": agency.instansi, "name": ""}
    return {"instansi": agency.instansi, **asdict(agency.contact)}


def _agency(item: ObjectVar[dict[str, str]]) -> rx.Component:
    heading = rx.el.h3(item["instansi"], class_name="mb-2")
    none = rx.el.p(
        "Instansi ini belum mencantumkan helpdesk. Datangi bagian kepegawaian instansi, atau hubungi kontak nasional."
    )
    kept = contact_card(item, heading, rx.el.p(item["name"], class_name="mb-4"))
    return rx.cond(item["name"], kept, card(heading, none))


def agency_help() -> rx.Component:
    state = AgencyHelpState
    return rx.el.div(
        rx.el.h3("Cari helpdesk instansi Anda"),
        Form.create(
            field(
                "instansi",
                "Nama instansi",
                help_text="Sebagian nama cukup, misalnya kabupaten contoh.",
                autocomplete="organization",
            ),
            submit_button("Cari helpdesk", "Mencari ...", kind="secondary"),
            on_submit=state.find,
            action="/bantuan",
            class_name="form",
        ),
        rx.el.p(state.told, class_name="help mt-4", role="status"),
        rx.el.div(rx.foreach(state.agencies, _agency), class_name="grid gap-4 mt-4"),
        class_name="mt-6",
        custom_attrs={"id": ANCHOR},
    )
