"""The terms that ours are taken from or aligned to really exist where they are defined, and are of the same kind."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pyld
import pyoxigraph
import pytest
from rdflib import Graph
from rdflib.namespace import DCTERMS, PROV, RDF, SDO, SH, DefinedNamespace

from passport.published import VOCAB, Published
from passport.published.namespaces import WIKIDATA
from passport.service import linked
from passport.wiring import Running

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("CONFORMANCE_DIR", ROOT.parent / "shared" / "conformance"))
FILES = {
    "https://ref.gs1.org/cbv/": "vocabularies/cbv.ttl",
    "https://ref.gs1.org/epcis/": "vocabularies/epcis.ttl",
    "https://w3id.org/eudpp#": "vocabularies/eudpp-2.0.5.ttl",
    "https://ref.gs1.org/voc/": "vocabularies/gs1-web-vocabulary-1.16.ttl",
    "https://vocabulary.uncefact.org/untp/": "untp-0.7.0/vocab/untp-ontology.jsonld",
}
PACKAGED: dict[str, type[DefinedNamespace]] = {
    "http://purl.org/dc/terms/": DCTERMS,
    "http://www.w3.org/ns/prov#": PROV,
    "https://schema.org/": SDO,
}
"""Vocabularies of which rdflib has every name; it says nothing of kinds, but these begin classes with capitals."""

CREDENTIALS = "https://www.w3.org/2018/credentials#"
_LATER = "younger than rdflib's copy of schema.org"
NOT_PACKAGED = {
    "https://schema.org/certificationIdentification": _LATER,
    "https://schema.org/hasCertification": _LATER,
    "https://schema.org/hasDigitalProductPassport": _LATER,
    "https://schema.org/owner": _LATER,
    "https://schema.org/recycledContentPercentage": _LATER,
}
"""Names that no copy at hand can confirm, with the reason."""

_CLASSES = {"http://www.w3.org/2002/07/owl#Class", "http://www.w3.org/2000/01/rdf-schema#Class", "rdfs:Class"}
_PROPERTIES = {
    *("http://www.w3.org/1999/02/22-rdf-syntax-ns#Property", "rdf:Property"),
    *(f"http://www.w3.org/2002/07/owl#{kind}Property" for kind in ("Object", "Datatype", "Annotation")),
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the conformance folder is not here")


class Link(NamedTuple):
    """Something of ours, what it is, and what it is taken from or aligned to; a relation "is" means taken from."""

    name: str
    kind: str
    relation: str
    target: str


@cache
def defined(namespace: str) -> dict[str, str]:
    """The IRIs that a vocabulary's file describes, with their kinds: class, property or thing."""
    path = FOLDER / FILES[namespace]
    types: dict[str, set[str]] = {}
    if path.suffix == ".jsonld":
        for node in json.loads(path.read_bytes())["@graph"]:
            said = node.get("@type", [])
            iri = namespace + str(node["@id"]).removeprefix("untp:")
            types.setdefault(iri, set()).update([said] if isinstance(said, str) else said)
    else:
        for quad in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE):
            if isinstance(quad.subject, pyoxigraph.NamedNode):
                known = types.setdefault(quad.subject.value, set())
                if quad.predicate.value == str(RDF.type) and isinstance(quad.object, pyoxigraph.NamedNode):
                    known.add(quad.object.value)
    return {iri: _kind(kinds) for iri, kinds in types.items()}


def _kind(types: set[str]) -> str:
    if types & _PROPERTIES:
        return "property"
    return "class" if types & _CLASSES else "thing"


@cache
def kind_of(iri: str) -> str | None:
    """What an IRI of another vocabulary is; None where it does not exist there.

    Of Wikidata there is no copy: what was read about its items stands beside them in the sources of the vocabulary.
    """
    if iri.startswith(WIKIDATA):
        return "thing"
    for namespace in FILES:
        if iri.startswith(namespace):
            return defined(namespace).get(iri)
    for namespace, names in PACKAGED.items():
        if iri.startswith(namespace):
            name = iri.removeprefix(namespace)
            known = name in names or iri in NOT_PACKAGED
            return ("class" if name[:1].isupper() else "property") if known else None
    return "class" if iri in credential_classes() else None


