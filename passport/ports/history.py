"""The append-only record as a port: documents, the tree over them, products, and the one way to write."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from passport.model.passport import Document, Kind, Level, Product, Standing

STATUS_LIST_SIZE = 131_072
"""Bits in one status list (Bitstring Status List v1.0: the least allowed)."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the Merkle tree: the hash of the perfect subtree over ``2**level`` leaves that ends the row."""

    level: int
    index: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Tree:
    """Where the log stands: its size and the roots of the perfect subtrees that make it up, widest first."""

    size: int
    frontier: tuple[bytes, ...]


class Reading(NamedTuple):
    """What one scan reads: the newest public passport of a product, and no more.

    ``payload`` and ``start`` are as in ``Document``.
    """

    code: str
    key: str
    level: Level
    standing: Standing
    version: int
    payload: bytes
    start: int
    digest: bytes
    model_code: str | None
    model_version: int | None


class Location(NamedTuple):
    """Where a key leads: the product's short code, its level and standing."""

    code: str
    level: Level
    standing: Standing


class Counts(NamedTuple):
    """How many pieces an organisation owns and holds for others, and how many open transfers are to it and from it."""

    owned: int
    held: int
    incoming: int
    outgoing: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A remembered answer to a request with an ``Idempotency-Key``: whether something was created, and the body.

    ``fingerprint`` is the SHA-256 of the request.
    """

    organisation: str
    key: str
    fingerprint: bytes
    created: bool
    body: bytes
    at: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """A document whose payload was erased: when, by which event, and what the fold still needs of it (JSON text)."""

    document: str
    at: str
    act: str
    effects: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement about the tree: its size, its root, and the signed note (C2SP tlog-checkpoint), verbatim."""

    size: int
    root: bytes
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission as kept in the inbox: who sent it, when, how many documents, and the answer's body (JSON)."""

    id: str
    organisation: str
    at: str
    documents: int
    accepted: bool
    answer: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with its log leaf: ``leaf`` is the leaf's data (RFC 8785 JSON), hashed into the tree by the append."""

    document: Document
    leaf: bytes


class Writing(Protocol):
    """One write transaction. Everything in it becomes durable together when its block ends, or nothing does.

    Only one is open at a time per store: what it reads does not change until it ends.
    """

    def products(self, keys: Collection[str]) -> Mapping[str, Product]:
        """The products that bear any of ``keys`` (canonical keys, or ``p/{code}`` for any product), by that key."""

    def taken(self, codes: Collection[str]) -> frozenset[str]:
        """Which of ``codes`` are in use."""

    def tree(self) -> Tree:
        """Where the log stands; the next document's position is its size."""

    def version(self, code: str, number: int) -> Document | None:
        """The public passport document of one version."""

    def events(self, code: str) -> Sequence[Document]:
        """All event documents of one product, of every tier, oldest first."""

    def document(self, document_id: str) -> Document | None:
        """One document of any tier by its id."""

    def transferring(self, transfer: str) -> Sequence[Product]:
        """The products with an open offer of that id, by short code."""

    def claim(self, code: str) -> bytes | None:
        """The SHA-256 of the secret by which whoever got a piece from its private owner proves it; None without one."""

    def set_claims(self, claims: Mapping[str, bytes | None]) -> None:
        """Set, by short code, the digests of such secrets; None takes one away: each is good for one time."""

    def erase(self, erasures: Sequence[Erasure]) -> None:
        """Take header, payload and signature out of documents for ever; digest, leaf and place stay.

        One that is erased already stays as it is; an unknown one raises ``NotFound``.
        """

    def erasures(self, documents: Collection[str]) -> Mapping[str, Erasure]:
        """The erasures of those of the given documents that were erased, by document."""

    def status_slots(self, number: int) -> Sequence[tuple[int, int]]:
        """That many unused (list, index) pairs, random within a list, never given twice, burnt if the block fails."""

    def append(self, entries: Sequence[Entry], nodes: Sequence[Node], products: Sequence[Product]) -> None:
        """Append documents in order of position, with their new tree nodes, and set the products' new heads.

        Raises ``Conflict`` when a position is not the next one, an identity or code is taken by another product, or a
        product's stored ``state_version`` is not one less than the given one (a new product has 0).
        """

    def revoke(self, documents: Collection[str], at: str) -> None:
        """Set the revocation bit of the documents with these ids. Not reversible."""

    def answer(self, organisation: str, key: str) -> Answer | None:
        """The remembered answer under an idempotency key of that organisation."""

    def remember(self, answer: Answer) -> None:
        """Keep an answer under its idempotency key; a second one for the same key raises ``Conflict``."""

    def receive(self, submission: Submission) -> None:
        """Keep a submission in the inbox."""

    def forget(self, before: str, *, limit: int) -> int:
        """Remove what is older from the inbox: up to ``limit`` submissions and as many remembered answers.

        Gives how many were removed. What they led to is in the record and stays.
        """


