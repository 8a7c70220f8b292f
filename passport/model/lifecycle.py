"""The life of a piece: the state that its events fold into, and what cannot happen in it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from passport.model.events import ENDINGS, OBSERVATIONS, TRANSFERS, Event, EventType, Subject, Transfer
from passport.model.passport import Standing

PRIVATE_PARTY = "private-party"
"""The owner when it is a private person: no identity is ever kept."""


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


class Impossible(ValueError):
    """An event that cannot happen in a state. ``code`` is the finding's; ``values`` are what it is about."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(f"{code}: {values}" if values else code)
        self.code = code
        self.values = values


def fold(state: State, event: Event) -> State:
    """The state after ``event``. Raises ``Impossible`` for an event that cannot happen in ``state``.

    Ownership, holding and the end of life follow the order of the calls, which is that of the log. An observation
    (condition, availability, parts) takes the place of another one only when its own time is not before that one's.
    """
    forbid(state, event)
    return _FOLDS.get(event.type, _observed)(state, event)


def refold(events: Iterable[Event]) -> State:
    """The state that events in the order of the log fold into, with their corrections.

    Raises ``Impossible`` where the corrected course of things cannot have been.
    """
    state = State()
    for event in course(events):
        state = fold(state, event)
    return state


def course(events: Iterable[Event]) -> list[Event]:
    """Events in the order of the log as they count: what corrects one stands in its place.

    A cancelled event is left out, and so is what cancels it.
    """
    return [versions[-1] for versions in corrected(events) if not versions[-1].cancels]


def corrected(events: Iterable[Event]) -> list[list[Event]]:
    """Events in the order of the log, each followed by what corrects it, that by what corrects that, and so on."""
    found: dict[str, list[Event]] = {}
    first: dict[str, str] = {}
    for event in events:
        place = event.id if event.supersedes is None else first.get(event.supersedes, event.supersedes)
        first[event.id] = place
        found.setdefault(place, []).append(event)
    return list(found.values())


def forbid(state: State, event: Event) -> None:
    """Raise ``Impossible`` when ``event`` cannot follow upon ``state``; an observation is judged at its own time."""
    if state.standing is Standing.ARCHIVED and event.type not in _AFTERWARDS:
        raise Impossible("passport-archived", standing=state.standing)
    if state.made is not None and event.type not in _ANY_TIME and event.time < state.made:
        raise Impossible("event-before-made", made=state.made)
    if state.ended is not None and state.ending is not None and not _whatever_ended(state, event):
        late = event.type in OBSERVATIONS and event.time < state.ended
        if not late and not _follows(state.ending, event.type):
            raise Impossible("event-after-end", ending=state.ending, ended=state.ended)
    seen = max(state.latest or "", state.handed or "")
    if event.type in ENDINGS and event.time < seen:
        raise Impossible("end-before-observation", latest=seen)
    since = max(state.handed or "", _offered(state, event))
    if event.type in _HANDING and event.time < since:
        raise Impossible("event-before-cause", since=since)
    check = _CHECKS.get(event.type)
    if check is not None:
        check(state, event)


def _offered(state: State, event: Event) -> str:
    """When the offer was made that an event answers."""
    return state.transfer.offered if state.transfer is not None and event.answers is not None else ""


_HANDING = TRANSFERS | {EventType.LENT, EventType.RETURNED, EventType.COLLECTED}
"""Changes of hands and what leads to them: they follow upon each other in their own time, too."""

_ANY_TIME = frozenset({EventType.CREATED, EventType.ARCHIVED, EventType.ERASED})
_AFTERWARDS = frozenset({EventType.ERASED})
_AFTER_END = frozenset({EventType.ARCHIVED, EventType.ERASED})

_STEPS: dict[EventType, frozenset[EventType]] = {
    EventType.DISMANTLED: frozenset(
        {
            *(EventType.DISMANTLED, EventType.PARTS_HARVESTED, EventType.RECYCLED, EventType.ENERGY_RECOVERED),
            *(EventType.DISPOSED, EventType.DESTROYED, EventType.OFFERED_TRANSFER, EventType.WITHDRAWN_TRANSFER),
            *(EventType.REFUSED_TRANSFER, EventType.NEW_OWNER, EventType.RELOCATED, EventType.COLLECTED),
        }
    ),
}
"""What may still happen to the remains of a piece after each end; nothing where it is not named."""


def _follows(ending: EventType, event: EventType) -> bool:
    return event in _STEPS.get(ending, frozenset())


def _whatever_ended(state: State, event: Event) -> bool:
    """Whether an event is not held up by an end: the passport's own, and the proof that who ended it had no right to.

    Ownership that was only declared gives no right against the secret, not even by ending the piece.
    """
    return event.type in _AFTER_END or (not state.confirmed and _proves(event))


def _proves(event: Event) -> bool:
    """Whether an event takes a piece over from a private person with the secret."""
    receipt = event.type is EventType.NEW_OWNER and event.answers is None and event.owner != PRIVATE_PARTY
    return receipt and not event.declared


