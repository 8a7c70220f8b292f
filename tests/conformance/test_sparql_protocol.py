"""The W3C suites of the SPARQL 1.1 Protocol, Service Description and Graph Store Protocol, over a real socket.

Requests go out as the manifests say, byte for byte, with no header added but Host and Content-Length. A server that
does not answer has failed. The same runner, with everything that writes, is held against another server: what it
finds there is known.
"""

import json
import os
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
import rdflib
from rdflib.collection import Collection
from rdflib.compare import isomorphic
from rdflib.namespace import RDF

from passport.settings import Settings
from passport.wiring import create_system
from tests.conftest import SECRET, SparqlServer
from tests.ports import free_port
from tests.web.live import filled, served

ROOT = Path(os.environ.get("CONFORMANCE_DIR", Path(__file__).parents[3] / "shared" / "conformance"))
FOLDER = ROOT / "sparql-protocol"
PROTOCOL, DESCRIPTION = FOLDER / "protocol/manifest.ttl", FOLDER / "service-description/manifest.ttl"
STORE = tuple(FOLDER / f"graph-store-protocol/manifest-{each}.ttl" for each in ("direct", "indirect"))
LEAST = (34, 3, 13)
"""Cases of the three suites; fewer would mean that they shrank unnoticed."""

RUN = 30
"""What a server that only reads must pass: all but the seven tests that write."""

KNOWN = {"bad_update_get", "post_get_post_get_direct", "post_get_post_get_indirect"}
"""What Oxigraph's own server does not pass: it describes itself on ``?update=``, and reads no multipart bodies."""

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
STATUSES = {
    "OK": "200",
    "Created": "201",
    "NoContent": "204",
    "NotFound": "404",
    **{f"StatusCode{each}xx": f"{each}.." for each in range(1, 6)},
}
FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {
        *("application/sparql-results+json", "application/sparql-results+xml", "text/csv"),
        "text/tab-separated-values",
    },
    "RDF": {
        *("text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"),
        "application/n-quads",
    },
}
SD_TERMS = {
    "Service": {
        *("endpoint", "supportedLanguage", "resultFormat", "inputFormat", "feature", "defaultDataset"),
        *("availableGraphs", "extensionFunction", "extensionAggregate", "languageExtension", "propertyFeature"),
        *("defaultEntailmentRegime", "defaultSupportedEntailmentProfile"),
    },
    "Dataset": {"defaultGraph", "namedGraph"},
    "Graph": set(),
    "NamedGraph": {"name", "graph", "entailmentRegime", "supportedEntailmentProfile"},
}
"""Classes of the vocabulary with the properties whose domain they are."""

