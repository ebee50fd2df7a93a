"""What was never touched is not kept, and nobody can tell."""

from __future__ import annotations

import asyncio
from typing import Any

import reflex as rx
from reflex.istate.manager import _release_state_tree
from reflex.state import BaseState

from mysapk_web import pages
from mysapk_web.accounts.pages.masuk import MasukState
from mysapk_web.pdm.pages.profil.state import ProfilState
from mysapk_web.ui.state import AppState
from mysapk_web.verification.pages.verifikasi import InboxState

assert pages.PAGES  # every page's state is there


def _tree() -> Any:
    return rx.State(_reflex_internal_init=True)


def _below(state: BaseState) -> int:
    return sum(1 + _below(substate) for substate in state.substates.values())


def _eager(owner: type[BaseState]) -> Any:
    """The whole tree as Reflex makes it by itself."""
    made = owner(init_substates=False, _reflex_internal_init=True)
    for substate in owner.get_substates():
        child = _eager(substate)
        made.substates[substate.get_name()] = child
        child.parent_state = made
    return made


def test_a_new_tab_keeps_no_state_of_a_page() -> None:
    app_state = asyncio.run(_tree().get_state(AppState))
    assert _below(app_state) == 0


def test_a_page_is_told_of_every_state_all_the_same() -> None:
    told, whole = _tree().dict(), _eager(rx.State).dict()
    assert len(told) > 40
    assert told == whole


def test_a_state_is_made_when_it_is_asked_for_and_stays() -> None:
    async def ask() -> None:
        root = _tree()
        inbox = await root.get_state(InboxState)
        inbox.notice = "Tersimpan"
        app_state = await root.get_state(AppState)
        assert app_state.notice == "Tersimpan"
        assert await app_state.get_state(InboxState) is inbox
        assert InboxState.get_name() not in dict.keys(app_state.substates)  # it stands below the queue's own
        assert _below(app_state) == 2

    asyncio.run(ask())


def test_what_one_tab_does_is_told_to_it_alone() -> None:
    async def ask() -> None:
        mine, other = _tree(), _tree()
        profil = await mine.get_state(ProfilState)
        profil.faults["nomor"] = "Isi nomor."
        delta = await mine._get_resolved_delta()
        assert any("Isi nomor." in str(values) for values in delta.values())
        assert "Isi nomor." in str(mine.dict())
        assert "Isi nomor." not in str(other.dict())
        assert "Isi nomor." not in str(_tree().dict())

    asyncio.run(ask())


def test_an_emptied_tree_is_a_new_one() -> None:
    async def ask() -> None:
        root = _tree()
        masuk = await root.get_state(MasukState)
        masuk.needs_code = True
        assert root.dict() != _tree().dict()
        root.reset()
        assert root.dict() == _tree().dict()

    asyncio.run(ask())


def test_a_tree_that_is_thrown_away_leaves_nothing_behind() -> None:
    async def ask() -> None:
        root = _tree()
        app_state = await root.get_state(AppState)
        await root.get_state(InboxState)
        _release_state_tree(root)
        assert _below(app_state) == 0

    asyncio.run(ask())


def test_with_a_store_of_states_nothing_is_made_unasked() -> None:
    # Reflex asks the store for what is not in the tree, so a tree that comes from there must not pretend to hold it.
    loaded = AppState(init_substates=False, _reflex_internal_init=True)
    assert ProfilState.get_name() not in loaded.substates
