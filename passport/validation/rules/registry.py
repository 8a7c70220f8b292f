"""Which rules there are, and which of them a document calls for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from passport.model.report import Finding
from passport.published import Published
from passport.validation.forms import PASSPORTS, Form
from passport.validation.screening import Sieve, screen
from passport.validation.subject import Subject

Check = Callable[[Subject], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: it finds ``code`` in documents of ``levels`` that have at least one of the members ``fields``.

    ``levels`` are those of passports, and ``EVENT`` for events. An empty ``fields`` calls for the rule always. The
    docstring of ``check`` says why, and on whose authority.
    ``sieve`` makes the screens (``passport.validation.screening``) of documents in which it finds nothing; several
    rules may share one.
    """

    code: str
    levels: frozenset[Form]
    fields: frozenset[str]
    check: Check
    sieve: Sieve | None = None


@dataclass(frozen=True, slots=True)
class _Called:
    """The rules that a document calls for: those that always look, and those that do behind a screen."""

    always: tuple[Check, ...]
    screened: tuple[tuple[Callable[[Mapping[str, Any]], bool], tuple[Check, ...]], ...]


RULES: Final[dict[str, Rule]] = {}
_SHAPES: Final = 1_000
_CALLED: Final[dict[tuple[Published, str, str, Form, tuple[str, ...]], _Called]] = {}


def rule(
    code: str, *fields: str, levels: frozenset[Form] = PASSPORTS, sieve: Sieve | None = None
) -> Callable[[Check], Check]:
    """Register a function as the rule that finds ``code``."""

    def register(check: Check) -> Check:
        if code in RULES:
            raise ValueError(code)
        RULES[code] = Rule(code, levels, frozenset(fields), check, sieve)
        return check

    return register


def apply(subject: Subject) -> list[Finding]:
    """What the rules of the document's level find in it. Screens are trusted only where its structure is faultless."""
    found: list[Finding] = []
    called = _called(subject)
    for check in called.always:
        found.extend(check(subject))
    for passes, checks in called.screened:
        if not (subject.sound and passes(subject.value)):
            for check in checks:
                found.extend(check(subject))
    return found


def _called(subject: Subject) -> _Called:
    """The rules that a document with these members calls for; remembered, as most documents have the same ones."""
    published, members = subject.facts.published, tuple(subject.value)
    place = (published, subject.group, subject.version, subject.level, members)
    called = _CALLED.get(place)
    if called is None:
        called = _chosen(subject, members)
        if len(_CALLED) < _SHAPES and len(members) < 100:
            _CALLED[place] = called
    return called


def _chosen(subject: Subject, members: tuple[str, ...]) -> _Called:
    always: list[Check] = []
    screened: dict[Sieve, list[Check]] = {}
    for each in RULES.values():
        if subject.level not in each.levels or (each.fields and each.fields.isdisjoint(members)):
            continue
        (always if each.sieve is None else screened.setdefault(each.sieve, [])).append(each.check)
    screens = [(_screen(sieve, subject, members), tuple(checks)) for sieve, checks in screened.items()]
    return _Called(tuple(always), tuple(screens))


def _screen(sieve: Sieve, subject: Subject, members: tuple[str, ...]) -> Callable[[Mapping[str, Any]], bool]:
    made = screen(sieve, subject.facts.published, subject.group, subject.version, subject.level)
    return made.passes if not made.members.isdisjoint(members) else _passed


def _passed(value: object) -> bool:
    return True
