"""What cannot happen to a piece in the state that it is in."""

from passport.model.events import ENDINGS, OBSERVATIONS, TRANSFERS, Event, EventType, Subject
from passport.model.passport import Standing
from passport.model.state import LOST, OFFERED, PRIVATE_PARTY, RESERVED, State


class Impossible(ValueError):
    """An event that cannot happen in a state. ``code`` is the finding's; ``values`` are what it is about."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(f"{code}: {values}" if values else code)
        self.code = code
        self.values = values


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
    return event.type in _AFTER_END or (not state.confirmed and proves(event))


def proves(event: Event) -> bool:
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
