"""Credentials as bytes: the signed payload around a document, and the forms it is served in."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from decimal import Decimal
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


class Envelope:
    """What surrounds the documents that one issuer signs at one time: a credential (VCDM 2.0) with places to fill."""

    __slots__ = ("_heads",)

    def __init__(self, *, base: str, issuer: str, issuer_name: str, valid_from: str) -> None:
        base, issuer, name = (text.replace("%", "%%") for text in (base, issuer, issuer_name))
        credential = {
            "@context": [CREDENTIALS_CONTEXT, CREDENTIAL_CONTEXT],
            "id": f"{base}/credentials/%b",
            "type": [],
            "issuer": {"id": issuer, "name": name},
            "validFrom": valid_from,
            "credentialStatus": {
                "id": f"{base}/status/%d#%d",
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": "%d",
                "statusListCredential": f"{base}/status/%d",
            },
        }
        self._heads = {
            (kind, public): b'%b,"credentialSubject":{"id":%%b,"%b":'
            % (orjson.dumps({**credential, "type": ["VerifiableCredential", kind_of_credential]})[:-1], kind.encode())
            for (kind, public), kind_of_credential in _TYPES.items()
        }

    def payload(
        self, document: Mapping[str, Any], *, own: str, kind: Kind, tier: Tier, status: tuple[int, int], product: str
    ) -> tuple[bytes, int]:
        """The credential of ``document`` to be signed, and the offset in it where the document's object starts.

        ``own`` is the last part of its address, ``status`` its list and index, ``product`` the address of what it is
        about. Serialised once: these bytes are signed, kept and served.
        """
        number, index = status
        places = (own.encode(), number, index, index, number, orjson.dumps(product))
        head = self._heads[kind, tier is Tier.PUBLIC] % places
        return b"%b%b}}" % (head, orjson.dumps(document, default=_number)), len(head)


def _number(value: object) -> orjson.Fragment:
    """A decimal as the exact JSON number that was submitted; only ``extensions``, kept untouched, have such."""
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    raise TypeError(type(value).__name__)


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
    """The document that a credential carries, parsed; numbers with a fraction, as only ``extensions`` have, as floats.

    What must not lose a digit is taken from the signed bytes instead (``served``).
    """
    value: dict[str, Any] = orjson.loads(payload_bytes[start:-2])
    return value
