"""The audit of products: what the log says of each, document by document, against the rows that are looked up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from passport.codecs import state as states
from passport.errors import Damaged
from passport.model.events import EventType
from passport.model.lifecycle import fold
from passport.model.passport import Document, Kind, Product, Standing, Tier
from passport.model.state import State
from passport.ports import Entry, Erasure, History
from passport.proofs import ledger
from passport.service import auditrevocations
from passport.service.auditdocuments import Logged
from passport.service.auditproblems import AuditProblem, Found

_PAGE = 500
_WRONG = (KeyError, ValueError, AttributeError, TypeError)
"""What bytes that are no event do to the fold."""


@dataclass(slots=True)
class _Chain:
    """What the log says of one product so far. ``parts`` are the documents of an event that is not whole yet."""

    subject: str | None = None
    seq: int = 0
    head: bytes = b""
    version: int = 0
    current: int = -1
    issuer: str = ""
    operator: str = ""
    level: str | None = None
    verified: bool | None = None
    state: State = field(default_factory=State)
    parts: list[Mapping[str, Any]] = field(default_factory=list)
    last: Document | None = None
    corrected: bool = False
    unknown: bool = False
    cancelled: list[str] = field(default_factory=list)

    @property
    def place(self) -> int | None:
        return self.current if self.current >= 0 else None


class LifeAudit:
    """Follows every product through the log; memory grows with the number of products."""

    def __init__(self, history: History, base: str, erasures: Mapping[str, Erasure], found: Found) -> None:
        self._history, self._base, self._found = history, base, found
        self._effects = {name: each.effects for name, each in erasures.items()}
        self._chains: dict[str, _Chain] = {}
        self._model_digests: dict[tuple[str, int], bytes | None] = {}
        self._named: dict[str, Logged] = {}

    def follow(self, entry: Entry, node: bytes | None, credential: Mapping[str, Any] | None) -> bytes:
        """The next document of its product; ``node`` is the hash of its leaf in the tree, ``credential`` what it says.

        Gives the hash of the leaf as it should be. An erased document says what is still known of it.
        """
        document = entry.document
        chain = self._chains.get(document.code)
        if chain is None:
            chain = self._chains[document.code] = _Chain()
        own = self._leaf(entry, chain)
        if node != own:
            self._found.note("node", "the tree's leaf is not the hash of this entry", document)
        chain.seq, chain.head = document.seq, node or own
        if credential is None:
            self._told(document, chain, self._effect(document))
            return own
        subject = _subject(credential)
        if chain.subject is None:
            chain.subject = subject
        elif subject != chain.subject:
            self._found.note("subject", f"the payload is about {subject!r}, not {chain.subject!r}", document)
        whole = credential.get("credentialSubject")
        self._told(document, chain, whole.get(document.kind.value) if isinstance(whole, dict) else None)
        return own

    def _leaf(self, entry: Entry, chain: _Chain) -> bytes:
        document = entry.document
        if document.seq != chain.seq + 1:
            detail = f"number {document.seq} of its product follows number {chain.seq}"
            self._found.note("chain", detail, document)
        expected = ledger.leaf(
            kind=document.kind.value,
            subject=document.code,
            seq=document.seq,
            prev=chain.head,
            digest=document.digest,
            at=document.at,
        )
        if entry.leaf != expected:
            self._found.note("leaf", "the leaf is not that of this document after the one before it", document)
        return ledger.leaf_hash(entry.leaf)

    def _effect(self, document: Document) -> Any:
        try:
            return orjson.loads(self._effects[document.id])
        except (orjson.JSONDecodeError, TypeError):
            self._found.note("erasure", "what is still known of it cannot be read", document)
            return None

    def _told(self, document: Document, chain: _Chain, body: Any) -> None:
        """What the document says of its product's row: its newest passport, or something that happened to it."""
        if document.kind is Kind.EVENT:
            if isinstance(body, dict):
                self._event(document, chain, body)
        elif document.tier is Tier.PUBLIC:
            chain.version, chain.current = document.version, document.position
            chain.issuer = chain.issuer or document.issuer
            chain.operator = chain.operator or document.issuer
            if isinstance(body, dict) and "granularity" in body:
                chain.level, chain.verified = body["granularity"], body.get("gtinVerified")
            else:
                chain.unknown = True

    def _event(self, document: Document, chain: _Chain, body: Mapping[str, Any]) -> None:
        """One document of an event: those of all its tiers follow each other, the public one first."""
        if chain.parts and (document.tier is Tier.PUBLIC or body.get("id") != chain.parts[0].get("id")):
            self._happened(chain)
        chain.parts.append(body)
        chain.last = document
        listed = chain.parts[0].get("restrictedDocuments")
        if isinstance(listed, list) and len(chain.parts) > len(listed):
            self._happened(chain)

    def _happened(self, chain: _Chain) -> None:
        parts, chain.parts, document = chain.parts, [], chain.last
        if not parts or document is None:
            return
        try:
            said = states.merged(parts) if len(parts) > 1 else parts[0]
            event = states.event_of(said)
            if event.type is EventType.ERASED:
                erased = (str(each).rpartition("/")[2] for each in said.get("erased", ()))
                logged = Logged(event.id, event.recorded, said.get("effectsDigest"))
                self._named.update(dict.fromkeys(erased, logged))
            if event.type is EventType.NEW_OPERATOR:
                chain.operator = event.actor or document.issuer
            if event.supersedes is not None:
                chain.corrected = True
                chain.cancelled += [event.supersedes] if event.cancels else []
            if not chain.corrected:
                chain.state = fold(chain.state, event)
        except _WRONG as error:
            self._found.note("event", f"this event cannot have happened: {error}", document)

    def finish(self) -> Mapping[str, Logged]:
        """Compare what the log says with every product's row and with the status lists.

        Gives what the log says of each erased document, by its id.
        """
        for code, chain in self._chains.items():
            self._happened(chain)
            if chain.corrected:
                self._refold(code, chain)
        unseen = dict.fromkeys(self._chains)
        try:
            for product in self._paged():
                unseen.pop(product.code, None)
                self._product(product)
        except Damaged as error:
            self._found.add(AuditProblem("unreadable", str(error)))
        for code in unseen:
            self._one_product(code)
        self._revocations()
        return self._named

    def _revocations(self) -> None:
        archived = {code for code, chain in self._chains.items() if chain.state.standing is Standing.ARCHIVED}
        cancelled = {code: chain.cancelled for code, chain in self._chains.items() if chain.cancelled}
        try:
            auditrevocations.compare(
                self._history, withdrawn=archived, cancelled=cancelled, effects=self._effects, found=self._found
            )
        except (*_WRONG, Damaged) as error:
            self._found.add(AuditProblem("unreadable", str(error)))

    def _refold(self, code: str, chain: _Chain) -> None:
        """A correction changes what came before it: the whole life is folded again."""
        try:
            events = self._history.documents(code, kind=Kind.EVENT)
            chain.state = states.refolded(events, effects=self._effects)
        except (*_WRONG, Damaged) as error:
            detail = f"its corrected life cannot have been: {error}"
            self._found.add(AuditProblem("event", detail, chain.last.position if chain.last else None, product=code))

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
            detail = "the log has documents of a product that is not there"
            self._found.add(AuditProblem("product", detail, product=code))
        else:
            self._product(product)

    def _product(self, product: Product) -> None:
        chain = self._chains.get(product.code)
        if chain is None:
            self._found.add(AuditProblem("product", "the log has no document of it", product=product.code))
            return
        for name, stored, logged in _pairs(product, chain, self._base):
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


