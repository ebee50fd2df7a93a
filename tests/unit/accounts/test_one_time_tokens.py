"""The rule of a token that works once is one: a query and a row that was read say the same."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from sqlmodel import col, select

from mysapk_web.accounts import one_time_tokens
from mysapk_web.accounts.one_time_tokens import TokenFault
from mysapk_web.accounts.tables import EmailChangeRequest, OneTimeToken, ResetRequest
from mysapk_web.platform import clock
from tests.support.portal import Portal

FIELDS = {
    ResetRequest: {"subject": "s", "mask": "m", "nip": "1", "email_ref": "e"},
    EmailChangeRequest: {"email_key": "baru@contoh.example.go.id"},
}


@pytest.mark.parametrize("table", list(FIELDS))
def test_the_query_and_the_row_agree(portal: Portal, table: type[OneTimeToken]) -> None:
    now = clock.now()
    moments = (None, now - timedelta(seconds=1))
    lives = (timedelta(seconds=-1), timedelta(0), timedelta(seconds=1))
    tries = (0, table.MAX_TRIES - 1, table.MAX_TRIES)
    with portal.db.begin() as session:
        for used_at, superseded_at, left, tried in product(moments, moments, lives, tries):
            token = one_time_tokens.issue(session, table, account_id=portal.ani.account_id, **FIELDS[table])
            token.used_at, token.superseded_at, token.tries = used_at, superseded_at, tried
            token.expires_at = now + left
    with portal.db.read() as session:
        tokens = session.exec(select(table)).all()
        usable = set(session.exec(select(col(table.id)).where(one_time_tokens.usable(table))).all())
        live = set(session.exec(select(col(table.id)).where(one_time_tokens.live(table))).all())
        faults = {token.id: one_time_tokens.fault_of(token) for token in tokens}
    assert len(faults) == 36
    assert usable == {key for key, fault in faults.items() if fault is None}
    assert live == usable | {key for key, fault in faults.items() if fault is TokenFault.EXHAUSTED}
    assert len(usable) == 2
    assert set(faults.values()) == {None, *TokenFault}


@pytest.mark.parametrize("table", list(FIELDS))
def test_only_the_unspent_are_superseded_and_only_the_usable_are_tried(
    portal: Portal, table: type[OneTimeToken]
) -> None:
    with portal.db.begin() as session:
        old, used = (
            one_time_tokens.issue(session, table, account_id=portal.ani.account_id, **FIELDS[table]) for _ in range(2)
        )
        assert one_time_tokens.count_try(session, old)
        used.used_at = clock.now()
        session.flush()
        assert not one_time_tokens.count_try(session, used)
        assert (old.tries, used.tries) == (1, 0)
        assert one_time_tokens.supersede(session, table) == 1
        assert one_time_tokens.supersede(session, table) == 0
        assert not one_time_tokens.count_try(session, old)


def test_a_token_of_one_kind_is_none_of_the_other(portal: Portal) -> None:
    with portal.db.begin() as session:
        reset, change = (
            one_time_tokens.issue(session, table, account_id=portal.ani.account_id, **FIELDS[table]) for table in FIELDS
        )
        change.id = reset.id
        typed = one_time_tokens.text_of(ResetRequest, reset.id, portal.settings)
        assert one_time_tokens.matches(reset, typed)
        assert not one_time_tokens.matches(change, typed)
        session.rollback()
