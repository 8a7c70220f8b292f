"""Erasure: a document's content is taken out for ever by a logged act; its place, its digest and its effects stay."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson

from passport.codecs import state as states
from passport.codecs.documents import inner
from passport.errors import Conflict, Erased, Malformed, NotFound
from passport.model.access import Role
from passport.model.events import Event, EventType
from passport.model.lifecycle import fold
from passport.model.naming import code_key
from passport.model.passport import Document, Kind, Product, Tier
from passport.ports import Erasure, Writing
from passport.service.issuance import Draft, Issuing, new_id, salted, seal
from passport.service.organisations import SERVICE, known
from passport.service.striking import strike_erased
from passport.service.system import System

REASON_LENGTH: Final = 1000

_FOLDED: Final = frozenset(
    {
        *("id", "eventType", "eventTime", "recordedAt", "actor", "owner", "availability", "transfer"),
        *("transferSubject", "receiver", "expires", "borrower", "collector", "removedComponents", "successors"),
        *("supersedes", "correctionReason", "declared", "audience"),
    }
)
"""Members without free text that the state of a piece is folded from."""
_OF_CONDITION: Final = frozenset({"grade", "assessedOn", "structureScore"})
_WITH_COMPONENTS: Final = ("partsUsed", "replacedComponents", "parts")


def erase(system: System, document_id: str, *, reason: str) -> str:
    """Erase the content of one signed document, of any tier, and log that: gives the address of the event.

    What the state is folded from stays known, without any free text; the event carries its digest, so that nobody
    changes it later. The digest and the leaf of the document stay where they are, so that audit and proofs hold and say
    "erased". ``reason`` is public. The public document of the newest version is not
    erased: a corrected version must take its place first. Snapshots that knew the document are struck out.

    Raises ``NotFound``, ``Malformed``, ``KeysLocked``, and ``Conflict`` for what is erased already or may not be.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= REASON_LENGTH:
        raise Malformed(f"An erasure needs a reason of 1 to {REASON_LENGTH} characters.")
    with system.history.writing() as writing:
        document = writing.document(document_id)
        if document is None:
            raise NotFound("There is no such document.")
        product = writing.products([code_key(document.code)])[code_key(document.code)]
        _require_erasable(document, product)
        at = system.now()
        effects = orjson.dumps(salted(effects_of(document))).decode()
        event_id = _log(system, writing, document, product, reason=reason, at=at, effects=effects)
        writing.erase([Erasure(document.id, at, event_id, effects)])
    system.history.scrub()
    strike_erased(system)
    return f"{system.base}/events/{event_id}"


def _require_erasable(document: Document, product: Product) -> None:
    if not document.payload:
        raise Conflict("This document was erased already.", document=document.id)
    newest = document.kind is Kind.PASSPORT and document.version == product.version
    if newest and document.tier is Tier.PUBLIC:
        raise Conflict("The newest version of a passport is not erased: submit a corrected one first.")


def effects_of(document: Document) -> dict[str, Any]:
    """What the fold still needs of a document; nothing of a passport."""
    if document.kind is not Kind.EVENT:
        return {}
    said = inner(document.payload, document.start)
    kept = {name: value for name, value in said.items() if name in _FOLDED}
    if "condition" in said:
        kept["condition"] = {name: value for name, value in said["condition"].items() if name in _OF_CONDITION}
    for name in _WITH_COMPONENTS:
        if name in said:
            kept[name] = [{"componentId": each["componentId"]} for each in said[name] if "componentId" in each]
    return kept


def effects_digest(effects: str) -> str:
    """The digest of what is still known of an erased document, as the event of its erasure says it."""
    return f"sha256:{hashlib.sha256(effects.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _log(
    system: System, writing: Writing, document: Document, product: Product, *, reason: str, at: str, effects: str
) -> str:
    organisation = known(system, SERVICE)
    issuing = Issuing(system, writing, seal(system, organisation), at=at, submission="")
    event_id = new_id()
    body: Mapping[str, Any] = {
        "id": f"{system.base}/events/{event_id}",
        "eventType": EventType.ERASED,
        "eventTime": at,
        "recordedAt": at,
        "product": system.product_address(product.key),
        "passport": system.passport_address(product.code),
        "actorRole": Role.ADMINISTRATOR,
        "erased": [f"{system.base}/credentials/{document.id}"],
        "effectsDigest": effects_digest(effects),
        "reason": [{"value": reason, "language": "en"}],
    }
    state = fold(states.from_text(product.state), Event(EventType.ERASED, at, id=event_id, recorded=at))
    group = system.published.group(product.group, system.published.current(product.group))
    issuing.issue(
        issuing.current(product),
        [Draft(event_id, Kind.EVENT, Tier.PUBLIC, body)],
        version=product.version,
        context=group.credential_context,
        state=state,
    )
    issuing.append()
    return event_id


def require_content(system: System, document: Document) -> Document:
    """The document, if its content is still there. Raises ``Erased``, which says when and by which act it went."""
    if document.payload:
        return document
    erasure = system.history.erasures([document.id]).get(document.id)
    if erasure is None:
        raise LookupError(f"document {document.id} is empty, and nothing says why")
    raise Erased(
        "The content of this document was erased; its place in the log stays.",
        at=erasure.at,
        act=f"{system.base}/events/{erasure.act}",
        document=document.id,
    )
