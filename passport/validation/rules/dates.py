"""Rules about days: possible, past, and in order."""

from collections.abc import Iterator
from typing import Final

from passport.model.passport import Level
from passport.model.report import Finding
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


@rule("date-impossible", "manufacturingDate", levels=frozenset({Level.BATCH, Level.ITEM}))
def date_impossible(subject: Subject) -> Iterator[Finding]:
    """A manufacturing date is a day or month of the calendar (ISO 8601-1, row 14): MUST, no schema format says both."""
    text = subject.text("manufacturingDate")
    if text and len(text) == 10 and text[4] == text[7] == "-" and day(text) is None:
        yield subject.finding("date-impossible", ("manufacturingDate",), text)


def _past(subject: Subject) -> Iterator[tuple[Place, object]]:
    yield ("manufacturingDate",), subject.value.get("manufacturingDate")
    yield ("purchaseDate",), subject.value.get("purchaseDate")
    yield ("condition", "assessedOn"), inner(subject.value, "condition").get("assessedOn")
    for name, member in _DONE.items():
        for place, each in subject.entries(name) if name in subject.value else ():
            yield (*place, member), each.get(member)
    yield ("svhcDeclaration", "candidateListDate"), inner(subject.value, "svhcDeclaration").get("candidateListDate")


@rule("date-in-future", "manufacturingDate", "purchaseDate", "condition", "svhcDeclaration", *_DONE)
def date_in_future(subject: Subject) -> Iterator[Finding]:
    """What was made, bought, tested, fitted or proved was so at latest today (rows 14, 18, 61, 70, 92 to 101): MUST."""
    for place, value in _past(subject):
        when = day(value)
        if when is not None and when > subject.facts.today:
            yield subject.finding("date-in-future", place, value, limit=subject.facts.today.isoformat())


def _ordered(subject: Subject) -> Iterator[tuple[object, Place, object]]:
    """Pairs of days of which the second, at its place, must not lie before the first."""
    made = subject.value.get("manufacturingDate")
    yield made, ("purchaseDate",), subject.value.get("purchaseDate")
    yield made, ("condition", "assessedOn"), inner(subject.value, "condition").get("assessedOn")
    for place, each in subject.entries("evidence"):
        yield each.get("date"), (*place, "validUntil"), each.get("validUntil")
    for place, each in subject.entries("dataCarriers"):
        yield each.get("appliedOn"), (*place, "replacedOn"), each.get("replacedOn")
    for place, each in subject.entries("installedParts"):
        yield made, (*place, "date"), each.get("date")


@rule("dates-order", "purchaseDate", "condition", "evidence", "dataCarriers", "installedParts")
def dates_order(subject: Subject) -> Iterator[Finding]:
    """Nothing is bought, assessed or mended before it was made, nor ends before it began (rows 14, 18, 92): MUST."""
    for before, place, after in _ordered(subject):
        first, second = day(before), day(after)
        if first is not None and second is not None and second < first:
            yield subject.finding("dates-order", place, after, limit=str(before))


def _expiries(subject: Subject) -> Iterator[tuple[Place, object]]:
    yield ("epd", "validUntil"), inner(subject.value, "epd").get("validUntil")
    for name in ("evidence", "labels"):
        for place, each in subject.entries(name):
            yield (*place, "validUntil"), each.get("validUntil")
    for place, timber in subject.entries("timber"):
        for rest, each in objects(timber, "certifications"):
            yield (*place, *rest, "validUntil"), each.get("validUntil")


@rule("evidence-expired", "evidence", "labels", "epd", "timber")
def evidence_expired(subject: Subject) -> Iterator[Finding]:
    """Certificates, labels and declarations past their last day are marked stale (ESPR 9(1); V45): SHOULD."""
    for place, value in _expiries(subject):
        until = day(value)
        if until is not None and until < subject.facts.today:
            yield subject.finding("evidence-expired", place, value, limit=subject.facts.today.isoformat())
