"""What the pages are made of, looked at without a server."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mysapk_web.accounts.pages.components.passwords import PUBLISHED_RULES, rule_rows
from mysapk_web.accounts.pages.konfirmasi_reset import KonfirmasiState
from mysapk_web.accounts.password_policy import PasswordEvaluation
from mysapk_web.home.pages import bantuan, beranda
from mysapk_web.organisation.actor import Actor, Grant
from mysapk_web.organisation.rules.roles import Permission, Role
from mysapk_web.pages import PAGES
from mysapk_web.ui import shell
from mysapk_web.ui.access import policy_of
from mysapk_web.ui.shell import NavEntry, navigation_for

NOW = datetime(2026, 8, 17, tzinfo=UTC)


def person(*roles: Role, shown: bool = False, has: bool = False) -> Actor:
    return Actor(
        account_id=1,
        pegawai_id=1,
        instansi_id=1,
        session_ref="s",
        session_expires_at=NOW,
        version=1,
        seen_at=NOW,
        grants=tuple(Grant(role, 1) for role in roles),
        second_factor=shown,
        has_second_factor=has,
    )


def test_everybody_logged_in_has_the_common_entries() -> None:
    hrefs = [entry["href"] for entry in navigation_for(person())]
    assert {"/beranda", "/keamanan", "/bantuan"} <= set(hrefs)


def test_an_entry_with_a_permission_is_shown_only_while_the_role_is_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "NAVIGATION", (NavEntry("Audit", "/admin/audit", Permission.AUDIT_READ),))
    assert navigation_for(person()) == []
    assert navigation_for(person(Role.ADMIN_INSTANSI)) == []
    assert navigation_for(person(Role.ADMIN_INSTANSI, shown=True, has=True)) == [
        {"label": "Audit", "href": "/admin/audit"}
    ]


def test_a_role_without_second_factor_is_told_so_first() -> None:
    assert beranda.next_steps(person(Role.VERIFIKATOR))[0]["title"] == "Aktifkan verifikasi dua langkah"


@pytest.mark.parametrize("who", [person(), person(Role.VERIFIKATOR, shown=True, has=True)])
def test_nobody_else_is_asked_for_a_second_factor(who: Actor) -> None:
    titles = [step["title"] for step in beranda.next_steps(who)]
    assert "Aktifkan verifikasi dua langkah" not in titles
    assert titles


def test_rules_are_the_published_ones_until_something_is_judged() -> None:
    assert [rule["met"] for rule in PUBLISHED_RULES] == [False] * len(PUBLISHED_RULES)
    assert rule_rows(PasswordEvaluation([("Minimal 1 angka", True)], 1, "lemah")) == [
        {"text": "Minimal 1 angka", "met": True}
    ]


def test_every_page_with_a_loader_states_who_may_call_it() -> None:
    assert all(policy_of(loader.fn) is not None for _, _, _, loader in PAGES if loader is not None)


def test_what_a_reset_page_holds_has_no_field_for_a_secret() -> None:
    names = set(KonfirmasiState.get_fields())
    assert not names & {"password", "token", "nip", "email"}


def test_questions_can_be_linked_to_one_by_one() -> None:
    idents = [ident for ident, _, _ in bantuan.QUESTIONS]
    assert len(idents) == len(set(idents))
    assert {"email", "token"} <= set(idents)
