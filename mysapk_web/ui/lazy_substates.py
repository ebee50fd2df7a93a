"""The state tree of a tab in memory: a state that nothing was done with is not there, and is made when somebody asks for it.

With Redis, Reflex keeps no state that was never touched and makes it anew when it is wanted. In memory it makes all of them for every
tab, forty and more, of which a person opens two or three: they were a quarter of what a connected session takes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from reflex.state import BaseState

StateDict = dict[str, Any]
"""Vars by the full name of their state, as a page is told them."""


@cache
def _classes(owner: type[BaseState]) -> dict[str, type[BaseState]]:
    return {substate.get_name(): substate for substate in owner.get_substates()}


@cache
def _defaults(owner: type[BaseState]) -> StateDict:
    """What a page is told of a state that was never touched, with all below it; the same for everybody."""
    untouched: StateDict = owner(_reflex_internal_init=True).dict()
    return untouched


class LazySubstates(dict[str, Any]):
    """The states below one, each from the moment on that it is asked for by name."""

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
        """What a page is told of the states that are not there."""
        found: StateDict = {}
        for name, owner in _classes(type(self._owner)).items():
            if dict.get(self, name) is None:
                found |= _defaults(owner)
        return found
