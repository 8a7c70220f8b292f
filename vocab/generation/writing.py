"""Turtle as text: literals, blocks and whole documents."""

import json
import re
from collections.abc import Iterable

from generation.source import PREFIXES, VOCAB

_PREFIXES = PREFIXES | {
    "fp": VOCAB,
    "owl": "http://www.w3.org/2002/07/owl#",
    "prof": "http://www.w3.org/ns/dx/prof/",
    "qudt": "http://qudt.org/schema/qudt/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "role": "http://www.w3.org/ns/dx/prof/role/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vann": "http://purl.org/vocab/vann/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|<[^>]*>')
_NAMES = re.compile(r"\b([a-z][a-z0-9]*):")
LICENCE = "http://www.apache.org/licenses/LICENSE-2.0"

Pairs = list[tuple[str, str]]


def literal(value: str, language: str | None = None) -> str:
    """A string, with a language or without."""
    return json.dumps(value, ensure_ascii=False) + (f"@{language}" if language else "")


def block(subject: str, pairs: Iterable[tuple[str, str]]) -> str:
    """All that is said of one subject, given by its IRI."""
    return f"<{subject}>\n    " + " ;\n    ".join(f"{predicate} {value}" for predicate, value in pairs) + " .\n"


def blank(pairs: Iterable[tuple[str, str]]) -> str:
    """A node without a name, on one line."""
    return "[ " + " ; ".join(f"{predicate} {value}" for predicate, value in pairs) + " ]"


def together(values: Iterable[str]) -> str:
    """An RDF list."""
    return f"( {' '.join(values)} )"


def document(blocks: Iterable[str]) -> bytes:
    """A Turtle document that declares the prefixes it uses."""
    body = "\n".join(blocks)
    found = set(_NAMES.findall(_TEXT.sub("", body)))
    used = [f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(_PREFIXES.items()) if name in found]
    return ("".join(used) + "\n" + body).encode()
