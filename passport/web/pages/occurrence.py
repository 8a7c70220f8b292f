"""The page of one event: all that the reader may see of it, what stands against it, and what else exists of it."""

from collections.abc import Mapping
from typing import Any

from passport.published import Field
from passport.web.pages import kinds, trust
from passport.web.pages.deeds import Deed
from passport.web.pages.forms import Part
from passport.web.pages.history import moment, path_of
from passport.web.pages.timeline import Teller
from passport.web.pages.views import EventPage
from passport.web.pages.words import Words

FORMATS = (
    ("JSON", "application/json"),
    ("JSON-LD", "application/ld+json"),
    ("Verifiable Credential (JOSE)", "application/vc+jwt"),
    ("Turtle", "text/turtle"),
)
_TRACE = ("reportedTime", "clockCorrection", "transfer", "offer", "offerDigest", "act", "erased", "effectsDigest")
"""What ties an event to others, and how its time came about."""


def values(words: Words, view: EventPage, fields: Mapping[str, Field]) -> dict[str, Any]:
    """The values of the page's template; ``fields`` are those of events."""
    teller = Teller(words, view.passport, fields)
    entry, deed = teller.event(view.event), teller.deed(view.event)
    anatomies = () if view.event.erased or entry.undone else deed.anatomies()
    told = {label for label, _ in anatomies}
    facts = (each for each in entry.facts if each.label not in told)
    recorded = str(view.event.document.get("recordedAt") or view.event.at)
    return {
        "entry": entry,
        "when": deed.when if "eventTime" in view.event.document else "",
        "recorded": words.date(recorded),
        "anatomies": anatomies,
        "facts": (*facts, *(() if view.event.erased else _scores(words, deed, fields))),
        "trace": deed.parts(_TRACE),
        "seal": trust.seal(words, view.verification, view.issuer, entry=True),
        "signer": view.event.issuer,
        "restricted": [
            {"path": path_of(place), "tier": words.code("tier", tier), "who": kinds.audience(words, tier)}
            for place, tier in view.restricted
        ],
        "formats": FORMATS,
        "epcis": "EPCIS 2.0",
        "past": _past(view) if moment(view.event.document.get("eventTime")) else "",
    }


def _scores(words: Words, deed: Deed, fields: Mapping[str, Field]) -> tuple[Part, ...]:
    """What an assessment says beside the grade."""
    condition, field = deed.document.get("condition"), fields.get("condition")
    if not isinstance(condition, Mapping) or field is None:
        return ()
    told = (each for each in field.fields if each.name not in ("grade", "assessedOn", "photos"))
    return deed.describer.parts(told, condition)


def _past(view: EventPage) -> str:
    """The passport as it was known when this event was recorded."""
    return f"/passports/{view.passport.reading.code}?known={view.event.at}" if view.event.at else ""
