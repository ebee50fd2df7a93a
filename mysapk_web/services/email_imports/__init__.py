"""Addresses from another personnel system: by page, over HTTP and on the command line, one service for all (DESIGN 4; domain 11)."""

from mysapk_web.services.email_imports.commanding import import_email
from mysapk_web.services.email_imports.reports import take_report, take_report_by_token
from mysapk_web.services.email_imports.runs import (
    RowView,
    RunView,
    find_run,
    list_rows,
    list_runs,
    run_of_token,
)
from mysapk_web.services.email_imports.starting import (
    TooOften,
    Upload,
    begin,
    begin_by_token,
    may_begin,
    may_upload,
    may_upload_by_token,
)
from mysapk_web.services.email_imports.steering import apply, discard, stop, undo
from mysapk_web.services.email_imports.tokens import (
    Caller,
    Made,
    TokenView,
    caller_of,
    list_tokens,
    make_token,
    revoke_token,
)

__all__ = [
    "Caller",
    "Made",
    "RowView",
    "RunView",
    "TokenView",
    "TooOften",
    "Upload",
    "apply",
    "begin",
    "begin_by_token",
    "caller_of",
    "discard",
    "find_run",
    "import_email",
    "list_rows",
    "list_runs",
    "list_tokens",
    "make_token",
    "may_begin",
    "may_upload",
    "may_upload_by_token",
    "revoke_token",
    "run_of_token",
    "stop",
    "take_report",
    "take_report_by_token",
    "undo",
]
