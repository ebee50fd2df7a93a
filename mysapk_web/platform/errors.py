"""What a use case raises: refusals in words for a person, and states of the portal that a page tells."""

from __future__ import annotations

from typing import Final


class NotAllowed(Exception):  # noqa: N818  a refusal, not a fault of the program
    """The actor may not do this. The message is for the log; people read a fixed sentence."""


class Refused(Exception):  # noqa: N818
    """A use case says no to a person, in words that person can act on.

    Args:
        sentence: What is shown.
        field: Name of the form field that the sentence belongs to; empty: the whole form.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class CountedRefusal(Refused):
    """A refusal whose transaction is kept, because it has counted a try or written the trail."""


class StaleRevisionError(Refused):
    """Somebody else has changed what the act is about since its page was loaded; the sentence says who and when."""


class InputRefused(Refused):
    """Several fields at once were not as they have to be.

    Args:
        faults: Field name -> sentence.
    """

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


class Busy(Exception):  # noqa: N818  a state of the portal, told to the person
    """Too many password checks wait already."""


FIELD: Final = "konfirmasi"
"""Name of the field that takes the proof."""


NEEDED: Final = "Tindakan ini memerlukan konfirmasi. Isi password Anda, atau kode dari aplikasi autentikator."


class StepUpNeeded(Refused):
    """The act waits until the person has shown password or code again; pages open the dialog for it."""

    def __init__(self) -> None:
        super().__init__(NEEDED, FIELD)
