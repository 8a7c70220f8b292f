"""Findings and problem types explained, in the words of the validation's catalogue."""

from dataclasses import dataclass

from passport.published import Published
from passport.validation.problems import PROBLEMS
from passport.validation.recorded import illustrated
from passport.validation.wording import Description, describe
from passport.web.pages.words import Words


@dataclass(frozen=True, slots=True)
class Explained:
    """One code explained. ``severity`` is empty for a problem type, which is about a whole request."""

    code: str
    severity: str
    texts: Description


def explained(words: Words, published: Published, code: str) -> Explained:
    """One code explained, with the sentences of its example; KeyError if there is none."""
    return Explained(code, _severity(code), illustrated(published, code, words.language))


def _severity(code: str) -> str:
    severity = PROBLEMS[code].severity
    return severity.value if severity else ""


def all_explained(words: Words) -> tuple[tuple[str, tuple[Explained, ...]], ...]:
    """All codes, findings first."""
    _ = words.texts.gettext
    every = [Explained(code, _severity(code), describe(code, words.language)) for code in sorted(PROBLEMS)]
    return (
        (_("Findings: about the data that was sent"), tuple(each for each in every if each.severity)),
        (_("Problem types: about the request as a whole"), tuple(each for each in every if not each.severity)),
    )
