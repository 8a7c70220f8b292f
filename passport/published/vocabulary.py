"""Terms and code lists, read from the published Turtle: the one source of every label that pages show."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from passport.published.namespaces import RDFS, SKOS, VOCAB

_ALIGNMENTS = {
    SKOS + "exactMatch": "exactMatch",
    SKOS + "closeMatch": "closeMatch",
    SKOS + "broadMatch": "broadMatch",
    SKOS + "narrowMatch": "narrowMatch",
    SKOS + "relatedMatch": "relatedMatch",
    RDFS + "subClassOf": "subClassOf",
    RDFS + "subPropertyOf": "subPropertyOf",
}

Words = Mapping[str, str]
_Values = Mapping[str, list[NamedNode | Literal]]


@dataclass(frozen=True, slots=True)
class Concept:
    """One code of a code list.

    ``status`` is ``confirmed``, ``proposed`` (by this project) or ``unconfirmed`` (verify before relying on it).
    ``labels`` and ``definitions`` are by language; ``group`` is the heading it stands under; ``notations`` are codes of
    other classifications as ``(scheme, code)``, and those of them in ``unconfirmed`` must not be shown as fact;
    ``aligned`` is as for terms. ``traits`` (codes of the list ``trait``) say what rules need to know of a material or
    timber, ``route`` (list ``end-of-life-route``) where it usually goes at the end of its life, ``waste`` (list
    ``waste-code``) how it is then declared as waste, ``latin`` its scientific names. ``notes`` are remarks in English,
    ``doubts`` what has to be verified. ``called`` has the English names of those things it is aligned with that have
    numbers for names, by IRI.
    """

    code: str
    iri: str
    labels: Words
    definitions: Words
    group: str | None
    status: str
    notations: tuple[tuple[str, str], ...] = ()
    aligned: tuple[tuple[str, str], ...] = ()
    unconfirmed: tuple[tuple[str, str], ...] = ()
    traits: tuple[str, ...] = ()
    route: str | None = None
    waste: tuple[str, ...] = ()
    latin: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    called: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CodeList:
    """One code list (a SKOS concept scheme); ``codes`` are in the order in which they should be offered.

    ``groups`` are the words, by language, of the headings that its codes stand under.
    """

    name: str
    iri: str
    labels: Words
    codes: Mapping[str, Concept]
    groups: Mapping[str, Words]

    def with_trait(self, trait: str) -> frozenset[str]:
        """The codes that have a trait."""
        return frozenset(code for code, concept in self.codes.items() if trait in concept.traits)


@dataclass(frozen=True, slots=True)
class Term:
    """One name of the vocabulary. ``iri`` is ours, or that of the vocabulary it is taken from.

    ``unit`` is the unit of its numbers where every use has the same; ``row`` its row in the field list of passports;
    ``example`` is one value as it would be written. ``aligned`` are pairs of a relation (``closeMatch``,
    ``subPropertyOf`` …) and the IRI it points to. ``draft`` is a code of the list ``draft-status``, where every use has
    the same; ``status`` is as for codes, or ``None`` where nothing is said.
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
    draft: str | None = None
    status: str | None = None


def read_code_list(name: str, turtle: bytes) -> CodeList:
    """A code list from its Turtle file."""
    scheme = f"{VOCAB}codes/{name}"
    subjects = _subjects(turtle)
    concepts = [
        _concept(subject, values, subjects)
        for subject, values in subjects.items()
        if any(each.value == scheme for each in values.get(SKOS + "inScheme", ()))
    ]
    labels = _words(subjects[scheme], SKOS + "prefLabel")
    groups = {
        subject.rsplit("#", 1)[1]: _words(values, SKOS + "prefLabel")
        for subject, values in subjects.items()
        if subject.startswith(f"{scheme}#")
    }
    codes = {concept.code: concept for concept in concepts}
    return CodeList(name, scheme, labels, MappingProxyType(codes), MappingProxyType(groups))


def read_terms(turtle: bytes) -> Mapping[str, Term]:
    """Every term of the ontology's Turtle file by name, in its order."""
    subjects = _subjects(turtle)
    terms = [_term(subject, values) for subject, values in subjects.items() if VOCAB + "termName" in values]
    return MappingProxyType({term.name: term for term in terms})


def _subjects(turtle: bytes) -> Mapping[str, _Values]:
    subjects: dict[str, dict[str, list[NamedNode | Literal]]] = defaultdict(lambda: defaultdict(list))
    for quad in parse(turtle, format=RdfFormat.TURTLE):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            objects = subjects[quad.subject.value][quad.predicate.value]
            if quad.object not in objects:
                objects.append(quad.object)
    return subjects


def _concept(subject: str, values: _Values, subjects: Mapping[str, _Values]) -> Concept:
    aligned = _aligned(values)
    return Concept(
        subject.rsplit("/", 1)[1],
        subject,
        _words(values, SKOS + "prefLabel"),
        _words(values, SKOS + "definition"),
        _first(values, VOCAB + "group"),
        _first(values, VOCAB + "certainty") or "proposed",
        _notations(values, SKOS + "notation"),
        aligned,
        _notations(values, VOCAB + "unconfirmedNotation"),
        _codes(values, VOCAB + "trait"),
        next(iter(_codes(values, VOCAB + "usualRoute")), None),
        _codes(values, VOCAB + "wasteCode"),
        tuple(each.value for each in values.get(SKOS + "altLabel", ()) if _tag(each) == "la"),
        tuple(each.value for each in values.get(SKOS + "note", ())),
        tuple(each.value for each in values.get(SKOS + "editorialNote", ())),
        MappingProxyType({iri: name for _, iri in aligned if (name := _first(subjects.get(iri, {}), RDFS + "label"))}),
    )


def _notations(values: _Values, predicate: str) -> tuple[tuple[str, str], ...]:
    """Notations of other classifications: literals typed by one of our codes."""
    literals = [each for each in values.get(predicate, ()) if isinstance(each, Literal)]
    typed = [each for each in literals if each.datatype.value.startswith(VOCAB)]
    return tuple((each.datatype.value.rsplit("/", 1)[1], each.value) for each in typed)


def _codes(values: _Values, predicate: str) -> tuple[str, ...]:
    return tuple(each.value.rsplit("/", 1)[1] for each in values.get(predicate, ()))


def _tag(value: NamedNode | Literal) -> str | None:
    return value.language if isinstance(value, Literal) else None


def _term(subject: str, values: _Values) -> Term:
    row = _first(values, VOCAB + "row")
    code_list = _first(values, VOCAB + "codeList")
    tier = _first(values, VOCAB + "tier")
    draft = _first(values, VOCAB + "draftStatus")
    ours = RDFS + "label" in values
    return Term(
        _first(values, VOCAB + "termName") or "",
        subject,
        _words(values, RDFS + "label" if ours else SKOS + "prefLabel"),
        _words(values, RDFS + "comment" if ours else SKOS + "scopeNote"),
        _first(values, VOCAB + "unitSymbol"),
        code_list.rsplit("/", 1)[1] if code_list else None,
        tier.rsplit("/", 1)[1] if tier else None,
        _aligned(values),
        int(row) if row else None,
        _first(values, SKOS + "example"),
        draft.rsplit("/", 1)[1] if draft else None,
        _first(values, VOCAB + "certainty"),
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
