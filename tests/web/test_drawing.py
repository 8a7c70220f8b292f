"""Answers as pictures over HTTP: by name and by ``Accept``, in the reader's language, or why there is none."""

import re
import xml.etree.ElementTree as ET
from urllib.parse import urlencode

import pytest

from passport.published.namespaces import XSD
from passport.web.guard import CSP
from tests.web.endpoint import PAGE, Got, Place
from tests.web.endpoint import place as place

SVG = "image/svg+xml"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
IMAGE = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
"""What browsers accept for a picture in a page."""

ROWS = 'SELECT ?kind ?n { VALUES (?kind ?n) { ("stol" 3) ("bord" 2.5) } }'
NAMES = "SELECT ?kind { VALUES ?kind { 'stol' 'bord' } }"
GRAPH = "CONSTRUCT WHERE { <urn:example:7> ?p ?o }"


def drawn(got: Got) -> ET.Element:
    assert (got.status, got.kind) == (200, SVG), got.body
    return ET.fromstring(got.body)


def asked(place: Place, query: str, accept: str | None = None, method: str = "GET", **given: str) -> Got:
    headers = {} if accept is None else {"Accept": accept}
    return place.send(method, f"/sparql?{urlencode({'query': query, **given})}", headers)


@pytest.mark.parametrize("name", ["svg", "SVG", SVG])
@pytest.mark.parametrize("accept", [None, PAGE, "text/csv"])
def test_who_names_a_picture_gets_one(place: Place, name: str, accept: str | None) -> None:
    got = place.get(ROWS, accept, format=name)
    root = drawn(got)
    assert root.get("width") == "720"
    assert root.get(LANG) == got.headers["Content-Language"] == "en"
    assert {"stol", "bord", "3", "2.5"} <= {each.text for each in root.iter()}
    assert got.headers["Content-Security-Policy"] == CSP
    assert got.headers["Content-Disposition"] == 'inline; filename="answer.svg"'
    assert got.headers["X-Graph-Position"] == "7"


@pytest.mark.parametrize("accept", [SVG, IMAGE, "image/*", "image/svg+xml, text/csv;q=0.5"])
def test_who_accepts_pictures_above_all_gets_one(place: Place, accept: str) -> None:
    drawn(place.get(ROWS, accept))


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        (PAGE, "text/html"),
        ("text/html,application/xml;q=0.9,image/avif,image/webp,image/svg+xml,*/*;q=0.8", "text/html"),
        ("image/svg+xml;q=0.5, text/csv", "text/csv"),
        ("image/svg+xml, application/sparql-results+xml", "application/sparql-results+xml"),
    ],
)
def test_nobody_else_does(place: Place, accept: str | None, kind: str) -> None:
    assert place.get(ROWS, accept).kind == kind


def test_a_picture_may_be_posted_for(place: Place) -> None:
    form = place.post(urlencode({"query": ROWS, "format": "svg"}).encode(), "application/x-www-form-urlencoded")
    drawn(form)
    assert form.headers["ETag"] is None
    drawn(place.post(ROWS.encode(), "application/sparql-query", Accept=SVG))


