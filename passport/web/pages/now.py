"""How a piece is now, in words: whether it is still there, whose it is, in what condition, and how long guaranteed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from passport.codecs.composition import declared_guarantee, promise_of
from passport.model.composition import Origin, Source
from passport.model.events import ENDINGS, EventType
from passport.model.guarantee import guarantee_now
from passport.model.state import PRIVATE_PARTY
from passport.web.pages.deeds import address_link
from passport.web.pages.history import NEVER, moment, path_of
from passport.web.pages.timeline import standing
from passport.web.pages.views import Happened, PassportPage
from passport.web.pages.words import Text, Words

_SAYS: Mapping[str, str | None] = {
    "offered": "offered",
    "reserved": "reserved",
    "lent": "onLoan",
    "lost": "lost",
    "collected": "discarded",
    **dict.fromkeys(("withdrawn", "returned", "found", "ownershipTransferred", "puttingIntoService")),
}
"""What events say of who may have a piece (code list ``availability``); None takes back what was said before."""

_REPAIRS = frozenset({"repaired", "partsReplaced"})
_HELD = frozenset({"lent", "collected"})
_FREED = frozenset({"returned", "ownershipTransferred"}) | ENDINGS - {EventType.DISMANTLED}
_HANDING = frozenset(
    {"transferOffered", "transferWithdrawn", "transferRefused", "ownershipTransferred", "responsibilityTransferred"}
)


@dataclass(frozen=True, slots=True)
class Ending:
    """How the life of a piece ended, when, and what was made of it."""

    title: Text
    date: str
    path: str
    successors: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Now:
    """How a piece is now: how it ended, if it did, and labelled lines about the rest."""

    ending: Ending | None
    rows: tuple[tuple[str, Text], ...]


def now(words: Words, view: PassportPage, *, today: datetime | None = None) -> Now:
    """What the events that the reader may see say of a piece now; nothing is known of products without any.

    Ownership, holding and the end follow the order of the log, what was observed follows its own time.
    """
    events = standing(view.events)
    if not events:
        return Now(None, ())
    teller = _Teller(words, view, events, moment(view.at or view.known) or today or datetime.now(UTC))
    rows = (
        (words.field("condition"), teller.condition()),
        (words.texts.gettext("Owner"), teller.owner()),
        (words.texts.gettext("Held by"), teller.holder()),
        (words.field("availability"), teller.availability()),
        (words.texts.gettext("Hand-over"), teller.handing()),
        (words.texts.gettext("Repairs"), teller.repairs()),
        (words.field("guarantee"), teller.guarantee()),
        (words.field("previousPassports"), teller.origin()),
    )
    return Now(teller.ending(), tuple((label, text) for label, text in rows if text is not None))


class _Teller:
    """What is true now, by the events that stand."""

    def __init__(self, words: Words, view: PassportPage, events: Sequence[Happened], today: datetime) -> None:
        self._words = words
        self._view = view
        self._today = today
        self._log = [each.document for each in events]
        self._observed = sorted(self._log, key=lambda each: _time(each.get("eventTime")))

    def ending(self) -> Ending | None:
        """The last end, unless somebody proved afterwards that the piece was theirs: that brings it back."""
        last = next((each for each in reversed(self._log) if each.get("eventType") in ENDINGS or _proof(each)), None)
        if last is None or _proof(last):
            return None
        return Ending(
            self._words.code("event-type", str(last["eventType"])),
            self._words.date(str(last.get("eventTime", ""))[:10]),
            path_of(last.get("id")),
            self._passports(last.get("successors")),
        )

    def condition(self) -> Text | None:
        for document in reversed(self._observed):
            condition = document.get("condition")
            if isinstance(condition, Mapping) and "grade" in condition:
                grade = self._words.code("condition-grade", str(condition["grade"]))
                on = condition.get("assessedOn") or str(document.get("eventTime", ""))[:10]
                return replace(grade, note=self._words.date(on) if on else "")
        return None

    def owner(self) -> Text | None:
        last = next((each for each in reversed(self._log) if "ownerType" in each or "owner" in each), None)
        if last is None:
            return None
        shown = self._party(last.get("owner"), last.get("ownerType"))
        if shown is None or not last.get("declared"):
            return shown
        return replace(shown, note=self._words.texts.gettext("not confirmed"))

    def holder(self) -> Text | None:
        last = next((each for each in reversed(self._log) if each.get("eventType") in _HELD | _FREED), None)
        if last is None or last["eventType"] in _FREED:
            return None
        return self._party(last.get("borrower") or last.get("collector") or last.get("holder"), last.get("holderType"))

    def _party(self, slug: object, kind: object) -> Text | None:
        known = self._view.names.get(str(slug))
        if known is not None:
            return Text(known.name, href=f"/organisations/{known.slug}")
        kind = PRIVATE_PARTY if slug == PRIVATE_PARTY else kind
        return self._words.code("owner-type", str(kind)) if kind else None

    def availability(self) -> Text | None:
        """What is public of it: an offer, a loan, a loss; whoever may know more reads more."""
        for document in reversed(self._observed):
            if "availability" in document:
                return self._words.code("availability", str(document["availability"]))
            if document.get("eventType") in _SAYS:
                code = _SAYS[str(document["eventType"])]
                return self._words.code("availability", code) if code else None
        return None

    def handing(self) -> Text | None:
        """An open offer to hand the piece over, with its last day."""
        last = next((each for each in reversed(self._log) if each.get("eventType") in _HANDING), None)
        if last is None or last["eventType"] != "transferOffered" or _time(last.get("expires")) <= self._today:
            return None
        until = self._words.texts.gettext("until %(date)s")
        note = until.replace("%(date)s", self._words.date(str(last["expires"])[:10]))
        return replace(self._words.code("event-type", "transferOffered"), href=path_of(last.get("id")), note=note)

    def repairs(self) -> Text | None:
        count = sum(each.get("eventType") in _REPAIRS for each in self._log)
        return Text(str(count)) if count else None

    def guarantee(self) -> Text | None:
        documents = [(each, Source(Origin.OWN, "")) for each in self._view.documents.values()]
        timed = (each for each in self._observed if moment(each.get("eventTime")) is not None)
        promises = (promise for each in timed if (promise := promise_of(each)) is not None)
        found = guarantee_now(declared_guarantee(documents), promises)
        if found is None or found.ends is None:
            return None
        date = self._words.date(found.ends.isoformat())
        if found.ends <= self._today.date():
            return Text(self._words.texts.gettext("ended %(date)s").replace("%(date)s", date))
        return Text(self._words.texts.gettext("until %(date)s").replace("%(date)s", date))

    def origin(self) -> Text | None:
        """The passport of what this was made of."""
        return next(iter(self._passports(self._view.document.get("previousPassports"))), None)

    def _passports(self, addresses: Any) -> tuple[Text, ...]:
        return tuple(map(address_link, addresses)) if isinstance(addresses, list | tuple) else ()


def _proof(document: Mapping[str, Any]) -> bool:
    """Whether an event takes a piece over from a private person with the secret."""
    receipt = document.get("eventType") == EventType.NEW_OWNER and "transfer" not in document
    return receipt and not document.get("declared") and document.get("ownerType") != PRIVATE_PARTY


def _time(value: object) -> datetime:
    return moment(value) or NEVER
