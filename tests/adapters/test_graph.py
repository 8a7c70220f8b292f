"""One contract of the graph for each way to keep it (``passport.ports.Graph``)."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from passport.adapters.oxigraph.graph import OxigraphGraph
from passport.adapters.sparql.graph import SparqlGraph
from passport.ports import Feeding, Graph
from tests.adapters.feeding import BASE, A, B, C, seen_in, step, told, where

Open = Callable[[], Graph]
Seen = Callable[[], dict[str, set[str]]]


class Kept:
    """A way to keep the graph: how to open it, and what queries see of it."""

    def __init__(self, open_graph: Open, seen: Seen) -> None:
        self._open, self.seen, self._graphs = open_graph, seen, list[Graph]()

    def open(self) -> Graph:
        self._graphs.append(self._open())
        return self._graphs[-1]

    def close(self) -> None:
        for graph in self._graphs:
            graph.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "graph"


def on_server(server: Any, folder: Path) -> Kept:
    """On a SPARQL server."""
    state = f"{BASE}/sparql#state"

    def seen() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for quad in parse("\n".join(server.quads()).encode(), format=RdfFormat.N_QUADS):
            if not quad.graph_name.value.startswith(state):
                found.setdefault(quad.graph_name.value, set()).add(getattr(quad.object, "value", ""))
        return found

    return Kept(lambda: SparqlGraph(server.query, server.update, folder=folder, state=state), seen)


@pytest.fixture(params=["folder", "server"])
def kept(request: pytest.FixtureRequest, folder: Path) -> Iterator[Kept]:
    if request.param == "server":
        made = on_server(request.getfixturevalue("sparql_server"), folder)
    else:
        made = Kept(lambda: OxigraphGraph(folder), lambda: seen_in(folder))
    with closing(made):
        yield made


def test_what_was_published_is_seen_and_position_and_mark_are_kept(kept: Kept) -> None:
    graph = kept.open()
    assert graph.position() == 0
    assert where(graph) == (0, b"")
    assert graph.follow(step(3, b"three", a=told(A, "one", "two"), b=told(B, "three")))
    graph.publish()
    assert (graph.position(), kept.seen()) == (3, {A: {"one", "two"}, B: {"three"}})
    graph.close()
    again = kept.open()
    assert where(again) == (3, b"three")
    assert again.follow(step(5, b"five", a=told(A, "two", "four"), b=None, c=told(C, "new")))
    again.publish()
    assert (again.position(), kept.seen()) == (5, {A: {"two", "four"}, C: {"new"}})


def test_a_graph_that_is_put_twice_in_the_first_step_holds_what_was_said_last(kept: Kept) -> None:
    graph = kept.open()

    def first(feeding: Feeding) -> None:
        feeding.put(A, told(A, "old", "both"))
        feeding.put(B, told(B, "gone"))
        feeding.put(A, told(A, "both", "new"))
        feeding.remove(B)
        feeding.remove(C)
        feeding.put(C, b"")
        feeding.reach(1, b"x")

    assert graph.follow(first)
    graph.publish()
    assert kept.seen() == {A: {"both", "new"}}


def test_texts_with_anything_in_them_come_through(kept: Kept) -> None:
    triples = (
        b'# not a statement .\n<https://e.x/s> <https://e.x/p>   "a . \\n b ." .\n\n'
        b'<https://e.x/s> <https://e.x/p> "\\" <https://e.x/g> . " . # and a remark\n'
        b'<https://e.x/s> <https://e.x/p> "last"@sv .'
    )
    graph = kept.open()
    for name in (A, B):
        assert graph.follow(lambda feeding, name=name: feeding.put(name, triples))
        graph.publish()
    texts = {"a . \n b .", '" <https://e.x/g> . ', "last"}
    assert kept.seen() == {A: texts, B: texts}


def test_what_leads_to_something_is_named(kept: Kept) -> None:
    graph = kept.open()
    made_to = f"<{B}> <{BASE}/model> <{A}> .\n".encode()
    found: list[Any] = []

    def look(feeding: Feeding) -> None:
        found.append(sorted(feeding.naming(A)))

    assert graph.follow(step(1, a=told(A, "a model"), b=made_to))
    assert graph.follow(look)
    graph.publish()
    assert graph.follow(step(2, c=made_to))
    assert graph.follow(look)
    assert found == [[B], [B, C]]


def test_queries_see_the_old_graph_until_the_new_one_is_published(kept: Kept) -> None:
    graph = kept.open()
    graph.follow(step(3, a=told(A, "one"), b=told(B, "two")))
    graph.publish()
    graph.follow(lambda feeding: feeding.clear())
    assert where(graph) == (0, b"")
    graph.follow(step(2, a=told(A, "anew")))
    assert kept.seen()[B] == {"two"}
    graph.publish()
    assert (graph.position(), kept.seen()) == (2, {A: {"anew"}})


def test_a_step_that_fails_is_taken_again(kept: Kept) -> None:
    graph = kept.open()
    graph.follow(step(1, a=told(A, "one")))
    graph.publish()

    def failing(feeding: Feeding) -> None:
        feeding.put(B, told(B, "half"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        graph.follow(failing)
    assert where(graph) == (1, b"m")
    assert graph.follow(step(2, b=told(B, "whole")))
    graph.publish()
    assert kept.seen() == {A: {"one"}, B: {"whole"}}


def test_there_is_one_writer_until_it_is_closed(kept: Kept) -> None:
    first, second = kept.open(), kept.open()
    assert first.follow(step(1, a=told(A, "one")))
    assert not second.follow(step(2, a=told(A, "two")))
    assert not second.follow(step(2, a=told(A, "two")), wait=0.1)
    first.publish()
    first.close()
    assert second.follow(step(2, b=told(B, "two")), wait=5)
    second.publish()
    assert kept.seen() == {A: {"one"}, B: {"two"}}


def test_any_process_may_ask_for_the_graph_to_be_made_anew(kept: Kept) -> None:
    writer, other = kept.open(), kept.open()
    writer.follow(step(4, a=told(A, "one")))
    writer.publish()
    other.begin_anew()
    assert kept.seen() == {A: {"one"}}
    assert where(writer) == (0, b"")
    writer.follow(step(4, b=told(B, "anew")))
    writer.publish()
    assert (where(writer), kept.seen()) == ((4, b"m"), {B: {"anew"}})
