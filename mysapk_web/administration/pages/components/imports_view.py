"""What pages of imports look like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.administration.pages.components.imports_behaviour import ListUpload
from mysapk_web.administration.pages.components.imports_places import (
    ALL_PLACE,
    ImportsWords,
)
from mysapk_web.administration.pages.components.imports_rows import ColumnRow, CountRow, ImportKindRow, LineRow, RunRow
from mysapk_web.administration.pages.components.imports_state import ImporState
from mysapk_web.platform import spreadsheet_writer
from mysapk_web.platform.imports.upload_store import MAX_BYTES
from mysapk_web.platform.spreadsheet_writer import FileFormat
from mysapk_web.ui.components.behaviour import Form, Polling, UrlBoundSelect
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
from mysapk_web.ui.components.forms import field_attrs, form_group, hidden, submit_button
from mysapk_web.ui.components.lists import download_formats_form, filter_field
from mysapk_web.ui.components.pagination import link_pager


def _upload(words: ImportsWords) -> rx.Component:
    state = ImporState
    return section(
        "Unggah berkas",
        rx.el.p(words.before_upload, class_name="help"),
        rx.cond(state.kind_undo_refusal != "", rx.el.div(notice_box(state.kind_undo_refusal), class_name="mt-4")),
        Form.create(
            hidden("jenis", state.kind),
            ListUpload.create(
                go=state.go,
                to=state.to,
                limit=MAX_BYTES,
                columns=state.required,
                on_stored=state.stored,
                custom_attrs={"id": "berkas"},
            ),
            submit_button("Unggah dan periksa", "Menyiapkan ..."),
            on_submit=state.begin,
            action=words.path,
            class_name="form",
        ),
    )


def _option(item: ObjectVar[ImportKindRow]) -> rx.Component:
    return rx.el.option(item["label"], value=item["value"])


def _column(item: ObjectVar[ColumnRow]) -> rx.Component:
    return table_row(
        table_cell("Kolom", rx.el.div(rx.el.code(item["name"]), rx.cond(item["required"], rx.el.span(" (wajib)")))),
        table_cell("Isi", rx.el.span(item["help"])),
        table_cell("Contoh", rx.el.span(item["example"], class_name="break-anywhere")),
    )


def _kinds() -> rx.Component:
    state = ImporState
    control = UrlBoundSelect.create(
        rx.foreach(state.kinds, _option),
        name="jenis",
        value=state.kind,
        class_name="input",
        custom_attrs=field_attrs("jenis", has_help=False),
    )
    return rx.fragment(
        section(
            "Jenis data",
            Form.create(
                form_group("jenis", "Yang diimpor", "", control),
                rx.el.div(submit_button("Pilih jenis", "Membuka ...", kind="secondary"), class_name="buttons"),
                on_submit=state.choose,
                action=ALL_PLACE.path,
                class_name="filter",
            ),
            rx.el.h3(state.kind_label, class_name="mt-6"),
            rx.el.p(
                "Isi templat ini, atau unggah berkas sendiri dengan nama kolom yang sama pada baris pertama.",
                class_name="help mb-2",
            ),
            download_formats_form(f"{ALL_PLACE.path}/templat", {"jenis": state.kind}),
            rx.el.details(
                rx.el.summary("Kolom berkas", class_name="py-2"),
                table("Kolom berkas", ["Kolom", "Isi", "Contoh"], rx.foreach(state.columns, _column)),
                class_name="mt-4",
            ),
        ),
    )


def _run(item: ObjectVar[RunRow], words: ImportsWords) -> rx.Component:
    kind = (table_cell("Jenis", rx.el.span(item["kind"])),) if words.with_kinds else ()
    return table_row(
        table_cell("Berkas", rx.el.a(item["name"], href=item["href"])),
        *kind,
        table_cell("Keadaan", badge(item["state"], item["tone"])),
        table_cell("Baris baik", rx.el.span(item["good"], " dari ", item["total"])),
        table_cell("Asal", rx.el.span(item["source"])),
        table_cell("Dimulai oleh", rx.el.span(item["by"])),
        table_cell("Waktu", rx.el.span(item["at"])),
    )


def _runs(words: ImportsWords) -> rx.Component:
    kind = ["Jenis"] if words.with_kinds else []
    return section(
        "Impor terakhir",
        rx.cond(
            ImporState.runs,
            table(
                "Impor terakhir",
                ["Berkas", *kind, "Keadaan", "Baris baik", "Asal", "Dimulai oleh", "Waktu"],
                rx.foreach(ImporState.runs, lambda item: _run(item, words)),
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


def _decision(
    when: Any,
    ident: str,
    opener: rx.Component,
    go: str,
    on_submit: Any,
    heading: str,
    sentences: Sequence[rx.Component],
    path: str,
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
                tuple(sentences),
                hidden("impor", ImporState.run["id"]),
                ident=ident,
                go=submit_button(go, "Memulai ...", kind=kind),
                on_submit=on_submit,
                path=path,
                stay=stay,
            ),
        ),
    )


def _acts(words: ImportsWords) -> rx.Component:
    run = ImporState.run
    return rx.el.div(
        _decision(
            run["waiting"] & (run["good"] > 0),
            "terapkan",
            dialog_button(rx.fragment("Terapkan ", run["good"], " baris"), "terapkan", kind="primary"),
            "Terapkan",
            ImporState.apply,
            words.apply_question,
            [
                rx.el.p(words.apply_what[0], rx.el.strong(run["good"], " baris"), words.apply_what[1]),
                rx.el.ul(*(rx.el.li(point) for point in words.apply_points), class_name="list-disc pl-5"),
            ],
            words.path,
            kind="primary",
            stay="Batal",
        ),
        _decision(
            run["waiting"],
            "buang",
            dialog_button("Buang impor ini", "buang"),
            "Buang",
            ImporState.discard,
            "Buang impor ini?",
            [rx.el.p(words.discard)],
            words.path,
        ),
        _decision(
            run["may_stop"],
            "hentikan",
            dialog_button("Hentikan", "hentikan", kind="danger"),
            "Hentikan impor",
            ImporState.stop,
            "Hentikan impor ini?",
            [rx.el.p(words.stop)],
            words.path,
        ),
        _decision(
            run["may_undo"],
            "batalkan",
            dialog_button("Batalkan impor ini", "batalkan", kind="danger"),
            words.undo_button,
            ImporState.undo,
            "Batalkan impor ini?",
            [rx.el.p(words.undo)],
            words.path,
        ),
        class_name="buttons mt-6",
    )


def _downloads(words: ImportsWords) -> rx.Component:
    run = ImporState.run
    return rx.cond(
        run["has_rows"] & (run["rest"] > 0),
        rx.el.div(
            rx.el.p(
                "Laporan ", run["rest"], " baris lain, dengan sebabnya. Setiap unduhan dicatat.", class_name="mb-2"
            ),
            download_formats_form(
                f"{words.path}/laporan",
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


def _line(item: ObjectVar[LineRow], words: ImportsWords) -> rx.Component:
    return table_row(
        table_cell("Baris", rx.el.span(item["line"])),
        table_cell(words.key, rx.el.div(item["nip"], rx.cond(item["nama"], rx.el.p(item["nama"], class_name="help")))),
        table_cell(
            words.content,
            rx.el.div(
                rx.cond(item["old"], rx.el.p(rx.el.s(item["old"]), class_name="help")),
                rx.el.span(item["content"]),
                class_name="break-anywhere",
            ),
        ),
        table_cell("Hasil", rx.el.div(badge(item["label"], item["tone"]), rx.el.p(item["note"], class_name="help"))),
    )


def _rows(words: ImportsWords) -> rx.Component:
    state = ImporState
    return section(
        "Hasil pemeriksaan",
        rx.el.ul(rx.foreach(state.counts, _count), class_name="flex flex-wrap gap-x-6 gap-y-1"),
        Form.create(
            filter_field("cari", words.key, state.nip, input_mode="text" if words.with_kinds else "numeric"),
            rx.el.div(submit_button("Cari", "Mencari ..."), class_name="buttons"),
            on_submit=state.search,
            action=words.path,
            class_name="filter",
        ),
        rx.el.p(state.found, class_name="help mt-6 mb-2", role="status"),
        rx.cond(
            state.lines,
            table(
                "Baris berkas",
                ["Baris", words.key, words.content, "Hasil"],
                rx.foreach(state.lines, lambda item: _line(item, words)),
            ),
            empty(f"Tidak ada baris yang cocok. Pilih hasil lain atau hapus pencarian {words.key}."),
        ),
        link_pager(state.number, state.pages, state.before, state.after),
    )


def _one(words: ImportsWords) -> rx.Component:
    run = ImporState.run
    return rx.fragment(
        rx.el.p(
            rx.el.a("Kembali ke daftar impor", href=ImporState.list_href, class_name="inline-block py-2"),
            class_name="mt-6",
        ),
        section(
            "Impor",
            description_list(
                *((("Jenis", run["kind"]),) if words.with_kinds else ()),
                ("Berkas", run["name"]),
                ("Keadaan", badge(run["state"], run["tone"])),
                ("Baris baik", rx.fragment(run["good"], " dari ", run["total"])),
                (words.applied, rx.fragment(run["applied"])),
                ("Dikembalikan", rx.fragment(run["undone"])),
                ("Asal", run["source"]),
                ("Dimulai oleh", run["by"]),
                ("Waktu", run["at"]),
            ),
            rx.cond(run["error"], rx.el.div(notice_box(run["error"], kind="warn"), class_name="mt-4")),
            _progress(),
            rx.cond(
                (run["undo_refusal"] != "") & ~run["busy"],
                rx.el.div(notice_box(run["undo_refusal"]), class_name="mt-4"),
            ),
            _acts(words),
            _downloads(words),
        ),
        rx.cond(run["has_rows"], rx.cond(ImporState.counts, _rows(words))),
        Polling.create(active=run["busy"], every=0.7, on_tick=ImporState.look_again),
    )


def imports(words: ImportsWords) -> rx.Component:
    """The runs, or the one that is open."""
    back = rx.el.p(rx.el.a("Kembali ke daftar impor", href=ImporState.list_href))
    return rx.cond(
        ImporState.open,
        rx.cond(ImporState.run["id"] > 0, _one(words), back),
        rx.fragment(_kinds() if words.with_kinds else rx.fragment(), _upload(words), _runs(words)),
    )
