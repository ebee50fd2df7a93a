"""What the part Kebijakan of `/admin/email` holds and does: which addresses the agency accepts, and whom that concerns."""

from __future__ import annotations

from typing import Any, Final, TypedDict

from mysapk_web.administration import email_policy
from mysapk_web.administration.email_policy import Impact
from mysapk_web.administration.pages.email.impor_state import dotted
from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.rules.row_id import number_of
from mysapk_web.ui.access import actor, handler, holding
from mysapk_web.ui.state import AppState, text_of

MAY: Final = holding(Permission.EMAIL_POLICY)
LONGEST: Final = 4000
LABELS: Final = {
    DomainPolicy.ALLOW: "Semua alamat email",
    DomainPolicy.WARN_FREE_MAIL: "Semua alamat, dengan saran memakai email dinas bila layanan gratis",
    DomainPolicy.AGENCY_ONLY: "Hanya email dinas",
}


class Shown(TypedDict):
    """Whom a policy concerns, in words; without a heading none was looked at."""

    heading: str
    domains: str
    lines: list[str]
    named: str
    grave: bool


NOT_SHOWN: Final[Shown] = {"heading": "", "domains": "", "lines": [], "named": "", "grave": False}


def people(count: int) -> str:
    """A number of people.

    Args:
        count: How many.
    """
    return f"{dotted(count)} pegawai"


def shown_of(found: Impact) -> Shown:
    """An impact in words.

    Args:
        found: From the service.
    """
    lines = [f"{people(found.fit)}: alamatnya diterima."]
    if found.warned:
        lines.append(f"{people(found.warned)}: tetap dapat memakai alamatnya, dan disarankan memakai email dinas.")
    if found.refused:
        lines.append(f"{people(found.refused)}: tidak dapat meminta token sampai alamatnya diganti.")
    if found.refused_active:
        lines.append(
            f"{people(found.refused_active)} di antaranya sudah aktif: tetap dapat masuk, tetapi tidak dapat membuat password baru."
        )
    if found.without:
        lines.append(f"{people(found.without)}: belum punya alamat email.")
    return {
        "heading": LABELS[found.policy],
        "domains": ", ".join(found.domains) or "tidak ada",
        "lines": lines,
        "named": ", ".join(f"{name} ({dotted(count)})" for name, count in found.named),
        "grave": bool(found.refused),
    }


class KebijakanState(AppState):
    """The policy in force, and the one that is looked at."""

    instansi: str = ""
    policy: str = ""
    label: str = ""
    domains: str = ""
    shown: Shown = NOT_SHOWN
    typed: dict[str, str] = {}
    """What is looked at, for the form that puts it in force."""
    revision: int = 0

    async def _load(self) -> None:
        found = await executors.look(email_policy.current, actor())
        self.instansi, self.policy, self.label = found.instansi, found.policy.value, LABELS[found.policy]
        self.domains = "\n".join(found.domains)
        self.shown, self.typed = NOT_SHOWN, {}

    async def _refresh(self) -> None:
        """The policy in force beside the one that was looked at: its effects are worked out anew before it can be set."""
        typed = self.typed
        await self._load()
        if typed:
            found = await executors.look(email_policy.impact, actor(), **typed)
            self.shown, self.typed, self.revision = shown_of(found), typed, found.revision

    @handler(MAY)
    async def preview(self, form: dict[str, Any]) -> None:
        """Show whom a policy concerns; nothing changes."""
        self.shown, self.typed = NOT_SHOWN, {}
        given = {"policy": text_of(form, "kebijakan", 40), "domains": text_of(form, "domain", LONGEST)}
        found = await executors.look(email_policy.impact, actor(), **given)
        self.shown, self.typed, self.revision = shown_of(found), given, found.revision
        self._tell()

    @handler(MAY)
    async def save(self, form: dict[str, Any]) -> None:
        """Put the policy in force that was looked at."""
        changed = await executors.run(
            email_policy.change,
            actor(),
            policy=text_of(form, "kebijakan", 40),
            domains=text_of(form, "domain", LONGEST),
            seen=number_of(text_of(form, "versi")),
        )
        await self._load()
        self._tell(
            notice="Kebijakan email berlaku mulai sekarang."
            if changed
            else "Kebijakan email tidak berubah: sudah seperti itu."
        )
