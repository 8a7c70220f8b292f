"""Linksets: their shape, what cannot enter them, and that their context makes linked data of them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from passport.codecs.linkset import (
    DEFAULT_LINK,
    GS1,
    Anchor,
    Link,
    context,
    document,
    is_web_address,
    linkset,
    linkset_ld,
    relation,
)

PIECE = "https://id.example.org/01/09506000134352/21/1234"
LEVELS = (
    Anchor(
        PIECE,
        "Oak chair no. 1234",
        (
            Link(DEFAULT_LINK, "https://id.example.org/passports/A", "Oak chair no. 1234"),
            Link(GS1 + "dpp", "https://id.example.org/passports/A", "Passport", "text/html", ("en", "sv-se")),
            Link(GS1 + "dpp", "https://id.example.org/passports/A", "Passport", "application/ld+json"),
        ),
    ),
    Anchor(PIECE.rpartition("/21")[0], "Oak chair", (Link(DEFAULT_LINK, "https://shop.example/x", "Oak chair"),)),
)


def test_one_object_for_each_level_in_the_given_order() -> None:
    assert json.loads(linkset(LEVELS)) == {
        "linkset": [
            {
                "anchor": PIECE,
                "itemDescription": "Oak chair no. 1234",
                DEFAULT_LINK: [{"href": "https://id.example.org/passports/A", "title": "Oak chair no. 1234"}],
                GS1 + "dpp": [
                    {
                        "href": "https://id.example.org/passports/A",
                        "title": "Passport",
                        "type": "text/html",
                        "hreflang": ["en", "sv-SE"],
                    },
                    {"href": "https://id.example.org/passports/A", "title": "Passport", "type": "application/ld+json"},
                ],
            },
            {
                "anchor": "https://id.example.org/01/09506000134352",
                "itemDescription": "Oak chair",
                DEFAULT_LINK: [{"href": "https://shop.example/x", "title": "Oak chair"}],
            },
        ]
    }


def test_the_linked_data_form_is_the_same_document_with_its_context() -> None:
    embedded = json.loads(linkset_ld(LEVELS))
    assert {"@context": embedded.pop("@context")} == json.loads(context())
    assert embedded == json.loads(linkset(LEVELS))


def test_the_context_keeps_every_link() -> None:
    quads = jsonld.to_rdf(json.loads(linkset_ld(LEVELS)), {"format": "application/n-quads"})
    passport = "https://id.example.org/passports/A"
    assert f"<{PIECE}> <{GS1}dpp> <{passport}> " in quads
    assert f"<{PIECE}> <{DEFAULT_LINK}> <{passport}> " in quads
    assert f'<{passport}> <http://purl.org/dc/terms/language> "sv-SE" ' in quads
    assert f'<{passport}> <http://purl.org/dc/terms/format> "application/ld+json" ' in quads
    assert f'<{PIECE}> <http://purl.org/dc/terms/description> "Oak chair no. 1234" ' in quads


@pytest.mark.parametrize(
    "text",
    ["gs1:pip", "https://ref.gs1.org/voc/pip", "https://gs1.org/voc/pip", "https://www.gs1.org/voc/pip"],
)
def test_a_link_type_has_one_spelling(text: str) -> None:
    assert relation(text) == GS1 + "pip"


def test_other_relations_stay_as_they_are() -> None:
    assert relation("https://w3id.org/furniturepassport/x") == "https://w3id.org/furniturepassport/x"
    assert relation("gs1:") == "gs1:"
    assert relation("gs1:pip\n") == "gs1:pip\n"


@pytest.mark.parametrize(
    ("languages", "tags"),
    [
        (("zh-Hant",), ["zh"]),
        (("es-419",), ["es"]),
        (("fil",), None),
        (("SV", "sv"), ["sv"]),
        (("en-gb",), ["en-GB"]),
        ((), None),
    ],
)
def test_languages_are_written_as_the_schema_takes_them(languages: tuple[str, ...], tags: list[str] | None) -> None:
    link = Link(GS1 + "pip", "https://a.example/", "x", hreflang=languages)
    (target,) = document([Anchor("https://a.example/01", "x", (link,))])["linkset"][0][GS1 + "pip"]
    assert target.get("hreflang") == tags


@pytest.mark.parametrize(
    "own",
    [
        "https://my-shop.example/voc/x",
        "http://127.0.0.1:8000/voc/x",
        "https://a.example/voc#x",
        "https://a.example/voc_x",
        "x",
        "",
    ],
)
def test_relations_that_would_make_the_linkset_invalid_are_refused(own: str) -> None:
    with pytest.raises(ValueError, match="refuses this relation"):
        Link(own, "https://a.example/", "x")


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "//evil.example/",
        "https:///x",
        "https://a@evil.example/",
        "https://evil.example\\@a.example/",
        "https://a.example/\r\nX: y",
        "https://a.example/ x",
        "https://å.example/",
        "https://a.example/å",
        "/passports/A",
        "data:text/html,x",
        "",
    ],
)
def test_t24_no_link_leads_there(href: str) -> None:
    assert not is_web_address(href)
    with pytest.raises(ValueError, match="No link leads"):
        Link(GS1 + "pip", href, "x")


@given(st.text(max_size=40))
def test_t28_a_target_is_always_printable_ascii(text: str) -> None:
    for href in (text, f"https://a.example/{text}", f"https://{text}"):
        if is_web_address(href):
            assert all("!" <= each <= "~" for each in href)


@pytest.mark.parametrize("media_type", ["html", "text/", "Text/HTML", "text/html; charset=utf-8", "text/html\n"])
def test_what_is_no_media_type(media_type: str) -> None:
    with pytest.raises(ValueError, match="media type"):
        Link(GS1 + "pip", "https://a.example/", "x", media_type)
