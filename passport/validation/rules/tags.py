"""Rules about the codes of countries and languages: they exist."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from passport.model.report import Finding
from passport.published import Field, Published
from passport.validation.forms import EVERY
from passport.validation.isocodes import countries, country_meant, language_meant
from passport.validation.rules.registry import rule
from passport.validation.rules.words import usually_spoken
from passport.validation.screening import Schema
from passport.validation.subject import Place, Subject


def _existing(field: Field, published: Published) -> Schema | None:
    return {"enum": sorted(countries())} if field.type == "country" else None


def _codes(subject: Subject, kind: str) -> Iterator[tuple[Place, str]]:
    """The values of one type in a document with their places."""
    fields = subject.facts.published.shape(subject.group, subject.version, subject.level.value).fields
    yield from _within(subject.value, fields, kind, ())


def _within(value: Mapping[str, Any], fields: Sequence[Field], kind: str, place: Place) -> Iterator[tuple[Place, str]]:
    for field in fields:
        member = value.get(field.name)
        if member is None:
            continue
        every = enumerate(member) if isinstance(member, list) else ((None, member),)
        for number, each in every:
            at = (*place, field.name) if number is None else (*place, field.name, number)
            if isinstance(each, str):
                if field.type == kind:
                    yield at, each
            elif isinstance(each, dict):
                if field.kind == "language" and kind == "languageTag" and isinstance(each.get("language"), str):
                    yield (*at, "language"), each["language"]
                elif field.fields:
                    yield from _within(each, field.fields, kind, at)


@rule("country-unknown", levels=EVERY, sieve=_existing)
def country_unknown(subject: Subject) -> Iterator[Finding]:
    """A country's code is one that ISO 3166-1 has given out (rows 24, 44 and 54): SHOULD, programs know no other.

    It never refuses, as the list changes with the world. XI and XK, which customs use, are let through.
    """
    for place, code in _codes(subject, "country"):
        if code not in countries():
            yield subject.finding("country-unknown", place, code, nearest=country_meant(code) or "SE")


@rule("language-unknown", levels=EVERY, sieve=usually_spoken)
def language_unknown(subject: Subject) -> Iterator[Finding]:
    """The tag of a text begins with a language, not with a country, and may end with one (BCP 47): SHOULD.

    A browser reads a text aloud by its tag. Northern Sámi (se) and Ewe (ee) are real languages, but nearly always
    Swedish and Estonian are meant; that is why it never refuses.
    """
    for place, tag in _codes(subject, "languageTag"):
        meant = language_meant(tag)
        if meant != tag:
            yield subject.finding("language-unknown", place, tag, nearest=meant or "sv")
