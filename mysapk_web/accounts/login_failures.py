"""Failed logins of everybody together: one password tried on many accounts from many networks passes every limit of one (DESIGN 4)."""

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
    """What failed in the last ten minutes.

    Attributes:
        failures: Logins with a wrong password or an unknown NIP.
        accounts: Accounts that they were about, as far as there are such.
    """

    failures: int
    networks: int
    accounts: int


def count_failure(session: Session, visitor: ClientContext) -> None:
    """Count a failed login; the first one beyond the alarm of a window warns in the log, and stands in the trail.

    Args:
        session: The transaction of the login, which has written its failure into the trail.
    """
    counted = rate_limiting.hit(session, FAILED_LOGINS, _EVERYBODY)
    if counted.just_exceeded:
        rate_limiting.record_exceeded(session, counted, visitor)
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
    """The figures of the last ten minutes, from the trail."""
    return LoginFailures(
        *session.exec(
            select(
                func.count(), func.count(distinct(AuditEvent.address)), func.count(distinct(AuditEvent.subject_id))
            ).where(AuditEvent.tag == AuditTag.LOGIN_FAILED, col(AuditEvent.at) > clock.now() - FAILED_LOGINS.window)
        ).one()
    )
