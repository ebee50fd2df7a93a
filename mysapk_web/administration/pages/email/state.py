"""State of `/admin/email` except imports and policy: correction of one address, requests, API tokens."""

from __future__ import annotations

from typing import Any, Final, TypedDict

from mysapk_web.accounts.security.reauthentication import recently_authenticated, require_reauthentication
from mysapk_web.administration import email_correction, email_requests
from mysapk_web.administration.email_correction import PersonMatch
from mysapk_web.administration.email_imports.api_tokens import TokenView, list_tokens, revoke_token
from mysapk_web.administration.email_requests import RequestView
from mysapk_web.administration.pages.components.imports_state import ImporState
from mysapk_web.administration.pages.email.kebijakan_state import KebijakanState
from mysapk_web.organisation import periods
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import clock, executors
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import Zone, format_moment
from mysapk_web.ui.access import actor, handler, log_denied, requires
from mysapk_web.ui.components.lists import url_parameter, url_with
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import TEXT_LIMIT, AppState, form_text

PATH: Final = "/admin/email"
PARTS: Final = ("perbaiki", "permintaan", "impor")
"""For everyone on this page; tokens and policy need further permissions."""
MAY: Final = requires(Permission.EMAIL_REPAIR)
MAY_TOKENS: Final = requires(Permission.EMAIL_TOKEN)


class TokenRow(TypedDict):
    id: int
    label: str
    hint: str
    by: str
    at: str
    used: str
    ends: str
    state: str
    tone: str
    advice: str
    revocable: bool


MAKER_LEFT: Final = (
    "Pembuatnya tidak lagi menjadi admin instansi ini, jadi token tidak dapat dipakai. "
    "Buat token baru untuk sistem itu, lalu cabut yang ini."
)
NO_PERSON: Final = PersonMatch(0, "", "", "", "", "")


DECIDED: Final = {
    True: "Alamat email diganti. Alamat lama dan baru diberi tahu.",
    False: "Permintaan ditolak. Alasannya dikirim ke alamat yang tercatat.",
}


def token_row(view: TokenView, zona: str) -> TokenRow:
    ended = view.expires_at <= clock.now()
    over = "Dicabut" if view.revoked_at else "Berakhir" if ended else ""
    state = over or ("Terhenti" if view.rests else "Berlaku")
    return {
        "id": view.id,
        "label": view.label,
        "hint": f"... {view.hint}",
        "by": view.made_by,
        "at": format_moment(view.created_at, zona),
        "used": format_moment(view.last_used_at, zona) if view.last_used_at else "belum pernah",
        "ends": format_moment(view.revoked_at or view.expires_at, zona),
        "state": state,
        "tone": {"Berlaku": "good", "Terhenti": "warn"}.get(state, "plain"),
        "advice": MAKER_LEFT if state == "Terhenti" else "",
        "revocable": not over,
    }


