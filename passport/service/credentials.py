"""Credentials by their addresses: the signed documents for who may see them, and for all others what is public of one.

Of a restricted document the public one that names it says that it exists, and for whom; nothing else of it is told.
"""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from passport.codecs.documents import inner
from passport.codecs.statements import literal, named
from passport.codecs.telling import Told
from passport.errors import NotFound, Unauthenticated
from passport.model.access import Caller
from passport.model.passport import Document, Kind, Tier
from passport.published.namespaces import CREDENTIALS, RDFS, SCHEMA, VOCAB, XSD
from passport.service.disclosure import sees
from passport.service.erasure import require_content
from passport.service.resolution import require_product
from passport.service.system import System

_RESTRICTED: Final = {Kind.PASSPORT: "RestrictedPassportCredential", Kind.EVENT: "RestrictedEventCredential"}


@dataclass(frozen=True, slots=True)
class Attested:
    """What is public of a credential: its kind and tier, and ``about``, the address of its public document.

    That is the event or the version of a passport that it holds or, of a restricted one, the one that names it.
    ``document`` is a public credential itself, ``issuer`` its DID, ``valid_from`` and ``status`` what it says of
    itself; of a restricted one all of them are None.
    """

    address: str
    code: str
    kind: Kind
    tier: Tier
    type: str
    about: str
    document: Document | None = None
    issuer: str | None = None
    valid_from: str | None = None
    status: str | None = None
    revoked: bool = False


def credential(system: System, document_id: str, caller: Caller | None) -> Document:
    """One signed document of any tier, to those who may see it.

    Raises ``NotFound`` for an unknown document and for callers without a right to it, ``Unauthenticated`` for a
    restricted one that a public one names when no token came, and ``Erased``, which the public event of it says, too.
    """
    document = require_content(system, _document(system, document_id))
    if document.tier is not Tier.PUBLIC:
        if caller is None:
            attested(system, document_id)
            raise Unauthenticated("This document is restricted: a token is needed.")
        if not sees(document, require_product(system, document.code), caller):
            raise _unknown()
    return document


def attested(system: System, document_id: str) -> Attested:
    """What is public of a credential.

    Raises ``NotFound`` for an unknown one and for one that nothing public names, and ``Erased``.
    """
    document = require_content(system, _document(system, document_id))
    address = f"{system.base}/credentials/{document.id}"
    if document.tier is Tier.PUBLIC:
        return _public(system, document, address)
    about = _naming(system, document, address)
    if about is None:
        raise _unknown()
    place = _place(system, about)
    return Attested(address, document.code, document.kind, document.tier, _RESTRICTED[document.kind], place)


def readable(system: System, found: Attested, caller: Caller | None) -> bool:
    """Whether ``caller`` may read the document itself."""
    document = system.history.document(found.address.rpartition("/")[2])
    return document is not None and sees(document, require_product(system, found.code), caller)


def described(found: Attested) -> bytes:
    """What is public of a credential as N-Triples."""
    told, about = Told(found.address), Told(found.about)
    told.of_type(f"{CREDENTIALS}VerifiableCredential", f"{VOCAB}{found.type}")
    told.say(f"{VOCAB}tier", named(f"{VOCAB}codes/tier/{found.tier}"))
    told.say(f"{RDFS}seeAlso", named(f"{found.address}/proof"))
    if found.document is None:
        about.say(f"{VOCAB}restrictedDocuments", named(found.address))
        return told.written() + about.written()
    told.say(f"{CREDENTIALS}issuer", named(found.issuer or ""))
    told.say(f"{CREDENTIALS}validFrom", literal(found.valid_from or "", f"{XSD}dateTime"))
    told.say(f"{CREDENTIALS}credentialStatus", named(found.status or ""))
    about.say(f"{SCHEMA}subjectOf", named(found.address))
    return told.written() + about.written()


def _document(system: System, document_id: str) -> Document:
    document = system.history.document(document_id)
    if document is None:
        raise _unknown()
    return document


def _unknown() -> NotFound:
    """The same for what is not there and for what nobody is to know of."""
    return NotFound("There is no such document.")


def _public(system: System, document: Document, address: str) -> Attested:
    payload: dict[str, Any] = orjson.loads(document.payload)
    return Attested(
        address=address,
        code=document.code,
        kind=document.kind,
        tier=document.tier,
        type=str(payload["type"][-1]),
        about=_place(system, document),
        document=document,
        issuer=str(payload["issuer"]["id"]),
        valid_from=str(payload["validFrom"]),
        status=str(payload["credentialStatus"]["id"]),
        revoked=system.history.is_revoked(document.id),
    )


def _naming(system: System, document: Document, address: str) -> Document | None:
    """The public document that names a restricted one."""
    others = system.history.documents(document.code, kind=document.kind)
    public = (each for each in others if each.tier is Tier.PUBLIC and each.payload)
    return next((each for each in public if _names(each, address)), None)


def _names(document: Document, address: str) -> bool:
    if address.encode() not in document.payload:
        return False
    return any(each["id"] == address for each in inner(document.payload, document.start).get("restrictedDocuments", ()))


def _place(system: System, document: Document) -> str:
    if document.kind is Kind.EVENT:
        return f"{system.base}/events/{document.id}"
    return f"{system.passport_address(document.code)}/versions/{document.version}"
