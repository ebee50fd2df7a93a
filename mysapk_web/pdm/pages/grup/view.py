from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.pdm.pages.components.declaration import declaration
from mysapk_web.pdm.pages.components.proposals import (
    chip,
    documents,
    history_list,
    reason_box,
    withdraw_form,
)
from mysapk_web.pdm.pages.components.widgets import NamedItem, RouteGuard
from mysapk_web.pdm.pages.grup.state import PAGE_SIZE, GrupState
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import Declaration
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import (
    empty,
    notice_box,
    skeleton,
)
from mysapk_web.ui.components.forms import form_messages, hidden, submit_button
from mysapk_web.ui.shell import page

PATH = "/pdm"


def _begin(
    label: Any, waiting: str, *, action: RecordAction, kind: Any, record: Any = "", style: Any = "secondary"
) -> rx.Component:
    return Form.create(
        hidden("tindakan", action.value),
        hidden("jenis", kind),
        hidden("riwayat", record),
        submit_button(label, waiting, kind=style),
        on_submit=GrupState.begin,
        action=PATH,
        class_name="inline-form",
    )


def _named(word: str, what: Any) -> rx.Component:
    return rx.fragment(word, rx.el.span(" ", what, class_name="sr-only"))


def _proposal(item: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(chip(item["state_label"], item["tone"]), " ", rx.el.span(item["heading"], class_name="help")),
        rx.el.p(rx.el.strong(item["title"])),
        rx.el.p(item["meaning"]),
        rx.el.p(item["when"], class_name="help"),
        reason_box(item),
        documents(item),
        rx.el.div(
            rx.cond(
                item["may_edit"] | item["is_draft"],
                rx.el.a(
                    rx.cond(item["is_draft"], "Lanjutkan", "Perbaiki"),
                    rx.el.span(" ", item["title"], class_name="sr-only"),
                    href=item["href"],
                    class_name="button button-primary",
                ),
                rx.el.a(_named("Lihat isian", item["title"]), href=item["href"], class_name="button button-secondary"),
            ),
            rx.cond(item["may_withdraw"], withdraw_form(item, GrupState.withdraw)),
            class_name="buttons",
        ),
        rx.cond(item["is_draft"], rx.fragment(), rx.el.details(rx.el.summary("Perjalanan usulan"), history_list(item))),
        class_name="proposal",
    )


def _record(item: Any, kind: Any) -> rx.Component:
    on_file = rx.el.div(
        rx.el.p("Di berkas", class_name="side-label"),
        rx.el.h3(item["title"]),
        rx.cond(item["subtitle"], rx.el.p(item["subtitle"], class_name="help")),
        rx.el.details(
            rx.el.summary(_named("Rincian", item["title"])),
            rx.el.dl(
                rx.foreach(item["rows"], lambda pair: rx.el.div(rx.el.dt(pair[0]), rx.el.dd(pair[1]))),
                class_name="facts",
            ),
        ),
        rx.el.div(
            rx.cond(
                item["may_change"],
                _begin(
                    _named("Ubah", item["title"]),
                    "Membuka ...",
                    action=RecordAction.CHANGE,
                    kind=kind["name"],
                    record=item["id"],
                ),
            ),
            rx.cond(
                item["may_delete"],
                _begin(
                    _named("Usulkan hapus", item["title"]),
                    "Membuka ...",
                    action=RecordAction.DELETE,
                    kind=kind["name"],
                    record=item["id"],
                    style="danger",
                ),
            ),
            class_name="buttons",
        ),
        rx.cond(item["why_not"] & (item["pending"].length() == 0), rx.el.p(item["why_not"], class_name="help")),
    )
    return NamedItem.create(
        on_file,
        rx.cond(
            item["pending"],
            rx.el.div(
                rx.el.p("Diusulkan", class_name="side-label"),
                rx.foreach(item["pending"], _proposal),
                class_name="proposed",
            ),
        ),
        ident=f"riwayat-{item['id']}",
        class_name="record",
    )


def _more(hidden: Any, what: Any) -> rx.Component:
    return rx.cond(
        hidden > 0,
        rx.el.p(
            rx.el.button(
                f"Tampilkan {PAGE_SIZE} berikutnya (masih {hidden})",
                rx.el.span(" ", what, class_name="sr-only"),
                type="button",
                on_click=GrupState.more,
                class_name="button button-secondary",
            ),
            class_name="mt-4",
        ),
    )


