"""Who may ask for what: roles, scopes and the rights table, one row for each operation of the service."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What an organisation is here; its tokens carry it. Names follow ESPR Article 11(b)."""

    SUPPLIER = "supplier"
    OWNER = "owner"
    HOLDER = "holder"
    REPAIRER = "professional-repairer"
    REFURBISHER = "refurbisher"
    RECYCLER = "recycler"
    AUTHORITY = "authority"
    RESEARCHER = "researcher"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """What one token may be used for, within the role of its organisation."""

    SUBMIT = "submit"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the organisation and role behind a token that was found good."""

    token: str
    organisation: str
    role: Role
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class Right:
    """What an operation asks of its caller; ``scope`` None means that anybody may, without a token."""

    scope: Scope | None = None
    roles: frozenset[Role] = frozenset(Role)

    def allows(self, caller: Caller | None) -> bool:
        """Whether the role and scopes of ``caller`` suffice. The relation to the product is a second question."""
        if self.scope is None:
            return True
        return caller is not None and self.scope in caller.scopes and caller.role in self.roles


_ANYBODY = Right()
_ISSUERS = frozenset({Role.SUPPLIER, Role.OWNER, Role.REFURBISHER, Role.ADMINISTRATOR})
_ACTORS = _ISSUERS | {Role.HOLDER, Role.REPAIRER, Role.RECYCLER}
_SUBMITTERS = Right(Scope.SUBMIT, _ACTORS)
_READERS = Right(Scope.READ)

ISSUERS = _ISSUERS
"""The roles that may submit passports, which others may not: they record events."""

RIGHTS: Mapping[str, Right] = MappingProxyType(
    {
        "home": _ANYBODY,
        "find": _ANYBODY,
        "search": _ANYBODY,
        "passport": _ANYBODY,
        "passport-version": _ANYBODY,
        "passport-changes": _ANYBODY,
        "passport-events": _ANYBODY,
        "product": _ANYBODY,
        "product-by-gs1": _ANYBODY,
        "resolver-description": _ANYBODY,
        "qr-svg": _ANYBODY,
        "qr-png": _ANYBODY,
        "qr-sheet": _ANYBODY,
        "event": _ANYBODY,
        "feed": _ANYBODY,
        "credential": _ANYBODY,
        "verification": _ANYBODY,
        "delegate": _SUBMITTERS,
        "delegations": _READERS,
        "delegation": _READERS,
        "delegate-form": _SUBMITTERS,
        "delegate-by-form": _SUBMITTERS,
        "delegation-take-back": _SUBMITTERS,
        "delegation-revoke": _SUBMITTERS,
        "withdraw": Right(Scope.SUBMIT, _ISSUERS),
        "submit-page": _ANYBODY,
        "submit-form": _ANYBODY,
        "submit": _SUBMITTERS,
        "submission": _READERS,
        "sign-in-page": _ANYBODY,
        "sign-in": _ANYBODY,
        "sign-out": _ANYBODY,
        "desk": _READERS,
        "desk-list": _READERS,
        "act-form": _SUBMITTERS,
        "act": _SUBMITTERS,
        "recorded": _READERS,
        "undo": _SUBMITTERS,
        "transfer": _ANYBODY,
        "transfer-answer": _SUBMITTERS,
        "media-put": _SUBMITTERS,
        "media": _ANYBODY,
        "models": _ANYBODY,
        "compare": _ANYBODY,
        "organisations": _ANYBODY,
        "organisation": _ANYBODY,
        "organisation-did": _ANYBODY,
        "service-did": _ANYBODY,
        "status-list": _ANYBODY,
        "log": _ANYBODY,
        "log-checkpoint": _ANYBODY,
        "log-vkey": _ANYBODY,
        "log-verifier": _ANYBODY,
        "log-tile": _ANYBODY,
        "log-inclusion": _ANYBODY,
        "log-consistency": _ANYBODY,
        "credential-proof": _ANYBODY,
        "event-proof": _ANYBODY,
        "version-proof": _ANYBODY,
        "schemas": _ANYBODY,
        "schema": _ANYBODY,
        "vocab": _ANYBODY,
        "vocab-term": _ANYBODY,
        "vocab-shapes": _ANYBODY,
        "vocab-shape": _ANYBODY,
        "vocab-code-list": _ANYBODY,
        "vocab-code": _ANYBODY,
        "contexts": _ANYBODY,
        "context": _ANYBODY,
        "published-manifest": _ANYBODY,
        "problems": _ANYBODY,
        "problem": _ANYBODY,
        "tables": _ANYBODY,
        "table": _ANYBODY,
        "sparql": _ANYBODY,
        "sparql-post": _ANYBODY,
        "sparql-graph": _ANYBODY,
        "language": _ANYBODY,
        "accessibility": _ANYBODY,
        "asset": _ANYBODY,
        "data": _ANYBODY,
        "data-latest": _ANYBODY,
        "snapshot": _ANYBODY,
        "snapshot-file": _ANYBODY,
        "void": _ANYBODY,
        "robots": _ANYBODY,
        "sitemap": _ANYBODY,
        "sitemap-pages": _ANYBODY,
        "sitemap-part": _ANYBODY,
        "health": _ANYBODY,
        "ready": _ANYBODY,
        "metrics": _ANYBODY,
        "openapi": _ANYBODY,
        "docs": _ANYBODY,
    }
)
"""Operation name to right: the route table and the OpenAPI document are compared with it in a test (T40)."""
