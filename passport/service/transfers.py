"""Transfers: what everybody may know of one from the public events that name it, and what its parties may know.

A transfer is no document. The first event that offers a piece under it got its id right after the transfer got its own,
and ids begin with their time: that is where the log is looked through, so that no index is kept for it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import orjson

from passport.codecs.documents import inner
from passport.codecs.statements import literal, named
from passport.codecs.telling import Told
from passport.errors import NotFound
from passport.model.access import Caller
from passport.model.events import EventType, Subject
from passport.model.passport import Document, Kind, Product, Tier
from passport.published.namespaces import PROV, VOCAB, XSD
from passport.service.disclosure import sees
from passport.service.lives import Past, past_of
from passport.service.resolution import require_product
from passport.service.system import System

SHOWN: Final = 50
"""Pieces of a transfer that are told of."""
COUNTED: Final = 1000
"""Pieces of a transfer that are counted."""

_ID: Final = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_WITHIN: Final = 10_000
"""Milliseconds between the ids of a transfer and of its first event, at most."""
_LOOKED_THROUGH: Final = (20, 1000)
"""Events looked through, and if it is none of them: its event is mostly among the first few."""
_BATCH: Final = 128


class Outcome(StrEnum):
    """What became of the offer of one piece."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TAKEN_BACK = "taken-back"
    EXPIRED = "expired"
    LAPSED = "lapsed"


_ANSWERS: Final = {
    EventType.NEW_OWNER: Outcome.ACCEPTED,
    EventType.NEW_OPERATOR: Outcome.ACCEPTED,
    EventType.REFUSED_TRANSFER: Outcome.REFUSED,
    EventType.WITHDRAWN_TRANSFER: Outcome.TAKEN_BACK,
}


