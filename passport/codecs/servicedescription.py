"""What the SPARQL endpoint says of itself: a SPARQL 1.1 Service Description, in every form of RDF."""

import io
from collections.abc import Iterator, Sequence
from typing import Final

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Triple

from passport.model.query import Generation

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
FORMATS: Final = "http://www.w3.org/ns/formats/"
VOID: Final = "http://rdfs.org/ns/void#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_DCTERMS: Final = "http://purl.org/dc/terms/"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_TYPE: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_PREFIXES: Final = {"sd": SD, "formats": FORMATS, "void": VOID, "rdfs": _RDFS, "dcterms": _DCTERMS, "xsd": _XSD}
_WRITTEN: Final = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "JSON-LD",
    "RDF_XML",
)

OFFERS: Final = {
    "text/turtle": pyoxigraph.RdfFormat.TURTLE,
    "application/rdf+xml": pyoxigraph.RdfFormat.RDF_XML,
    "application/ld+json": pyoxigraph.RdfFormat.JSON_LD,
    "application/n-triples": pyoxigraph.RdfFormat.N_TRIPLES,
}
"""Media types that it is written in."""


def describe(
    endpoint: str, media_type: str, *, about: str, graphs: Sequence[str], generation: Generation | None
) -> bytes:
    """The description of the endpoint at that address; ``media_type`` is a key of ``OFFERS``.

    ``about`` is where the data set is described, ``graphs`` are names of graphs that are there whatever the data;
    ``generation`` what queries are answered from now. No blank nodes: its parts are named below the endpoint.
    """
    written = io.BytesIO()
    form = OFFERS[media_type]
    prefixes = None if media_type == "application/n-triples" else _PREFIXES
    pyoxigraph.serialize(_triples(endpoint, about, graphs, generation), written, format=form, prefixes=prefixes)
    return written.getvalue()


def _triples(endpoint: str, about: str, graphs: Sequence[str], generation: Generation | None) -> Iterator[Triple]:
    service, place, dataset, union = (NamedNode(endpoint + part) for part in ("#service", "", "#dataset", "#default"))
    yield Triple(service, _TYPE, NamedNode(f"{SD}Service"))
    yield Triple(service, NamedNode(f"{SD}endpoint"), place)
    yield Triple(service, NamedNode(f"{SD}supportedLanguage"), NamedNode(f"{SD}SPARQL11Query"))
    for name in _WRITTEN:
        yield Triple(service, NamedNode(f"{SD}resultFormat"), NamedNode(FORMATS + name))
    yield Triple(service, NamedNode(f"{SD}feature"), NamedNode(f"{SD}UnionDefaultGraph"))
    yield Triple(service, NamedNode(f"{SD}defaultDataset"), dataset)
    yield Triple(service, NamedNode(f"{_RDFS}seeAlso"), NamedNode(about))
    yield Triple(dataset, _TYPE, NamedNode(f"{SD}Dataset"))
    yield Triple(dataset, NamedNode(f"{_RDFS}seeAlso"), NamedNode(about))
    yield Triple(dataset, NamedNode(f"{SD}defaultGraph"), union)
    yield Triple(union, _TYPE, NamedNode(f"{SD}Graph"))
    if generation is not None:
        made = Literal(generation.made, datatype=NamedNode(f"{_XSD}dateTime"))
        yield Triple(dataset, NamedNode(f"{_DCTERMS}modified"), made)
        if generation.quads is not None:
            yield Triple(union, NamedNode(f"{VOID}triples"), Literal(generation.quads))
    for number, name in enumerate(graphs, 1):
        graph = NamedNode(f"{endpoint}#graph{number}")
        yield Triple(dataset, NamedNode(f"{SD}namedGraph"), graph)
        yield Triple(graph, _TYPE, NamedNode(f"{SD}NamedGraph"))
        yield Triple(graph, NamedNode(f"{SD}name"), NamedNode(name))
