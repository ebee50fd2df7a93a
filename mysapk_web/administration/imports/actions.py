"""What somebody decides about a run: apply it, discard it, stop it, undo it. Each needs the scope of the run and a fresh proof."""

from __future__ import annotations

from collections.abc import Set
from types import MappingProxyType
from typing import Final

from sqlmodel import Session

from mysapk_web.accounts.security.reauthentication import require_reauthentication
from mysapk_web.administration.imports.kinds import KINDS
from mysapk_web.administration.imports.queries import run_within
from mysapk_web.organisation import revisions
from mysapk_web.organisation.actor import Actor
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.imports.kind import RunEvent
from mysapk_web.platform.imports.leases import advance_and_release
from mysapk_web.platform.imports.queries import may_undo
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.imports.tables import ImportRun

_DONE: Final = MappingProxyType(
    {
        RunState.APPLYING: "Impor ini sudah diterapkan",
        RunState.DONE: "Impor ini sudah diterapkan",
        RunState.STOPPING: "Impor ini sudah dihentikan",
        RunState.STOPPED: "Impor ini sudah dihentikan",
        RunState.DISCARDED: "Impor ini sudah dibuang",
        RunState.UNDOING: "Impor ini sudah dibatalkan",
        RunState.UNDONE: "Impor ini sudah dibatalkan",
    }
)
"""What somebody has decided who was faster; of the others nobody has."""
_UNDONE: Final = frozenset({RunState.UNDOING, RunState.UNDONE})
_ENDED: Final = _UNDONE | {RunState.STOPPING, RunState.STOPPED, RunState.DISCARDED}


def apply(session: Session, actor: Actor, run_id: int) -> None:
    """Have the good rows applied; a worker does it, in the scope that the actor has while it works.

    Raises:
        NotFoundError: Not a run of the scope.
        StaleRevisionError: Somebody else has decided about it.
        ReauthenticationRequired: Password or code have to be shown again.
        UserError: It is not waiting for that.
    """
    run = _locked_run(session, actor, run_id)
    if run.state is not RunState.READY:
        raise _refusal(session, actor, run, "Impor ini belum siap diterapkan.", _DONE.keys())
    _begin(run, RunState.APPLYING, actor)
    run.position, run.applied_at = 0, run.step_at


def discard(session: Session, actor: Actor, run_id: int) -> None:
    """Throw a list away that waits to be applied. Its rows go with the next sweep (`app.retention`).

    Raises:
        NotFoundError: Not a run of the scope.
        StaleRevisionError: Somebody else has decided about it.
        ReauthenticationRequired: Password or code have to be shown again.
        UserError: It is not waiting.
    """
    run = _locked_run(session, actor, run_id)
    if not run.state.may_become(RunState.DISCARDED):
        raise _refusal(session, actor, run, "Impor ini tidak sedang menunggu, jadi tidak dapat dibuang.", _DONE.keys())
    _begin(run, RunState.DISCARDED, actor)
    run.finished_at = clock.now()
    KINDS[run.kind].record(session, run, RunEvent.DISCARDED)


def stop(session: Session, actor: Actor, run_id: int) -> None:
    """Apply nothing more of a run, from this moment on; what was applied stays and can be undone. A worker marks the rest.

    Raises:
        NotFoundError: Not a run of the scope.
        StaleRevisionError: Somebody else has decided about it.
        ReauthenticationRequired: Password or code have to be shown again.
        UserError: It is not being applied.
    """
    run = _locked_run(session, actor, run_id)
    if not run.state.may_become(RunState.STOPPING):
        raise _refusal(session, actor, run, "Impor ini tidak sedang diterapkan, jadi tidak dapat dihentikan.", _ENDED)
    _begin(run, RunState.STOPPING, actor)


def undo(session: Session, actor: Actor, run_id: int) -> None:
    """Have what was there before given back, where it is still what the run has made of it.

    Raises:
        NotFoundError: Not a run of the scope.
        StaleRevisionError: Somebody else has decided about it.
        ReauthenticationRequired: Password or code have to be shown again.
        UserError: There is nothing to undo.
    """
    run = _locked_run(session, actor, run_id)
    if not may_undo(KINDS[run.kind], run):
        raise _refusal(session, actor, run, "Impor ini tidak dapat dibatalkan lagi.", _UNDONE)
    _begin(run, RunState.UNDOING, actor)
    run.position, run.error = run.applied_to + 1, ""


def _locked_run(session: Session, actor: Actor, run_id: int) -> ImportRun:
    """The run, locked: a worker in the middle of a chunk comes to its end first."""
    run = run_within(session, actor, run_id, for_update=True)
    require_reauthentication(actor)
    return run


def _refusal(session: Session, actor: Actor, run: ImportRun, sentence: str, decided: Set[RunState]) -> UserError:
    """Why an act is not possible: what somebody else has decided meanwhile, by whom and when, else the sentence.

    The state of a run is its revision: none comes twice, but for an undoing that failed.
    """
    if run.state not in decided or run.step_at is None:
        return UserError(sentence)
    return revisions.already_done_error(session, actor, _DONE[run.state], by=run.acting, at=run.step_at)


def _begin(run: ImportRun, state: RunState, actor: Actor) -> None:
    advance_and_release(run, state)
    run.acting, run.step_at = actor.account_id, clock.now()
