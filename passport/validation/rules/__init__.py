"""The rules that no schema can say: one function, one code, one docstring, one example each."""

from passport.validation.rules import (
    additives,
    candidates,
    codes,
    dates,
    emissions,
    evidence,
    extensions,
    identity,
    materials,
    plausibility,
    recycling,
    relations,
    substances,
    textiles,
    wood,
    words,
)
from passport.validation.rules.registry import RULES, Rule, apply

__all__ = [
    "RULES",
    "Rule",
    "additives",
    "apply",
    "candidates",
    "codes",
    "dates",
    "emissions",
    "evidence",
    "extensions",
    "identity",
    "materials",
    "plausibility",
    "recycling",
    "relations",
    "substances",
    "textiles",
    "wood",
    "words",
]