class EmailState(AppState):
    ready: bool = False
    part: str = PARTS[0]
    may_tokens: bool = False
    may_policy: bool = False
    timezone: str = Zone.WIB.value
    people: list[PersonMatch] = []
    matches: int = 0
    more: bool = False
    """More people match than are shown."""
    searched: bool = False
    person: PersonMatch = NO_PERSON
    advice: str = ""
    advice_is_fault: bool = False
    requests: list[RequestView] = []
    request: RequestView | None = None
    waiting: int = 0
    number: int = 1
    pages: int = 1
    before: str = PATH
    after: str = PATH
    systems: list[TokenRow] = []
    """API tokens of the agency, never their secrets."""
    proven: bool = False
    """Recently re-authenticated: the token form, a plain HTTP form, may be sent."""

    @handler(MAY)
    async def load(self) -> None:
        self.faults, self.notice = {}, ""
        shell = await self.get_state(ShellState)
        await shell._fill()
        wanted = url_parameter(self.router.url, "bagian")
        self.may_tokens = actor().may(Permission.EMAIL_TOKEN)
        self.may_policy = actor().may(Permission.EMAIL_POLICY)
        more = {"token": self.may_tokens, "kebijakan": self.may_policy}
        self.part = wanted if wanted in PARTS or more.get(wanted) else PARTS[0]
        self.timezone = await executors.run_read_only(periods.timezone_of, actor())
        self._forget()
        await self._requests(parse_row_id(url_parameter(self.router.url, "halaman")))
        account = parse_row_id(url_parameter(self.router.url, "akun"))
        if account and self.part == PARTS[0]:
            await self._preselect(account)
        if self.part == "token":
            await self._tokens()
        if self.part == "impor":
            impor = await self.get_state(ImporState)
            await impor._load()
        if self.part == "kebijakan":
            kebijakan = await self.get_state(KebijakanState)
            await kebijakan._load()
        self.ready = True

    async def _refresh(self) -> None:
        """Also reloads the person and the request that are open."""
        open_person, open_request = self.person.account_id, self.request.id if self.request else 0
        await self._requests(self.number)
        self._show_request(open_request)
        if self.part == "token":
            await self._tokens()
        if open_person:
            self.person = NO_PERSON
            self.person = await executors.run_read_only(email_correction.get_person, actor(), account_id=open_person)

    def _forget(self) -> None:
        self.people, self.matches, self.more, self.person = [], 0, False, NO_PERSON
        self.searched, self.advice = False, ""

    async def _requests(self, page: int) -> None:
        found = await executors.run_read_only(email_requests.pending_requests, actor(), page)
        self.requests = found.items
        self.request = None
        self.waiting, self.number, self.pages = found.total, found.number, found.pages
        self.before, self.after = (
            url_with(PATH, {"bagian": "permintaan", "halaman": str(found.number + step)}) for step in (-1, 1)
        )

    async def _tokens(self) -> None:
        self.systems = [token_row(view, self.timezone) for view in await executors.run_read_only(list_tokens, actor())]
        self.proven = recently_authenticated(actor())

    async def _preselect(self, account_id: int) -> None:
        """Opens the person from the URL, given by account number, never by NIP."""
        self.searched = True
        try:
            found = await executors.run_read_only(email_correction.get_person, actor(), account_id=account_id)
        except PermissionDenied:
            await log_denied()
            return
        self.person = found
        self.people, self.matches = [self.person], 1

    # One address ----------------------------------------------------------------------------------------------------

    @handler(MAY)
    async def search(self, form: dict[str, Any]) -> None:
        self._forget()
        found = await executors.run_read_only(email_correction.find_people, actor(), text=form_text(form, "cari", 100))
        self.people, self.searched = found.items, True
        self.matches, self.more = found.total, found.has_more
        if self.matches == 1:
            self.person = self.people[0]
        self._finish()

    @handler(MAY)
    async def choose(self, account_id: int) -> None:
        found = await executors.run_read_only(
            email_correction.get_person, actor(), account_id=parse_row_id(str(account_id))
        )
        self.person, self.advice = found, ""
        self._finish()

    @handler(MAY)
    async def judge(self, email: str, account_id: int) -> None:
        """Validates the new address while it is typed, for `account_id`: the page may show someone else by then."""
        if not isinstance(email, str) or len(email) > TEXT_LIMIT:
            return
        if not self.person.account_id or self.person.account_id != parse_row_id(account_id):
            return
        if not email.strip():
            self.advice = ""
            return
        found = await executors.run_read_only(
            email_correction.validate_new_email, actor(), account_id=self.person.account_id, email=email
        )
        self.advice_is_fault = bool(found.fault)
        self.advice = found.fault or found.warning or "Alamat ini dapat dipakai."

    @handler(MAY)
    async def repair(self, form: dict[str, Any]) -> None:
        account_id = _meant(form, "akun")
        moved = await executors.run_in_transaction(
            email_correction.correct_email,
            actor(),
            account_id=account_id,
            email=form_text(form, "email"),
            reason=form_text(form, "alasan"),
            seen=parse_row_id(form_text(form, "versi")),
        )
        person = await executors.run_read_only(email_correction.get_person, actor(), account_id=account_id)
        if self.person.account_id == account_id:
            self._forget()
        told = "Alamat lama dan baru diberi tahu; token dan sesi lama tidak berlaku lagi." if moved else ""
        self._finish(notice=f"Alamat email {person.name} diperbarui. {told}".strip())

    # Requests -------------------------------------------------------------------------------------------------------

    @handler(MAY)
    async def open_request(self, request_id: int) -> None:
        self._show_request(parse_row_id(str(request_id)))
        self._finish()

    def _show_request(self, wanted: int) -> None:
        self.request = next((row for row in self.requests if row.id == wanted), None)

    @handler(MAY)
    async def decide(self, form: dict[str, Any]) -> None:
        acts = {"terima": email_requests.accept_request, "tolak": email_requests.reject_request}
        act = acts.get(form_text(form, "putusan"))
        if act is None:
            raise UserError("Pilih putusan: terima atau tolak.", "putusan")
        await executors.run_in_transaction(
            act,
            actor(),
            request_id=_meant(form, "permintaan"),
            reason=form_text(form, "alasan"),
            seen=parse_row_id(form_text(form, "versi")),
        )
        await self._requests(self.number)
        self._finish(notice=DECIDED[act is email_requests.accept_request])

    # Tokens ---------------------------------------------------------------------------------------------------------

    @handler(MAY_TOKENS)
    async def prove(self, form: dict[str, Any]) -> None:
        """Asks for password or code before the token form is shown."""
        require_reauthentication(actor())
        self.proven = True
        self._finish()

    @handler(MAY_TOKENS)
    async def revoke(self, form: dict[str, Any]) -> None:
        await executors.run_in_transaction(revoke_token, actor(), token_id=parse_row_id(form_text(form, "token")))
        await self._tokens()
        self._finish(notice="Token dicabut dan langsung tidak berlaku.")


def _meant(form: dict[str, Any], name: str) -> int:
    """The form says whom it was shown for, whatever the page has loaded since; the use case checks the scope."""
    return parse_row_id(form_text(form, name))
