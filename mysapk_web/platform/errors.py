"""What a use case raises: refusals in words for a person, and states of the portal that a page tells."""

from __future__ import annotations

from typing import Final


class PermissionDenied(Exception):
    """The actor may not do this. The message is for the log; people read a fixed sentence."""


class UserError(Exception):
    """A use case says no to a person, in words that person can act on.

    Args:
        field: Name of the form field that the sentence belongs to; empty: the whole form.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class CommittingUserError(UserError):
    """A refusal whose transaction is kept, because it has counted a try or written the trail."""


class StaleRevisionError(UserError):
    """Somebody else has changed what the act is about since its page was loaded; the sentence says who and when."""


class FormError(UserError):
    """Several fields at once were not as they have to be."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


class ServerBusyError(Exception):
    """Too many password checks wait already."""


REAUTHENTICATION_FIELD: Final = "konfirmasi"
"""Name of the field that takes the proof."""


REAUTHENTICATION_SENTENCE: Final = (
    "Tindakan ini memerlukan konfirmasi. Isi password Anda, atau kode dari aplikasi autentikator."
)


class ReauthenticationRequired(UserError):
    """The act waits until the person has shown password or code again; pages open the dialog for it."""

    def __init__(self) -> None:
        super().__init__(REAUTHENTICATION_SENTENCE, REAUTHENTICATION_FIELD)
