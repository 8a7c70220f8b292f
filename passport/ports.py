"""What the service needs from outside, as promises: history, parties, media, search, signer and clock.

Every adapter of a port is run through that port's one contract suite in ``tests/adapters``.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from passport.model.access import Role, Scope
from passport.model.events import EventType
from passport.model.passport import Document, Kind, Level, Product, Standing
from passport.model.search import Description, Findable, Hits, Query

STATUS_LIST_SIZE = 131_072
"""Bits in one status list (Bitstring Status List v1.0: the least allowed)."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """A party known to this service. ``slug`` is its address part and never changes.

    ``kind`` is public (``maker``, ``municipality``, ``data-office``, ``workshop``, ``company`` …); ``identifiers`` are
    scheme-prefixed (``gln:7300010000001``, ``lei:…``, ``vat:…``); ``prefixes`` are its registered GS1 company prefixes.
    ``public``: its name may be shown to anybody; where not, what it does is shown by its role alone.
    """

    slug: str
    name: str
    role: Role
    kind: str
    country: str | None = None
    web: str | None = None
    identifiers: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    created: str = ""
    public: bool = True


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask in an organisation. Personal data: never in the history, and erasable at any time."""

    organisation: str
    name: str
    email: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Delegation:
    """What an owner lets another organisation record of its pieces, from ``starts`` until ``until`` (RFC 3339 UTC).

    ``codes`` are the pieces; empty means all that the owner has at the time. ``events`` are never empty.
    """

    id: str
    owner: str
    delegate: str
    events: frozenset[EventType]
    starts: str
    until: str
    created: str
    codes: frozenset[str] = frozenset()
    revoked: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser: the SHA-256 of its cookie, never the cookie, and the id of the token it signed in with."""

    digest: bytes
    token: str
    organisation: str
    created: str
    expires: str


@dataclass(frozen=True, slots=True)
class Key:
    """The public half of an organisation's signing key. ``kid`` is the fragment of its DID URL, never used again.

    A retired key still verifies what it signed; ``revoked`` marks a key that was compromised at that time.
    """

    kid: str
    organisation: str
    public: bytes
    created: str
    retired: str | None = None
    revoked: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token as stored: its SHA-256, never the token. Times are RFC 3339 UTC."""

    id: str
    digest: bytes
    organisation: str
    scopes: frozenset[Scope]
    label: str
    created: str
    expires: str
    revoked: str | None = None
    last_used: str | None = None


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
class Still:
    """One picture as bytes of its media type, with its width and height in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int


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

    def pieces(self, organisation: str, *, held: bool, after: str | None, limit: int) -> Sequence[Product]:
        """What an organisation owns, or with ``held`` holds for others, in order of the short code."""

    def transfers(self, organisation: str, *, incoming: bool, after: str | None, limit: int) -> Sequence[Product]:
        """Products with an open offer to the organisation, or, not ``incoming``, from it, in order of the short code.

        An offer from it is one of a piece that it owns, or, of a piece without an owner, has issued or answers for.
        """

    def transferring(self, transfer: str) -> Sequence[Product]:
        """The products with an open offer of that id, by short code."""

    def erasures(self, documents: Collection[str] | None = None) -> Mapping[str, Erasure]:
        """The erasures of the given documents, or of all, by document."""

    def checkpoint(self) -> Checkpoint | None:
        """The newest checkpoint that is kept."""

    def checkpoints(self) -> Iterator[Checkpoint]:
        """All kept checkpoints, smallest first."""

    def keep_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint, in the place of one of the same size and root; with another root it raises ``Conflict``."""

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


class Parties(Protocol):
    """Organisations, their public keys and their tokens. Confidential; contact data may be erased."""

    def add_organisation(self, organisation: Organisation, key: Key | None = None) -> None:
        """Keep a new organisation, and its first key with it, both or neither; a taken slug raises ``Conflict``."""

    def change_organisation(self, organisation: Organisation) -> None:
        """Replace an organisation's record (never its slug); an unknown slug raises ``NotFound``."""

    def organisation(self, slug: str) -> Organisation | None:
        """One organisation."""

    def organisations(self) -> Sequence[Organisation]:
        """All organisations by slug."""

    def add_key(self, key: Key) -> None:
        """Keep a public key; the organisation's other keys without ``retired`` are retired at ``key.created``."""

    def revoke_key(self, kid: str, at: str) -> None:
        """Mark a key as compromised at that time; unknown: ``NotFound``."""

    def keys(self, organisation: str) -> Sequence[Key]:
        """All keys of an organisation, oldest first; the last one without ``retired`` signs."""

    def add_token(self, token: Token) -> None:
        """Keep a token's record."""

    def token(self, digest: bytes) -> Token | None:
        """The token with that SHA-256, also when expired or revoked."""

    def tokens(self, organisation: str | None = None) -> Sequence[Token]:
        """Tokens, newest first."""

    def revoke_token(self, token_id: str, at: str) -> None:
        """Revoke a token; revoking twice keeps the first time; unknown: ``NotFound``."""

    def token_by_id(self, token_id: str) -> Token | None:
        """The token with that id, also when expired or revoked."""

    def add_session(self, session: Session) -> None:
        """Keep a session; those that have expired by then may be forgotten."""

    def session(self, digest: bytes) -> Session | None:
        """The session with that SHA-256, also when expired."""

    def prolong_session(self, digest: bytes, expires: str) -> None:
        """Let a session last until another time. May be left undone when the store is busy or full."""

    def end_session(self, digest: bytes) -> None:
        """Forget a session; one that is not there is no trouble."""

    def add_delegation(self, delegation: Delegation) -> None:
        """Keep a delegation."""

    def delegations(self, *, owner: str | None = None, delegate: str | None = None) -> Sequence[Delegation]:
        """Delegations by an owner, to a delegate, or both, also revoked ones, newest first."""

    def revoke_delegation(self, delegation_id: str, at: str) -> None:
        """Revoke a delegation; revoking twice keeps the first time; unknown: ``NotFound``."""

    def contact(self, organisation: str) -> Contact | None:
        """Whom to ask in an organisation."""

    def set_contact(self, contact: Contact) -> None:
        """Keep whom to ask, in the place of the one before; an unknown organisation raises ``NotFound``."""

    def erase_contact(self, organisation: str) -> None:
        """Forget whom to ask; nothing of it stays. None there is no trouble."""

    def used(self, token_id: str, at: str) -> None:
        """Note when a token was last used; may be kept at a grain of a minute."""


