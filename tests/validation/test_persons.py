"""Persons in texts: their national numbers and addresses are found wherever text is free, and nothing else is."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.model.report import Report
from passport.published import Field, Published
from passport.validation.rules.words import _danish, _polish, _swedish

Found = list[tuple[str, str]]
Document = Mapping[str, Any]
Find = Callable[..., Found]


@pytest.mark.parametrize(
    ("text", "found_number"),
    [
        ("811218-9876", True),
        ("19811218-9876", True),
        ("198112189876", True),
        ("811278-9873", True),
        ("811218+9876", True),
        ("811218-9875", False),
        ("811318-9876", False),
        ("8112189876", False),
        ("order 5556000000", False),
        ("9811218-98760", False),
    ],
)
def test_swedish_personal_numbers(text: str, found_number: bool) -> None:
    assert bool(_swedish(f"Stol {text}.")) == found_number


@pytest.mark.parametrize(
    ("text", "found_number"),
    [
        ("070761-4285", True),
        ("310268-1234", False),
        ("320168-1234", False),
        ("0707614285", False),
        ("070761-42850", False),
    ],
)
def test_danish_personal_numbers(text: str, found_number: bool) -> None:
    assert bool(_danish(f"Stol ({text})")) == found_number


@pytest.mark.parametrize(
    ("text", "found_number"),
    [
        ("44051401359", True),
        ("02070803628", True),
        ("44051401358", False),
        ("44133101350", False),
        ("440514013590", False),
    ],
)
def test_polish_personal_numbers(text: str, found_number: bool) -> None:
    assert bool(_polish(f"Krzesło {text},")) == found_number


@given(st.text(alphabet="0123456789-+ ax", max_size=40))
def test_no_text_makes_the_search_for_persons_fail(text: str) -> None:
    for search in (_swedish, _danish, _polish):
        match = search(text)
        assert match is None or match in text


def test_persons_are_found_in_every_free_text_and_nowhere_else(found: Find, model: Document, item: Document) -> None:
    text = "Anna 811218-9876 anna@exempelby.example"
    expected = [("email-in-text", "{}"), ("personal-number", "{}")]
    words = [{"value": text, "language": "sv"}]
    for changes, at in (
        ({"description": words}, "/description/0/value"),
        ({"location": {"room": text}}, "/location/room"),
        ({"condition": {"grade": "B", "notes": words}}, "/condition/notes/0/value"),
        ({"extensions": {"a": [{"b": text}]}}, "/extensions/a/0/b"),
    ):
        assert found(item, **changes) == [(code, where.format(at)) for code, where in expected]
    assert found(item, giai="7350010581121898", serialNumber="811218-9876") == []
    assert found(model, image=[{"url": "https://a.example/811218-9876/44051401359.png"}]) == []


def _free_places(fields: tuple[Field, ...]) -> Iterator[tuple[str, Any]]:
    """Every free text of some fields: its JSON Pointer, and what leads to it, with a person in it."""
    for field in fields:
        inner = [("", "Anna 811218-9876 anna@exempelby.example")] if field.free else _free_places(field.fields)
        for place, value in inner:
            held = {place.split("/")[1]: value} if field.fields else value
            yield f"/{field.name}{'/0' if field.many else ''}{place}", [held] if field.many else held


@pytest.mark.parametrize("level", ["model", "item"])
def test_no_free_text_of_the_published_fields_is_passed_over(
    found: Find, published: Published, model: Document, item: Document, level: str
) -> None:
    places = list(_free_places(published.shape("furniture", "1.0", level).fields))
    assert len(places) >= {"model": 40, "item": 14}[level]
    for pointer, value in places:
        name = pointer.split("/")[1]
        assert ("email-in-text", pointer) in found(model if level == "model" else item, **{name: value}), pointer


def test_a_report_never_repeats_a_personal_number(checked: Callable[..., Report], item: Document) -> None:
    (only,) = checked({**item, "itemName": [{"value": "811218-9876", "language": "sv"}]}).findings
    assert only.found == "81*********"


@pytest.mark.parametrize("number", ["120524-1001", "120524-1002", "010190-1234", "811218-9876"])
def test_numbers_of_things_are_not_refused(number: str, found: Find, model: Document, item: Document) -> None:
    for base, name in ((model, "modelNumber"), (item, "inventoryNumber")):
        assert found(base, **{name: number}) == [("personal-number-possible", f"/{name}")]
    for name in ("articleNumber", "serialNumber"):
        assert found(model if name == "articleNumber" else item, **{name: number}) == []


def test_numbers_in_own_data(found: Find, model: Document) -> None:
    at = "/extensions/https:~1~1a.example~1/own"
    own = "https://a.example/"
    assert found(model, extensions={own: {"own": "120524-1001"}}) == [("personal-number-possible", at)]
    assert found(model, extensions={own: {"own": "call 811218-9876"}}) == [("personal-number", at)]
