"""Findings show what a right value looks like."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from passport.model.report import Report
from passport.published import Field, Published
from passport.validation.exemplifying import Examples
from passport.validation.wording import word


@pytest.mark.parametrize(
    ("changes", "code", "expected"),
    [
        ({"modelName": "Stol"}, "wrong-type", 'like [{"value": "Stol", "language": "sv"}]'),
        ({"manufacturer": "Maker AB"}, "wrong-type", 'like {"name": "Maker AB"}'),
        ({"netWeight": True}, "wrong-type", "like 7.4"),
        ({"stackable": "yes"}, "wrong-type", "like true"),
        ({"intendedEnvironment": "office"}, "wrong-type", 'like ["office"]'),
        ({"productionCountry": "Sverige"}, "too-long", "like SE"),
        ({"productionCountry": "S"}, "wrong-pattern", "like SE ("),
        ({"modelNumber": ""}, "too-short", "like AL-200"),
        ({"modelNumber": "x" * 90}, "too-long", "like AL-200"),
        ({"modelName": [{"value": "Stol", "language": "svenska"}]}, "wrong-pattern", "like sv ("),
    ],
)
def test_the_expected_form_is_shown(
    changes: dict[str, Any], code: str, expected: str, checked: Callable[..., Report], model: Mapping[str, Any]
) -> None:
    (found,) = checked({**model, **changes}).findings
    assert (found.code, expected in word(found, "en").expected) == (code, True), word(found, "en").expected


def places(fields: tuple[Field, ...], before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    own = [(*before, each.name) for each in fields if not each.server]
    return own + [place for each in fields for place in places(each.fields, (*before, each.name))]


@pytest.mark.parametrize("group", ["furniture", "workwear"])
@pytest.mark.parametrize("level", ["model", "batch", "item"])
def test_every_field_has_an_example_in_json(group: str, level: str, published: Published) -> None:
    fields = published.shape(group, published.current(group), level).fields
    examples = Examples.of(published, fields)
    for place in places(fields):
        value = json.loads(examples.value(place, None) or "null")
        assert value not in (None, {}, [], [None]), place


def test_strange_places_have_none(published: Published) -> None:
    examples = Examples.of(published, published.shape("furniture", "1.0", "model").fields)
    assert examples.value(("strange",), 1) is None
    assert examples.text(("strange", 0), 1) is None
    assert examples.value(("extensions", "own", 0), 1) is None
