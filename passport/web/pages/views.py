"""What the pages are given to show: plain values, gathered by the request handlers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from passport.errors import Refusal
from passport.ports import Organisation, Reading

if TYPE_CHECKING:
    from passport.proofs.jose import Verification

Document: TypeAlias = Mapping[str, object]
"""A parsed canonical passport or event document."""


class Origin(StrEnum):
    """Whose passport says something on the page of a piece: its own, that of its batch, or that of its model."""

    OWN = "own"
    BATCH = "batch"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a piece's life, as far as the reader may see it.

    ``document`` is what those of its documents say together that the reader may see; of an erased one that is what is
    still known. ``issuer`` signed it, ``at`` is when it was accepted, ``erased`` when its content was erased (RFC 3339
    UTC). ``issuer`` None means that its name is shown to nobody.
    """

    document: Mapping[str, Any]
    issuer: Organisation | None = None
    at: str = ""
    erased: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a passport in the life of its product: when it was issued, whether as a correction, and why."""

    number: int
    at: str
    corrects: bool = False
    reason: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class PassportPage:
    """One passport with all that its page tells about it.

    ``document`` is the canonical passport document of ``reading``; ``model_document`` that of the model version a
    piece was made to, ``batch_document`` that of the batch that a piece names. ``verification`` is None when the
    signature was not checked. ``events`` are those that the reader may see, in the order of the log; ``editions`` the
    versions after the first one. ``restricted`` names the documents that are not public, as (address, tier).
    ``operator`` is the responsible operator when it is an organisation of this service. ``names`` are organisations
    by slug whose names the reader may see. ``at`` and ``known`` are the time of which the page tells, and of whose
    knowledge (RFC 3339 UTC); None means now.
    """

    reading: Reading
    document: Document
    model_document: Document | None
    verification: "Verification | None"
    versions: int
    events: tuple[Happened, ...]
    restricted: tuple[tuple[str, str], ...]
    issuer: Organisation
    base: str
    operator: Organisation | None = None
    batch_document: Document | None = None
    editions: tuple[Edition, ...] = ()
    names: Mapping[str, Organisation] = field(default_factory=dict)
    at: str | None = None
    known: str | None = None

    @property
    def documents(self) -> Mapping[Origin, Document]:
        """Whose passports speak on the page, the first to be believed first."""
        found = {Origin.OWN: self.document, Origin.BATCH: self.batch_document, Origin.MODEL: self.model_document}
        return {origin: document for origin, document in found.items() if document is not None}


@dataclass(frozen=True, slots=True)
class EventPage:
    """One event with all that its page tells about it.

    ``passport`` is the page of its product, with the rest of its life; ``issuer`` signed the event's public document.
    ``verification`` is None when the signature was not checked. ``restricted`` names the documents of the event that
    are not public, as (address, tier).
    """

    passport: PassportPage
    event: Happened
    verification: "Verification | None"
    issuer: Organisation
    restricted: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One line of a list of passports: the short code, the canonical document and the issuer's name."""

    code: str
    document: Document
    issuer: str


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label to print: the short code, the address in the QR symbol, and what the piece is called.

    ``names`` are the language values of its name; none when neither it nor its model has one.
    """

    code: str
    url: str
    names: Sequence[Mapping[str, str]]
    organisation: str


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """Models to compare, as (short code, canonical document): two of them, or fewer with the form to name the others.

    ``alike`` are others of the same kind to choose from. ``typed`` is what was sent for each of the two; ``refusals``
    say what is wrong with it. With ``differing`` only what differs is shown; ``more`` when more than two were named.
    """

    models: tuple[tuple[str, Document], ...]
    alike: tuple[tuple[str, Document], ...] = ()
    typed: tuple[str, str] = ("", "")
    refusals: tuple[Refusal | None, Refusal | None] = (None, None)
    differing: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True)
class Issued:
    """One passport of an accepted submission, with the language values of its product's name.

    ``change`` is ``created``, ``revised`` or ``unchanged``.
    """

    code: str
    version: int
    names: Sequence[Mapping[str, str]]
    change: str = "created"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a submission sent with the form.

    ``report`` is the report body of ``passport.validation.wording.report_body`` in the page's language; ``issued`` is
    empty when the submission was refused or only checked; of many passports it has the first ones, and ``total``
    counts all.
    """

    report: Mapping[str, object]
    issued: Sequence[Issued] = ()
    total: int = 0
    dry_run: bool = False
    submission: str | None = None
