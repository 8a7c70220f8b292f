"""Rules about textiles: which fibres they are made of."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.validation.forms import EVENTS, EVERY, PARTS
from passport.validation.rules.classes import sorted_materials, with_trait
from passport.validation.rules.registry import rule
from passport.validation.subject import Subject, number, objects, said

_MADE: Final = frozenset({Level.MODEL, Level.BATCH})
_HUNDRED: Final = Decimal(100)
_ROUNDING: Final = Decimal(1)
FIBRES: Final = {
    "textile-wool": ("wool", "virgin-wool"),
    "textile-cotton": ("cotton",),
    "textile-linen": ("linen",),
    "textile-polyester": ("polyester",),
    "textile-polyamide": ("polyamide",),
    "textile-viscose": ("viscose", "lyocell", "modal"),
}
"""The fibres of which a fabric of a class is mainly made; lyocell and modal are kinds of viscose to most people."""


@rule("fibre-sum", "components", "materials", *PARTS, levels=EVERY)
def fibre_sum(subject: Subject) -> Iterator[Finding]:
    """The fibres of a textile make 100 ± 1 % (Regulation (EU) 1007/2011 Article 9; row 46): MUST, all are named.

    One point is what rounding to whole per cents costs. The regulation's own 3 % are for what a laboratory finds
    beside the label, not for what the label adds up to. A list that lacks shares is wrong only above 101 %.
    """
    for place, material in subject.once(sorted_materials).fibred:
        shares = [number(each.get("massShare")) for _, each in objects(material, "fibreComposition")]
        known = [share for share in shares if share is not None and 0 <= share <= _HUNDRED]
        total = sum(known, Decimal(0))
        short = known and len(known) == len(shares) and total < _HUNDRED - _ROUNDING
        if short or total > _HUNDRED + _ROUNDING:
            yield subject.finding("fibre-sum", (*place, "fibreComposition"), said(total), total=said(total))


@rule("fibre-composition-missing", "components", "materials", *PARTS, levels=_MADE | EVENTS)
def fibre_composition_missing(subject: Subject) -> Iterator[Finding]:
    """A part with a textile names its fibres (V25, row 46; Regulation (EU) 1007/2011): SHOULD.

    The regulation is about labels, and the row about a draft. Said once for each part; one list of fibres is enough.
    """
    textiles = with_trait(subject.facts.published, "textile")
    if textiles.isdisjoint(subject.once(sorted_materials).classes):
        return
    for holder, listed in subject.materials:
        materials = [(place, each) for place, each in enumerate(listed) if isinstance(each, dict)]
        woven = [(place, each) for place, each in materials if str(each.get("materialClass")) in textiles]
        if woven and not any("fibreComposition" in each for _, each in woven):
            place, material = woven[0]
            where = (*holder, place, "fibreComposition")
            yield subject.finding("fibre-composition-missing", where, material["materialClass"])


@rule("fibre-class-mismatch", "components", "materials", *PARTS, levels=EVERY)
def fibre_class_mismatch(subject: Subject) -> Iterator[Finding]:
    """A fabric of a class holds the fibre that the class is named after (list of material classes; row 46): MUST.

    A textile of wool without wool contradicts itself; blends have a class of their own.
    """
    for place, material in subject.once(sorted_materials).fibred:
        stated = material.get("materialClass")
        fitting = FIBRES.get(stated) if isinstance(stated, str) else None
        codes = [each.get("fibreCode") for _, each in objects(material, "fibreComposition")]
        if fitting and codes and not any(code in fitting for code in codes):
            where = (*place, "materialClass")
            yield subject.finding("fibre-class-mismatch", where, stated, expected=" / ".join(fitting))
