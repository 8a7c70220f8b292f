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
_SHAPES: Final = 1_000
_CALLED: Final[dict[tuple[Level, tuple[str, ...]], tuple[Check, ...]]] = {}


def rule(code: str, *fields: str, levels: frozenset[Level] = ALL) -> Callable[[Check], Check]:
    """Register a function as the rule that finds ``code``."""

    def register(check: Check) -> Check:
        if code in RULES:
            raise ValueError(code)
        RULES[code] = Rule(code, levels, frozenset(fields), check)
        return check

    return register


def apply(subject: Subject) -> list[Finding]:
    """What the rules of the document's level find in it."""
    found: list[Finding] = []
    for check in _called(subject.level, tuple(subject.value)):
        found.extend(check(subject))
    return found


def _called(level: Level, members: tuple[str, ...]) -> tuple[Check, ...]:
    """The rules that a document with these members calls for; remembered, as most documents have the same ones."""
    checks = _CALLED.get((level, members))
    if checks is None:
        present = [each for each in RULES.values() if not each.fields or not each.fields.isdisjoint(members)]
        checks = tuple(each.check for each in present if level in each.levels)
        if len(_CALLED) < _SHAPES and len(members) < 100:
            _CALLED[level, members] = checks
    return checks
