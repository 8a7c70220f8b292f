"""Signed documents in JOSE form (``vc+jwt``): building, parsing and verifying them.

Sources: VC-JOSE-COSE, sections 3.1 and 3.3; RFC 7515; RFC 8037; VCDM 2.0.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey

from passport.proofs.datamodel import data_model_flaw, issuer_of, moment_of
from passport.proofs.did import did_document, jwk, multikey
from passport.proofs.strict import NotStrictError, strict_object

__all__ = [
    "ALGORITHMS",
    "MAX_BYTES",
    "Check",
    "Judge",
    "JwsError",
    "Outcome",
    "Parts",
    "Verdict",
    "Verification",
    "VerificationKey",
    "compact",
    "did_document",
    "header_for",
    "joined",
    "jwk",
    "multikey",
    "parse",
    "signature_holds",
    "signed_by",
    "signing_input",
    "verify",
]

ALGORITHMS = frozenset({"EdDSA", "Ed25519"})
"""Accepted values of ``alg``: we issue ``EdDSA``; RFC 9864 names the same signature ``Ed25519``."""

MAX_BYTES = 4 * 1024 * 1024
"""The longest compact JWS that is looked at."""

MAX_DEPTH = 64
_SKEW = timedelta(minutes=5)


class JwsError(ValueError):
    """Bytes that are no compact JWS in canonical base64url."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A compact JWS taken apart: its decoded header, payload and signature."""

    header: bytes
    payload: bytes
    signature: bytes


@lru_cache(maxsize=1024)
def header_for(kid_url: str) -> bytes:
    """The protected header that names the signing key; ``kid_url`` is the DID URL of its ``JsonWebKey`` entry."""
    return orjson.dumps({"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": kid_url})


def signing_input(header: bytes, payload: bytes) -> bytes:
    """What is signed (RFC 7515, 5.1): both parts in base64url, joined by a dot."""
    return _encoded_header(header) + b"." + _encode(payload)


def joined(signed: bytes, signature: bytes) -> bytes:
    """The compact JWS of a signing input and its raw signature."""
    return signed + b"." + _encode(signature)


def compact(header: bytes, payload: bytes, signature: bytes) -> bytes:
    """The compact JWS (RFC 7515, 7.1) of its three decoded parts."""
    return joined(signing_input(header, payload), signature)


def parse(token: bytes) -> Parts:
    """Take a compact JWS apart. Raises ``JwsError``, also for base64url that has a shorter or other spelling."""
    parts = token.split(b".")
    if len(parts) != 3:
        raise JwsError("a compact JWS has three parts")
    header, payload, signature = (_decode(part) for part in parts)
    return Parts(header, payload, signature)


def signature_holds(public: bytes, header: bytes, payload: bytes, signature: bytes) -> bool:
    """Whether a raw Ed25519 signature over these parts was made by the owner of ``public`` (32 bytes)."""
    return signed_by(public, signing_input(header, payload), signature)


def signed_by(public: bytes, signed: bytes, signature: bytes) -> bool:
    """Whether a raw Ed25519 signature over a signing input was made by the owner of ``public`` (32 bytes)."""
    try:
        _public_key(public).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


class Outcome(StrEnum):
    """What one check came to: "could not check" is neither right nor wrong."""

    OK = "ok"
    FAILED = "failed"
    NOT_CHECKED = "not-checked"