@dataclass(frozen=True, slots=True)
class Handed:
    """One piece of a transfer: the events that name the transfer, oldest first, and what became of the offer.

    ``events`` are as their public documents say them; of erased ones what still counts.
    """

    code: str
    events: tuple[Mapping[str, Any], ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer: of what, offered when and until when (RFC 3339), of how many pieces, and the first of them.

    ``more``: there are more than ``total`` pieces. ``giver`` and ``receiver`` are slugs, known to its parties alone,
    and only as far as the restricted documents that they may see name them.
    """

    address: str
    subject: Subject
    offered: str
    expires: str
    total: int
    more: bool
    pieces: tuple[Handed, ...]
    giver: str | None = None
    receiver: str | None = None


def transfer(system: System, transfer_id: str, caller: Caller | None = None) -> Transfer:
    """What ``caller`` may know of a transfer, open or closed. Raises ``NotFound`` for one that nothing public names."""
    address = f"{system.base}/transfers/{transfer_id}"
    first = _first(system, transfer_id, address)
    if first is None:
        raise NotFound("There is no such transfer.")
    offers = _together(system, address, first)
    said = _said(system, first)
    codes = tuple(dict.fromkeys(each.code for each in offers))
    products = tuple(require_product(system, code) for code in codes[:SHOWN])
    giver, receiver = _parties(system, address, products[0], caller)
    return Transfer(
        address=address,
        subject=Subject(said.get("transferSubject", Subject.OWNERSHIP)),
        offered=str(said.get("recordedAt", said["eventTime"])),
        expires=str(said.get("expires", "")),
        total=min(len(codes), COUNTED),
        more=len(codes) > COUNTED,
        pieces=tuple(_handed(system, address, transfer_id, each) for each in products),
        giver=giver,
        receiver=receiver,
    )


def described(found: Transfer) -> bytes:
    """What is public of a transfer as N-Triples: itself, and the events of its first pieces that name it."""
    told = Told(found.address)
    told.of_type(f"{PROV}Activity")
    told.say(f"{VOCAB}transferSubject", named(f"{VOCAB}codes/transfer-subject/{found.subject}"))
    told.say(f"{PROV}startedAtTime", _time(found.offered))
    told.say(f"{VOCAB}expires", _time(found.expires))
    events = (_event(found.address, each) for piece in found.pieces for each in piece.events)
    return b"".join((told.written(), *events))


def _event(address: str, said: Mapping[str, Any]) -> bytes:
    told = Told(str(said["id"]))
    told.of_type(f"{PROV}Activity")
    told.say(f"{VOCAB}transfer", named(address))
    told.say(f"{VOCAB}eventType", named(f"{VOCAB}codes/event-type/{said['eventType']}"))
    told.say(f"{PROV}endedAtTime", _time(str(said.get("eventTime", ""))))
    if "product" in said:
        told.say(f"{PROV}used", named(str(said["product"])))
    return told.written()


def _time(moment: str) -> str | None:
    return literal(moment, f"{XSD}dateTime") if moment else None


def _first(system: System, transfer_id: str, address: str) -> Document | None:
    """An event that offers a piece under this transfer."""
    match = _ID.fullmatch(transfer_id)
    if match is None:
        return None
    together = system.history.transferring(transfer_id)
    if together:
        found = system.history.documents(together[0].code, kind=Kind.EVENT)
        return next((each for each in found if _offers(system, each, address)), None)
    moment = int(match[1] + match[2], 16)
    for limit in _LOOKED_THROUGH:
        found = system.history.events_between(_id_of(moment), _id_of(moment + _WITHIN), limit=limit)
        first = next((each for each in found if _offers(system, each, address)), None)
        if first is not None or len(found) < limit:
            return first
    return None


def _id_of(moment: int) -> str:
    """What ids of that millisecond begin with."""
    digits = f"{moment:012x}"
    return f"{digits[:8]}-{digits[8:]}"


def _offers(system: System, document: Document, address: str) -> bool:
    if document.kind is not Kind.EVENT or document.tier is not Tier.PUBLIC:
        return False
    if document.payload and address.encode() not in document.payload:
        return False
    said = _said(system, document)
    return said.get("eventType") == EventType.OFFERED_TRANSFER and said.get("transfer") == address


def _said(system: System, document: Document) -> Mapping[str, Any]:
    """What an event document says; of an erased one what still counts."""
    if document.payload:
        return inner(document.payload, document.start)
    found: Mapping[str, Any] = orjson.loads(system.history.erasures([document.id])[document.id].effects)
    return found


def _together(system: System, address: str, first: Document) -> list[Document]:
    """The offers of all pieces of a transfer, which stand together in the log; a few more than ``COUNTED`` at most."""
    found = [first]
    stop = first.position
    while stop > 0 and len(found) <= COUNTED:
        start = max(0, stop - _BATCH)
        before = _offered(system, address, start, stop)
        found[:0] = before
        stop = start if before else 0
    start, size = first.position + 1, system.history.size()
    while start < size and len(found) <= COUNTED:
        after = _offered(system, address, start, min(start + _BATCH, size))
        found += after
        start = start + _BATCH if after else size
    return found


def _offered(system: System, address: str, start: int, stop: int) -> list[Document]:
    scanned = (each.document for each in system.history.scan(start, stop))
    return [each for each in scanned if _offers(system, each, address)]


def _handed(system: System, address: str, transfer_id: str, product: Product) -> Handed:
    documents = system.history.documents(product.code, kind=Kind.EVENT)
    told = _naming(system, address, [each for each in documents if each.tier is Tier.PUBLIC])
    events = tuple({"id": f"{system.base}/events/{each.documents[0].id}", **each.said} for each in told)
    return Handed(product.code, events, _outcome(system, transfer_id, product, events))


def _naming(system: System, address: str, documents: Sequence[Document]) -> Iterator[Past]:
    """The events in these documents that name a transfer."""
    return (each for each in past_of(documents, system.history) if each.said.get("transfer") == address)


def _outcome(system: System, transfer_id: str, product: Product, events: Sequence[Mapping[str, Any]]) -> Outcome:
    answers = (_ANSWERS.get(EventType(each["eventType"])) for each in events)
    answer = next((each for each in answers if each is not None), None)
    if answer is not None:
        return answer
    if any(str(each["expires"]) <= system.now() for each in events if "expires" in each):
        return Outcome.EXPIRED
    return Outcome.OPEN if product.transfer == transfer_id else Outcome.LAPSED


def _parties(
    system: System, address: str, product: Product, caller: Caller | None
) -> tuple[str, str] | tuple[None, None]:
    """Who gives and who gets a piece, to one of them who may see the documents that say it; to others nothing."""
    if caller is None:
        return None, None
    documents = system.history.documents(product.code, kind=Kind.EVENT)
    visible = [each for each in documents if each.tier is Tier.PUBLIC or (each.payload and sees(each, product, caller))]
    giver = receiver = None
    for each in _naming(system, address, visible):
        hidden = next((one for one in each.documents if one.tier is not Tier.PUBLIC), None)
        if each.event.type is EventType.OFFERED_TRANSFER and hidden is not None:
            giver, receiver = hidden.issuer, each.said.get("receiver", receiver)
        giver, receiver = each.said.get("previousOwner", giver), each.said.get("owner", receiver)
    if giver is None or receiver is None or caller.organisation not in (giver, receiver):
        return None, None
    return str(giver), str(receiver)
