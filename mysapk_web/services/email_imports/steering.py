"""What somebody decides about a run: apply it, discard it, stop it, undo it. Each needs the scope of the run and a fresh proof."""

from __future__ import annotations

from sqlmodel import Session

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.email_import import RunState
from mysapk_web.models import EmailImport
from mysapk_web.services import clock
from mysapk_web.services.actor import Actor, Refused
from mysapk_web.services.email_imports.holding import leave, record
from mysapk_web.services.email_imports.runs import may_undo, run_within
from mysapk_web.services.security import require_recent


def apply(session: Session, actor: Actor, run_id: int) -> None:
    """Have the good rows applied; a worker does it, in the scope that the actor has while it works.

    Args:
        session: Any transaction.
        actor: Who applies them.
        run_id: Which.

    Raises:
        NotAllowed: Not a run of the own scope.
        StepUpNeeded: Password or code have to be shown again.
        Refused: It is not waiting for that.
    """
    run = _taken(session, actor, run_id)
    if run.state is not RunState.READY:
        raise Refused("Berkas ini sudah diterapkan, dibuang, atau sedang dikerjakan. Muat ulang halaman ini.")
    _begin(run, RunState.APPLYING, actor)
    run.position = 0


def discard(session: Session, actor: Actor, run_id: int) -> None:
    """Throw a list away that waits to be applied. Its rows go with the next sweep (`services.retention`).

    Args:
        session: Any transaction.
        actor: Who discards it.
        run_id: Which.

    Raises:
        NotAllowed: Not a run of the own scope.
        StepUpNeeded: Password or code have to be shown again.
        Refused: It is not waiting.
    """
    run = _taken(session, actor, run_id)
    if not run.state.may_become(RunState.DISCARDED):
        raise Refused("Berkas ini sudah diterapkan, dibuang, atau sedang dikerjakan. Muat ulang halaman ini.")
    _begin(run, RunState.DISCARDED, actor)
    run.finished_at = clock.now()
    record(session, run, AuditTag.EMAIL_IMPORT_DISCARDED)


def stop(session: Session, actor: Actor, run_id: int) -> None:
    """Apply nothing more of a run, from this moment on; what was applied stays and can be undone. A worker marks the rest.

    Args:
        session: Any transaction.
        actor: Who stops it.
        run_id: Which.

    Raises:
        NotAllowed: Not a run of the own scope.
        StepUpNeeded: Password or code have to be shown again.
        Refused: It is not being applied.
    """
    run = _taken(session, actor, run_id)
    if not run.state.may_become(RunState.STOPPING):
        raise Refused("Impor ini tidak sedang diterapkan, jadi tidak dapat dihentikan. Muat ulang halaman ini.")
    _begin(run, RunState.STOPPING, actor)


def undo(session: Session, actor: Actor, run_id: int) -> None:
    """Have the addresses of before given back, where they are still those that the run has set.

    Args:
        session: Any transaction.
        actor: Who undoes it.
        run_id: Which.

    Raises:
        NotAllowed: Not a run of the own scope.
        StepUpNeeded: Password or code have to be shown again.
        Refused: There is nothing to undo.
    """
    run = _taken(session, actor, run_id)
    if not may_undo(run):
        raise Refused("Impor ini tidak dapat dibatalkan lagi. Muat ulang halaman ini.")
    _begin(run, RunState.UNDOING, actor)
    run.position, run.error = run.applied_to + 1, ""


def _taken(session: Session, actor: Actor, run_id: int) -> EmailImport:
    """The run, locked: a worker in the middle of a chunk comes to its end first."""
    run = run_within(session, actor, run_id, for_update=True)
    require_recent(actor)
    return run


def _begin(run: EmailImport, state: RunState, actor: Actor) -> None:
    leave(run, state)
    run.acting, run.step_at = actor.account_id, clock.now()
