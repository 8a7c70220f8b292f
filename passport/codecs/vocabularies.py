"""Published vocabulary files in other RDF forms, whole or the description of one subject."""

from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from passport.codecs.forms import TURTLE, written
from passport.published.namespaces import prefixes

_PREFIXES: Final = prefixes("skos", "rdfs", "owl", "xsd")


def convert(turtle: bytes, media_type: str, *, subject: str | None = None) -> bytes:
    """``turtle`` in another form of ``forms.FORMATS``; with ``subject`` only the statements about that IRI.

    A subject that the file does not describe gives an empty graph.
    """
    if subject is None and media_type == TURTLE:
        return turtle
    wanted = NamedNode(subject) if subject is not None else None
    triples = (quad.triple for quad in parse(turtle, RdfFormat.TURTLE) if isinstance(quad, Quad))
    return written((each for each in triples if wanted is None or each.subject == wanted), media_type, _PREFIXES)
