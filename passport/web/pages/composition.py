"""What a product consists of, as pages show it: shares of materials with the colours of their plot, and changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from passport.codecs.composition import shares as declared
from passport.model.composition import ClassShare, Composition, Row, by_class
from passport.model.composition import Origin as Told
from passport.service.composition import composed
from passport.web.pages.history import path_of
from passport.web.pages.views import PassportPage
from passport.web.pages.words import Text, Words

TONES = 8
"""Colours that can be told apart; shares beyond them are striped alike."""

_CHANGING = frozenset({"partsUsed", "removedComponents", "replacedComponents", "parts", "installedParts"})
"""Members of events that tell of changed parts."""

_HUNDRED = Decimal(100)
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Share:
    """One material class and its share of the product's mass in per cent; ``code`` None is the part not declared."""

    code: str | None
    percent: Decimal

    @property
    def shown(self) -> Decimal:
        """The share rounded to a tenth."""
        return self.percent.quantize(_TENTH, ROUND_HALF_UP)


def tone(place: int, code: str | None) -> int:
    """The number of the colour of a share by its place: 0 for what is not declared, ``TONES`` + 1 for the stripes."""
    return 0 if code is None else min(place, TONES) + 1


def shares(document: Mapping[str, Any]) -> tuple[Share, ...]:
    """The material shares of a passport document, largest first, what is not declared last.

    Components weigh by their mass, or all by their share of the mass; within one, materials by their share or mass, a
    single material taking all of it. Without components the product's own materials count. Empty when the document
    does not say enough to weigh anything.
    """
    return shown_shares(declared(document))


def shown_shares(found: Iterable[ClassShare]) -> tuple[Share, ...]:
    """Parts of a whole as shares in per cent; without those too small to be seen."""
    shares = (Share(each.code, each.part * _HUNDRED) for each in found)
    return tuple(each for each in shares if each.shown > 0)


@dataclass(frozen=True, slots=True)
class Changed:
    """A component that an event put in: what it is called, with a link to the event, when, and what is assumed."""

    name: Text
    date: str
    assumed: str


def now_of(view: PassportPage) -> Composition | None:
    """What the piece of a page consists of now; None while nothing of it was changed.

    It is told by the events that the reader may see.
    """
    events = [each.document for each in view.events]
    if not any(_CHANGING & each.keys() for each in events):
        return None
    now = composed(view.document, events, batch=view.batch_document, model=view.model_document).composition
    return now if now.changed_by else None


def current(now: Composition) -> tuple[Share, ...]:
    """The shares of its materials now."""
    return shown_shares(by_class(now))


def changed(words: Words, now: Composition, view: PassportPage) -> tuple[Changed, ...]:
    """The components that events put in."""
    dates = {str(each.document.get("id")): str(each.document.get("eventTime", ""))[:10] for each in view.events}
    rows = [row for row in (*now.rows, *now.further) if row.source.origin is Told.EVENT]
    return tuple(_changed(words, row, words.date(dates.get(row.source.address, ""))) for row in rows)


def _changed(words: Words, row: Row, date: str) -> Changed:
    _ = words.texts.gettext
    component = row.component
    if component.names:
        name = words.said([{"value": value, "language": language} for value, language in component.names])[0]
    elif component.function is not None:
        name = words.code("component-function", component.function)
    else:
        name = Text(component.id or _("A part"))
    assumed = _("Its materials were not stated; those of the old part are assumed.")
    linked = Text(name.value, name.lang, href=path_of(row.source.address))
    return Changed(linked, date, assumed if "materials" in row.assumed and component.materials else "")
