"""State of `/admin/peran`."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from mysapk_web.administration.people.grant_list import (
    MAX_CANDIDATES,
    RoleAssignment,
    RoleCandidate,
    find_candidates,
    get_candidate,
    list_grants,
    suggest_role_units,
)
from mysapk_web.administration.people.grants import grant_role, preview_grant, revoke_role
from mysapk_web.organisation.rules.roles import Permission, Role
from mysapk_web.organisation.scope import spans_agencies
from mysapk_web.platform import executors
from mysapk_web.platform.pagination import Page
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.text import collapse_blanks, strip_unstorable
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.lists import MAX_VALUE_LENGTH, url_parameter
from mysapk_web.ui.list_state import ListFilter, ListState
from mysapk_web.ui.state import AppState, form_text

PATH: Final = "/admin/peran"
MAY: Final = requires(Permission.ROLE_GRANT)
ROLES: Final = (("", "Semua"), *((role.value, role.label) for role in Role if role is not Role.PEGAWAI))
CUT: Final = f"Hanya {MAX_CANDIDATES} orang pertama yang ditampilkan. Persempit pencarian: tulis nama lebih lengkap atau NIP-nya."
NOBODY: Final = "Tidak ada pegawai yang cocok di wilayah Anda."


NO_CANDIDATE: Final = RoleCandidate(0, "", "", "", "", 0, [], [], "")


class PeranState(ListState, AppState):
    PATH: ClassVar = PATH
    FILTERS: ClassVar = (
        ListFilter("cari", private=True, normalise=collapse_blanks),
        ListFilter("saring", ROLES, parameter="peran"),
        ListFilter("instansi"),
    )

    rows: list[RoleAssignment] = []
    agencies: bool = False

    asked: bool = False
    candidates: list[RoleCandidate] = []
    cut: bool = False
    """More people match than are shown."""
    chosen: RoleCandidate = NO_CANDIDATE
    units: list[str] = []
    confirming: bool = False
    wanted_role: str = ""
    wanted_unit: str = ""
    revision: int = 0
    """Of the chosen account when the question was asked."""
    summary: str = ""

    @handler(MAY)
    async def load(self) -> None:
        self.confirming = False
        self.agencies = spans_agencies(actor(), Permission.PEOPLE_READ)
        account = parse_row_id(url_parameter(self.router.url, "akun"))
        if account and self.chosen.account_id != account:
            await self._choose(account)
        await self._load_list()

    @handler(MAY)
    async def apply_filters(self, form: dict[str, Any]) -> Any:
        return self._apply(form)

    async def _find(self, page: int) -> Page[RoleAssignment]:
        role, text, agency = (self._filter(name) for name in ("saring", "cari", "instansi"))
        return await executors.run_read_only(
            list_grants, actor(), role=Role(role) if role else None, text=text, agency=agency, page=page
        )

    def _count(self, found: Page[Any]) -> str:
        return f"{found.total} peran"

    async def _refresh(self) -> None:
        """Also reloads the chosen person; their form stays in the browser."""
        await self._look(self.number)
        if self.chosen.account_id:
            await self._choose(self.chosen.account_id)

    @handler(MAY)
    async def find(self, form: dict[str, Any]) -> None:
        self.asked, self.candidates, self.cut, self.chosen = False, [], False, NO_CANDIDATE
        found = await executors.run_read_only(find_candidates, actor(), text=form_text(form, "orang", MAX_VALUE_LENGTH))
        self.candidates, self.cut, self.asked = found.people, found.more, True
        self._finish()

    @handler(MAY)
    async def choose(self, form: dict[str, Any]) -> None:
        await self._choose(parse_row_id(form_text(form, "akun")))
        self._finish()

    async def _choose(self, account_id: int) -> None:
        one = await executors.run_read_only(get_candidate, actor(), account_id)
        self.chosen = one if one is not None and not one.blocker else NO_CANDIDATE
        self.candidates, self.asked = [], False
        self.units = await self._suggestions("") if self.chosen.account_id else []

    @handler(MAY)
    async def forget(self, form: dict[str, Any]) -> None:
        self.chosen, self.candidates, self.asked, self.units = NO_CANDIDATE, [], False, []
        self._finish()

    @handler(MAY)
    async def suggest(self, text: str) -> None:
        if isinstance(text, str) and len(text) <= MAX_VALUE_LENGTH and self.chosen.account_id:
            self.units = await self._suggestions(strip_unstorable(text))

    async def _suggestions(self, text: str) -> list[str]:
        return await executors.run_read_only(suggest_role_units, actor(), self.chosen.account_id, text)

    @handler(MAY)
    async def propose(self, form: dict[str, Any]) -> None:
        self.confirming = False
        role, unit = form_text(form, "peran", MAX_VALUE_LENGTH), form_text(form, "unit", MAX_VALUE_LENGTH)
        proposed = await executors.run_read_only(
            preview_grant, actor(), account_id=self.chosen.account_id, role=role, unit=unit
        )
        if proposed.held:
            self._finish(notice=f"{proposed.name} sudah memegang peran {proposed.role.label} dengan lingkup itu.")
            return
        self.wanted_role, self.wanted_unit, self.revision = role, unit, proposed.revision
        self.summary = f"{proposed.name} menjadi {proposed.role.label} untuk {proposed.scope}."
        self.confirming = True
        self._finish()

    @handler(MAY)
    async def dismiss(self) -> None:
        self.confirming = False

    @handler(MAY)
    async def grant(self, form: dict[str, Any]) -> None:
        self.confirming = False
        given = await executors.run_in_transaction(
            grant_role,
            actor(),
            account_id=parse_row_id(form_text(form, "akun")),
            role=form_text(form, "peran_dipilih"),
            unit=form_text(form, "unit_dipilih"),
            seen=parse_row_id(form_text(form, "versi")),
        )
        self.chosen, self.units = NO_CANDIDATE, []
        await self._look(1)
        notice = "Peran diberikan. Orangnya sudah diberi tahu lewat email dan harus masuk lagi."
        self._finish(notice=notice if given else "Peran itu sudah dipegang.")

    @handler(MAY)
    async def revoke(self, form: dict[str, Any]) -> None:
        seen = parse_row_id(form_text(form, "versi"))
        role = await executors.run_in_transaction(
            revoke_role, actor(), grant_id=parse_row_id(form_text(form, "pemberian")), seen=seen
        )
        await self._look(self.number)
        self._finish(notice=f"Peran {role.label} dicabut. Orangnya sudah diberi tahu lewat email dan harus masuk lagi.")
