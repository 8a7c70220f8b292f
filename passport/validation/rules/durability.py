"""Rules about how long something lasts: guarantee, life, spare parts, and the passport itself."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.validation.rules.plausibility import credible_years
from passport.validation.rules.registry import rule
from passport.validation.subject import Subject, day

_MODEL: Final = frozenset({Level.MODEL})


def _years(value: object) -> int | None:
    """Years as a number; None for everything else, and for more than a calendar has."""
    return value if type(value) is int and 0 <= value < 1_000 else None


@rule("guarantee-longer-than-life", "guarantee", levels=_MODEL)
def guarantee_longer_than_life(subject: Subject) -> Iterator[Finding]:
    """Nobody guarantees longer than the product is expected to last (rows 71 and 73): SHOULD not, one is outdated.

    It is no contradiction in law, as a maker may replace what breaks; hence a warning. Silent where one of the two is
    hardly meant: that is said already.
    """
    years, life = credible_years(subject, "guarantee", "years"), credible_years(subject, "expectedLifetime")
    if years is not None and life is not None and years > life:
        yield subject.finding("guarantee-longer-than-life", ("guarantee", "years"), years, limit=life)


@rule("spare-parts-shorter-than-guarantee", "sparePartsAvailableYears", levels=_MODEL)
def spare_parts_shorter_than_guarantee(subject: Subject) -> Iterator[Finding]:
    """Spare parts can be had as long as the guarantee runs (rows 73 and 75; UHM 10035:1): SHOULD, else it means waste.

    A maker may honour a guarantee by a new product, so that the shorter time is possible. Silent where one of the two
    is hardly meant: that is said already.
    """
    years, parts = credible_years(subject, "guarantee", "years"), credible_years(subject, "sparePartsAvailableYears")
    if years is not None and parts is not None and parts < years:
        place = ("sparePartsAvailableYears",)
        yield subject.finding("spare-parts-shorter-than-guarantee", place, parts, limit=years)


@rule("spare-parts-clock", "sparePartsAvailableYears", levels=_MODEL)
def spare_parts_clock(subject: Subject) -> Iterator[Finding]:
    """Years of spare parts count from a stated start (row 75; UHM 10035:1; V40): SHOULD, else the last day is unknown.

    The criterion counts from production, some makers from the last sale; a claim without it can still be true. No years
    need no start.
    """
    if _years(subject.value.get("sparePartsAvailableYears")) and "sparePartsCountFrom" not in subject.value:
        yield subject.finding("spare-parts-clock", ("sparePartsCountFrom",))


@rule("spare-parts-ended", "sparePartsAvailableUntil", levels=_MODEL)
def spare_parts_ended(subject: Subject) -> Iterator[Finding]:
    """The last day of spare parts lies ahead (row 75): SHOULD, passports of models long sold may tell a past one."""
    until = day(subject.value.get("sparePartsAvailableUntil"))
    if until is not None and until < subject.facts.today:
        place = ("sparePartsAvailableUntil",)
        yield subject.finding("spare-parts-ended", place, until.isoformat(), limit=subject.facts.today)


def _later(start: date, years: int) -> date:
    """The same day some years later; after 29 February the next day."""
    year = min(start.year + years, date.max.year)
    try:
        return start.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


@rule("available-until-early", "availableUntil")
def available_until_early(subject: Subject) -> Iterator[Finding]:
    """A passport stays available as long as what it is about (ESPR 9(2)(i); V10, row 6): SHOULD be promised so long.

    The law counts from the day that a product is placed on the market, which no passport states. Counted from today a
    model that is no longer sold may be told too much; hence a warning.
    """
    until = day(subject.value.get("availableUntil"))
    life = _years(subject.value.get("expectedLifetime")) or 0
    least = _later(subject.facts.today, life)
    if until is not None and until < least:
        yield subject.finding("available-until-early", ("availableUntil",), until.isoformat(), limit=least)
