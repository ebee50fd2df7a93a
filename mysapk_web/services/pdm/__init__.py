"""Pemutakhiran data mandiri: records on file, proposals to change them, declarations, sending, the proof (DESIGN 5).

Every use case takes the actor and asks only for that person's own data, in the query itself. `apply` is the only way in which a
record on file changes.
"""

from mysapk_web.services.pdm.applying import apply
from mysapk_web.services.pdm.board import board
from mysapk_web.services.pdm.codes import StoredCodes, codes, search_codes
from mysapk_web.services.pdm.drafting import save_draft
from mysapk_web.services.pdm.form import form
from mysapk_web.services.pdm.group_page import group_view
from mysapk_web.services.pdm.history import history
from mysapk_web.services.pdm.proof import (
    ProofPage,
    ProofRow,
    ProofView,
    PublicProof,
    download,
    latest_proof,
    make_proof,
    proof_page,
    public_check,
)
from mysapk_web.services.pdm.proof_pdf import proof_pdf
from mysapk_web.services.pdm.review import review
from mysapk_web.services.pdm.routing import Routes, routes
from mysapk_web.services.pdm.sending import SendResult, send, withdraw
from mysapk_web.services.pdm.standing import facts
from mysapk_web.services.pdm.starting import discard, start
from mysapk_web.services.pdm.stating import state_group
from mysapk_web.services.pdm.views import (
    Board,
    Change,
    DocumentSlot,
    DocumentView,
    FieldView,
    FormView,
    GroupView,
    KindView,
    NextStep,
    ProposalView,
    RecordView,
    Review,
    ReviewGroup,
    ReviewItem,
    SavedDraft,
    TileView,
    TrailView,
)

__all__ = [
    "Board",
    "Change",
    "DocumentSlot",
    "DocumentView",
    "FieldView",
    "FormView",
    "GroupView",
    "KindView",
    "NextStep",
    "ProofPage",
    "ProofRow",
    "ProofView",
    "ProposalView",
    "PublicProof",
    "RecordView",
    "Review",
    "ReviewGroup",
    "ReviewItem",
    "Routes",
    "SavedDraft",
    "SendResult",
    "StoredCodes",
    "TileView",
    "TrailView",
    "apply",
    "board",
    "codes",
    "discard",
    "download",
    "facts",
    "form",
    "group_view",
    "history",
    "latest_proof",
    "make_proof",
    "proof_page",
    "proof_pdf",
    "public_check",
    "review",
    "routes",
    "save_draft",
    "search_codes",
    "send",
    "start",
    "state_group",
    "withdraw",
]
