"""What ``ports.Queries`` promises, for each adapter."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any, Protocol

import pytest

from passport.adapters import asking
from passport.adapters.oxigraph.pool import QueryPool
from passport.adapters.sparql.graph import SparqlGraph
from passport.adapters.sparql.queries import SparqlQueries
from passport.codecs import sparql
from passport.errors import NotAcceptable, QueryRefused, QueryStopped, QueryWrong, ResultTooLarge, TooMany
from passport.model.query import Form, Question
from passport.ports import Feeding, Queries
from tests.adapters.asking import (
    BASE,
    CHAIR,
    DESK,
    ENDLESS,
    FORMATS,
    MASS,
    NAME,
    NAMES,
    answered,
    generation,
    quads,
    rows,
    soon_answered,
)

GRAPHS = f"SELECT ?g {{ GRAPH ?g {{ ?thing <{NAME}> ?name }} }}"


class Making(Protocol):
    """Makes an adapter over the graph of these tests."""

    def __call__(self, **limits: float) -> Queries: ...


class World:
    """The graph of ``quads`` behind one kind of adapter. One without limits is made once for all tests."""

    def __init__(self, new: Making, renew: Callable[[], None]) -> None:
        self._new, self._renew, self._limited = new, renew, list[Queries]()
        self._usual = new(per_minute=1_000_000)

    def make(self, **limits: float) -> Queries:
        """An adapter; of its own for whoever names limits."""
        if not limits:
            return self._usual
        self._limited.append(self._new(**limits))
        return self._limited[-1]

    def tidy(self) -> None:
        """Close those with limits, and end what they may have left behind."""
        for each in self._limited:
            each.close()
        if self._limited:
            self._limited.clear()
            self._renew()

    def close(self) -> None:
        """Close the adapter that is made once."""
        self._usual.close()


@pytest.fixture(scope="module", params=["pool", "server"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The adapter of each kind with the graph of ``quads``."""
    folder = tmp_path_factory.mktemp("queries") / "graph"

    def pool(**limits: float) -> Queries:
        return QueryPool(folder, guard=sparql.check, **limits)  # type: ignore[arg-type]

    def asked(**limits: float) -> Queries:
        strict = partial(sparql.check, limits=sparql.STRICT)
        return SparqlQueries(server.query, state=f"{BASE}#state", guard=strict, **limits)  # type: ignore[arg-type]

    def restart() -> None:
        server.kill()
        server.start()

    if request.param == "pool":
        generation(folder, 1)
        made = World(pool, lambda: None)
        yield made
        made.close()
    else:
        server: Any = request.getfixturevalue("_sparql_server")
        server.empty()
        fill(SparqlGraph(server.query, server.update, folder=folder, state=f"{BASE}#state"))
        made = World(asked, restart)
        yield made
        made.close()
        server.kill()


@pytest.fixture
def make(world: World) -> Iterator[Making]:
    """Makes the adapter of each kind."""
    yield world.make
    world.tidy()


def fill(graph: SparqlGraph) -> None:
    """Let a server have the graph of ``quads``."""

    def step(feeding: Feeding) -> None:
        named: dict[str, list[str]] = {}
        for quad in quads():
            named.setdefault(getattr(quad.graph_name, "value", ""), []).append(f"{quad.triple} .")
        for name, triples in named.items():
            feeding.put(name, "\n".join(triples).encode())
        feeding.reach(10, b"mark")

    assert graph.follow(step)
    graph.publish()
    graph.close()


