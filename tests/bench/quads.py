"""How soon a document as JSON-LD is statements, beside PyLD and beside a general parser, in the same run.

Run it with ``python tests/bench/quads.py [STORE]``: a line for each kind of document, exits 1 if one takes longer than
its limit. Documents come from a store that is given (only read; by ``tests/bench/load.py --pieces N STORE``), or from
one that is made of ``--pieces``. The general parser is pyoxigraph's, which gets the context in each document, as it has
none of its own. Seconds are of CPU, so that other work on the machine matters little.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import orjson
from load import load
from pyld import FrozenDocumentLoader
from pyld import jsonld as pyld
from pyoxigraph import RdfFormat, parse
from queries import SECRET

from passport.codecs import rdf
from passport.codecs.documents import inner
from passport.model.passport import Kind, Tier
from passport.published import CONTEXT, VOCAB, Published
from passport.service.system import System
from passport.settings import Settings
from passport.wiring import create_system, open_system

LIMIT = 0.5
"""Milliseconds for the median passport, and event, of each kind."""

EVENTS = f"{VOCAB}contexts/event/1.0"
EACH, SLOW = 300, 15
"""Documents of each kind; so many of them for PyLD."""

ENTRIES = 20_000
"""So many entries of the log are looked at."""


def documents(system: System) -> dict[str, list[tuple[bytes, str]]]:
    """Public documents as signed, and their contexts, by kind."""
    found: dict[str, list[tuple[bytes, str]]] = defaultdict(list)
    for entry in system.history.scan(0, min(system.history.size(), ENTRIES)):
        document = entry.document
        if document.tier is Tier.PUBLIC and document.payload:
            value = inner(document.payload, document.start)
            event = document.kind is Kind.EVENT
            kind = "event" if event else f"{value.get('granularity')} passport"
            found[kind].append((orjson.dumps(value), EVENTS if event else CONTEXT))
    return {kind: each[:EACH] for kind, each in sorted(found.items())}


def milliseconds(act: Callable[[tuple[bytes, str]], object], each: Iterable[tuple[bytes, str]]) -> float:
    """Of CPU, for the median document."""
    took = []
    for one in each:
        start = time.thread_time()
        act(one)
        took.append(time.thread_time() - start)
    return 1000 * statistics.median(took)


def measured(kind: str, found: list[tuple[bytes, str]], published: Published) -> bool:
    """One kind of document, all three ways."""
    loader = FrozenDocumentLoader(documents={each: dict(published.context(each)) for each in (CONTEXT, EVENTS)})
    options = {"base": None, "documentLoader": loader, "format": "application/n-quads"}
    heads = {each: orjson.dumps(published.context(each)["@context"]) for each in (CONTEXT, EVENTS)}

    def ours(one: tuple[bytes, str]) -> bytes:
        return rdf.triples(json.loads(one[0]), published=published, context=one[1])

    def general(one: tuple[bytes, str]) -> int:
        return len(list(parse(b'{"@context":' + heads[one[1]] + b"," + one[0][1:], RdfFormat.JSON_LD)))

    def slow(one: tuple[bytes, str]) -> object:
        return pyld.to_rdf({"@context": one[1], **json.loads(one[0])}, options)

    lines = statistics.median(ours(one).count(b"\n") for one in found)
    took, other = milliseconds(ours, found), milliseconds(general, found)
    oracle = milliseconds(slow, found[:SLOW])
    good = took <= LIMIT
    print(
        f"{'ok  ' if good else 'FAIL'} {kind}, {lines:.0f} statements: {took:.3f} ms (limit {LIMIT}); "
        f"a general parser {other:.2f} ms, PyLD {oracle:.1f} ms (medians of {len(found)})",
        flush=True,
    )
    return good


def main() -> int:
    """Measure; 1 when a limit is broken."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("store", nargs="?", type=Path)
    options.add_argument("--pieces", type=int, default=500)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as made:
        if given.store is None:
            settings = Settings(data=Path(made) / "store", base_url="http://127.0.0.1:8000", signing_secret=SECRET)
            running = create_system(settings)
            load(running.system, pieces=given.pieces)
        else:
            running = open_system(Settings(data=given.store, signing_secret=SECRET))
        found = documents(running.system)
        good = [measured(kind, each, running.system.published) for kind, each in found.items()]
        running.close()
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
