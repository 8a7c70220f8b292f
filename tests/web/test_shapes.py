"""The published SHACL shapes over HTTP: their list, their forms, and what the pages say of them in words."""

import json
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pyoxigraph
import pytest

from passport.published import VOCAB, Published
from passport.web.pages import Pages
from passport.web.pages.inquiries import of_code, of_term
from passport.web.pages.words import Text
from tests.web.conftest import Client

BASE = "https://passport.example"
FORMS = {
    "application/ld+json": pyoxigraph.RdfFormat.JSON_LD,
    "application/n-triples": pyoxigraph.RdfFormat.N_TRIPLES,
    "application/rdf+xml": pyoxigraph.RdfFormat.RDF_XML,
}


def test_the_list_names_every_file_and_the_manifest_has_its_digest(client: Client, published: Published) -> None:
    listed = client.get("/vocab/shapes", "application/json").json()["shapes"]
    assert [each["id"] for each in listed] == [f"{VOCAB}shapes/{name}" for name in published.shapes()]
    manifest = client.get("/published/manifest.json").json()["files"]
    digests = {each["url"]: each["sha256"] for each in manifest}
    for each in listed:
        path = urlsplit(each["url"]).path
        turtle = client.get(path, "text/turtle")
        assert turtle["content-type"].startswith("text/turtle")
        assert digests[each["url"]] == sha256(turtle.body).hexdigest()


@pytest.mark.parametrize("name", ["event-1.0", "workwear-0.1"])
def test_every_form_says_the_same(client: Client, name: str) -> None:
    turtle = list(
        pyoxigraph.parse(client.get(f"/vocab/shapes/{name}", "text/turtle").body, pyoxigraph.RdfFormat.TURTLE)
    )
    assert len(turtle) > 1000
    for media_type, form in FORMS.items():
        found = client.get(f"/vocab/shapes/{name}", media_type)
        assert found["content-type"].startswith(media_type)
        assert len(list(pyoxigraph.parse(found.body, form))) == len(turtle)


def test_there_is_no_other(client: Client) -> None:
    assert client.get("/vocab/shapes/passport-9.9").status == 404
    assert client.get("/vocab/shapes/..%2Fmanifest").status == 404


def test_the_page_says_in_words_what_is_asked(client: Client) -> None:
    english = client.get("/vocab/shapes/event-1.0", "text/html").text
    for said in ("Shapes of events", "A code of the list", "at most 20", "A whole number from 0 to 10000", "required"):
        assert said in english
    swedish = client.get("/vocab/shapes/event-1.0", "text/html", accept_language="sv").text
    assert "Former för händelser" in swedish
    assert "/vocab/shapes/passport-1.0" in client.get("/vocab", "text/html").text
    assert "/vocab/shapes/graph-1.0" in client.get("/vocab/shapes", "text/html").text


def _queries(published: Published, pages: Pages) -> Iterator[str]:
    words = pages._of("en")
    for term in published.terms().values():
        yield from _own(of_term(words, published, term.iri))
    for name in published.code_lists():
        for concept in published.code_list(name).codes.values():
            yield from _own(of_code(words, published, concept.iri))


def _own(parts: object) -> Iterator[str]:
    assert isinstance(parts, tuple)
    title: Text = parts[0].entries[-1].title
    yield parse_qs(urlsplit(title.href).query)["query"][0]


def test_every_term_and_code_leads_to_a_query_for_the_passports_that_use_it(published: Published) -> None:
    store = pyoxigraph.Store()
    found = list(_queries(published, Pages(published, base=BASE)))
    assert len(found) >= 700
    for each in found[::20]:
        assert list(store.query(each)) == []


def test_terms_and_codes_lead_to_the_worked_queries_that_use_them(client: Client) -> None:
    term = client.get("/vocab/timesRepaired", "text/html").text
    assert "/data/tables/repairs-by-material" in term
    code = client.get("/vocab/codes/granularity/item", "text/html").text
    assert "/data/tables/repairs-by-material" in code
    taken = client.get("/vocab/eventTime", "text/html", accept_language="pl").text
    assert "/data/tables/" in taken
    assert json.dumps("Pytania do danych", ensure_ascii=False).strip('"') in taken
