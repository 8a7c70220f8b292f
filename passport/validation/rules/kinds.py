"""Rules about what is published of a product's kind: plausible measures, standards, and how customs call it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from functools import lru_cache
from math import ceil, floor
from typing import Any, Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.published import Field, KindFacts, Published
from passport.validation.rules.registry import rule
from passport.validation.subject import Place, Subject, number, said

_MODEL: Final = frozenset({Level.MODEL})
_SIDES: Final = 3
"""How many members of an object must be known before its largest says how large the thing is."""
_SLIPS: Final[Mapping[str, tuple[tuple[str, Decimal], ...]]] = {
    "mm": (("cm", Decimal(10)), ("in", Decimal("25.4")), ("m", Decimal(1000))),
    "kg": (("g", Decimal("0.001")),),
    "kg CO2e": (("g CO2e", Decimal("0.001")),),
    "W": (("mW", Decimal("0.001")),),
    "V": (("mV", Decimal("0.001")),),
}
"""For each unit those that people write by mistake, and how many of the right one each makes: the likeliest first."""
_ROUND: Final = Context(prec=4)
_OF_LOADS: Final = ("N", Decimal("0.102"))
"""Loads stand in newtons in test reports."""


@dataclass(frozen=True, slots=True)
class _Limit:
    """What one field of a kind may plausibly be; ``low`` and ``high`` say it for whole numbers, to compare fast."""

    path: tuple[str, ...]
    unit: str
    least: Decimal
    most: Decimal
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class _Odd:
    """A figure outside its limit; ``slip`` is the unit that would explain it and what it would be in the right one."""

    place: Place
    value: object
    limit: _Limit
    slip: tuple[str, Decimal] | None


@dataclass(frozen=True, slots=True)
class _Tested:
    """The standards of a kind, as one text and by number, and those by which only other sorts of things are tested."""

    named: str
    own: frozenset[str]
    foreign: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the rules need of one kind, at one level."""

    facts: KindFacts | None
    limits: tuple[_Limit, ...]
    tested: _Tested


def _kind(subject: Subject) -> _Kind:
    group = subject.group
    code = subject.value.get(subject.facts.published.group(group, subject.version).kind)
    known = code if isinstance(code, str) else None
    return _compiled(subject.facts.published, group, subject.version, subject.level, known)


@lru_cache(maxsize=512)
def _compiled(published: Published, group: str, version: str, level: Level, code: str | None) -> _Kind:
    kinds = published.kinds(group, version)
    facts = kinds.get(code) if code else None
    ranges = facts.ranges if facts else _hull(kinds.values())
    fields = published.shape(group, version, level.value).fields
    limits = [_limit(path.split("/"), fields, bounds) for path, bounds in ranges.items()]
    tested = _tested(published, group, version, code, kinds)
    return _Kind(facts, tuple(each for each in limits if each), tested)


def _hull(kinds: Any) -> dict[str, tuple[Decimal, Decimal]]:
    """What is plausible for something of a kind that is not said: the ranges of all kinds together."""
    hull: dict[str, tuple[Decimal, Decimal]] = {}
    for facts in kinds:
        for path, (least, most) in facts.ranges.items():
            known = hull.get(path, (least, most))
            hull[path] = min(known[0], least), max(known[1], most)
    return hull


def _limit(path: list[str], fields: tuple[Field, ...], bounds: tuple[Decimal, Decimal]) -> _Limit | None:
    """The limit of a field; None where this level has no such field."""
    units: tuple[str | None, ...] = ()
    for name in path:
        field = next((each for each in fields if each.name == name), None)
        if field is None:
            return None
        fields, units = field.fields, (field.unit, *(each.unit for each in field.fields))
    unit = next((each for each in units if each), "")
    return _Limit(tuple(path), unit, *bounds, ceil(bounds[0]), floor(bounds[1]))


