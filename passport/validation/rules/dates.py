"""Rules about days: possible, past, and in order."""

from collections.abc import Iterator
from typing import Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.validation.forms import EVENT, EVERY
from passport.validation.rules.registry import rule
from passport.validation.subject import Place, Subject, day, inner, objects

_ITEM: Final = frozenset({Level.ITEM})
_DONE: Final = {
    "evidence": "date",
    "declarations": "date",
    "tests": "reportDate",
    "dataCarriers": "appliedOn",
    "installedParts": "date",
}
"""The lists of things that were done, with the member that says when."""
_ONCE: Final = {"condition": "assessedOn", "svhcDeclaration": "candidateListDate"}
"""The objects that tell of something done once."""


@rule("date-impossible", "manufacturingDate", levels=frozenset({Level.BATCH, Level.ITEM}))
def date_impossible(subject: Subject) -> Iterator[Finding]:
    """A manufacturing date is a day or month of the calendar (ISO 8601-1, row 14): MUST, no schema format says both."""
    text = subject.text("manufacturingDate")
    if text and len(text) == 10 and text[4] == text[7] == "-" and day(text) is None:
        yield subject.finding("date-impossible", ("manufacturingDate",), text)


def _past(subject: Subject) -> Iterator[tuple[Place, str, object]]:
    """What lies in the past: the place of what says so, the member in it, and its value."""
    for name in ("manufacturingDate", "purchaseDate"):
        if name in subject.value:
            yield (), name, subject.value[name]
    for name, member in _ONCE.items():
        if name in subject.value:
            yield (name,), member, inner(subject.value, name).get(member)
    for name, member in _DONE.items():
        if name in subject.value:
            yield from _said(subject, name, member)


def _said(subject: Subject, name: str, member: str) -> Iterator[tuple[Place, str, object]]:
    """A member of all objects in a list that have it."""
    for place, each in subject.entries(name):
        if member in each:
            yield place, member, each[member]


@rule("date-in-future", "manufacturingDate", "purchaseDate", *_ONCE, *_DONE, levels=EVERY)
def date_in_future(subject: Subject) -> Iterator[Finding]:
    """What was made, bought, tested, fitted or proved was so at latest today (rows 14, 18, 61, 70, 92 to 101): MUST."""
    today = subject.facts.today
    for place, member, value in _past(subject):
        when = day(value)
        if when is not None and when > today:
            yield subject.finding("date-in-future", (*place, member), value, limit=today.isoformat())


_SPANS: Final = {"evidence": ("date", "validUntil"), "dataCarriers": ("appliedOn", "replacedOn")}
"""The lists of things that last from one day to another."""


_PLANNED: Final = ("until", "expires")
"""What an event plans for a day after it."""


def _ordered(subject: Subject) -> Iterator[tuple[object, Place, str, object]]:
    """Pairs of days of which the second, the member of what is at a place, must not lie before the first."""
    made = subject.value.get("manufacturingDate")
    if made is not None:
        if "purchaseDate" in subject.value:
            yield made, (), "purchaseDate", subject.value["purchaseDate"]
        yield made, ("condition",), "assessedOn", inner(subject.value, "condition").get("assessedOn")
        if "installedParts" in subject.value:
            for place, member, value in _said(subject, "installedParts", "date"):
                yield made, place, member, value
    for name, (first, last) in _SPANS.items():
        if name in subject.value:
            for place, each in subject.entries(name):
                if last in each:
                    yield each.get(first), place, last, each[last]


def _planned(subject: Subject) -> Iterator[tuple[object, Place, str, object]]:
    """The day of an event, and those that it plans for."""
    for name in _PLANNED:
        if name in subject.value:
            happened, planned = (str(subject.value.get(each, ""))[:10] for each in ("eventTime", name))
            yield happened, (), name, planned


@rule("dates-order", "purchaseDate", "condition", "evidence", "dataCarriers", "installedParts", *_PLANNED, levels=EVERY)
def dates_order(subject: Subject) -> Iterator[Finding]:
    """Nothing is bought, assessed or mended before it was made, nor ends before it began (rows 14, 18, 92): MUST.

    Nor is anything lent, offered or reserved until a day before that of the event.
    """
    for before, place, member, after in _planned(subject) if subject.level is EVENT else _ordered(subject):
        first, second = day(before), day(after)
        if first is not None and second is not None and second < first:
            yield subject.finding("dates-order", (*place, member), after, limit=str(before))


def _expiries(subject: Subject) -> Iterator[tuple[Place, object]]:
    yield ("epd",), inner(subject.value, "epd").get("validUntil")
    for name in ("evidence", "labels"):
        if name in subject.value:
            for place, _, value in _said(subject, name, "validUntil"):
                yield place, value
    for place, timber in subject.entries("timber"):
        for rest, each in objects(timber, "certifications"):
            yield (*place, *rest), each.get("validUntil")


@rule("evidence-expired", "evidence", "labels", "epd", "timber")
def evidence_expired(subject: Subject) -> Iterator[Finding]:
    """Certificates, labels and declarations past their last day are marked stale (ESPR 9(1); V45): SHOULD."""
    for place, value in _expiries(subject):
        until = day(value)
        if until is not None and until < subject.facts.today:
            limit = subject.facts.today.isoformat()
            yield subject.finding("evidence-expired", (*place, "validUntil"), value, limit=limit)