class Media(Protocol):
    """Pictures and documents beside the history, addressed by the SHA-256 of their bytes (lower-case hex)."""

    def put(self, data: bytes, media_type: str, *, restricted: bool = False) -> str:
        """Keep bytes durably and give their digest; putting the same bytes twice is one file.

        ``restricted`` ones are not for everybody; bytes that were put once without it are for everybody from then on.
        """

    def get(self, digest: str) -> tuple[bytes, str] | None:
        """The bytes and their media type."""

    def restricted(self, digest: str) -> bool:
        """Whether these bytes were only ever put as restricted ones."""

    def shrink(self, digest: str, edge: int, small: str) -> None:
        """Note that ``small`` is the digest of that picture at a longer edge of ``edge`` pixels."""

    def small(self, digest: str, edge: int) -> str | None:
        """The digest that was noted for that edge."""


class Pictures(Protocol):
    """Makes pictures anew from what they show, so that nothing else of the bytes that somebody sent is kept."""

    def renew(self, data: bytes, *, edges: Sequence[int] = ()) -> tuple[Still, ...]:
        """The picture made anew, then once for each of ``edges``, at most so many pixels long; see the adapter."""


class Following(Protocol):
    """One step of the search index along the log. All of it holds from the end of its block on, or nothing does."""

    @property
    def position(self) -> int:
        """The log position up to which, not including, the index knows everything; 0 at the beginning."""

    @property
    def mark(self) -> bytes:
        """What ``reach`` was given with that position; empty at the beginning."""

    def clear(self) -> None:
        """Forget everything: back to the beginning."""

    def put(self, product: Findable) -> None:
        """Let a product be found by this, and by nothing that was said of it before."""

    def remove(self, code: str) -> None:
        """Let a product not be found any more; one that is not there is no trouble."""

    def shared(self, key: str, value: str) -> Sequence[str]:
        """The short code of one product of each description that has this code."""

    def restate(self, code: str, description: Description) -> None:
        """Say this from now on of that product, and of all of whom the same was said."""

    def reach(self, position: int, mark: bytes) -> None:
        """Everything before ``position`` is known now; ``mark`` tells this log from another."""


class Search(Protocol):
    """Finding products by what is said of them. Never the truth: it may be late, and can be thrown away at any time.

    What is damaged or missing begins anew by itself, at position 0. Any number of processes may use it.
    """

    def position(self) -> int:
        """Up to which log position it knows everything."""

    def follow(self, step: Callable[[Following], None], *, wait: float = 0.0) -> bool:
        """Take the next step; only one is taken at a time, by any process.

        False, with nothing done, when another one still runs after ``wait`` seconds. ``step`` is called once more when
        the index had to begin anew because it is damaged.
        """

    def query(self, query: Query) -> Hits:
        """What fits. Takes any text; the cost is bounded whatever is asked.

        Raises ``Malformed`` for a foreign place in ``after``.
        """

    def example(self, key: str, value: str) -> str | None:
        """The short code of a product with this code, of a model where there is one."""

    def close(self) -> None:
        """Let go of files and connections."""


class Signer(Protocol):
    """The only part that sees private keys. Kept encrypted with a secret that is not in the store."""

    @property
    def unlocked(self) -> bool:
        """Whether it can sign: the secret is there and right."""

    def create(self, organisation: str, at: str) -> Key:
        """Make a new Ed25519 key pair under a ``kid`` never used before; raises ``KeysLocked`` without the secret."""

    def sign(self, kid: str, data: bytes) -> bytes:
        """The raw signature (64 bytes) of that key over ``data``; raises ``KeysLocked``."""


class Marks(Protocol):
    """The newest published checkpoint, kept outside the database: it shows when an older copy of that was put back."""

    def held(self) -> AbstractContextManager[None]:
        """Only one at a time on this machine makes a checkpoint; waits for the others."""

    def read(self) -> str | None:
        """The note that was written last; None before the first."""

    def write(self, note: str) -> None:
        """Keep a note in the place of the one before; durable on return."""

    def retire(self, number: int) -> None:
        """Put the note away as the last one of the log with that number, which has ended."""

    def former(self) -> Mapping[int, str]:
        """The last notes of logs that have ended, by their numbers."""


class WitnessReply(NamedTuple):
    """What a witness answered: the HTTP status, the media type without parameters, and the body."""

    status: int
    media_type: str
    body: bytes


class Witness(Protocol):
    """Somebody outside who vouches that the log only grows (C2SP tlog-witness)."""

    @property
    def vkey(self) -> str:
        """The public key of its cosignatures."""

    def add_checkpoint(self, body: bytes) -> WitnessReply:
        """Send it a checkpoint and what proves it. Raises ``OSError`` when it cannot be reached in time."""


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Now, in UTC."""
