"""JSON Pointers and excerpts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.codecs.pointers import EXCERPT, excerpt, follow, parts_of, pointer

RFC_6901 = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "m~n": 8, " ": 7}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", RFC_6901),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/m~0n", 8),
        ("/ ", 7),
    ],
)
def test_the_examples_of_rfc_6901_clause_5(text: str, value: object) -> None:
    assert follow(RFC_6901, parts_of(text)) == value


@pytest.mark.parametrize("text", ["/foo/2", "/foo/-", "/foo/01", "/foo/٠", "/foo/0/x", "/bar", "/foo/99999999999"])
def test_a_pointer_to_nothing_finds_nothing(text: str) -> None:
    with pytest.raises(LookupError):
        follow(RFC_6901, parts_of(text))


@given(st.lists(st.text(max_size=5), max_size=5))
def test_parts_survive_writing_and_reading(parts: list[str]) -> None:
    assert list(parts_of(pointer(parts))) == parts


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1E-7"), "0.0000001"),
        (True, "true"),
        (None, "null"),
        ({}, "{}"),
        ({"a": 1}, "{…}"),
        ([1], "[…]"),
        ("a\r\n\x1b[31mb", "a\ufffd\ufffd\ufffd[31mb"),
        ("x" * 200, "x" * (EXCERPT - 1) + "…"),
    ],
)
def test_values_are_shown_on_one_short_line(value: object, shown: str) -> None:
    assert excerpt(value) == shown
