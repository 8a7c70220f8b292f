"""The published schemas under hostile input: patterns are linear, and everything is bounded."""

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import pytest

from passport.model.passport import Level
from passport.published import Published
from passport.validation.structure import talkative

HOSTILE = ("0", "a", "A", "-", "/", "1-", "a-A", "sha256:", "https://", "a:", " ", "!", "é", "0.", "\n", "a/a")
LENGTH = 100_000
SECONDS = 0.05


def nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of a schema document."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from nodes(each)


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
        begin = time.process_time()
        quick = fast.is_valid(text)
        middle = time.process_time()
        rich = slow.is_valid(text)
        assert middle - begin < SECONDS
        assert time.process_time() - middle < SECONDS
        assert quick == rich


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
def test_t14_a_document_at_all_maxima_is_judged_within_100_ms(group: str, version: str, form: str) -> None:
    published = Published.load()
    iri = published.schema_iri(group, version, form)
    registry = jsonschema_rs.Registry([(each, dict(published.schema(each))) for each in published.schema_iris()])
    validator = jsonschema_rs.validator_for(dict(published.schema(iri)), registry=registry, validate_formats=True)
    resolver = published.registry().resolver(iri)

    def largest(schema: Mapping[str, Any]) -> Any:
        if "$ref" in schema:
            schema = {**resolver.lookup(schema["$ref"]).contents, **schema}
        if "const" in schema:
            return schema["const"]
        if schema.get("kind") == "untouched":
            return {str(number): "x" for number in range(schema["maxProperties"])}
        if schema.get("type") == "array":
            return [largest(schema["items"])] * schema["maxItems"]
        if schema.get("type") == "object":
            members = schema["properties"].items()
            return {name: largest(inner) for name, inner in members if not inner.get("server")}
        return samples(schema)

    document = largest(published.schema(iri))
    assert validator.is_valid(document), next(validator.iter_errors(document)).message
    spent = []
    for _ in range(5):
        begin = time.process_time()
        validator.is_valid(document)
        spent.append(time.process_time() - begin)
    assert min(spent) < 0.1


def samples(schema: Mapping[str, Any]) -> Any:
    """A value of a plain type, as long as it may be."""
    kinds = schema["type"]
    if "enum" in schema:
        return schema["enum"][0]
    if kinds == "boolean":
        return True
    if kinds == "integer":
        return schema["maximum"]
    if schema.get("format") == "date":
        return "2026-12-31"
    if schema.get("kind") == "iri":
        return "https://" + "a" * (schema["maxLength"] - 8)
    if "pattern" not in schema:
        return "å" * schema["maxLength"]
    candidates = ("9" * 15 + "." + "9" * 9, "99.999999999", "12345678", "0123456789012", "AB", "ABC", "sv", "a/b")
    rest = (
        "gln:" + "1" * 200,
        "2026-12",
        "sha256:" + "a" * 64,
        "/" + "a" * 300,
        "#" + "1" * 499,
        "SE1",
        "12345678901234",
        "a" * 64 + "@" + "b" * 63 + "." + "c" * 125,
        "1234567-12-3",
        "123-456-7",
        "EUH360Fd",
        "furniture",
        "R13",
        "+01:00",
        "2026-12-31T23:59:59Z",
        "~" * 200,
    )
    fitting = [
        each for each in candidates + rest if re.search(schema["pattern"], each) and len(each) <= schema["maxLength"]
    ]
    return max((each for each in fitting if "maximum" not in schema or float(each) <= schema["maximum"]), key=len)
