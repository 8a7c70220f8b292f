"""The state of a piece: everything that is true of it now and follows from its events."""

from dataclasses import dataclass
from enum import StrEnum

from passport.model.events import EventType, Transfer
from passport.model.passport import Standing

PRIVATE_PARTY = "private-party"
"""The owner when it is a private person: no identity is ever kept."""

IN_USE, IN_STORAGE, OFFERED, RESERVED, LOST, DISCARDED, ON_LOAN = (
    *("inUse", "inStorage", "offered", "reserved", "lost", "discarded", "onLoan"),
)
"""Codes of the list ``availability`` that events set by themselves."""


class Part(StrEnum):
    """What became of a component of a piece."""

    REPLACED = "replaced"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """The newest change of one component, by its id: what, by which event, and when."""

    component: str
    what: Part
    event: str
    time: str


@dataclass(frozen=True, slots=True)
class State:
    """What is true of a piece now.

    ``owner`` None means that its issuer still has it, ``holder`` None that its owner holds it. ``confirmed`` is False
    where an organisation only declared that it got the piece from a private party. ``graded``, ``available`` and
    ``repaired`` are the own times of the observations that stand; ``made`` is when the piece was made, ``ended`` and
    ``ending`` when and how it ended; ``latest`` the latest own time of any observation. ``unsafe``: its structure was
    found unsafe. ``successors`` are the passports of what was made of it; ``hands`` is when a change of its owner or
    holder was last recorded, ``handed`` the latest own time of such a change.
    """

    standing: Standing = Standing.ACTIVE
    owner: str | None = None
    confirmed: bool = True
    holder: str | None = None
    transfer: Transfer | None = None
    grade: str | None = None
    assessed_on: str | None = None
    graded: str | None = None
    unsafe: bool = False
    availability: str | None = None
    available: str | None = None
    repairs: int = 0
    repaired: str | None = None
    made: str | None = None
    ended: str | None = None
    ending: EventType | None = None
    latest: str | None = None
    changes: tuple[Change, ...] = ()
    successors: tuple[str, ...] = ()
    hands: str | None = None
    handed: str | None = None
