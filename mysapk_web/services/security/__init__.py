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
from mysapk_web.services.security.step_up import (
    RECENT,
    StepUpNeeded,
    is_recent,
    require_recent,
    step_up,
)

__all__ = [
    "RECENT",
    "WRONG_PASSWORD",
    "LoginInfo",
    "SecurityOverview",
    "SessionInfo",
    "StepUpNeeded",
    "cancel_second_factor",
    "change_password",
    "confirm_password",
    "confirm_second_factor",
    "end_other_sessions",
    "end_session",
    "enrolment_uri",
    "is_recent",
    "judge",
    "overview",
    "recovery_codes",
    "require_recent",
    "session_key",
    "start_second_factor",
    "step_up",
    "stop_second_factor",
]
