"""Shares of materials of a whole product, by exact decimals, from components and materials as they were declared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

TONES = 8
"""Colours that can be told apart; shares beyond them are striped alike."""

_HUNDRED = Decimal(100)
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Share:
    """One material class and its share of the product's mass in per cent; ``code`` None is the part not declared."""

    code: str | None
    percent: Decimal

    @property
    def shown(self) -> Decimal:
        """The share rounded to a tenth."""
        return self.percent.quantize(_TENTH, ROUND_HALF_UP)


def tone(place: int, code: str | None) -> int:
    """The number of the colour of a share by its place: 0 for what is not declared, ``TONES`` + 1 for the stripes."""
    return 0 if code is None else min(place, TONES) + 1


def shares(document: Mapping[str, Any]) -> tuple[Share, ...]:
    """The material shares of a passport document, largest first, what is not declared last.

    Components weigh by their mass, or all by their share of the mass; within one, materials by their share or mass, a
    single material taking all of it. Without components the product's own materials count. Empty when the document
    does not say enough to weigh anything.
    """
    components = document.get("components") or ()
    weights = _weights(components) if components else None
    if not weights:
        components, weights = ({"materials": document.get("materials") or ()},), (Decimal(1),)
    totals: dict[str | None, Decimal] = {}
    for component, weight in zip(components, weights, strict=True):
        for code, part in _parts(component.get("materials") or ()):
            totals[code] = totals.get(code, Decimal(0)) + part * weight
    whole = max(sum(weights), sum(totals.values()))
    if not whole or not any(value for code, value in totals.items() if code is not None):
        return ()
    totals[None] = totals.get(None, Decimal(0)) + whole - sum(totals.values())
    found = [Share(code, value * _HUNDRED / whole) for code, value in totals.items()]
    kept = [each for each in found if each.shown > 0]
    return tuple(sorted(kept, key=lambda each: (each.code is None, -each.percent, each.code or "")))


def _weights(components: Sequence[Mapping[str, Any]]) -> tuple[Decimal, ...] | None:
    for member in ("mass", "massShare"):
        found = [_decimal(component.get(member)) for component in components]
        known = [each for each in found if each is not None]
        if len(known) == len(found) and sum(known) > 0:
            return tuple(known)
    return None


def _parts(materials: Sequence[Mapping[str, Any]]) -> list[tuple[str | None, Decimal]]:
    """Each material with its part of the whole that the list describes, between 0 and 1."""
    codes = [str(material.get("materialClass")) for material in materials]
    if len(codes) == 1 and not {"massShare", "mass"} & materials[0].keys():
        return [(codes[0], Decimal(1))]
    given = [_decimal(material.get("massShare")) for material in materials]
    if any(share is not None for share in given):
        return [(code, share / _HUNDRED) for code, share in zip(codes, given, strict=True) if share is not None]
    masses = [_decimal(material.get("mass")) for material in materials]
    known = [mass for mass in masses if mass is not None]
    if len(known) < len(masses) or not sum(known):
        return []
    return [(code, mass / sum(known)) for code, mass in zip(codes, known, strict=True)]


def _decimal(value: object) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    return exact if exact.is_finite() and exact >= 0 else None
