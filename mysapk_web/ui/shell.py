"""The frame around every page: skip link, header with navigation by role, account, footer, connection line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import reflex as rx
from reflex.style import color_mode, set_color_mode
from reflex.vars import ObjectVar
from reflex_components_core.el.elements.inline import A

from mysapk_web.organisation import home, notices
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.help import NATIONAL_CONTACT
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.ui.access import actor
from mysapk_web.ui.components.behaviour import Connection, EarlyInput, Main, NativeForm
from mysapk_web.ui.components.session_end import SessionEndTimer
from mysapk_web.ui.state import AppState


@dataclass(frozen=True, slots=True)
class NavEntry:
    label: str
    href: str
    permission: Permission | None = None
    """Who sees it; None: everybody logged in."""


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry("Beranda", "/beranda"),
    NavEntry("Data saya", "/pdm"),
    NavEntry("Profil", "/profil"),
    NavEntry("Usulan", "/usulan"),
    NavEntry("Notifikasi", "/notifikasi"),
    NavEntry("Verifikasi", "/verifikasi", Permission.INBOX_READ),
    NavEntry("Kemajuan", "/admin", Permission.PROGRESS_READ),
    NavEntry("Pegawai", "/admin/pegawai", Permission.PEOPLE_READ),
    NavEntry("Email", "/admin/email", Permission.EMAIL_REPAIR),
    NavEntry("Impor", "/admin/impor", Permission.PEOPLE_IMPORT),
    NavEntry("Peran", "/admin/peran", Permission.ROLE_GRANT),
    NavEntry("Periode", "/admin/periode", Permission.PERIOD_AGENCY),
    NavEntry("Surat", "/admin/surat", Permission.OUTBOX_READ),
    NavEntry("Audit", "/admin/audit", Permission.AUDIT_READ),
    NavEntry("Pengumuman", "/admin/bantuan", Permission.ANNOUNCE),
    NavEntry("Keamanan", "/keamanan"),
    NavEntry("Bantuan", "/bantuan"),
)
"""In display order."""
UNREAD_AT = "/notifikasi"
"""The entry with the number of unread notices."""


def navigation_for(person: Actor) -> list[dict[str, str]]:
    """What a page shows is decided by its own handlers, not here."""
    return [
        {"label": entry.label, "href": entry.href}
        for entry in NAVIGATION
        if entry.permission is None or person.may(entry.permission)
    ]


class ShellState(AppState):
    full_name: str = ""
    entries: list[dict[str, str]] = []
    unread: int = 0

    async def _fill(self) -> None:
        """Called by the load handlers of the pages."""
        person = actor()
        unread = await executors.run_read_only(notices.unread_count, person)
        if unread != self.unread:
            self.unread = unread
        entries = navigation_for(person)
        if entries != self.entries:
            self.entries = entries
        if not self.full_name:
            self.full_name = (await executors.run_read_only(home.home_view, person)).name


def _brand(href: str) -> rx.Component:
    return rx.el.a(
        rx.el.img(src="/favicon.svg", alt="", custom_attrs={"width": 36, "height": 36}),
        rx.el.span(rx.el.b("MySAPK Web"), rx.el.span("Layanan data kepegawaian ASN")),
        href=href,
        class_name="brand",
    )


def _unread() -> rx.Component:
    return rx.el.span(ShellState.unread, rx.el.span(" belum dibaca", class_name="sr-only"), class_name="count")


def _navigation(here: str) -> rx.Component:
    def entry(item: ObjectVar[dict[str, str]]) -> rx.Component:
        current = rx.cond(item["href"] == here, "page", rx.Var("undefined"))
        waiting = rx.cond((item["href"] == UNREAD_AT) & (ShellState.unread > 0), _unread())
        return rx.el.li(rx.el.a(item["label"], waiting, href=item["href"], custom_attrs={"aria-current": current}))

    return rx.el.nav(
        rx.el.ul(rx.foreach(ShellState.entries, entry), class_name="wrap"),
        class_name="nav",
        custom_attrs={"aria-label": "Menu utama", "id": "menu-utama", "popover": "auto"},
    )


def logout_form() -> rx.Component:
    """A native form, because the session cookie is out of reach of scripts."""
    return NativeForm.create(
        rx.el.button("Keluar", type="submit", class_name="button button-secondary"),
        method="post",
        action="/keluar",
    )


def _public_header() -> rx.Component:
    return rx.el.header(rx.el.div(_brand("/masuk"), class_name="wrap"), class_name="header")


def _private_header(here: str) -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.div(
                _brand("/beranda"),
                rx.el.div(
                    rx.cond(ShellState.full_name, rx.el.a(ShellState.full_name, href="/keamanan")),
                    logout_form(),
                    rx.el.button(
                        "Menu",
                        type="button",
                        class_name="button button-secondary menu-button",
                        custom_attrs={"popoverTarget": "menu-utama"},
                    ),
                    class_name="account",
                ),
                class_name="wrap",
            ),
            class_name="header",
        ),
        _navigation(here),
        SessionEndTimer.create(),
    )


def _header(here: str, *, public: bool) -> rx.Component:
    if not here:
        return _public_header()
    return rx.cond(ShellState.full_name, _private_header(here), _public_header()) if public else _private_header(here)


def _theme_button(label: str, mode: Literal["system", "light", "dark"]) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        on_click=set_color_mode(mode),
        custom_attrs={"aria-pressed": rx.cond(color_mode == mode, "true", "false")},
    )


def _footer() -> rx.Component:
    return rx.el.footer(
        rx.el.div(
            rx.el.p(
                NATIONAL_CONTACT.name,
                " ",
                A.create(NATIONAL_CONTACT.phone, href=f"tel:{NATIONAL_CONTACT.phone.replace('-', '')}"),
            ),
            rx.el.a("Bantuan", href="/bantuan"),
            rx.el.div(
                rx.el.span("Tampilan:", custom_attrs={"id": "tampilan"}),
                _theme_button("Otomatis", "system"),
                _theme_button("Terang", "light"),
                _theme_button("Gelap", "dark"),
                role="group",
                class_name="theme",
                custom_attrs={"aria-labelledby": "tampilan"},
            ),
            class_name="wrap",
        ),
        class_name="footer",
    )


def _without_scripts() -> rx.Component:
    return rx.el.noscript(
        rx.el.p(
            "Portal ini memerlukan JavaScript. Aktifkan JavaScript di pengaturan peramban Anda, lalu muat ulang halaman ini.",
            class_name="notice notice-warn mb-8",
        )
    )


def page(*children: rx.Component, current: str = "", public: bool = False) -> rx.Component:
    """A page in its frame.

    Args:
        current: Route of a page behind the login, with navigation and account; empty: a page for visitors.
        public: With `current`: a page for everybody, with navigation for those logged in.
    """
    return rx.fragment(
        A.create("Langsung ke isi", href="#isi", class_name="skip"),
        _header(current, public=public),
        Main.create(
            rx.el.div(_without_scripts(), *children, class_name="wrap"),
            class_name="main",
            custom_attrs={"id": "isi", "tabIndex": -1},
        ),
        _footer(),
        EarlyInput.create(loaded=rx.State.is_hydrated),
    )


def connection_line() -> rx.Component:
    """Replaces the overlay of Reflex; a fragment, because the app itself is inserted after it."""
    return rx.fragment(Connection.create())
