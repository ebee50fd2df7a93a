"""Addresses from another personnel system: by page, over HTTP and on the command line, one service for all (DESIGN 4; domain 11)."""

from mysapk_web.services.email_imports.commanding import import_email
from mysapk_web.services.email_imports.runs import (
    RowView,
    RunView,
    apply,
    count_report,
    report,
    rows,
    run,
    run_of_token,
    runs,
    undo,
)
from mysapk_web.services.email_imports.starting import (
    TooOften,
    Upload,
    begin,
    begin_by_token,
    may_upload,
    may_upload_by_token,
)
from mysapk_web.services.email_imports.tokens import (
    Caller,
    Made,
    TokenView,
    caller_of,
    make,
    revoke,
    tokens,
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
    "count_report",
    "import_email",
    "make",
    "may_upload",
    "may_upload_by_token",
    "report",
    "revoke",
    "rows",
    "run",
    "run_of_token",
    "runs",
    "tokens",
    "undo",
]
