"""What a person does to keep the own account safe: password, sessions, second factor (page `/keamanan`)."""

from mysapk_web.services.security.devices import (
    LoginInfo,
    SecurityOverview,
    SessionInfo,
    end_other_sessions,
    end_session,
    overview,
    session_key,
)
from mysapk_web.services.security.enrolment import (
    cancel_second_factor,
    confirm_second_factor,
    enrolment_uri,
    recovery_codes,
    start_second_factor,
    stop_second_factor,
)
from mysapk_web.services.security.password import (
    WRONG_PASSWORD,
    change_password,
    confirm_password,
    judge,
)

__all__ = [
    "WRONG_PASSWORD",
    "LoginInfo",
    "SecurityOverview",
    "SessionInfo",
    "cancel_second_factor",
    "change_password",
    "confirm_password",
    "confirm_second_factor",
    "end_other_sessions",
    "end_session",
    "enrolment_uri",
    "judge",
    "overview",
    "recovery_codes",
    "session_key",
    "start_second_factor",
    "stop_second_factor",
]
