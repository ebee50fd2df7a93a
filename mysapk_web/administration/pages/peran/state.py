"""What `/admin/peran` holds and does."""

from __future__ import annotations

from typing import Any, Final, TypedDict

import reflex as rx

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
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.text import strip_unstorable
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.lists import MAX_VALUE_LENGTH, url_parameter, url_with
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import AppState, form_text

PATH: Final = "/admin/peran"
MAY: Final = requires(Permission.ROLE_GRANT)
SEARCHED: Final = "ada"
"""Value of `cari` in the address while somebody is searched for: the name itself is personal data and waits in the state."""
ROLES: Final = (("", "Semua"), *((role.value, role.label) for role in Role if role is not Role.PEGAWAI))
CUT: Final = f"Hanya {MAX_CANDIDATES} orang pertama yang ditampilkan. Persempit pencarian: tulis nama lebih lengkap atau NIP-nya."
NOBODY: Final = "Tidak ada pegawai yang cocok di wilayah Anda."


class RoleOption(TypedDict):
    """One role to choose."""

    value: str
    label: str


class GrantRow(TypedDict):
    """One role in force."""

    grant: str
    href: str
    nama: str
    nip: str
    instansi: str
    role: str
    scope: str
    given: str
    in_use: bool
    revocable: bool
    stays: bool
    revision: int


class CandidateRow(TypedDict):
    """Somebody who could get a role."""

    akun: str
    nama: str
    nip: str
    place: str
    roles: str
    closed: str
    options: list[RoleOption]


NO_PERSON: Final[CandidateRow] = {
    "akun": "",
    "nama": "",
    "nip": "",
    "place": "",
    "roles": "",
    "closed": "",
    "options": [],
}


def grant_row(line: RoleAssignment) -> GrantRow:
    """One line of the list."""
    by = f" oleh {line.granted_by}" if line.granted_by else ""
    return {
        "grant": str(line.grant_id),
        "href": f"/admin/pegawai/{line.account_id}",
        "nama": line.name,
        "nip": line.nip,
        "instansi": line.instansi,
        "role": line.role.label,
        "scope": line.scope,
        "given": f"{format_moment(line.granted_at, line.timezone)}{by}",
        "in_use": line.in_use,
        "revocable": line.revocable,
        "stays": line.is_last_admin,
        "revision": line.revision,
    }


def candidate_row(found: RoleCandidate) -> CandidateRow:
    """Somebody who could get a role."""
    return {
        "akun": str(found.account_id),
        "nama": found.name,
        "nip": found.nip,
        "place": f"{found.unit}, {found.instansi}",
        "roles": ", ".join(found.roles) or "Tidak ada",
        "closed": found.blocker,
        "options": [{"value": role.value, "label": role.label} for role in found.grantable],
    }


