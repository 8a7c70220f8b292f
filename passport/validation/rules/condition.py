"""Rules about the condition of a piece: the grade against what it was made of, and what may be offered."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.validation.forms import EVENT, EVENTS
from passport.validation.rules.registry import rule
from passport.validation.subject import Subject, inner

_ITEM: Final = frozenset({Level.ITEM})
_UNSAFE: Final = 3
_BY_FAULT: Final[Mapping[int, str]] = {0: "ABC", 1: "ABC", 2: "CD", 3: "DE"}
_BY_SURFACE: Final[Mapping[int, str]] = {0: "ABCDE", 1: "BCDE", 2: "CDE", 3: "CDE"}


def _score(condition: Mapping[str, Any], name: str) -> int | None:
    score = condition.get(name)
    return score if type(score) is int and score in _BY_FAULT else None


_SCORES: Final = ("functionScore", "structureScore", "surfaceScore", "hygieneScore")


@lru_cache(maxsize=1024)
def _grades(function: int | None, structure: int | None, surface: int | None, hygiene: int | None) -> str:
    """The grades that the scores leave open."""
    grades = set("ABCDE")
    worst = max((each for each in (function, structure) if each is not None), default=None)
    if worst is not None and (worst > 1 or (function is not None and structure is not None and (hygiene or 0) <= 1)):
        grades &= set(_BY_FAULT[worst])
    if surface is not None:
        grades &= set(_BY_SURFACE[surface])
    return "".join(sorted(grades))


@rule("condition-grade", "condition", levels=_ITEM | EVENTS)
def condition_grade(subject: Subject) -> Iterator[Finding]:
    """The grade follows from the scores (code lists, section 1; V53): SHOULD, the scale is this project's proposal.

    The worse of function and structure decides D and E, the surface A to C. With scores of 0 or 1 for both, only bad
    hygiene still makes a D or E; a score of 2 is left open between C and D, as NS 3424 has it.
    """
    condition = inner(subject.value, "condition")
    grade = condition.get("grade")
    if isinstance(grade, str) and grade in ("A", "B", "C", "D", "E"):
        fitting = _grades(*[_score(condition, name) for name in _SCORES])
        if fitting and grade not in fitting:
            told = {"grades": " / ".join(fitting)}
            yield subject.finding("condition-grade", ("condition", "grade"), grade, **told)


@rule("offered-unsafe", "availability", "eventType", levels=_ITEM | EVENTS)
def offered_unsafe(subject: Subject) -> Iterator[Finding]:
    """What is unsafe is not offered (code lists, section 1; V54; Regulation (EU) 2023/988, Article 5): MUST be so."""
    score = inner(subject.value, "condition").get("structureScore")
    name = "eventType" if subject.level is EVENT else "availability"
    if subject.value.get(name) == "offered" and score == _UNSAFE:
        yield subject.finding("offered-unsafe", (name,), "offered")
