"""Published vocabulary files in other RDF forms, whole or the description of one subject."""

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse, serialize

FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/json": RdfFormat.JSON_LD,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
"""Media types that ``convert`` writes; plain JSON is JSON-LD."""

_PREFIXES = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def convert(turtle: bytes, media_type: str, *, subject: str | None = None) -> bytes:
    """``turtle`` in another form of ``FORMATS``; with ``subject`` only the statements about that IRI.

    A subject that the file does not describe gives an empty graph.
    """
    if subject is None and media_type == "text/turtle":
        return turtle
    wanted = NamedNode(subject) if subject is not None else None
    triples = (quad.triple for quad in parse(turtle, RdfFormat.TURTLE) if isinstance(quad, Quad))
    kept: list[Triple] = [each for each in triples if wanted is None or each.subject == wanted]
    written = serialize(kept, format=FORMATS[media_type], prefixes=_PREFIXES)
    if written is None:
        raise TypeError("Nothing was written to memory.")
    return written
