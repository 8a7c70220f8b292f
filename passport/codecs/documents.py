"""Credentials as bytes: the signed payload around a document, and the forms it is served in."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from passport.model.passport import Document, Kind, Tier

VOCABULARY = "https://w3id.org/furniturepassport/"
CREDENTIALS_CONTEXT = "https://www.w3.org/ns/credentials/v2"
CREDENTIAL_CONTEXT = VOCABULARY + "contexts/credential/1.0"
PASSPORT_CONTEXT = VOCABULARY + "contexts/passport/1.0"
EVENT_CONTEXT = VOCABULARY + "contexts/event/1.0"
CONTEXTS = {Kind.PASSPORT: PASSPORT_CONTEXT, Kind.EVENT: EVENT_CONTEXT}

_TYPES = {
    (Kind.PASSPORT, True): "ProductPassportCredential",
    (Kind.PASSPORT, False): "RestrictedPassportCredential",
    (Kind.EVENT, True): "ProductEventCredential",
    (Kind.EVENT, False): "RestrictedEventCredential",
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """What surrounds a document in its credential. ``id`` is the last part of its address; ``status`` (list, index)."""

    base: str
    id: str
    kind: Kind
    tier: Tier
    issuer: str
    issuer_name: str
    valid_from: str
    status: tuple[int, int]
    product: str


def payload(envelope: Envelope, document: Mapping[str, Any]) -> tuple[bytes, int]:
    """The credential (VCDM 2.0) to be signed, and the offset in it where the document's object starts.

    Serialised once: these bytes are signed, kept and served.
    """
    status_list, index = envelope.status
    list_address = f"{envelope.base}/status/{status_list}"
    outer = orjson.dumps(
        {
            "@context": [CREDENTIALS_CONTEXT, CREDENTIAL_CONTEXT],
            "id": f"{envelope.base}/credentials/{envelope.id}",
            "type": ["VerifiableCredential", _TYPES[envelope.kind, envelope.tier is Tier.PUBLIC]],
            "issuer": {"id": envelope.issuer, "name": envelope.issuer_name},
            "validFrom": envelope.valid_from,
            "credentialStatus": {
                "id": f"{list_address}#{index}",
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": str(index),
                "statusListCredential": list_address,
            },
        }
    )
    subject = orjson.dumps(envelope.product)
    head = b'%b,"credentialSubject":{"id":%b,"%b":' % (outer[:-1], subject, envelope.kind.encode())
    return b"%b%b}}" % (head, orjson.dumps(document)), len(head)


def jws(document: Document) -> bytes:
    """The compact JWS (``application/vc+jwt``) of a kept document, byte for byte as it was signed."""
    return b".".join(
        urlsafe_b64encode(part).rstrip(b"=") for part in (document.header, document.payload, document.signature)
    )


def enveloped(compact: bytes) -> bytes:
    """The ``EnvelopedVerifiableCredential`` around a compact JWS (VCDM 2.0, section 4.14)."""
    return orjson.dumps(
        {
            "@context": [CREDENTIALS_CONTEXT],
            "type": "EnvelopedVerifiableCredential",
            "id": f"data:application/vc+jwt,{compact.decode()}",
        }
    )


_OPENINGS = {kind: b'{"@context":"%b",' % context.encode() for kind, context in CONTEXTS.items()}
_PASSPORT_OPENING = _OPENINGS[Kind.PASSPORT]


def served(payload_bytes: bytes, start: int) -> bytes:
    """The passport as JSON and JSON-LD: what was signed, with our ``@context`` in front of its first member."""
    return _PASSPORT_OPENING + payload_bytes[start + 1 : -2]


def served_document(document: Document) -> bytes:
    """A kept document of any kind as JSON and JSON-LD, with the context of its kind."""
    return _OPENINGS[document.kind] + document.payload[document.start + 1 : -2]


def inner(payload_bytes: bytes, start: int) -> dict[str, Any]:
    """The document that a credential carries, parsed; numbers with a fraction never occur in it."""
    value: dict[str, Any] = json.loads(payload_bytes[start:-2])
    return value
