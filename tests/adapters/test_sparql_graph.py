"""The graph on a SPARQL server: what the port leaves to this adapter (restarts, two writers, what is sent)."""

import base64
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest

from passport.adapters.sparql import graph as sparqlgraph
from passport.adapters.sparql import statements
from passport.adapters.sparql.graph import SparqlGraph
from passport.adapters.sparql.http import Endpoint
from passport.errors import NoGraph

STATE = "https://passport.example/sparql#state"
CHAIR = "https://passport.example/passports/CHAIR"
TABLE = "https://passport.example/passports/TABLE"
MADE = b'<https://passport.example/passports/CHAIR> <https://schema.org/name> "Stol" .\n'
KILLED = f"""
import json, os, signal, sys
from pathlib import Path
from passport.adapters.sparql.graph import SparqlGraph
place = json.loads(sys.argv[1])
graph = SparqlGraph(**place | {{"folder": Path(place["folder"])}}, state={STATE!r})
assert graph.follow(lambda feeding: feeding.reach(1, b"mark"))
os.kill(os.getpid(), signal.SIGKILL)
"""
Graphs = Callable[..., SparqlGraph]


@pytest.fixture
def graphs(sparql_server: Any, tmp_path: Path) -> Iterator[Graphs]:
    made: list[SparqlGraph] = []

    def graph(host: str = "one", *, lease: float = 30.0, **given: Any) -> SparqlGraph:
        addresses = {"query": sparql_server.query, "update": sparql_server.update, **given}
        made.append(SparqlGraph(**addresses, folder=tmp_path / host, state=STATE, lease=lease))
        return made[-1]

    yield graph
    for each in made:
        each.close()


def put(triples: bytes, *, position: int, name: str = CHAIR) -> Callable[[Any], None]:
    def step(feeding: Any) -> None:
        feeding.put(name, triples)
        feeding.reach(position, b"mark")

    return step


def content(server: Any) -> list[str]:
    return [each for each in server.quads() if f"<{STATE}" not in each]


def test_text_arrives_as_it_is(graphs: Graphs, sparql_server: Any) -> None:
    texts = [
        '"',
        "\\",
        "\\u0041",
        "\\\\u0022",
        "\u0001\u000b\u007f",
        "\n\r\t",
        "'''\"\"\"",
        "} } ; DROP ALL #",
        "𝄞å",
        "?s $p",
    ]
    subject, name = pyoxigraph.NamedNode(CHAIR), pyoxigraph.NamedNode("https://schema.org/name")
    quads = [pyoxigraph.Triple(subject, name, pyoxigraph.Literal(each, language="sv")) for each in texts]
    triples = pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert triples is not None
    assert graphs().follow(put(triples, position=1))
    found = pyoxigraph.parse("\n".join(content(sparql_server)).encode(), format=pyoxigraph.RdfFormat.N_QUADS)
    assert {each.object.value for each in found} == set(texts)


def test_escapes_of_characters_never_end_a_text() -> None:
    for code in ("\\u0022", "\\U0000005C", "\\u000A", "\\u0001"):
        lines = statements.written(f'<a:s> <a:p> "x{code}" .'.encode())
        assert len(lines) == 1
        assert "\\u" not in lines[0].lower()


def test_blank_nodes_and_names_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="blank"):
        statements.written(b"_:a <a:p> <a:o> .")
    with pytest.raises(ValueError, match="IRI"):
        statements.iri("a:b> <c")


def test_a_server_that_was_killed_goes_on_where_it_was(graphs: Graphs, sparql_server: Any) -> None:
    graph = graphs()
    assert graph.follow(put(MADE, position=1))
    graph.publish()
    sparql_server.kill()
    with pytest.raises(NoGraph):
        graph.follow(put(b"", position=2))
    assert graph.position() == 0
    sparql_server.start()
    assert graph.position() == 1
    seen = []

    def step(feeding: Any) -> None:
        seen.append((feeding.position, feeding.mark))
        put(MADE.replace(b"Stol", b"Chair"), position=2)(feeding)

    assert graph.follow(step)
    assert seen == [(1, b"mark")]
    assert graph.position() == 2
    assert [each.count("Chair") for each in content(sparql_server)] == [1]


