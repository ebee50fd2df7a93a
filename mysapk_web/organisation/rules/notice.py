from enum import StrEnum
from typing import Final


class MailChoice(StrEnum):
    """Which steps of a proposal also go by e-mail; notices come in any case, and security e-mails always go."""

    EVERY_STEP = "semua"
    """Actions of others, and a receipt for what was submitted; the default."""
    ACTS_ONLY = "tindakan"
    NONE = "tidak"

    @property
    def label(self) -> str:
        return _LABELS[self]

    def takes(self, *, asks_action: bool) -> bool:
        return self is MailChoice.EVERY_STEP or (asks_action and self is MailChoice.ACTS_ONLY)


_LABELS: Final = {
    MailChoice.EVERY_STEP: "Setiap langkah usulan saya",
    MailChoice.ACTS_ONLY: "Hanya bila saya perlu bertindak",
    MailChoice.NONE: "Tidak ada, cukup di portal",
}
