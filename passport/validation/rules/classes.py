"""Material classes as rules use them: what the list says of them, where they stand, what each makes up of the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from passport.codecs.composition import amount, parts
from passport.model import weighing
from passport.published import Published
from passport.validation.subject import Entries, Place, Subject, number

Entry = tuple[Place, Mapping[str, Any]]
_LIST: Final = "material-class"


@lru_cache(maxsize=64)
def in_group(published: Published, group: str) -> frozenset[str]:
    """The codes of the published list of material classes that stand under a heading."""
    return frozenset(code for code, concept in published.code_list(_LIST).codes.items() if concept.group == group)


@lru_cache(maxsize=64)
def with_trait(published: Published, trait: str) -> frozenset[str]:
    """The codes of the published list of material classes that have a trait."""
    return published.code_list(_LIST).with_trait(trait)


@dataclass(frozen=True, slots=True)
class Materials:
    """The materials of a document, sorted by what rules ask of them.

    ``classes`` are those used, each with the place where it first stands; ``fibred`` are the materials that name
    fibres, ``recycled`` and ``renewable`` those that tell of such content.
    """

    classes: dict[str, Place] = field(default_factory=dict)
    fibred: list[Entry] = field(default_factory=list)
    recycled: list[Entry] = field(default_factory=list)
    renewable: list[Entry] = field(default_factory=list)


def sorted_materials(subject: Subject) -> Materials:
    """One pass over all materials, for ``Subject.once``."""
    found = Materials()
    for holder, listed in subject.materials:
        for place, each in enumerate(listed):
            if not isinstance(each, dict):
                continue
            code = each.get("materialClass")
            if isinstance(code, str) and code not in found.classes:
                found.classes[code] = (*holder, place, "materialClass")
            if "fibreComposition" in each:
                found.fibred.append(((*holder, place), each))
            if "recycledContent" in each:
                found.recycled.append(((*holder, place), each))
            if "renewableContent" in each or "bioBasedContent" in each:
                found.renewable.append(((*holder, place), each))
    return found


def first_with(subject: Subject, trait: str) -> tuple[Place, str] | None:
    """The first material class of the document that has a trait, with its place."""
    codes, classes = with_trait(subject.facts.published, trait), subject.once(sorted_materials).classes
    found = None if codes.isdisjoint(classes) else next(code for code in classes if code in codes)
    return None if found is None else (classes[found], found)


OVER: Final = Decimal("1.05")
"""How much more than the whole its parts may weigh together: rounding."""
UNDER: Final = Decimal("0.5")
"""How little of the whole they weigh together where something seems to be left out."""


def weighed(entries: Entries) -> tuple[Decimal, bool]:
    """The sum of the masses of some parts, and whether there are any and all of them have a mass."""
    masses = [number(each.get("mass")) for _, each in entries]
    known = [mass for mass in masses if mass is not None and mass >= 0]
    return sum(known, Decimal(0)), bool(known) and len(known) == len(masses)


def portions(subject: Subject) -> Sequence[tuple[Mapping[str, Any], float]]:
    """Every material with the part of the product's mass that it makes up, from 0 to 1; empty where one is not known.

    Reckoned as the pages do it (``passport.model.weighing``): what the parts lack to 1 is not declared.
    """
    described = parts(subject.value)
    amounts = [(weight, [amount(each) for each in materials]) for weight, materials in described]
    found = weighing.portions(amounts)
    if len(found) < sum(len(materials) for _, materials in amounts) or not all(materials for _, materials in amounts):
        return ()
    return [(described[place][1][inner], float(part)) for place, inner, part in found]


def span(least: float, most: float) -> str:
    """A range of per cents as findings write it; one number where both ends are the same."""
    low, high = f"{least:.0f}", f"{most:.0f}"
    return low if low == high else f"{low}–{high}"


def roughly(value: object) -> float | None:
    """A quantity as ``number`` reads it, but quick to reckon with and not exact."""
    if type(value) is Decimal or type(value) is int:
        return float(value)
    written = number(value)
    return None if written is None else float(written)
