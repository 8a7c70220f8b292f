"""Credentials as bytes: the signed payload around a document, and the forms it is served in."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from passport.model.passport import Document, Kind, Tier

CREDENTIALS_CONTEXT = "https://www.w3.org/ns/credentials/v2"

_TYPES = {
    (Kind.PASSPORT, True): "ProductPassportCredential",
    (Kind.PASSPORT, False): "RestrictedPassportCredential",
    (Kind.EVENT, True): "ProductEventCredential",
    (Kind.EVENT, False): "RestrictedEventCredential",
}


class Envelope:
    """What surrounds the documents that one issuer signs at one time: a credential (VCDM 2.0) with places to fill."""

    __slots__ = ("_credential", "_heads")

    def __init__(self, *, base: str, issuer: str, issuer_name: str, valid_from: str) -> None:
        base, issuer, name = (text.replace("%", "%%") for text in (base, issuer, issuer_name))
        self._credential = {
            "@context": [],
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
        self._heads: dict[tuple[str, Kind, bool], bytes] = {}

    def _head(self, context: str, kind: Kind, public: bool) -> bytes:
        head = self._heads.get((context, kind, public))
        if head is None:
            contexts = [CREDENTIALS_CONTEXT, context.replace("%", "%%")]
            types = ["VerifiableCredential", _TYPES[kind, public]]
            written = orjson.dumps({**self._credential, "@context": contexts, "type": types})[:-1]
            head = self._heads[context, kind, public] = b'%b,"credentialSubject":{"id":%%b,"%b":' % (
                written,
                kind.encode(),
            )
        return head

    def payload(
        self,
        document: Mapping[str, Any],
        *,
        context: str,
        own: str,
        kind: Kind,
        tier: Tier,
        status: tuple[int, int],
        product: str,
    ) -> tuple[bytes, int]:
        """The credential of ``document`` to be signed, and the offset in it where the document's object starts.

        ``context`` is the credential context of the product's group, ``own`` the last part of its address, ``status``
        its list and index, ``product`` the address of what it is about. Serialised once: these bytes are signed, kept
        and served.
        """
        number, index = status
        places = (own.encode(), number, index, index, number, orjson.dumps(product))
        head = self._head(context, kind, tier is Tier.PUBLIC) % places
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


_CONTEXTS = b'{"@context":["%b","' % CREDENTIALS_CONTEXT.encode()
"""How every payload starts: next comes the credential context of the product's group."""
_PLACES = {kind: b"/%b/" % kind.encode() for kind in Kind}


def context_of(payload_bytes: bytes, kind: Kind = Kind.PASSPORT) -> bytes:
    """The context that a signed document is served with: the one that belongs to its credential's own."""
    return credential_context_of(payload_bytes).replace(b"/credential/", _PLACES[kind])


def credential_context_of(payload_bytes: bytes) -> bytes:
    """The credential context of a signed document's product group."""
    return payload_bytes[len(_CONTEXTS) : payload_bytes.index(b'"', len(_CONTEXTS))]


def served(payload_bytes: bytes, start: int, kind: Kind = Kind.PASSPORT) -> bytes:
    """A signed document as JSON and JSON-LD: what was signed, with its ``@context`` in front of its first member."""
    return b'{"@context":"%b",%b' % (context_of(payload_bytes, kind), payload_bytes[start + 1 : -2])


def served_document(document: Document) -> bytes:
    """A kept document of any kind as JSON and JSON-LD, with the context of its kind."""
    return served(document.payload, document.start, document.kind)


def served_with(document: Document, restricted: Sequence[Document]) -> bytes:
    """A kept document with others beside it, each whole as it was signed, in its member ``restricted``."""
    context = orjson.dumps([context_of(document.payload, document.kind).decode(), {"restricted": "@included"}])
    beside = b",".join(served_document(each) for each in restricted)
    return b'{"@context":%b,%b,"restricted":[%b]}' % (context, document.payload[document.start + 1 : -3], beside)


def inner(payload_bytes: bytes, start: int) -> dict[str, Any]:
    """The document that a credential carries, parsed; numbers with a fraction, as only ``extensions`` have, as floats.

    What must not lose a digit is taken from the signed bytes instead (``served``).
    """
    value: dict[str, Any] = orjson.loads(payload_bytes[start:-2])
    return value