def test_a_killed_writer_of_this_host_is_followed_at_once(graphs: Graphs, sparql_server: Any, tmp_path: Path) -> None:
    place = {"query": sparql_server.query, "update": sparql_server.update, "folder": str(tmp_path / "one")}
    ended = subprocess.run([sys.executable, "-c", KILLED, json.dumps(place)], timeout=600, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert graphs().follow(put(MADE, position=2))


def test_another_host_waits_until_the_writer_has_not_moved_for_long(graphs: Graphs) -> None:
    first, second = graphs("one"), graphs("two", lease=0.3)
    assert first.follow(put(MADE, position=1))
    assert not second.follow(put(MADE, position=2))
    assert first.follow(put(MADE, position=2))
    assert second.follow(put(MADE, position=3), wait=120)
    assert not first.follow(put(b"", position=9))
    second.publish()
    assert second.position() == 3


def test_a_late_update_of_a_former_writer_changes_nothing(graphs: Graphs, sparql_server: Any) -> None:
    first, second = graphs("one"), graphs("two", lease=0.0)

    def overtaken(feeding: Any) -> None:
        feeding.put(CHAIR, MADE.replace(b"Stol", b"old"))
        feeding.remove(TABLE)
        assert second.follow(lambda other: (put(MADE, position=5)(other), put(MADE, position=5, name=TABLE)(other))[0])
        feeding.reach(2, b"old")

    assert not first.follow(overtaken)
    second.publish()
    assert second.position() == 5
    assert len(content(sparql_server)) == 2
    assert not any("old" in each for each in content(sparql_server))


def test_a_writer_that_closes_makes_room(graphs: Graphs) -> None:
    first, second = graphs("one"), graphs("two")
    assert first.follow(put(MADE, position=1))
    first.close()
    assert second.follow(put(MADE, position=2))


def test_of_many_that_begin_at_once_one_writes(graphs: Graphs) -> None:
    """At the very same moment perhaps nobody: each then sees the others, and one takes over when they stay silent."""
    begun = [graphs(f"host{each}", lease=0.4) for each in range(6)]
    start, took = threading.Barrier(len(begun)), []

    def run(graph: SparqlGraph) -> None:
        start.wait()
        took.append(graph.follow(put(MADE, position=1)))

    threads = [threading.Thread(target=run, args=(each,)) for each in begun]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(took) == len(begun)
    if not any(took):
        took = [graph.follow(put(MADE, position=1), wait=120) for graph in begun[:1]]
    assert took.count(True) == 1


def test_a_damaged_state_begins_anew(graphs: Graphs, sparql_server: Any) -> None:
    graph = graphs()
    assert graph.follow(put(MADE, position=1))
    sparql_server.send(f'INSERT DATA {{ GRAPH <{STATE}> {{ <{STATE}> <urn:furniture-passport:graph:position> "x" }} }}')
    seen = []

    def step(feeding: Any) -> None:
        seen.append((feeding.position, feeding.mark))
        put(MADE, position=4, name=TABLE)(feeding)

    assert graph.position() == 0
    assert graph.follow(step)
    assert seen == [(0, b"")]
    assert graph.position() == 4
    graph.publish()
    assert [TABLE in each for each in content(sparql_server)] == [True]


def test_whoever_wishes_lets_the_writer_begin_anew(graphs: Graphs, sparql_server: Any) -> None:
    first, other = graphs("one"), graphs("two")
    assert first.follow(put(MADE, position=7))
    other.begin_anew()
    assert first.follow(lambda feeding: None)
    assert first.position() == 0
    first.publish()
    assert content(sparql_server) == []
    assert first.follow(put(MADE, position=7))
    assert first.follow(lambda feeding: None)
    assert first.position() == 7


def test_a_step_in_which_nothing_happens_changes_nothing(graphs: Graphs, sparql_server: Any) -> None:
    graph = graphs()
    assert graph.follow(put(MADE, position=7))
    before = sparql_server.quads()
    assert graph.follow(lambda feeding: feeding.reach(7, b"mark"))
    assert sparql_server.quads() == before


def test_a_writer_without_anything_to_write_shows_that_it_is_there(
    graphs: Graphs, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(sparqlgraph, "monotonic", lambda: clock[0])
    first, second = graphs("one", lease=30), graphs("two", lease=30)
    assert first.follow(put(MADE, position=7))
    for _ in range(40):
        clock[0] += 5
        assert first.follow(lambda feeding: None)
        assert not second.follow(lambda feeding: None)
    clock[0] += 31
    assert second.follow(lambda feeding: None)


def test_a_beginning_that_breaks_off_is_gone_on_with(graphs: Graphs, sparql_server: Any) -> None:
    first = graphs()
    for name in (CHAIR, TABLE):
        assert first.follow(put(MADE, position=7, name=name))
    assert first.follow(lambda feeding: (feeding.clear(), put(MADE, position=3)(feeding))[0])
    sparql_server.kill()
    first.close()
    sparql_server.start()
    second = graphs()
    assert len(content(sparql_server)) == 2
    assert second.follow(lambda feeding: feeding.reach(7, b"mark"))
    second.publish()
    assert second.position() == 7
    assert [CHAIR in each for each in content(sparql_server)] == [True]
    assert len(sparql_server.quads()) == 1 + 7


def test_what_others_keep_on_the_server_stays(sparql_server: Any, tmp_path: Path) -> None:
    sparql_server.send('INSERT DATA { GRAPH <https://other.example/g> { <a:a> <a:b> "c" } }')
    graph = SparqlGraph(
        sparql_server.query,
        sparql_server.update,
        folder=tmp_path,
        state=STATE,
        ours=("https://passport.example/",),
    )
    assert graph.follow(put(MADE, position=1))
    assert graph.follow(lambda feeding: feeding.clear())
    graph.publish()
    graph.close()
    assert content(sparql_server) == ['<a:a> <a:b> "c" <https://other.example/g> .']


def test_many_graphs_go_in_batches(graphs: Graphs, sparql_server: Any) -> None:
    def step(feeding: Any) -> None:
        for each in range(130):
            feeding.put(f"{CHAIR}{each}", MADE * 1 + b'<a:a> <a:b> "%d" .\n' % each)
        feeding.put(TABLE, b"".join(b'<a:a> <a:b> "%d" .\n' % each for each in range(5000)))
        feeding.reach(1, b"mark")

    assert graphs().follow(step)
    assert len(content(sparql_server)) == 130 * 2 + 5000


class Listener:
    """A server that answers each request with the same bytes, and keeps what it was sent."""

    def __init__(self, answer: bytes) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._answer = answer
        self.heard: list[bytes] = []
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection:
                heard = b""
                while b"\r\n\r\n" not in heard and (part := connection.recv(65536)):
                    heard += part
                if not heard:
                    return
                self.heard.append(heard)
                connection.sendall(self._answer)

    def close(self) -> None:
        socket.create_connection(self._socket.getsockname()).close()
        self._thread.join()
        self._socket.close()


def test_a_large_graph_that_is_as_it_was_is_not_sent_again(graphs: Graphs, sparql_server: Any) -> None:
    large = b"".join(b'<a:a> <a:b> "%d" .\n' % each for each in range(3000))
    first = graphs()
    assert first.follow(put(large, position=1))
    first.publish()
    before = sparql_server.quads()
    assert first.follow(put(large, position=1))
    assert sparql_server.quads() == before
    assert first.follow(put(large[: len(large) // 2].rsplit(b"\n", 1)[0], position=2))
    assert 1400 < len(content(sparql_server)) < 1600
    assert first.follow(put(large, position=3))
    assert len(content(sparql_server)) == 3000
    assert first.follow(put(b"", position=4))
    assert content(sparql_server) == []
    assert first.follow(put(large, position=5))
    first.begin_anew()
    assert first.follow(put(large, position=6))
    first.publish()
    assert len(content(sparql_server)) == 3000


def test_no_redirect_is_followed_and_credentials_go_to_the_server_alone(tmp_path: Path) -> None:
    elsewhere = Listener(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    moved = b"HTTP/1.1 307 Moved\r\nLocation: http://%b/\r\nContent-Length: 0\r\n\r\n" % elsewhere.address.encode()
    asked = Listener(moved)
    graph = SparqlGraph(f"http://user:p%40ss@{asked.address}/query?timeout=5", folder=tmp_path, state=STATE)
    with pytest.raises(NoGraph) as refused:
        graph.follow(put(MADE, position=1))
    graph.close()
    asked.close()
    elsewhere.close()
    assert elsewhere.heard == []
    head = asked.heard[0].decode()
    assert head.startswith("POST /query?timeout=5 HTTP/1.1")
    assert f"Basic {base64.b64encode(b'user:p@ss').decode()}" in head
    assert "p%40ss" not in head
    told = f"{refused.value} {refused.value.__cause__} {Endpoint('http://user:secret@host/q?key=secret')!r}"
    assert "p@ss" not in told
    assert "secret" not in told
