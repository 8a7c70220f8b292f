"""What the SPARQL endpoint says of itself: a SPARQL 1.1 Service Description, in every form of RDF."""

from collections.abc import Iterator, Sequence
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from passport.codecs.forms import LINKED, RDF_XML, TRIPLES, TURTLE, written
from passport.model.query import Generation
from passport.published.namespaces import DCTERMS, RDFS, SD, TYPE, VOID, XSD, prefixes

FORMATS: Final = "http://www.w3.org/ns/formats/"
_TYPE: Final = NamedNode(TYPE)
_PREFIXES: Final = {**prefixes("sd", "void", "rdfs", "dcterms", "xsd"), "formats": FORMATS}
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

OFFERS: Final = (TURTLE, RDF_XML, LINKED, TRIPLES)
"""Media types that it is written in."""


def describe(
    endpoint: str, media_type: str, *, about: str, graphs: Sequence[str], generation: Generation | None
) -> bytes:
    """The description of the endpoint at that address; ``media_type`` is one of ``OFFERS``.

    ``about`` is where the data set is described, ``graphs`` are names of graphs that are there whatever the data;
    ``generation`` what queries are answered from now. No blank nodes: its parts are named below the endpoint.
    """
    return written(_triples(endpoint, about, graphs, generation), media_type, _PREFIXES)


def _triples(endpoint: str, about: str, graphs: Sequence[str], generation: Generation | None) -> Iterator[Triple]:
    service, place, dataset, union = (NamedNode(endpoint + part) for part in ("#service", "", "#dataset", "#default"))
    yield Triple(service, _TYPE, NamedNode(f"{SD}Service"))
    yield Triple(service, NamedNode(f"{SD}endpoint"), place)
    yield Triple(service, NamedNode(f"{SD}supportedLanguage"), NamedNode(f"{SD}SPARQL11Query"))
    for name in _WRITTEN:
        yield Triple(service, NamedNode(f"{SD}resultFormat"), NamedNode(FORMATS + name))
    yield Triple(service, NamedNode(f"{SD}feature"), NamedNode(f"{SD}UnionDefaultGraph"))
    yield Triple(service, NamedNode(f"{SD}defaultDataset"), dataset)
    yield Triple(service, NamedNode(f"{RDFS}seeAlso"), NamedNode(about))
    yield Triple(dataset, _TYPE, NamedNode(f"{SD}Dataset"))
    yield Triple(dataset, NamedNode(f"{RDFS}seeAlso"), NamedNode(about))
    yield Triple(dataset, NamedNode(f"{SD}defaultGraph"), union)
    yield Triple(union, _TYPE, NamedNode(f"{SD}Graph"))
    if generation is not None:
        made = Literal(generation.made, datatype=NamedNode(f"{XSD}dateTime"))
        yield Triple(dataset, NamedNode(f"{DCTERMS}modified"), made)
        if generation.quads is not None:
            yield Triple(union, NamedNode(f"{VOID}triples"), Literal(generation.quads))
    for number, name in enumerate(graphs, 1):
        graph = NamedNode(f"{endpoint}#graph{number}")
        yield Triple(dataset, NamedNode(f"{SD}namedGraph"), graph)
        yield Triple(graph, _TYPE, NamedNode(f"{SD}NamedGraph"))
        yield Triple(graph, NamedNode(f"{SD}name"), NamedNode(name))
