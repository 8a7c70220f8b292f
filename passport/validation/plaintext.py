"""A report as plain text for a terminal, in the reader's language."""

from collections.abc import Mapping
from typing import Any, Final

from passport.model.report import Severity
from passport.validation.wording import translated

ERROR: Final = "Error"
WARNING: Final = "Warning"
PLACE: Final = "{severity} in document {number}, at {pointer}"
FOUND: Final = "Found: {value}"
EXPECTED: Final = "Expected: {value}"
MORE: Final = "{number} more with the code {code}"
SUM: Final = "Documents: {documents}. Errors: {errors}. Warnings: {warnings}."
UNREADABLE: Final = "The submission cannot be read."
FILLED: Final = "Document {number} fills {filled} of the {asked} fields of the profile {profile}."
NEXT: Final = "Next best: {value}"
LINES: Final = (ERROR, WARNING, PLACE, FOUND, EXPECTED, MORE, SUM, UNREADABLE, FILLED, NEXT)
"""The texts of the report itself; those of the findings are in the catalogue of problems."""


def report_text(body: Mapping[str, Any], *, language: str, readable: bool = True) -> str:
    """The lines of a report whose JSON body is ``body``; documents are counted from 1 here, as people count."""
    lines: list[str] = []
    for finding in body["findings"]:
        severity = translated(ERROR if finding["severity"] == Severity.ERROR else WARNING, language)
        place = finding["pointer"] or "/"
        number = finding["document"] + 1
        lines.append(_said(PLACE, language, severity=severity, number=number, pointer=place))
        lines.append(f"    {finding['message']}")
        if finding["found"] is not None:
            lines.append("    " + _said(FOUND, language, value=finding["found"]))
        if finding["expected"]:
            lines.append("    " + _said(EXPECTED, language, value=finding["expected"]))
        lines.append(f"    {finding['code']}: {finding['documentation']}")
    lines.extend(_said(MORE, language, number=number, code=code) for code, number in body["suppressed"].items())
    lines.append(_summary(body, language) if readable else translated(UNREADABLE, language))
    for each in body.get("completeness", ()):
        lines.append(_said(FILLED, language, **{**each, "number": each["document"] + 1}))
        if each["next"]:
            lines.append("    " + _said(NEXT, language, value="; ".join(wish["label"] for wish in each["next"])))
    return "\n".join(lines)


def _summary(body: Mapping[str, Any], language: str) -> str:
    errors = sum(finding["severity"] == Severity.ERROR for finding in body["findings"])
    warnings = len(body["findings"]) - errors
    return _said(SUM, language, documents=body["documents"], errors=errors, warnings=warnings)


def _said(text: str, language: str, **values: object) -> str:
    """One line; values are put in piece by piece, so that braces in what was found do no harm."""
    said = translated(text, language)
    for name in sorted(values, key=lambda each: said.find(f"{{{each}}}"), reverse=True):
        before, found, after = said.rpartition(f"{{{name}}}")
        said = f"{before}{values[name]}{after}" if found else said
    return said
