"""A small graph, as a folder's generation, and ways to ask it."""

import atexit
import csv
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store

from passport.adapters.oxigraph.generations import make_current, path_of
from passport.errors import QueryStopped
from passport.model.query import Form, Generation, Question
from passport.ports import Queries

BASE = "https://passport.example/sparql"
CHAIR, DESK = "https://passport.example/passports/A", "https://passport.example/passports/B"
NAME, MASS = "https://schema.org/name", "https://passport.example/mass"
FORMATS = {
    Form.TABLE: "text/csv",
    Form.TRUTH: "application/sparql-results+json",
    Form.GRAPH: "application/n-triples",
}
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . ?p ?q ?r . ?s ?t ?u }"
NAMES = f"SELECT ?name {{ ?thing <{NAME}> ?name }}"


def quads(extra: int = 200) -> Iterator[Quad]:
    """Two passports in their graphs, and statements enough for a long answer."""
    for graph, name, mass in ((CHAIR, "Stol", "7.4"), (DESK, "Bord", "21")):
        node = NamedNode(graph)
        yield Quad(node, NamedNode(NAME), Literal(name, language="sv"), node)
        yield Quad(node, NamedNode(MASS), Literal(mass), node)
    shared = NamedNode("https://passport.example/shared")
    for at in range(extra):
        yield Quad(NamedNode(f"https://passport.example/n/{at}"), NamedNode(f"{BASE}#p"), Literal(str(at)), shared)


def generation(folder: Path, number: int, extra: int = 200) -> Generation:
    """A generation with the statements of ``quads``, as the writer makes it."""
    folder.mkdir(exist_ok=True)
    store, size = _store_of(extra)
    shutil.copytree(store, path_of(folder, number))
    made = Generation(number, number * 10, "2026-11-21T12:00:00Z", size)
    make_current(folder, made)
    return made


@cache
def _store_of(extra: int) -> tuple[Path, int]:
    """The folder of a store that is made once, and its size."""
    folder = Path(tempfile.mkdtemp(prefix="asking-"))
    atexit.register(shutil.rmtree, folder)
    store = Store(str(folder / "live"))
    store.bulk_extend(quads(extra))
    store.flush()
    store.backup(str(folder / "made"))
    return folder / "made", len(store)


def answered(queries: Queries, text: str, *, client: str = "someone", **more: object) -> bytes:
    """The whole answer."""
    question = Question(text, BASE, **({"formats": FORMATS} | more))  # type: ignore[arg-type]
    with closing(queries.ask(question, client=client)) as answer:
        return b"".join(answer)


def soon_answered(queries: Queries, text: str) -> bytes:
    """The whole answer of a small query; again and again if the machine is so busy that its second is over first."""
    for _ in range(100):
        try:
            return answered(queries, text)
        except QueryStopped as stopped:
            if stopped.values["limit"] != "time":
                raise
    raise AssertionError("no answer comes any more")


def rows(table: bytes) -> list[dict[str, str]]:
    """What a CSV table says, in order of all."""
    return sorted(csv.DictReader(io.StringIO(table.decode())), key=lambda row: sorted(row.items()))
