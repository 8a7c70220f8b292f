"""A SPARQL endpoint on a real socket, with a small graph in it, and answers as they come over HTTP."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph
import pytest
import rdflib

from passport.settings import Settings
from passport.wiring import Running, create_system
from tests.ports import free_port
from tests.web.conftest import SECRET
from tests.web.live import filled, served

NAME = "urn:example:graph"
MANY = 3000
DATA = "".join(f'<urn:example:{each}> <urn:example:number> "{each:05}" .\n' for each in range(MANY)).encode()
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@dataclass(frozen=True)
class Got:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def kind(self) -> str:
        return str(self.headers.get_content_type())

    @property
    def problem(self) -> Mapping[str, object]:
        assert self.kind == "application/problem+json"
        found: Mapping[str, object] = json.loads(self.body)
        assert found["status"] == self.status
        return found

    @property
    def code(self) -> str:
        return str(self.problem["type"]).rpartition("/")[2]

    def graph(self) -> rdflib.Graph:
        triples = pyoxigraph.parse(self.body, format=pyoxigraph.RdfFormat.from_media_type(self.kind))
        written = "".join(f"{each.triple} .\n" for each in triples)
        return rdflib.Graph().parse(data=written, format="nt")


@dataclass(frozen=True)
class Place:
    """A running service."""

    running: Running
    port: int

    def send(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Got:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=300)) as connection:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Got(answer.status, answer.headers, answer.read())

    def get(self, query: str | None = None, accept: str | None = None, **given: str) -> Got:
        asked = given if query is None else {"query": query, **given}
        target = f"/sparql?{urlencode(asked)}" if asked else "/sparql"
        return self.send("GET", target, {} if accept is None else {"Accept": accept})

    def post(self, body: bytes, kind: str | None, target: str = "/sparql", **headers: str) -> Got:
        lines = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", target, lines if kind is None else {**lines, "Content-Type": kind}, body)

    def outcomes(self) -> Mapping[str, float]:
        """How many queries ended in which way, as the metrics tell."""
        text = self.send("GET", "/metrics").body.decode()
        return {
            name: float(value) for name, value in re.findall(r'passport_queries_total\{outcome="([^"]+)"\} (\S+)', text)
        }

    def under_way(self) -> float:
        """How many queries are worked at now, as the metrics tell."""
        text = self.send("GET", "/metrics").body.decode()
        return float(re.findall(r"^passport_queries_running (\S+)", text, re.M)[0])

    def wait_until_running(self, number: int) -> None:
        until = time.monotonic() + 300
        while self.under_way() != number:
            assert time.monotonic() < until, self.under_way()
            time.sleep(0.02)

    def wait_for(self, outcome: str, more_than: float = 0) -> None:
        until = time.monotonic() + 300
        while self.outcomes().get(outcome, 0) <= more_than:
            assert time.monotonic() < until, self.outcomes()
            time.sleep(0.02)


@contextmanager
def endpoint(folder: Path, *, fill: bool = True, seconds: float | None = None, **changes: object) -> Iterator[Place]:
    """An endpoint with these settings; a query may take ``seconds``, where that is less than a setting can say."""
    port = free_port()
    given = {"query_seconds": 60, "query_bytes": 512 * 1024, "queries_per_minute": 1_000_000, **changes}
    settings = Settings(data=folder / "store", base_url=f"http://127.0.0.1:{port}", signing_secret=SECRET, **given)
    if seconds is not None:
        settings = settings.model_copy(update={"query_seconds": seconds})
    with closing(create_system(settings)) as running:
        if fill:
            filled(settings, {NAME: DATA}, position=7)
        with served(running, port):
            yield Place(running, port)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with endpoint(tmp_path_factory.mktemp("sparql")) as made:
        yield made
