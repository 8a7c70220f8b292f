"""Rules about a supplier's own data: kept untouched, but small and flat enough for everyone who reads and verifies."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from passport.codecs.strictjson import spelled
from passport.model.report import Finding
from passport.validation.rules.registry import rule
from passport.validation.subject import Place, Subject, inner

DEEPEST: Final = 16
"""Objects and lists within each other, ``extensions`` itself counted."""
LARGEST: Final = 64 * 1024
"""Bytes of the value as JSON without white space."""


def _within(value: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    """Every object and list of the extensions with its place, outermost first."""
    waiting: list[tuple[Place, Any]] = [(("extensions",), value)] if value else []
    for place, each in waiting:
        yield place, each
        members = each.items() if isinstance(each, dict) else enumerate(each)
        waiting.extend(((*place, name), member) for name, member in members if isinstance(member, dict | list))


@rule("extensions-too-deep", "extensions")
def extensions_too_deep(subject: Subject) -> Iterator[Finding]:
    """Depth is bounded (T12): MUST, verifiers and RDF parsers bound the depth of the whole credential."""
    for place, value in _within(inner(subject.value, "extensions")):
        if len(place) > DEEPEST:
            yield subject.finding("extensions-too-deep", place, value, limit=DEEPEST)
            return


@rule("extensions-too-large", "extensions")
def extensions_too_large(subject: Subject) -> Iterator[Finding]:
    """Size is bounded (T12): MUST, the page that a phone loads in a basement carries it."""
    size = len(spelled(inner(subject.value, "extensions")))
    if size > LARGEST:
        yield subject.finding("extensions-too-large", ("extensions",), limit=LARGEST, size=size)


@rule("extensions-keyword", "extensions")
def extensions_keyword(subject: Subject) -> Iterator[Finding]:
    """Names that begin with @ are keywords (JSON-LD 1.1 clause 9.16; T19): MUST not occur, programs would obey them."""
    for place, value in _within(inner(subject.value, "extensions")):
        for name in value if isinstance(value, dict) else ():
            if name.startswith("@"):
                yield subject.finding("extensions-keyword", (*place, name), name, field=name)
