"""Rules about the SVHC declaration, and about the numbers by which substances are looked up."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Final

from passport.model.report import Finding
from passport.validation.rules.registry import rule
from passport.validation.rules.substances import substances
from passport.validation.subject import Place, Subject, day, inner, objects

_STALE: Final = timedelta(days=365)


@rule("svhc-contradicted", "svhcDeclaration")
def svhc_contradicted(subject: Subject) -> Iterator[Finding]:
    """Who declares that no SVHC is above 0.1 % lists none that is (REACH Article 33; V27): MUST, one of both is wrong.

    A SCIP number is given only to what is above the limit.
    """
    if inner(subject.value, "svhcDeclaration").get("noneAboveThreshold") is not True:
        return
    for entry in subject.once(substances):
        if entry.svhc and (entry.above or "scipNumber" in entry.value):
            found = entry.value.get("substanceName")
            yield subject.finding("svhc-contradicted", entry.place, found)


@rule("svhc-list-date-missing", "svhcDeclaration")
def svhc_list_date_missing(subject: Subject) -> Iterator[Finding]:
    """An SVHC declaration says which edition of the candidate list it was held against (V27, row 61): SHOULD.

    REACH Article 33 asks for no date, but the list grows and the declaration means only what stood on it.
    """
    declaration = inner(subject.value, "svhcDeclaration")
    if "noneAboveThreshold" in declaration and "candidateListDate" not in declaration:
        yield subject.finding("svhc-list-date-missing", ("svhcDeclaration", "candidateListDate"))


@rule("svhc-list-outdated", "svhcDeclaration")
def svhc_list_outdated(subject: Subject) -> Iterator[Finding]:
    """The candidate list grows about twice a year (REACH Articles 33 and 59(10)): SHOULD not be a year old."""
    stated = inner(subject.value, "svhcDeclaration").get("candidateListDate")
    listed = day(stated)
    oldest = subject.facts.today - _STALE
    if listed is not None and listed < oldest:
        place = ("svhcDeclaration", "candidateListDate")
        yield subject.finding("svhc-list-outdated", place, stated, limit=oldest.isoformat())


@lru_cache(maxsize=4096)
def cas_check_digit(text: str) -> str | None:
    """The check digit that the first digits of a CAS number ask for; None for what has not a CAS number's form."""
    parts = text.split("-") if text.isascii() and len(text) <= 12 else ()
    if len(parts) != 3 or [len(part) for part in parts[1:]] != [2, 1] or not "".join(parts).isdigit():
        return None
    return str(sum(place * int(digit) for place, digit in enumerate(reversed(parts[0] + parts[1]), 1)) % 10)


@lru_cache(maxsize=4096)
def ec_check_digit(text: str) -> str | None:
    """The check digit of an EC number, ``10`` where there can be none; None for what has not an EC number's form."""
    digits = text.replace("-", "")
    if not text.isascii() or len(digits) != 7 or len(text) != 9 or not digits.isdigit():
        return None
    return str(sum(place * int(digit) for place, digit in enumerate(digits[:6], 1)) % 11)


def _numbered(subject: Subject, name: str) -> Iterator[tuple[Place, str]]:
    """Every substance number called ``name``, with its place."""
    retardants = objects(inner(subject.value, "flameRetardants"), "substances")
    listed = [*subject.entries("substancesOfConcern"), *subject.entries("biocides")]
    for place, each in [*listed, *((("flameRetardants", *place), each) for place, each in retardants)]:
        text = each.get(name)
        if isinstance(text, str):
            yield (*place, name), text


@rule("cas-check-digit", "substancesOfConcern", "flameRetardants", "biocides")
def cas_check_digit_wrong(subject: Subject) -> Iterator[Finding]:
    """A CAS number ends in the check digit of its other digits (CAS Registry; row 60): MUST, else it names nothing."""
    for place, text in _numbered(subject, "casNumber"):
        right = cas_check_digit(text)
        if right is not None and right != text[-1]:
            yield subject.finding("cas-check-digit", place, text, expected=right)


@rule("ec-check-digit", "substancesOfConcern")
def ec_check_digit_wrong(subject: Subject) -> Iterator[Finding]:
    """An EC number ends in the check digit of its other digits (EC inventory; row 60): MUST, else it names nothing."""
    for place, text in _numbered(subject, "ecNumber"):
        right = ec_check_digit(text)
        if right is not None and right != text[-1]:
            yield subject.finding("ec-check-digit", place, text, expected=right if len(right) == 1 else "–")
