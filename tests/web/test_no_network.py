"""T18: nothing that strangers send makes the service ask another host, whichever library reads it.

A listener on this machine stands for the other host: native code that knows nothing of Python's sockets reaches it.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, NoReturn

import pytest
from pyoxigraph import Store

from passport.adapters.oxigraph.pool import QueryPool
from passport.errors import Refusal
from passport.model.query import Form, Outline, Question
from passport.service import snapshots
from passport.service.following import Follower
from passport.settings import Settings
from tests.web.conftest import LEGACY, Client, World

FORMS = {
    Form.TABLE: "application/sparql-results+json",
    Form.TRUTH: "application/sparql-results+json",
    Form.GRAPH: "text/turtle",
}


class Stranger:
    """A host that should hear nothing. ``called`` are the names and addresses that somebody wanted to reach."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.heard = 0
        self.called: list[object] = []
        self._last: object = None
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def refuse(self, *called: object, **_: object) -> NoReturn:
        self.called.append(called[-2:])
        raise OSError("the network is blocked")

    def close(self) -> None:
        with socket.socket() as last:
            last.bind(("127.0.0.1", 0))
            self._last = last.getsockname()
            last.connect(self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while True:
            asked, caller = self._socket.accept()
            with asked:
                if caller == self._last:
                    return
                self.heard += 1


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    made = Stranger()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, lambda _, *called, **named: made.refuse(*called, **named))
        for name in ("getaddrinfo", "gethostbyname", "create_connection"):
            patch.setattr(socket, name, made.refuse)
        yield made
    made.close()
    assert (made.heard, made.called) == (0, [])


def answered(queries: Any, text: str) -> bytes:
    with closing(queries.ask(Question(text, "https://passport.example/sparql", FORMS), client="one")) as answer:
        return b"".join(answer)


def test_t18_documents_that_name_other_hosts_are_400_or_422(
    stranger: Stranger, own_world: tuple[World, Client, Settings]
) -> None:
    world, client, _ = own_world
    size = world.system.history.size()
    there = stranger.address
    for media_type in ("application/ld+json", "application/json"):
        for context in (there, [there], {"@import": there}, {"x": {"@id": f"{there}/x", "@context": there}}):
            got = client.post(
                "/submissions", {**LEGACY, "@context": context}, world.tokens["town"], content_type=media_type
            )
            assert got.status == 400, (context, got.text)
    for more in (
        {"$ref": there},
        {"$schema": there},
        {"$id": there, "$dynamicRef": f"{there}#x"},
        {"@included": there},
    ):
        got = client.post("/submissions", {**LEGACY, **more}, world.tokens["town"])
        assert got.status in {400, 422}, (more, got.text)
    assert world.system.history.size() == size


def test_t18_what_is_accepted_is_checked_shown_followed_and_packed_without_asking_anybody(
    stranger: Stranger, own_world: tuple[World, Client, Settings]
) -> None:
    world, client, _ = own_world
    there = {"value": f"See {stranger.address}/picture.png", "language": "en"}
    extended = {"https://passport.example/x": {"$ref": stranger.address, "@context": stranger.address}}
    got = client.post("/submissions", {**LEGACY, "description": [there]}, world.tokens["town"])
    assert got.status == 201, got.text
    code = got.json()["passports"][0]["code"]
    client.post("/submissions", {**LEGACY, "extensions": extended}, world.tokens["town"])
    for kind in ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json", "text/html"):
        assert client.get(f"/passports/{code}", kind).status == 200
    follower = Follower(world.system)
    while follower.step() and follower.behind:
        pass
    follower.publish()
    assert world.system.graph.position() == world.system.history.size()
    snapshots.take(world.system)


def outcome(queries: Any, text: str) -> str:
    """``nothing`` for an empty answer, or the code of the refusal."""
    try:
        answer = answered(queries, text)
    except Refusal as refused:
        return refused.code
    found = json.loads(answer)["results"]["bindings"] if answer.startswith(b"{") else answer.strip()
    return "nothing" if found in ([], [{}], b"") else "something"


HOSTILE: list[Callable[[str], str]] = [
    lambda there: f"SELECT * {{ SERVICE <{there}/sparql> {{ ?s ?p ?o }} }}",
    lambda there: f"SELECT * {{ SERVICE SILENT <{there}/sparql> {{ ?s ?p ?o }} }}",
    lambda there: f"SELECT * {{ BIND(<{there}/sparql> AS ?x) SERVICE ?x {{ ?s ?p ?o }} }}",
    lambda there: f"SELECT * FROM <{there}/g> {{ ?s ?p ?o }}",
    lambda there: f"SELECT * FROM NAMED <{there}/g> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    lambda there: f"LOAD <{there}/g>",
    lambda there: f"DESCRIBE <{there}/g>",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_t18_t22_no_query_reaches_another_host(
    stranger: Stranger, own_world: tuple[World, Client, Settings], query: Callable[[str], str]
) -> None:
    world, _, settings = own_world
    follower = Follower(world.system)
    follower.step()
    follower.publish()
    text = query(stranger.address)
    assert outcome(world.system.queries, text) in {"nothing", "query-refused", "query-wrong"}
    with closing(QueryPool(settings.data / "graph", guard=lambda _: Outline(None, False), processes=1)) as unguarded:
        outcome(unguarded, text)


def test_the_other_host_hears_native_code_that_is_not_confined() -> None:
    with closing(Stranger()) as stranger:
        with pytest.raises(OSError, match=r"(?i)reset|http|closed"):
            list(Store().query(f"SELECT * {{ SERVICE <{stranger.address}/sparql> {{ ?s ?p ?o }} }}"))
        assert stranger.heard >= 1
