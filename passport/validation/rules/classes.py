"""Material classes as rules use them: those of a group, those of a document, and what each makes up of it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from passport.published import Published
from passport.validation.subject import Place, Subject, number

_LIST = "material-class"


@lru_cache(maxsize=64)
def in_group(published: Published, *groups: str) -> frozenset[str]:
    """The codes of the published list of material classes that stand under one of these headings."""
    return frozenset(code for code, concept in published.code_list(_LIST).codes.items() if concept.group in groups)


def used(subject: Subject) -> Mapping[str, Place]:
    """Each class that a material of the document has, with the place where it first stands."""
    found: dict[str, Place] = {}
    for _, entries in subject.materials:
        for place, each in entries:
            code = each.get("materialClass")
            if isinstance(code, str) and code not in found:
                found[code] = (*place, "materialClass")
    return found


def portions(subject: Subject) -> Sequence[tuple[Mapping[str, Any], float]]:
    """Every material with the part of the product's mass that it makes up, from 0 to 1; empty where one is not known.

    Told by the components where there are any, else by the product's own materials. Masses go before shares, and a
    material alone in its component is all of it. Good enough to see whether figures can be true, not to publish.
    """
    materials = dict(subject.materials)
    wholes = [materials.get((*place, "materials"), ()) for place, _ in subject.components]
    weights = _weights([each for _, each in subject.components])
    if not wholes:
        wholes, weights = [materials.get(("materials",), ())], [1.0]
    if not weights or not all(wholes):
        return ()
    found: list[tuple[Mapping[str, Any], float]] = []
    for entries, weight in zip(wholes, weights, strict=True):
        shares = [1.0] if len(entries) == 1 else _weights([each for _, each in entries])
        if not shares:
            return ()
        found.extend((each, weight * share) for (_, each), share in zip(entries, shares, strict=True))
    return found


def span(least: float, most: float) -> str:
    """A range of per cents as findings write it; one number where both ends are the same."""
    low, high = f"{least:.0f}", f"{most:.0f}"
    return low if low == high else f"{low}–{high}"


def _weights(parts: Sequence[Mapping[str, Any]]) -> list[float]:
    """The part of their sum that each of some parts is, by masses or else by shares; empty where one lacks it."""
    for name in ("mass", "massShare"):
        amounts = [number(each.get(name)) for each in parts]
        known = [float(amount) for amount in amounts if amount is not None and amount >= 0]
        total = sum(known)
        if len(known) == len(parts) and total > 0:
            return [amount / total for amount in known]
    return []
