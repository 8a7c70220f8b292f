"""Findings in words: the catalogue's texts in a reader's language, with the values of one finding filled in."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from passport.codecs.catalogues import catalogue
from passport.model.report import Finding, Report
from passport.validation.codewords import CODE_WORDS
from passport.validation.problems import PROBLEMS

_PLACEHOLDER: Final = re.compile(r"\{([a-z]+)\}")
_TIME: Final = re.compile(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?Z$")
_MOMENTS: Final = frozenset({"ended", "made", "latest", "expires", "when", "limit"})
"""Placeholders that may be filled with a time, which people read without its seconds."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a person reads about one finding."""

    message: str
    expected: str
    title: str


@dataclass(frozen=True, slots=True)
class Description:
    """What a person reads about a code: the page behind ``/problems/{code}``. Placeholders stand as "…"."""

    title: str
    message: str
    expected: str
    explanation: str
    remedy: str
    source: str


def word(finding: Finding, language: str) -> Wording:
    """The texts of a finding in a language. Found values are put in as they are, never read as placeholders."""
    problem = PROBLEMS[finding.code]
    values = dict(finding.values) if finding.found is None else {"found": finding.found, **finding.values}
    if finding.code == "wrong-type" and "expected" in values:
        values["expected"] = " / ".join(translated(each, language) for each in values["expected"].split(" / "))
    for name, words in CODE_WORDS.items():
        if name in values:
            codes = values[name].split(", ")
            values[name] = ", ".join(translated(words[each], language) if each in words else each for each in codes)
    for name in _MOMENTS.intersection(values):
        values[name] = _TIME.sub(r"\1 \2 UTC", values[name])
    message, expected, title = (
        _filled(translated(text, language), values) for text in (problem.message, problem.expected, problem.title)
    )
    return Wording(message, expected, title)


def describe(code: str, language: str) -> Description:
    """The texts of a code in a language; an unknown code raises ``KeyError``."""
    problem = PROBLEMS[code]
    title, message, expected, explanation, remedy = (
        _PLACEHOLDER.sub("…", translated(text, language))
        for text in (problem.title, problem.message, problem.expected, problem.explanation, problem.remedy)
    )
    return Description(title, message, expected, explanation, remedy, problem.source)


def report_body(report: Report, *, language: str, base: str) -> dict[str, Any]:
    """A report as the value of a JSON body: findings in their order, each with the addresses that explain its code
    and, where it is about a published field, that field."""
    body = {
        "documents": report.documents,
        "ok": report.ok,
        "findings": [_body(finding, language, base) for finding in report.findings],
        "suppressed": dict(report.suppressed),
    }
    return body | {"completeness": [asdict(each) for each in report.completeness]} if report.completeness else body


def _body(finding: Finding, language: str, base: str) -> dict[str, object]:
    wording = word(finding, language)
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "document": finding.document,
        "pointer": finding.pointer,
        "found": finding.found,
        "expected": wording.expected,
        "message": wording.message,
        "documentation": f"{base}/problems/{finding.code}",
        "field": f"{base}{finding.page}" if finding.page else None,
    }


def translated(text: str, language: str) -> str:
    """A text of the catalogue in a language: a regional one (``sv-FI``) falls back to its language, then to English."""
    return catalogue(language.partition("-")[0].lower(), "findings").gettext(text)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], "…"), text)
