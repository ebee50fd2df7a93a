"""View of `/admin/email`, part Kebijakan."""

from __future__ import annotations

import reflex as rx

from mysapk_web.administration.pages.email.kebijakan_state import LABELS, LONGEST, KebijakanState
from mysapk_web.administration.pages.email.state import PATH
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import description_list, notice_box, section
from mysapk_web.ui.components.forms import hidden, submit_button, text_area
from mysapk_web.ui.components.lists import filter_select


def _form() -> rx.Component:
    state = KebijakanState
    return Form.create(
        filter_select(
            "kebijakan",
            "Alamat yang diterima",
            state.policy,
            ((policy.value, label) for policy, label in LABELS.items()),
        ),
        text_area(
            "domain",
            "Domain email dinas",
            "Satu di setiap baris, misalnya contohkab.go.id. Subdomainnya ikut diterima.",
            rows="4",
            default_value=state.domains,
            max_length=LONGEST,
            spell_check=False,
        ),
        submit_button("Lihat dampaknya", "Menghitung ...", kind="secondary"),
        on_submit=state.preview,
        action=PATH,
        class_name="form",
    )


def _impact() -> rx.Component:
    shown = KebijakanState.shown
    return section(
        "Dampak kebijakan ini",
        description_list(("Alamat yang diterima", shown["heading"]), ("Domain email dinas", shown["domains"])),
        rx.el.ul(rx.foreach(shown["lines"], lambda line: rx.el.li(line)), class_name="bullets mt-4"),
        rx.cond(shown["named"], rx.el.p("Domain yang paling banyak terkena: ", shown["named"], ".", class_name="mt-4")),
        rx.cond(
            shown["grave"],
            rx.el.div(
                notice_box(
                    "Ganti dulu alamat mereka, misalnya lewat impor, sebelum kebijakan ini diterapkan. "
                    "Pegawai yang alamatnya tidak diterima harus menghubungi Anda.",
                    kind="warn",
                ),
                class_name="mt-4",
            ),
        ),
        Form.create(
            hidden("kebijakan", KebijakanState.typed["policy"]),
            hidden("domain", KebijakanState.typed["domains"]),
            hidden("versi", KebijakanState.revision),
            submit_button("Terapkan kebijakan", "Menyimpan ..."),
            on_submit=KebijakanState.save,
            action=PATH,
            class_name="mt-6",
        ),
    )


def kebijakan() -> rx.Component:
    state = KebijakanState
    return rx.fragment(
        section(
            "Kebijakan email",
            rx.el.p("Berlaku untuk seluruh ", state.instansi, ". Sekarang: ", rx.el.strong(state.label), "."),
            rx.el.p(
                "Kebijakan berlaku bagi token, perbaikan alamat, dan impor sesudahnya. Alamat yang tercatat tidak berubah.",
                class_name="help mb-4",
            ),
            _form(),
        ),
        rx.cond(state.shown["heading"], _impact()),
    )
