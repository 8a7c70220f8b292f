"""Answers to worked queries: page, files and picture of one state of the graph, and what they cost."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping

import pytest

from passport.errors import NotFound, QueriesBusy
from passport.model.query import Form, Generation, Question
from passport.ports.graph import Answering
from passport.published import VOCAB
from passport.service import linked, tables
from passport.service.tables import Tables
from passport.settings import Settings
from passport.wiring import Running, build_app
from tests.web.conftest import BASE, Client, World
from tests.web.live import filled

NAME = "what-passports-tell"
ADDRESS = f"/data/tables/{NAME}"


@pytest.fixture
def asked(world: World, web_settings: Settings) -> None:
    """The graph of all that the world holds."""
    system = world.system
    products = system.history.products(level=None, after=None, limit=1000)
    made = linked.Linked(system)
    graphs = {linked.graph_name(system, each.code): made.graph(each.code) for each in products}
    filled(web_settings, {**graphs, **linked.shared(system)}, position=system.history.size())


def test_there_is_a_list_of_them(client: Client) -> None:
    told = client.get("/data/tables", "application/json").json()["tables"]
    assert len(told) >= 12
    assert f"{BASE}{ADDRESS}" in [each["href"] for each in told]
    page = client.page("/data/tables?lang=sv").text
    for each in client.get("/data/tables?lang=sv", "application/json").json()["tables"]:
        assert each["title"] in page


@pytest.mark.usefixtures("asked")
def test_page_and_files_say_the_same(client: Client) -> None:
    told = client.get(ADDRESS, "application/json").json()
    field = next(each for each in told["rows"] if each["field"] == f"{VOCAB}netWeight")
    assert (field["models"], field["all"], field["share"]) == (1, 1, 100)
    lines = list(csv.DictReader(io.StringIO(client.get(f"{ADDRESS}.csv").body.decode(), newline="")))
    assert [{name: str(value) for name, value in each.items()} for each in told["rows"]] == lines
    page = client.page(ADDRESS).text
    assert field["fieldName"] in page
    assert 'href="/vocab/netWeight"' in page
    assert f'href="{ADDRESS}.csv?lang=en"' in page
    assert "/sparql?query=" in page
    picture = client.get(f"{ADDRESS}.svg")
    assert picture["content-type"] == "image/svg+xml"
    assert ET.fromstring(picture.body).get("width") == "720"
    assert b'xml:lang="da"' in client.get(f"{ADDRESS}.svg?lang=da").body


@pytest.mark.usefixtures("asked")
def test_files_are_in_the_language_that_is_asked_for(client: Client) -> None:
    found = {lang: client.get(f"{ADDRESS}.json?lang={lang}").json() for lang in ("en", "sv", "da", "pl")}
    assert found["sv"]["title"] == "Vad passen berättar"
    assert len({each["rows"][0]["fieldName"] for each in found.values()}) > 1
    assert len({json.dumps([row["share"] for row in each["rows"]]) for each in found.values()}) == 1
    for lang in found:
        assert client.get(f"{ADDRESS}.csv?lang={lang}")["content-language"] == lang


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("ending", ["csv", "json", "svg"])
def test_who_has_it_is_not_sent_it_again_until_the_graph_changes(client: Client, ending: str) -> None:
    first = client.get(f"{ADDRESS}.{ending}")
    again = client.send("GET", f"{ADDRESS}.{ending}", {"if-none-match": first["etag"]})
    assert first["etag"].startswith('"g')
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("path", ["nothing", f"{NAME}.xml", f"{NAME}.", ".csv", "..%2Fqueries", "a" * 300])
def test_other_names_are_not_found(client: Client, path: str) -> None:
    assert client.get(f"/data/tables/{path}").status == 404


def test_without_a_graph_it_says_so(running: Running) -> None:
    client = Client(build_app(running))
    for path in (ADDRESS, f"{ADDRESS}.csv"):
        assert client.get(path, "application/json").json()["type"].endswith("/problems/no-graph")
        assert client.page(path).status == 503
    client.close()


class Counting:
    """Answers with one row, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.number = 1

    def generation(self) -> Generation:
        return Generation(self.number, self.number, "2026-11-21T12:00:00Z")

    def ask(self, question: Question, *, client: str) -> Answering:
        self.asked.append((question.text, client))
        return _Answer(self.generation())

    def close(self) -> None:
        pass


class _Answer:
    form = Form.TABLE
    media_type = "application/sparql-results+json"

    def __init__(self, generation: Generation) -> None:
        self.generation = generation

    def __iter__(self) -> Iterator[bytes]:
        cells: Mapping[str, str] = {"endingName": '=HYPERLINK("x")', "pieces": "7.0", "mass": "1.50E1", "weighed": "x"}
        bindings = [{name: {"type": "literal", "value": value} for name, value in cells.items()}]
        yield json.dumps({"head": {}, "results": {"bindings": bindings}}).encode()

    def close(self) -> None:
        pass


def test_a_page_load_costs_nothing_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    queries, made = Counting(), Tables(world.system.published, base=BASE)
    for _ in range(3):
        table = made.table("end-of-life", "sv", queries=queries, client="me")
    assert [client for _, client in queries.asked] == ["me"]
    assert 'LANG(?endingName) = "sv"' in queries.asked[0][0]
    monkeypatch.setattr(tables, "_WORTH", 0)
    queries.number = 2
    made.table("end-of-life", "da", queries=queries, client="me")
    assert made.table("end-of-life", "da", queries=queries, client="me").generation.number == 2
    assert len(queries.asked) == 2
    queries.number = 3
    assert made.table("end-of-life", "da", queries=queries, client="me").generation.number == 3
    assert table.rows == ((None, '=HYPERLINK("x")', "7", None, "15"),)


def test_who_waits_too_long_for_another_reader_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Tables(world.system.published, base=BASE)
    monkeypatch.setattr(tables, "_WAIT", 0.01)

    class Again(Counting):
        def ask(self, question: Question, *, client: str) -> Answering:
            made.table("end-of-life", "en", queries=self, client=client)
            raise AssertionError

    with pytest.raises(QueriesBusy):
        made.table("end-of-life", "en", queries=Again(), client="me")
    assert made.table("end-of-life", "en", queries=Counting(), client="me").rows


def test_a_name_that_is_no_table_is_refused_before_anything_is_asked(world: World) -> None:
    queries = Counting()
    with pytest.raises(NotFound):
        Tables(world.system.published, base=BASE).table("../x", "en", queries=queries, client="me")
    assert queries.asked == []


def test_t20_a_cell_of_a_file_is_no_formula(world: World) -> None:
    from passport.codecs import csvlines
    from passport.web.pages.tables import cells

    made = Tables(world.system.published, base=BASE)
    written = csvlines.lines(cells(made.table("end-of-life", "en", queries=Counting(), client="me")))
    assert written == b'ending,endingName,pieces,weighed,mass\r\n,"\'=HYPERLINK(""x"")",7,,15\r\n'
