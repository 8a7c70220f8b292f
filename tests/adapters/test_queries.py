"""What ``ports.Queries`` promises, for each adapter; and what the pool of processes promises beyond it."""

import csv
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from passport.adapters.oxigraph.generations import current, make_current, path_of
from passport.adapters.oxigraph.pool import QueryPool
from passport.adapters.sparql.graph import SparqlGraph
from passport.adapters.sparql.queries import SparqlQueries
from passport.codecs import sparql
from passport.errors import (
    NoGraph,
    NotAcceptable,
    QueriesBusy,
    QueryRefused,
    QueryStopped,
    QueryWrong,
    ResultTooLarge,
    StoreFailing,
    TooMany,
)
from passport.model.query import Form, Generation, Question
from passport.ports import Feeding, Queries

BASE = "https://passport.example/sparql"
CHAIR, DESK = "https://passport.example/passports/A", "https://passport.example/passports/B"
NAME, MASS = "https://schema.org/name", "https://passport.example/mass"
FORMATS = {
    Form.TABLE: "text/csv",
    Form.TRUTH: "application/sparql-results+json",
    Form.GRAPH: "application/n-triples",
}
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . ?p ?q ?r . ?s ?t ?u }"


class Making(Protocol):
    """Makes an adapter over the graph of these tests."""

    def __call__(self, **limits: float) -> Queries: ...


def quads(extra: int = 200) -> Iterator[Quad]:
    """Two passports in their graphs, and statements enough for a long answer."""
    for graph, name, mass in ((CHAIR, "Stol", "7.4"), (DESK, "Bord", "21")):
        node = NamedNode(graph)
        yield Quad(node, NamedNode(NAME), Literal(name, language="sv"), node)
        yield Quad(node, NamedNode(MASS), Literal(mass), node)
    shared = NamedNode("https://passport.example/shared")
    for at in range(extra):
        yield Quad(NamedNode(f"https://passport.example/n/{at}"), NamedNode(f"{BASE}#p"), Literal(str(at)), shared)


def generation(folder: Path, number: int, statements: Iterator[Quad]) -> Generation:
    """A generation as the writer makes it."""
    folder.mkdir(exist_ok=True)
    live = folder / f"live-{number}"
    store = Store(str(live))
    store.bulk_extend(statements)
    store.flush()
    store.backup(str(path_of(folder, number)))
    made = Generation(number, number * 10, "2026-11-21T12:00:00Z", len(store))
    del store
    make_current(folder, made)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "graph"


@pytest.fixture(params=["pool", "server"])
def make(request: pytest.FixtureRequest, folder: Path) -> Iterator[Making]:
    """Makes the adapter of each kind with the graph of ``quads``; closes what it made."""
    made: list[Queries] = []

    def pool(**limits: float) -> Queries:
        made.append(QueryPool(folder, guard=sparql.check, **limits))  # type: ignore[arg-type]
        return made[-1]

    def asked(**limits: float) -> Queries:
        strict = partial(sparql.check, limits=sparql.STRICT)
        made.append(SparqlQueries(server.query, state=f"{BASE}#state", guard=strict, **limits))  # type: ignore[arg-type]
        return made[-1]

    if request.param == "pool":
        generation(folder, 1, quads())
        yield pool
    else:
        server = request.getfixturevalue("sparql_server")
        fill(SparqlGraph(server.query, server.update, folder=folder, state=f"{BASE}#state"))
        yield asked
        server.kill()
    for each in made:
        each.close()


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


def answered(queries: Queries, text: str, *, client: str = "someone", **more: object) -> bytes:
    """The whole answer."""
    question = Question(text, BASE, **({"formats": FORMATS} | more))  # type: ignore[arg-type]
    with closing(queries.ask(question, client=client)) as answer:
        return b"".join(answer)


def rows(table: bytes) -> list[dict[str, str]]:
    """What a CSV table says, in order of all."""
    return sorted(csv.DictReader(io.StringIO(table.decode())), key=lambda row: sorted(row.items()))


NAMES = f"SELECT ?name {{ ?thing <{NAME}> ?name }}"
GRAPHS = f"SELECT ?g {{ GRAPH ?g {{ ?thing <{NAME}> ?name }} }}"


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

    def test_refuses_what_it_does_not_do(self, make: Making) -> None:
        queries = make()
        for text in ("SELECT * { SERVICE <http://127.0.0.1/> {} }", "CLEAR ALL", "SELECT * {" + "{" * 3000):
            with pytest.raises(QueryRefused):
                answered(queries, text)

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
        assert len(rows(answered(queries, NAMES))) == 2

    def test_ends_an_answer_that_is_too_large(self, make: Making) -> None:
        queries = make(size=20_000)
        with pytest.raises(ResultTooLarge) as large:
            answered(queries, "SELECT * { ?s ?p ?o . ?a ?b ?c }")
        assert large.value.values["limit"] == 20_000
        assert len(rows(answered(queries, NAMES))) == 2

    def test_limits_each_client(self, make: Making) -> None:
        queries = make(per_minute=3)
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
        queries = make()
        answered(queries, "ASK {}")
        queries.close()
        queries.close()