class TestEveryAdapter:
    """The contract of the port."""

    def test_default_graph_is_the_union_of_all(self, make: Making) -> None:
        assert rows(answered(make(), NAMES)) == [{"name": "Bord"}, {"name": "Stol"}]

    def test_asks_one_graph(self, make: Making) -> None:
        found = rows(answered(make(), f"SELECT ?mass {{ GRAPH <{CHAIR}> {{ ?thing <{MASS}> ?mass }} }}"))
        assert found == [{"mass": "7.4"}]

    @pytest.mark.parametrize(
        ("dataset", "names", "graphs"),
        [
            ({"default_graphs": (CHAIR,)}, ["Stol"], []),
            ({"default_graphs": (CHAIR, DESK)}, ["Bord", "Stol"], []),
            ({"named_graphs": (DESK,)}, [], [DESK]),
            ({"default_graphs": (CHAIR,), "named_graphs": (DESK,)}, ["Stol"], [DESK]),
            ({"default_graphs": ("https://unknown.example/",)}, [], []),
        ],
    )
    @pytest.mark.parametrize("clause", ["", f"FROM <{DESK}> FROM NAMED <{CHAIR}>"])
    def test_dataset_of_the_request_goes_first(
        self, make: Making, clause: str, dataset: dict[str, tuple[str, ...]], names: list[str], graphs: list[str]
    ) -> None:
        queries = make()
        assert [row["name"] for row in rows(answered(queries, NAMES.replace("{", clause + "{", 1), **dataset))] == names
        assert [row["g"] for row in rows(answered(queries, GRAPHS.replace("{", clause + "{", 1), **dataset))] == graphs

    def test_dataset_of_the_query(self, make: Making) -> None:
        queries = make()
        assert rows(answered(queries, f"SELECT ?name FROM <{DESK}> {{ ?thing <{NAME}> ?name }}")) == [{"name": "Bord"}]
        named = answered(queries, f"SELECT ?g FROM NAMED <{DESK}> {{ GRAPH ?g {{ ?thing <{NAME}> ?name }} }}")
        assert rows(named) == [{"g": DESK}]
        assert rows(answered(queries, f"SELECT ?name FROM NAMED <{DESK}> {{ ?thing <{NAME}> ?name }}")) == []

    def test_forms_and_how_they_are_written(self, make: Making) -> None:
        queries = make()
        for text, form in (
            ("SELECT * {}", Form.TABLE),
            ("ASK {}", Form.TRUTH),
            ("CONSTRUCT WHERE { ?s ?p ?o }", Form.GRAPH),
            (f"DESCRIBE <{CHAIR}>", Form.GRAPH),
        ):
            with closing(queries.ask(Question(text, BASE, FORMATS), client="someone")) as answer:
                assert (answer.form, answer.media_type) == (form, FORMATS[form])
                assert b"".join(answer)

    @pytest.mark.parametrize(
        "media_type",
        ["application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"],
    )
    def test_tables(self, make: Making, media_type: str) -> None:
        found = answered(make(), f"SELECT ?mass {{ <{CHAIR}> <{MASS}> ?mass }}", formats={Form.TABLE: media_type})
        assert b"7.4" in found
        if media_type.endswith("json"):
            assert json.loads(found)["results"]["bindings"] == [{"mass": {"type": "literal", "value": "7.4"}}]

    @pytest.mark.parametrize(
        "media_type", ["text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"]
    )
    def test_graphs(self, make: Making, media_type: str) -> None:
        assert b"7.4" in answered(make(), f"DESCRIBE <{CHAIR}>", formats={Form.GRAPH: media_type})

    def test_truth(self, make: Making) -> None:
        assert json.loads(answered(make(), f"ASK {{ <{CHAIR}> ?p ?o }}"))["boolean"] is True

    def test_refuses_a_form_that_is_not_wanted(self, make: Making) -> None:
        queries = make()
        for text in ("ASK {}", "CONSTRUCT {} {}", "# a comment\nBASE <x:> DESCRIBE <y>"):
            with pytest.raises(NotAcceptable):
                answered(queries, text, formats={Form.TABLE: "text/csv"})

    def test_relative_addresses_have_the_base(self, make: Making) -> None:
        assert len(rows(answered(make(), "SELECT ?o { ?s <#p> ?o }"))) == 200

    def test_says_where_a_query_is_wrong(self, make: Making) -> None:
        with pytest.raises(QueryWrong) as wrong:
            answered(make(), "SELECT *\nWHERE { ?s ?p }")
        assert wrong.value.values.get("line", 2) == 2

    @pytest.mark.parametrize("text", ["", "nonsense", "SELECT * { ?s ?p 'open }", "ASK {} ASK {}", "SELECT ?x { \0 }"])
    def test_says_that_a_query_is_wrong(self, make: Making, text: str) -> None:
        with pytest.raises(QueryWrong):
            answered(make(), text)

    def test_names_a_prefix_that_is_not_declared(self, make: Making) -> None:
        told = "^The prefix skos: is not declared. Begin the query with PREFIX skos: <http"
        with pytest.raises(QueryWrong, match=told) as wrong:
            answered(make(), "ASK\n{ ?s skos:prefLabel ?o }")
        assert (wrong.value.values["line"], wrong.value.values["column"]) == (2, 6)

    @pytest.mark.parametrize("text", ["SELEC * { ?s ?p ?o }", "SELEKT * { ?s fp:model ?o }", "hello", ""])
    def test_says_with_what_a_query_begins_where_none_does(self, make: Making, text: str) -> None:
        told = "^This is not a SPARQL 1.1 query: it has none of SELECT, ASK, CONSTRUCT and DESCRIBE.$"
        with pytest.raises(QueryWrong, match=told) as wrong:
            answered(make(), text)
        assert not wrong.value.values

    def test_refuses_what_it_does_not_do(self, make: Making) -> None:
        queries = make()
        for text in ("SELECT * { SERVICE <http://127.0.0.1/> {} }", "CLEAR ALL", "SELECT * {" + "{" * 3000):
            with pytest.raises(QueryRefused):
                answered(queries, text)

    def test_tells_without_asking_what_a_question_gives(self, make: Making) -> None:
        queries = make()
        for text, form in (
            ("ASK {}", Form.TRUTH),
            ("SELECT * {}", Form.TABLE),
            ("DESCRIBE <a>", Form.GRAPH),
            ("", None),
        ):
            assert queries.form(Question(text, BASE, FORMATS)) == form
        with pytest.raises(QueryRefused):
            queries.form(Question("CLEAR ALL", BASE, FORMATS))

    def test_names_the_generation(self, make: Making) -> None:
        queries = make()
        told = queries.generation()
        assert told is not None
        with closing(queries.ask(Question("ASK {}", BASE, FORMATS), client="someone")) as answer:
            assert answer.generation == told

    def test_ends_what_takes_too_long(self, make: Making) -> None:
        queries = make(seconds=1)
        with pytest.raises(QueryStopped) as stopped:
            answered(queries, ENDLESS)
        assert stopped.value.values["limit"] == "time"
        assert len(rows(soon_answered(queries, NAMES))) == 2

    def test_ends_an_answer_that_is_too_large(self, make: Making) -> None:
        queries = make(size=20_000)
        with pytest.raises(ResultTooLarge) as large:
            answered(queries, "SELECT * { ?s ?p ?o . ?a ?b ?c }")
        assert large.value.values["limit"] == 20_000
        assert len(rows(answered(queries, NAMES))) == 2

    def test_limits_each_client(self, make: Making, monkeypatch: pytest.MonkeyPatch) -> None:
        queries = make(per_minute=3)
        monkeypatch.setattr(asking, "monotonic", lambda: 0.0)
        for _ in range(3):
            answered(queries, "ASK {}")
        with pytest.raises(TooMany) as many:
            answered(queries, "ASK {}")
        assert many.value.retry_after > 0
        answered(queries, "ASK {}", client="another one")

    def test_an_answer_is_closed_in_its_middle(self, make: Making) -> None:
        queries = make()
        answer = queries.ask(Question("SELECT * { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f }", BASE, FORMATS), client="someone")
        assert next(iter(answer))
        answer.close()
        answer.close()
        assert len(rows(answered(queries, NAMES))) == 2

    @pytest.mark.parametrize("clients", [20, 1])
    def test_many_ask_at_once(self, make: Making, clients: int) -> None:
        """Twenty clients, each at an address of its own, or all at one as a class at a university is."""
        queries, found = make(), []

        def ask(at: int) -> None:
            found.extend(len(rows(answered(queries, NAMES, client=f"client {at % clients}"))) for _ in range(5))

        threads = [threading.Thread(target=ask, args=(at,)) for at in range(20)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert found == [2] * 100

    def test_close_is_asked_twice_and_ends_all(self, make: Making) -> None:
        queries = make(seconds=5)
        answered(queries, "ASK {}")
        queries.close()
        queries.close()
