"""What an organisation is to a piece: by the state, by what its owner delegates, and by what was true before."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from passport.model.events import OBSERVATIONS, Event, EventType, Subject
from passport.model.lifecycle import refold
from passport.model.rights import Relation
from passport.model.state import PRIVATE_PARTY, State
from passport.ports import Delegation

LATE: Final = timedelta(days=30)
"""So long after a piece changed hands its former keepers may still send in what they observed before."""


def owner_of(state: State, issuer: str) -> str:
    """Who owns a piece: until somebody does, it is its issuer's."""
    return state.owner or issuer


def relations(
    organisation: str, state: State, *, issuer: str, operator: str, delegated: bool = False
) -> frozenset[Relation]:
    """Everything that an organisation is to a piece in this state."""
    transfer = state.transfer
    found = (
        (Relation.ISSUER, organisation == issuer),
        (Relation.OPERATOR, organisation == operator),
        (Relation.OWNER, organisation == owner_of(state, issuer)),
        (Relation.HOLDER, organisation == state.holder),
        (Relation.DELEGATE, delegated),
        (Relation.RECEIVER, transfer is not None and transfer.receiver == organisation),
        (Relation.CLAIMANT, state.owner == PRIVATE_PARTY or not state.confirmed),
    )
    return frozenset([relation for relation, is_so in found if is_so])


def fitting(event: Event, state: State, held: frozenset[Relation]) -> frozenset[Relation]:
    """The relations that count for this event: an offer is taken back by who made it, accepted by who was meant."""
    if event.type in {EventType.OFFERED_TRANSFER, EventType.WITHDRAWN_TRANSFER}:
        meant = event.transfer or state.transfer
        responsible = meant is not None and meant.subject is Subject.RESPONSIBILITY
        return held & {Relation.OPERATOR if responsible else Relation.OWNER}
    if event.type is EventType.NEW_OWNER:
        if event.answers is not None:
            return held & {Relation.RECEIVER}
        return held & {Relation.OWNER if event.owner == PRIVATE_PARTY else Relation.CLAIMANT}
    return held


def delegates(delegations: Iterable[Delegation], *, owner: str, code: str, type_: EventType, at: str) -> bool:
    """Whether one of the delegations to an organisation lets it record that event of that piece now."""
    return any(
        each.owner == owner
        and type_ in each.events
        and each.starts <= at < each.until
        and (each.revoked is None or at < each.revoked)
        and (not each.codes or code in each.codes)
        for each in delegations
    )


def before_hands_changed(event: Event, past: Iterable[Event], *, now: datetime) -> bool:
    """Whether an observation is about the time before the piece went into other hands, and not too old to be sent in.

    ``past`` are the events of the piece in the order of the log. Where a piece is, whoever has it now knows better.
    """
    if event.type not in OBSERVATIONS or event.type in _WHEREABOUTS:
        return False
    left = next((each.recorded for each in past if each.type in _HANDING and each.recorded > event.time), None)
    return left is not None and now - datetime.fromisoformat(left) <= LATE


_WHEREABOUTS = frozenset({EventType.LOST, EventType.FOUND})
_HANDING = frozenset({EventType.NEW_OWNER, EventType.LENT, EventType.RETURNED, EventType.COLLECTED})


def known_at(events: Sequence[Event], time: str) -> State | None:
    """The state as it was known at a time; None before anything was."""
    then = [event for event in events if event.recorded <= time]
    if not then:
        return None
    return refold(then)
