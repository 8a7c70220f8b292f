"""Expanded JSON-LD nodes to the nested plain documents of the published shapes, as suppliers write them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from passport.codecs.pointers import excerpt, pointer
from passport.model.passport import Level
from passport.model.report import Finding, Severity
from passport.published import EVENT, VOCAB, Field, Published

MOST_NODES: Final = 20_000
"""Objects and values in the JSON-LD of one submission: expansion takes about 0.05 ms each, under a lock."""
_TEXT: Final = 256
"""Characters of a text that count as much as one object: a node may be written in many places, with all its texts."""
_DEEPEST: Final = 32
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_STATED: Final = "@context"
"""Where a node keeps the context that its text stated: a keyword that no expanded node has."""
_FORBIDDEN: Final = ("@reverse", "@included", "@graph", "@nest")

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plain:
    """Plain documents with the contexts stated, what could not be taken over, and how many objects were written."""

    documents: tuple[dict[str, Any], ...]
    contexts: tuple[str | None, ...]
    findings: tuple[Finding, ...]
    written: int


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes of one expanded JSON-LD text: all of them in order, and the named ones by address, merged."""

    every: tuple[Node, ...]
    named: Mapping[str, Node]

    @classmethod
    def of(cls, expanded: Sequence[Node]) -> "Nodes":
        """Index an expanded text. A node described in several places is one node (JSON-LD 1.1 API clause 7.1)."""
        every: list[Node] = []
        named: dict[str, dict[str, Any]] = {}
        seen: dict[tuple[str, str], set[bytes]] = {}
        for node in _walk(expanded):
            name = node.get("@id")
            if name is None:
                every.append(node)
                continue
            if name not in named:
                named[name] = {"@id": name}
                every.append(named[name])
            for predicate, values in node.items():
                if isinstance(values, list):
                    known = seen.setdefault((name, predicate), set())
                    named[name].setdefault(predicate, []).extend(_unseen(values, known))
                else:
                    named[name].setdefault(predicate, values)
        return cls(tuple(every), named)


def _unseen(values: Sequence[Any], known: set[bytes]) -> Iterator[Any]:
    for value in values:
        key = orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS)
        if key not in known:
            known.add(key)
            yield value


def rebuild(nodes: Nodes, published: Published, *, document: int, most: int) -> Plain:
    """One plain document for each passport, a node that states a granularity, and for each event, one with its type.

    ``document`` is the place of the first of them. Nested nodes are put where they are referred to, blank node
    identifiers fall away; other addresses of nodes are kept as ``id``, so that the schema judges them. At most ``most``
    objects are written, long texts counted with them.
    """
    writer = _Writer(nodes, published, document, most)
    roots = [node for node in nodes.every if not node.keys().isdisjoint(writer.roots)]
    documents = [writer.document(node) for node in roots]
    contexts = tuple(node.get(_STATED) for node in roots)
    return Plain(tuple(documents), contexts, tuple(writer.findings), writer.written)


def stating(expanded: list[dict[str, Any]], context: str, published: Published) -> list[dict[str, Any]]:
    """The nodes of an expanded text; those that become documents are marked with the context that the text stated."""
    roots = _roots(published)
    for each in _walk(expanded):
        if isinstance(each, dict) and not each.keys().isdisjoint(roots):
            each[_STATED] = context
    return expanded


def _roots(published: Published) -> tuple[str, str]:
    """The predicates by which a passport and an event are known."""
    return published.term("granularity").iri, published.term("eventType").iri


def _walk(values: Any) -> Iterator[Node]:
    waiting = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, Mapping) and "@value" not in value:
            if "@list" not in value and set(value) != {"@graph"}:
                yield value
            waiting.extend(member for member in reversed(list(value.values())) if isinstance(member, list | Mapping))