def _made_once(state: State, event: Event) -> None:
    if state.made is not None:
        raise Impossible("made-twice", made=state.made)
    seen = max(state.latest or "", state.handed or "")
    if seen and event.time > seen:
        raise Impossible("event-before-made", made=event.time)


def _no_transfer(state: State, event: Event) -> None:
    subject = event.transfer.subject if event.transfer is not None else Subject.OWNERSHIP
    _nothing_open(state, event, subject)
    giver = event.actor if subject is Subject.RESPONSIBILITY else state.owner or event.actor
    if event.transfer is not None and event.transfer.receiver == giver:
        raise Impossible("transfer-to-self")


def _nothing_open(state: State, event: Event, subject: Subject) -> None:
    """One offer at a time; but nobody who answers for a piece keeps its owner from giving it away."""
    if state.transfer is None or state.transfer.expires <= event.recorded:
        return
    if subject is Subject.RESPONSIBILITY or state.transfer.subject is Subject.OWNERSHIP:
        raise Impossible("transfer-open", transfer=state.transfer.id)


def _that_transfer(state: State, event: Event) -> None:
    if event.type is EventType.NEW_OWNER and event.answers is None:
        _without_offer(state, event)
        return
    if state.transfer is None:
        raise Impossible("transfer-none")
    other = event.type in _CLOSINGS and event.type is not state.transfer.closing
    if other or state.transfer.id != event.answers:
        raise Impossible("transfer-other", transfer=state.transfer.id)
    if event.type in _CLOSINGS and state.transfer.expires <= event.recorded:
        raise Impossible("transfer-expired", expires=state.transfer.expires)


_CLOSINGS = frozenset({EventType.NEW_OWNER, EventType.NEW_OPERATOR})


def _without_offer(state: State, event: Event) -> None:
    """To a private person, or back from one: there is nobody who could accept, or could have offered."""
    if event.owner == PRIVATE_PARTY:
        if state.owner == PRIVATE_PARTY:
            raise Impossible("transfer-to-self")
        _nothing_open(state, event, Subject.OWNERSHIP)
    elif state.owner != PRIVATE_PARTY and (state.confirmed or event.declared):
        raise Impossible("not-private")


def _lend(state: State, event: Event) -> None:
    if state.holder is not None:
        raise Impossible("lent-already")


def _lent(state: State, event: Event) -> None:
    if state.holder is None:
        raise Impossible("not-lent")


def _safe(state: State, event: Event) -> None:
    if state.unsafe:
        raise Impossible("unsafe-offered")


def _is_offered(state: State, event: Event) -> None:
    if state.availability not in {OFFERED, RESERVED, "availableInternally"} and not _late(state, event):
        raise Impossible("not-offered")


def _not_lost(state: State, event: Event) -> None:
    if state.availability == LOST and not _late(state, event):
        raise Impossible("lost-already")


def _is_lost(state: State, event: Event) -> None:
    if state.availability != LOST and not _late(state, event):
        raise Impossible("not-lost")


def _late(state: State, event: Event) -> bool:
    """Whether something newer is known of where the piece is."""
    return state.available is not None and event.time < state.available


_CHECKS = {
    EventType.MANUFACTURED: _made_once,
    EventType.OFFERED_TRANSFER: _no_transfer,
    EventType.WITHDRAWN_TRANSFER: _that_transfer,
    EventType.REFUSED_TRANSFER: _that_transfer,
    EventType.NEW_OWNER: _that_transfer,
    EventType.NEW_OPERATOR: _that_transfer,
    EventType.LENT: _lend,
    EventType.RETURNED: _lent,
    EventType.OFFERED: _safe,
    EventType.RESERVED: _is_offered,
    EventType.WITHDRAWN: _is_offered,
    EventType.LOST: _not_lost,
    EventType.FOUND: _is_lost,
}

IN_USE, IN_STORAGE, OFFERED, RESERVED, LOST, DISCARDED, ON_LOAN = (
    *("inUse", "inStorage", "offered", "reserved", "lost", "discarded", "onLoan"),
)
"""Codes of the list ``availability`` that events set by themselves."""

_AVAILABILITY = {
    EventType.OFFERED: OFFERED,
    EventType.RESERVED: RESERVED,
    EventType.WITHDRAWN: IN_STORAGE,
    EventType.LOST: LOST,
    EventType.FOUND: IN_STORAGE,
    EventType.LENT: ON_LOAN,
    EventType.RETURNED: IN_STORAGE,
    EventType.COLLECTED: DISCARDED,
    EventType.SERVICE: IN_USE,
}
_ENDS_WITH_OWNER = frozenset({OFFERED, RESERVED, ON_LOAN, "availableInternally"})
"""What a piece is no longer once it has another owner."""


