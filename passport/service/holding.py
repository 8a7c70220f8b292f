"""What an organisation is to a piece, and what it may do with it now: what the pages offer; recording asks again."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from passport.codecs import state as states
from passport.model.access import RIGHTS, Caller
from passport.model.events import Event, EventType, Subject, Transfer
from passport.model.passport import Level, Product
from passport.model.possible import Impossible, forbid
from passport.model.rights import ACTS
from passport.model.state import PRIVATE_PARTY, State
from passport.service.relations import delegates, fitting, owner_of, relations
from passport.service.system import System

_LATER = "9999-12-31T00:00:00Z"


class Deed(StrEnum):
    """What people do with a piece; each is a form. The order is that of the buttons on its page."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    TAKE_BACK = "take-back"
    REPAIR = "repair"
    INSPECT = "inspect"
    CARE = "care"
    MOVE = "move"
    RETURN = "return"
    FOUND = "found"
    OFFER = "offer"
    UNOFFER = "no-offer"
    RESERVE = "reserve"
    TRANSFER = "transfer"
    LEND = "lend"
    CLAIM = "claim"
    PARTS = "parts"
    REFURBISH = "refurbish"
    COLLECT = "collect"
    RESPONSIBILITY = "responsibility"
    LOST = "lost"
    END = "end"


ENDS = (
    EventType.RECYCLED,
    EventType.DISMANTLED,
    EventType.ENERGY_RECOVERED,
    EventType.DISPOSED,
    EventType.DESTROYED,
)
"""How the form for the end of life can end it, the better way first."""

TYPES: Mapping[Deed, tuple[EventType, ...]] = MappingProxyType(
    {
        Deed.ACCEPT: (EventType.NEW_OWNER, EventType.NEW_OPERATOR),
        Deed.REFUSE: (EventType.REFUSED_TRANSFER,),
        Deed.TAKE_BACK: (EventType.WITHDRAWN_TRANSFER,),
        Deed.REPAIR: (EventType.REPAIRED,),
        Deed.INSPECT: (EventType.INSPECTED,),
        Deed.CARE: (EventType.CLEANED, EventType.MAINTAINED),
        Deed.MOVE: (EventType.RELOCATED,),
        Deed.RETURN: (EventType.RETURNED,),
        Deed.FOUND: (EventType.FOUND,),
        Deed.OFFER: (EventType.OFFERED,),
        Deed.UNOFFER: (EventType.WITHDRAWN,),
        Deed.RESERVE: (EventType.RESERVED,),
        Deed.TRANSFER: (EventType.OFFERED_TRANSFER, EventType.NEW_OWNER),
        Deed.LEND: (EventType.LENT,),
        Deed.CLAIM: (EventType.NEW_OWNER,),
        Deed.PARTS: (EventType.PARTS_REPLACED,),
        Deed.REFURBISH: (EventType.REFURBISHED,),
        Deed.COLLECT: (EventType.COLLECTED,),
        Deed.RESPONSIBILITY: (EventType.OFFERED_TRANSFER,),
        Deed.LOST: (EventType.LOST,),
        Deed.END: ENDS,
    }
)
"""The events that a deed may record."""

_ANSWERS = frozenset({Deed.ACCEPT, Deed.REFUSE, Deed.TAKE_BACK})


def state_of(product: Product) -> State:
    """What is true of a product now."""
    return states.from_text(product.state)


def possible(system: System, product: Product, caller: Caller) -> Mapping[Deed, tuple[EventType, ...]]:
    """What the caller may do with a piece now, by role, relation and state, each with the events that it may record."""
    if product.level is not Level.ITEM or not RIGHTS["act"].allows(caller):
        return {}
    state, now = state_of(product), system.now()
    given = system.parties.delegations(delegate=caller.organisation)
    owner = owner_of(state, product.issuer)

    def allowed(deed: Deed, type_: EventType) -> bool:
        delegated = delegates(given, owner=owner, code=product.code, type_=type_, at=now)
        held = relations(
            caller.organisation, state, issuer=product.issuer, operator=product.operator, delegated=delegated
        )
        event = _imagined(deed, type_, state, caller.organisation, now)
        return ACTS[type_].allows(caller.role, fitting(event, state, held)) and _can(state, event)

    found = {deed: tuple(each for each in types if allowed(deed, each)) for deed, types in TYPES.items()}
    return {deed: types for deed, types in found.items() if types}


def _imagined(deed: Deed, type_: EventType, state: State, slug: str, now: str) -> Event:
    """The event as it would be, as far as it matters whether it may happen."""
    transfer, answers, owner = None, None, None
    if deed in _ANSWERS:
        answers = state.transfer.id if state.transfer else ""
    elif type_ is EventType.OFFERED_TRANSFER:
        subject = Subject.RESPONSIBILITY if deed is Deed.RESPONSIBILITY else Subject.OWNERSHIP
        transfer = Transfer("", subject, "", _LATER)
    elif type_ is EventType.NEW_OWNER:
        owner = slug if deed is Deed.CLAIM else PRIVATE_PARTY
    return Event(type_, now, recorded=now, actor=slug, transfer=transfer, answers=answers, owner=owner)


def _can(state: State, event: Event) -> bool:
    try:
        forbid(state, event)
    except Impossible:
        return False
    return True
