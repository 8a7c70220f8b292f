"""Updates in SPARQL 1.1 that do nothing unless the writer that sends them is still the writer.

An update may arrive late: after the connection that sent it broke, or after another writer took over. Each operation
asks for the writer's own token, which the next writer replaces, so that a late one changes nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import pyoxigraph

from passport.adapters.sparql.state import TERMS

_LINES = 1000
_ESCAPE = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)")
_TEXT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}


def iri(name: str) -> str:
    """An IRI as it stands in an update. Raises ``ValueError`` for what is none."""
    return str(pyoxigraph.NamedNode(name))


def literal(text: str) -> str:
    """A string as it stands in an update."""
    return '"' + "".join(_TEXT.get(each, each) for each in text) + '"'


def replaced(name: str, triples: bytes, condition: str) -> Iterator[str]:
    """Operations that let a graph hold these N-Triples and no others. Raises ``ValueError`` for blank nodes."""
    yield emptied(name, condition)
    lines = written(triples)
    for start in range(0, len(lines), _LINES):
        inside = "\n".join(lines[start : start + _LINES])
        yield f"INSERT {{ GRAPH {iri(name)} {{\n{inside}\n}} }} WHERE {{ {condition} }}"


def emptied(name: str, condition: str) -> str:
    """An operation that takes everything out of a graph."""
    inside = f"GRAPH {iri(name)} {{ ?s ?p ?o }}"
    return f"DELETE {{ {inside} }} WHERE {{ {condition} {inside} }}"


def written(triples: bytes) -> list[str]:
    """N-Triples as SPARQL writes them, a line each."""
    found = list(pyoxigraph.parse(triples, format=pyoxigraph.RdfFormat.N_TRIPLES))
    if any(isinstance(node, pyoxigraph.BlankNode) for each in found for node in (each.subject, each.object)):
        raise ValueError("blank nodes would be others on every server")
    text = pyoxigraph.serialize(found, format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
    return [line for line in _ESCAPE.sub(_spelled, text).decode().split("\n") if line]


def _spelled(escape: re.Match[bytes]) -> bytes:
    r"""SPARQL reads ``\u0022`` before it reads what a string is: such a character is written as itself, or escaped."""
    number = escape[1] or escape[2]
    if number is None:
        return escape[0]
    character = chr(int(number, 16))
    return _TEXT.get(character, character).encode()


def held(state: str, token: str) -> str:
    """The condition that ``token`` is still the writer's."""
    return f"GRAPH {iri(state)} {{ {iri(state)} <{TERMS}writer> {literal(token)} }}"


def told(state: str, facts: Mapping[str, str], condition: str) -> str:
    """An operation that sets facts of the state anew."""
    subject = iri(state)
    old = " ".join(f"OPTIONAL {{ GRAPH {subject} {{ {subject} <{TERMS}{fact}> ?{fact} }} }}" for fact in facts)
    gone = " ".join(f"{subject} <{TERMS}{fact}> ?{fact} ." for fact in facts)
    new = " ".join(f"{subject} <{TERMS}{fact}> {literal(value)} ." for fact, value in facts.items())
    return (
        f"DELETE {{ GRAPH {subject} {{ {gone} }} }} INSERT {{ GRAPH {subject} {{ {new} }} }}"
        f" WHERE {{ {condition} {old} }}"
    )


def taken(state: str, token: str, *, over: tuple[str, ...], beat: str) -> str:
    """An operation that makes ``token`` the writer's, if nobody is, or if those that are have not moved since."""
    subject = iri(state)
    new = (
        f"INSERT {{ GRAPH {subject} {{ {subject} <{TERMS}writer> {literal(token)} ; <{TERMS}beat> {literal('0')} }} }}"
    )
    if not over:
        return f"{new} WHERE {{ FILTER NOT EXISTS {{ GRAPH {subject} {{ {subject} <{TERMS}writer> ?other }} }} }}"
    olds = " ".join(f"{subject} <{TERMS}writer> {literal(each)} ." for each in over)
    both = f"{subject} <{TERMS}writer> ?writer . {subject} <{TERMS}beat> ?beat ."
    filtered = " ".join(f"{subject} <{TERMS}beat> {literal(each)} ." for each in beat.split())
    return f"DELETE {{ GRAPH {subject} {{ {both} }} }} {new} WHERE {{ GRAPH {subject} {{ {olds} {filtered} {both} }} }}"


def wished(state: str, wish: str) -> str:
    """An operation by which anybody wishes that the writer begins anew."""
    return f"INSERT DATA {{ GRAPH {iri(state)} {{ {iri(state)} <{TERMS}anew> {literal(wish)} }} }}"


def noted(state: str, fact: str, value: str, condition: str) -> str:
    """An operation that adds a value of a fact that may have several."""
    inside = f"GRAPH {iri(state)} {{ {iri(state)} <{TERMS}{fact}> {literal(value)} }}"
    return f"INSERT {{ {inside} }} WHERE {{ {condition} }}"


def forgotten(state: str, fact: str, value: str, condition: str) -> str:
    """An operation that takes such a value away."""
    inside = f"GRAPH {iri(state)} {{ {iri(state)} <{TERMS}{fact}> {literal(value)} }}"
    return f"DELETE {{ {inside} }} WHERE {{ {condition} {inside} }}"


def outdated(state: str, names: Sequence[str], condition: str) -> str:
    """An operation that writes down these graphs as those from before a beginning."""
    inside = " ".join(f"{iri(state)} <{TERMS}before> {iri(name)} ." for name in names)
    return f"INSERT {{ GRAPH {_before(state)} {{ {inside} }} }} WHERE {{ {condition} }}"


def current(state: str, name: str, condition: str) -> str:
    """An operation by which a graph is none of these any more."""
    inside = f"GRAPH {_before(state)} {{ {iri(state)} <{TERMS}before> {iri(name)} }}"
    return f"DELETE {{ {inside} }} WHERE {{ {condition} }}"


def outdated_graphs(state: str) -> str:
    """A query for those that are left."""
    return f"SELECT ?g WHERE {{ GRAPH {_before(state)} {{ {iri(state)} <{TERMS}before> ?g }} }}"


def _before(state: str) -> str:
    return iri(f"{state}-before")


def left(state: str, token: str) -> str:
    """An operation by which the writer stops being it."""
    subject = iri(state)
    both = f"GRAPH {subject} {{ {subject} <{TERMS}writer> {literal(token)} . {subject} <{TERMS}beat> ?beat }}"
    return f"DELETE {{ {both} }} WHERE {{ {both} }}"
