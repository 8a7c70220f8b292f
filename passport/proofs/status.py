"""Bitstring Status List v1.0: which credentials are revoked, one bit each."""

import binascii
import gzip
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable

import orjson

BITS = 131_072
"""Length of a list: the least that the recommendation allows (16 KiB uncompressed)."""

_CREDENTIALS_CONTEXT = "https://www.w3.org/ns/credentials/v2"


class StatusListError(ValueError):
    """An ``encodedList`` that is not the encoding of a bit string of the right length."""


def encode(indexes: Iterable[int]) -> str:
    """The ``encodedList`` with these bits set: gzip, base64url without padding, multibase prefix ``u``.

    Index 0 is the left-most bit. The same indexes always give the same text.
    """
    bits = bytearray(BITS // 8)
    for index in indexes:
        if not 0 <= index < BITS:
            raise ValueError(f"index {index} is outside a list of {BITS}")
        bits[index >> 3] |= 0x80 >> (index & 7)
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(encoded: str) -> frozenset[int]:
    """The indexes of the bits that are set in an ``encodedList``. Raises ``StatusListError``."""
    if not encoded.startswith("u"):
        raise StatusListError("the multibase prefix u is missing")
    try:
        packed = urlsafe_b64decode(encoded[1:] + "=" * (-(len(encoded) - 1) % 4))
        unpacker = zlib.decompressobj(wbits=31)
        bits = unpacker.decompress(packed, BITS // 8 + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise StatusListError("not gzip in base64url") from error
    if len(bits) != BITS // 8 or not unpacker.eof:
        raise StatusListError(f"not a bit string of {BITS} bits")
    return frozenset(
        (place << 3) + bit for place, byte in enumerate(bits) if byte for bit in range(8) if byte & (0x80 >> bit)
    )


def list_payload(*, address: str, issuer: str, valid_from: str, revoked: Iterable[int]) -> bytes:
    """The ``BitstringStatusListCredential`` at ``address`` as the bytes to be signed.

    ``issuer`` is the DID of whoever signs it; ``valid_from`` is RFC 3339 UTC.
    """
    return orjson.dumps(
        {
            "@context": [_CREDENTIALS_CONTEXT],
            "id": address,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": issuer,
            "validFrom": valid_from,
            "credentialSubject": {
                "id": f"{address}#list",
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": encode(revoked),
            },
        }
    )
