"""What the pages of the PDM show: frozen, free of tables, moments aware in UTC with the zone of the agency beside them."""

from mysapk_web.services.pdm.views.board import Board, NextStep, TileView
from mysapk_web.services.pdm.views.form import DocumentSlot, FieldView, FormView, SavedDraft
from mysapk_web.services.pdm.views.group import GroupView, KindView, RecordView
from mysapk_web.services.pdm.views.match import Match
from mysapk_web.services.pdm.views.proposal import Change, DocumentView, ProposalView, TrailView
from mysapk_web.services.pdm.views.review import Review, ReviewGroup, ReviewItem

__all__ = [
    "Board",
    "Change",
    "DocumentSlot",
    "DocumentView",
    "FieldView",
    "FormView",
    "GroupView",
    "KindView",
    "Match",
    "NextStep",
    "ProposalView",
    "RecordView",
    "Review",
    "ReviewGroup",
    "ReviewItem",
    "SavedDraft",
    "TileView",
    "TrailView",
]
