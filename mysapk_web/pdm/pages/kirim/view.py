from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.pdm.pages.components.matches import matches
from mysapk_web.pdm.pages.components.proposals import changes_table, chip, confirmation, unit_choice
from mysapk_web.pdm.pages.kirim.state import PATH, KirimState
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import dialog_button, empty, notice_box, section, skeleton
from mysapk_web.ui.components.forms import form_messages, hidden, submit_button
from mysapk_web.ui.components.pagination import pager
from mysapk_web.ui.shell import page


def _item(item: Any) -> rx.Component:
    ident = f"kirim-{item['proposal']['id']}"
    return rx.el.li(
        rx.el.div(
            rx.el.h3(item["proposal"]["heading"], ": ", item["proposal"]["title"]),
            rx.el.a(
                "Ubah", rx.el.span(" ", item["proposal"]["title"], class_name="sr-only"), href=item["proposal"]["href"]
            ),
            class_name="check-head",
        ),
        rx.cond(
            item["ready"],
            chip("Siap dikirim", "good"),
            chip("Belum siap", "todo"),
        ),
        rx.cond(
            item["problems"],
            rx.el.ul(rx.foreach(item["problems"], lambda line: rx.el.li(line)), class_name="bullets problems"),
        ),
        rx.cond(
            item["warnings"],
            rx.el.div(
                notice_box(
                    rx.el.p(rx.el.strong("Periksa lagi:")),
                    rx.foreach(item["warnings"], rx.el.p),
                    kind="warn",
                ),
                class_name="mt-3",
            ),
        ),
        matches(item["matches"]),
        changes_table(item["changes"], item["proposal"]["title"], item["emptied"]),
        rx.el.p(
            "Dokumen: ",
            rx.cond(item["documents"], item["documents"].join(", "), "tidak ada"),
            class_name="mt-3",
        ),
        rx.cond(
            item["ready"] & (KirimState.sendable > 1),
            rx.el.div(
                dialog_button(
                    rx.fragment("Kirim ini saja", rx.el.span(" ", item["proposal"]["title"], class_name="sr-only")),
                    ident,
                ),
                confirm_dialog(
                    "Kirim usulan ini saja?",
                    (rx.el.p(item["proposal"]["heading"], ": ", item["proposal"]["title"]),),
                    hidden("usulan", item["proposal"]["id"]),
                    unit_choice(f"unor-{item['proposal']['id']}", KirimState.units, KirimState.usual),
                    confirmation(f"pernyataan-{item['proposal']['id']}"),
                    ident=ident,
                    go=submit_button("Kirim", "Mengirim ..."),
                    on_submit=KirimState.send_one,
                    path=PATH,
                ),
                class_name="mt-4",
            ),
        ),
        class_name="check",
        custom_attrs={"id": f"usulan-{item['proposal']['id']}"},
    )


def _group(item: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(item["label"]),
        rx.el.ul(rx.foreach(item["items"], _item), class_name="records"),
        class_name="section",
    )


def _turn(words: str, number: Any) -> rx.Component:
    """A form, because its answer moves the focus to the top of the page."""
    return Form.create(
        hidden("halaman", number),
        submit_button(words, "Memuat ...", kind="secondary"),
        on_submit=KirimState.turn,
        action=PATH,
        class_name="inline-form",
    )


def _pager() -> rx.Component:
    number = KirimState.number
    return pager(number, KirimState.pages, _turn("Sebelumnya", number - 1), _turn("Berikutnya", number + 1))


def _blockers() -> rx.Component:
    return rx.cond(
        KirimState.blockers,
        section(
            "Kelompok yang belum selesai",
            rx.el.p(
                "Usulan yang siap tetap dapat dikirim sekarang. Bukti pemutakhiran lengkap setelah semuanya selesai.",
                class_name="help mb-4",
            ),
            rx.el.ul(
                rx.foreach(
                    KirimState.blockers,
                    lambda step: rx.el.li(rx.el.a(step["title"], href=step["href"]), ": ", step["text"]),
                ),
                class_name="bullets",
            ),
        ),
    )


