"""What the page of a passport shows around its sections: kind, condition, seal, versions, model, life and forms."""

from collections.abc import Mapping
from typing import Any

from passport.model.passport import Level, Standing
from passport.ports import Reading
from passport.published import Field
from passport.web.pages import kinds, now, timeline, trust
from passport.web.pages.history import path_of
from passport.web.pages.views import Document, PassportPage
from passport.web.pages.words import Text, Words

FORMATS = (
    ("JSON", "application/json"),
    ("JSON-LD", "application/ld+json"),
    ("Verifiable Credential (JOSE)", "application/vc+jwt"),
    ("Turtle", "text/turtle"),
)
SHOWN_VERSIONS = 20
SHOWN_RESTRICTED = 20


def values(words: Words, view: PassportPage, fields: Mapping[str, Field], *, unfolded: bool = False) -> dict[str, Any]:
    """The values of the page's template but for its sheet and its address; ``fields`` are those of events."""
    reading, document = view.reading, view.document
    number = _number(document.get("version"), reading.version)
    return {
        "comparable": _comparable(reading),
        "batch_path": _batch_path(document),
        "kind": kinds.level(words, reading.level),
        "gtin": document.get("gtin"),
        "gtin_doubtful": document.get("gtinVerified") is False,
        "now": now.now(words, view),
        "at": words.date(view.at) if view.at else "",
        "known": words.date(view.known) if view.known else "",
        "standing": None if reading.standing is Standing.ACTIVE else words.code("dpp-status", reading.standing.value),
        "issuer_kind": kinds.organisation_kind(words, view.issuer.kind),
        "data_office": view.issuer.kind == kinds.DATA_OFFICE,
        "seal": trust.seal(words, view.verification, view.issuer),
        "version": number,
        "total": view.versions,
        "versions": range(view.versions, max(0, view.versions - SHOWN_VERSIONS), -1),
        "revision": _revision(words, document),
        "newest": number < view.versions,
        "updated": str(document.get("lastUpdated", "")),
        "model_path": f"/passports/{reading.model_code}" if reading.model_code else None,
        "model_version": reading.model_version,
        "corrected": _corrected(view),
        "life": timeline.timeline(words, view, fields, unfolded=unfolded) if view.events else None,
        "restricted": [
            {
                "tier": words.code("tier", tier),
                "who": kinds.audience(words, tier),
                "paths": [path_of(place) for place, other in view.restricted[:SHOWN_RESTRICTED] if other == tier],
            }
            for tier in dict.fromkeys(tier for _, tier in view.restricted[:SHOWN_RESTRICTED])
        ],
        "restricted_shown": min(len(view.restricted), SHOWN_RESTRICTED),
        "restricted_total": len(view.restricted),
        "formats": FORMATS,
    }


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise


def _revision(words: Words, document: Document) -> dict[str, Text | None] | None:
    """Whether a version says that it corrects or changes the one before it, and why; None where it does not say."""
    held = document.get("revision")
    if not isinstance(held, Mapping) or "revisionType" not in held:
        return None
    reasons = words.said(held.get("reason") or ())
    return {"kind": words.code("revision-type", str(held["revisionType"])), "reason": reasons[0] if reasons else None}


def _comparable(reading: Reading) -> str | None:
    """The code of the model that may be compared with others: the passport's own, or that of a piece's model."""
    return reading.code if reading.level is Level.MODEL else reading.model_code


def _batch_path(document: Document) -> str | None:
    """The path of the passport of the batch that a piece comes from."""
    batch = document.get("batchPassport")
    address = batch.get("passport") or batch.get("id") if isinstance(batch, Mapping) else batch
    return path_of(address) if address else None


def _corrected(view: PassportPage) -> int | None:
    """The later version of its model that a piece takes corrections from."""
    shown = view.model_document.get("version") if view.model_document is not None else None
    return shown if isinstance(shown, int) and shown != view.reading.model_version else None
