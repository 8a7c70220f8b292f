"""Rules about free text: persons never stand in a passport, and a text stands once in each language."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from passport.model.report import Finding
from passport.published import Field, Published
from passport.validation.forms import EVERY
from passport.validation.gathering import named
from passport.validation.rules.registry import rule
from passport.validation.screening import Schema
from passport.validation.subject import Place, Subject

_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}\b")
_SWEDISH: Final = re.compile(
    r"(?<![0-9])(?:(?:19|20)([0-9]{2})|([0-9]{2}))([0-9]{2})([0-9]{2})[-+ ]?([0-9]{4})(?![0-9])"
)
_DANISH: Final = re.compile(r"(?<![0-9])([0-9]{2})([0-9]{2})([0-9]{2})-([0-9]{4})(?![0-9])")
_POLISH: Final = re.compile(r"(?<![0-9])[0-9]{11}(?![0-9])")
_PESEL_WEIGHTS: Final = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_PESEL_CENTURIES: Final = {0: 1900, 20: 2000, 40: 2100, 60: 2200, 80: 1800}


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _swedish(text: str) -> str | None:
    """A Swedish personal or co-ordination number: a date (days may be raised by 60) and a Luhn check digit."""
    for match in _SWEDISH.finditer(text):
        long, short, month, day, rest = match.groups()
        year = long or short
        plain = int(day) - 60 if int(day) > 60 else int(day)
        separated = match[0][-5] in "-+"
        if (long or separated) and _is_day(2000 + int(year), int(month), plain) and _luhn(year + month + day + rest):
            return match[0]
    return None


def _danish(text: str) -> str | None:
    """A Danish CPR number as people write it: a date, a dash, four digits. Its check digit was given up in 2007."""
    for match in _DANISH.finditer(text):
        day, month, year, _ = match.groups()
        if _is_day(2000 + int(year), int(month), int(day)):
            return match[0]
    return None


def _polish(text: str) -> str | None:
    """A Polish PESEL: a date whose month carries the century, and a weighted check digit."""
    for match in _POLISH.finditer(text):
        digits = match[0]
        month = int(digits[2:4])
        century = _PESEL_CENTURIES.get(month // 20 * 20)
        weighted = sum(int(digit) * weight for digit, weight in zip(digits, _PESEL_WEIGHTS, strict=False))
        right = (10 - weighted % 10) % 10 == int(digits[10])
        if century and right and _is_day(century + int(digits[:2]), month % 20, int(digits[4:6])):
            return digits
    return None


_COUNTED: Final = ("Number", "Id")
"""How the names of fields end that hold identifiers."""
_DIGITS: Final = bytes.maketrans(b"123456789+ ", b"000000000--")
_SHAPES: Final = (b"0000000000", b"000000-0000")
_RUN: Final = re.compile(rb"0{6,}-?0{4,}")


def _suspicious(text: str) -> bool:
    """Whether a text has as many digits in a row as a personal number; quick, and true for some other numbers."""
    shape = text.encode().translate(_DIGITS)
    if not any(each in shape for each in _SHAPES):
        return False
    runs = (run.partition(b"-") for run in _RUN.findall(shape))
    return any(len(tail) == 4 and len(head) in (6, 8) if dash else len(head) < 13 for head, dash, tail in runs)


def _masked(number: str) -> str:
    """What the report shows: that there is a number and where, but not the number."""
    return number[:2] + "*" * (len(number) - 2)


_PLAIN: Final = {"not": {"type": "string", "pattern": "@|[0-9]{6}[-+ ]?[0-9]{4}"}}
"""A text with neither an e-mail address nor as many digits in a row as a personal number."""
_PLAIN_WORDS: Final = {"items": {"properties": {"value": _PLAIN}}}
_PLAIN_THROUGHOUT: Final = {
    "$id": "urn:x-passport:plain",
    **_PLAIN,
    "items": {"$ref": "#"},
    "additionalProperties": {"$ref": "#"},
}


def _impersonal(field: Field, published: Published) -> Schema | None:
    if field.kind == "untouched":
        return _PLAIN_THROUGHOUT
    if field.kind == "language":
        return _PLAIN_WORDS
    return _PLAIN if field.free else None


def _is_free(field: Field) -> bool:
    return field.free


def _words(subject: Subject) -> list[tuple[Place, str]]:
    """Every text that people write in words of their own, with its place; below ``extensions`` that is every text."""
    found: list[tuple[Place, str]] = []
    _collect(subject.value, (), named(subject, _is_free), False, found)
    return found


def _collect(value: Any, place: Place, free: frozenset[str], within: bool, found: list[tuple[Place, str]]) -> None:
    members = value.items() if isinstance(value, dict) else enumerate(value)
    spoken = isinstance(value, dict) and "language" in value
    listed = isinstance(value, list) and bool(place) and place[-1] in free
    for name, member in members:
        if isinstance(member, str):
            if within or listed or (name in free if name != "value" else spoken):
                found.append(((*place, name), member))
        elif isinstance(member, dict | list):
            _collect(member, (*place, name), free, within or name == "extensions", found)


def _numbers(subject: Subject) -> list[tuple[Place, str, bool]]:
    """What looks like a personal number: its place, the number masked, and whether it can hardly be anything else.

    Model and inventory numbers are often a date, a dash and a counter: one in ten of those has the check digit of a
    Swedish number, and each looks Danish. So may values in data of the supplier's own that are nothing but a number.
    """
    found = []
    for place, text in subject.once(_words):
        if not _suspicious(text):
            continue
        number = _swedish(text) or _danish(text) or _polish(text)
        if number:
            counted = str(place[-1]).endswith(_COUNTED) or (place[0] == "extensions" and number == text)
            found.append((place, _masked(number), not counted))
    return found


@rule("personal-number", levels=EVERY, sieve=_impersonal)
def personal_number(subject: Subject) -> Iterator[Finding]:
    """No free text holds a personal number (ESPR 10(1)(e), GDPR 5(1)(c); V50): MUST, passports are public."""
    for place, number, sure in subject.once(_numbers):
        if sure:
            yield subject.finding("personal-number", place, number)


@rule("personal-number-possible", levels=EVERY, sieve=_impersonal)
def personal_number_possible(subject: Subject) -> Iterator[Finding]:
    """Nor does an identifier or own data hold one (ESPR 10(1)(e); V50): SHOULD be checked, most are article numbers.

    Danish numbers have no check digit any more, and those of others fit by chance; hence it never refuses.
    """
    for place, number, sure in subject.once(_numbers):
        if not sure:
            yield subject.finding("personal-number-possible", place, number)


@rule("email-in-text", levels=EVERY, sieve=_impersonal)
def email_in_text(subject: Subject) -> Iterator[Finding]:
    """Free text holds no e-mail address (ESPR 10(1)(e); V50): SHOULD, it may be a person's."""
    for place, text in subject.once(_words):
        match = _EMAIL.search(text) if "@" in text else None
        if match:
            yield subject.finding("email-in-text", place, match[0][0] + "…@" + match[0].rpartition("@")[2])


