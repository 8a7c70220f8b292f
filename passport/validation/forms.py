"""What kinds of documents are checked: passports of each level, and events."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, Literal

from passport.model.passport import Level


class _Form(StrEnum):
    EVENT = "event"


EVENT: Final = _Form.EVENT
"""The form of a document that tells what happened to one or more pieces."""
Form = Level | Literal[_Form.EVENT]
"""What a document is checked as; its value is the name of its schema."""
PASSPORTS: Final[frozenset[Form]] = frozenset(Level)
EVENTS: Final[frozenset[Form]] = frozenset({EVENT})
EVERY: Final[frozenset[Form]] = PASSPORTS | EVENTS
PARTS: Final = ("replacedComponents", "partsUsed")
"""The members of an event that say what a piece now consists of."""
SECRETS: Final = frozenset({"claimSecret"})
"""Members whose values no report repeats."""
_LEVELS: Final[Mapping[object, Level]] = {level.value: level for level in Level}


def form_of(value: Mapping[str, Any]) -> Form | None:
    """What a document says it is: its level, or an event by its ``eventType``; None for neither and for both."""
    if "granularity" not in value:
        return EVENT if "eventType" in value else None
    stated = value["granularity"]
    return _LEVELS.get(stated) if isinstance(stated, str) and "eventType" not in value else None
