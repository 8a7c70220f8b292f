"""The SPARQL endpoint under attack: hostile queries, and clients that ask too much or take nothing (T21, T22, T28)."""

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from passport.adapters import asking
from passport.published import VOCAB
from passport.web import questions, streaming
from tests.web.endpoint import NAME, PAGE, SLOW, Place, endpoint
from tests.web.endpoint import place as place

HOSTILE = Path(__file__).parents[1] / "hostile" / "queries"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An endpoint where a query is stopped early: what is hostile takes all the time that it gets."""
    with endpoint(tmp_path_factory.mktemp("sparql"), seconds=0.25) as made:
        yield made


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("iri", ["file:///etc/hostname", "FILE:/etc/hostname", "data:text/turtle,", "ftp://x/"])
@pytest.mark.parametrize("accept", ["application/json", PAGE])
def test_t22_no_data_set_is_a_file(place: Place, accept: str, iri: str, name: str) -> None:
    got = place.get("ASK { ?s ?p ?o }", accept, **{name: iri})
    assert got.status == 400
    page = got.kind == "text/html"
    assert page is (accept == PAGE)
    assert page or (got.code, got.problem["reason"]) == ("query-refused", "source")


@pytest.mark.parametrize("text", ["BASE <file:///etc/> ASK FROM <hostname> {}", "PREFIX f: <file:/> ASK FROM f:etc {}"])
def test_t22_what_becomes_a_file_is_refused_too(place: Place, text: str) -> None:
    got = place.get(text.replace("{}", "{ ?s ?p ?o }"), "application/json")
    assert (got.status, got.code, got.problem["reason"]) == (400, "query-refused", "source")


@pytest.mark.parametrize("clause", ["FROM <{}>", "FROM NAMED <{}>"])
def test_t22_a_graph_of_others_is_refused_with_its_name_unless_the_request_names_the_data_set(
    place: Place, clause: str
) -> None:
    """Where the request names a data set, it counts and ``FROM`` does not (SPARQL 1.1 Protocol, clause 2.1.4)."""
    elsewhere = "http://elsewhere.example/graph"
    query = f"ASK {clause.format(elsewhere)} {{ ?s ?p ?o }}"
    got = place.get(query, "application/json")
    assert (got.status, got.code, got.problem["reason"]) == (400, "query-refused", "source")
    assert got.problem["found"] == elsewhere
    for name in ("default-graph-uri", "named-graph-uri"):
        given = place.get(query, "application/sparql-results+json", **{name: NAME})
        assert (given.status, json.loads(given.body)["boolean"]) == (200, name == "default-graph-uri")
    for ours in (f"http://127.0.0.1:{place.port}/passports/X", VOCAB):
        answer = place.get(f"ASK {clause.format(ours)} {{}}", "application/sparql-results+json")
        assert (answer.status, json.loads(answer.body)["boolean"]) == (200, True)


def test_t28_nothing_that_is_sent_gets_into_a_header(place: Place) -> None:
    breaks = "urn:a\r\nSet-Cookie: evil=1\r\n\r\n<p>"
    for target in (
        f"/sparql?query={quote(breaks)}",
        f"/sparql?query=ASK%7B%7D&format={quote(breaks)}",
        f"/sparql?query=ASK%7B%7D&default-graph-uri={quote(breaks)}",
        f"/sparql/graph?graph={quote(breaks)}",
        f"/sparql/graph?graph={quote('urn:å' + chr(0x85))}",
        f"/sparql/graph?graph={quote('urn:å')}",
        f"/sparql/graph?graph={quote(NAME)}&format={quote(breaks)}",
    ):
        for accept in ("*/*", PAGE):
            got = place.send("GET", target, {"Accept": accept})
            assert got.status in (200, 303, 400, 404)
            assert got.headers["set-cookie"] is None
            assert all(value.isascii() and value.isprintable() for value in got.headers.values())


@pytest.mark.parametrize("file", sorted(HOSTILE.glob("*.rq")), ids=lambda each: each.stem)
def test_t21_t22_hostile_queries_end_and_harm_nobody(hurried: Place, file: Path) -> None:
    """Every file of the folder is a case: it is refused or ended, and the next one is answered."""
    try:
        got = hurried.post(file.read_bytes(), questions.QUERY)
    except (IncompleteRead, RemoteDisconnected):
        pass
    else:
        assert got.status in (200, 400, 413, 503), got.body
        if got.status != 200:
            assert got.code in {
                *("query-wrong", "query-refused", "query-stopped", "result-too-large", "too-large", "malformed"),
            }
    _answers(hurried)


def _answers(hurried: Place) -> None:
    """A small query is answered; again and again if the machine is so busy that even its time is over first."""
    for _ in range(100):
        got = hurried.get("ASK {}")
        if got.status == 200:
            return
        assert (got.status, got.code, got.problem["limit"]) == (503, "query-stopped", "time")
    raise AssertionError("no query is answered any more")


def test_t21_a_query_is_stopped_when_its_time_is_over(hurried: Place) -> None:
    before = hurried.outcomes().get("query-stopped", 0)
    with ThreadPoolExecutor(2) as pool:
        for got in pool.map(hurried.get, [SLOW, SLOW]):
            assert (got.status, got.code, got.problem["limit"]) == (503, "query-stopped", "time")
    assert hurried.outcomes()["query-stopped"] == before + 2


def test_t21_others_are_answered_while_queries_run(tmp_path: Path) -> None:
    with endpoint(tmp_path, query_seconds=3600) as place, _socket(place, SLOW), _socket(place, SLOW):
        place.wait_until_running(2)
        for _ in range(3):
            assert place.send("GET", "/healthz").status == 200
            assert place.send("GET", "/models").status == 200
        assert place.under_way() == 2


def test_t21_an_answer_that_is_too_long_breaks_off(tmp_path: Path) -> None:
    with endpoint(tmp_path, query_bytes=64 * 1024, query_seconds=60) as place:
        with closing(HTTPConnection("127.0.0.1", place.port, timeout=300)) as connection:
            connection.request("GET", f"/sparql?{urlencode({'query': ENDLESS, 'format': 'csv'})}")
            answer = connection.getresponse()
            if answer.status == 200:
                with pytest.raises(IncompleteRead):
                    answer.read()
            else:
                assert answer.status == 413
                answer.read()
        place.wait_for("result-too-large")
        page = place.get(ENDLESS, PAGE)
        assert page.kind == "text/html"


def _socket(place: Place, query: str) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", place.port), timeout=300)
    made.sendall(f"GET /sparql?{urlencode({'query': query})} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return made


def test_t21_who_goes_away_ends_the_query(tmp_path: Path) -> None:
    with endpoint(tmp_path, query_seconds=600, query_bytes=1 << 40) as place:
        with _socket(place, ENDLESS) as reading:
            assert reading.recv(1 << 16).startswith(b"HTTP/1.1 200")
        place.wait_for("left")
        with _socket(place, SLOW):
            place.wait_until_running(1)
        place.wait_for("left", 1)
        assert place.get("ASK {}").status == 200


def test_t21_who_does_not_read_stands_in_nobodys_way(place: Place) -> None:
    idle = [_socket(place, "SELECT * { ?s ?p ?o }") for _ in range(12)]
    try:
        for _ in range(5):
            assert place.get("ASK {}").status == 200
    finally:
        for each in idle:
            each.close()


def test_t21_who_takes_nothing_of_an_answer_loses_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "STALL", 0.3)
    with endpoint(tmp_path, query_seconds=600, query_bytes=1 << 26) as place, socket.socket() as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.connect(("127.0.0.1", place.port))
        idle.sendall(f"GET /sparql?{urlencode({'query': ENDLESS})} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        place.wait_for("left")


def test_t21_a_client_with_many_queries_leaves_places_to_others(tmp_path: Path) -> None:
    with endpoint(tmp_path, query_seconds=600, trusted_proxies="127.0.0.1") as place:
        target = f"/sparql?{urlencode({'query': SLOW})}"
        asked = f"GET {target} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n".encode()
        hog = [socket.create_connection(("127.0.0.1", place.port)) for _ in range(2 * streaming.MOST)]
        try:
            for each in hog:
                each.sendall(asked)
            place.wait_for("queries-busy", 2 * streaming.MOST - streaming.EACH - 1)
            refused = place.send("GET", target, {"X-Forwarded-For": "198.51.100.1"})
            assert (refused.status, refused.code) == (503, "queries-busy")
            assert int(refused.headers["retry-after"]) > 0
            for _ in range(3):
                assert place.send("GET", "/sparql?query=ASK%7B%7D", {"X-Forwarded-For": "198.51.100.2"}).status == 200
        finally:
            for each in hog:
                each.close()


def test_too_many_queries_from_one_client_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "monotonic", lambda: 0.0)
    with endpoint(tmp_path, queries_per_minute=2) as place:
        assert [place.get("ASK {}").status for _ in range(3)] == [200, 200, 429]
        got = place.get("ASK {}")
        assert got.code == "too-many-requests"
        assert int(got.headers["retry-after"]) > 0
        assert place.get().status == 200


def test_a_client_behind_a_trusted_proxy_is_whom_the_proxy_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "monotonic", lambda: 0.0)
    with endpoint(tmp_path, queries_per_minute=1, trusted_proxies="127.0.0.1") as place:
        target = "/sparql?query=ASK%7B%7D"
        statuses = [
            place.send("GET", target, {"X-Forwarded-For": address}).status
            for address in ("198.51.100.1", "198.51.100.2", "198.51.100.1")
        ]
        assert statuses == [200, 200, 429]


def test_twenty_clients_at_once_are_all_answered(place: Place) -> None:
    start = threading.Barrier(20)

    def ask(number: int) -> bytes:
        start.wait()
        return place.get(f"SELECT ?o {{ <urn:example:{number}> ?p ?o }}", format="csv").body

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(20)))
    assert answers == [f"o\r\n{number:05}\r\n".encode() for number in range(20)]
