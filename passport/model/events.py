"""Events: what can happen to a piece, and what one event says that its state depends on."""

from dataclasses import dataclass
from enum import StrEnum


class EventType(StrEnum):
    """What happened (code list ``event-type``)."""

    CREATED = "dppCreated"
    ARCHIVED = "dppArchived"
    ERASED = "payloadErased"
    MANUFACTURED = "manufactured"
    PLACED = "placedOnMarket"
    AVAILABLE = "madeAvailable"
    SERVICE = "puttingIntoService"
    INSPECTED = "inspected"
    ASSESSED = "conditionAssessed"
    MAINTAINED = "maintained"
    CLEANED = "cleaned"
    REPAIRED = "repaired"
    PARTS_REPLACED = "partsReplaced"
    UPGRADED = "upgraded"
    REFURBISHED = "refurbished"
    REMANUFACTURED = "remanufactured"
    OFFERED_TRANSFER = "transferOffered"
    WITHDRAWN_TRANSFER = "transferWithdrawn"
    REFUSED_TRANSFER = "transferRefused"
    NEW_OWNER = "ownershipTransferred"
    NEW_OPERATOR = "responsibilityTransferred"
    RELOCATED = "relocated"
    LENT = "lent"
    RETURNED = "returned"
    OFFERED = "offered"
    RESERVED = "reserved"
    WITHDRAWN = "withdrawn"
    LOST = "lost"
    FOUND = "found"
    COLLECTED = "collected"
    DISMANTLED = "dismantled"
    PARTS_HARVESTED = "partsHarvested"
    PREPARED = "preparedForReuse"
    RECYCLED = "recycled"
    ENERGY_RECOVERED = "energyRecovered"
    DISPOSED = "disposed"
    DESTROYED = "destroyed"


BY_SERVICE = frozenset({EventType.CREATED, EventType.ARCHIVED, EventType.ERASED})
"""Events that the service makes itself; nobody may submit them."""

OBSERVATIONS = frozenset(
    {
        *(EventType.INSPECTED, EventType.ASSESSED, EventType.MAINTAINED, EventType.CLEANED, EventType.REPAIRED),
        *(EventType.PARTS_REPLACED, EventType.UPGRADED, EventType.REFURBISHED, EventType.RELOCATED),
        *(EventType.LOST, EventType.FOUND, EventType.PREPARED, EventType.SERVICE),
    }
)
"""Events that follow their own time: they may be recorded late, from a place without a network."""

TRANSFERS = frozenset(
    {
        *(EventType.OFFERED_TRANSFER, EventType.WITHDRAWN_TRANSFER, EventType.REFUSED_TRANSFER),
        *(EventType.NEW_OWNER, EventType.NEW_OPERATOR),
    }
)
"""The steps by which a piece changes its owner or its responsible operator."""

ENDINGS = frozenset(
    {
        *(EventType.REMANUFACTURED, EventType.DISMANTLED, EventType.RECYCLED),
        *(EventType.ENERGY_RECOVERED, EventType.DISPOSED, EventType.DESTROYED),
    }
)
"""Events that end the life of a piece."""


class Subject(StrEnum):
    """What a transfer is about (code list ``transfer-subject``)."""

    OWNERSHIP = "ownership"
    RESPONSIBILITY = "responsibility"


@dataclass(frozen=True, slots=True)
class Transfer:
    """An open offer of a piece: its id, what is offered, to whom, until when and since when (RFC 3339 UTC)."""

    id: str
    subject: Subject
    receiver: str
    expires: str
    offered: str = ""

    @property
    def closing(self) -> EventType:
        """The event by which the receiver accepts it."""
        return EventType.NEW_OWNER if self.subject is Subject.OWNERSHIP else EventType.NEW_OPERATOR


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a piece. What an event does not speak of is None or empty and changes nothing.

    ``id`` is the last part of its address; ``time`` when it happened and ``recorded`` when it was accepted (RFC 3339
    UTC). Organisations are slugs, an ``owner``, ``holder`` or receiver may be ``private-party``. ``grade`` and
    ``availability`` are codes; ``unsafe``: the structure got its worst score. ``transfer`` is what an offer opens,
    ``answers`` the id of the transfer that an event accepts, refuses or takes back. ``replaced`` and ``removed`` name
    components. ``supersedes`` is the id of the event that this one corrects; ``cancels``: that one never happened, and
    this one says nothing else. ``declared``: a receipt from a private party without proof.
    """

    type: EventType
    time: str
    id: str = ""
    recorded: str = ""
    actor: str | None = None
    owner: str | None = None
    holder: str | None = None
    operator: str | None = None
    grade: str | None = None
    assessed_on: str | None = None
    unsafe: bool | None = None
    availability: str | None = None
    transfer: Transfer | None = None
    answers: str | None = None
    replaced: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    supersedes: str | None = None
    cancels: bool = False
    declared: bool = False
