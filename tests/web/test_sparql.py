"""The SPARQL endpoint over HTTP: what may be asked, and how it is answered."""

import re
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import RDF

from passport.published import VOCAB
from passport.service.following import Follower
from passport.settings import Settings
from passport.web import questions
from tests.web.conftest import Client, World
from tests.web.endpoint import MANY, NAME, PAGE, SLOW, Place, endpoint
from tests.web.endpoint import place as place
from tests.web.live import filled

SELECT = "SELECT ?n { ?s <urn:example:number> ?n } ORDER BY ?n LIMIT 2"
CONSTRUCT = "CONSTRUCT WHERE { <urn:example:7> ?p ?o }"
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")

ROWS = {
    "application/sparql-results+json": b'"value":"00001"',
    "application/sparql-results+xml": b"<literal>00001</literal>",
    "text/csv": b"n\r\n00000\r\n00001\r\n",
    "text/tab-separated-values": b'?n\n"00000"\n"00001"\n',
}
HINTS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "CSV": "text/csv",
    "text/csv": "text/csv",
    "application/sparql-results+xml": "application/sparql-results+xml",
}
GRAPHS = ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml")
GRAPH_HINTS = {
    "turtle": "text/turtle",
    "nt": "application/n-triples",
    "json-ld": "application/ld+json",
    "json": "application/ld+json",
    "xml": "application/rdf+xml",
    "rdf+xml": "application/rdf+xml",
}


@pytest.mark.parametrize("kind", ROWS)
def test_tables_come_in_the_form_that_is_accepted(place: Place, kind: str) -> None:
    got = place.get(SELECT, kind)
    assert (got.status, got.kind) == (200, kind)
    assert ROWS[kind] in got.body


@pytest.mark.parametrize("name", HINTS)
@pytest.mark.parametrize("parameter", ["format", "output", "results"])
def test_a_known_name_goes_before_accept(place: Place, parameter: str, name: str) -> None:
    got = place.get(SELECT, PAGE, **{parameter: name})
    assert (got.status, got.kind) == (200, HINTS[name])
    assert ROWS[got.kind] in got.body


@pytest.mark.parametrize("kind", GRAPHS)
def test_graphs_come_in_the_form_that_is_accepted(place: Place, kind: str) -> None:
    got = place.get(CONSTRUCT, kind)
    assert (got.status, got.kind) == (200, kind)
    wanted = rdflib.Graph().parse(data='<urn:example:7> <urn:example:number> "00007" .', format="nt")
    assert isomorphic(got.graph(), wanted)


@pytest.mark.parametrize("name", GRAPH_HINTS)
def test_graphs_have_names_of_their_own(place: Place, name: str) -> None:
    assert place.get(CONSTRUCT, format=name).kind == GRAPH_HINTS[name]


@pytest.mark.parametrize("accept", [None, "*/*", "application/*;q=0.3, */*;q=0.1"])
def test_json_and_turtle_when_anything_will_do(place: Place, accept: str | None) -> None:
    assert place.get(SELECT, accept).kind == "application/sparql-results+json"
    assert place.get("ASK {}", accept).kind == "application/sparql-results+json"
    if accept is None or "application" not in accept:
        assert place.get(CONSTRUCT, accept).kind == "text/turtle"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.6", "application/sparql-results+xml"),
        ("text/csv, application/sparql-results+xml;q=0.6", "text/csv"),
        ("application/sparql-results+json;q=0, */*;q=0.5", "application/sparql-results+xml"),
        ("application/json", "application/json"),
        ("application/xml", "application/xml"),
        ("text/turtle, text/csv;q=0.1", "text/csv"),
    ],
)
def test_weights_decide(place: Place, accept: str, kind: str) -> None:
    got = place.get(SELECT, accept)
    assert (got.status, got.kind) == (200, kind)


@pytest.mark.parametrize("hint", ["turtle", "html", "sparql", "", "application/x-unknown"])
def test_names_that_do_not_fit_say_nothing(place: Place, hint: str) -> None:
    assert place.get(SELECT, format=hint).kind == "application/sparql-results+json"
    assert place.get(SELECT, "text/csv", format=hint).kind == "text/csv"


