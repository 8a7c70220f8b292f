"""The namespaces of all that we say, and the short names that go before them."""

from collections.abc import Mapping
from typing import Final

VOCAB: Final = "https://w3id.org/furniturepassport/"
"""Ours: a term is this and its name."""

CREDENTIALS: Final = "https://www.w3.org/2018/credentials#"
DCAT: Final = "http://www.w3.org/ns/dcat#"
DCTERMS: Final = "http://purl.org/dc/terms/"
EPCIS: Final = "https://ref.gs1.org/epcis/"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
GS1: Final = "https://ref.gs1.org/voc/"
OWL: Final = "http://www.w3.org/2002/07/owl#"
PROV: Final = "http://www.w3.org/ns/prov#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SCHEMA: Final = "https://schema.org/"
SD: Final = "http://www.w3.org/ns/sparql-service-description#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
SPDX: Final = "http://spdx.org/rdf/terms#"
VOID: Final = "http://rdfs.org/ns/void#"
WIKIDATA: Final = "http://www.wikidata.org/entity/"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

TYPE: Final = f"{RDF}type"

_SHORT: Final = {
    "fp": VOCAB,
    "schema": SCHEMA,
    "dcterms": DCTERMS,
    "epcis": EPCIS,
    "prov": PROV,
    "skos": SKOS,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "dcat": DCAT,
    "foaf": FOAF,
    "gs1": GS1,
    "owl": OWL,
    "sd": SD,
    "spdx": SPDX,
    "void": VOID,
    "cred": CREDENTIALS,
    "wd": WIKIDATA,
}


def prefixes(*names: str) -> Mapping[str, str]:
    """Namespaces by short name, in the order that is asked for."""
    return {name: _SHORT[name] for name in names}


def namespace(name: str) -> str | None:
    """The namespace that a short name usually stands for; None for a name that is not known."""
    return _SHORT.get(name)