def _doubled(value: object, place: Place, skipped: frozenset[str]) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            if (type(member) is list or type(member) is dict) and name not in skipped:
                yield from _doubled(member, (*place, name), skipped)
    elif isinstance(value, list):
        languages: set[str] = set()
        for index, each in enumerate(value):
            if not isinstance(each, dict):
                continue
            language = each.get("language")
            if isinstance(language, str) and "value" in each:
                if language in languages:
                    yield (*place, index, "language"), language
                languages.add(language)
            else:
                yield from _doubled(each, (*place, index), skipped)


_LANGUAGES: Final = ("en", "sv", "da", "pl")
_USUAL: Final = {
    "enum": [*_LANGUAGES, "nb", "no", "nn", "fi", "de", "nl", "fr", "es", "it", "pt", "cs", "et", "lv", "lt", "is"]
}
"""The languages of nearly all texts; of others the rules themselves say whether they exist."""
_SEVERAL: Final = {"items": {"properties": {"language": _USUAL}}}
_ALONE: Final = {"maxItems": 1, **_SEVERAL}
_IN_ORDER: Final = {
    "prefixItems": [{"properties": {"language": {"const": each}}} for each in _LANGUAGES],
    "items": False,
}
"""The quickest to see; most documents of several languages have them in this order."""
_EACH_ONCE: Final = {
    "items": {"properties": {"language": {"enum": _LANGUAGES}}},
    "allOf": [
        {"contains": {"properties": {"language": {"const": each}}}, "minContains": 0, "maxContains": 1}
        for each in _LANGUAGES
    ],
}


def _is_several(field: Field) -> bool:
    return field.several


def usually_spoken(field: Field, published: Published) -> Schema | None:
    """A sieve for rules about languages: texts stand once in each language, and each of these surely exists."""
    if field.kind == "language":
        return _SEVERAL if field.several else {"anyOf": [_ALONE, _IN_ORDER, _EACH_ONCE]}
    return _USUAL if field.type == "languageTag" else None


@rule("language-duplicate", levels=EVERY, sieve=usually_spoken)
def language_duplicate(subject: Subject) -> Iterator[Finding]:
    """A text stands once in each language (language values, EN 18223): MUST, a page cannot know which one to show.

    Colours and features are lists of texts, where a language comes as often as there are entries.
    """
    for place, language in _doubled(subject.value, (), named(subject, _is_several) | {"extensions"}):
        yield subject.finding("language-duplicate", place, language)