class _Writer:
    """Writes plain documents out of nodes, noting what has no place in them."""

    def __init__(self, nodes: Nodes, published: Published, first: int, most: int) -> None:
        self._nodes = nodes
        self._published = published
        self._most = most
        self._document = first - 1
        self.written = 0
        self._terms = {term.iri: term.name for term in published.terms().values()}
        self.roots = _roots(published)
        self._granularity = self.roots[0]
        self._group = published.term("productGroup").iri
        self.findings: list[Finding] = []

    def document(self, node: Node) -> dict[str, Any]:
        """The plain document about one root node."""
        self._document += 1
        return self._object(node, self._fields(node, self._level(node)), ())

    def _level(self, node: Node) -> str:
        if self._granularity not in node:
            return EVENT
        stated = str(self._scalar(node[self._granularity][0], None)).rsplit("/", 1)[-1].lower()
        return stated if stated in tuple(Level) else Level.MODEL.value

    def _fields(self, node: Node, level: str) -> Sequence[Field]:
        """The fields of the group that a root node names; those of the default one where it names none that is there.

        A check finds later that there is no such group.
        """
        stated = [str(self._scalar(each, None)).lower() for each in node.get(self._group, ())]
        group = self._published.group_for(
            {"productGroup": stated[0]} if stated else {}, node.get(_STATED)
        ) or self._published.group_for({}, None)
        return self._published.shape(group.name, group.version, level).fields if group is not None else ()

    def _object(self, node: Node, fields: Sequence[Field], place: tuple[str | int, ...]) -> dict[str, Any]:
        self.written += 1
        made: dict[str, Any] = {}
        if self.written > self._most or len(place) > _DEEPEST:
            if not any(finding.code == "jsonld-too-many-nodes" for finding in self.findings):
                self._note("jsonld-too-many-nodes", place, None, limit=str(MOST_NODES))
            return made
        predicates = {each.term: each for each in fields if each.term and not each.server}
        for predicate, each in predicates.items():
            if predicate in node:
                made[each.name] = self._member(node[predicate], each, (*place, each.name))
        made.update(self._rest(node, predicates, place))
        return made

    def _rest(
        self, node: Node, predicates: Mapping[str, Field], place: tuple[str | int, ...]
    ) -> Iterator[tuple[str, Any]]:
        """Members that the shape does not have: kept under their term's name where there is one, else a finding."""
        for name, values in node.items():
            if name in predicates or name in ("@index", _STATED):
                continue
            if name == "@id":
                if not str(values).startswith("_:"):
                    self._address(values, place)
                    named = place or self._granularity not in node
                    yield ("id" if named else "digitalProductPassportId"), values
            elif name == "@type":
                yield "type", values
            elif name in self._terms:
                kept = [self._scalar(value, None) for value in values]
                yield self._terms[name], kept[0] if len(kept) == 1 else kept
            else:
                code = "jsonld-invalid" if name in _FORBIDDEN else "jsonld-term-unknown"
                self._note(code, place, excerpt(name), field=excerpt(name))

    def _member(self, values: Any, definition: Field, place: tuple[str | int, ...]) -> Any:
        listed = [inner for value in values for inner in value.get("@list", [value])]
        many = definition.many or definition.kind == "language"
        written = [
            self._value(value, definition, (*place, number) if many else place) for number, value in enumerate(listed)
        ]
        return written if many or len(written) != 1 else written[0]

    def _value(self, value: Node, definition: Field, place: tuple[str | int, ...]) -> Any:
        if "@value" not in value and definition.kind == "object":
            node = self._nodes.named.get(value.get("@id", ""), value)
            return self._object(node, definition.fields, place)
        if definition.kind == "language":
            self._charge(value.get("@value"))
            names = (("value", "@value"), ("language", "@language"))
            return {name: value[keyword] for name, keyword in names if keyword in value}
        return self._scalar(value, definition)

    def _scalar(self, value: Any, definition: Field | None) -> Any:
        """A literal's value as it stood, or an address: that of a concept of the field's code list gives its code."""
        if not isinstance(value, Mapping):
            return value
        if "@value" in value:
            self._charge(value["@value"])
            return value["@value"]
        iri = value.get("@id")
        if isinstance(iri, str) and definition is not None and definition.code_list is not None:
            return iri.removeprefix(f"{VOCAB}codes/{definition.code_list}/")
        return iri if isinstance(iri, str) else dict(value)

    def _charge(self, literal: object) -> None:
        if isinstance(literal, dict | list):
            literal = orjson.dumps(literal, default=str)
        if isinstance(literal, str | bytes):
            self.written += len(literal) // _TEXT

    def _address(self, iri: object, place: tuple[str | int, ...]) -> None:
        if not isinstance(iri, str) or not _ABSOLUTE.match(iri):
            self._note("jsonld-relative-iri", place, excerpt(iri))

    def _note(self, code: str, place: tuple[str | int, ...], found: str | None, **values: str) -> None:
        self.findings.append(Finding(code, Severity.ERROR, pointer(place), self._document, found, values))