def _kind(item: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(item["label"]),
        rx.cond(
            item["records"],
            rx.el.ul(rx.foreach(item["records"], lambda record: _record(record, item)), class_name="records"),
            empty(
                rx.cond(
                    item["urged"],
                    "Belum ada riwayat di berkas. Tambahkan datanya di sini.",
                    "Belum ada riwayat di berkas. Bila Anda memilikinya, tambahkan di sini.",
                )
            ),
        ),
        _more(item["hidden"], item["label"]),
        rx.cond(
            item["proposals"],
            rx.el.div(
                rx.el.h3("Usulan baru, belum ada di berkas"),
                rx.el.ul(
                    rx.foreach(item["proposals"], lambda row: rx.el.li(_proposal(row), class_name="record")),
                    class_name="records",
                ),
                _more(item["hidden_proposals"], f"usulan {item['label']}"),
                class_name="mt-6",
            ),
        ),
        rx.cond(
            item["can_add"],
            rx.el.div(
                _begin(
                    f"Tambah {item['noun']}",
                    "Membuka ...",
                    action=RecordAction.ADD,
                    kind=item["name"],
                    style=rx.cond(item["urged"], "primary", "secondary"),
                ),
                class_name="mt-5",
            ),
            rx.cond(item["why_not"], rx.el.p(item["why_not"], class_name="help mt-5")),
        ),
        class_name="section",
    )


def _statement() -> rx.Component:
    return rx.el.div(
        rx.cond(
            GrupState.statement,
            rx.el.div(
                rx.el.p(f"Anda menyatakan: {GrupState.stated}."),
                rx.cond(
                    GrupState.closed == "",
                    Form.create(
                        submit_button("Batalkan pernyataan", "Membatalkan ...", kind="secondary"),
                        on_submit=GrupState.undo,
                        action=PATH,
                        class_name="mt-3",
                    ),
                ),
                class_name="notice notice-info",
            ),
        ),
        rx.cond(
            GrupState.may_confirm | GrupState.may_have_none,
            rx.el.div(
                rx.cond(
                    GrupState.may_confirm,
                    declaration(
                        Declaration.SESUAI,
                        f"Anda sudah memeriksa {GrupState.noun} di bawah ini, dan semuanya benar dan lengkap.",
                        on_submit=GrupState.declare,
                        path=PATH,
                    ),
                ),
                rx.cond(
                    GrupState.may_have_none,
                    declaration(
                        Declaration.TIDAK_ADA,
                        rx.cond(
                            GrupState.none_hint,
                            GrupState.none_hint,
                            f"Anda tidak memiliki riwayat {GrupState.noun}.",
                        ),
                        on_submit=GrupState.declare,
                        path=PATH,
                    ),
                ),
                class_name="buttons",
            ),
            rx.cond(
                (GrupState.tone == "todo") & (GrupState.closed == ""),
                rx.el.p(GrupState.why_no_statement, GrupState.why_not_confirmed, class_name="help"),
            ),
        ),
        class_name="mt-6",
    )


def _content() -> rx.Component:
    return rx.fragment(
        rx.el.p(GrupState.description, class_name="lead"),
        rx.el.p(
            chip(GrupState.status, GrupState.tone),
            rx.el.span(GrupState.duty, class_name="help"),
            class_name="badges mt-4",
        ),
        rx.cond(
            GrupState.closed,
            rx.el.div(notice_box(rx.el.p(GrupState.closed), kind="warn"), class_name="mt-4"),
        ),
        _statement(),
        rx.foreach(GrupState.kinds, _kind),
    )


def _heading() -> rx.Component:
    known = rx.cond(
        GrupState.ready,
        RouteGuard.create(GrupState.label, last=GrupState.slug, instead="Kelompok data"),
        "Kelompok data",
    )
    return rx.el.h1(rx.cond(GrupState.unknown, "Kelompok data tidak ditemukan", known))


def _unknown() -> rx.Component:
    return rx.el.p("Kelompok data ini tidak ada, atau tidak berlaku bagi jenis pegawai Anda.", class_name="lead")


def grup() -> rx.Component:
    return page(
        rx.el.p(rx.el.a("Kembali ke Data saya", href="/pdm"), class_name="back"),
        form_messages(),
        _heading(),
        rx.cond(
            GrupState.ready,
            rx.cond(GrupState.unknown, _unknown(), RouteGuard.create(_content(), last=GrupState.slug, instead="")),
            skeleton(8),
        ),
        current=PATH,
    )
