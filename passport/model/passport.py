"""The passport's own words: its levels, tiers and status, and a product with what is current of it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What a passport is about (``granularity``, EN 18223:2026 clause 4.1.2.1): one of three, never changed."""

    MODEL = "model"
    BATCH = "batch"
    ITEM = "item"


class Tier(StrEnum):
    """Who may see a document. Each document has exactly one tier and is shown whole or not at all."""

    PUBLIC = "public"
    LEGITIMATE_INTEREST = "legitimate-interest"
    AUTHORITY = "authority"
    OWNER = "owner"


class Kind(StrEnum):
    """What a document of the history is."""

    PASSPORT = "passport"
    EVENT = "event"


class Standing(StrEnum):
    """What became of a passport (``dppStatus``, EN 18223:2026 Table 1)."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ARCHIVED = "archived"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class ModelReference:
    """The version of a model's passport that a piece or batch was made to (design: later versions do not rewrite it).

    ``code`` is the model's short code, ``version`` counts from 1, ``digest`` is the SHA-256 of that version's
    ``vc+jwt`` bytes.
    """

    code: str
    version: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Product:
    """One product and the head of its history.

    ``key`` is its canonical identity: a GS1 path such as ``01/09506000134352/21/A1`` or ``p/{code}`` where the short
    code is all there is. ``issuer`` and ``operator`` are organisation slugs; either may submit the next version.
    ``version`` is the newest passport version (from 1), ``seq`` the number of documents in the product's history,
    ``head`` the leaf hash of the newest of them, ``current`` the log position of the newest public passport
    document. ``state`` is the folded life (``passport.model.lifecycle``), guarded by ``state_version``.
    ``submitted`` is the digest of the newest accepted submission, by which identical bytes are recognised.
    ``owner`` and ``holder`` are what the state says of them, for looking up; ``offered_to`` and ``transfer`` are the
    receiver and the id of an open offer. ``verified`` is None for keys without a GTIN, else whether the issuer has
    registered the GTIN's company prefix.
    """

    code: str
    key: str
    level: Level
    group: str
    issuer: str
    operator: str
    version: int
    seq: int
    head: bytes
    current: int
    submitted: bytes
    standing: Standing = Standing.ACTIVE
    model: ModelReference | None = None
    verified: bool | None = None
    state: str = "{}"
    state_version: int = 0
    owner: str | None = None
    holder: str | None = None
    offered_to: str | None = None
    transfer: str | None = None

    def grown(self, *, version: int, seq: int, head: bytes, current: int) -> "Product":
        """The product after more documents.

        As ``dataclasses.replace`` would make it, in a third of the time: every issue of a passport asks for this.
        """
        return Product(
            self.code,
            self.key,
            self.level,
            self.group,
            self.issuer,
            self.operator,
            version,
            seq,
            head,
            current,
            self.submitted,
            self.standing,
            self.model,
            self.verified,
            self.state,
            self.state_version,
            self.owner,
            self.holder,
            self.offered_to,
            self.transfer,
        )


@dataclass(frozen=True, slots=True)
class Document:
    """One signed document of the history, as kept: the three parts of its compact JWS, and its place.

    ``header`` and ``payload`` are the decoded parts; ``signature`` the raw signature. Joined again they give the
    ``vc+jwt`` byte for byte, of which ``digest`` is the SHA-256. ``start`` is the offset in ``payload`` of the
    subject's ``passport`` or ``event`` object, which is the last member of the subject, so that the served document is
    a slice of what was signed. ``version`` is the passport version it belongs to. ``at`` is the time of acceptance,
    RFC 3339 UTC in whole seconds.
    """

    position: int
    id: str
    code: str
    kind: Kind
    tier: Tier
    version: int
    seq: int
    at: str
    issuer: str
    header: bytes
    payload: bytes
    signature: bytes
    digest: bytes
    start: int
    status_list: int
    status_index: int
    submission: str
