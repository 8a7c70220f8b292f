"""The catalogue of findings and refusals: every code with its texts, stable and published at ``/problems/{code}``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from passport.model.report import Finding, Severity
from passport.validation.texts import (
    additives,
    content,
    durability,
    emissions,
    events,
    life,
    measures,
    particulars,
    placing,
    reading,
    recycling,
    refusals,
    rules,
    structure,
    substances,
    textiles,
    wood,
)
from passport.validation.texts.entry import Entry


@dataclass(frozen=True, slots=True)
class Problem:
    """What one code means. ``severity`` is None for refusals, which concern a request and not a document.

    Texts are English message identifiers with ``{placeholders}``, filled and translated by
    ``passport.validation.wording``: ``message`` says what is wrong, ``expected`` what would be right, ``explanation``
    why it matters and ``remedy`` what to do. ``source`` is the clause that the code rests on.
    """

    code: str
    severity: Severity | None
    title: str
    message: str
    expected: str
    explanation: str
    remedy: str
    source: str


def _catalogue(*parts: Iterable[Entry]) -> Mapping[str, Problem]:
    problems: dict[str, Problem] = {}
    for entries in parts:
        for entry in entries:
            if entry[0] in problems:
                raise ValueError(entry[0])
            problems[entry[0]] = Problem(*entry)
    return MappingProxyType(problems)


PROBLEMS: Final[Mapping[str, Problem]] = _catalogue(
    reading.ENTRIES,
    structure.ENTRIES,
    rules.ENTRIES,
    content.ENTRIES,
    substances.ENTRIES,
    additives.ENTRIES,
    emissions.ENTRIES,
    wood.ENTRIES,
    textiles.ENTRIES,
    recycling.ENTRIES,
    measures.ENTRIES,
    durability.ENTRIES,
    particulars.ENTRIES,
    placing.ENTRIES,
    events.ENTRIES,
    life.ENTRIES,
    refusals.ENTRIES,
)
"""Code to problem. A code's meaning never changes; new ones may be added."""


def finding(code: str, pointer: str, document: int, found: str | None = None, **values: object) -> Finding:
    """A finding of the severity that the catalogue gives its code; ``values`` fill the placeholders of its texts."""
    severity = PROBLEMS[code].severity
    if severity is None:
        raise ValueError(code)
    return Finding(code, severity, pointer, document, found, {name: str(value) for name, value in values.items()})
