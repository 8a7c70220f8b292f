"""Documents as large as the published schemas allow."""

import re
from collections.abc import Mapping
from typing import Any

from passport.published import Published


def largest(published: Published, iri: str) -> Any:
    """A document with every member that a submission may have, every list and text as long as it may be."""
    resolver = published.registry().resolver(iri)

    def made(schema: Mapping[str, Any]) -> Any:
        if "$ref" in schema:
            schema = {**resolver.lookup(schema["$ref"]).contents, **schema}
        if "const" in schema:
            return schema["const"]
        if schema.get("kind") == "untouched":
            return {str(number): "x" for number in range(schema["maxProperties"])}
        if schema.get("type") == "array":
            return [made(schema["items"])] * schema["maxItems"]
        if schema.get("type") == "object":
            members = schema["properties"].items()
            return {name: made(inner) for name, inner in members if not inner.get("server")}
        return samples(schema)

    return made(published.schema(iri))


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
