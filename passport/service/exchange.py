"""What other systems take over of one piece: its public events, in our own terms and in those of EPCIS."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from passport.codecs import epcis
from passport.codecs.documents import context_of, inner, served_document
from passport.codecs.epcis import Correction, Recorded
from passport.codecs.state import NEVER_HAPPENED
from passport.model.access import Caller
from passport.model.naming import id_at, reference_key
from passport.model.passport import Document, Kind, Product
from passport.service import resolution
from passport.service.erasure import require_content
from passport.service.organisations import SERVICE
from passport.service.system import System

_TERMS: Final[Mapping[str, Any]] = {
    "events": "@included",
    "records": "@included",
    "restricted": "@included",
    "credential": {"@id": "https://schema.org/subjectOf", "@type": "@id"},
    "proof": {"@id": "https://c2sp.org/tlog-proof", "@type": "@id"},
    "supersededBy": {"@id": "http://purl.org/dc/terms/isReplacedBy", "@type": "@id"},
    "next": {"@id": "http://www.w3.org/ns/hydra/core#next", "@type": "@id"},
}
"""What a list of events says beside the events themselves, as linked data."""


@dataclass(frozen=True, slots=True)
class Life:
    """A part of the public events of one product: signed documents, none erased, and what corrects which of them.

    ``last`` is the log position of the last one where more follow.
    """

    product: Product
    documents: tuple[Document, ...]
    corrections: Mapping[str, Correction]
    last: int | None


def life(system: System, code: str, *, limit: int, after: int | None = None, newest_first: bool = True) -> Life:
    """Public events of a product, those that follow position ``after`` in the order that is asked for.

    Raises ``Miswritten`` and ``UnknownCode``.
    """
    everything = [each for each in resolution.life(system, code) if each.payload]
    corrections = _corrections(system, everything)
    ordered = everything[::-1] if newest_first else everything
    if after is not None:
        ordered = [each for each in ordered if (each.position < after if newest_first else each.position > after)]
    kept = tuple(ordered[:limit])
    return Life(
        resolution.product_of(system, code), kept, corrections, kept[-1].position if len(ordered) > limit else None
    )


def _corrections(system: System, documents: Iterable[Document]) -> dict[str, Correction]:
    """By the address of what was corrected: what corrects it; the last word counts."""
    found = {}
    for each in documents:
        event = inner(each.payload, each.start)
        if "supersedes" in event:
            occurred = event.get("correctionReason") != NEVER_HAPPENED
            found[str(event["supersedes"])] = Correction(str(event["id"]), str(event["recordedAt"]), occurred)
    return found


def corrected_by(system: System, document: Document) -> str | None:
    """The address of the event that has the last word on a public event instead of it; None where it stands."""
    life = resolution.life(system, document.code)
    found = _corrections(system, (each for each in life if each.payload)).get(_event_address(system, document.id))
    return found.event if found is not None else None


def restricted(system: System, life: Life, caller: Caller | None) -> tuple[Document, ...]:
    """The restricted documents of the events in this part that ``caller`` may see, in the order of the events."""
    return tuple(beside for each in life.documents for beside in resolution.beside(system, each, caller))


def listed(system: System, life: Life, *, following: str | None, restricted: Sequence[Document] = ()) -> bytes:
    """Events as JSON-LD: ``events`` holds each whole as it was signed, ``records`` what stands beside each of them.

    That is its credential, the proof that it is in the log, and ``supersededBy`` where another one corrects it.
    ``following`` is the address of the next part; ``restricted`` are documents for the reader alone.
    """
    contexts = list(dict.fromkeys(context_of(each.payload, Kind.EVENT).decode() for each in life.documents))
    passport = system.passport_address(life.product.code)
    head = {"@context": [*contexts, _TERMS], "id": f"{passport}/events"}
    if contexts:
        head["passport"] = passport
    beside: dict[str, Any] = {"records": [_record(system, each, life.corrections) for each in life.documents]}
    if following is not None:
        beside["next"] = following
    events = b",".join(each.payload[each.start : -2] for each in life.documents)
    more = b",".join(served_document(each) for each in restricted)
    own = b'"restricted":[%b],' % more if restricted else b""
    return b'%b,"events":[%b],%b%b' % (orjson.dumps(head)[:-1], events, own, orjson.dumps(beside)[1:])


def _record(system: System, document: Document, corrections: Mapping[str, Correction]) -> dict[str, str]:
    address = _event_address(system, document.id)
    record = {"id": address, "credential": _credential(system, document.id), "proof": f"{address}/proof"}
    correction = corrections.get(address)
    return record | ({"supersededBy": correction.event} if correction is not None else {})


def in_epcis(system: System, life: Life, *, address: str) -> bytes:
    """Events as an EPCIS document, in the order of ``life``; ``address`` is the document's own."""
    told = [_recorded(system, each, life) for each in life.documents]
    created = max((each.at for each in life.documents), default="1970-01-01T00:00:00Z")
    return orjson.dumps(epcis.document(told, address=address, created=created, products=_products(system, told)))


def event_in_epcis(system: System, document: Document, *, address: str) -> bytes:
    """One public event as an EPCIS document. Raises ``Erased`` where its content is gone."""
    require_content(system, document)
    known = resolution.life(system, document.code)
    corrections = _corrections(system, (each for each in known if each.payload))
    return in_epcis(
        system, Life(resolution.product_of(system, document.code), (document,), corrections, None), address=address
    )


def _recorded(system: System, document: Document, life: Life) -> Recorded:
    event = inner(document.payload, document.start)
    offer = system.history.document(id_at(str(event["offer"]))) if "offer" in event else None
    return Recorded(
        event,
        life.product.level,
        signer=_public(system, document.issuer),
        giver=_public(system, offer.issuer) if offer is not None else None,
        correction=life.corrections.get(str(event["id"])),
    )


def _public(system: System, slug: str) -> str | None:
    """The address of an organisation whose name may be shown; the service itself is no party to anything."""
    found = system.parties.organisation(slug) if slug != SERVICE else None
    return f"{system.base}/organisations/{slug}" if found is not None and found.public else None


def _products(system: System, told: Iterable[Recorded]) -> dict[str, str]:
    """The addresses of products by those of their passports, as far as events name them."""
    found = {}
    for address in {address for each in told for address in epcis.passports_of(each.event)}:
        key = reference_key(address, base=system.base)
        place = system.history.product(key.removeprefix("p/")) if key is not None and key.startswith("p/") else None
        if place is not None:
            found[address] = system.product_address(place.key)
    return found


def _event_address(system: System, event_id: str) -> str:
    return f"{system.base}/events/{event_id}"


def _credential(system: System, document_id: str) -> str:
    return f"{system.base}/credentials/{document_id}"
