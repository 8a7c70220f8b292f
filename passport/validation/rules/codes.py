"""The rule about code lists: every coded value is a concept of its published list."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from passport.model.report import Finding
from passport.published import Field, Published
from passport.validation.forms import EVERY, Form
from passport.validation.rules.registry import rule
from passport.validation.screening import Schema
from passport.validation.subject import Place, Subject

_WORD: Final = re.compile(r"\w+")
_LONGEST: Final = 60
"""Characters of a value that may be the name of a code."""


@dataclass(frozen=True, slots=True)
class _Coded:
    """A field with a code list, or an object with such fields inside."""

    name: str
    code_list: str | None
    codes: Mapping[str, object]
    inner: tuple["_Coded", ...]


@lru_cache(maxsize=256)
def _coded(published: Published, group: str, version: str, level: Form) -> tuple[_Coded, ...]:
    return _pruned(published.shape(group, version, level.value).fields, published)


def _pruned(fields: tuple[Field, ...], published: Published) -> tuple[_Coded, ...]:
    kept = []
    for each in fields:
        below = _pruned(each.fields, published)
        codes = published.code_list(each.code_list).codes if each.code_list else {}
        if below or each.code_list:
            kept.append(_Coded(each.name, each.code_list, codes, below))
    return tuple(kept)


def _strangers(
    value: Mapping[str, object], coded: tuple[_Coded, ...], place: Place
) -> Iterator[tuple[Place, str, _Coded]]:
    for each in coded:
        member = value.get(each.name)
        if member is None:
            continue
        if isinstance(member, str):
            if each.code_list and member not in each.codes:
                yield (*place, each.name), member, each
        elif isinstance(member, dict):
            yield from _strangers(member, each.inner, (*place, each.name))
        elif isinstance(member, list):
            yield from _listed(member, each, (*place, each.name))


def _listed(members: list[object], coded: _Coded, place: Place) -> Iterator[tuple[Place, str, _Coded]]:
    for number, member in enumerate(members):
        if isinstance(member, str):
            if coded.code_list and member not in coded.codes:
                yield (*place, number), member, coded
        elif isinstance(member, dict):
            yield from _strangers(member, coded.inner, (*place, number))


def _plain(text: str) -> str:
    """The words of a text whatever their order, case and what stands between them."""
    return " ".join(sorted(_WORD.findall(text.casefold().replace("_", " "))))


@lru_cache(maxsize=256)
def _called(published: Published, code_list: str) -> Mapping[str, str]:
    """The codes of a list by what people call them: their own words, and their labels in every language."""
    codes = published.code_list(code_list).codes
    called = {_plain(label): code for code, concept in codes.items() for label in concept.labels.values()}
    return called | {_plain(code): code for code in codes}


def _likeliest(subject: Subject, code: str, coded: _Coded) -> str:
    """The code that was probably meant, or the first ones of the list."""
    known = _called(subject.facts.published, coded.code_list or "")
    meant = known.get(_plain(code)) if len(code) <= _LONGEST else None
    among = tuple(coded.codes)
    return meant or subject.facts.nearest(code, among) or ", ".join(among[:5])


def _listed_codes(field: Field, published: Published) -> Schema | None:
    return {"enum": list(published.code_list(field.code_list).codes)} if field.code_list else None


@rule("code-unknown", levels=EVERY, sieve=_listed_codes)
def code_unknown(subject: Subject) -> Iterator[Finding]:
    """A coded value is one of the published list's codes (code lists of the vocabulary): MUST, others mean nothing."""
    coded_fields = _coded(subject.facts.published, subject.group, subject.version, subject.level)
    for place, code, coded in _strangers(subject.value, coded_fields, ()):
        nearest = _likeliest(subject, code, coded)
        yield subject.finding("code-unknown", place, code, nearest=nearest, list=coded.code_list)
