"""What the lists of people who can still do something share: reminders to those who are ticked, or to all of them."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

import reflex as rx

from mysapk_web.platform import executors
from mysapk_web.platform.pagination import Page
from mysapk_web.platform.rules.formatting import format_number
from mysapk_web.progress.pages.components.person_cells import HEADS, REMARK, person_cells, remark_cell
from mysapk_web.progress.pages.people_list import MAY, Choice, PeopleList, list_page, narrowed_list
from mysapk_web.progress.reminders import ReminderResult
from mysapk_web.progress.rules import Report
from mysapk_web.ui.access import actor, handler
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import dialog_button, table, table_cell, table_row
from mysapk_web.ui.components.forms import submit_button

_CHOSEN: Final = re.compile(r"p([1-9][0-9]{0,9})")
_ALL: Final = "ingatkan-semua"


class ReminderList(PeopleList, mixin=True):
    """A list from which people are reminded."""

    NOBODY: ClassVar[str]
    """Notice when nobody could be reminded."""

    acts: int = 0
    """Goes up with every reminder that was written: that clears the ticks, which a failure keeps."""

    @handler(MAY)
    async def remind_chosen(self, form: dict[str, Any]) -> None:
        """Remind the people who are ticked."""
        names = [name for name in form if isinstance(name, str)] if isinstance(form, dict) else []
        await self._remind([int(match[1]) for name in names[:100] if (match := _CHOSEN.fullmatch(name))])

    @handler(MAY)
    async def remind_all(self, form: dict[str, Any]) -> None:
        """Remind everybody whom the filters leave."""
        await self._remind(None)

    async def _remind(self, chosen: list[int] | None) -> None:
        wanted = self.KIND.filter_of(self.filters)
        done = await executors.run_in_transaction(self.KIND.remind, actor(), wanted, account_ids=chosen)
        await self._look(self.number)
        self.acts += 1
        self._finish(notice=_notice(done) if done.count else self.NOBODY)

    async def _find(self, wanted: Any, page: int) -> Page[Any]:
        self.filters = {**self.filters, **self.KIND.shown(wanted)}
        return await executors.run_read_only(self.KIND.report.page, actor(), wanted, page)


def _notice(done: ReminderResult) -> str:
    more = " Masih ada yang lain; ulangi untuk melanjutkan." if done.more else ""
    return f"Pengingat dikirim kepada {format_number(done.count)} pegawai.{more}"


def reminder_page(
    state: type[ReminderList],
    heading: str,
    *,
    aside: str,
    choices: tuple[Choice, ...],
    caption: str,
    reach: str,
    nothing: str,
    report: Report,
    columns: tuple[tuple[str, str], ...] = (),
) -> rx.Component:
    """The page of such a list.

    Args:
        state: Of the page.
        heading: Text of the `h1`.
        aside: Text of the link to the dashboard of the same node.
        choices: What the list can be narrowed by.
        caption: Of the table.
        reach: Whom a reminder to all reaches, and whom it does not.
        nothing: Shown where nobody is left.
        report: What the file is.
        columns: Head and key of what a row says beside what every row says.
    """
    people = rx.fragment(
        Form.create(
            table(
                caption,
                ["Pilih", *HEADS, *(head for head, _ in columns), REMARK, "Terakhir diingatkan"],
                rx.foreach(state.rows, lambda item: _row(state, item, columns)),
            ),
            rx.el.div(
                submit_button("Ingatkan yang dipilih", "Menulis surat ..."),
                dialog_button("Ingatkan semua dalam daftar", _ALL),
                class_name="buttons mt-6",
            ),
            on_submit=state.remind_chosen,
            action=state.PATH,
        ),
        confirm_dialog(
            "Ingatkan semua dalam daftar ini?",
            (rx.el.p(reach),),
            ident=_ALL,
            go=submit_button("Ingatkan semua", "Menulis surat ..."),
            on_submit=state.remind_all,
            path=state.PATH,
        ),
    )
    content = rx.fragment(
        rx.el.p(rx.el.a(aside, href=state.aside), class_name="mt-2"),
        rx.el.p(state.place_name, class_name="lead"),
        narrowed_list(
            state,
            choices,
            people,
            nothing=nothing,
            report=report,
            about_file="Semua baris sesuai saringan di atas. Setiap unduhan dicatat.",
        ),
    )
    return list_page(state, heading, content)


def _row(state: type[ReminderList], item: Any, columns: tuple[tuple[str, str], ...]) -> rx.Component:
    return table_row(
        table_cell("Pilih", _tick(state, item)),
        *person_cells(item),
        *(table_cell(head, rx.el.span(item[key])) for head, key in columns),
        remark_cell(item),
        table_cell("Terakhir diingatkan", rx.el.span(item["reminded"])),
    )


def _tick(state: type[ReminderList], item: Any) -> rx.Component:
    return rx.cond(
        item["can_remind"],
        rx.el.label(
            rx.el.input(type="checkbox", name=item["key"], key=f"{item['key']}-{state.acts}"),
            rx.el.span("Pilih ", item["name"], class_name="sr-only"),
            class_name="tick",
        ),
    )
