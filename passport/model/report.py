"""Findings: what is wrong or doubtful in a submitted document, where, and what was expected instead."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

PER_CODE = 100
"""How many findings of one code a report lists; the rest are counted in ``Report.suppressed``."""

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Severity(StrEnum):
    """``error`` refuses the submission (MUST of a source); ``warning`` does not (SHOULD of a source)."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or doubtful in one document.

    ``code`` is stable and documented at ``/problems/{code}``. ``pointer`` is a JSON Pointer (RFC 6901) into the
    document, ``""`` for the whole of it; ``document`` its zero-based place in the submission. ``found`` is the value,
    shortened, as it stood. ``values`` fill the placeholders of the code's texts, which exist in every language.
    ``page`` is the path of the page about the field that ``pointer`` leads to, where one is published.
    """

    code: str
    severity: Severity
    pointer: str
    document: int = 0
    found: str | None = None
    values: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """A field worth filling next: its JSON Pointer without places in lists, its name and what to write in it."""

    pointer: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far one document fills one profile.

    ``missing`` are JSON Pointers, without places in lists, of what it lacks, the most useful first; ``next`` describes
    the first of them in the reader's language.
    """

    document: int
    profile: str
    filled: int
    asked: int
    missing: tuple[str, ...]
    next: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of all documents of one submission, bounded for each code.

    ``suppressed`` counts, for each code, the findings beyond ``PER_CODE`` that are not listed. ``completeness`` tells,
    where it was asked for, how far the first documents fill each profile.
    """

    documents: int
    findings: tuple[Finding, ...] = ()
    suppressed: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    completeness: tuple[Completeness, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing of severity error was found; suppressed findings always follow listed ones of their code."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)


def collect(findings: Iterable[Finding], *, documents: int, per_code: int = PER_CODE) -> Report:
    """Order findings by document and place in the file, and bound them for each code."""
    seen: Counter[str] = Counter()
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda each: (each.document, each.pointer, each.code)):
        seen[finding.code] += 1
        if seen[finding.code] <= per_code:
            kept.append(finding)
    suppressed = {code: number - per_code for code, number in seen.items() if number > per_code}
    return Report(documents, tuple(kept), MappingProxyType(suppressed))