def _value(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if type(value) is dict else None
    return value


def _odd(subject: Subject) -> list[_Odd]:
    """The figures outside what is plausible for the kind, each once: the largest of an object before its members."""
    found: dict[Place, _Odd] = {}
    for limit in _kind(subject).limits:
        value, place = subject.value.get(limit.path[0]), limit.path
        if value is None:
            continue
        if len(place) > 1:
            value = _value(value, place[1:])
        if type(value) is dict:
            largest = _largest(value)
            if largest is None or any(each[:-1] == place for each in found):
                continue
            place, value = (*place, largest), value[largest]
        if place not in found and not _fits(value, limit):
            found[place] = _Odd(place, value, limit, _slip(number(value) or Decimal(0), limit))
    return list(_agreed(found.values())) if found else []


def is_odd(subject: Subject, place: Place) -> bool:
    """Whether the figure at a place is outside what is plausible for the kind, and so has a finding of its own."""
    return any(each.place == place for each in subject.once(_odd))


def _agreed(odd: Iterable[_Odd]) -> Iterator[_Odd]:
    """The same figures, those of one object with one slip where one explains them all: nobody mixes units in a row."""
    together: dict[tuple[Place, str], list[_Odd]] = {}
    for each in odd:
        together.setdefault((each.place[:-1], each.limit.unit), []).append(each)
    for (holder, unit), sides in together.items():
        slips = _SLIPS.get(unit, ()) if holder and len(sides) > 1 else ()
        yield from next((alike for slip in slips if (alike := _slipped(sides, *slip))), sides)


def _slipped(sides: Sequence[_Odd], unit: str, factor: Decimal) -> list[_Odd]:
    """Figures with one slip for all; empty where it does not explain each of them."""
    meant = [(number(each.value) or Decimal(0)) * factor for each in sides]
    if not all(each.limit.least <= one <= each.limit.most for each, one in zip(sides, meant, strict=True)):
        return []
    return [replace(each, slip=(unit, one)) for each, one in zip(sides, meant, strict=True)]


def _fits(value: object, limit: _Limit) -> bool:
    """Whether a value is within a limit, or no figure at all."""
    if type(value) is int:
        return limit.low <= value <= limit.high
    figure = value if type(value) is Decimal else number(value)
    return figure is None or limit.least <= figure <= limit.most


def _largest(value: Mapping[str, Any]) -> str | None:
    whole = {name: member if type(member) is int else number(member) for name, member in value.items()}
    figures = {name: figure for name, figure in whole.items() if figure is not None}
    return max(figures, key=lambda name: figures[name]) if len(figures) >= _SIDES else None


def _slip(figure: Decimal, limit: _Limit) -> tuple[str, Decimal] | None:
    loads = (_OF_LOADS,) if limit.path == ("maxLoad",) else ()
    for unit, factor in (*_SLIPS.get(limit.unit, ()), *loads):
        meant = figure * factor
        if limit.least <= meant <= limit.most:
            return unit, meant
    return None


def _amounts(odd: _Odd) -> dict[str, str]:
    """The values of a finding about a figure. Units that are words, not symbols, are left to the field's name."""
    limit = odd.limit
    unit = f" {limit.unit}" if limit.unit in _SLIPS else ""
    figure = number(odd.value)
    return {
        "field": str(odd.place[-1]),
        "figure": f"{said(figure)}{unit}" if figure is not None else "",
        "range": f"{said(limit.least)}–{said(limit.most)}{unit}",
    }


@rule("unit-suspicious")
def unit_suspicious(subject: Subject) -> Iterator[Finding]:
    """A figure that fits the kind in another unit is probably in that one (rows 30, 31, 34): SHOULD be looked at.

    The ranges of the kinds are this project's own estimates, so that a real but odd piece is never refused.
    """
    for odd in subject.once(_odd):
        if odd.slip is not None:
            unit, meant = odd.slip
            figure = number(odd.value) or Decimal(0)
            told = {"other": f"{said(figure)} {unit}", "meant": f"{said(_ROUND.plus(meant))} {odd.limit.unit}"}
            yield subject.finding("unit-suspicious", odd.place, odd.value, **_amounts(odd), **told)


@rule("measure-implausible")
def measure_implausible(subject: Subject) -> Iterator[Finding]:
    """A figure far from what its kind has is often a slip of the hand (rows 30, 31, 34, 36, 72, 84): SHOULD be checked.

    The ranges of the kinds are this project's own estimates, so that a real but odd piece is never refused.
    """
    for odd in subject.once(_odd):
        if odd.slip is None:
            yield subject.finding("measure-implausible", odd.place, odd.value, **_amounts(odd))


_NUMBER: Final = re.compile(r"\bEN[ -]?(ISO[ -]?)?([0-9]{3,6})")


@lru_cache(maxsize=4096)
def _standard(text: str) -> str:
    """The number of a European standard without part, edition and the body that took it over; empty for others."""
    match = _NUMBER.search(text.upper())
    return ("ISO " if match[1] else "") + match[2] if match else ""


def _tested(
    published: Published, group: str, version: str, code: str | None, kinds: Mapping[str, KindFacts]
) -> _Tested:
    if code is None or code not in kinds:
        return _Tested("", frozenset(), frozenset())
    heading = _headings(published, group, version)
    near: set[str] = set()
    far: set[str] = set()
    for other, facts in kinds.items():
        side = near if other == code or heading(other) == heading(code) else far
        side.update(map(_standard, facts.standards))
    named = kinds[code].standards
    return _Tested(", ".join(named), frozenset(map(_standard, named)), frozenset(far - near) if named else frozenset())


def _headings(published: Published, group: str, version: str) -> Callable[[str], str | None]:
    """The heading of its list that a kind stands under."""
    kind = published.group(group, version).kind
    lists = [each.code_list for each in published.shape(group, version, "model").fields if each.name == kind]
    codes = published.code_list(lists[0]).codes if lists and lists[0] else {}
    return lambda code: codes[code].group if code in codes else None


def _tests(subject: Subject) -> Sequence[tuple[Place, Mapping[str, Any], str]]:
    """The tests with their places and the numbers of their standards."""
    found = [(place, each, each.get("standard")) for place, each in subject.entries("tests")]
    return [(place, each, _standard(standard)) for place, each, standard in found if isinstance(standard, str)]


@rule("test-standard-missing", "tests", levels=_MODEL)
def test_standard_missing(subject: Subject) -> Iterator[Finding]:
    """Furniture is tested by the standard of its kind (row 70; code lists, section 6; C20): SHOULD, buyers ask for it.

    Which standard that is has not been confirmed, and methods such as EN 1728 say nothing about fitness for use. Silent
    where a test by the standard of another sort of furniture says it already.
    """
    tested = _kind(subject).tested
    found = subject.once(_tests)
    if tested.own and found and not any(each in tested.own or each in tested.foreign for _, _, each in found):
        named = ", ".join(str(each["standard"]) for _, each, _ in found)
        yield subject.finding("test-standard-missing", ("tests",), named, standards=tested.named)


@rule("test-standard-of-other-kind", "tests", levels=_MODEL)
def test_standard_of_other_kind(subject: Subject) -> Iterator[Finding]:
    """A test by a standard for other sorts of furniture proves little (row 70; code lists, section 6): SHOULD not be.

    Kinds under one heading of their list (seating, tables, storage) may share standards: a canteen chair is no slip.
    """
    tested = _kind(subject).tested
    for place, each, standard in subject.once(_tests):
        if standard in tested.foreign:
            told = {"standards": tested.named}
            yield subject.finding("test-standard-of-other-kind", (*place, "standard"), each["standard"], **told)


@rule("test-failed", "tests", levels=_MODEL)
def test_failed(subject: Subject) -> Iterator[Finding]:
    """A product passes the standard of its kind (row 70; C20): SHOULD, but telling a failure is honest and allowed."""
    tested = _kind(subject).tested
    for place, each, standard in subject.once(_tests):
        if each.get("result") == "fail" and standard in tested.own:
            yield subject.finding("test-failed", (*place, "result"), each["result"], standard=each["standard"])


@rule("commodity-heading", "commodityCode", levels=_MODEL)
def commodity_heading(subject: Subject) -> Iterator[Finding]:
    """A commodity code begins with a heading for its kind (Combined Nomenclature; row 15; V11): SHOULD, or it waits.

    Which headings a kind may have has not been confirmed by customs, so that the rule never refuses.
    """
    facts, code = _kind(subject).facts, subject.text("commodityCode")
    if code and facts and facts.headings and not code.startswith(facts.headings):
        told = {"headings": ", ".join(facts.headings)}
        yield subject.finding("commodity-heading", ("commodityCode",), code, **told)


_CODES: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "gpc": (re.compile("10[0-9]{6}"), "10002193"),
    "cpv": (re.compile("[0-9]{8}(-[0-9])?"), "39112000-0"),
    "cn": (re.compile("[0-9]{8}([0-9]{2})?"), "94013900"),
    "unspsc": (re.compile("[0-9]{8}([0-9]{2})?"), "56101504"),
}
"""How the codes of a scheme are written, and one of them."""


@rule("classification-code", "classification", levels=frozenset({Level.MODEL, Level.ITEM}))
def classification_code(subject: Subject) -> Iterator[Finding]:
    """A code has the digits that its scheme gives all of its codes (GS1 GPC; Regulation (EC) 213/2008; CN): MUST."""
    for place, each in subject.entries("classification"):
        scheme, code = each.get("scheme"), each.get("code")
        pattern, example = _CODES.get(scheme, (None, "")) if isinstance(scheme, str) else (None, "")
        if pattern and isinstance(code, str) and not pattern.fullmatch(code):
            told = {"scheme": str(scheme).upper(), "example": example}
            yield subject.finding("classification-code", (*place, "code"), code, **told)