def test_who_reads_results_alone_gets_graphs_in_a_kindred_form(place: Place) -> None:
    """As rdflib's store does, whatever the query gives."""
    assert place.get(CONSTRUCT, "application/sparql-results+json").kind == "application/ld+json"
    assert place.get(CONSTRUCT, "application/sparql-results+xml").kind == "application/rdf+xml"
    assert place.get(CONSTRUCT, "application/sparql-results+json, text/turtle;q=0.1").kind == "text/turtle"


def test_a_truth_is_no_table(place: Place) -> None:
    for accept in ("text/csv", "text/tab-separated-values", "text/turtle"):
        assert place.get("ASK {}", accept).code == "not-acceptable"
    assert place.get("ASK {}", format="csv").kind == "application/sparql-results+json"
    assert place.get(SELECT, "text/turtle").code == "not-acceptable"
    assert place.get(CONSTRUCT, "text/csv").code == "not-acceptable"
    got = place.get(SELECT, "image/png")
    assert (got.status, got.code) == (406, "not-acceptable")


FORM, QUERY = questions.FORM, questions.QUERY


def test_posts_ask_the_same(place: Place) -> None:
    form = urlencode({"query": SELECT, "format": "csv"}).encode()
    assert place.post(form, FORM).body == ROWS["text/csv"]
    assert place.post(SELECT.encode(), QUERY, "/sparql?format=csv").body == ROWS["text/csv"]
    assert place.post(SELECT.encode(), f'{QUERY}; charset="UTF-8"', Accept="text/csv").body == ROWS["text/csv"]
    none = place.post(SELECT.encode(), QUERY, "/sparql?format=csv&default-graph-uri=urn:example:none")
    assert none.body == b"n\r\n"


def test_the_data_set_of_the_request_goes_before_that_of_the_query(place: Place) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    other = "urn:example:other"
    assert place.get(count, format="csv").body.split()[1] == b"%d" % MANY
    assert place.get(count, format="csv", **{"default-graph-uri": other}).body.split()[1] == b"0"
    assert place.get(count, format="csv", **{"named-graph-uri": NAME}).body.split()[1] == b"0"
    assert place.get(named, format="csv", **{"named-graph-uri": NAME}).body.split()[1] == b"%d" % MANY
    assert place.get(named, format="csv", **{"default-graph-uri": NAME}).body.split()[1] == b"0"


@pytest.mark.parametrize(
    "target",
    [
        "/sparql?query=ASK%7B%7D&query=ASK%7B%7D",
        "/sparql?query=ASK%7B%7D&update=CLEAR%20ALL",
        "/sparql?update=CLEAR%20ALL",
        "/sparql?query=%FF%FE",
        "/sparql?query=ASK%7B%7D&default-graph-uri=not%20an%20iri",
        "/sparql?query=ASK%7B%7D&named-graph-uri=relative",
        "/sparql?query=ASK%7B%7D&named-graph-uri=urn:a%3E%20%3Curn:b",
        "/sparql?query=ASK%7B%7D&" + "&".join(["a=b"] * 1000),
        "/sparql/graph",
        "/sparql/graph?graph=urn:a&default",
        "/sparql/graph?graph=urn:a&graph=urn:b",
        "/sparql/graph?graph=",
    ],
)
def test_what_the_protocol_forbids_is_malformed(place: Place, target: str) -> None:
    got = place.send("GET", target)
    assert (got.status, got.code) == (400, "malformed")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", FORM, 400),
        (b"format=json", FORM, 400),
        (b"query=ASK%7B%7D&query=ASK%7B%7D", FORM, 400),
        (b"update=CLEAR+ALL", FORM, 400),
        (b"query=\xff", FORM, 400),
        (b"\xff\xfe", QUERY, 400),
        (b"", QUERY, 400),
        (b"INSERT DATA { <urn:a> <urn:b> <urn:c> }", QUERY, 400),
        (b"CLEAR ALL", "application/sparql-update", 415),
        (b"ASK {}", None, 415),
        (b"ASK {}", "text/plain", 415),
        (b"ASK {}", "multipart/form-data; boundary=x", 415),
        ("ASK {}".encode("utf-16"), f"{QUERY}; charset=UTF-16", 415),
        (b"query=ASK%7B%7D", f"{FORM}; charset=iso-8859-1", 415),
        (b"query=" + b"a" * questions.LARGEST, FORM, 413),
        (b"#" * (questions.LARGEST + 1), QUERY, 413),
        (b"#" * (questions.LARGEST - 1), QUERY, 400),
    ],
)
def test_bodies_that_are_no_query_are_refused(place: Place, body: bytes, kind: str | None, status: int) -> None:
    got = place.post(body, kind)
    assert (got.status, got.problem["status"]) == (status, status)


