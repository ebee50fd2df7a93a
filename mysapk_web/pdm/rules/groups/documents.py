from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mysapk_web.pdm.rules.groups.fields import Condition, PersonFacts, Value

MAX_BYTES: Final = 1_048_576
"""1 MB. MySAPK's own limit is not published."""


@dataclass(frozen=True, slots=True)
class DocumentRule:
    code: str
    """Reference id of SIASN as text; if SIASN publishes none, a code of our own that starts with "X-"."""
    label: str
    required: bool | Condition = True
    max_bytes: int = MAX_BYTES
    media_type: str = "application/pdf"

    def is_required(self, payload: Mapping[str, Value], person: PersonFacts) -> bool:
        if isinstance(self.required, Condition):
            return self.required.met(payload, person)
        return self.required
