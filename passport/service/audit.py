"""The audit: the whole history read again, and everything in it that does not agree named by position and document."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from passport.codecs import state as states
from passport.errors import Damaged
from passport.model.lifecycle import State, fold
from passport.model.passport import Document, Kind, Product, Tier
from passport.ports import STATUS_LIST_SIZE, Entry, History, Key, Parties
from passport.proofs import jose, ledger
from passport.proofs.did import did_web

_CHUNK = 1024
_PAGE = 500
_WAITING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """One thing that is wrong.

    ``code`` is stable. ``position`` is the place in the log, None where the trouble is with a product as a whole;
    ``document`` the id of the credential and ``product`` the short code, as far as they are known.
    """

    code: str
    detail: str
    position: int | None = None
    document: str | None = None
    product: str | None = None


@dataclass(slots=True)
class _Chain:
    """What the log says of one product so far."""

    subject: str
    seq: int = 0
    head: bytes = b""
    version: int = 0
    current: int = -1
    issuer: str = ""
    level: str | None = None
    verified: bool | None = None
    state: State = field(default_factory=State)
    event: list[tuple[Document, dict[str, Any]]] = field(default_factory=list)

    @property
    def place(self) -> int | None:
        return self.current if self.current >= 0 else None


@dataclass(slots=True)
class _Found:
    """Problems, bounded for each code."""

    per_code: int
    problems: list[AuditProblem] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)

    def add(self, problem: AuditProblem) -> None:
        self.numbers[problem.code] += 1
        if self.numbers[problem.code] <= self.per_code:
            self.problems.append(problem)

    def listed(self) -> list[AuditProblem]:
        more = {code: number - self.per_code for code, number in self.numbers.items() if number > self.per_code}
        return self.problems + [AuditProblem(code, f"and {number} more of this kind") for code, number in more.items()]


def audit(history: History, parties: Parties, *, base: str, per_code: int = 100) -> list[AuditProblem]:
    """Read every document, leaf, tree node and product again and compare all that must agree; empty when all does.

    1. Positions have no gap.
    2. The bytes of each document have its digest; its header names a key of its issuer that was in use; the signature
       holds; and what the payload claims (issuer, id, status entry, product, version) is what is stored beside it.
    3. Each leaf is that of its document and of the one before it of the same product.
    4. Each tree node is the hash of its leaf or of its two children, and there is none beyond the leaves.
    5. No status entry is given twice.
    6. Each product's row says what its documents say, its state is what its events fold into, and its model
       reference is that version's digest.

    ``base`` is the service's address. Of each code the first ``per_code`` problems are listed, in the order in which
    they were met, and the others counted in one more. Memory grows with the number of products, not of documents. The
    physical soundness of the store is its adapter's business.
    """
    return _Audit(history, parties, base, _Found(per_code)).run()


class _Audit:
    def __init__(self, history: History, parties: Parties, base: str, found: _Found) -> None:
        self._history, self._parties, self._base = history, parties, base
        self._found = found
        self._chains: dict[str, _Chain] = {}
        self._keys: dict[tuple[str, bytes], Key | None] = {}
        self._slots: dict[int, bytearray] = {}
        self._model_digests: dict[tuple[str, int], bytes | None] = {}

    def run(self) -> list[AuditProblem]:
        try:
            size = self._history.size()
            for start in range(0, size, _CHUNK):
                self._chunk(start, min(start + _CHUNK, size))
            self._surplus(size)
            self._all_products()
        except Damaged as error:
            self._found.add(AuditProblem("unreadable", str(error)))
        return self._found.listed()

    def _did(self, organisation: str) -> str:
        return did_web(self._base, "organisations", organisation)

    def _note(self, code: str, detail: str, document: Document) -> None:
        self._found.add(AuditProblem(code, detail, document.position, document.id, document.code))

    def _chunk(self, start: int, stop: int) -> None:
        leaves = {node.index: node.hash for node in self._history.nodes(0, start, stop)}
        expected = start
        for entry in self._entries(start, stop):
            position = entry.document.position
            for missing in range(expected, position):
                self._missing(missing)
            expected = position + 1
            if _well_typed(entry):
                self._entry(entry, leaves.get(position))
            else:
                self._note("unreadable", "a value has a type that it cannot have", entry.document)
        for missing in range(expected, stop):
            self._missing(missing)
        self._tree(start, stop)

    def _entries(self, start: int, stop: int) -> Iterator[Entry]:
        """The entries that can be read; of a range that cannot, each half again."""
        try:
            entries: Sequence[Entry] = list(self._history.scan(start, stop))
        except Damaged as error:
            if stop - start == 1:
                self._found.add(AuditProblem("unreadable", str(error), start))
                return
            middle = (start + stop) // 2
            yield from self._entries(start, middle)
            yield from self._entries(middle, stop)
        else:
            yield from entries

    def _missing(self, position: int) -> None:
        self._found.add(AuditProblem("missing", "there is no document that can be read at this position", position))

    def _entry(self, entry: Entry, node: bytes | None) -> None:
        document = entry.document
        self._signed(document)
        credential = self._payload(document)
        subject = _subject(credential)
        chain = self._chains.setdefault(document.code, _Chain(subject))
        if subject != chain.subject:
            self._note("subject", f"the payload is about {subject!r}, not {chain.subject!r}", document)
        self._slot(document)
        self._leaf(entry, chain)
        own = ledger.leaf_hash(entry.leaf)
        if node != own:
            self._note("node", "the tree's leaf is not the hash of this entry", document)
        chain.seq, chain.head = document.seq, node or own
        self._told(document, chain, credential)

    def _told(self, document: Document, chain: _Chain, credential: Mapping[str, Any]) -> None:
        """What the document says of its product's row: its newest passport, or something that happened to it."""
        body = _member(credential, "credentialSubject", document.kind.value)
        if not isinstance(body, dict):
            return
        if document.kind is Kind.EVENT:
            if document.tier is Tier.PUBLIC:
                self._fold(chain)
            chain.event.append((document, body))
        elif document.tier is Tier.PUBLIC:
            chain.version, chain.current = document.version, document.position
            chain.issuer = chain.issuer or document.issuer
            chain.level, chain.verified = body.get("granularity"), body.get("gtinVerified")

    def _fold(self, chain: _Chain) -> None:
        """Take the event whose documents have all been met into the state."""
        if not chain.event:
            return
        document = chain.event[0][0]
        try:
            chain.state = fold(chain.state, states.event_of(states.merged([body for _, body in chain.event])))
        except (KeyError, ValueError, AttributeError) as error:
            self._note("event", f"this event cannot have happened: {error}", document)
        chain.event.clear()

    def _signed(self, document: Document) -> None:
        token = jose.compact(document.header, document.payload, document.signature)
        if hashlib.sha256(token).digest() != document.digest:
            self._note("digest", "the bytes are not those that the digest was made of", document)
        key = self._key(document)
        if key is None:
            self._note("key-unknown", "the header names no key of the issuer", document)
            return
        if not jose.signature_holds(key.public, document.header, document.payload, document.signature):
            self._note("signature", f"the signature is not one of key {key.kid}", document)
        if key.retired is not None and document.at > _later(key.retired):
            self._note("key-retired", f"key {key.kid} was retired at {key.retired}", document)
        if key.revoked is not None and document.at >= key.revoked:
            self._note("key-revoked", f"key {key.kid} was revoked at {key.revoked}", document)

    def _key(self, document: Document) -> Key | None:
        place = (document.issuer, document.header)
        if place not in self._keys:
            did = self._did(document.issuer)
            known = {jose.header_for(f"{did}#{key.kid}"): key for key in self._parties.keys(document.issuer)}
            self._keys[place] = known.get(document.header)
        return self._keys[place]

    def _payload(self, document: Document) -> Mapping[str, Any]:
        try:
            credential = orjson.loads(document.payload)
        except orjson.JSONDecodeError:
            credential = None
        if not isinstance(credential, dict):
            self._note("payload", "the payload is no JSON object", document)
            return {}
        listed = f"{self._base}/status/{document.status_list}"
        claims = {
            "id": (credential.get("id"), f"{self._base}/credentials/{document.id}"),
            "issuer": (_member(credential, "issuer", "id"), self._did(document.issuer)),
            "credentialStatus": (_member(credential, "credentialStatus", "id"), f"{listed}#{document.status_index}"),
            "validFrom": (credential.get("validFrom"), document.at),
        }
        for name, (claimed, stored) in claims.items():
            if claimed != stored:
                self._note("claim", f"the payload's {name} is {claimed!r}, stored is {stored!r}", document)
        self._body(document, credential)
        return credential

    def _body(self, document: Document, credential: Mapping[str, Any]) -> None:
        name = document.kind.value
        if not document.payload[: document.start].endswith(b'"%b":' % name.encode()):
            self._note("start", f"the {name} does not start at {document.start}", document)
        if document.kind is not Kind.PASSPORT:
            return
        for member, stored in (("shortCode", document.code), ("version", document.version)):
            claimed = _member(credential, "credentialSubject", name, member)
            if claimed is not None and claimed != stored:
                self._note("claim", f"the passport's {member} is {claimed!r}, stored is {stored!r}", document)

    def _slot(self, document: Document) -> None:
        index = document.status_index
        if not 0 <= index < STATUS_LIST_SIZE:
            self._note("status", f"there is no status entry {index}", document)
            return
        given = self._slots.setdefault(document.status_list, bytearray(STATUS_LIST_SIZE // 8))
        bit = 1 << (index & 7)
        if given[index >> 3] & bit:
            self._note("status", f"status entry {document.status_list}#{index} was given before", document)
        given[index >> 3] |= bit

    def _leaf(self, entry: Entry, chain: _Chain) -> None:
        document = entry.document
        if document.seq != chain.seq + 1:
            self._note("chain", f"number {document.seq} of its product follows number {chain.seq}", document)
        expected = ledger.leaf(
            kind=document.kind.value,
            subject=document.code,
            seq=document.seq,
            prev=chain.head,
            digest=document.digest,
            at=document.at,
        )
        if entry.leaf != expected:
            self._note("leaf", "the leaf is not that of this document after the one before it", document)

    def _tree(self, start: int, stop: int) -> None:
        """Check all inner nodes that the leaves from ``start`` to ``stop`` completed against their children."""
        for level in range(1, stop.bit_length()):
            low, high = start >> level, stop >> level
            if low == high:
                continue
            stored = {node.index: node.hash for node in self._history.nodes(level, low, high)}
            below = {node.index: node.hash for node in self._history.nodes(level - 1, 2 * low, 2 * high)}
            for index in range(low, high):
                left, right = below.get(2 * index), below.get(2 * index + 1)
                if left is None or right is None or stored.get(index) != ledger.node_hash(left, right):
                    detail = f"tree node {index} of level {level} is not the hash of the two below it"
                    self._found.add(AuditProblem("node", detail, index << level))

    def _surplus(self, size: int) -> None:
        for node in self._history.nodes(0, size, size + _CHUNK):
            self._missing(node.index)
        for level in range(1, size.bit_length() + 1):
            for node in self._history.nodes(level, size >> level, (size >> level) + _CHUNK):
                detail = f"tree node {node.index} of level {level} stands beyond the last leaf"
                self._found.add(AuditProblem("node", detail, node.index << level))

    def _all_products(self) -> None:
        unseen = dict.fromkeys(self._chains)
        try:
            for product in self._paged():
                unseen.pop(product.code, None)
                self._product(product)
        except Damaged as error:
            self._found.add(AuditProblem("unreadable", str(error)))
        for code in unseen:
            self._one_product(code)

    def _paged(self) -> Iterator[Product]:
        after: str | None = None
        while page := self._history.products(level=None, after=after, limit=_PAGE):
            yield from page
            after = page[-1].code

    def _one_product(self, code: str) -> None:
        try:
            product = self._history.product(code)
        except Damaged as error:
            self._found.add(AuditProblem("unreadable", str(error), product=code))
            return
        if product is None:
            self._found.add(
                AuditProblem("product", "the log has documents of a product that is not there", product=code)
            )
        else:
            self._product(product)

    def _product(self, product: Product) -> None:
        chain = self._chains.get(product.code)
        if chain is None:
            self._found.add(AuditProblem("product", "the log has no document of it", product=product.code))
            return
        self._fold(chain)
        pairs = {
            "key": (f"{self._base}/{product.key}", chain.subject),
            "version": (product.version, chain.version),
            "seq": (product.seq, chain.seq),
            "head": (product.head, chain.head),
            "current": (product.current, chain.current),
            "issuer": (product.issuer, chain.issuer),
            "level": (product.level, chain.level),
            "verified": (product.verified, chain.verified),
            "standing": (product.standing, chain.state.standing),
            "state": (_state(product), chain.state),
        }
        for name, (stored, logged) in pairs.items():
            if stored != logged:
                detail = f"its {name} is {_short(stored)}, the log says {_short(logged)}"
                self._found.add(AuditProblem("product", detail, chain.place, product=product.code))
        self._model(product)

    def _model(self, product: Product) -> None:
        model = product.model
        if model is None:
            return
        place = (model.code, model.version)
        if place not in self._model_digests:
            version = self._history.version(*place)
            self._model_digests[place] = None if version is None else version.digest
        if self._model_digests[place] != model.digest:
            detail = f"version {model.version} of its model {model.code} is not the one that it was made to"
            self._found.add(AuditProblem("product", detail, product=product.code))


def _well_typed(entry: Entry) -> bool:
    """Rot may turn text into bytes or a number; nothing of that kind is looked at further."""
    document = entry.document
    texts = (document.id, document.code, document.at, document.issuer)
    blobs = (entry.leaf, document.header, document.payload, document.signature, document.digest)
    numbers = (document.version, document.seq, document.start, document.status_list, document.status_index)
    return (
        all(isinstance(each, str) for each in texts)
        and all(isinstance(each, bytes) for each in blobs)
        and all(isinstance(each, int) for each in numbers)
    )


def _member(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _subject(credential: Mapping[str, Any]) -> str:
    return str(_member(credential, "credentialSubject", "id"))


def _short(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else repr(value)


def _later(moment: str) -> str:
    """A time after which a retired key cannot have signed: a submission and a rotation may wait for the same lock."""
    return (datetime.fromisoformat(moment) + _WAITING).strftime("%Y-%m-%dT%H:%M:%SZ")


def _state(product: Product) -> State | None:
    try:
        return states.from_text(product.state)
    except (ValueError, TypeError, AttributeError):
        return None
