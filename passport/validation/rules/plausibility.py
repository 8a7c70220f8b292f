"""Rules about figures that cannot be, or hardly are: a precision that nobody measured, years, heights, scores."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.published import Field, Published
from passport.validation.forms import EVENTS, EVERY
from passport.validation.gathering import gathered
from passport.validation.rules.registry import rule
from passport.validation.screening import Schema
from passport.validation.subject import Place, Subject, inner, number, said

DECIMALS: Final = 9
"""Digits behind the point that the published document schema allows."""
_LONG: Final = re.compile(r"\.[0-9]{10}|E-")
"""What the spelling of a decimal with more digits than that has somewhere; with an exponent also one with fewer."""
_MEASURED: Final = frozenset({Level.MODEL, Level.ITEM})
_MODEL: Final = frozenset({Level.MODEL})


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _overprecise(value: object, place: Place) -> Iterator[tuple[Place, Decimal]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        if type(member) is Decimal:
            if _decimals(member) > DECIMALS:
                yield (*place, name), member
        elif (type(member) is dict or type(member) is list) and name != "extensions":
            yield from _overprecise(member, (*place, name))


def _whole(field: Field, published: Published) -> Schema | None:
    return {"type": ["integer", "string"]} if _is_figure(field) else None


def _is_figure(field: Field) -> bool:
    return field.kind == "decimal"


@rule("number-precision", levels=EVERY, sieve=_whole)
def number_precision(subject: Subject) -> Iterator[Finding]:
    """Quantities have at most 9 decimals (published document schema): MUST, nothing is ever rounded."""
    if subject.sound:
        decimals = [str(each) for each in gathered(subject, _is_figure) if type(each) is Decimal]
        if not _LONG.search(" ".join(decimals)):
            return
    for place, value in _overprecise(subject.value, ()):
        yield subject.finding("number-precision", place, value, limit=DECIMALS)


_YEARS: Final[tuple[tuple[tuple[str, ...], int, int], ...]] = (
    (("guarantee", "years"), 1, 30),
    (("expectedLifetime",), 1, 150),
    (("sparePartsAvailableYears",), 0, 60),
    (("remainingLifeEstimate", "years"), 0, 150),
)
"""The fields that count years, with the fewest and most that anybody promises."""


def credible_years(subject: Subject, *path: str) -> int | None:
    """The years that a field counts; None where there are none, or so many or few that this is a finding already."""
    least, most = next((least, most) for known, least, most in _YEARS if known == path)
    years = _counted(subject, path)
    return years if type(years) is int and least <= years <= most else None


def _counted(subject: Subject, path: tuple[str, ...]) -> object:
    return subject.value.get(path[0]) if len(path) == 1 else inner(subject.value, path[0]).get(path[1])


@rule("years-implausible", *(path[0] for path, _, _ in _YEARS), levels=_MEASURED | EVENTS)
def years_implausible(subject: Subject) -> Iterator[Finding]:
    """Guarantees, lives and spare parts last years that somebody can keep (rows 71, 73, 75, 100): SHOULD be checked.

    Months written as years are the usual slip. A guarantee of 0 years is none: leave it out. Some makers do promise
    thirty years, and no law sets an upper bound, so nothing is refused.
    """
    for path, least, most in _YEARS:
        years = _counted(subject, path)
        if type(years) is int and not least <= years <= most:
            yield subject.finding("years-implausible", path, years, least=least, most=most)


@rule("seat-heights", "dimensions", levels=_MEASURED)
def seat_heights(subject: Subject) -> Iterator[Finding]:
    """The lowest seat is neither above the highest nor above the top of the piece (row 30; V22): MUST, one is wrong.

    The highest seat may be above the stated height, where that was measured with the seat lowered.
    """
    sizes = inner(subject.value, "dimensions")
    lowest = number(sizes.get("seatHeightMin"))
    for name in ("seatHeightMax", "height") if lowest is not None else ():
        above = number(sizes.get(name))
        if lowest is not None and above is not None and lowest > above:
            told = {"field": name, "limit": said(above)}
            yield subject.finding("seat-heights", ("dimensions", "seatHeightMin"), sizes["seatHeightMin"], **told)
            return


@rule("score-above-best", "repairability", "recyclability", levels=_MODEL)
def score_above_best(subject: Subject) -> Iterator[Finding]:
    """A score is at most the best that its method can give (row 79; V22): MUST, the two were probably exchanged."""
    for name in ("repairability", "recyclability"):
        rating = inner(subject.value, name)
        score, best = number(rating.get("score")), number(rating.get("bestScore"))
        if score is not None and best is not None and score > best:
            yield subject.finding("score-above-best", (name, "score"), rating["score"], limit=said(best))
