"""Terms and code lists, read from the published Turtle: the one source of every label that pages show."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

VOCAB = "https://w3id.org/furniturepassport/"
"""The namespace: a term is this and its name."""

_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_ALIGNMENTS = {
    _SKOS + "exactMatch": "exactMatch",
    _SKOS + "closeMatch": "closeMatch",
    _SKOS + "broadMatch": "broadMatch",
    _SKOS + "narrowMatch": "narrowMatch",
    _SKOS + "relatedMatch": "relatedMatch",
    _RDFS + "subClassOf": "subClassOf",
    _RDFS + "subPropertyOf": "subPropertyOf",
}

Words = Mapping[str, str]
_Values = Mapping[str, list[NamedNode | Literal]]


@dataclass(frozen=True, slots=True)
class Concept:
    """One code of a code list.

    ``status`` is ``confirmed``, ``proposed`` (by this project) or ``unconfirmed`` (verify before relying on it).
    ``labels`` and ``definitions`` are by language; ``group`` is the heading it stands under, ``notations`` are codes of
    other classifications as ``(scheme, code)``, ``aligned`` as for terms.
    """

    code: str
    iri: str
    labels: Words
    definitions: Words
    group: str | None
    status: str
    notations: tuple[tuple[str, str], ...] = ()
    aligned: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CodeList:
    """One code list (a SKOS concept scheme); ``codes`` are in the order in which they should be offered."""

    name: str
    iri: str
    labels: Words
    codes: Mapping[str, Concept]


@dataclass(frozen=True, slots=True)
class Term:
    """One name of the vocabulary. ``iri`` is ours, or that of the vocabulary it is taken from.

    ``unit`` is the unit of its numbers where every use has the same; ``row`` its row in the field list of passports;
    ``example`` is one value as it would be written. ``aligned`` are pairs of a relation (``closeMatch``,
    ``subPropertyOf`` …) and the IRI it points to.
    """

    name: str
    iri: str
    labels: Words
    comments: Words
    unit: str | None
    code_list: str | None
    tier: str | None
    aligned: tuple[tuple[str, str], ...]
    row: int | None
    example: str | None


def read_code_list(name: str, turtle: bytes) -> CodeList:
    """A code list from its Turtle file."""
    scheme = f"{VOCAB}codes/{name}"
    subjects = _subjects(turtle)
    concepts = [
        _concept(subject, values)
        for subject, values in subjects.items()
        if any(each.value == scheme for each in values.get(_SKOS + "inScheme", ()))
    ]
    labels = _words(subjects[scheme], _SKOS + "prefLabel")
    return CodeList(name, scheme, labels, MappingProxyType({concept.code: concept for concept in concepts}))


def read_terms(turtle: bytes) -> Mapping[str, Term]:
    """Every term of the ontology's Turtle file by name, in its order."""
    subjects = _subjects(turtle)
    terms = [_term(subject, values) for subject, values in subjects.items() if VOCAB + "termName" in values]
    return MappingProxyType({term.name: term for term in terms})


def _subjects(turtle: bytes) -> Mapping[str, _Values]:
    subjects: dict[str, dict[str, list[NamedNode | Literal]]] = defaultdict(lambda: defaultdict(list))
    for quad in parse(turtle, format=RdfFormat.TURTLE):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            subjects[quad.subject.value][quad.predicate.value].append(quad.object)
    return subjects


def _concept(subject: str, values: _Values) -> Concept:
    literals = [each for each in values.get(_SKOS + "notation", ()) if isinstance(each, Literal)]
    notations = [each for each in literals if each.datatype.value.startswith(VOCAB)]
    return Concept(
        subject.rsplit("/", 1)[1],
        subject,
        _words(values, _SKOS + "prefLabel"),
        _words(values, _SKOS + "definition"),
        _first(values, VOCAB + "group"),
        _first(values, VOCAB + "certainty") or "proposed",
        tuple((each.datatype.value.rsplit("/", 1)[1], each.value) for each in notations),
        _aligned(values),
    )


def _term(subject: str, values: _Values) -> Term:
    row = _first(values, VOCAB + "row")
    code_list = _first(values, VOCAB + "codeList")
    tier = _first(values, VOCAB + "tier")
    ours = _RDFS + "label" in values
    return Term(
        _first(values, VOCAB + "termName") or "",
        subject,
        _words(values, _RDFS + "label" if ours else _SKOS + "prefLabel"),
        _words(values, _RDFS + "comment" if ours else _SKOS + "scopeNote"),
        _first(values, VOCAB + "unitSymbol"),
        code_list.rsplit("/", 1)[1] if code_list else None,
        tier.rsplit("/", 1)[1] if tier else None,
        _aligned(values),
        int(row) if row else None,
        _first(values, _SKOS + "example"),
    )


def _words(values: _Values, predicate: str) -> Words:
    found = {
        each.language: each.value for each in values.get(predicate, ()) if isinstance(each, Literal) and each.language
    }
    return MappingProxyType(found)


def _first(values: _Values, predicate: str) -> str | None:
    found = values.get(predicate)
    return found[0].value if found else None


def _aligned(values: _Values) -> tuple[tuple[str, str], ...]:
    return tuple((name, each.value) for predicate, name in _ALIGNMENTS.items() for each in values.get(predicate, ()))