class History(Protocol):
    """The append-only record, and what is current of each product. Nothing acknowledged is ever lost (``kill -9``)."""

    def writing(self) -> AbstractContextManager[Writing]:
        """Open the one write transaction; waits for another one at most 30 s, then raises ``StoreBusy``.

        ``StoreFull`` and ``StoreFailing`` may end it at any time, with nothing done.
        """

    def read(self, code: str) -> Reading | None:
        """The scan path: the newest public passport by short code (upper case, no dashes). As fast as the store can."""

    def locate(self, key: str) -> Location | None:
        """The product that bears a canonical key; as fast as ``read``."""

    def product(self, code: str) -> Product | None:
        """One product by its short code."""

    def find(self, keys: Collection[str]) -> Mapping[str, Product]:
        """The products that bear any of ``keys`` (canonical keys, or ``p/{code}`` for any product), by that key."""

    def products(self, *, level: Level | None, after: str | None, limit: int) -> Sequence[Product]:
        """Products in order of their short code, those after ``after``; for lists and the audit."""

    def version(self, code: str, number: int) -> Document | None:
        """The public passport document of one version."""

    def document(self, document_id: str) -> Document | None:
        """One document of any tier by its id (the last part of its ``/credentials/`` address)."""

    def documents(self, code: str, *, kind: Kind | None = None) -> Sequence[Document]:
        """All documents of one product, of every tier, oldest first; those of one kind where it is given."""

    def events_between(self, since: str, until: str, *, limit: int) -> Sequence[Document]:
        """The first public events with ids from ``since`` up to, not including, ``until``, in order of their ids."""

    def pieces(self, organisation: str, *, held: bool, after: str | None, limit: int) -> Sequence[Product]:
        """What an organisation owns, or with ``held`` holds for others, in order of the short code."""

    def transfers(self, organisation: str, *, incoming: bool, after: str | None, limit: int) -> Sequence[Product]:
        """Products with an open offer to the organisation, or, not ``incoming``, from it, in order of the short code.

        An offer from it is one of a piece that it owns, or, of a piece without an owner, has issued or answers for.
        """

    def counts(self, organisation: str) -> Counts:
        """How much each of these lists of an organisation has: of open offers each transfer is counted once."""

    def transferring(self, transfer: str) -> Sequence[Product]:
        """The products with an open offer of that id, by short code."""

    def erasures(self, documents: Collection[str] | None = None) -> Mapping[str, Erasure]:
        """The erasures of the given documents, or of all, by document."""

    def checkpoint(self) -> Checkpoint | None:
        """The newest checkpoint that is kept."""

    def checkpoints(self) -> Iterator[Checkpoint]:
        """All kept checkpoints, smallest first."""

    def keep_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint, in the place of one of its size and root; with another root it raises ``Conflict``."""

    def scrub(self) -> None:
        """See to it that nothing erased is left on the disk, as far as the store can; may take seconds."""

    def scan(self, start: int, stop: int) -> Iterator[Entry]:
        """Documents with their leaves from position ``start`` up to, not including, ``stop``."""

    def size(self) -> int:
        """How many documents the log has."""

    def nodes(self, level: int, start: int, stop: int) -> Sequence[Node]:
        """Stored tree nodes of one level, by index."""

    def revoked(self, status_list: int) -> frozenset[int]:
        """The revoked indexes of one status list."""

    def is_revoked(self, document_id: str) -> bool:
        """Whether one document's revocation bit is set."""

    def status_lists(self) -> int:
        """How many status lists are in use; they are numbered from 0."""

    def answer(self, organisation: str, key: str) -> Answer | None:
        """The remembered answer under an idempotency key of that organisation, if it is committed by now."""

    def submission(self, submission_id: str) -> Submission | None:
        """One submission from the inbox."""
