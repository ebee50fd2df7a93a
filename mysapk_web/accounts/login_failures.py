"""Password spraying: one password tried on many accounts from many networks stays below every other limit."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from sqlmodel import Session, col, distinct, func, select

from mysapk_web.organisation import rate_limiting
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.rate_limits import FAILED_LOGINS

log = structlog.get_logger(__name__)

_EVERYBODY = "semua"


@dataclass(frozen=True, slots=True)
class LoginFailures:
    """Of the last ten minutes."""

    failures: int
    networks: int
    accounts: int


def count_failure(session: Session, client: ClientContext) -> None:
    """The first one beyond the alarm of a window warns in the log, and is recorded. The caller has recorded its own failure."""
    counted = rate_limiting.hit(session, FAILED_LOGINS, _EVERYBODY)
    if counted.just_exceeded:
        rate_limiting.record_exceeded(session, counted, client)
        found = recent_failures(session)
        log.warning(
            "login.failures",
            failures=found.failures,
            networks=found.networks,
            accounts=found.accounts,
            minutes=int(FAILED_LOGINS.window.total_seconds() // 60),
            alarm=counted.limit.count,
        )


def recent_failures(session: Session) -> LoginFailures:
    """From the audit log."""
    return LoginFailures(
        *session.exec(
            select(
                func.count(), func.count(distinct(AuditEvent.address)), func.count(distinct(AuditEvent.subject_id))
            ).where(AuditEvent.tag == AuditTag.LOGIN_FAILED, col(AuditEvent.at) > clock.now() - FAILED_LOGINS.window)
        ).one()
    )