def test_a_body_without_a_length_is_limited_too(place: Place) -> None:
    with closing(HTTPConnection("127.0.0.1", place.port, timeout=60)) as connection:
        pieces = (b"#" * 4096 for _ in range(40))
        connection.request("POST", "/sparql", pieces, {"Content-Type": QUERY}, encode_chunked=True)
        assert connection.getresponse().status == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(place: Place, method: str) -> None:
    for target in ("/sparql?query=ASK%7B%7D", f"/sparql/graph?graph={NAME}", "/sparql/graph?default"):
        got = place.send(method, target, {"Content-Type": "text/turtle"}, b"<urn:a> <urn:b> <urn:c> .")
        assert (got.status, got.code) == (405, "method-not-allowed")
        assert "GET" in got.headers["allow"]
    assert place.send("POST", f"/sparql/graph?graph={NAME}", {}, b"").status == 405


def test_a_wrong_query_is_told_where(place: Place) -> None:
    got = place.get("SELECT ?n\nWHERE { ?s ?p }")
    assert (got.status, got.code) == (400, "query-wrong")
    assert got.problem["line"] == 2
    assert isinstance(got.problem["column"], int)
    refused = place.get("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    assert (refused.status, refused.code, refused.problem["reason"]) == (400, "query-refused", "service")


def test_head_asks_nothing(place: Place) -> None:
    before = place.outcomes()
    target = f"/sparql?{urlencode({'query': SLOW, 'format': 'csv'})}"
    got = place.send("HEAD", target)
    assert (got.status, got.body, got.kind) == (200, b"", "text/csv")
    assert place.outcomes() == before
    target = f"/sparql?{urlencode({'query': SELECT})}"
    head, whole = place.send("HEAD", target), place.send("GET", target)
    unlike = {"date", "x-request-id", "transfer-encoding", "content-length"}
    assert {name: value for name, value in head.headers.items() if name not in unlike} == {
        name: value for name, value in whole.headers.items() if name not in unlike
    }
    assert place.send("HEAD", "/sparql?query=SELECT").status == 200
    assert place.send("HEAD", "/sparql?query=CLEAR%20ALL").status == 400
    assert place.send("HEAD", target, {"Accept": "text/turtle"}).status == 406


@pytest.mark.parametrize("form", ["SELECT *", "CONSTRUCT { ?s ?p ?o }", "ASK"])
@pytest.mark.parametrize("source", ["FROM <http://other.example/g>", "FROM NAMED <http://other.example/g>", ""])
@pytest.mark.parametrize("more", [{}, {"default-graph-uri": "urn:example:graph"}, {"format": "csv"}])
def test_head_tells_the_status_of_get(place: Place, form: str, source: str, more: dict[str, str]) -> None:
    target = f"/sparql?{urlencode({'query': f'{form} {source} WHERE {{ ?s ?p ?o }}', **more})}"
    head, whole = place.send("HEAD", target), place.send("GET", target)
    assert (head.status, head.kind) == (whole.status, whole.kind)


def test_other_sites_scripts_may_ask(place: Place) -> None:
    got = place.send("OPTIONS", "/sparql", {"Origin": "https://elsewhere.example"})
    assert got.status == 204
    assert got.headers["access-control-allow-origin"] == "*"
    assert {"GET", "POST"} <= set(got.headers["access-control-allow-methods"].split(", "))
    assert {"Accept", "Content-Type", "X-Requested-With"} <= set(
        got.headers["access-control-allow-headers"].split(", ")
    )
    for answer in (place.get(SELECT), place.post(b"ASK {}", QUERY), place.post(b"ASK {", QUERY), place.get("ASK {")):
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = set(answer.headers["access-control-expose-headers"].split(", "))
        assert {"ETag", "Retry-After", "X-Graph-Position"} <= exposed
        assert answer.headers["access-control-allow-credentials"] is None
    other = place.send("OPTIONS", "/submissions")
    assert "POST" not in other.headers["access-control-allow-methods"]
    assert place.send("POST", "/submissions", {}, b"").headers["access-control-allow-origin"] is None


def test_an_answer_is_kept_until_the_graph_changes(tmp_path: Path) -> None:
    with endpoint(tmp_path) as place:
        target = f"/sparql?{urlencode({'query': SELECT})}"
        got = place.send("GET", target)
        tag = got.headers["etag"]
        assert not tag.startswith("W/")
        assert got.headers["cache-control"] == "public, max-age=0, must-revalidate"
        assert got.headers["x-robots-tag"] == "noindex"
        assert got.headers["x-graph-position"] == "7"
        assert "Accept" in got.headers["vary"]
        asked = place.outcomes()["answered"]
        same = place.send("GET", target, {"If-None-Match": tag})
        assert (same.status, same.body, same.headers["etag"]) == (304, b"", tag)
        assert same.headers["cache-control"] == got.headers["cache-control"]
        assert (place.outcomes()["answered"], place.outcomes()["unchanged"]) == (asked, 1)
        assert place.send("GET", target, {"If-None-Match": tag, "Accept": "text/csv"}).status == 200
        assert place.send("GET", target + "&default-graph-uri=urn:a", {"If-None-Match": tag}).status == 200
        assert place.post(SELECT.encode(), QUERY, If_None_Match=tag).status == 200
        filled(place.running.settings, {"urn:example:more": b"<urn:a> <urn:b> <urn:c> ."}, position=9)
        new = place.send("GET", target, {"If-None-Match": tag})
        assert (new.status, new.headers["x-graph-position"]) == (200, "9")
        assert new.headers["etag"] != tag


@pytest.mark.parametrize("moving", ["NOW()", "rand ()", "UUID()", "STRUUID()", "NOW # then\n ()"])
def test_what_differs_each_time_is_kept_nowhere(place: Place, moving: str) -> None:
    got = place.get(f"SELECT ({moving} AS ?x) {{}}")
    assert got.status == 200
    assert (got.headers["etag"], got.headers["cache-control"]) == (None, "no-store")
    target = f"/sparql?{urlencode({'query': f'SELECT ({moving} AS ?x) {{}}'})}"
    assert place.send("GET", target, {"If-None-Match": "*"}).status == 200


def test_the_endpoint_describes_itself_in_every_form(place: Place) -> None:
    first = place.get()
    assert (first.status, first.kind) == (200, "text/turtle")
    for kind in GRAPHS:
        got = place.get(accept=kind)
        assert (got.status, got.kind) == (200, kind)
        assert set(got.graph()) == set(first.graph())
    said = first.graph()
    assert not [each for triple in said for each in triple if isinstance(each, rdflib.BNode)]
    (service,) = said.subjects(RDF.type, SD.Service)
    address = rdflib.URIRef(f"{place.running.system.base}/sparql")
    assert said.value(service, SD.endpoint) == address
    assert set(said.objects(service, SD.feature)) == {SD.UnionDefaultGraph}
    assert len(set(said.objects(service, SD.resultFormat))) == 8
    union = said.value(said.value(service, SD.defaultDataset), SD.defaultGraph)
    assert said.value(union, VOID.triples) == rdflib.Literal(MANY)
    assert rdflib.URIRef(f"{place.running.system.base}/data") in set(said.objects(service))
    assert place.get(accept="image/png").status == 406
    assert place.send("GET", "/sparql", {"If-None-Match": first.headers["etag"]}).status == 304


def test_one_graph_is_read_by_its_name(place: Place) -> None:
    target = f"/sparql/graph?graph={NAME}"
    for kind in GRAPHS:
        got = place.send("GET", target, {"Accept": kind})
        assert (got.status, got.kind, len(got.graph())) == (200, kind, MANY)
    assert place.send("GET", "/sparql/graph?default&format=nt").body.count(b"\n") == MANY
    got = place.send("GET", target)
    assert got.headers["link"] == f'<{NAME}>; rel="describes"'
    assert place.send("GET", target, {"If-None-Match": got.headers["etag"]}).status == 304
    assert place.send("HEAD", target).status == 200
    for method in ("GET", "HEAD"):
        missing = place.send(method, "/sparql/graph?graph=urn:example:none", {"If-None-Match": "*"})
        assert missing.status == 404
    page = place.send("GET", target, {"Accept": PAGE})
    assert page.status == 303
    assert page.headers["location"].startswith(f"{place.running.system.base}/sparql?query=CONSTRUCT")
    shown = place.send("GET", page.headers["location"].removeprefix(place.running.system.base), {"Accept": PAGE})
    assert (shown.status, shown.kind) == (200, "text/html")


def test_a_passport_leads_to_its_graph(own_world: tuple[World, Client, Settings]) -> None:
    world, client, _ = own_world
    follower = Follower(world.system)
    assert follower.step()
    follower.publish()
    (found,) = re.findall(r'<([^>]+)>; rel="describedby"', client.get(f"/passports/{world.piece}")["link"])
    got = client.get(found, "application/n-triples")
    address = f"<{world.system.passport_address(world.piece)}>"
    assert got.status == 200
    assert got["link"] == f'{address}; rel="describes"'
    assert int(got["x-graph-position"]) == world.system.history.size()
    assert f"{address} <{RDF.type}> <{VOCAB}ProductPassport>" in got.text


def test_a_browser_gets_a_page(place: Place) -> None:
    for got, status in (
        (place.get(accept=PAGE), 200),
        (place.get(SELECT, PAGE), 200),
        (place.get("ASK {}", PAGE), 200),
        (place.get(CONSTRUCT, PAGE), 200),
        (place.get("", PAGE), 200),
        (place.get("SELECT ?n\nWHERE { ?s ?p }", PAGE), 400),
        (place.post(urlencode({"query": SELECT}).encode(), FORM, Accept=PAGE), 200),
    ):
        assert (got.status, got.kind) == (status, "text/html")
        assert got.headers["x-robots-tag"] == "noindex"
    assert b"00001" in place.get(SELECT, PAGE).body
    pages = place.get(accept=PAGE), place.send("HEAD", "/sparql", {"Accept": PAGE})
    assert pages[0].headers["content-security-policy"] == pages[1].headers["content-security-policy"]
    other = place.send("GET", "/", {"Accept": PAGE}).headers["content-security-policy"]
    assert "'unsafe-inline'" not in pages[0].headers["content-security-policy"]
    assert other.endswith("style-src 'self'")


def test_without_a_graph_the_endpoint_says_so(tmp_path: Path) -> None:
    with endpoint(tmp_path, fill=False) as place:
        for target in ("/sparql?query=ASK%7B%7D", f"/sparql/graph?graph={NAME}"):
            got = place.send("GET", target)
            assert (got.status, got.code) == (503, "no-graph")
            assert int(got.headers["retry-after"]) > 0
        assert place.send("HEAD", "/sparql?query=ASK%7B%7D").status == 503
        assert place.get().status == 200
        assert place.get(accept=PAGE).status == 200
        assert place.get(SELECT, PAGE).status == 503
