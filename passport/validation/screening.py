"""Screens: schemas that only documents pass in which a rule finds nothing, so that the rule itself need not look.

A rule about every text or every code of a document looks at all values to find nothing in almost every document. The
fast schema engine looks much faster. A screen promises one thing only: what it lets through has no such finding. What
it holds back is looked at by the rule, which alone decides.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs

from passport.published import Field, Published
from passport.validation.forms import Form

Schema = Mapping[str, Any]
Sieve = Callable[[Field, Published], Schema | None]
"""What a value of a field is like where a rule finds nothing in it; None where the rule does not look at the field.

Where a sieve has a schema for an object, it is not asked about the object's own fields.
"""
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Screen:
    """``passes`` says whether a document has nothing to find; it looks at the values of ``members`` only.

    To be asked only about documents that have passed the published schema.
    """

    members: frozenset[str]
    passes: Callable[[Mapping[str, Any]], bool]


@lru_cache(maxsize=512)
def screen(sieve: Sieve, published: Published, group: str, version: str, level: Form) -> Screen:
    """The screen that a sieve makes for the documents of a level."""
    properties = _properties(published.shape(group, version, level.value).fields, sieve, published)
    schema = {"$schema": _DIALECT, "properties": properties}
    judge = jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.RegexOptions())
    return Screen(frozenset(properties), judge.is_valid)


def _properties(fields: tuple[Field, ...], sieve: Sieve, published: Published) -> dict[str, Schema]:
    found = {}
    for field in fields:
        schema = sieve(field, published)
        if schema is None and field.fields:
            inner = _properties(field.fields, sieve, published)
            schema = {"properties": inner} if inner else None
        if schema is not None:
            found[field.name] = {"items": schema} if field.many else schema
    return found
