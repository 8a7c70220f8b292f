"""Statements in bulk: N-Quads and Turtle that can be written one product after the other, and what is counted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import pyoxigraph

from passport.codecs.extracts import DCTERMS, EPCIS, PROV, SCHEMA, TYPE
from passport.published import VOCAB

_PREFIXES: Final = {
    "fp": VOCAB,
    "schema": SCHEMA,
    "prov": PROV,
    "epcis": EPCIS,
    "dcterms": DCTERMS,
    "gs1": "https://ref.gs1.org/voc/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
TURTLE_HEAD: Final = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(_PREFIXES.items())).encode()
"""What a file of ``turtle`` pieces begins with."""


def parsed(triples: bytes) -> list[pyoxigraph.Triple]:
    """N-Triples as statements."""
    return [quad.triple for quad in pyoxigraph.parse(triples, format=pyoxigraph.RdfFormat.N_TRIPLES)]


def quads(triples: bytes, graph: str) -> bytes:
    """N-Triples as N-Quads in a named graph. Lines end with `` .`` and a line feed, which stand nowhere inside them."""
    return triples.replace(b" .\n", f" <{graph}> .\n".encode())


def turtle(triples: Iterable[pyoxigraph.Triple]) -> bytes:
    """Statements as Turtle, without the prefixes, which are those of ``TURTLE_HEAD``."""
    written = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.TURTLE, prefixes=_PREFIXES) or b""
    return written.split(b"\n", len(_PREFIXES))[len(_PREFIXES)]


class Counted:
    """What is counted of the graphs as they pass by (VoID)."""

    def __init__(self) -> None:
        self.triples = self.graphs = self.entities = 0
        self.classes: Counter[str] = Counter()
        self.properties: Counter[str] = Counter()

    def take(self, triples: Sequence[pyoxigraph.Triple]) -> None:
        """Count one graph. A subject that is described in several graphs is counted in each."""
        if not triples:
            return
        self.graphs += 1
        self.triples += len(triples)
        self.entities += len({each.subject for each in triples})
        self.properties.update(each.predicate.value for each in triples)
        kinds = (each.object for each in triples if each.predicate.value == TYPE)
        self.classes.update(each.value for each in kinds if isinstance(each, pyoxigraph.NamedNode))
