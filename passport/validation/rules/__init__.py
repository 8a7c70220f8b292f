"""The rules that no schema can say: one function, one code, one docstring, one example each."""

from passport.validation.rules import (
    codes,
    dates,
    evidence,
    extensions,
    identity,
    materials,
    plausibility,
    relations,
    words,
)
from passport.validation.rules.registry import RULES, Rule, apply

__all__ = [
    "RULES",
    "Rule",
    "apply",
    "codes",
    "dates",
    "evidence",
    "extensions",
    "identity",
    "materials",
    "plausibility",
    "relations",
    "words",
]
