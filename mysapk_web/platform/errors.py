"""What a use case raises: refusals worded for the user, and states of the portal."""

from __future__ import annotations

from typing import Final


class PermissionDenied(Exception):
    """The message is for the log; users read a fixed sentence."""


class UserError(Exception):
    """A refusal in words the user can act on; `field` names the form field it belongs to, empty for the whole form."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class CommittingUserError(UserError):
    """A refusal whose transaction commits, because it has counted a try or written the audit log."""


class StaleRevisionError(UserError):
    """Somebody else changed the subject since its page was loaded; the sentence says who and when."""


class FormError(UserError):
    """Errors of several form fields at once."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


class ServerBusyError(Exception):
    """Too much of this kind of work is queued."""


REAUTHENTICATION_FIELD: Final = "konfirmasi"
"""Form field for password or code."""


REAUTHENTICATION_SENTENCE: Final = (
    "Tindakan ini memerlukan konfirmasi. Isi password Anda, atau kode dari aplikasi autentikator."
)


class ReauthenticationRequired(UserError):
    """The action waits until the user re-enters password or code; pages open the dialog for it."""

    def __init__(self) -> None:
        super().__init__(REAUTHENTICATION_SENTENCE, REAUTHENTICATION_FIELD)
