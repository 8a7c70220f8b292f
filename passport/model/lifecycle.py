"""The life of a product: events, and the state that they fold into."""

from dataclasses import dataclass, replace
from enum import StrEnum

from passport.model.passport import Standing

PRIVATE_PARTY = "private-party"
"""The owner when it is a private person: no identity is ever kept."""


class EventType(StrEnum):
    """What happened (code list ``event-type``)."""

    CREATED = "dppCreated"
    ARCHIVED = "dppArchived"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a product. What an event does not speak of is None and changes nothing.

    ``owner`` is an organisation slug or ``private-party``; ``grade`` a code of ``condition-grade``; ``availability`` a
    code of ``availability``; times are RFC 3339 UTC, dates ISO 8601.
    """

    type: EventType
    time: str
    owner: str | None = None
    grade: str | None = None
    assessed_on: str | None = None
    availability: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What is true of a product now."""

    standing: Standing = Standing.ACTIVE
    owner: str | None = None
    grade: str | None = None
    assessed_on: str | None = None
    availability: str | None = None


def fold(state: State, event: Event) -> State:
    """The state after ``event``. Raises ``ValueError`` for an event that cannot happen in ``state``."""
    if state.standing is not Standing.ACTIVE:
        raise ValueError(f"nothing can happen to a product whose passport is {state.standing}")
    if event.type is EventType.ARCHIVED:
        return replace(state, standing=Standing.ARCHIVED)
    return State(
        standing=state.standing,
        owner=_newer(event.owner, state.owner),
        grade=_newer(event.grade, state.grade),
        assessed_on=event.assessed_on if event.grade is not None else state.assessed_on,
        availability=_newer(event.availability, state.availability),
    )


def _newer(new: str | None, old: str | None) -> str | None:
    return old if new is None else new
