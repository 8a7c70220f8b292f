"""Events as documents, and the folded state of a product as the text that is stored with it."""

from collections.abc import Mapping
from typing import Any

import orjson

from passport.model.lifecycle import Event, EventType, State
from passport.model.passport import Standing


def to_text(state: State) -> str:
    """The state as JSON text."""
    return orjson.dumps(state).decode()


def from_text(text: str) -> State:
    """The state from its JSON text; ``{}`` is the state before anything happened."""
    value = orjson.loads(text)
    return State(**{**value, "standing": Standing(value.get("standing", Standing.ACTIVE))})


def event_of(document: Mapping[str, Any]) -> Event:
    """What an event document says, of whatever tier: what it does not speak of stays None.

    Raises ``ValueError`` for an event of no known type, ``KeyError`` for one without type or time.
    """
    condition = document.get("condition") or {}
    return Event(
        EventType(document["eventType"]),
        document["eventTime"],
        owner=document.get("owner"),
        grade=condition.get("grade"),
        assessed_on=condition.get("assessedOn"),
        availability=document.get("availability"),
    )
