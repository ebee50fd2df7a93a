"""State of `/admin/email`, part Kebijakan."""

from __future__ import annotations

from typing import Any, Final, TypedDict

from mysapk_web.administration import email_policy
from mysapk_web.administration.email_policy import Impact
from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.rules.formatting import format_number
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.state import AppState, form_text

MAY: Final = requires(Permission.EMAIL_POLICY)
LONGEST: Final = 4000
LABELS: Final = {
    DomainPolicy.ALLOW: "Semua alamat email",
    DomainPolicy.WARN_FREE_MAIL: "Semua alamat, dengan saran memakai email dinas bila layanan gratis",
    DomainPolicy.AGENCY_ONLY: "Hanya email dinas",
}


class ImpactView(TypedDict):
    """No heading: nothing to show."""

    heading: str
    domains: str
    lines: list[str]
    named: str
    grave: bool


NOT_SHOWN: Final[ImpactView] = {"heading": "", "domains": "", "lines": [], "named": "", "grave": False}


def format_people(count: int) -> str:
    return f"{format_number(count)} pegawai"


def impact_view(found: Impact) -> ImpactView:
    lines = [f"{format_people(found.accepted)}: alamatnya diterima."]
    if found.warned:
        lines.append(
            f"{format_people(found.warned)}: tetap dapat memakai alamatnya, dan disarankan memakai email dinas."
        )
    if found.rejected:
        lines.append(f"{format_people(found.rejected)}: tidak dapat meminta token sampai alamatnya diganti.")
    if found.rejected_active:
        lines.append(
            f"{format_people(found.rejected_active)} di antaranya sudah aktif: tetap dapat masuk, tetapi tidak dapat membuat password baru."
        )
    if found.without_email:
        lines.append(f"{format_people(found.without_email)}: belum punya alamat email.")
    return {
        "heading": LABELS[found.policy],
        "domains": ", ".join(found.domains) or "tidak ada",
        "lines": lines,
        "named": ", ".join(f"{name} ({format_number(count)})" for name, count in found.top_domains),
        "grave": bool(found.rejected),
    }


class KebijakanState(AppState):
    instansi: str = ""
    policy: str = ""
    label: str = ""
    domains: str = ""
    shown: ImpactView = NOT_SHOWN
    typed: dict[str, str] = {}
    """The previewed policy, for the form that sets it."""
    revision: int = 0

    async def _load(self) -> None:
        found = await executors.run_read_only(email_policy.current_policy, actor())
        self.instansi, self.policy, self.label = found.instansi, found.policy.value, LABELS[found.policy]
        self.domains = "\n".join(found.domains)
        self.shown, self.typed = NOT_SHOWN, {}

    async def _refresh(self) -> None:
        """Recomputes the previewed policy before it can be set."""
        typed = self.typed
        await self._load()
        if typed:
            found = await executors.run_read_only(email_policy.preview_impact, actor(), **typed)
            self.shown, self.typed, self.revision = impact_view(found), typed, found.revision

    @handler(MAY)
    async def preview(self, form: dict[str, Any]) -> None:
        self.shown, self.typed = NOT_SHOWN, {}
        given = {"policy": form_text(form, "kebijakan", 40), "domains": form_text(form, "domain", LONGEST)}
        found = await executors.run_read_only(email_policy.preview_impact, actor(), **given)
        self.shown, self.typed, self.revision = impact_view(found), given, found.revision
        self._finish()

    @handler(MAY)
    async def save(self, form: dict[str, Any]) -> None:
        changed = await executors.run_in_transaction(
            email_policy.set_policy,
            actor(),
            policy=form_text(form, "kebijakan", 40),
            domains=form_text(form, "domain", LONGEST),
            seen=parse_row_id(form_text(form, "versi")),
        )
        await self._load()
        self._finish(
            notice="Kebijakan email berlaku mulai sekarang."
            if changed
            else "Kebijakan email tidak berubah: sudah seperti itu."
        )
