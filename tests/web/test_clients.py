"""Clients that others wrote ask the endpoint, unmodified: SPARQLWrapper, rdflib's SPARQLStore, pandas."""

from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from urllib.parse import urlencode

import pandas
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, URLENCODED, XML
from SPARQLWrapper import SPARQLWrapper as Wrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from passport.settings import Settings
from passport.wiring import create_system
from tests.ports import free_port
from tests.web.conftest import SECRET
from tests.web.live import filled, served

pytestmark = pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning", "ignore:Dataset.default_context:DeprecationWarning"
)
"""What rdflib and SPARQLWrapper say of each other."""

GRAPH = "urn:example:chairs"
NAME = rdflib.URIRef("urn:example:name")
DATA = """
<urn:example:1> <urn:example:name> "Stol, enkel"@sv .
<urn:example:1> <urn:example:mass> "7.4"^^<http://www.w3.org/2001/XMLSchema#decimal> .
<urn:example:2> <urn:example:name> "Krzesło \\"B\\""@pl .
<urn:example:2> <urn:example:mass> "12.50"^^<http://www.w3.org/2001/XMLSchema#decimal> .
"""
TABLE = """
SELECT ?name ?mass { ?chair <urn:example:name> ?name ; <urn:example:mass> ?mass } ORDER BY ?mass
"""
COPY = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
SENT = [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    settings = Settings(data=tmp_path_factory.mktemp("clients") / "store", base_url=base, signing_secret=SECRET)
    with closing(create_system(settings)) as running:
        filled(settings, {GRAPH: DATA.encode()})
        with served(running, port):
            yield f"{base}/sparql"


def _wrapper(endpoint: str, sent: tuple[str, str], kind: str, query: str) -> Wrapper:
    made = Wrapper(endpoint)
    made.setMethod(sent[0])
    made.setRequestMethod(sent[1])
    made.setReturnFormat(kind)
    made.setQuery(query)
    return made


@pytest.mark.parametrize("sent", SENT, ids="-".join)
class TestSparqlWrapper:
    def test_tables(self, endpoint: str, sent: tuple[str, str]) -> None:
        found = _wrapper(endpoint, sent, JSON, TABLE).query().convert()
        names = [(each["name"]["value"], each["name"]["xml:lang"]) for each in found["results"]["bindings"]]
        assert names == [("Stol, enkel", "sv"), ('Krzesło "B"', "pl")]
        document = _wrapper(endpoint, sent, XML, TABLE).query().convert()
        assert len(document.getElementsByTagName("result")) == 2
        rows = _wrapper(endpoint, sent, CSV, TABLE).query().convert()
        assert pandas.read_csv(StringIO(rows.decode()))["mass"].sum() == pytest.approx(19.9)
        assert _wrapper(endpoint, sent, TSV, TABLE).query().convert().startswith(b"?name\t?mass\n")

    @pytest.mark.parametrize("kind", [JSON, XML])
    def test_truths(self, endpoint: str, sent: tuple[str, str], kind: str) -> None:
        got = _wrapper(endpoint, sent, kind, "ASK { ?s <urn:example:mass> 7.4 }").query().convert()
        if kind == JSON:
            assert got["boolean"] is True
        else:
            assert got.getElementsByTagName("boolean")[0].firstChild.data == "true"

    @pytest.mark.parametrize(
        ("kind", "form"), [(TURTLE, "turtle"), (N3, "turtle"), (XML, "xml"), (RDFXML, "xml"), (JSONLD, "json-ld")]
    )
    def test_graphs(self, endpoint: str, sent: tuple[str, str], kind: str, form: str) -> None:
        got = _wrapper(endpoint, sent, kind, COPY).query().convert()
        found = got if isinstance(got, rdflib.Graph) else rdflib.Graph().parse(data=got, format=form)
        assert len(found) == 4

    def test_what_is_wrong(self, endpoint: str, sent: tuple[str, str]) -> None:
        with pytest.raises(QueryBadFormed):
            _wrapper(endpoint, sent, JSON, "SELECT * {").query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("kind", ["xml", "json", "csv", "tsv"])
def test_an_rdflib_store(endpoint: str, method: str, kind: str) -> None:
    store = SPARQLStore(endpoint, method=method, returnFormat=kind)
    graph = rdflib.Graph(store)
    assert [str(row.name) for row in graph.query(TABLE)] == ["Stol, enkel", 'Krzesło "B"']
    assert len(graph) == 4
    assert {str(each) for each in graph.subjects(NAME)} == {"urn:example:1", "urn:example:2"}
    if kind in ("xml", "json"):
        assert graph.query("ASK { ?s <urn:example:mass> 7.4 }").askAnswer is True
        assert len(graph.query(COPY).graph) == 4
    named = rdflib.Graph(SPARQLStore(endpoint, method=method), identifier=rdflib.URIRef(GRAPH))
    assert len(named) == 4


def test_a_data_frame(endpoint: str) -> None:
    read = pandas.read_csv(f"{endpoint}?{urlencode({'query': TABLE, 'format': 'csv'})}")
    assert list(read.columns) == ["name", "mass"]
    assert list(read["name"]) == ["Stol, enkel", 'Krzesło "B"']
    assert read["mass"].sum() == pytest.approx(19.9)
