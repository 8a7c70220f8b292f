"""The DID documents in which issuers publish their keys (``did:web``, CID 1.0, DID Core).

Each key has two entries, since one entry must not carry both forms (CID 1.0, 2.2.1): a ``JsonWebKey`` for JOSE,
which ``kid`` names, and a ``Multikey`` for Data Integrity.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Any, Protocol
from urllib.parse import urlsplit

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = b"\xed\x01"
_CONTEXTS = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
)


class PublicKey(Protocol):
    """A key as it is published: ``kid`` is the fragment of its DID URL, ``revoked`` the time of its compromise."""

    @property
    def kid(self) -> str: ...  # noqa: D102
    @property
    def public(self) -> bytes: ...  # noqa: D102
    @property
    def revoked(self) -> str | None: ...  # noqa: D102


def did_web(address: str, *path: str) -> str:
    """The ``did:web`` of a service at ``address``, or of a path below it; a port is written ``%3A``."""
    parts = urlsplit(address)
    below = [part for part in parts.path.split("/") if part]
    return ":".join(["did:web", parts.netloc.replace(":", "%3A"), *below, *path])


def jwk(public: bytes) -> dict[str, str]:
    """An Ed25519 public key as JWK (RFC 8037, 2), without ``alg``, so that both names of the algorithm are accepted."""
    return {"kty": "OKP", "crv": "Ed25519", "x": urlsafe_b64encode(public).rstrip(b"=").decode()}


def multikey(public: bytes) -> str:
    """An Ed25519 public key as ``publicKeyMultibase``: ``z`` and base58btc of 0xED 0x01 and the key."""
    number = int.from_bytes(_ED25519 + public, "big")
    digits = []
    while number:
        number, digit = divmod(number, 58)
        digits.append(_BASE58[digit])
    return "z" + "".join(reversed(digits))


def did_document(did: str, keys: Iterable[PublicKey]) -> dict[str, Any]:
    """The DID document of ``did`` with every key it ever signed with.

    Retired keys stay, in ``assertionMethod`` too, so that what they signed goes on verifying. A compromised key stays
    in ``verificationMethod`` with the time of its revocation, and may not assert any more.
    """
    methods: list[dict[str, Any]] = []
    asserting: list[str] = []
    for key in keys:
        address = f"{did}#{key.kid}"
        revoked = {"revoked": key.revoked} if key.revoked else {}
        forms: tuple[tuple[str, str, dict[str, Any]], ...] = (
            (address, "JsonWebKey", {"publicKeyJwk": jwk(key.public)}),
            (f"{address}-multikey", "Multikey", {"publicKeyMultibase": multikey(key.public)}),
        )
        for entry, form, material in forms:
            methods.append({"id": entry, "type": form, "controller": did, **material, **revoked})
            if not key.revoked:
                asserting.append(entry)
    return {"@context": list(_CONTEXTS), "id": did, "verificationMethod": methods, "assertionMethod": asserting}
