"""The published schemas under hostile input: patterns are linear, and everything is bounded."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any

import jsonschema_rs
import pytest

from passport.model.passport import Level
from passport.published import Published
from passport.validation.structure import talkative
from tests.costs import within
from tests.published.maxima import largest

HOSTILE = ("0", "a", "A", "-", "/", "1-", "a-A", "sha256:", "https://", "a:", " ", "!", "é", "0.", "\n", "a/a")
LENGTH = 100_000
AT_ONCE = 5
"""Measures that judging a text may cost: about 50 ms (T13)."""


def nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of a schema document."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from nodes(each)


@cache
def subschemas() -> list[Mapping[str, Any]]:
    published = Published.load()
    return [node for iri in published.schema_iris() for node in nodes(dict(published.schema(iri)))]


PATTERNS = sorted({node["pattern"] for node in subschemas() if isinstance(node.get("pattern"), str)})


def test_t13_there_are_patterns_to_look_at() -> None:
    assert len(PATTERNS) >= 15


@pytest.mark.parametrize("pattern", PATTERNS)
def test_t13_patterns_are_anchored_ascii_and_without_nested_repetition(pattern: str) -> None:
    """So neither engine can be made to try the same text in ever more ways, and both mean the same by it."""
    assert pattern.startswith("^")
    assert pattern.endswith("$")
    assert pattern.isascii()
    assert not re.search(r"\\[^.]", pattern), "simple classes only, no references back"
    assert "(?" not in pattern, "no looking around, no flags"
    assert not nested(pattern)


def nested(pattern: str) -> bool:
    """Whether something repeated without a small bound holds a repetition."""
    bare = re.sub(r"\[[^\]]*\]|\\.", "x", pattern)
    groups = [False]
    for match in re.finditer(r"\(|\)([*+]|\{[^}]*\})?|[*+?]|\{[^}]*\}", bare):
        if match[0] == "(":
            groups.append(False)
        elif match[0].startswith(")"):
            repeated = groups.pop()
            if repeated and match[1]:
                return True
            groups[-1] = groups[-1] or repeated or bool(match[1])
        else:
            groups[-1] = True
    return False


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^(a+)+$", True),
        ("^((a|b)*c)+$", True),
        ("^(a?){30}$", True),
        ("^((x(a+)y)z){2,9}$", True),
        ("^[(+]{3}(ab)?$", False),
        ("^(a+)?b*$", False),
        ("^(ab){2}c+$", False),
    ],
)
def test_t13_nested_repetitions_would_be_seen(pattern: str, expected: bool) -> None:
    assert nested(pattern) is expected


def hostile(pattern: str, longest: int) -> list[str]:
    """Texts that fit a pattern as long as they can and then do not, of every sign and of what it may repeat."""
    signs = [*map(chr, range(32, 127)), *HOSTILE]
    lengths = (longest, LENGTH)
    return [(sign * length)[:length] + end for sign in signs for length in lengths for end in ("", "\x00")]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_t13_hostile_strings_are_judged_at_once(pattern: str) -> None:
    longest = max(node["maxLength"] for node in subschemas() if node.get("pattern") == pattern)
    schema = {"type": "string", "pattern": pattern}
    fast, slow = jsonschema_rs.validator_for(schema), talkative()(schema)
    for text in hostile(pattern, longest):
        assert within(AT_ONCE, partial(fast.is_valid, text)) == within(AT_ONCE, partial(slow.is_valid, text))


def test_t14_every_array_string_and_free_object_is_bounded() -> None:
    arrays = strings = 0
    for node in subschemas():
        kinds = node.get("type")
        if kinds == "array":
            arrays += 1
            assert "maxItems" in node, node
        if (kinds == "string" or (isinstance(kinds, list) and "string" in kinds)) and "enum" not in node:
            strings += 1
            assert "maxLength" in node, node
        if kinds == "object" and "properties" not in node and "allOf" not in node:
            assert "maxProperties" in node, node
        assert not {"uniqueItems", "contains", "patternProperties", "dependentSchemas", "prefixItems"} & node.keys()
        if isinstance(node.get("items"), dict) and "type" in node:
            assert kinds == "array", node
    assert arrays >= 20
    assert strings >= 20


GROUPS = [(group, version) for group in Published.load().groups() for version in Published.load().versions(group)]


@pytest.mark.parametrize("form", [*(level.value for level in Level), "event"])
@pytest.mark.parametrize(("group", "version"), GROUPS)
def test_t14_a_document_at_all_maxima_is_judged_at_once(
    group: str, version: str, form: str, published: Published, registry: jsonschema_rs.Registry
) -> None:
    """Within a tenth of a second on a common machine: ``tests/bench/check.py`` tells what it takes."""
    iri = published.schema_iri(group, version, form)
    validator = jsonschema_rs.validator_for(dict(published.schema(iri)), registry=registry, validate_formats=True)
    document = largest(published, iri)
    assert within(20, partial(validator.is_valid, document)), next(validator.iter_errors(document)).message


@pytest.fixture(scope="module")
def registry(published: Published) -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([(each, dict(published.schema(each))) for each in published.schema_iris()])
