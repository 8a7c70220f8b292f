"""The query page over HTTP: which policy stands over it, and over all other pages."""

from urllib.parse import quote

import pytest

from passport.web.guard import CSP
from passport.web.pages.querying import EDITOR_STYLE
from tests.web.conftest import Client, World

OTHERS = (
    *("/", "/search", "/models", "/organisations", "/vocab", "/schemas", "/contexts", "/problems", "/docs", "/feed"),
    *("/log", "/submit", "/sign-in", "/accessibility", "/sparqling", "/passports/{piece}", "/passports/{piece}/events"),
)


@pytest.mark.parametrize("path", OTHERS)
def test_t27_no_other_page_has_a_wider_policy(client: Client, world: World, path: str) -> None:
    assert client.page(path.format(piece=world.piece)).all("content-security-policy") == [CSP]


@pytest.mark.parametrize("path", ["/sparql", f"/sparql?query={quote('SELECT * {')}"])
def test_t27_the_query_page_allows_one_style_more_and_nothing_inline(client: Client, path: str) -> None:
    got = client.page(path)
    wider = CSP.replace("style-src 'self'", f"style-src 'self' '{EDITOR_STYLE}'")
    assert got.all("content-security-policy") == [wider if "data-editor" in got.text else CSP]
    assert "unsafe" not in wider
    assert got.text.count("<script") == got.text.count("<script src=")
    assert " style=" not in got.text


@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json", "application/n-triples"])
def test_t27_programs_get_the_strict_policy(client: Client, accept: str) -> None:
    assert client.get("/sparql", accept).all("content-security-policy") == [CSP]


def test_the_page_needs_no_graph(client: Client) -> None:
    got = client.page("/sparql?lang=da")
    assert got.status == 200
    assert got["content-language"] == "da"
    assert "Spørg de linkede data" in got.text


def test_a_query_that_cannot_be_answered_comes_back_in_the_form(client: Client) -> None:
    got = client.page(f"/sparql?lang=sv&query={quote('ASK { SERVICE <https://x.example/> { ?s ?p ?o } }')}")
    assert got.status == 400
    assert "SERVICE &lt;https://x.example/&gt;" in got.text
    assert "SERVICE besvaras inte" in got.text
