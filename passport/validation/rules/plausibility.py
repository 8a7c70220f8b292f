"""Rules about figures that furniture hardly has: a wrong unit, a precision that nobody measured."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.validation.rules.registry import rule
from passport.validation.subject import Place, Subject, inner, number

DECIMALS: Final = 9
"""Digits behind the point that the published document schema allows."""
_MEASURED: Final = frozenset({Level.MODEL, Level.ITEM})
_HEAVIEST: Final = Decimal(1_000)
_LONGEST: Final = Decimal(20_000)
_SMALLEST: Final = Decimal(250)
_SIDES: Final = ("width", "height", "depth")


@rule("unit-suspicious", "netWeight", "dimensions", levels=_MEASURED)
def unit_suspicious(subject: Subject) -> Iterator[Finding]:
    """Masses are in kg and lengths in mm (rows 30 and 31): SHOULD look so; grams and centimetres are the usual slip."""
    net = subject.value.get("netWeight")
    weight = number(net)
    if weight is not None and weight > _HEAVIEST:
        yield subject.finding("unit-suspicious", ("netWeight",), net, field="netWeight", unit="kg")
    dimensions = inner(subject.value, "dimensions")
    sides = {name: size for name in _SIDES if (size := number(dimensions.get(name))) is not None}
    odd = [name for name, size in sides.items() if size > _LONGEST]
    small = len(sides) == len(_SIDES) and 0 < max(sides.values()) < _SMALLEST
    if small and subject.value.get("category") != "spare-part":
        odd.append(max(sides, key=lambda name: sides[name]))
    for name in odd:
        yield subject.finding("unit-suspicious", ("dimensions", name), dimensions[name], field=name, unit="mm")


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


@rule("number-precision")
def number_precision(subject: Subject) -> Iterator[Finding]:
    """Quantities have at most 9 decimals (published document schema): MUST, nothing is ever rounded."""
    if all(_decimals(value) <= DECIMALS for value in subject.scan.decimals):
        return
    for place, value in _overprecise(subject.value, ()):
        yield subject.finding("number-precision", place, value, limit=DECIMALS)
