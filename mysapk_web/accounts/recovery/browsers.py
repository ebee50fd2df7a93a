"""Which browsers may try the token of a request, and how often each (decision 0021)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from mysapk_web.accounts.one_time_tokens import resend_wait
from mysapk_web.accounts.tables import ResetBinding, ResetRequest
from mysapk_web.organisation import rate_limiting
from mysapk_web.organisation.rate_limiting import client_key
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.upsert import insert_or_update
from mysapk_web.rate_limits import (
    TOKEN_BROWSERS_PER_NETWORK,
    TOKEN_BROWSERS_PER_PAIR,
    TOKEN_TRIES,
    TOKEN_TRIES_OF_REQUEST,
)
from mysapk_web.settings import get_settings


@dataclass(frozen=True, slots=True)
class RecoveryFlow:
    """`own_request` is what the browser requested, or whose link it opened; `newest` the newest of the same pair, whoever requested it."""

    binding: ResetBinding
    own_request: ResetRequest
    newest: ResetRequest

    @property
    def has_mail(self) -> bool:
        """Whether this browser opened the link of the newest mail."""
        return self.binding.by_mail and self.own_request.id == self.newest.id

    @property
    def requested_at(self) -> datetime:
        """Of this browser, or of the mail it came from. What others request is not visible here."""
        return self.own_request.created_at if self.binding.by_mail else self.binding.bound_at

    @property
    def is_stale(self) -> bool:
        """Longer ago than a token lives."""
        return self.requested_at + timedelta(minutes=get_settings().token_minutes) <= clock.now()

    @property
    def resend_wait(self) -> timedelta:
        return resend_wait(self.requested_at)


def newest_first(request: type[ResetRequest]) -> tuple[Any, ...]:
    """Of two requests at the same moment, the one that is over counts as older."""
    over = col(request.superseded_at).is_not(None) | col(request.used_at).is_not(None)
    return col(request.created_at).desc(), over


def find_flow(session: Session, client: ClientContext, *, lock: bool = False) -> RecoveryFlow | None:
    """Dead or alive; `lock` when the newest request and the binding are about to be written."""
    if not client.browser_ref:
        return None
    bound, newest = aliased(ResetRequest), aliased(ResetRequest)
    same_pair = (col(newest.subject) == bound.subject) & (col(newest.email_ref) == bound.email_ref)
    statement: Any = (
        select(bound, newest)
        .join(ResetBinding, col(ResetBinding.request_id) == bound.id)
        .join(newest, same_pair)
        .where(ResetBinding.browser == client.browser_ref)
        .order_by(*newest_first(newest))
        .limit(1)
    )
    if lock:
        statement = statement.with_for_update(of=newest).execution_options(populate_existing=True)
    found = session.exec(statement).one_or_none()
    binding = session.get(ResetBinding, client.browser_ref, populate_existing=True, with_for_update=lock or None)
    return RecoveryFlow(binding, *found) if found is not None and binding is not None else None


def attach_browser_by_mail(session: Session, client: ClientContext, request_id: str) -> bool:
    """From the link in a mail. Uses nothing up and grants nothing; False for an unknown request."""
    if not client.browser_ref or session.get(ResetRequest, request_id) is None:
        return False
    here = session.get(ResetBinding, client.browser_ref)
    if here is None or here.request_id != request_id or not here.by_mail:
        binding = ResetBinding(browser=client.browser_ref, request_id=request_id, bound_at=clock.now(), by_mail=True)
        insert_or_update(session, binding, "browser")
    return True


def attach_browser(session: Session, client: ClientContext, request: ResetRequest) -> None:
    """Each time a browser requests a token it gets new tries, while places are left.

    What it sees depends on what was typed in it and when, never on what became of the request.
    """
    if not client.browser_ref:
        return
    binding = ResetBinding(browser=client.browser_ref, request_id=request.id, bound_at=clock.now(), tries=TOKEN_TRIES)
    here = session.get(ResetBinding, client.browser_ref, populate_existing=True)
    if here is not None and here.by_mail and here.request_id == request.id:
        return
    again = here is not None and not here.by_mail and _same_pair(session.get(ResetRequest, here.request_id), request)
    if here is not None and again:
        binding.tries = here.tries
    if here is not None and again and resend_wait(here.bound_at):
        binding.bound_at = here.bound_at
    elif _admit_browser(session, client, request):
        binding.tries = 0
    insert_or_update(session, binding, "browser")


def _same_pair(one: ResetRequest | None, other: ResetRequest) -> bool:
    return one is not None and (one.subject, one.email_ref) == (other.subject, other.email_ref)


def count_try(session: Session, client: ClientContext, flow: RecoveryFlow) -> int | None:
    """The number of the try in this browser; None when it has none left."""
    if not flow.has_mail and (flow.binding.by_mail or flow.is_stale):
        # Came from an older mail, or got its place too long ago: tries are not hoarded, so this browser needs a new place.
        flow.binding.by_mail, flow.binding.bound_at = False, clock.now()
        flow.binding.tries = 0 if _admit_browser(session, client, flow.newest) else TOKEN_TRIES
        session.flush()
    if flow.newest.tries >= TOKEN_TRIES_OF_REQUEST or flow.binding.tries >= TOKEN_TRIES:
        return None
    return _add_try(session, client, flow.newest.id, 1)


def refund_try(session: Session, client: ClientContext, request_id: str) -> None:
    """The token was right."""
    _add_try(session, client, request_id, -1)


def _add_try(session: Session, client: ClientContext, request_id: str, step: int) -> int | None:
    session.execute(
        update(ResetRequest).where(col(ResetRequest.id) == request_id).values(tries=col(ResetRequest.tries) + step)
    )
    tries: int | None = session.execute(
        update(ResetBinding)
        .where(col(ResetBinding.browser) == client.browser_ref)
        .values(tries=col(ResetBinding.tries) + step)
        .returning(col(ResetBinding.tries))
    ).scalar_one_or_none()
    return tries


def _admit_browser(session: Session, client: ClientContext, request: ResetRequest) -> bool:
    """Take one of the places for browsers that may try tokens of this pair: of the network, then of all."""
    pair = f"{request.subject}:{request.email_ref[:20]}"
    network = client_key(get_settings().key("counters"), client.client_address)
    return (
        rate_limiting.hit(session, TOKEN_BROWSERS_PER_NETWORK, f"{pair}:{network[:20]}").allowed
        and rate_limiting.hit(session, TOKEN_BROWSERS_PER_PAIR, pair).allowed
    )
