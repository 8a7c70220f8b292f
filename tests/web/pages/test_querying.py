"""The query page as text: what is shown of answers that nobody may trust, and what is said of queries that fail."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from passport.codecs import sparql
from passport.errors import QueryRefused, QueryStopped, QueryWrong
from passport.model.languages import LANGUAGES
from passport.model.query import Form, Generation
from passport.published import VOCAB
from passport.web.answers import json_body
from passport.web.pages import rows
from passport.web.pages.querying import Answered, Asked, address, without_head
from passport.web.pages.rows import Reader
from passport.web.pages.words import Words
from tests.web.pages.sample_documents import BASE

GENERATION = Generation(3, 120, "2026-11-22T04:00:00Z", 9)
QUERY = "SELECT * WHERE { ?a ?b ?c }"
EVIL = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)", "{{ 7 * 7 }}")
UNSAFE = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "https://user@evil.example/",
    'https://evil.example/"onclick="alert(1)',
    f"{BASE}/passports/<script>",
)


@pytest.fixture(scope="module")
def reader(published):
    return Reader(Words(published, "sv"), published, BASE)


def table(*bindings, names=("a",)):
    return json_body({"head": {"vars": list(names)}, "results": {"bindings": list(bindings)}})


def uri(value):
    return {"type": "uri", "value": value}


def literal(value, **more):
    return {"type": "literal", "value": value} | more


def answered(body, form=Form.TABLE, *, whole=True):
    return Answered(form, body, whole=whole, seconds=0.1234, generation=GENERATION)


def body_of(page):
    return page.partition('<section aria-labelledby="result"')[2].partition("<section")[0]


@pytest.mark.parametrize(
    ("iri", "value", "href", "note"),
    [
        (f"{VOCAB}codes/material-class/wood-solid", "Massivt trä", "/vocab/codes/material-class/wood-solid", ""),
        (f"{VOCAB}modelName", "fp:modelName", "/vocab/modelName", "Modellens namn"),
        (f"{VOCAB}nothingOfThis", "fp:nothingOfThis", f"{VOCAB}nothingOfThis", ""),
        (f"{BASE}/passports/7K2M9QPX4", "7K2M-9QPX-4", "/passports/7K2M9QPX4", ""),
        (f"{BASE}/passports/7K2M9QPX4/versions/2", "7K2M-9QPX-4 version 2", "/passports/7K2M9QPX4/versions/2", ""),
        (f"{BASE}/passports/7K2M9QPX4#now", "7K2M-9QPX-4 #now", "/passports/7K2M9QPX4#now", ""),
        (f"{BASE}/events/018f-aaaa-bbbb", "Händelse 018f-aaa", "/events/018f-aaaa-bbbb", ""),
        (f"{BASE}/organisations/lund", "lund", "/organisations/lund", ""),
        (f"{BASE}/01/09506000134352/21/A-1", "/01/09506000134352/21/A-1", "/01/09506000134352/21/A-1", ""),
        ("http://www.w3.org/ns/prov#Activity", "prov:Activity", "http://www.w3.org/ns/prov#Activity", ""),
        ("https://example.org/x", "https://example.org/x", "https://example.org/x", ""),
        ("urn:x:y", "urn:x:y", "", ""),
        (f"{BASE}//evil.example", f"{BASE}//evil.example", f"{BASE}//evil.example", ""),
    ],
)
def test_iris_are_shown_by_their_names_and_lead_somewhere(reader, iri, value, href, note):
    found = reader.iri(iri)
    assert (found.value, found.href) == (value, href)
    assert (found.note != "") == (note != "")


@pytest.mark.parametrize("iri", UNSAFE)
def test_t27_no_unsafe_iri_becomes_a_link(reader, iri):
    assert reader.iri(iri).href == ""
    assert "<a" not in reader.iri(iri).__html__()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", list(Form))
def test_t27_nothing_in_an_answer_or_query_is_markup(pages, language, form):
    texts = (*EVIL, *UNSAFE)
    bindings = [{"a": literal(each, **{"xml:lang": each})} for each in texts]
    bindings += [{"a": literal(each, datatype=each)} for each in texts] + [{"a": uri(each)} for each in texts]
    bodies = {
        Form.TABLE: table(*bindings, names=("a", EVIL[0])),
        Form.TRUTH: b'{"head":{},"boolean":true}',
        Form.GRAPH: "\n".join(texts).encode(),
    }
    asked = Asked("\n".join(texts), (f"https://x.example/{EVIL[0]}",), (EVIL[1],))
    page = pages.queries.result(language, asked, answered(bodies[form]))
    for shown in (page, pages.queries.form(language, asked, QueryWrong(EVIL[0], line=1, column=3))):
        assert "<img src=x" not in shown
        assert not re.search(r"<script(?! src=\"/assets/[^\"]+\" defer>)", shown)
        assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', shown))
        hrefs = re.findall(r'(?:href|src|action)="([^"]*)"', shown)
        assert all(each[:1] in "/#?" or each.startswith(("http://", "https://")) for each in hrefs)


def test_what_is_no_name_of_ours_keeps_its_form(reader):
    assert reader.cell(literal("7.40", datatype=f"{rows.PREFIXES['xsd']}decimal")).number
    assert reader.cell({"type": "typed-literal", "value": "7", "datatype": f"{rows.PREFIXES['xsd']}int"}).number
    assert reader.cell(literal("Chair", **{"xml:lang": "en"})).text.lang == "en"
    assert reader.cell(literal("Stol", **{"xml:lang": "sv"})).text.lang == ""
    assert reader.cell(literal("x", datatype="http://www.w3.org/2001/XMLSchema#gYear")).text.note == "xsd:gYear"
    assert reader.cell(literal("2026-01-01", datatype="http://www.w3.org/2001/XMLSchema#date")).text.note == ""
    assert reader.cell({"type": "bnode", "value": "b0"}).text.value == "_:b0"
    assert reader.cell(None) is None
    assert len(reader.cell(literal("x" * 100_000)).text.value) < 400


def test_a_table_counts_its_rows_and_shows_the_first(reader):
    found = reader.rows(table(*({"a": literal(str(each))} for each in range(1234))), whole=True)
    assert (found.total, len(found.cells), found.more) == (1234, rows.SHOWN, False)
    assert [each[0].text.value for each in found.cells[:3]] == ["0", "1", "2"]


def test_t21_of_a_wide_table_columns_and_rows_are_left_out(reader, pages):
    names = [f"v{number}" for number in range(7000)]
    body = table(*[{"v0": literal("first")}] * 500, names=names)
    found = reader.rows(body, whole=True)
    assert found.names == tuple(names[: rows.COLUMNS])
    assert len(found.cells) == rows.CELLS // rows.COLUMNS
    assert (found.total, found.more, found.wide) == (500, False, True)
    page = body_of(pages.queries.result("en", Asked(QUERY), answered(body)))
    assert page.count("<td") == rows.CELLS
    assert f"The first {len(found.cells)} are shown. Of the columns the first {rows.COLUMNS} are shown." in page


def test_t21_rows_are_counted_up_to_a_number(reader):
    for number, more in ((rows.COUNTED, False), (rows.COUNTED + 1, True)):
        found = reader.rows(table(*[{}] * number), whole=True)
        assert (found.total, found.more, len(found.cells)) == (rows.COUNTED, more, rows.SHOWN)


def test_a_cut_answer_is_read_as_far_as_it_goes(reader):
    body = table(*({"a": literal(f"å {each} }},{{")} for each in range(300)), names=("a", "b"))
    for end in range(0, len(body), 37):
        found = reader.rows(body[:end], whole=False)
        assert found.more
        assert found.total <= 300
        assert all(cell is not None for row in found.cells for cell in row[:1])
    assert reader.rows(body[:-3], whole=False).total == 300
    assert reader.rows(b"", whole=False) == rows.Rows((), (), 0, more=True)
    assert reader.rows(b'{"results":{"bindings":[{"x":', whole=True).total == 0


def test_numbers_stand_in_columns_of_their_own(reader):
    number = {"datatype": f"{rows.PREFIXES['xsd']}integer"}
    body = table({"a": literal("1", **number), "b": literal("x")}, {"a": literal("2", **number)}, names=("a", "b", "c"))
    assert rows.numeric(reader.rows(body, whole=True)) == [True, False, False]
    assert rows.numeric(reader.rows(table(names=("a", "b")), whole=True)) == [False, False]


def test_the_answer_tells_how_much_there_is_and_where_to_get_it(pages):
    asked = Asked(QUERY, ("https://g.example/1",), ("https://g.example/2",))
    body = table(*({"a": literal(str(each))} for each in range(501)))
    page = body_of(pages.queries.result("sv", asked, answered(body)))
    assert "501 rader på 0,123 sekunder." in page
    assert "De första 500 visas." in page
    assert "post 120" in page
    links = dict(re.findall(r'href="(/sparql\?[^"]*)">(\w+)<', page))
    given = {name: parse_qs(urlsplit(html.unescape(href)).query) for href, name in links.items()}
    assert {name: each["format"] for name, each in given.items()} == {
        "CSV": ["csv"],
        "JSON": ["json"],
        "XML": ["xml"],
        "TSV": ["tsv"],
    }
    assert all(
        each["query"] == [QUERY] and each["named-graph-uri"] == [asked.named_graphs[0]] for each in given.values()
    )
    assert f'href="{html.escape(f"{BASE}{address(asked)}")}"' in page


def test_an_answer_without_rows_says_what_to_do(pages):
    page = body_of(pages.queries.result("en", Asked(QUERY), answered(table())))
    assert "0 rows" in page
    assert "<table" not in page
    assert "Remove a condition" in page


@pytest.mark.parametrize(("value", "word"), [(b"true", "Tak"), (b"false", "Nie")])
def test_a_yes_or_no_is_a_word(pages, value, word):
    page = pages.queries.result("pl", Asked("ASK {}"), answered(b'{"head":{},"boolean":' + value + b"}", Form.TRUTH))
    assert f'<p class="query__truth">{word}</p>' in page


def test_a_graph_is_shown_as_turtle_up_to_some_lines(pages):
    body = b"\n".join(b"<urn:%d> a <urn:x> ." % each for each in range(600))
    page = body_of(pages.queries.result("da", Asked("DESCRIBE <x>"), answered(body, Form.GRAPH)))
    assert "&lt;urn:499&gt;" in page
    assert "&lt;urn:500&gt;" not in page
    assert "De første linjer vises." in page
    assert [name for name in ("Turtle", "N-Triples", "JSON-LD", "RDF/XML") if f">{name}</a>" not in page] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sv", ("Frågan är inte SPARQL", "Rad 2, kolumn 9")),
        ("da", ("Forespørgslen er ikke SPARQL", "Linje 2, kolonne 9")),
        ("pl", ("Zapytanie nie jest w SPARQL", "Wiersz 2, kolumna 9")),
        ("en", ("This is not a SPARQL query", "Line 2, column 9")),
    ],
)
def test_a_wrong_query_is_kept_and_the_place_is_told(pages, language, words):
    text = "SELECT *\nWHERE { ?a fp:x }"
    page = pages.queries.form(language, Asked(text), QueryWrong("expected one of x", line=2, column=9))
    assert page.partition("<textarea")[2].partition(">")[2].startswith("\n" + html.escape(text))
    assert f"{words[0]}. {words[1]}." in page
    assert "WHERE { ?a fp:x }\n        ^</pre>" in page
    assert 'href="#query"' in page
    assert ('lang="en">expected one of x' in page) == (language != "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_prefix_that_is_not_declared_is_named_with_its_declaration(pages, language):
    wrong = QueryWrong("as programs read it", line=1, column=1, prefix="fp", declaration=f"PREFIX fp: <{VOCAB}>")
    note = pages.queries.form(language, Asked(QUERY), wrong).partition('id="query-error"')[2].partition("</div>")[0]
    assert f"PREFIX fp: &lt;{VOCAB}&gt;" in note
    assert ("The prefix fp: is not declared. Begin the query with PREFIX" in note) == (language == "en")
    assert "as programs" not in note
    assert 'lang="en"' not in note


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_a_refusal_is_said_in_the_readers_language(pages, language):
    for reason, detail in sparql.REASONS.items():
        page = pages.queries.form(language, Asked(QUERY), QueryRefused(detail, reason=reason, found=99, limit=48))
        note = page.partition('id="query-error"')[2].partition("</div>")[0]
        assert (html.escape(detail, quote=False).replace("'", "&#39;") in note) == (language == "en")
        assert "48" in note
        assert "99" not in note, "counting ends at the limit"
        assert 'lang="en"' not in note


def test_a_place_that_is_not_there_is_not_quoted(pages):
    for line, column in ((9, 1), (1, 900), (0, 0)):
        page = pages.queries.form("en", Asked(QUERY), QueryWrong("x", line=line, column=column))
        assert ("query__place" in page) == (line == 1)
    assert "Line" not in pages.queries.form("en", Asked(QUERY), QueryStopped("It took too long.", limit=10))


def test_the_form_begins_with_prefixes_and_keeps_the_data_set(pages):
    page = pages.queries.form("en")
    assert f"PREFIX fp: &lt;{VOCAB}&gt;" in page
    kept = pages.queries.form("en", Asked(QUERY, ("https://g.example/1",), ()))
    assert '<input type="hidden" name="default-graph-uri" value="https://g.example/1">' in kept


def test_every_example_is_offered_in_the_readers_language(pages):
    assert len(pages.queries.examples) >= 12
    page = pages.queries.form("sv")
    for each in pages.queries.examples:
        text = without_head(each.in_language("sv"))
        assert not text.startswith("#")
        assert html.escape(f"{address(Asked(text))}#result") in page


def test_without_the_editors_files_there_is_a_form_alone(published, pages, monkeypatch):
    monkeypatch.setattr("passport.web.pages.querying.EDITOR", ("built/not-there.css",))
    plain = type(pages)(published, base=BASE).queries
    assert plain.style_sources == ()
    assert "<script" not in plain.form("en")
    assert "data-editor" not in plain.form("en")
