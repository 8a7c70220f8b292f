"""Which rules there are, and which of them a document calls for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.validation.subject import Subject

Check = Callable[[Subject], Iterator[Finding]]

ALL: Final = frozenset(Level)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: it finds ``code`` in documents of ``levels`` that have at least one of the members ``fields``.

    An empty ``fields`` calls for the rule always. The docstring of ``check`` says why, and on whose authority.
    """

    code: str
    levels: frozenset[Level]
    fields: frozenset[str]
    check: Check


RULES: Final[dict[str, Rule]] = {}
_AT: Final[dict[Level, list[tuple[frozenset[str], Check]]]] = {level: [] for level in Level}


def rule(code: str, *fields: str, levels: frozenset[Level] = ALL) -> Callable[[Check], Check]:
    """Register a function as the rule that finds ``code``."""

    def register(check: Check) -> Check:
        if code in RULES:
            raise ValueError(code)
        RULES[code] = Rule(code, levels, frozenset(fields), check)
        for level in levels:
            _AT[level].append((RULES[code].fields, check))
        return check

    return register


def apply(subject: Subject) -> list[Finding]:
    """What the rules of the document's level find in it."""
    value = subject.value
    found: list[Finding] = []
    for fields, check in _AT[subject.level]:
        if not fields or not fields.isdisjoint(value):
            found.extend(check(subject))
    return found