@cache
def credential_classes() -> frozenset[str]:
    """The types that the W3C's credentials context defines, from the copy that PyLD brings."""
    (path,) = Path(pyld.__file__).parent.rglob("credentials-v2.jsonld")
    context = json.loads(path.read_bytes())["@context"]
    return frozenset(str(each["@id"]) for each in context.values() if isinstance(each, dict) and "@id" in each)


def links(published: Published) -> Iterator[Link]:
    """Every link of a term or a code to another vocabulary."""
    for name, term in published.terms().items():
        kind = "class" if name[:1].isupper() else "property"
        if not term.iri.startswith(VOCAB):
            yield Link(name, kind, "is", term.iri)
        yield from (Link(name, kind, relation, iri) for relation, iri in term.aligned)
    for each in published.code_lists():
        for code, concept in published.code_list(each).codes.items():
            for relation, iri in concept.aligned:
                yield Link(f"{each}/{code}", "code", relation, iri)


@pytest.fixture(scope="module")
def every(published: Published) -> list[Link]:
    return list(links(published))


def test_every_alignment_names_something_that_exists(every: list[Link]) -> None:
    assert [each for each in every if kind_of(each.target) is None] == []
    targets = {each.target for each in every}
    of = Counter(namespace for iri in targets for namespace in (*FILES, *PACKAGED) if iri.startswith(namespace))
    assert all(of[namespace] >= 3 for namespace in (*FILES, *PACKAGED)), of
    assert sum(of[namespace] for namespace in FILES) >= 230
    assert len(every) >= 430
    assert not any(iri.removeprefix(str(SDO)) in SDO for iri in NOT_PACKAGED)


def test_every_alignment_is_of_the_right_kind(every: list[Link]) -> None:
    """A property to a property, a class to a class; a code may be a class or a thing elsewhere, never a property.

    What is only related may be anything.
    """
    wrong = []
    for each in every:
        kind = kind_of(each.target)
        fits = kind != "property" if each.kind == "code" else kind == each.kind
        if not fits and each.relation != "relatedMatch":
            wrong.append((each, kind))
    assert wrong == []
    assert sum(each.relation != "relatedMatch" for each in every) >= 380


def test_relations_are_those_of_their_kind(every: list[Link]) -> None:
    allowed = {"class": "subClassOf", "property": "subPropertyOf", "code": "", "is": ""}
    for each in every:
        assert each.relation.endswith("Match") or each.relation in ("is", allowed[each.kind]), each


def test_the_contexts_and_shapes_use_nothing_else_that_does_not_exist(published: Published) -> None:
    used = {iri for each in published.context_iris() for iri in _named(published.context(each))}
    for name in published.shapes():
        shapes = Graph().parse(data=published.file("shapes", name), format="turtle")
        for predicate in (SH.path, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH["class"]):
            used |= {str(each) for each in shapes.objects(None, predicate) if str(each).startswith("http")}
    others = {each for each in used if not each.startswith((VOCAB, "http://www.w3.org/2004/02/skos/core#"))}
    others = {each for each in others if not each.startswith("http://www.w3.org/2001/XMLSchema#")}
    assert [each for each in sorted(others) if kind_of(each) is None] == []
    assert len(others) >= 40


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, str) and each.startswith("http") and name != "@vocab":
                yield each
            else:
                yield from _named(each)


def test_the_graph_of_the_demo_uses_nothing_that_is_declared_nowhere(demo: Running, published: Published) -> None:
    ours = {term.iri for term in published.terms().values()}
    used: set[str] = set()
    history = demo.system.history
    for code in {entry.document.code for entry in history.scan(0, history.size())}:
        for quad in pyoxigraph.parse(linked.graph_of(demo.system, code), pyoxigraph.RdfFormat.N_TRIPLES):
            used.add(quad.predicate.value)
            if quad.predicate.value == str(RDF.type) and isinstance(quad.object, pyoxigraph.NamedNode):
                used.add(quad.object.value)
    used -= {str(RDF.type)}
    assert [each for each in sorted(used - ours) if each.startswith(VOCAB) or kind_of(each) is None] == []
    assert len(used) >= 100
