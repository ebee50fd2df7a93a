from __future__ import annotations

from dataclasses import replace
from typing import Any

from mysapk_web.pdm import assignment, submit
from mysapk_web.pdm import form as pdm_form
from mysapk_web.pdm import review as pdm_review
from mysapk_web.pdm.overview import NextStep
from mysapk_web.pdm.review import ReviewGroup
from mysapk_web.platform import executors
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.pagination import page_bounds
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.text import in_sentence
from mysapk_web.ui.access import LOGGED_IN, actor, handler, log_denied
from mysapk_web.ui.formatting import NOT_CONFIRMED, form_unit
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import AppState, form_text

PATH = "/pdm/kirim"
PAGE_SIZE = 10
"""Proposals on a page; sending takes all that are ready, whatever page is shown."""


def page_of_proposal(groups: list[ReviewGroup], usulan: int) -> int:
    """The first for a proposal that is on none."""
    numbers = [item.proposal.id for group in groups for item in group.items]
    return numbers.index(usulan) // PAGE_SIZE + 1 if usulan in numbers else 1


def group_rows(groups: list[ReviewGroup], number: int) -> list[ReviewGroup]:
    """One page, under the names of its groups; a group may continue on the next."""
    first, found = (number - 1) * PAGE_SIZE, []
    end = first + PAGE_SIZE
    for group in groups:
        items = group.items[max(0, first) : max(0, end)]
        first, end = first - len(group.items), end - len(group.items)
        if items:
            found.append(replace(group, items=items))
    return found


class KirimState(AppState):
    ready: bool = False
    groups: list[ReviewGroup] = []
    blockers: list[NextStep] = []
    sendable: int = 0
    total: int = 0
    number: int = 1
    pages: int = 1
    units: list[list[str]] = []
    usual: str = ""
    unit: str = ""
    """Where the proposals just sent went."""
    closed: str = ""
    sent: list[str] = []
    kept: list[list[str]] = []
    complete: bool = False

    @handler(LOGGED_IN)
    async def load(self) -> None:
        self.faults, self.notice, self.sent, self.kept, self.number = {}, "", [], [], 1
        shell = await self.get_state(ShellState)
        await shell._fill()
        await self._look(parse_row_id(self.router.url.query_parameters.get("usulan", "")))
        just_sent = parse_row_id(self.router.url.query_parameters.get("terkirim", ""))
        if just_sent:
            await self._tell_of(just_sent)
        self.ready = True

    async def _tell_of(self, number: int) -> None:
        """The form of a proposal leads here after sending."""
        try:
            view = (await executors.run_read_only(pdm_form.load_form, actor(), number)).proposal
        except PermissionDenied:
            await log_denied()
            return
        if view.was_sent and not view.may_edit:
            self.sent = [f"{view.group_label}: {in_sentence(view.heading)}, {view.title}"]
            self.complete, self.unit = not self.blockers, view.unit

    async def _look(self, usulan: int = 0) -> None:
        review = await executors.run_read_only(pdm_review.load_review, actor())
        if usulan:
            self.number = page_of_proposal(review.groups, usulan)
        self.total = sum(len(group.items) for group in review.groups)
        bounds = page_bounds(self.number, self.total, PAGE_SIZE)
        self.number, self.pages = bounds.number, bounds.pages
        self.groups = group_rows(review.groups, self.number)
        self.blockers = review.blockers
        self.sendable = len(review.ready) if review.may_send else 0
        self.closed = review.closed_sentence
        routes = await executors.run_read_only(assignment.assignable_units, actor())
        self.units, self.usual = [[str(number), name] for number, name in routes.units], str(routes.default)

    @handler(LOGGED_IN)
    async def turn(self, form: dict[str, Any]) -> None:
        """A form, so that the page starts at its top: pages are long."""
        self.number = max(1, parse_row_id(form_text(form, "halaman")))
        await self._look()
        self._finish(notice=f"Menampilkan halaman {self.number} dari {self.pages}.")

    @handler(LOGGED_IN)
    async def send_all(self, form: dict[str, Any]) -> None:
        if form_text(form, "pernyataan") != "ya":
            raise UserError(NOT_CONFIRMED, "pernyataan")
        await self._send(None, form_unit(form))

    @handler(LOGGED_IN)
    async def send_one(self, form: dict[str, Any]) -> None:
        number = parse_row_id(form_text(form, "usulan"))
        if form_text(form, "pernyataan") != "ya":
            raise UserError(NOT_CONFIRMED, f"pernyataan-{number}")
        await self._send([number], form_unit(form))

    async def _send(self, numbers: list[int] | None, unor: int | None) -> None:
        result = await executors.run_in_transaction(submit.submit_proposals, actor(), numbers, unor_id=unor)
        self.unit = ", ".join(result.units)
        self.sent, self.complete = result.sent, result.complete
        self.kept = [list(pair) for pair in result.kept]
        await self._look()
        self._finish(notice=f"{len(result.sent)} usulan terkirim.")
