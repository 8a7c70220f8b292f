"""Rules about packaging: its materials against its weight."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.validation.rules.classes import OVER, UNDER, weighed
from passport.validation.rules.kinds import is_odd
from passport.validation.rules.registry import rule
from passport.validation.subject import Subject, number, said

_MODEL: Final = frozenset({Level.MODEL})


def _masses(subject: Subject) -> tuple[Decimal, Decimal | None, bool]:
    """The sum of the stated masses, the packaging weight (None: unknown), and whether every material has a mass."""
    total, complete = weighed(subject.entries("packaging"))
    return total, number(subject.value.get("packagingWeight")), complete


@rule("packaging-mass-sum", "packaging", levels=_MODEL)
def packaging_mass_sum(subject: Subject) -> Iterator[Finding]:
    """Its materials weigh no more than the packaging, with 5 % for rounding (rows 31 and 52): MUST, one is wrong."""
    total, weight, _ = subject.once(_masses)
    if weight is not None and total > weight * OVER:
        told = {"total": said(total), "limit": said(weight)}
        yield subject.finding("packaging-mass-sum", ("packaging",), said(total), **told)


@rule("packaging-mass-low", "packaging", levels=_MODEL)
def packaging_mass_low(subject: Subject) -> Iterator[Finding]:
    """Materials that all have a mass make half of the packaging weight or more (rows 31, 52): SHOULD, some may lack.

    Silent where the weight of the packaging itself looks wrong: that is said already.
    """
    if is_odd(subject, ("packagingWeight",)):
        return
    total, weight, complete = subject.once(_masses)
    if complete and weight is not None and total < weight * UNDER:
        told = {"total": said(total), "limit": said(weight)}
        yield subject.finding("packaging-mass-low", ("packaging",), said(total), **told)
