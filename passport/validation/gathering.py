"""Some fields of a document, wherever they stand: what they are called, and quickly all of their values."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from passport.published import Field, Published
from passport.validation.forms import Form
from passport.validation.subject import Subject

Choice = Callable[[Field], bool]
"""Which fields are meant; not asked about what is inside of a chosen one."""
Reach = Mapping[str, "Reach | None"]
"""The members that lead to chosen fields, each with those below it; None for a chosen field itself."""


def named(subject: Subject, choice: Choice) -> frozenset[str]:
    """What the chosen fields of the document's level are called."""
    return _names(subject.facts.published, subject.group, subject.version, subject.level, choice)


@lru_cache(maxsize=256)
def _names(published: Published, group: str, version: str, level: Form, choice: Choice) -> frozenset[str]:
    waiting, found = list(published.shape(group, version, level.value).fields), set()
    while waiting:
        field = waiting.pop()
        if choice(field):
            found.add(field.name)
        waiting.extend(field.fields)
    return frozenset(found)


def gathered(subject: Subject, choice: Choice) -> list[Any]:
    """The values of the chosen fields of a document whose structure is sound; those of lists one by one."""
    found: list[Any] = []
    _gather(
        subject.value, _reach(subject.facts.published, subject.group, subject.version, subject.level, choice), found
    )
    return found


@lru_cache(maxsize=256)
def _reach(published: Published, group: str, version: str, level: Form, choice: Choice) -> Reach:
    return _reaching(published.shape(group, version, level.value).fields, choice)


def _reaching(fields: tuple[Field, ...], choice: Choice) -> Reach:
    found: dict[str, Reach | None] = {}
    for each in fields:
        below = None if choice(each) else _reaching(each.fields, choice)
        if below is None or below:
            found[each.name] = below
    return found


def _gather(value: Mapping[str, Any], reach: Reach, found: list[Any]) -> None:
    for name in reach if len(reach) < len(value) else value:
        if name in value and name in reach:
            member, below = value[name], reach[name]
            if type(member) is not list:
                if below is None:
                    found.append(member)
                else:
                    _gather(member, below, found)
            elif below is None:
                found.extend(member)
            else:
                for each in member:
                    _gather(each, below, found)
