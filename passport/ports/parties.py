"""Who takes part, as a port: organisations with their keys and contacts, tokens, sessions and delegations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from passport.model.access import Role, Scope
from passport.model.events import EventType


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