def _send() -> rx.Component:
    return rx.cond(
        KirimState.sendable > 0,
        section(
            "Kirim",
            rx.cond(
                KirimState.pages > 1,
                rx.el.p("Semua usulan yang siap dikirim sekaligus, termasuk yang di halaman lain.", class_name="help"),
            ),
            rx.el.p(
                "Setelah dikirim, isian tidak dapat diubah. Usulan dapat ditarik selama belum diverifikasi.",
                class_name="help",
            ),
            Form.create(
                unit_choice("unor", KirimState.units, KirimState.usual),
                confirmation("pernyataan"),
                submit_button(f"Kirim {KirimState.sendable} usulan", "Mengirim ..."),
                on_submit=KirimState.send_all,
                action=PATH,
                class_name="form form-wide",
            ),
        ),
    )


def _check() -> rx.Component:
    return rx.fragment(
        rx.el.p("Pastikan setiap perubahan dan dokumen sudah benar.", class_name="lead"),
        rx.cond(KirimState.closed, rx.el.div(notice_box(rx.el.p(KirimState.closed), kind="warn"), class_name="mt-4")),
        rx.cond(
            KirimState.groups,
            rx.fragment(
                rx.cond(
                    KirimState.pages > 1,
                    rx.el.p(
                        f"{KirimState.total} usulan dalam {KirimState.pages} halaman. Periksa semua halaman sebelum mengirim.",
                        class_name="help mt-4",
                    ),
                ),
                rx.foreach(KirimState.groups, _group),
                _pager(),
            ),
            rx.el.div(
                empty(
                    rx.fragment(
                        "Belum ada usulan yang dapat dikirim. ",
                        rx.el.a("Pilih kelompok data", href="/pdm"),
                        ", lalu usulkan perubahan di sana.",
                    )
                ),
                class_name="mt-6",
            ),
        ),
        _send(),
        _blockers(),
    )


def _sent() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.ul(rx.foreach(KirimState.sent, lambda title: rx.el.li(title)), class_name="bullets"),
            rx.el.p("Usulan Anda menunggu diperiksa verifikator ", rx.el.strong(KirimState.unit), "."),
            class_name="notice notice-good stack mt-4",
        ),
        rx.cond(
            KirimState.kept,
            section(
                "Belum terkirim",
                rx.el.ul(
                    rx.foreach(KirimState.kept, lambda pair: rx.el.li(rx.el.strong(pair[0]), ": ", pair[1])),
                    class_name="bullets",
                ),
            ),
        ),
        section(
            "Selanjutnya",
            rx.el.ul(
                rx.el.li("Setiap langkah diberitahukan di Notifikasi dan lewat email, sesuai pilihan Anda di sana."),
                rx.el.li("Bila usulan dikembalikan, perbaiki lalu kirim kembali sebelum verifikasi berakhir."),
                class_name="bullets",
            ),
            rx.el.p(
                rx.cond(
                    KirimState.complete,
                    rx.el.a("Unduh bukti pemutakhiran", href="/pdm/bukti", class_name="button button-primary"),
                    rx.el.a("Lanjutkan kelompok lain", href="/pdm", class_name="button button-primary"),
                ),
                rx.el.a("Lihat usulan saya", href="/usulan", class_name="button button-secondary"),
                class_name="buttons mt-6",
            ),
        ),
    )


def kirim() -> rx.Component:
    return page(
        rx.el.p(rx.el.a("Kembali ke Data saya", href="/pdm"), class_name="back"),
        form_messages(),
        rx.el.h1(rx.cond(KirimState.sent, "Usulan terkirim", "Periksa sebelum mengirim")),
        rx.cond(KirimState.ready, rx.cond(KirimState.sent, _sent(), _check()), skeleton(8)),
        current="/pdm",
    )
