"""What the graph on a server tells of itself: a few statements in a named graph of its own, changed with the data."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from passport.adapters.sparql.http import Endpoint
from passport.errors import NoGraph

RESULTS = "application/sparql-results+json"
UNION = ("union-default-graph", "true")
"""By which Oxigraph's server shows all graphs to a query that names none; others do so by a setting of theirs."""

TERMS = "urn:furniture-passport:graph:"
NO, YES, FIRST = "no", "yes", "first"
"""What is said of graphs from before a beginning."""

_FACTS = ("position", "mark", "number", "made", "sweep")


@dataclass(frozen=True, slots=True)
class State:
    """How far the graph is, and who writes it.

    ``whole`` is whether the facts are there, once each and readable; if not, nothing is known of what the graph holds.
    ``anew`` is not empty when somebody wants it to begin anew. ``sweep`` is whether graphs from before a beginning are
    still there, ``first`` whether there were none and it was never whole. ``digests`` name large graphs with the digest
    of what they hold. ``united`` is whether the server shows what is in named graphs to queries that name none.
    ``writers`` has one member while there is a writer, and ``beat`` is what that one changes when it does something.
    """

    whole: bool = False
    position: int = 0
    mark: bytes = b""
    number: int = 0
    made: str = ""
    sweep: bool = False
    first: bool = False
    digests: frozenset[str] = frozenset()
    anew: tuple[str, ...] = ()
    united: bool = False
    writers: tuple[str, ...] = ()
    beat: str = ""


def read(endpoint: Endpoint, name: str, *, seconds: float) -> State:
    """The state in the named graph ``name``. Raises ``NoGraph`` when the server does not answer."""
    found: dict[str, list[str]] = {}
    rows = select(
        endpoint,
        f"SELECT ?property ?value ?all WHERE {{ {{ GRAPH <{name}> {{ <{name}> ?property ?value }} }}"
        f" UNION {{ <{name}> <{TERMS}number> ?all }} }}",
        seconds=seconds,
    )
    for row in rows:
        found.setdefault(row.get("property", ""), []).append(row.get("value", ""))
    united = "" in found
    facts = {fact: found.get(TERMS + fact, []) for fact in _FACTS}
    known = State(
        number=_highest(facts["number"]),
        united=united,
        digests=frozenset(found.get(f"{TERMS}digest", ())),
        anew=tuple(found.get(f"{TERMS}anew", ())),
        writers=tuple(sorted(found.get(f"{TERMS}writer", ()))),
        beat=" ".join(sorted(found.get(f"{TERMS}beat", ()))),
    )
    if any(len(each) != 1 for each in facts.values()):
        return known
    try:
        position, mark = int(facts["position"][0]), bytes.fromhex(facts["mark"][0])
    except ValueError:
        return known
    made, sweep = facts["made"][0], facts["sweep"][0]
    return replace(known, whole=True, position=position, mark=mark, made=made, sweep=sweep != NO, first=sweep == FIRST)


def _highest(numbers: list[str]) -> int:
    return max((int(each) for each in numbers if each.isdecimal() and each.isascii()), default=0)


def select(endpoint: Endpoint, query: str, *, seconds: float, most: int = 256 * 1024 * 1024) -> list[Mapping[str, str]]:
    """The values in the rows of our own query. Raises ``NoGraph``."""
    try:
        with closing(endpoint.post([("query", query), UNION], accept=RESULTS, seconds=seconds)) as reply:
            if reply.status != 200 or reply.media_type not in (RESULTS, "application/json"):
                raise NoGraph(f"The graph's server answered {reply.status} ({reply.media_type}) to a query of ours.")
            found: Any = json.loads(reply.body(most))
            return [{each: str(term["value"]) for each, term in row.items()} for row in found["results"]["bindings"]]
    except OSError as wrong:
        raise NoGraph("The graph's server does not answer.") from wrong
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise NoGraph("The graph's server does not answer with results of a query.") from wrong
