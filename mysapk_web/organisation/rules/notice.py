"""Which steps of a usulan a person also hears of by mail (DESIGN 5). Letters of security are another matter: they always go."""

from enum import StrEnum
from typing import Final


class MailChoice(StrEnum):
    """What a person wants by mail beside the notices of the portal, which come in any case."""

    EVERY_STEP = "semua"
    """What somebody else did, and a receipt for what was sent; so it is until the person says otherwise."""
    ACTS_ONLY = "tindakan"
    NONE = "tidak"

    @property
    def label(self) -> str:
        """The words of the choice."""
        return _LABELS[self]

    def takes(self, *, asks_action: bool) -> bool:
        """Whether something goes by mail."""
        return self is MailChoice.EVERY_STEP or (asks_action and self is MailChoice.ACTS_ONLY)


_LABELS: Final = {
    MailChoice.EVERY_STEP: "Setiap langkah usulan saya",
    MailChoice.ACTS_ONLY: "Hanya bila saya perlu bertindak",
    MailChoice.NONE: "Tidak ada, cukup di portal",
}
