"""The resolver's answers, statement by statement of GS1's checklist where one applies."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.codecs.linkset import DEFAULT_LINK, GS1, Anchor, Link
from passport.errors import NotFound
from passport.model.digitallink import Key, parse_path
from passport.model.passport import Level, Standing
from passport.ports import Location, Reading
from passport.service.links import (
    Choices,
    Linkset,
    Redirect,
    anchors,
    answer,
    choose,
    context_header,
    description,
    resolve,
    same_as_header,
    wanted,
    with_query,
)

BASE = "https://pass.example.org"
GTIN = "09506000134352"
MODEL, BATCH, PIECE, ASSET = "000000000", "111111111", "222222222", "333333333"


@dataclass
class Shelf:
    """Products by key, with the passports that a scan reads; it counts the lookups."""

    products: dict[str, tuple[str, Level, dict[str, Any]]]
    standing: Standing = Standing.ACTIVE
    looked_up: list[str] = field(default_factory=list)

    def locate(self, key: str) -> Location | None:
        self.looked_up.append(key)
        found = self.products.get(key)
        return Location(found[0], found[1], self.standing) if found else None

    def read(self, code: str) -> Reading | None:
        for key, (own, level, passport) in self.products.items():
            if own == code:
                payload = b'{"passport":' + json.dumps(passport).encode() + b"}}"
                return Reading(code, key, level, self.standing, 1, payload, len(b'{"passport":'), b"", None, None)
        return None


def english(text: str) -> list[dict[str, str]]:
    return [{"value": text, "language": "en"}]


def shelf(**changes: Any) -> Shelf:
    model = {
        "modelName": [*english("Oak chair"), {"value": "Ekstol", "language": "sv"}],
        "assemblyInstructions": [
            {"url": "https://maker.example/en.pdf", "language": "en", "contentType": "application/pdf"},
            {"url": "https://maker.example/sv.pdf", "language": "sv", "contentType": "application/pdf"},
            {"url": "https://maker.example/de.pdf", "language": "de", "contentType": "application/pdf"},
        ],
        "labels": [
            {"scheme": "a", "document": {"url": "https://maker.example/a.pdf", "contentType": "application/pdf"}},
            {"scheme": "b", "document": {"url": "https://maker.example/b.pdf", "contentType": "application/pdf"}},
        ],
        "epd": {"number": "1", "document": {"url": "https://epd.example/1?x=1#page=2", "resourceTitle": "EPD 1"}},
        "takeBack": {"url": "http://plain.example/"},
        "repairService": {"url": "javascript:alert(1)"},
        "image": [{"url": f"{BASE}/media/abc", "contentType": "image/jpeg"}],
        **changes,
    }
    return Shelf(
        {
            f"01/{GTIN}": (MODEL, Level.MODEL, model),
            f"01/{GTIN}/10/LOT1": (BATCH, Level.BATCH, {}),
            f"01/{GTIN}/21/S1": (PIECE, Level.ITEM, {}),
            "8004/95060001343A1": (ASSET, Level.ITEM, {"itemName": english("Desk")}),
        }
    )


def ask(path: str, query: bytes = b"", *, on: Shelf | None = None, **headers: str) -> Redirect | Linkset | Choices:
    return answer(on or shelf(), parse_path(path), base=BASE, query=query, **headers)


def location(path: str, query: bytes = b"", **headers: str) -> str:
    found = ask(path, query, **headers)
    assert isinstance(found, Redirect)
    return found.location


def test_statement_4_a_key_leads_to_its_default_link_after_one_lookup() -> None:
    store = shelf()
    assert ask(f"/01/{GTIN}/21/S1", on=store) == Redirect(f"{BASE}/passports/{PIECE}", parse_path(f"01/{GTIN}/21/S1"))
    assert store.looked_up == [f"01/{GTIN}/21/S1"]
    assert location("/8004/95060001343A1") == f"{BASE}/passports/{ASSET}"


def test_statement_5_an_unknown_language_or_type_changes_nothing() -> None:
    assert location(f"/01/{GTIN}", languages="xx", accept="image/x-unknown") == f"{BASE}/passports/{MODEL}"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"/01/{GTIN}/21/unknown", MODEL),
        (f"/01/{GTIN}/10/unknown", MODEL),
        (f"/01/{GTIN}/22/OAK", MODEL),
        (f"/01/{GTIN}/10/LOT1/21/unknown", BATCH),
        (f"/01/{GTIN}/22/OAK/10/LOT1", BATCH),
        (f"/01/{GTIN}/10/LOT1/21/S1", PIECE),
        (f"/01/{GTIN}/22/OAK/10/LOT1/21/S1", PIECE),
        (f"/01/{GTIN}/235/TPX", MODEL),
    ],
)
def test_statements_9_10_12_13_walking_up_ends_at_the_nearest_known_level(path: str, code: str) -> None:
    assert location(path) == f"{BASE}/passports/{code}"


def test_statement_15_a_valid_key_that_leads_nowhere_is_not_found() -> None:
    for path in ("/01/09506000134369", "/8004/95060001343A2", "/414/9506000134376"):
        with pytest.raises(NotFound):
            ask(path)
        with pytest.raises(NotFound):
            ask(path, b"linkType=linkset")


@pytest.mark.parametrize(
    "written",
    [
        b"gs1:sustainabilityInfo",
        b"gs1%3AsustainabilityInfo",
        b"https://ref.gs1.org/voc/sustainabilityInfo",
        b"https%3A%2F%2Fgs1.org%2Fvoc%2FsustainabilityInfo",
    ],
)
def test_statement_17_a_link_type_of_a_higher_level_is_found_in_every_spelling(written: bytes) -> None:
    expected = f"https://epd.example/1?x=1&linkType={written.decode()}#page=2"
    assert location(f"/01/{GTIN}/21/S1", b"linkType=" + written) == expected


def test_statement_17_the_most_specific_level_answers_first() -> None:
    assert location(f"/01/{GTIN}/21/S1", b"linkType=gs1:dpp").startswith(f"{BASE}/passports/{PIECE}?")


def test_statement_18_a_missing_link_type_is_not_found_and_says_what_there_is() -> None:
    with pytest.raises(NotFound) as caught:
        ask(f"/01/{GTIN}/21/S1", b"linkType=gs1:leaveReview")
    known = caught.value.values["link_types"]
    assert GS1 + "instructions" in known
    assert DEFAULT_LINK not in known


@pytest.mark.parametrize(
    ("languages", "file"),
    [("de-AT, en;q=0.8", "de"), ("sv", "sv"), ("en;q=0.2, sv;q=0.9", "sv"), ("fi, en;q=0.1", "en")],
)
def test_statement_19_language_chooses_among_links_of_a_type(languages: str, file: str) -> None:
    found = location(f"/01/{GTIN}", b"linkType=gs1:instructions", languages=languages)
    assert found == f"https://maker.example/{file}.pdf?linkType=gs1:instructions"


def test_statement_19_media_type_chooses_where_language_does_not() -> None:
    level = Anchor(
        f"{BASE}/01/{GTIN}",
        "x",
        (
            Link(GS1 + "pip", "https://a.example/1", "x", "text/html"),
            Link(GS1 + "pip", "https://a.example/2", "x", "application/pdf"),
        ),
    )
    found = choose(
        [level], Key("01", GTIN), link_type="gs1:pip", accept="application/pdf, text/html;q=0.9", languages=None
    )
    assert found == Redirect("https://a.example/2", Key("01", GTIN))


def test_statement_20_links_that_cannot_be_told_apart_are_all_given() -> None:
    found = ask(f"/01/{GTIN}/21/S1", b"linkType=gs1:certificationInfo")
    assert isinstance(found, Choices)
    assert found.media_type == "application/linkset+json"
    (level,) = found.levels
    assert level.uri == f"{BASE}/01/{GTIN}"
    assert [link.href for link in level.links] == ["https://maker.example/a.pdf", "https://maker.example/b.pdf"]
    for_browser = ask(f"/01/{GTIN}", b"linkType=gs1:certificationInfo", accept="text/html,*/*;q=0.8")
    assert isinstance(for_browser, Choices)
    assert for_browser.media_type == "text/html"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/linkset+json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/json"),
        ("image/png", "application/linkset+json"),
    ],
)
@pytest.mark.parametrize("query", [b"linkType=linkset", b"linkType=all", b"x=1&linkType=linkset"])
def test_statements_21_26_a_linkset_is_given_whatever_is_accepted(accept: str, media_type: str, query: bytes) -> None:
    found = ask(f"/01/{GTIN}/21/S1", query, accept=accept)
    assert isinstance(found, Linkset)
    assert found.media_type == media_type


@pytest.mark.parametrize(
    "accept",
    ["application/linkset+json", "text/html, application/linkset+json;q=0.3", "Application/Linkset+JSON, */*"],
)
def test_statement_22_accepting_a_linkset_gives_one(accept: str) -> None:
    found = ask(f"/01/{GTIN}", accept=accept.lower())
    assert isinstance(found, Linkset)
    assert found.media_type == "application/linkset+json"
    assert isinstance(ask(f"/01/{GTIN}", b"linkType=gs1:dpp", accept=accept.lower()), Linkset)


def test_a_linkset_that_is_not_wanted_is_not_given() -> None:
    assert isinstance(ask(f"/01/{GTIN}", accept="application/linkset+json;q=0, */*"), Redirect)


def test_statements_12_23_a_linkset_has_every_level_with_its_own_anchor() -> None:
    found = ask(f"/01/{GTIN}/10/LOT1/21/S1", b"linkType=linkset")
    assert isinstance(found, Linkset)
    assert [level.uri.removeprefix(f"{BASE}/01/{GTIN}") for level in found.levels] == ["/21/S1", "/10/LOT1", ""]


def test_statements_6_7_each_level_has_one_default_link_that_is_listed_again() -> None:
    found = ask(f"/01/{GTIN}/21/S1", b"linkType=linkset")
    assert isinstance(found, Linkset)
    for level in found.levels:
        (default,) = (link for link in level.links if link.relation == DEFAULT_LINK)
        assert (default.type, default.hreflang) == (None, ())
        assert default.title
        assert any(link.href == default.href and link.relation != DEFAULT_LINK for link in level.links)
    assert location(f"/01/{GTIN}/21/S1") in {link.href for link in found.levels[0].links}


def test_a_nameless_piece_borrows_the_name_of_its_model_in_the_readers_language() -> None:
    store = shelf()
    levels = anchors(store, resolve(store, parse_path(f"01/{GTIN}/21/S1"), every_level=True), base=BASE, languages="sv")
    assert [level.description for level in levels] == ["Ekstol", "Ekstol"]
    nameless = Shelf({"8004/95060001343A2": (ASSET, Level.ITEM, {})})
    (level,) = anchors(nameless, resolve(nameless, parse_path("8004/95060001343A2")), base=BASE)
    assert level.description == "3333-3333-3"


def test_a_withdrawn_product_still_resolves_but_lists_no_more_than_itself() -> None:
    store = shelf()
    store.standing = Standing.ARCHIVED
    assert ask(f"/01/{GTIN}/21/S1", on=store) == Redirect(f"{BASE}/passports/{PIECE}", parse_path(f"01/{GTIN}/21/S1"))
    found = ask(f"/01/{GTIN}", b"linkType=linkset", on=store)
    assert isinstance(found, Linkset)
    assert {link.relation for link in found.levels[0].links} == {DEFAULT_LINK, GS1 + "dpp"}


@pytest.mark.parametrize(
    "query", [b"a=1&b=2", b"11=260110;3103=014200", b"key", b"x=%2F%zz", b"=&&;", b"a=1?b=/&c=\\", b"linkTypes=gs1:pip"]
)
def test_statement_27_the_query_goes_along_byte_for_byte(query: bytes) -> None:
    assert location(f"/01/{GTIN}", query).encode() == f"{BASE}/passports/{MODEL}?".encode() + query


def test_statement_28_a_trailing_slash_changes_nothing() -> None:
    for path in (f"/01/{GTIN}", f"/01/{GTIN}/10/LOT1", f"/01/{GTIN}/21/S1"):
        assert location(path + "/") == location(path)


@pytest.mark.parametrize(
    ("query", "link_type"),
    [
        (b"", None),
        (b"linktype=x", None),
        (b"xlinkType=a", None),
        (b"linkType=", ""),
        (b"a;linkType=gs1%3apip&linkType=all", "gs1:pip"),
        (b"linkType=%ff", "\ufffd"),
    ],
)
def test_the_asked_link_type(query: bytes, link_type: str | None) -> None:
    assert wanted(query) == link_type


def test_t24_only_registered_https_targets_are_linked() -> None:
    found = ask(f"/01/{GTIN}", b"linkType=linkset")
    assert isinstance(found, Linkset)
    hosts = {urlsplit(link.href).netloc for link in found.levels[0].links}
    assert hosts == {"pass.example.org", "maker.example", "epd.example"}
    assert all(link.href.startswith("https://") for link in found.levels[0].links)


HOSTS = {"pass.example.org", "maker.example", "epd.example"}
TRICKS = st.sampled_from(
    [
        b"//evil.example",
        b"\\evil.example",
        b"@evil.example",
        b"\r\nLocation: https://evil.example",
        b"linkType=https://evil.example/",
        b"linkType=//evil.example",
        b"linkType=javascript:alert(1)",
        b"linkType=gs1:dpp",
        b"linkType=gs1:sustainabilityInfo",
        b"target=https://evil.example",
        b"#@evil.example/",
        b"\x00",
        b"\xc3\xa9",
        b"&",
        b";",
        b"?",
    ]
)


@given(st.lists(st.one_of(TRICKS, st.binary(max_size=8)), max_size=4).map(b"".join), st.text(max_size=20))
def test_t24_t28_no_query_changes_the_host_or_breaks_the_line(query: bytes, header: str) -> None:
    try:
        found = ask(f"/01/{GTIN}/21/S1", query, accept=header, languages=header)
    except NotFound:
        return
    if isinstance(found, Redirect):
        assert urlsplit(found.location).netloc in HOSTS
        assert urlsplit(found.location).scheme == "https"
        assert all("!" <= each <= "~" for each in found.location)
    else:
        assert {urlsplit(link.href).netloc for level in found.levels for link in level.links} <= HOSTS


@given(
    st.one_of(
        st.text(max_size=40),
        st.text(max_size=40).map(lambda text: f"https://maker.example/{text}"),
        st.sampled_from(
            ["//evil.example", "https://maker.example\\@evil.example", "https://a@evil.example/", "http://x/"]
        ),
    ),
    st.text(max_size=10),
)
def test_t24_t28_hostile_addresses_in_a_passport_are_not_linked(url: str, media_type: str) -> None:
    hostile = shelf(epd={"document": {"url": url, "contentType": media_type, "language": media_type}})
    found = ask(f"/01/{GTIN}", b"linkType=linkset", on=hostile)
    assert isinstance(found, Linkset)
    for link in found.levels[0].links:
        assert link.href.startswith("https://")
        assert "@" not in urlsplit(link.href).netloc
        assert all("!" <= each <= "~" for each in link.href)


@given(st.binary(max_size=30))
def test_t28_a_query_is_always_printable_in_a_header(query: bytes) -> None:
    target = with_query("https://a.example/x", query)
    assert all("!" <= each <= "~" for each in target)
    assert urlsplit(target).netloc == "a.example"


def test_headers_name_absolute_addresses() -> None:
    key = parse_path(f"/01/{GTIN}/21/a%2fb")
    assert context_header(BASE).startswith(f"<{BASE}/contexts/linkset/1.0>; rel=")
    assert same_as_header(BASE, key) == f'<{BASE}/01/{GTIN}/21/a%2Fb>; rel="owl:sameAs"'


def test_statements_31_32_the_description_declares_what_is_supported() -> None:
    declared = json.loads(description(BASE, name="Example passports"))
    assert declared["resolverRoot"] == BASE
    assert declared["supportedPrimaryKeys"] == ["01", "8003", "8004", "414", "417"]
    assert declared["supportedLinkType"] == [{"namespace": "https://ref.gs1.org/voc/", "prefix": "gs1:"}]
    assert declared["jsonLdContextLocation"].startswith(BASE)
