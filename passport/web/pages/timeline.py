"""The life of a piece as a timeline: its events and versions, newest first, by year, with what corrects what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from passport.codecs import state as states
from passport.published import Field
from passport.web.pages.deeds import Deed, Photo, components_of
from passport.web.pages.forms import Part
from passport.web.pages.history import NEVER, moment, path_of
from passport.web.pages.views import Edition, Happened, PassportPage
from passport.web.pages.words import Text, Words

MOST = 200
"""Entries that one page tells; what came before them has a page of its own."""
OPEN = 3
"""Entries that stand on the page unfolded."""

_OFFERS = frozenset({"offered"})
_AFTER_OFFER = frozenset({"offered", "reserved", "withdrawn", "ownershipTransferred", "lost", "lent", "collected"})


@dataclass(frozen=True, slots=True)
class Reference:
    """Another entry that an entry corrects, or is corrected by: its date, where it stands, and why it was corrected."""

    date: str
    path: str
    reason: Text | None = None
    prose: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the life of a piece.

    ``title`` says what happened, ``date`` when, ``recorded`` when it was written down where that was much later, and
    ``actor`` who did it. ``struck`` is what corrects it, ``corrects`` what it corrects; ``undone``: it says that the
    other one never happened. ``marks`` are doubts in words. ``path`` leads to its own page, ``then`` to the piece as it
    was afterwards, ``proof`` to its place in the log, ``changes`` to what a version changed.
    """

    title: Text
    date: str
    time: str
    year: str
    path: str
    recorded: str = ""
    actor: Text | None = None
    facts: tuple[Part, ...] = ()
    photos: tuple[Photo, ...] = ()
    marks: tuple[str, ...] = ()
    struck: Reference | None = None
    corrects: Reference | None = None
    undone: bool = False
    then: str = ""
    proof: str = ""
    changes: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """The entries of one year that stand together."""

    year: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The newest entries by year, and the older ones by year to unfold.

    ``total`` counts all entries, also those that stand on other pages; ``earlier`` is how many come before what is told
    here, 0 for none. ``recorded`` is the one day on which everything was recorded that was recorded late; the entries
    then do not say it.
    """

    newest: tuple[Year, ...]
    older: tuple[Year, ...]
    total: int
    recorded: str = ""
    earlier: int = 0


def timeline(
    words: Words, view: PassportPage, fields: Mapping[str, Field], *, unfolded: bool = False, skip: int = 0
) -> Timeline:
    """The life of a piece as its page tells it; ``fields`` are those of events, ``unfolded`` leaves none folded.

    ``skip`` passes over so many of the newest entries.
    """
    found = entries(words, view, fields, skip=skip)
    room = len(found) if unfolded else OPEN
    late = [each.recorded for each in found if each.recorded]
    together = late[0] if len(late) > 1 and len(set(late)) == 1 else ""
    if together:
        found = tuple(replace(each, recorded="") for each in found)
    total = len(view.events) + len(view.editions)
    earlier = max(0, total - skip - MOST)
    return Timeline(_years(found[:room]), _years(found[room:]), total, together, earlier)


def entries(words: Words, view: PassportPage, fields: Mapping[str, Field], *, skip: int = 0) -> tuple[Entry, ...]:
    """What happened, the newest first, at most ``MOST``; what happened at the same time in the order of the log."""
    teller = Teller(words, view, fields)
    happened: list[tuple[datetime, Happened | Edition]] = [
        (_order(each.document.get("eventTime"), each.at), each) for each in view.events
    ]
    happened += [(_order(each.at), each) for each in view.editions]
    placed = sorted(enumerate(happened), key=lambda each: (each[1][0], each[0]), reverse=True)
    chosen = [each for _, (_, each) in placed[skip : skip + MOST]]
    return tuple(teller.edition(each) if isinstance(each, Edition) else teller.event(each) for each in chosen)


def standing(events: Sequence[Happened]) -> tuple[Happened, ...]:
    """The events that nothing corrects, in the order of the log; what only takes another one back is none of them.

    Of those that were erased, what they changed is still known.
    """
    return states.standing(events, lambda each: each.document)


def _order(*times: object) -> datetime:
    return next((found for each in times if (found := moment(each)) is not None), NEVER)


def _years(found: Sequence[Entry]) -> tuple[Year, ...]:
    return tuple(Year(year, tuple(held)) for year, held in groupby(found, lambda each: each.year))


class Teller:
    """Tells the events and versions of one piece."""

    def __init__(self, words: Words, view: PassportPage, fields: Mapping[str, Field]) -> None:
        self._words = words
        self._view = view
        self._fields = fields
        self._components = components_of(view.documents.values(), view.events)
        self._events = {path_of(each.document.get("id")): each for each in view.events}
        self._corrections = {
            path_of(each.document["supersedes"]): each for each in view.events if "supersedes" in each.document
        }
        self._offer = self._open_offer()

    def _open_offer(self) -> Happened | None:
        """The offer that stands: its price is told only as long as it does."""
        about = [each for each in standing(self._view.events) if each.document.get("eventType") in _AFTER_OFFER]
        return about[-1] if about and about[-1].document.get("eventType") in _OFFERS else None

    def deed(self, happened: Happened) -> Deed:
        """One event in words."""
        return Deed(
            self._words,
            happened,
            self._fields,
            base=self._view.base,
            components=self._components,
            names=self._view.names,
        )

    def event(self, happened: Happened) -> Entry:
        """One event with what corrects it and what it corrects."""
        document, path = happened.document, path_of(happened.document.get("id"))
        deed = self.deed(happened)
        undone = document.get("correctionReason") == states.NEVER_HAPPENED
        time = str(document.get("eventTime") or happened.at)
        return Entry(
            title=deed.kind if document.get("eventType") else Text(self._words.texts.gettext("An erased entry")),
            date=deed.date if document.get("eventTime") else self._words.date(happened.at[:10]),
            time=time,
            year=time[:4],
            path=path,
            recorded=deed.recorded,
            actor=deed.actor,
            facts=() if undone or happened.erased else self._facts(happened, deed),
            photos=() if happened.erased else deed.photos,
            marks=self._marks(happened),
            struck=self._struck(path),
            corrects=self._corrects(happened),
            undone=undone,
            then=f"/passports/{self._view.reading.code}?at={time}" if moment(time) else "",
            proof=f"{path}/proof",
        )

    def _facts(self, happened: Happened, deed: Deed) -> tuple[Part, ...]:
        if happened.document.get("eventType") in _OFFERS and happened is not self._offer:
            price = self._words.field("askingPrice")
            return tuple(each for each in deed.facts if each.label != price)
        if "correctionReason" in happened.document:
            prose = self._words.field("reason")
            return tuple(each for each in deed.facts if each.label != prose)
        return deed.facts

    def _marks(self, happened: Happened) -> tuple[str, ...]:
        _ = self._words.texts.gettext
        found = []
        if happened.erased is not None:
            erased = _("Erased on %(date)s: what stood here cannot be read any more.")
            found.append(erased.replace("%(date)s", self._words.date(happened.erased[:10])))
        if happened.document.get("declared"):
            found.append(_("Not confirmed: only the new owner says so."))
        if happened.document.get("clockCorrection"):
            found.append(_("Clock corrected: the device showed another time."))
        return tuple(found)

    def _struck(self, path: str) -> Reference | None:
        """What corrects the entry at a path."""
        by = self._corrections.get(path)
        if by is None:
            return None
        date = self._words.date(str(by.document.get("recordedAt") or by.at)[:10])
        return self._reference(by, date, path_of(by.document.get("id")))

    def _reference(self, by: Happened, date: str, path: str) -> Reference:
        """A correction with why it was made."""
        code, prose = by.document.get("correctionReason"), by.document.get("reason")
        reason = self._words.code("correction-reason", str(code)) if code else None
        return Reference(date, path, reason, self._words.said(prose or ()))

    def _corrects(self, happened: Happened) -> Reference | None:
        """What an entry corrects."""
        if "supersedes" not in happened.document:
            return None
        path = path_of(happened.document["supersedes"])
        corrected = self._events.get(path)
        other = self.deed(corrected) if corrected is not None else None
        return self._reference(happened, other.date if other else "", path)

    def edition(self, edition: Edition) -> Entry:
        """One version of the passport among the events."""
        path = f"/passports/{self._view.reading.code}/versions/{edition.number}"
        reason = self._words.said(edition.reason)
        return Entry(
            title=self._words.code("event-type", "dppCorrected" if edition.corrects else "dppUpdated"),
            date=self._words.date(edition.at[:10]),
            time=edition.at,
            year=edition.at[:4],
            path=path,
            facts=(Part(self._words.field("reason"), reason),) if reason else (),
            then=f"/passports/{self._view.reading.code}?at={edition.at}",
            proof=f"{path}/proof",
            changes=f"{path}/changes",
        )
