"""Documents as RDF statements: our own contexts compiled once, documents walked by them.

No general JSON-LD processor: it knows what the published contexts use (terms, keyword aliases, type coercion,
property-scoped contexts that hold for everything inside, ``@vocab``), and refuses contexts with anything else. PyLD is
the oracle that it must equal (tests). General parsers go through all terms of a context at every node: with contexts of
this size they take tens of times as long.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
import pyoxigraph

from passport.errors import Malformed
from passport.published.namespaces import XSD

DEEPEST: Final = 32
"""Levels that a document may have."""

_ABSOLUTE = re.compile(r'[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>"{}|\\^`]*')
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_SPECIAL = re.compile(r'[\x00-\x1f"\\\x7f]')
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f"}
_KNOWN = frozenset({"@id", "@type", "@container", "@context", "@protected"})
_ASIDE = frozenset({"@version", "@protected", "@vocab"})

_CODES = 1000
"""Codes that a term remembers how to write."""

Write = Callable[[str], str | None]
"""What writes a text as an N-Triples term; None for one that says nothing."""


def escaped(text: str) -> str:
    """Text as it stands between the quotes of an N-Triples literal."""
    return _SPECIAL.sub(_escape, text) if _SPECIAL.search(text) else text


def _escape(found: re.Match[str]) -> str:
    return _SHORT.get(found[0]) or f"\\u{ord(found[0]):04X}"


def literal(text: str, datatype: str | None = None) -> str:
    """A literal as an N-Triples term; ``datatype`` is its IRI, without one it is a string."""
    return f'"{escaped(text)}"' if datatype is None else f'"{escaped(text)}"^^<{datatype}>'


def named(iri: str) -> str | None:
    """An IRI as an N-Triples term; None for what is no absolute IRI."""
    return f"<{iri}>" if _ABSOLUTE.fullmatch(iri) else None


class _Term:
    """A term in the context of a place: what it stands for, how its texts are written, what holds inside.

    ``datatype`` is that of its plain values, where it has one; ``json``: any value is a literal.
    """

    __slots__ = ("_codes", "_definition", "_inside", "_scope", "datatype", "json", "keyword", "predicate", "write")

    def __init__(self, scope: "Scope", definition: Any) -> None:
        self._scope = scope
        self._definition = definition
        self._inside: Scope | None = None
        self._codes: dict[str, str | None] = {}
        iri = definition if isinstance(definition, str) else definition.get("@id", "")
        type_ = definition.get("@type") if isinstance(definition, Mapping) else None
        self.keyword = iri if iri.startswith("@") else None
        self.predicate = "" if self.keyword else named(scope.full(iri)) or ""
        self.json = type_ == "@json"
        self.datatype: str | None = None if type_ is None or type_.startswith("@") else type_
        writers: Mapping[str | None, Write] = {"@id": named, "@vocab": self._code}
        self.write = writers.get(type_, self._typed)

    @property
    def inside(self) -> "Scope":
        """What holds for the value and everything in it."""
        if self._inside is None:
            own = self._definition.get("@context") if isinstance(self._definition, Mapping) else None
            self._inside = self._scope if own is None else Scope(own, above=self._scope)
        return self._inside

    def _typed(self, text: str) -> str:
        return literal(text, self.datatype)

    def _code(self, text: str) -> str | None:
        if text in self._codes:
            return self._codes[text]
        found = named(self.inside.expanded(text))
        if len(self._codes) < _CODES:
            self._codes[text] = found
        return found


class Scope:
    """What names stand for at a place of a document. Made of a published context, once; raises ``ValueError`` for one
    that uses more of JSON-LD than ours do."""

    __slots__ = ("_definitions", "_terms", "_vocab")

    def __init__(self, context: Mapping[str, Any], *, above: "Scope | None" = None) -> None:
        self._vocab: str | None = context.get("@vocab", above._vocab if above is not None else None)
        self._definitions: Mapping[str, Any] = {**(above._definitions if above is not None else {}), **context}
        self._terms: dict[str, _Term] = {}
        for name, definition in context.items():
            _require_known(name, definition)

    def term(self, name: str) -> _Term | None:
        """The term of that name; None where it stands for nothing."""
        found = self._terms.get(name)
        if found is None and not name.startswith("@"):
            definition = self._definitions.get(name)
            if definition is not None:
                found = self._terms[name] = _Term(self, definition)
            elif name not in self._definitions and self._vocab is not None:
                found = _Term(self, self._vocab + name)
        return found

    def full(self, iri: str) -> str:
        """An IRI that may be written with a prefix."""
        prefix, colon, rest = iri.partition(":")
        definition = self._definitions.get(prefix) if colon and not rest.startswith("//") else None
        return definition + rest if isinstance(definition, str) else iri

    def expanded(self, name: str) -> str:
        """What a name stands for as a value of the vocabulary."""
        if name in self._definitions:
            term = self.term(name)
            return term.predicate[1:-1] if term is not None else name
        if ":" in name or self._vocab is None:
            return self.full(name)
        return self._vocab + name


def _require_known(name: str, definition: Any) -> None:
    if name.startswith("@"):
        known = name in _ASIDE
    elif isinstance(definition, Mapping):
        known = _KNOWN.issuperset(definition) and definition.get("@container", "@set") == "@set"
        known = known and isinstance(definition.get("@context", {}), Mapping)
    else:
        known = definition is None or isinstance(definition, str)
    if not known:
        raise ValueError(f"{name} is defined by more than what is known here.")


def _native(value: Any, datatype: str | None) -> str | None:
    if isinstance(value, str):
        return literal(value, datatype)
    if isinstance(value, bool):
        return literal("true" if value else "false", datatype or f"{XSD}boolean")
    if isinstance(value, int) and datatype != f"{XSD}double":
        return literal(str(value), datatype or f"{XSD}integer")
    if isinstance(value, int | float) and math.isfinite(value):
        mantissa, exponent = f"{value:.15E}".split("E")
        mantissa = mantissa.rstrip("0")
        return literal(f"{mantissa}{'0' if mantissa.endswith('.') else ''}E{int(exponent)}", datatype or f"{XSD}double")
    return None


def _json(value: Any) -> str | None:
    """Any JSON as a literal in its canonical form, which the parser of a graph engine knows: deep ones would end it."""
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for each in level if isinstance(each, dict | list) for inner in _inner(each)]
    if level:
        raise Malformed("The document is nested too deeply.", limit=DEEPEST)
    document = orjson.dumps([{"@id": "urn:s", "urn:p": [{"@value": value, "@type": "@json"}]}])
    for quad in pyoxigraph.parse(document, format=pyoxigraph.RdfFormat.JSON_LD):
        return str(quad.object)
    return None


def _inner(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value


def statements(document: Mapping[str, Any], scope: Scope) -> bytes:
    """What a document says, as N-Triples.

    ``document`` is an object without ``@context``; ``scope`` is made of the context that it means. Raises ``Malformed``
    for one that is nested too deeply, has a context or other keywords inside, or objects without an address.
    """
    written: list[str] = []
    _node(document, scope, written, DEEPEST)
    return "".join(written).encode()


def _node(node: Mapping[str, Any], scope: Scope, written: list[str], depth: int) -> str:
    """Write what an object says; gives the term of its address."""
    subject, told = _told(node, scope)
    if not depth:
        raise Malformed("The document is nested too deeply.", limit=DEEPEST)
    for term, value in told:
        for each in value if type(value) is list and not term.json else (value,):
            thing = term.write(each) if type(each) is str and not term.json else _thing(term, each, written, depth - 1)
            if thing is not None and term.predicate:
                written.append(f"{subject} {term.predicate} {thing} .\n")
    return subject


def _told(node: Mapping[str, Any], scope: Scope) -> tuple[str, list[tuple[_Term, Any]]]:
    """The term of an object's address, and what it tells by term."""
    subject = None
    told: list[tuple[_Term, Any]] = []
    for name, value in node.items():
        term = scope.term(name)
        if term is not None and term.keyword is None:
            told.append((term, value))
        elif term is not None and term.keyword == "@id":
            subject = named(value) if isinstance(value, str) else None
        elif name.startswith("@"):
            raise Malformed("The document has keywords or a context inside.", expected=name)
    if subject is None:
        raise Malformed("The document has an object without an address.")
    return subject, told


def _thing(term: _Term, value: Any, written: list[str], depth: int) -> str | None:
    """The term of a value that is no text, once what it says itself is written."""
    if term.json:
        return _json(value)
    if isinstance(value, list):
        raise Malformed("The document has a list in a list.")
    if not isinstance(value, dict):
        return _native(value, term.datatype)
    said = _said(value, term.inside)
    return said if said is not None else _node(value, term.inside, written, depth)


def _said(value: Mapping[str, Any], scope: Scope) -> str | None:
    """A value object (text with its language) as a literal; None for an object that is none."""
    text, language = None, None
    for name, each in value.items():
        term = scope.term(name)
        if term is not None and term.keyword == "@value":
            text = each
        elif term is not None and term.keyword == "@language":
            language = each
    if text is None:
        return None
    if isinstance(text, str) and isinstance(language, str) and _LANGUAGE.fullmatch(language):
        return f"{literal(text)}@{language.lower()}"
    return _native(text, None)
