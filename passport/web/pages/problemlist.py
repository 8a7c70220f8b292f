"""Findings and problem types explained, in the words of the validation's catalogue."""

from dataclasses import dataclass

from passport.validation.problems import PROBLEMS
from passport.validation.wording import Description, describe
from passport.web.pages.words import Words


@dataclass(frozen=True, slots=True)
class Explained:
    """One code explained. ``severity`` is empty for a problem type, which is about a whole request."""

    code: str
    severity: str
    texts: Description


def explained(words: Words, code: str) -> Explained:
    """One code explained; KeyError if there is none."""
    severity = PROBLEMS[code].severity
    return Explained(code, severity.value if severity else "", describe(code, words.language))


def all_explained(words: Words) -> tuple[tuple[str, tuple[Explained, ...]], ...]:
    """All codes, findings first."""
    _ = words.texts.gettext
    every = [explained(words, code) for code in sorted(PROBLEMS)]
    return (
        (_("Findings: about the data that was sent"), tuple(each for each in every if each.severity)),
        (_("Problem types: about the request as a whole"), tuple(each for each in every if not each.severity)),
    )
