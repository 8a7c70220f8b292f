"""The life of a piece: the state that its events fold into."""

from collections.abc import Iterable
from dataclasses import replace

from passport.model.events import ENDINGS, OBSERVATIONS, Event, EventType
from passport.model.passport import Standing
from passport.model.possible import forbid, proves
from passport.model.state import (
    DISCARDED,
    IN_STORAGE,
    IN_USE,
    LOST,
    OFFERED,
    ON_LOAN,
    RESERVED,
    Change,
    Part,
    State,
)


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
    proved = proves(event)
    alive = _alive(state, event) if proved and state.ended is not None else {}
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


def _alive(state: State, event: Event) -> dict[str, object]:
    """A piece whose end was no end: it is there, in whatever place."""
    since = max(state.available or "", event.time)
    there = {"availability": IN_STORAGE, "available": since} if state.availability == DISCARDED else {}
    return {"standing": Standing.ACTIVE, "ended": None, "ending": None, "successors": (), **there}


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