class PeranState(AppState):
    """The list with its filters, and the person who is about to get a role."""

    ready: bool = False
    rows: list[GrantRow] = []
    total: int = 0
    number: int = 1
    pages: int = 1
    before: str = PATH
    after: str = PATH
    here: str = PATH
    cari: str = ""
    instansi: str = ""
    saring: str = ""
    agencies: bool = False

    asked: bool = False
    found: list[CandidateRow] = []
    cut: bool = False
    """The search found more people than are shown."""
    chosen: CandidateRow = NO_PERSON
    units: list[str] = []
    confirming: bool = False
    wanted_role: str = ""
    wanted_unit: str = ""
    revision: int = 0
    """Of the account of the chosen person, as it was when the question was asked."""
    summary: str = ""

    @handler(MAY)
    async def load(self) -> None:
        """What the address asks for."""
        self.notice, self.confirming = "", False
        shell = await self.get_state(ShellState)
        await shell._fill()
        url = self.router.url
        self.cari = self.cari if url_parameter(url, "cari") else ""
        self.instansi, saring = url_parameter(url, "instansi"), url_parameter(url, "peran")
        self.saring = saring if saring in {value for value, _ in ROLES} else ""
        self.agencies = spans_agencies(actor(), Permission.PEOPLE_READ)
        account = parse_row_id(url_parameter(url, "akun"))
        if account and self.chosen["akun"] != str(account):
            await self._choose(account)
        self.ready = True
        await self._look(parse_row_id(url_parameter(url, "halaman")))
        self._finish()

    async def _look(self, number: int) -> None:
        role = Role(self.saring) if self.saring else None
        found = await executors.run_read_only(
            list_grants, actor(), role=role, text=self.cari, agency=self.instansi, page=number
        )
        self.rows = [grant_row(line) for line in found.items]
        self.total, self.number, self.pages = found.total, found.number, found.pages
        self.before, self.here, self.after = (self._address(found.number + step) for step in (-1, 0, 1))

    def _address(self, number: int = 1) -> str:
        return url_with(
            PATH,
            {
                "cari": SEARCHED if self.cari else "",
                "peran": self.saring,
                "instansi": self.instansi,
                "halaman": str(number) if number > 1 else "",
            },
        )

    @handler(MAY)
    async def narrow(self, form: dict[str, Any]) -> Any:
        """Put the filters into the address; the page then loads what it asks for."""
        self.cari = " ".join(form_text(form, "cari", MAX_VALUE_LENGTH).split())
        self.instansi, saring = form_text(form, "instansi", MAX_VALUE_LENGTH).strip(), form_text(form, "saring")
        self.saring = saring if saring in {value for value, _ in ROLES} else ""
        return rx.redirect(self._address())

    async def _refresh(self) -> None:
        """Also the person who is about to get a role; what was chosen and typed for them stays in the browser."""
        await self._look(self.number)
        if self.chosen["akun"]:
            await self._choose(parse_row_id(self.chosen["akun"]))

    @handler(MAY)
    async def find(self, form: dict[str, Any]) -> None:
        """People who may have been meant."""
        self.asked, self.found, self.cut, self.chosen = False, [], False, NO_PERSON
        found = await executors.run_read_only(find_candidates, actor(), text=form_text(form, "orang", MAX_VALUE_LENGTH))
        self.found, self.cut, self.asked = [candidate_row(one) for one in found.people], found.more, True
        self._finish()

    @handler(MAY)
    async def choose(self, form: dict[str, Any]) -> None:
        """Go on with one of them."""
        await self._choose(parse_row_id(form_text(form, "akun")))
        self._finish()

    async def _choose(self, account_id: int) -> None:
        one = await executors.run_read_only(get_candidate, actor(), account_id)
        self.chosen = candidate_row(one) if one is not None and not one.blocker else NO_PERSON
        self.found, self.asked = [], False
        self.units = await self._suggestions("") if self.chosen["akun"] else []

    @handler(MAY)
    async def forget(self, form: dict[str, Any]) -> None:
        """Begin with another person."""
        self.chosen, self.found, self.asked, self.units = NO_PERSON, [], False, []
        self._finish()

    @handler(MAY)
    async def suggest(self, text: str) -> None:
        """Units that fit what is being typed."""
        if isinstance(text, str) and len(text) <= MAX_VALUE_LENGTH and self.chosen["akun"]:
            self.units = await self._suggestions(strip_unstorable(text))

    async def _suggestions(self, text: str) -> list[str]:
        return await executors.run_read_only(suggest_role_units, actor(), parse_row_id(self.chosen["akun"]), text)

    @handler(MAY)
    async def propose(self, form: dict[str, Any]) -> None:
        """Say what would happen, before it does."""
        self.confirming = False
        role, unit = form_text(form, "peran", MAX_VALUE_LENGTH), form_text(form, "unit", MAX_VALUE_LENGTH)
        proposed = await executors.run_read_only(
            preview_grant, actor(), account_id=parse_row_id(self.chosen["akun"]), role=role, unit=unit
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
        """The question was closed."""
        self.confirming = False

    @handler(MAY)
    async def grant(self, form: dict[str, Any]) -> None:
        """Give the role that was confirmed."""
        self.confirming = False
        given = await executors.run_in_transaction(
            grant_role,
            actor(),
            account_id=parse_row_id(form_text(form, "akun")),
            role=form_text(form, "peran_dipilih"),
            unit=form_text(form, "unit_dipilih"),
            seen=parse_row_id(form_text(form, "versi")),
        )
        self.chosen, self.units = NO_PERSON, []
        await self._look(1)
        told = "Peran diberikan. Orangnya sudah diberi tahu lewat email dan harus masuk lagi."
        self._finish(notice=told if given else "Peran itu sudah dipegang.")

    @handler(MAY)
    async def revoke(self, form: dict[str, Any]) -> None:
        """Take a role away."""
        seen = parse_row_id(form_text(form, "versi"))
        role = await executors.run_in_transaction(
            revoke_role, actor(), grant_id=parse_row_id(form_text(form, "pemberian")), seen=seen
        )
        await self._look(self.number)
        self._finish(notice=f"Peran {role.label} dicabut. Orangnya sudah diberi tahu lewat email dan harus masuk lagi.")
