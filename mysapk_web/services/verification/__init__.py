"""Verification: the inbox, one proposal with everything needed to judge it, the decisions of verifikator, approver and BKN (DESIGN 5).

Every use case takes the actor, asks for the permission, and is limited to the scope of the grants in the query itself.
"""

from mysapk_web.services.verification.bulk import candidates, verify_together
from mysapk_web.services.verification.claiming import claim, release
from mysapk_web.services.verification.correcting import correct, correction
from mysapk_web.services.verification.deciding import decide
from mysapk_web.services.verification.filters import MINE, NEWEST, OPEN, Filters, read_filters
from mysapk_web.services.verification.inbox import inbox, next_in_queue
from mysapk_web.services.verification.opening import open_proposal
from mysapk_web.services.verification.reading import note_reading
from mysapk_web.services.verification.units import suggest_units, unit_choice, unit_meant
from mysapk_web.services.verification.views import (
    ActView,
    Bulk,
    BulkResult,
    Candidate,
    CheckResult,
    Claim,
    CorrectionView,
    Count,
    Decided,
    Inbox,
    InboxRow,
    Line,
    Opened,
    Step,
    UnitChoice,
)

__all__ = [
    "MINE",
    "NEWEST",
    "OPEN",
    "ActView",
    "Bulk",
    "BulkResult",
    "Candidate",
    "CheckResult",
    "Claim",
    "CorrectionView",
    "Count",
    "Decided",
    "Filters",
    "Inbox",
    "InboxRow",
    "Line",
    "Opened",
    "Step",
    "UnitChoice",
    "candidates",
    "claim",
    "correct",
    "correction",
    "decide",
    "inbox",
    "next_in_queue",
    "note_reading",
    "open_proposal",
    "read_filters",
    "release",
    "suggest_units",
    "unit_choice",
    "unit_meant",
    "verify_together",
]
