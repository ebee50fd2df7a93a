"""What the import part of `/admin/email` looks like."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.administration.email_imports.upload_store import MAX_BYTES
from mysapk_web.administration.pages.email.behaviour import ListUpload
from mysapk_web.administration.pages.email.impor_state import PATH, CountRow, ImporState, LineRow, RunRow
from mysapk_web.platform import spreadsheet_writer
from mysapk_web.platform.spreadsheet_writer import FileFormat
from mysapk_web.ui.components.behaviour import Form, Polling
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import (
    badge,
    description_list,
    dialog_button,
    empty,
    notice_box,
    section,
    table,
    table_cell,
    table_row,
)
from mysapk_web.ui.components.forms import hidden, submit_button
from mysapk_web.ui.components.lists import download_formats_form, filter_field
from mysapk_web.ui.components.pagination import link_pager

LIST = f"{PATH}?bagian=impor"


def _upload() -> rx.Component:
    return section(
        "Unggah berkas",
        rx.el.p(
            "Berkas diperiksa lebih dulu. Belum ada alamat yang berubah sebelum Anda menerapkannya.", class_name="help"
        ),
        Form.create(
            ListUpload.create(
                go=ImporState.go,
                to="/admin/email/unggah",
                limit=MAX_BYTES,
                on_stored=ImporState.stored,
                custom_attrs={"id": "berkas"},
            ),
            submit_button("Unggah dan periksa", "Menyiapkan ..."),
            on_submit=ImporState.begin,
            action=PATH,
            class_name="form",
        ),
    )


def _run(item: ObjectVar[RunRow]) -> rx.Component:
    return table_row(
        table_cell("Berkas", rx.el.a(item["name"], href=item["href"])),
        table_cell("Keadaan", badge(item["state"], item["tone"])),
        table_cell("Baris baik", rx.el.span(item["good"], " dari ", item["total"])),
        table_cell("Asal", rx.el.span(item["source"])),
        table_cell("Dimulai oleh", rx.el.span(item["by"])),
        table_cell("Waktu", rx.el.span(item["at"])),
    )


def _runs() -> rx.Component:
    return section(
        "Impor terakhir",
        rx.cond(
            ImporState.runs,
            table(
                "Impor terakhir",
                ["Berkas", "Keadaan", "Baris baik", "Asal", "Dimulai oleh", "Waktu"],
                rx.foreach(ImporState.runs, _run),
            ),
            empty("Belum ada impor. Unggah berkas pertama di atas."),
        ),
        link_pager(ImporState.number, ImporState.pages, ImporState.before, ImporState.after),
    )


def _progress() -> rx.Component:
    run, named = ImporState.run, {"aria-labelledby": "kemajuan-impor"}
    return rx.cond(
        run["busy"],
        rx.el.div(
            rx.el.p(
                rx.el.strong(run["state"], " ..."),
                rx.cond(run["measured"], rx.fragment(" ", run["percent"], " %")),
                custom_attrs={"id": "kemajuan-impor"},
            ),
            # Without a value the bar itself says that it isn't known how far the work is.
            rx.cond(
                run["measured"],
                rx.el.progress(value=run["percent"], max=100, custom_attrs=named),
                rx.el.progress(max=100, custom_attrs=named),
            ),
            rx.el.p("Anda boleh meninggalkan halaman ini; pekerjaan berjalan terus.", class_name="help"),
            class_name="progress mt-6",
        ),
    )


def _steer(
    when: Any,
    ident: str,
    opener: rx.Component,
    go: str,
    on_submit: Any,
    heading: str,
    *words: rx.Component,
    kind: str = "danger",
    stay: str = "Jangan",
) -> rx.Component:
    """Button and dialog for something that is done to the run that is shown."""
    return rx.cond(
        when,
        rx.fragment(
            opener,
            confirm_dialog(
                heading,
                words,
                hidden("impor", ImporState.run["id"]),
                ident=ident,
                go=submit_button(go, "Memulai ...", kind=kind),
                on_submit=on_submit,
                path=PATH,
                stay=stay,
            ),
        ),
    )


def _acts() -> rx.Component:
    run = ImporState.run
    return rx.el.div(
        _steer(
            run["waiting"] & (run["good"] > 0),
            "terapkan",
            dialog_button(rx.fragment("Terapkan ", run["good"], " baris"), "terapkan", kind="primary"),
            "Terapkan",
            ImporState.apply,
            "Terapkan perubahan alamat?",
            rx.el.p("Alamat email dari ", rx.el.strong(run["good"], " baris"), " diganti sekarang."),
            rx.el.ul(
                rx.el.li("Token dan sesi pegawai yang alamatnya berganti tidak berlaku lagi."),
                rx.el.li("Alamat lama dan alamat baru sama-sama diberi tahu."),
                rx.el.li("Baris lain tidak diubah; sebabnya ada di laporan."),
                class_name="list-disc pl-5",
            ),
            kind="primary",
            stay="Batal",
        ),
        _steer(
            run["waiting"],
            "buang",
            dialog_button("Buang impor ini", "buang"),
            "Buang",
            ImporState.discard,
            "Buang impor ini?",
            rx.el.p(
                "Belum ada alamat yang diganti, dan tidak akan ada. Isi berkas dan laporannya ikut dihapus; unggah lagi bila "
                "masih diperlukan."
            ),
        ),
        _steer(
            run["may_stop"],
            "hentikan",
            dialog_button("Hentikan", "hentikan", kind="danger"),
            "Hentikan impor",
            ImporState.stop,
            "Hentikan impor ini?",
            rx.el.p(
                "Alamat yang sudah diganti tetap berlaku dan masih dapat dikembalikan sesudahnya. Baris selebihnya tidak "
                "diterapkan dan dicantumkan dalam laporan."
            ),
        ),
        _steer(
            run["may_undo"],
            "batalkan",
            dialog_button("Batalkan impor ini", "batalkan", kind="danger"),
            "Kembalikan alamat",
            ImporState.undo,
            "Batalkan impor ini?",
            rx.el.p(
                "Alamat sebelumnya dikembalikan, tetapi hanya bagi pegawai yang alamatnya masih sama dengan hasil impor "
                "ini. Alamat yang sudah diubah lagi dibiarkan. Pegawai diberi tahu dan harus masuk lagi."
            ),
        ),
        class_name="buttons mt-6",
    )


def _downloads() -> rx.Component:
    run = ImporState.run
    return rx.cond(
        run["has_rows"] & (run["rest"] > 0),
        rx.el.div(
            rx.el.p(
                "Laporan ", run["rest"], " baris lain, dengan sebabnya. Setiap unduhan dicatat.", class_name="mb-2"
            ),
            download_formats_form(
                f"{PATH}/laporan",
                {"impor": run["id"]},
                xlsx=run["rest"] <= spreadsheet_writer.MAX_ROWS[FileFormat.XLSX],
            ),
            class_name="mt-4",
        ),
    )


def _count(item: ObjectVar[CountRow]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            item["label"],
            " ",
            badge(item["count"], item["tone"]),
            href=item["href"],
            class_name="inline-block py-2",
            custom_attrs={"aria-current": rx.cond(item["current"], "true", "false")},
        )
    )


def _line(item: ObjectVar[LineRow]) -> rx.Component:
    return table_row(
        table_cell("Baris", rx.el.span(item["line"])),
        table_cell("NIP", rx.el.div(item["nip"], rx.cond(item["nama"], rx.el.p(item["nama"], class_name="help")))),
        table_cell(
            "Alamat",
            rx.el.div(
                rx.cond(item["old"], rx.el.p(rx.el.s(item["old"]), class_name="help")),
                rx.el.span(item["email"]),
                class_name="break-anywhere",
            ),
        ),
        table_cell("Hasil", rx.el.div(badge(item["label"], item["tone"]), rx.el.p(item["note"], class_name="help"))),
    )


def _rows() -> rx.Component:
    state = ImporState
    return section(
        "Hasil pemeriksaan",
        rx.el.ul(rx.foreach(state.counts, _count), class_name="flex flex-wrap gap-x-6 gap-y-1"),
        Form.create(
            filter_field("cari", "NIP", state.nip, input_mode="numeric"),
            rx.el.div(submit_button("Cari", "Mencari ..."), class_name="buttons"),
            on_submit=state.search,
            action=PATH,
            class_name="filter",
        ),
        rx.el.p(state.found, class_name="help mt-6 mb-2", role="status"),
        rx.cond(
            state.lines,
            table("Baris berkas", ["Baris", "NIP", "Alamat", "Hasil"], rx.foreach(state.lines, _line)),
            empty("Tidak ada baris yang cocok. Pilih hasil lain atau hapus pencarian NIP."),
        ),
        link_pager(state.number, state.pages, state.before, state.after),
    )


def _one() -> rx.Component:
    run = ImporState.run
    return rx.fragment(
        rx.el.p(rx.el.a("Kembali ke daftar impor", href=LIST, class_name="inline-block py-2"), class_name="mt-6"),
        section(
            "Impor",
            description_list(
                ("Berkas", run["name"]),
                ("Keadaan", badge(run["state"], run["tone"])),
                ("Baris baik", rx.fragment(run["good"], " dari ", run["total"])),
                ("Alamat diganti", rx.fragment(run["applied"])),
                ("Dikembalikan", rx.fragment(run["undone"])),
                ("Asal", run["source"]),
                ("Dimulai oleh", run["by"]),
                ("Waktu", run["at"]),
            ),
            rx.cond(run["error"], rx.el.div(notice_box(run["error"], kind="warn"), class_name="mt-4")),
            _progress(),
            _acts(),
            _downloads(),
        ),
        rx.cond(run["has_rows"], rx.cond(ImporState.counts, _rows())),
        Polling.create(active=run["busy"], every=0.7, on_tick=ImporState.look_again),
    )


def impor() -> rx.Component:
    """The part of the page."""
    return rx.cond(
        ImporState.open,
        rx.cond(ImporState.run["id"] > 0, _one(), rx.el.p(rx.el.a("Kembali ke daftar impor", href=LIST))),
        rx.fragment(_upload(), _runs()),
    )