SD_VALUES = {
    "supportedLanguage": {"SPARQL10Query", "SPARQL11Query", "SPARQL11Update"},
    "feature": {
        *("DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"),
    },
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the W3C protocol suites are not at hand")


@dataclass(frozen=True)
class Request:
    """One request of a test, and what must come back."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    statuses: tuple[str, ...]
    boolean: bool | None
    format: str | None
    location: str | None
    graph: tuple[str, str] | None


@dataclass(frozen=True)
class Case:
    """One test of a manifest."""

    name: str
    requests: tuple[Request, ...]


def _headers(manifest: rdflib.Graph, node: rdflib.term.Node) -> tuple[tuple[str, str], ...]:
    listed = manifest.value(node, HT.headers)
    if listed is None:
        return ()
    names = (
        (manifest.value(each, HT.fieldName), manifest.value(each, HT.fieldValue)) for each in _list(manifest, listed)
    )
    return tuple((str(name), str(value)) for name, value in names)


def _list(manifest: rdflib.Graph, node: rdflib.term.Node) -> Sequence[rdflib.term.Node]:
    return list(Collection(manifest, node))


def _text(manifest: rdflib.Graph, node: rdflib.term.Node) -> tuple[str, str] | None:
    body = manifest.value(node, HT.body)
    if body is None:
        return None
    return str(manifest.value(body, CNT.chars)), str(manifest.value(body, CNT.characterEncoding))


def _request(manifest: rdflib.Graph, node: rdflib.term.Node) -> Request:
    answer = manifest.value(node, HT.resp)
    assert answer is not None
    sent, got = _text(manifest, node), _text(manifest, answer)
    boolean = manifest.value(answer, MF.expectedBoolean)
    kind, location = (manifest.value(answer, each) for each in (MF.expectedFormat, MF.expectedLocation))
    statuses = (str(each).rpartition("#")[2] for each in manifest.objects(answer, MF.expectedStatus))
    return Request(
        method=str(manifest.value(node, HT.methodName)),
        path=str(manifest.value(node, HT.absolutePath)),
        headers=_headers(manifest, node),
        body=sent[0].encode(sent[1]) if sent else None,
        statuses=tuple(STATUSES[each] for each in statuses),
        boolean=None if boolean is None else bool(boolean.toPython()),
        format=None if kind is None else str(kind),
        location=None if location is None else str(location),
        graph=got,
    )


def _cases(*files: Path) -> tuple[Case, ...]:
    found = []
    for file in files:
        if not file.is_file():
            continue
        manifest = rdflib.Graph().parse(file)
        (entries,) = manifest.objects(predicate=MF.entries)
        for entry in _list(manifest, entries):
            listed = manifest.value(manifest.value(entry, MF.action), HT.requests)
            requests = () if listed is None else tuple(_request(manifest, each) for each in _list(manifest, listed))
            found.append(Case(re.split("[#/]", str(entry))[-1], requests))
    return tuple(found)


CASES = _cases(PROTOCOL)
DESCRIBED = _cases(DESCRIPTION)
STORED = _cases(*STORE)
READING = tuple(each for each in CASES if not each.name.startswith("update_"))


def _data() -> Mapping[str, bytes]:
    return {
        f"http://kasei.us/2009/09/sparql/data/data{number}.rdf": (FOLDER / f"protocol/data{number}.nt").read_bytes()
        for number in (1, 2, 3)
    }


@dataclass(frozen=True)
class Got:
    status: int
    headers: HTTPMessage
    body: bytes
    address: str

    @property
    def kind(self) -> str:
        return str(self.headers.get_content_type())

    def graph(self) -> rdflib.Graph:
        kind = "application/n-triples" if self.kind == "application/n-quads" else self.kind
        return rdflib.Graph().parse(data=self.body, format=kind, publicID=self.address)


@dataclass(frozen=True)
class Endpoint:
    """A server under test: where it queries, updates, and keeps graphs."""

    origin: str
    query: str
    update: str
    store: str
    known: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, headers: Sequence[tuple[str, str]] = (), body: bytes | None = None) -> Got:
        """Exactly this; a connection that is refused or breaks off is an error of the test."""
        place = urlsplit(self.origin)
        for _ in range(4):
            with closing(HTTPConnection(place.hostname or "", place.port, timeout=300)) as connection:
                connection.putrequest(method, path, skip_accept_encoding=True)
                for name, value in headers:
                    connection.putheader(name, value)
                if body is not None:
                    connection.putheader("Content-Length", str(len(body)))
                connection.endheaders(body)
                answer = connection.getresponse()
                got = Got(answer.status, answer.headers, answer.read(), self.origin + path)
            if got.status not in range(300, 400) or "location" not in got.headers:
                return got
            path = urljoin(got.address, got.headers["location"]).removeprefix(self.origin)
        raise AssertionError("redirected without end")

    def place(self, name: str, request: Request) -> str:
        """Where a request of a manifest goes here."""
        path = request.path
        for variable, value in self.known.items():
            path = path.replace(variable, quote(value, safe=""))
        if path.startswith("/gsp"):
            return self.store + path.removeprefix("/gsp")
        kinds = {value.partition(";")[0] for key, value in request.headers if key.lower() == "content-type"}
        writes = "application/sparql-update" in kinds or (request.body or b"").startswith(b"update=")
        if writes or re.match("bad_(multiple_)?update", name):
            return self.update + path.removeprefix("/sparql/")
        return self.query + path.removeprefix("/sparql/")

    def run(self, case: Case) -> None:
        """Send every request of a case, in order, and compare what comes back."""
        assert case.requests
        for request in case.requests:
            got = self.send(request.method, self.place(case.name, request), request.headers, request.body)
            assert any(re.fullmatch(each, str(got.status)) for each in request.statuses), (got.status, got.body)
            if request.format is not None:
                assert got.kind in FORMATS[request.format], got.kind
            if request.format == "RDF":
                got.graph()
            if request.boolean is not None:
                assert _truth(got) is request.boolean
            if request.location is not None:
                self.known[request.location] = urljoin(got.address, got.headers["location"])
            if request.graph is not None and request.method != "HEAD" and got.status == 200:
                wanted = rdflib.Graph().parse(data=request.graph[0], format="turtle", publicID=got.address)
                assert isomorphic(got.graph(), wanted)


def _truth(got: Got) -> bool:
    if got.kind.endswith("json"):
        return bool(json.loads(got.body)["boolean"])
    return ElementTree.fromstring(got.body).findtext("{http://www.w3.org/2005/sparql-results#}boolean") == "true"


def _describes(endpoint: Endpoint, name: str) -> None:
    """The three tests of the service description suite, which its manifest only names."""
    got = endpoint.send("GET", endpoint.query)
    assert got.status == 200
    assert got.kind in FORMATS["RDF"]
    said = got.graph()
    assert len(said)
    if name == "has-endpoint-triple":
        assert (None, SD.endpoint, rdflib.URIRef(got.address)) in said
    elif name == "conforms-to-schema":
        _conforms(said)


def _conforms(said: rdflib.Graph) -> None:
    """Properties belong to the classes of their subjects, and name things that the vocabulary has."""
    properties = {each for known in SD_TERMS.values() for each in known}
    services = set(said.subjects(RDF.type, SD.Service))
    assert services
    for subject, predicate, value in said:
        if not predicate.startswith(SD):
            continue
        name = predicate.removeprefix(SD)
        assert name in properties, name
        kinds = {str(each).removeprefix(SD) for each in said.objects(subject, RDF.type)}
        if "Dataset" not in kinds and "Graph" not in kinds:
            assert any(name in SD_TERMS.get(kind, ()) for kind in kinds), (name, kinds)
        if name in SD_VALUES and value.startswith(SD):
            assert value.removeprefix(SD) in SD_VALUES[name]
    for kind in said.objects(predicate=RDF.type):
        assert not kind.startswith(SD) or kind.removeprefix(SD) in SD_TERMS
    for dataset in said.objects(predicate=SD.defaultDataset):
        for graph in said.objects(dataset, SD.namedGraph):
            assert (graph, SD.name, None) in said


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    settings = Settings(data=tmp_path_factory.mktemp("protocol") / "store", base_url=base, signing_secret=SECRET)
    with closing(create_system(settings)) as running:
        filled(settings, _data())
        with served(running, port):
            yield Endpoint(base, "/sparql", "/sparql", "/sparql/graph")


@pytest.fixture
def theirs(sparql_server: SparqlServer) -> Endpoint:
    """Oxigraph's own server, which writes too."""
    origin = sparql_server.query.removesuffix("/query")
    made = Endpoint(origin, "/query", "/update", "/store")
    for name, triples in _data().items():
        kind = ("Content-Type", "application/n-triples")
        assert made.send("PUT", f"/store?graph={quote(name, safe='')}", [kind], triples).status == 201
    return made


def test_the_suites_have_all_their_cases() -> None:
    assert (len(CASES), len(DESCRIBED), len(STORED)) == LEAST
    assert len(READING) + len(DESCRIBED) == RUN
    assert {each.name for each in CASES if each not in READING} == {
        *("update_dataset_default_graph", "update_dataset_default_graphs", "update_dataset_named_graphs"),
        *("update_dataset_full", "update_post_form", "update_post_direct", "update_base_uri"),
    }


@pytest.mark.parametrize("case", READING, ids=lambda each: each.name)
def test_the_endpoint_speaks_the_protocol(ours: Endpoint, case: Case) -> None:
    ours.run(case)


@pytest.mark.parametrize("case", DESCRIBED, ids=lambda each: each.name)
def test_the_endpoint_describes_itself(ours: Endpoint, case: Case) -> None:
    _describes(ours, case.name)


def test_the_graph_store_tells_what_is_not_there(ours: Endpoint) -> None:
    (case,) = (each for each in STORED if each.name == "head_non_existing_indirect")
    ours.run(case)


@pytest.mark.parametrize("case", [each for each in CASES if each not in READING], ids=lambda each: each.name)
def test_t22_what_writes_is_refused(ours: Endpoint, case: Case) -> None:
    first = case.requests[0]
    got = ours.send(first.method, ours.place(case.name, first), first.headers, first.body)
    assert got.status in (400, 415)


@pytest.mark.parametrize("case", [*CASES, *DESCRIBED, *STORED], ids=lambda each: each.name)
def test_the_runner_finds_what_is_known_of_another_server(
    theirs: Endpoint, sparql_server: SparqlServer, case: Case
) -> None:
    if case in STORED:
        sparql_server.empty()
    if case.name in KNOWN:
        with pytest.raises(AssertionError):
            theirs.run(case)
    elif case in DESCRIBED:
        _describes(theirs, case.name)
    else:
        theirs.run(case)


def test_a_server_that_does_not_answer_has_failed() -> None:
    nobody = Endpoint(f"http://127.0.0.1:{free_port()}", "/sparql", "/sparql", "/sparql/graph")
    bad = next(each for each in CASES if each.name == "bad_query_syntax")
    with pytest.raises(ConnectionRefusedError):
        nobody.run(bad)