def test_a_picture_is_in_the_language_of_its_reader(place: Place) -> None:
    every = {language: asked(place, ROWS, format="svg", lang=language) for language in ("en", "sv", "da", "pl")}
    assert {got.headers["Content-Language"] for got in every.values()} == set(every)
    assert len({drawn(got)[0].text for got in every.values()}) == 4
    assert {each.text for each in drawn(every["sv"]).iter()} >= {"2,5"}
    assert every["pl"].headers["Vary"] == "Accept, Accept-Language, Cookie"
    tags = [got.headers["ETag"] for got in every.values()]
    assert len(set(tags)) == 4
    target = f"/sparql?{urlencode({'query': ROWS, 'format': 'svg', 'lang': 'sv'})}"
    again = place.send("GET", target, {"If-None-Match": every["sv"].headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


def test_header_lines_alone_are_those_of_the_picture(place: Place) -> None:
    got = asked(place, ROWS, method="HEAD", format="svg")
    assert (got.status, got.kind, got.body) == (200, SVG, b"")


@pytest.mark.parametrize("query", [NAMES, "SELECT ?n { VALUES ?n { 1 2 } }", f"{ROWS} LIMIT 0", "ASK {}", GRAPH])
def test_what_cannot_be_drawn_says_why_to_programs(place: Place, query: str) -> None:
    got = asked(place, query, format="svg", lang="da")
    assert (got.status, got.code) == (406, "answer-not-drawn")
    assert got.problem["title"] == "Der kan ikke tegnes et billede af svaret"
    assert got.problem["detail"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "A picture needs a column of numbers"),
        ("sv", "En bild behöver en kolumn med tal"),
        ("da", "Et billede kræver en kolonne med tal"),
        ("pl", "Wykres wymaga kolumny liczb"),
    ],
)
def test_what_cannot_be_drawn_says_why_on_the_page(place: Place, language: str, words: str) -> None:
    refused = asked(place, NAMES, PAGE, format="svg", lang=language)
    assert (refused.status, refused.kind) == (406, "text/html")
    assert words in refused.body.decode()
    assert "VALUES ?kind { &#39;stol&#39; &#39;bord&#39; }" in refused.body.decode()
    shown = asked(place, NAMES, PAGE, lang=language)
    assert shown.status == 200
    assert words in shown.body.decode()
    assert "<figure" not in shown.body.decode()


def test_where_tables_are_drawn_other_answers_come_as_they_are_accepted(place: Place) -> None:
    assert place.get("ASK {}", IMAGE).kind == "application/sparql-results+json"
    assert place.get(GRAPH, "image/svg+xml, text/turtle;q=0.5").kind == "text/turtle"
    assert place.get("ASK {}", SVG).code == "answer-not-drawn"
    assert place.get("SELECT * {", format="svg").code == "query-wrong"
    assert place.get("ASK { SERVICE <https://x.example/> {} }", format="svg").code == "query-refused"


def test_the_page_shows_the_picture_above_the_table_and_where_it_is_alone(place: Place) -> None:
    page = asked(place, ROWS, PAGE, lang="sv").body.decode()
    assert page.index("<svg") < page.index("<table")
    assert "Staplar: n för varje kind." in page
    found = re.search(r'<figcaption.*?href="([^"]+)"', page)
    assert found is not None
    alone = place.send("GET", found[1].replace("&amp;", "&"))
    assert drawn(alone).find("{http://www.w3.org/2000/svg}desc").text == "Staplar: n för varje kind."
    assert '<option value="svg">Bild (SVG)</option>' in page
    assert "<svg" not in asked(place, "ASK {}", PAGE).body.decode()


def test_t27_values_in_a_picture_are_text(place: Place) -> None:
    evil = "</svg><script>alert(1)</script>\u202e&"
    values = f'("{evil}" 1e400) ("\\u0001" -1e-320) ("" 0) (UNDEF "NaN"^^<{XSD}double>)'
    query = f"SELECT ?x ?n {{ VALUES (?x ?n) {{ {values} }} }}"
    root = drawn(place.get(query, format="svg"))
    assert "</svg><script>alert(1)" in "".join(filter(None, (each.text for each in root.iter())))
    page = asked(place, query, PAGE).body.decode()
    assert "<script>alert" not in page


def test_a_large_answer_is_drawn_in_part(place: Place) -> None:
    query = f"SELECT ?s (<{XSD}integer>(?n) AS ?number) {{ ?s <urn:example:number> ?n }}"
    root = drawn(place.get(query, format="svg"))
    texts = [each.text for each in root.iter() if each.text]
    assert texts[-1] == "30 of 3000 rows are drawn."
