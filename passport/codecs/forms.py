"""Graphs as bytes: statements in every form of RDF that they are served in."""

from collections.abc import Iterable, Mapping
from typing import Final

from pyoxigraph import RdfFormat, Triple, parse, serialize

TURTLE: Final = "text/turtle"
LINKED: Final = "application/ld+json"
TRIPLES: Final = "application/n-triples"
QUADS: Final = "application/n-quads"
RDF_XML: Final = "application/rdf+xml"

FORMATS: Final[Mapping[str, RdfFormat]] = {
    TURTLE: RdfFormat.TURTLE,
    LINKED: RdfFormat.JSON_LD,
    "application/json": RdfFormat.JSON_LD,
    TRIPLES: RdfFormat.N_TRIPLES,
    QUADS: RdfFormat.N_QUADS,
    RDF_XML: RdfFormat.RDF_XML,
}
"""Media types that ``written`` knows; plain JSON is JSON-LD."""


def written(triples: Iterable[Triple], media_type: str, prefixes: Mapping[str, str]) -> bytes:
    """Statements in a form of ``FORMATS``; ``prefixes`` are used where the form has such."""
    return serialize(triples, format=FORMATS[media_type], prefixes=dict(prefixes)) or b""


def parsed(triples: bytes) -> list[Triple]:
    """N-Triples as statements."""
    return [quad.triple for quad in parse(triples, format=RdfFormat.N_TRIPLES)]