def _pairs(product: Product, chain: _Chain, base: str) -> Iterator[tuple[str, object, object]]:
    """What stands in a product's row, beside what the log says; nothing of what was erased is known any more."""
    state = chain.state
    if chain.subject is not None:
        yield "key", f"{base}/{product.key}", chain.subject
    yield "version", product.version, chain.version
    yield "seq", product.seq, chain.seq
    yield "head", product.head, chain.head
    yield "current", product.current, chain.current
    yield "issuer", product.issuer, chain.issuer
    yield "operator", product.operator, chain.operator
    if not chain.unknown:
        yield "level", product.level, chain.level
        yield "verified", product.verified, chain.verified
    yield "standing", product.standing, state.standing
    yield "state", _state(product), state
    yield "owner", product.owner, state.owner
    yield "holder", product.holder, state.holder
    yield "offered_to", product.offered_to, state.transfer.receiver if state.transfer else None
    yield "transfer", product.transfer, state.transfer.id if state.transfer else None


def _subject(credential: Mapping[str, Any]) -> str:
    whole = credential.get("credentialSubject")
    return str(whole.get("id") if isinstance(whole, dict) else None)


def _short(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else repr(value)


def _state(product: Product) -> State | None:
    try:
        return states.from_text(product.state)
    except _WRONG:
        return None
