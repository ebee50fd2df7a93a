"""Acts on a stale page over the wire: the revision comes from the browser, so anything may stand there; it is compared and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlmodel import select

from mysapk_web.administration.managed_account import OUT_OF_SCOPE
from mysapk_web.administration.people.accounts import disable_account, enable_account
from mysapk_web.organisation import revisions
from mysapk_web.organisation.tables.account import Account
from mysapk_web.platform.database import Database
from tests.support.demo_actors import acting
from tests.wire.client import Browser, merged
from tests.wire.flows import ROOT
from tests.wire.people import People
from tests.wire.server import Server

pytestmark = pytest.mark.wire

ACCOUNT = f"{ROOT}.mysapk_web___administration___pages___pegawai___akun_state____akun_state"
HOSTILE: list[Any] = [
    None, True, -1, 0, 1, 2**31 - 1, 2**63, 1e300, "", "0", "-1", "+1", "1e9", "1" * 400, "\u0661", "\x00", "NaN", [], ["1"], {"a": 1},
]  # fmt: skip


@pytest.fixture
def disabled_once(server_db: Database, people: People) -> Iterator[tuple[int, int]]:
    """An account that BKN has switched off and on again: its number, and the revision of before."""
    account_id = people.account_id("pppk")
    bkn = acting(server_db, "admin_bkn")
    with server_db.begin() as session:
        before = revisions.current_revision(session, revisions.of_account(account_id))
        disable_account(session, account_id=account_id, actor=bkn, reason="Pensiun", seen=before)
        now = revisions.current_revision(session, revisions.of_account(account_id))
        enable_account(session, account_id=account_id, actor=bkn, reason="Keliru", seen=now)
    yield account_id, before
    people.change_account("pppk", disabled_at=None, disabled_reason="")


def test_no_revision_but_the_newest_acts(
    server: Server,
    new_browser: Callable[[], Browser],
    people: People,
    server_db: Database,
    disabled_once: tuple[int, int],
) -> None:
    account_id, before = disabled_once
    browser = new_browser()
    browser.cookies = people.cookies("admin_instansi")
    forms: list[dict[str, Any]] = [{"versi": value} for value in (*HOSTILE, str(before))]
    forms.append({})

    async def walk() -> str:
        async with browser.tab(f"/admin/pegawai/{account_id}") as tab:
            for form in forms:
                await tab.call(f"{ACCOUNT}.disable", {"form": {"akun": str(account_id), "alasan": "Mutasi", **form}})
                told = merged(tab.updates, "app_state")["faults"]
                assert "Akun diaktifkan kembali oleh BKN pada" in told[""], form
                assert _account(server_db, account_id).disabled_at is None, form
            state = merged(tab.updates, "akun_state")
            return str(state["revision"])

    # The page has learnt the newest one with the refusal: whoever acts again has seen it.
    newest = asyncio.run(walk())
    with server_db.read() as session:
        assert newest == str(revisions.current_revision(session, revisions.of_account(account_id)))

    async def act() -> None:
        async with browser.tab(f"/admin/pegawai/{account_id}") as tab:
            form = {"akun": str(account_id), "alasan": "Mutasi", "versi": newest}
            await tab.call(f"{ACCOUNT}.disable", {"form": form})

    asyncio.run(act())
    assert _account(server_db, account_id).disabled_reason == "Mutasi"


def _account(db: Database, account_id: int) -> Account:
    with db.read() as session:
        account = session.exec(select(Account).where(Account.id == account_id)).one()
        session.expunge_all()
    return account


@pytest.mark.parametrize("act", ["disable", "unlock", "end_sessions", "start_reset", "remove_second_factor"])
def test_what_is_elsewhere_and_what_is_nowhere_are_one_answer(
    act: str, new_browser: Callable[[], Browser], people: People
) -> None:
    browser = new_browser()
    browser.cookies = people.cookies("admin_instansi")

    async def answers() -> list[dict[str, str]]:
        found = []
        for number in (people.account_id("pegawai_lain"), 2**31 - 1):
            async with browser.tab(f"/admin/pegawai/{number}") as tab:
                form = {"akun": str(number), "alasan": "x", "alasan_dua_langkah": "x", "versi": "0"}
                await tab.call(f"{ACCOUNT}.{act}", {"form": form})
                found.append(merged(tab.updates, "app_state")["faults"])
        return found

    assert asyncio.run(answers()) == [{"": OUT_OF_SCOPE}, {"": OUT_OF_SCOPE}]
