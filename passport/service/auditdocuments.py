"""The audit of single documents: their bytes, keys and claims, what was erased, and the status entries."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from passport.model.moments import written
from passport.model.passport import Document, Kind, Tier
from passport.ports import STATUS_LIST_SIZE, Erasure, Key, Parties
from passport.proofs import jose
from passport.proofs.did import did_web
from passport.service.auditproblems import AuditProblem, Found
from passport.service.erasure import effects_digest

_WAITING = timedelta(minutes=1)
_OPENINGS = {kind: b'"%b":' % kind.encode() for kind in Kind}


@dataclass(frozen=True, slots=True)
class Logged:
    """What the log says of an erasure: the id and the time of the event, and the digest of the effects."""

    act: str
    at: str
    effects: str | None


class DocumentAudit:
    """Checks documents one by one; remembers keys, status entries and what was erased."""

    def __init__(
        self, parties: Parties, base: str, erasures: Mapping[str, Erasure], found: Found, erased: Found
    ) -> None:
        """``erased`` takes what is rightly not there any more."""
        self._parties, self._found, self._erased = parties, found, erased
        self._base = base
        self._credentials, self._lists = f"{base}/credentials/", f"{base}/status/"
        self._erasures = erasures
        self._dids: dict[str, str] = {}
        self._keys: dict[tuple[str, bytes], Key | None] = {}
        self._slots: dict[int, bytearray] = {}

    def check(self, document: Document) -> Mapping[str, Any] | None:
        """Look at one document; gives its credential, empty if it cannot be read, None if it was erased."""
        self._slot(document)
        erasure = self._erasures.get(document.id)
        if erasure is not None:
            if not (document.header or document.payload or document.signature):
                detail = f"its content was erased at {erasure.at}; its place and digest stay"
                self._erased.note("erased", detail, document)
                return None
            self._found.note("erasure", "it was erased, but its content is still there", document)
        self._signed(document)
        return self._payload(document)

    def _signed(self, document: Document) -> None:
        signed = jose.signing_input(document.header, document.payload)
        if hashlib.sha256(jose.joined(signed, document.signature)).digest() != document.digest:
            self._found.note("digest", "the bytes are not those that the digest was made of", document)
        key = self._key(document)
        if key is None:
            self._found.note("key-unknown", "the header names no key of the issuer", document)
            return
        if not jose.signed_by(key.public, signed, document.signature):
            self._found.note("signature", f"the signature is not one of key {key.kid}", document)
        if key.retired is not None and document.at > _later(key.retired):
            self._found.note("key-retired", f"key {key.kid} was retired at {key.retired}", document)
        if key.revoked is not None and document.at >= key.revoked:
            self._found.note("key-revoked", f"key {key.kid} was revoked at {key.revoked}", document)

    def _key(self, document: Document) -> Key | None:
        place = (document.issuer, document.header)
        if place not in self._keys:
            did = self._did(document.issuer)
            known = {jose.header_for(f"{did}#{key.kid}"): key for key in self._parties.keys(document.issuer)}
            self._keys[place] = known.get(document.header)
        return self._keys[place]

    def _did(self, organisation: str) -> str:
        did = self._dids.get(organisation)
        if did is None:
            did = self._dids[organisation] = did_web(self._base, "organisations", organisation)
        return did

    def _payload(self, document: Document) -> Mapping[str, Any]:
        try:
            credential = orjson.loads(document.payload)
        except orjson.JSONDecodeError:
            credential = None
        if not isinstance(credential, dict):
            self._found.note("payload", "the payload is no JSON object", document)
            return {}
        status = f"{self._lists}{document.status_list}#{document.status_index}"
        claims = (
            ("id", credential.get("id"), self._credentials + document.id),
            ("issuer", _member(credential.get("issuer"), "id"), self._did(document.issuer)),
            ("credentialStatus", _member(credential.get("credentialStatus"), "id"), status),
            ("validFrom", credential.get("validFrom"), document.at),
        )
        for name, claimed, stored in claims:
            if claimed != stored:
                self._found.note("claim", f"the payload's {name} is {claimed!r}, stored is {stored!r}", document)
        self._body(document, credential)
        return credential

    def _body(self, document: Document, credential: Mapping[str, Any]) -> None:
        name = document.kind.value
        if not document.payload.endswith(_OPENINGS[document.kind], 0, document.start):
            self._found.note("start", f"the {name} does not start at {document.start}", document)
        body = _member(credential.get("credentialSubject"), name)
        claimed = _member(body, "tier") or Tier.PUBLIC
        if claimed != document.tier:
            self._found.note("claim", f"the {name}'s tier is {claimed!r}, stored is {document.tier!r}", document)
        if document.kind is not Kind.PASSPORT:
            return
        for member, stored in (("shortCode", document.code), ("version", document.version)):
            claimed = _member(body, member)
            if claimed is not None and claimed != stored:
                self._found.note("claim", f"the passport's {member} is {claimed!r}, stored is {stored!r}", document)

    def _slot(self, document: Document) -> None:
        index = document.status_index
        if not 0 <= index < STATUS_LIST_SIZE:
            self._found.note("status", f"there is no status entry {index}", document)
            return
        given = self._slots.get(document.status_list)
        if given is None:
            given = self._slots[document.status_list] = bytearray(STATUS_LIST_SIZE // 8)
        bit = 1 << (index & 7)
        if given[index >> 3] & bit:
            detail = f"status entry {document.status_list}#{index} was given before"
            self._found.note("status", detail, document)
        given[index >> 3] |= bit

    def unlogged(self, erased: Mapping[str, Logged]) -> None:
        """Name what was erased without an event in the log that says so, or otherwise than it says.

        ``erased`` is what events say, by the ids of the documents that they name.
        """
        for erasure in self._erasures.values():
            logged = erased.get(erasure.document)
            if logged is None or (logged.act, logged.at) != (erasure.act, erasure.at):
                detail = "no event in the log says that it was erased, or another one than is kept"
                self._found.add(AuditProblem("erasure", detail, document=erasure.document))
            elif logged.effects != effects_digest(erasure.effects):
                detail = "what is still known of it is not what was logged when it was erased"
                self._found.add(AuditProblem("erasure", detail, document=erasure.document))


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _later(moment: str) -> str:
    """A time after which a retired key cannot have signed: a submission and a rotation may wait for the same lock."""
    return written(datetime.fromisoformat(moment) + _WAITING)
