"""Documents that go with a record (domain 6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mysapk_web.pdm.rules.groups.fields import Condition, PersonFacts, Value

MAX_BYTES: Final = 1_048_576
"""Default size limit, 1 MB. MySAPK's own limit is not published (domain 6)."""


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """A document that a record asks for.

    Attributes:
        code: reference id of SIASN as text; where SIASN publishes none, a code of our own that starts with "X-".
        required: always, never, or when a field of the record says so.
    """

    code: str
    label: str
    required: bool | Condition = True
    max_bytes: int = MAX_BYTES
    media_type: str = "application/pdf"

    def is_required(self, payload: Mapping[str, Value], person: PersonFacts) -> bool:
        """Tell whether this record cannot be sent without the document."""
        if isinstance(self.required, Condition):
            return self.required.met(payload, person)
        return self.required