@pytest.fixture
def pool(folder: Path) -> Iterator[Callable[..., QueryPool]]:
    """Makes pools over the folder, and closes them."""
    made: list[QueryPool] = []

    def new(**limits: float) -> QueryPool:
        made.append(QueryPool(folder, guard=sparql.check, **limits))  # type: ignore[arg-type]
        return made[-1]

    yield new
    for each in made:
        each.close()


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something holds; it must, some time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def gone(number: int) -> bool:
    """Whether there is no such process any more, not even as a zombie."""
    return not Path(f"/proc/{number}").exists()


def dead(number: int) -> bool:
    """Whether a process runs no more, even if nobody has asked for its end yet."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


class TestPool:
    """What the pool of processes promises beyond the port."""

    def test_nothing_runs_before_the_first_question(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, quads())
        made, threads = pool(), threading.active_count()
        assert made.generation() is not None
        assert made.processes() == ()
        made.close()
        assert threading.active_count() == threads

    def test_there_is_no_graph_yet(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        made = pool()
        assert made.generation() is None
        with pytest.raises(NoGraph):
            answered(made, "ASK {}")
        assert made.processes() == ()
        generation(folder, 1, quads())
        assert answered(made, "ASK {}")

    def test_the_next_question_sees_a_new_generation(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, quads(0))
        made = pool()
        count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        for number in range(2, 6):
            assert rows(answered(made, count)) == [{"n": str(4 + (number - 2) * 10) if number > 2 else "4"}]
            generation(folder, number, quads((number - 1) * 10))
            shutil.rmtree(path_of(folder, number - 1))
        assert rows(answered(made, count)) == [{"n": "44"}]

    def test_a_deleted_generation_breaks_no_query_that_runs(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        first = generation(folder, 1, quads(3000))
        made = pool()
        with closing(made.ask(Question("SELECT * { ?s ?p ?o }", BASE, FORMATS), client="someone")) as answer:
            generation(folder, 2, quads(0))
            shutil.rmtree(path_of(folder, 1))
            assert answer.generation == first
            assert len(rows(b"".join(answer))) == 3004

    def test_a_damaged_generation_is_no_graph(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, quads())
        for each in path_of(folder, 1).iterdir():
            each.unlink()
        made = pool()
        with pytest.raises(NoGraph):
            answered(made, "ASK {}")

    def test_a_process_that_dies_while_it_waits_is_replaced(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, quads())
        made = pool(processes=2)
        answered(made, "ASK {}")
        until(lambda: len(made.processes()) == 3)
        for number in made.processes():
            os.kill(number, signal.SIGKILL)
            until(lambda number=number: dead(number))
        assert len(rows(answered(made, NAMES))) == 2

    def test_closing_an_answer_kills_its_query(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, quads())
        made = pool(processes=1, seconds=600, size=10**12)
        everything = "SELECT * { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        answer = made.ask(Question(everything, BASE, FORMATS), client="someone")
        before = set(made.processes())
        answer.close()
        assert len(rows(answered(made, NAMES))) == 2
        until(lambda: made.stats().get("closed") == 1)
        assert len(before - set(made.processes())) == 1

    def test_close_kills_what_runs_and_leaves_no_process(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, quads())
        made, ended = pool(processes=1, seconds=600), []

        def ask() -> None:
            with pytest.raises(QueriesBusy):
                answered(made, ENDLESS)
            ended.append(True)

        waiting = threading.Thread(target=ask)
        waiting.start()
        until(lambda: len(made.processes()) == 2)
        numbers = made.processes()
        made.close()
        waiting.join()
        assert ended == [True]
        assert made.processes() == ()
        assert all(map(gone, numbers))
        with pytest.raises(QueriesBusy):
            answered(made, "ASK {}")

    def test_one_client_leaves_a_process_to_the_others(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, quads())
        made = pool(seconds=600, patience=0.5)

        def ask() -> None:
            with pytest.raises(QueriesBusy):
                answered(made, ENDLESS, client="hog")

        hogs = [threading.Thread(target=ask) for _ in range(2)]
        for each in hogs:
            each.start()
        until(lambda: made.stats().get("running") == 2)
        with pytest.raises(QueriesBusy) as busy:
            answered(made, "ASK {}", client="hog")
        assert busy.value.retry_after > 0
        for at in range(5):
            assert len(rows(answered(made, NAMES, client=f"client {at}"))) == 2
        made.close()
        for each in hogs:
            each.join()

    def test_the_line_is_not_endless(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, quads())
        made, ended = pool(processes=1, seconds=600, patience=600, per_minute=10_000), []

        def ask() -> None:
            with pytest.raises(QueriesBusy):
                answered(made, ENDLESS)
            ended.append(True)

        waiting = [threading.Thread(target=ask) for _ in range(70)]
        for each in waiting:
            each.start()
        until(lambda: made.stats()["waiting"] >= 64 and len(ended) >= 4)
        made.close()
        for each in waiting:
            each.join()
        assert len(ended) == 70

    def test_t21_who_has_most_in_a_full_line_gives_way(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, quads())
        made, ended = pool(processes=2, seconds=600, patience=600, per_minute=10_000), []

        def ask() -> None:
            with pytest.raises(QueriesBusy):
                answered(made, ENDLESS, client="hog")
            ended.append(True)

        waiting = [threading.Thread(target=ask) for _ in range(70)]
        for each in waiting:
            each.start()
        until(lambda: made.stats()["waiting"] >= 64 and len(ended) >= 5)
        assert len(rows(answered(made, NAMES, client="other"))) == 2
        until(lambda: len(ended) >= 6)
        made.close()
        for each in waiting:
            each.join()
        assert len(ended) == 70

    def test_t21_an_answer_without_room_on_the_disk_ends_alone(
        self, folder: Path, pool: Callable[..., QueryPool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        generation(folder, 1, quads())
        made = pool(processes=2, size=20_000_000, seconds=60)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
        for _ in range(3):
            with pytest.raises(StoreFailing):
                answered(made, "SELECT * { ?s ?p ?o . ?a ?b ?c }")
        assert len(rows(answered(made, NAMES))) == 2
        assert (made.stats()["store-failing"], made.stats()["running"]) == (3, 0)

    @pytest.mark.skipif(sys.platform != "linux", reason="file descriptors are told in /proc")
    def test_t21_processes_are_replaced_after_descriptors_were_out(
        self, folder: Path, pool: Callable[..., QueryPool]
    ) -> None:
        generation(folder, 1, quads())
        made = pool(processes=1, seconds=600)
        running = made.ask(Question("SELECT * { ?s ?p ?o . ?a ?b ?c }", BASE, FORMATS), client="a")
        until(lambda: len(made.processes()) == 2)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
        try:
            for each in made.processes():
                os.kill(each, signal.SIGKILL)
            running.close()
            time.sleep(1)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert len(rows(answered(made, NAMES))) == 2

    def test_an_answer_that_nobody_reads_keeps_no_process(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, quads())
        made = pool(processes=1, size=20_000_000, seconds=60)
        text = "SELECT * { ?s ?p ?o . ?a ?b ?c }"
        unread = [made.ask(Question(text, BASE, FORMATS), client=f"client {at}") for at in range(4)]
        assert len(rows(answered(made, NAMES))) == 2
        assert {len(b"".join(each)) for each in unread} == {len(answered(made, text))}

    def test_who_reads_nothing_loses_when_there_is_no_room(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, quads(100))
        made = pool(processes=1, size=2_000_000, seconds=60)
        text = "SELECT * { ?s ?p ?o . ?a ?b ?c }"
        unread = [made.ask(Question(text, BASE, FORMATS), client=f"client {at}") for at in range(9)]
        until(lambda: made.stats().get("answered") == 9)
        with pytest.raises(QueryStopped) as stopped:
            b"".join(unread[0])
        assert stopped.value.values["limit"] == "reading"
        assert b"".join(unread[-1])
        for each in unread:
            each.close()

    def test_counts_what_became_of_questions(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, quads())
        made = pool()
        answered(made, "ASK {}")
        for text in ("ASK", "CLEAR ALL"):
            with pytest.raises((QueryWrong, QueryRefused)):
                answered(made, text)
        told = made.stats()
        assert (told["answered"], told["query-wrong"], told["query-refused"]) == (1, 1, 1)
        assert told["seconds"] > 0
        assert (told["running"], told["waiting"]) == (0, 0)

    def test_processes_end_when_their_parent_is_killed(self, folder: Path, tmp_path: Path) -> None:
        generation(folder, 1, quads())
        script = tmp_path / "asking.py"
        script.write_text(
            "import sys, threading, time\n"
            "from pathlib import Path\n"
            "from passport.adapters.oxigraph.pool import QueryPool\n"
            "from passport.codecs import sparql\n"
            "from passport.model.query import Form, Question\n"
            "made = QueryPool(Path(sys.argv[1]), guard=sparql.check, seconds=600)\n"
            "question = Question(sys.argv[2], 'x:', {Form.TABLE: 'text/csv'})\n"
            "threading.Thread(target=made.ask, args=(question,), kwargs={'client': 'x'}, daemon=True).start()\n"
            "while len(made.processes()) < 3: time.sleep(0.01)\n"
            "print(*made.processes(), flush=True)\n"
            "time.sleep(600)\n"
        )
        root = str(Path(sparql.__file__).parents[2])
        with subprocess.Popen(
            [sys.executable, str(script), str(folder), ENDLESS], stdout=subprocess.PIPE, env={"PYTHONPATH": root}
        ) as parent:
            assert parent.stdout is not None
            numbers = [int(each) for each in parent.stdout.readline().split()]
            assert len(numbers) == 3
            parent.kill()
        until(lambda: all(map(gone, numbers)))

    def test_current_is_what_the_folder_says(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        made = generation(folder, 7, quads())
        assert pool().generation() == made == current(folder)
