"""Questions to a SPARQL server: what is sent to it, what comes back, and what is never sent."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Self

import pytest

from passport.adapters import asking
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
    Refusal,
    ResultTooLarge,
    TooMany,
)
from passport.model.query import Form, Question
from tests.adapters.asking import soon_answered

BASE = "https://passport.example"
STATE = f"{BASE}/sparql#state"
A, B = f"{BASE}/passports/A", f"{BASE}/passports/B"
JSON, CSV, TURTLE = "application/sparql-results+json", "text/csv", "text/turtle"
Ask = Callable[..., bytes]


def question(text: str, *, table: str = CSV, **given: Any) -> Question:
    return Question(text, f"{BASE}/sparql", {Form.TABLE: table, Form.TRUTH: JSON, Form.GRAPH: TURTLE}, **given)


def queries_of(address: str, **given: Any) -> SparqlQueries:
    return SparqlQueries(address, state=STATE, guard=partial(sparql.check, limits=sparql.STRICT), **given)


@pytest.fixture
def filled(sparql_server: Any, tmp_path: Path) -> Any:
    graph = SparqlGraph(sparql_server.query, sparql_server.update, folder=tmp_path, state=STATE)

    def step(feeding: Any) -> None:
        for name in (A, B):
            feeding.put(
                name, f'<{name}> <{BASE}/says> "Stół", "2" .\n'.replace(",", f" .\n<{name}> <{BASE}/says>").encode()
            )
        feeding.reach(12, b"mark")

    assert graph.follow(step)
    graph.publish()
    graph.close()
    return sparql_server


@pytest.fixture
def queries(filled: Any) -> Iterator[SparqlQueries]:
    with closing(queries_of(filled.query)) as made:
        yield made


@pytest.fixture
def ask(queries: SparqlQueries) -> Ask:
    def ask(text: str, **given: Any) -> bytes:
        with closing(queries.ask(question(text, **given), client="somebody")) as answer:
            return b"".join(answer)

    return ask


def test_each_form_in_its_format(queries: SparqlQueries) -> None:
    for text, form, kind, part in (
        (f"SELECT ?o {{ <{A}> <says> ?o }}", Form.TABLE, CSV, "Stół"),
        (f"ASK {{ <{A}> ?p ?o }}", Form.TRUTH, JSON, "true"),
        (f"CONSTRUCT WHERE {{ <{A}> ?p ?o }}", Form.GRAPH, TURTLE, "Stół"),
        (f"DESCRIBE <{B}>", Form.GRAPH, TURTLE, "Stół"),
    ):
        with closing(queries.ask(question(text), client="one")) as answer:
            assert (answer.form, answer.media_type) == (form, kind)
            assert answer.generation.position == 12
            assert answer.generation.quads is None
            assert part in b"".join(answer).decode()


def test_relative_names_are_resolved_against_the_endpoint_and_not_the_server(ask: Ask) -> None:
    assert b"St" in ask("SELECT ?o { <passports/A> <says> ?o }")
    assert b"St" in ask("PREFIX : <> BASE <passports/> SELECT ?o { <A> ?p ?o }")


def test_all_graphs_are_seen_and_a_dataset_goes_along(ask: Ask) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s <says> ?o }"
    named = "SELECT ?g { GRAPH ?g { ?s <says> ?o } }"
    assert ask(count).split()[1] == b"4"
    assert ask(count, default_graphs=(A,)).split()[1] == b"2"
    assert ask(f"SELECT (COUNT(*) AS ?n) FROM <{B}> {{ ?s <says> ?o }}").split()[1] == b"2"
    assert set(ask(named, named_graphs=(B,)).split()[1:]) == {B.encode()}
    assert ask(count, default_graphs=(f"{BASE}/none",)).split()[1] == b"0"


def test_what_is_no_query_is_told(ask: Ask) -> None:
    for text in ("SELECT ?o { ?s ?p", "", "# nothing", 'define get:soft "replace" SELECT * { ?s ?p ?o }'):
        with pytest.raises(QueryWrong):
            ask(text)


HOSTILE = {
    "braces": "SELECT * {" + "{" * 3000 + "}" * 3001,
    "patterns": "ASK {" + "?s ?p ?o." * 300 + "}",
    "parentheses": "SELECT (" + "(" * 5000 + "1" + ")" * 5000 + " AS ?x) {}",
    "or": "ASK { FILTER(" + "||".join(["true"] * 6000) + ") }",
    "service": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "from": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "load": "LOAD <http://127.0.0.1/>",
    "drop": "DROP ALL",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_t21_what_would_kill_a_shared_server_never_reaches_it(filled: Any, name: str) -> None:
    with Relay(filled.port) as relay, closing(queries_of(f"http://{relay.address}/query")) as queries:
        assert queries.generation() is not None
        heard = len(relay.heard)
        with pytest.raises((QueryRefused, QueryWrong)):
            queries.ask(question(HOSTILE[name]), client="one")
        assert len(relay.heard) == heard
        with closing(queries.ask(question("ASK {}"), client="one")) as answer:
            assert b"true" in b"".join(answer)


def test_t21_the_same_query_kills_the_server_without_the_guard(filled: Any) -> None:
    def unguarded(text: str) -> Any:
        return sparql.Outline(Form.TABLE, False)

    with closing(SparqlQueries(filled.query, state=STATE, guard=unguarded)) as queries, pytest.raises(NoGraph):
        queries.ask(question(HOSTILE["braces"]), client="one")
    filled.kill()


def test_t21_a_query_is_ended_at_its_deadline(filled: Any) -> None:
    cross = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(16)) + " }"
    with closing(queries_of(filled.query, seconds=1)) as queries:
        with pytest.raises(QueryStopped) as stopped:
            queries.ask(question(cross), client="one")
        assert stopped.value.values["limit"] == "time"
        assert b"true" in soon_answered(queries, "ASK {}")
    filled.kill()


def test_t21_an_answer_has_a_largest_size(filled: Any) -> None:
    wide = "SELECT * { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(4)) + " }"
    with closing(queries_of(filled.query, size=10_000)) as queries, pytest.raises(ResultTooLarge):
        b"".join(queries.ask(question(wide), client="one"))


def test_what_is_under_way_when_it_is_closed_is_told_so(filled: Any) -> None:
    with Relay(filled.port, answered("200 OK", "Content-Type: text/csv", "Content-Length: 99", body=b"a\r\n")) as relay:
        relay.hold.clear()
        queries = queries_of(f"http://{relay.address}/query")
        answer = queries.ask(question("SELECT * {}"), client="one")
        queries.close()
        relay.hold.set()
        with pytest.raises(QueriesBusy):
            b"".join(answer)


def test_each_client_has_a_limit(filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "monotonic", lambda: 0.0)
    with closing(queries_of(filled.query, per_minute=2)) as queries:
        for _ in range(2):
            b"".join(queries.ask(question("ASK {}"), client="one"))
        with pytest.raises(TooMany):
            queries.ask(question("ASK {}"), client="one")
        b"".join(queries.ask(question("ASK {}"), client="two"))


def test_a_server_that_is_gone_is_told_and_asked_again(filled: Any) -> None:
    with closing(queries_of(filled.query)) as queries:
        filled.kill()
        assert queries.generation() is None
        with pytest.raises(NoGraph):
            queries.ask(question("ASK {}"), client="one")
        filled.start()
        until(lambda: queries.generation() is not None)
        b"".join(queries.ask(question("ASK {}"), client="one"))


def until(done: Callable[[], bool]) -> None:
    """Wait for it, five minutes at most."""
    pause = threading.Event()
    for _ in range(3000):
        if done():
            return
        pause.wait(0.1)
    raise AssertionError


class Relay:
    """Stands before a server, and keeps what is sent to it; or gives answers of its own after the state."""

    def __init__(self, port: int, answer: bytes | None = None) -> None:
        self._port, self._answer = port, answer
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.heard: list[bytes] = []
        self.hold = threading.Event()
        self.hold.set()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            asked, _ = self._socket.accept()
            with asked:
                heard = self._request(asked)
                if not heard:
                    return
                self.heard.append(heard)
                if self._answer is not None and b"furniture-passport" not in heard:
                    asked.sendall(self._answer)
                    self.hold.wait()
                    continue
                with socket.create_connection(("127.0.0.1", self._port)) as server:
                    server.sendall(heard)
                    while part := server.recv(65536):
                        asked.sendall(part)

    @staticmethod
    def _request(asked: socket.socket) -> bytes:
        heard = b""
        while b"\r\n\r\n" not in heard:
            if not (part := asked.recv(65536)):
                return b""
            heard += part
        head, _, body = heard.partition(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-l"))
        while len(body) < length:
            body += asked.recv(65536)
        return head + b"\r\n\r\n" + body

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        socket.create_connection(self._socket.getsockname()).close()
        self._thread.join()
        self._socket.close()


def answered(status: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode() + body


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (answered("400 Bad", "Content-Length: 4", body=b"what"), QueryWrong),
        (answered("302 Found", "Location: http://127.0.0.1:1/", "Content-Length: 0"), NoGraph),
        (answered("401 No", "Content-Length: 0"), NoGraph),
        (answered("404 No", "Content-Length: 0"), NoGraph),
        (answered("406 No", "Content-Length: 0"), NotAcceptable),
        (answered("408 Late", "Content-Length: 0"), QueryStopped),
        (answered("504 Late", "Content-Length: 0"), QueryStopped),
        (answered("429 Busy", "Content-Length: 0"), QueriesBusy),
        (answered("503 Busy", "Content-Length: 0"), QueriesBusy),
        (answered("500 Broken", "Content-Length: 0"), NoGraph),
        (answered("200 OK", "Content-Type: text/html", "Content-Length: 4", body=b"<br>"), NotAcceptable),
        (answered("200 OK", "Content-Type: text/csv", "Content-Length: 9", body=b"a,"), NoGraph),
        (answered("200 OK", "Content-Type: text/csv", "Transfer-Encoding: chunked", body=b"9\r\na,"), NoGraph),
        (b"nonsense\r\n\r\n", NoGraph),
        (b"", NoGraph),
    ],
)
def test_what_a_server_may_answer(filled: Any, answer: bytes, refusal: type[Refusal]) -> None:
    with (
        Relay(filled.port, answer) as relay,
        closing(queries_of(f"http://{relay.address}/query")) as queries,
        pytest.raises(refusal),
    ):
        b"".join(queries.ask(question("SELECT * {}"), client="one"))


def test_a_graph_that_was_never_whole_is_not_asked(sparql_server: Any, tmp_path: Path) -> None:
    graph = SparqlGraph(sparql_server.query, sparql_server.update, folder=tmp_path, state=STATE)
    with closing(graph), closing(queries_of(sparql_server.query)) as queries:
        assert graph.follow(lambda feeding: feeding.put(A, b"<a:a> <a:b> <a:c> ."))
        assert queries.generation() is None
        with pytest.raises(NoGraph):
            queries.ask(question("ASK {}"), client="one")
        assert graph.follow(lambda feeding: feeding.reach(3, b"mark"))
        assert graph.position() == 0
        graph.publish()
        assert graph.position() == 3
        until(lambda: queries.generation() is not None)


def test_a_server_that_does_not_show_all_graphs_is_not_asked(filled: Any, tmp_path: Path) -> None:
    empty = answered(
        "200 OK",
        f"Content-Type: {JSON}",
        "Connection: close",
        body=(
            b'{"head":{"vars":["property","value","all"]},"results":{"bindings":['
            + b",".join(
                b'{"property":{"type":"uri","value":"urn:furniture-passport:graph:%s"},'
                b'"value":{"type":"typed-literal","value":"%s"}}' % each
                for each in ((b"position", b"3"), (b"mark", b""), (b"number", b"1"), (b"made", b"x"), (b"sweep", b"no"))
            )
            + b"]}}"
        ),
    )
    with Listener(empty) as server, closing(queries_of(f"http://{server.address}/")) as queries:
        assert queries.generation() is not None
        with pytest.raises(NoGraph, match="setting"):
            queries.ask(question("ASK {}"), client="one")


class Listener(Relay):
    """Answers each request in the same way."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(0, answer)

    def _serve(self) -> None:
        while True:
            asked, _ = self._socket.accept()
            with asked:
                if not self._request(asked):
                    return
                asked.sendall(self._answer or b"")
