"""What a signed-in organisation has and is offered, gathered from the service for its pages."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import Any

from passport.codecs.documents import inner
from passport.errors import NotFound
from passport.model.access import Caller, Role
from passport.model.events import TRANSFERS, EventType, Subject
from passport.model.passport import Document, Kind, Product, Tier
from passport.model.rights import ACTS
from passport.service import resolution
from passport.service.holding import Deed, possible, state_of
from passport.service.organisations import SERVICE
from passport.service.relations import owner_of
from passport.service.system import System
from passport.web.gathering import names_of, newest_page
from passport.web.pages.asking import Surroundings
from passport.web.pages.composition import current, now_of, shares
from passport.web.pages.deeds import components_of
from passport.web.pages.desk import Offer, Piece
from passport.web.pages.views import PassportPage

SHOWN = 50
"""Pieces that the page of a transfer shows."""

_LOOKED_THROUGH = 1000
"""Products looked through for the offers of one page."""

MATERIALS = 5
"""Materials whose weights are asked for at the end of a piece."""

_NAMING: Mapping[Deed, EventType] = {
    **dict.fromkeys((Deed.TRANSFER, Deed.LEND, Deed.RESERVE, Deed.COLLECT), EventType.NEW_OWNER),
    Deed.RESPONSIBILITY: EventType.NEW_OPERATOR,
}
"""Deeds that name an organisation, with what it must be able to do itself."""

_NOBODY = ""


def names_for(system: System, code: str) -> Sequence[Mapping[str, str]]:
    """What a piece is called, by itself or by its model."""
    return _told(system, code)[0]


def pieces(system: System, organisation: str, *, held: bool, after: str | None, limit: int) -> list[Piece]:
    """What an organisation owns, or holds for others."""
    found = system.history.pieces(organisation, held=held, after=after, limit=limit)
    told = [piece_of(system, each) for each in found]
    return [replace(each, holder=_NOBODY) for each in told] if held else told


def piece_of(system: System, product: Product) -> Piece:
    """One line of a list."""
    names, category = _told(system, product.code)
    state = state_of(product)
    holder = name_of(system, state.holder) if state.holder else _NOBODY
    return Piece(product.code, names, category, state.grade, state.availability, holder)


def pieces_by(system: System, codes: Sequence[str]) -> list[Piece]:
    """The pieces with these codes, in this order."""
    found = (system.history.product(code) for code in codes)
    return [piece_of(system, each) for each in found if each is not None]


def offers(
    system: System, organisation: str, *, incoming: bool, after: str | None, limit: int
) -> tuple[list[Offer], str | None]:
    """The open transfers to an organisation, or from it, each once; and after which piece there are more."""
    found: list[Offer] = []
    seen: set[str] = set()
    last = after
    listed = system.history.transfers(organisation, incoming=incoming, after=after, limit=_LOOKED_THROUGH)
    for product in listed:
        if product.transfer is not None and product.transfer not in seen:
            if len(found) == limit:
                return found, last
            seen.add(product.transfer)
            together = system.history.transferring(product.transfer)
            if together and (after is None or together[0].code > after):
                found.append(_offer(system, product.transfer, together, organisation, shown=1))
        last = product.code
    return found, last if len(listed) == _LOOKED_THROUGH else None


def offer_of(system: System, transfer: str, organisation: str) -> Offer:
    """One open transfer, for either party; raises ``NotFound`` for everybody else, and when it is not open.

    Whom to ask at the other party is told here and nowhere else.
    """
    together = system.history.transferring(transfer)
    found = _offer(system, transfer, together, organisation, shown=SHOWN) if together else None
    if found is None or not _party(together[0], organisation):
        raise NotFound("No such offer is open to you or from you.")
    others = [each for each in _parties(together[0]) if each != organisation]
    return replace(found, contact=system.parties.contact(others[0]) if others else None)


def surroundings(system: System, product: Product, caller: Caller, deed: Deed) -> Surroundings:
    """What the form of a deed offers for this piece."""
    if deed in _NAMING:
        return Surroundings(organisations=nameable(system, ACTS[_NAMING[deed]].roles, but=caller.organisation))
    if deed is Deed.END:
        types = possible(system, product, caller).get(deed, ())
        return Surroundings(types=types, materials=_materials(system, product.code, caller))
    if deed in (Deed.PARTS, Deed.REFURBISH):
        return Surroundings(components=_components(system, product.code, caller))
    if deed is Deed.MOVE:
        return Surroundings(place=_last_place(system, product.code, caller.organisation))
    return Surroundings()


def _page(system: System, code: str, caller: Caller) -> PassportPage | None:
    reading = system.history.read(code)
    return None if reading is None else newest_page(system, reading, caller)


def _components(system: System, code: str, caller: Caller) -> tuple[tuple[str, Sequence[Mapping[str, str]]], ...]:
    """The components of a piece that have names, by their ids."""
    page = _page(system, code, caller)
    found = components_of(page.documents.values(), page.events) if page is not None else []
    return tuple((str(each["componentId"]), each["name"]) for each in found if "componentId" in each)


def _materials(system: System, code: str, caller: Caller) -> tuple[str, ...]:
    """The material classes that a piece is mostly made of now, as far as its passports tell."""
    page = _page(system, code, caller)
    if page is None:
        return ()
    now = now_of(page)
    if now is not None:
        told = current(now)
    else:
        told = next((found for each in page.documents.values() if (found := shares(each))), ())
    return tuple(each.code for each in told if each.code is not None)[:MATERIALS]


def acts_on(
    system: System, code: str, caller: Caller
) -> tuple[Mapping[Deed, tuple[EventType, ...]], str | None] | None:
    """What the caller may do with a piece now, and the open transfer of it; None for what is no product."""
    product = system.history.product(code)
    return None if product is None else (possible(system, product, caller), product.transfer)


def undoable(system: System, document: Document, caller: Caller) -> bool:
    """Whether the caller may say of an event that it never happened: its own, no transfer, not corrected yet."""
    event = inner(document.payload, document.start)
    if EventType(event["eventType"]) not in ACTS or event["eventType"] in TRANSFERS or "correctionReason" in event:
        return False
    others = system.history.documents(document.code, kind=Kind.EVENT)
    together = [each for each in others if each.payload and inner(each.payload, each.start).get("id") == event["id"]]
    if caller.organisation not in {each.issuer for each in together}:
        return False
    return not any(inner(each.payload, each.start).get("supersedes") == event["id"] for each in others if each.payload)


def _told(system: System, code: str) -> tuple[Sequence[Mapping[str, str]], str]:
    reading = system.history.read(code)
    if reading is None:
        return (), ""
    document = inner(reading.payload, reading.start)
    model: Mapping[str, Any] = resolution.model_of(system, reading) or {}
    return names_of(document) or names_of(model), str(document.get("category") or model.get("category") or "")


def _offer(system: System, transfer: str, together: Sequence[Product], organisation: str, *, shown: int) -> Offer:
    state = state_of(together[0])
    if state.transfer is None:
        raise NotFound("No such offer is open to you or from you.")
    giver = _giver(together[0], state.transfer.subject)
    return Offer(
        id=transfer,
        subject=state.transfer.subject,
        giver=name_of(system, giver),
        receiver=name_of(system, state.transfer.receiver),
        expires=state.transfer.expires,
        incoming=state.transfer.receiver == organisation,
        total=len(together),
        pieces=[piece_of(system, each) for each in together[:shown]],
    )


def _giver(product: Product, subject: Subject) -> str:
    return product.operator if subject is Subject.RESPONSIBILITY else owner_of(state_of(product), product.issuer)


def _party(product: Product, organisation: str) -> bool:
    return organisation in _parties(product)


def _parties(product: Product) -> tuple[str, ...]:
    """Who gets and who gives in the open transfer of a piece."""
    transfer = state_of(product).transfer
    return () if transfer is None else (transfer.receiver, _giver(product, transfer.subject))


def name_of(system: System, slug: str) -> str:
    """What a party is called; its slug where it is not known."""
    organisation = system.parties.organisation(slug)
    return organisation.name if organisation is not None else slug


def nameable(system: System, roles: Container[Role], *, but: str) -> tuple[tuple[str, str], ...]:
    """The organisations of these roles that may be named, but one, as (slug, name) by name."""
    found = [
        (each.slug, each.name)
        for each in system.parties.organisations()
        if each.public and each.role in roles and each.slug not in (but, SERVICE)
    ]
    return tuple(sorted(found, key=lambda each: each[1].casefold()))


def _last_place(system: System, code: str, organisation: str) -> Mapping[str, str]:
    """Where the organisation itself put the piece last."""
    for each in reversed(system.history.documents(code, kind=Kind.EVENT)):
        if each.tier is Tier.OWNER and each.payload:
            event = inner(each.payload, each.start)
            if "location" in event and organisation in (each.issuer, event.get("audience")):
                return {name: str(value) for name, value in event["location"].items() if name != "id"}
    return {}
