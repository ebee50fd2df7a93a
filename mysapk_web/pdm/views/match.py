"""What a person has already that is the same as a proposal, or may be."""

from __future__ import annotations

from dataclasses import dataclass

from mysapk_web.pdm.views.proposal import Change


@dataclass(frozen=True, slots=True)
class Match:
    """A record on file, or a proposal under way, beside a proposal that is the same or may be.

    Attributes:
        refused: The proposal makes it a second time: it can't be sent, verified or applied.
        same: They are the same by the identity of their kind; otherwise they are similar.
        on_file: A record on file; otherwise another proposal of the person.
        number: Id of the record or of the proposal.
        field: Where the form says so; empty for the whole form.
        differences: `before` is what it says, `after` what the proposal says; blind to how it was typed.
    """

    refused: bool
    same: bool
    on_file: bool
    number: int
    field: str
    title: str
    subtitle: str
    href: str
    differences: list[Change]
    sentence: str

    @property
    def where(self) -> str:
        """Where it stands, in words."""
        return "data pada berkas" if self.on_file else "usulan lain"