def _observed(state: State, event: Event) -> State:
    """What every event may bring: condition, availability and changed parts, each by its own time."""
    changes = {
        "latest": max(state.latest or "", event.time) if event.type in OBSERVATIONS else state.latest,
        **_graded(state, event),
        **_availability(state, event),
        **_parts(state, event),
    }
    if event.type in _REPAIRS:
        changes["repairs"] = state.repairs + 1
        changes["repaired"] = max(state.repaired or "", event.time)
    return replace(state, **changes)  # type: ignore[arg-type]


_REPAIRS = frozenset({EventType.REPAIRED, EventType.PARTS_REPLACED})


def _graded(state: State, event: Event) -> dict[str, object]:
    """The condition as an event found it; what a piece came with was found on the day that is stated."""
    stated = event.assessed_on if event.type is EventType.CREATED else None
    time = f"{stated}T00:00:00Z" if stated is not None else event.time
    if event.grade is None or (state.graded is not None and time < state.graded):
        return {}
    return {
        "grade": event.grade,
        "assessed_on": event.assessed_on or event.time[:10],
        "graded": time,
        "unsafe": bool(event.unsafe),
    }


def _availability(state: State, event: Event) -> dict[str, object]:
    said = event.availability or _AVAILABILITY.get(event.type)
    if said is None and event.type is EventType.NEW_OWNER and state.availability in _ENDS_WITH_OWNER:
        said = IN_STORAGE
    if said is None or (state.available is not None and event.time < state.available):
        return {}
    return {"availability": said, "available": event.time}


def _parts(state: State, event: Event) -> dict[str, object]:
    if not event.replaced and not event.removed:
        return {}
    changes = {change.component: change for change in state.changes}
    for what, components in ((Part.REPLACED, event.replaced), (Part.REMOVED, event.removed)):
        for component in components:
            before = changes.get(component)
            if before is None or before.time <= event.time:
                changes[component] = Change(component, what, event.id, event.time)
    return {"changes": tuple(changes[name] for name in sorted(changes))}


def _created(state: State, event: Event) -> State:
    """The opening event: it may say whose the piece is, besides what every event may say."""
    return replace(_observed(state, event), owner=event.owner if event.owner is not None else state.owner)


def _manufactured(state: State, event: Event) -> State:
    return replace(_observed(state, event), made=event.time)


def _archived(state: State, event: Event) -> State:
    return replace(state, standing=Standing.ARCHIVED, transfer=None)


def _transfer_offered(state: State, event: Event) -> State:
    return replace(_observed(state, event), transfer=event.transfer)


def _transfer_closed(state: State, event: Event) -> State:
    return replace(_observed(state, event), transfer=None)


def _later(state: State, event: Event) -> str:
    return max(state.handed or "", event.time)


def _new_owner(state: State, event: Event) -> State:
    """The piece goes from hand to hand with its ownership: whoever borrowed it holds it no longer.

    A receipt that was only declared stays unconfirmed in other hands too, until somebody shows the secret; what was
    ended meanwhile has not ended then.
    """
    proved = _proves(event)
    alive = {"standing": Standing.ACTIVE, "ended": None, "ending": None, "successors": ()} if proved else {}
    return replace(
        _observed(state, event),
        **alive,  # type: ignore[arg-type]
        owner=event.owner,
        confirmed=proved or (state.confirmed and not event.declared),
        holder=None,
        transfer=None,
        hands=event.recorded,
        handed=_later(state, event),
    )


def _lent_out(state: State, event: Event) -> State:
    return replace(_observed(state, event), holder=event.holder, hands=event.recorded, handed=_later(state, event))


def _given_back(state: State, event: Event) -> State:
    return replace(_observed(state, event), holder=None, hands=event.recorded, handed=_later(state, event))


def _collected(state: State, event: Event) -> State:
    """Whoever collects a piece holds it, unless nobody is named."""
    return replace(
        _observed(state, event), holder=event.holder or state.holder, hands=event.recorded, handed=_later(state, event)
    )


def _ended(state: State, event: Event) -> State:
    """The end of a piece; what is left of a dismantled one is still somewhere, and with somebody."""
    after = replace(_observed(state, event), ended=event.time, ending=event.type, transfer=None)
    if event.type is EventType.DISMANTLED:
        return after
    gone = replace(after, availability=DISCARDED, available=event.time, holder=None)
    if event.type is EventType.REMANUFACTURED:
        return replace(gone, standing=Standing.INACTIVE, successors=event.successors)
    return gone


_FOLDS = {
    EventType.CREATED: _created,
    EventType.ARCHIVED: _archived,
    EventType.MANUFACTURED: _manufactured,
    EventType.OFFERED_TRANSFER: _transfer_offered,
    EventType.WITHDRAWN_TRANSFER: _transfer_closed,
    EventType.REFUSED_TRANSFER: _transfer_closed,
    EventType.NEW_OPERATOR: _transfer_closed,
    EventType.NEW_OWNER: _new_owner,
    EventType.LENT: _lent_out,
    EventType.RETURNED: _given_back,
    EventType.COLLECTED: _collected,
    **dict.fromkeys(ENDINGS, _ended),
}