class Verdict(StrEnum):
    """What all checks come to.

    ``key-revoked``: the signature is right and older than the revocation of its key, which says when it was made only
    as far as the issuer is believed; the log's order is the independent witness. ``unchecked``: the key is not known.
    """

    VALID = "valid"
    KEY_REVOKED = "key-revoked"
    REVOKED = "revoked"
    NOT_IN_FORCE = "not-in-force"
    UNCHECKED = "unchecked"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Check:
    """One numbered step of the verification; ``detail`` says in English why it did not end well."""

    number: int
    name: str
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key as its controller publishes it. ``alg`` None leaves the algorithm open (RFC 7517, 4.4)."""

    public: bytes
    controller: str
    revoked: str | None = None
    alg: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of all checks, the credential if it could be read, and the key's revocation time if it has one."""

    checks: tuple[Check, ...]
    credential: Mapping[str, Any] | None = None
    kid: str | None = None
    key_revoked: str | None = None

    def outcome(self, number: int) -> Outcome:
        """The outcome of one numbered step."""
        return next(check.outcome for check in self.checks if check.number == number)

    @property
    def verdict(self) -> Verdict:
        """All checks in one word."""
        failed = {check.number for check in self.checks if check.outcome is Outcome.FAILED}
        if failed - {9, 10}:
            return Verdict.INVALID
        if Outcome.NOT_CHECKED in (self.outcome(5), self.outcome(6)):
            return Verdict.UNCHECKED
        if 10 in failed:
            return Verdict.REVOKED
        if 9 in failed:
            return Verdict.NOT_IN_FORCE
        return Verdict.KEY_REVOKED if self.key_revoked else Verdict.VALID


Judge = Callable[[Mapping[str, Any]], bool | None]
"""Answers yes, no, or None for "cannot say" about a credential."""


def verify(
    token: bytes,
    resolve: Callable[[str], VerificationKey | None],
    now: datetime,
    *,
    status: Judge | None = None,
    schema: Judge | None = None,
) -> Verification:
    """Check a ``vc+jwt``. Every step has an outcome; none is left out because an earlier one failed.

    1. Size and nesting depth are within bounds.
    2. Header and payload are strict JSON objects: no duplicate members, no NaN, canonical base64url.
    3. The algorithm is one of ``ALGORITHMS``.
    4. ``typ`` is ``vc+jwt``; ``cty``, when present, is ``vc``.
    5. The key that ``kid`` names is known, is for this algorithm, and was not revoked before the credential's time.
    6. The signature is made by that key over these very bytes.
    7. The payload follows the rules of VCDM 2.0 that can be told without its schema.
    8. The issuer is the controller of the key.
    9. ``now`` is within the period of validity (with 5 minutes for clocks).
    10. The credential is not revoked, as ``status`` says.
    11. It follows its schema, as ``schema`` says.

    ``resolve`` gives the key of a DID URL or None; nothing is ever fetched. What cannot be known is ``not-checked``.
    """
    return _Checking(token, resolve, now.astimezone(UTC), status, schema).run()


class _Registry(jws.JWSRegistry):
    """joserfc's algorithms, only those of ``ALGORITHMS``; sizes are bounded by step 1."""

    max_header_length = max_payload_length = MAX_BYTES

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]


_REGISTRY = _Registry(strict_check_header=False)


