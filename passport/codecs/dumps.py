"""Statements in bulk: N-Quads and Turtle that can be written one product after the other, and what is counted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import pyoxigraph

from passport.codecs.forms import TURTLE, written
from passport.published.namespaces import TYPE, prefixes

_PREFIXES: Final = prefixes("fp", "schema", "prov", "epcis", "dcterms", "gs1", "skos", "rdfs", "xsd")
TURTLE_HEAD: Final = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(_PREFIXES.items())).encode()
"""What a file of ``turtle`` pieces begins with."""


def quads(triples: bytes, graph: str) -> bytes:
    """N-Triples as N-Quads in a named graph. Lines end with `` .`` and a line feed, which stand nowhere inside them."""
    return triples.replace(b" .\n", f" <{graph}> .\n".encode())


def turtle(triples: Iterable[pyoxigraph.Triple]) -> bytes:
    """Statements as Turtle, without the prefixes, which are those of ``TURTLE_HEAD``."""
    return written(triples, TURTLE, _PREFIXES).split(b"\n", len(_PREFIXES))[len(_PREFIXES)]


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
