"""Rules about electrical parts: said where there are any, and without contradiction."""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.published import Published
from passport.validation.rules.classes import first_with
from passport.validation.rules.registry import rule
from passport.validation.subject import Place, Subject, inner, number

_MODEL: Final = frozenset({Level.MODEL})
_MAINS: Final = Decimal(75)
"""Volts from which Directive 2014/35/EU applies to direct and alternating current alike."""
_ABSENT: Final = ("voltage", "standbyPower", "weeeCollected")


@lru_cache(maxsize=4)
def _functions(published: Published) -> frozenset[str]:
    """The functions that only electrical parts have."""
    functions = published.code_list("component-function").codes.items()
    return frozenset(code for code, concept in functions if concept.group == "electrical")


def _part(subject: Subject) -> tuple[Place, str] | None:
    """The first value that shows electrical parts, with its place."""
    functions = _functions(subject.facts.published)
    for place, each in subject.components:
        function = each.get("function")
        if isinstance(function, str) and function in functions:
            return (*place, "function"), function
    return first_with(subject, "electrical")


@rule("electrical-missing", "components", "materials", levels=_MODEL)
def electrical_missing(subject: Subject) -> Iterator[Finding]:
    """What has motors, cables, lamps or batteries says so in ``electrical`` (row 36; draft: conditional): SHOULD.

    Recyclers and buyers look there; no act demands it of furniture yet.
    """
    part = _part(subject) if "electrical" not in subject.value else None
    if part is not None and subject.knows("electrical"):
        yield subject.finding("electrical-missing", part[0], part[1])


@rule("electrical-contradiction", "electrical", levels=_MODEL)
def electrical_contradiction(subject: Subject) -> Iterator[Finding]:
    """What has no electrical parts has no voltage, stand-by power or electrical parts (row 36): MUST, one is false.

    Waste sorters act on it: electrical furniture is waste of another kind.
    """
    block = inner(subject.value, "electrical")
    if block.get("hasElectrical") is not False:
        return
    stated = [name for name in _ABSENT if block.get(name) is True or (number(block.get(name)) or 0) > 0]
    part = _part(subject)
    if stated:
        place: Place = ("electrical", stated[0])
        yield subject.finding("electrical-contradiction", place, block[stated[0]], field=stated[0])
    elif part is not None:
        yield subject.finding("electrical-contradiction", part[0], part[1], field=part[0][-1])


@rule("ce-marking-missing", "electrical", levels=_MODEL)
def ce_marking_missing(subject: Subject) -> Iterator[Finding]:
    """Equipment for mains voltage bears the CE marking (Directive 2014/35/EU, Articles 1 and 16; row 36): SHOULD tell.

    Whether the product is sold in the Union, and whether the voltage is that of the mains or of a charger outside it,
    the passport does not say; hence a warning.
    """
    block = inner(subject.value, "electrical")
    volts = number(block.get("voltage"))
    if volts is not None and volts >= _MAINS and block.get("ceMarking") is not True:
        yield subject.finding("ce-marking-missing", ("electrical", "ceMarking"), block["voltage"], limit=_MAINS)
