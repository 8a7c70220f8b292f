"""Published SHACL shapes, read as what they ask of each thing: members, kinds of values, how many."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from passport.published.namespaces import DCTERMS, TYPE

_SH: Final = "http://www.w3.org/ns/shacl#"
_NODE_SHAPE: Final = f"{_SH}NodeShape"
_TARGETS: Final = tuple(f"{_SH}target{each}" for each in ("Class", "SubjectsOf", "ObjectsOf", "Node"))

_Node = NamedNode | BlankNode
_Value = NamedNode | BlankNode | Literal
_Said = Mapping[_Node, Mapping[str, list[_Value]]]


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a shape asks of one member.

    ``path`` is the property. ``kind`` is a datatype or the IRI of another shape, which its values must fit; empty where
    anything fits. ``least`` and ``most`` are how many values there may be, ``low`` and ``high`` bounds of a value.
    """

    path: str
    kind: str = ""
    least: int = 0
    most: int | None = None
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class ShapeOf:
    """One shape: its name in the file, what it is about (IRIs of classes, properties, schemas or codes), and its asks.

    ``closed`` is whether anything else may be said of the thing.
    """

    name: str
    targets: tuple[str, ...]
    closed: bool
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class ShapeFile:
    """One file of shapes, with its words by language."""

    name: str
    iri: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    shapes: tuple[ShapeOf, ...]


def read_constraints(name: str, iri: str, turtle: bytes) -> ShapeFile:
    """The shapes of one published file."""
    said: dict[_Node, dict[str, list[_Value]]] = {}
    for quad in parse(turtle, format=RdfFormat.TURTLE):
        if isinstance(quad.subject, NamedNode | BlankNode) and isinstance(quad.object, NamedNode | BlankNode | Literal):
            said.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
    shapes = (
        _shape(said, node, iri)
        for node, pairs in said.items()
        if isinstance(node, NamedNode) and any(each.value == _NODE_SHAPE for each in pairs.get(TYPE, []))
    )
    about = said[NamedNode(iri)]
    titles, descriptions = (_by_language(about.get(DCTERMS + each, [])) for each in ("title", "description"))
    return ShapeFile(name, iri, titles, descriptions, tuple(shapes))


def _by_language(values: list[_Value]) -> Mapping[str, str]:
    return {each.language: each.value for each in values if isinstance(each, Literal) and each.language}


def _shape(said: _Said, node: NamedNode, iri: str) -> ShapeOf:
    pairs = said[node]
    targets = tuple(each.value for key in _TARGETS for each in pairs.get(key, []) if isinstance(each, NamedNode))
    constraints = tuple(_constraints(said, node))
    return ShapeOf(node.value.removeprefix(f"{iri}#"), targets, f"{_SH}closed" in pairs, _merged(constraints))


def _constraints(said: _Said, node: _Node) -> Iterator[Constraint]:
    """What is asked of the members of a thing; a way back to what has the target leads to what is meant."""
    for each in said[node].get(f"{_SH}property", []):
        if isinstance(each, NamedNode | BlankNode):
            path = _one(said[each], "path")
            if isinstance(path, NamedNode):
                yield _constraint(said[each], path.value)
            else:
                yield from _constraints(said, each)


def _constraint(pairs: Mapping[str, list[_Value]], path: str) -> Constraint:
    least, most = (_text(pairs, each) for each in ("minCount", "maxCount"))
    return Constraint(
        path,
        _text(pairs, "node") or _text(pairs, "datatype") or _text(pairs, "nodeKind"),
        int(least or 0),
        int(most) if most else None,
        _text(pairs, "minInclusive"),
        _text(pairs, "maxInclusive"),
    )


def _merged(constraints: tuple[Constraint, ...]) -> tuple[Constraint, ...]:
    """One for each member: what is asked of it in several places together."""
    found: dict[str, Constraint] = {}
    for each in constraints:
        old = found.get(each.path, each)
        found[each.path] = Constraint(
            each.path,
            old.kind or each.kind,
            max(old.least, each.least),
            each.most if old.most is None else old.most,
            old.low or each.low,
            old.high or each.high,
        )
    return tuple(found.values())


def _one(pairs: Mapping[str, list[_Value]], name: str) -> _Value | None:
    return next(iter(pairs.get(_SH + name, [])), None)


def _text(pairs: Mapping[str, list[_Value]], name: str) -> str:
    value = _one(pairs, name)
    return value.value if isinstance(value, NamedNode | Literal) else ""