class _Checking:
    def __init__(
        self,
        token: bytes,
        resolve: Callable[[str], VerificationKey | None],
        now: datetime,
        status: Judge | None,
        schema: Judge | None,
    ) -> None:
        self._token, self._resolve, self._now = token, resolve, now
        self._status, self._schema = status, schema
        self._checks: list[Check] = []
        self._key: VerificationKey | None = None

    def run(self) -> Verification:
        self._unfit = None if len(self._token) <= MAX_BYTES else f"longer than {MAX_BYTES} bytes"
        parts, self._flaw = self._parts()
        self._header = self._object(parts.header if parts else None)
        self._credential = self._object(parts.payload if parts else None)
        self._note(1, "size", self._unfit)
        self._note(2, "form", self._flaw)
        kid = self._header_checks()
        self._note(6, "signature", *self._signature())
        self._credential_checks()
        revoked = self._key.revoked if self._key else None
        return Verification(tuple(self._checks), self._credential, kid, revoked)

    def _note(self, number: int, name: str, flaw: str | None, unknown: str | None = None) -> None:
        """Keep the outcome of a step: failed with a flaw, not checked for an unknown, else ok."""
        outcome = Outcome.FAILED if flaw else Outcome.NOT_CHECKED if unknown else Outcome.OK
        self._checks.append(Check(number, name, outcome, flaw or unknown or ""))

    def _parts(self) -> tuple[Parts | None, str | None]:
        if self._unfit:
            return None, "not looked at: too long"
        try:
            return parse(self._token), None
        except JwsError as error:
            return None, str(error)

    def _object(self, data: bytes | None) -> Mapping[str, Any] | None:
        if data is None:
            return None
        try:
            return strict_object(data, depth=MAX_DEPTH)
        except NotStrictError as error:
            if error.too_deep:
                self._unfit = str(error)
            self._flaw = self._flaw or str(error)
            return None

    def _header_checks(self) -> str | None:
        if self._header is None:
            for number, name in ((3, "algorithm"), (4, "type"), (5, "key")):
                self._note(number, name, None, "the header cannot be read")
            return None
        header = self._header
        # 3
        algorithm = header.get("alg")
        known = isinstance(algorithm, str) and algorithm in ALGORITHMS
        self._note(3, "algorithm", None if known else f"alg {algorithm!r} is not accepted")
        # 4
        right = header.get("typ") == "vc+jwt" and header.get("cty", "vc") == "vc"
        self._note(4, "type", None if right else "typ is not vc+jwt, or cty is not vc")
        # 5
        kid = header.get("kid")
        self._note(5, "key", *self._find_key(kid, algorithm))
        return kid if isinstance(kid, str) else None

    def _find_key(self, kid: object, algorithm: object) -> tuple[str | None, str | None]:
        if not isinstance(kid, str) or "#" not in kid:
            return "kid is no DID URL of a verification method", None
        self._key = self._resolve(kid)
        if self._key is None:
            return None, f"the key {kid} is not known here"
        if self._key.alg is not None and self._key.alg != algorithm:
            return "the key is for another algorithm", None
        revoked, signed = moment_of(self._key.revoked), moment_of((self._credential or {}).get("validFrom"))
        if revoked is not None and (signed is None or signed >= revoked):
            return "the key had been revoked when this was signed", None
        return None, None

    def _signature(self) -> tuple[str | None, str | None]:
        # 6
        if self._header is None or self._key is None:
            return None, "there is no key to check it with"
        try:
            jws.deserialize_compact(self._token, _okp_key(self._key.public), registry=_REGISTRY)
        except (JoseError, ValueError) as error:
            return f"the signature does not hold ({type(error).__name__})", None
        return None, None

    def _credential_checks(self) -> None:
        if self._credential is None:
            for number, name in ((7, "data-model"), (8, "issuer"), (9, "validity"), (10, "status"), (11, "schema")):
                self._note(number, name, None, "the payload cannot be read")
            return
        credential = self._credential
        # 7
        self._note(7, "data-model", data_model_flaw(credential))
        # 8
        if self._key is None:
            self._note(8, "issuer", None, "there is no key to compare with")
        else:
            same = issuer_of(credential) == self._key.controller
            self._note(8, "issuer", None if same else "the issuer does not control the key")
        # 9
        self._note(9, "validity", self._validity(credential))
        # 10
        self._note(10, "status", *_judged(self._status, credential, "revoked"))
        # 11
        self._note(11, "schema", *_judged(self._schema, credential, "does not follow its schema"))

    def _validity(self, credential: Mapping[str, Any]) -> str | None:
        start, end = moment_of(credential.get("validFrom")), moment_of(credential.get("validUntil"))
        if start is not None and start > self._now + _SKEW:
            return "not valid yet"
        if end is not None and end < self._now - _SKEW:
            return "no longer valid"
        return None


def _judged(judge: Judge | None, credential: Mapping[str, Any], flaw: str) -> tuple[str | None, str | None]:
    answer = judge(credential) if judge else None
    if answer is None:
        return None, "nothing here can tell"
    return (None, None) if answer else (flaw, None)


@lru_cache(maxsize=256)
def _okp_key(public: bytes) -> OKPKey:
    return OKPKey.import_key({**jwk(public)})


@lru_cache(maxsize=256)
def _public_key(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


def _encode(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


_encoded_header = lru_cache(maxsize=1024)(_encode)


def _decode(part: bytes) -> bytes:
    try:
        data = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except (binascii.Error, ValueError) as error:
        raise JwsError("a part is not base64url") from error
    if _encode(data) != part:
        raise JwsError("a part is not canonical base64url")
    return data
