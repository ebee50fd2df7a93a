"""Creates Reflex substates lazily: an untouched state does not exist until somebody asks for it.

With Redis, Reflex itself keeps no untouched states. In memory it creates all forty for every tab, of which a person opens
two or three; they were a quarter of the memory of a connected session (decision 0016).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from reflex.state import BaseState

StateDict = dict[str, Any]
"""Vars by the full name of their state, as sent to a page."""


@cache
def _classes(owner: type[BaseState]) -> dict[str, type[BaseState]]:
    return {substate.get_name(): substate for substate in owner.get_substates()}


@cache
def _defaults(owner: type[BaseState]) -> StateDict:
    """What a page is sent of an untouched state and all below it; the same for everybody."""
    untouched: StateDict = owner(_reflex_internal_init=True).dict()
    return untouched


class LazySubstates(dict[str, Any]):
    __slots__ = ("_owner",)

    def __init__(self, owner: BaseState) -> None:
        super().__init__()
        self._owner = owner

    def __contains__(self, name: object) -> bool:
        return name in _classes(type(self._owner))

    def __missing__(self, name: str) -> BaseState:
        made = _classes(type(self._owner))[name](parent_state=self._owner, _reflex_internal_init=True)
        self[name] = made
        return made

    def untouched(self) -> StateDict:
        """What a page is sent of the states that do not exist yet."""
        found: StateDict = {}
        for name, owner in _classes(type(self._owner)).items():
            if dict.get(self, name) is None:
                found |= _defaults(owner)
        return found
