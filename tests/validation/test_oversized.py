"""Lists beyond every bound, in every field of every group, level and version: refused at once, with few findings."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest

from passport.codecs.strictjson import Raw
from passport.model.passport import Level
from passport.published import Field, Published
from passport.validation.checking import Known, check
from passport.validation.structure import structure_of
from tests.costs import within

MANY = 1_200
"""More entries than any list of a passport may have."""
MOST = 300_000
"""About as many entries as a document of the largest size can have."""
LISTED = 100
"""How many findings of one code a report lists."""
ENTRIES: tuple[Any, ...] = (0, "x", {}, [])
BARE = {
    Level.MODEL: {"granularity": "model", "modelName": [{"value": "Stol", "language": "sv"}]},
    Level.BATCH: {"granularity": "batch", "modelPassport": "M0DEL", "batchNumber": "1"},
    Level.ITEM: {"granularity": "item", "isSecondHandLegacy": True},
}


def lists(fields: tuple[Field, ...], place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """Every list that documents may have: its place by names, and which of those names are lists themselves."""
    for field in fields:
        if field.server:
            continue
        if field.many or field.kind == "language":
            yield (*place, field.name), frozenset()
        for inner, many in lists(field.fields, (*place, field.name)):
            yield inner, many | ({field.name} if field.many else set())


def holding(place: tuple[str, ...], many: frozenset[str], entries: list[Any]) -> dict[str, Any]:
    """An object that has these entries at a place, and on the way there what must be."""
    *outer, last = place
    value: dict[str, Any] = {last: entries}
    for name in reversed(outer):
        value = {name: [value] if name in many else value}
    return value


def versions() -> list[tuple[str, str]]:
    published = Published.load()
    return [(group, version) for group in published.groups() for version in published.versions(group)]


def judged(value: dict[str, Any], group: str, published: Published, known: Known, measures: float) -> None:
    named = {} if group == "furniture" else {"productGroup": group}
    raw = Raw(0, {**value, **named}, None, b"")
    judge = partial(check, [raw], published=published, known=known, today=date(2026, 11, 21))
    report = within(measures, judge, (group, list(value)))
    assert not report.ok
    codes = [each.code for each in report.findings]
    assert max(map(codes.count, codes)) <= LISTED
    assert len(codes) < 10 * LISTED


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize(("group", "version"), versions())
def test_t14_every_list_beyond_its_bound_is_refused_at_once(
    group: str, version: str, level: Level, published: Published, nowhere: Known
) -> None:
    structure = structure_of(published, group, version)
    found = list(lists(published.shape(group, version, level.value).fields))
    assert len(found) >= 15
    for number, (place, many) in enumerate(found):
        entry = ENTRIES[number % len(ENTRIES)]
        value = {**BARE[level], **holding(place, many, [entry] * MANY)}
        assert not within(5, partial(structure.is_valid, value), place)
        if version == published.current(group):
            judged(value, group, published, nowhere, measures=40)


def test_t14_a_list_as_long_as_a_document_may_be_costs_little(published: Published, nowhere: Known) -> None:
    for name, entry in (("image", 0), ("previousPassports", "")):
        judged({**BARE[Level.ITEM], name: [entry] * MOST}, "furniture", published, nowhere, measures=300)


def test_t14_of_a_list_that_is_too_long_the_length_is_told(published: Published, nowhere: Known) -> None:
    raw = Raw(0, {**BARE[Level.ITEM], "previousPassports": ["https://a.example/1"] * MANY}, None, b"")
    report = check([raw], published=published, known=nowhere, today=date(2026, 11, 21))
    assert ("too-many", "/previousPassports") in [(each.code, each.pointer) for each in report.findings]
