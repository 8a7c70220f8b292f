"""GS1 keys over HTTP: what the resolver standard asks of the wire (GS1-Conformant Resolver 1.2.1)."""

import pytest

from passport.model.digitallink import parse_path
from passport.service import links
from tests.web.conftest import BASE, GTIN, Client, World


def test_a_key_leads_to_its_passport_with_the_whole_query(client: Client, world: World) -> None:
    got = client.get(f"{world.gs1}?a=1;b&c=%20&&d=")
    assert got.status == 307
    assert got["location"] == f"{BASE}/passports/{world.piece}?a=1;b&c=%20&&d="
    assert got["link"] == f'<{BASE}{world.gs1}?linkType=linkset>; rel="linkset"; type="application/linkset+json"'
    assert got["vary"] == "Accept, Accept-Language"
    assert got.body == b""


@pytest.mark.parametrize(
    "path",
    [
        f"/01/{GTIN}",
        f"/01/{GTIN}/",
        f"/01/{GTIN}/21/A-0001",
        f"/01/{GTIN}/21/A-0001/",
        f"/01/{GTIN}/21/A%2D0001",
        f"/01/{GTIN}/21/unheard-of",
        f"/01/{GTIN}/10/LOT/21/A-0001",
    ],
)
@pytest.mark.parametrize("query", [b"", b"x=1", b"x=%0d%0a", b"\r\nx", b"\xff#"])
def test_the_short_way_answers_as_the_resolver_does(client: Client, world: World, path: str, query: bytes) -> None:
    got = client.send("GET", path.encode() + (b"?" + query if query else b""))
    wanted = links.answer(world.system.history, parse_path(path), base=BASE, query=query)
    assert isinstance(wanted, links.Redirect)
    assert (got.status, got["location"]) == (307, wanted.location)


def test_a_linkset_is_given_by_link_type_or_by_accept(client: Client, world: World) -> None:
    for got in (
        client.get(f"{world.gs1}?linkType=linkset", "text/html"),
        client.get(f"{world.gs1}?linkType=linkset"),
        client.get(world.gs1, "application/linkset+json"),
        client.get(world.gs1, "text/html, application/linkset+json;q=0.2"),
        client.get(f"/p/{world.piece}?linkType=linkset"),
        client.get(f"/p/{world.legacy.lower()}", "application/linkset+json"),
    ):
        assert got.status == 200
    got = client.get(world.gs1, "application/linkset+json")
    assert got["content-type"] == "application/linkset+json"
    anchors = [each["anchor"] for each in got.json()["linkset"]]
    assert anchors == [f"{BASE}{world.gs1}", f"{BASE}/01/{GTIN}"]
    assert "json-ld#context" in got["link"]
    context = client.get("/contexts/linkset/1.0")
    assert context["content-type"] == "application/ld+json"
    tag = got["etag"]
    assert client.get(world.gs1, "application/linkset+json", if_none_match=tag).status == 304


def test_a_link_type_leads_to_its_link_or_is_404(client: Client, world: World) -> None:
    got = client.get(f"{world.gs1}?linkType=gs1:dpp")
    assert got.status in (300, 307)
    assert client.get(f"{world.gs1}?linkType=gs1:recallStatus").status == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/01/09526543000014", 400),
        ("/01/123", 400),
        (f"/01/{GTIN}/99/x", 400),
        (f"/01/{GTIN}/21/", 400),
        (f"/01/{GTIN}/21/%00", 400),
        (f"/01/{GTIN}/21/%e5", 400),
        ("/01/09521234000013", 404),
        ("/8004/9521234XYZ", 404),
        ("/9999", 400),
    ],
)
def test_malformed_keys_are_400_and_unknown_ones_404(client: Client, path: str, status: int) -> None:
    got = client.get(path)
    assert got.status == status
    assert got["access-control-allow-origin"] == "*"
    assert client.page(path).status == status


def test_the_description_names_what_is_supported(client: Client) -> None:
    got = client.get("/.well-known/gs1resolver")
    assert got.json()["resolverRoot"] == BASE
    assert "01" in got.json()["supportedPrimaryKeys"]


def test_methods_are_told_and_others_refused(client: Client, world: World) -> None:
    for path in (world.gs1, f"/passports/{world.piece}", f"/p/{world.piece}", "/models"):
        options = client.send("OPTIONS", path, {"origin": "https://else.example"})
        assert options.status == 204
        assert options["allow"] == "GET, HEAD, OPTIONS"
        assert options["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
        for method in ("POST", "PUT", "DELETE", "PATCH", "BREW"):
            refused = client.send(method, path)
            assert refused.status == 405
            assert refused["allow"] == "GET, HEAD, OPTIONS"
    assert client.send("OPTIONS", "/submissions")["allow"] == "GET, HEAD, POST, OPTIONS"
    assert client.send("DELETE", "/submissions")["allow"] == "GET, HEAD, POST, OPTIONS"
    assert client.send("GET", "/submit")["allow"] == "POST, OPTIONS"
    assert client.send("OPTIONS", "/nowhere").status == 404


def test_the_rfid_form_of_a_key_is_resolved_directly(client: Client) -> None:
    assert client.get("/eh30").status == 400
    assert client.get("/exAAAA").status == 400


def test_a_product_gives_no_linkset_to_those_who_refuse_it(client: Client, world: World) -> None:
    wanted = client.get(f"/p/{world.piece}", "application/linkset+json")
    assert wanted["content-type"] == "application/linkset+json"
    for accept in ("application/linkset+json;q=0, */*", "*/*, application/linkset+json; q=0.0"):
        assert client.get(f"/p/{world.piece}", accept)["content-type"] == "application/json"


@pytest.mark.parametrize("of", ["gs1", "model"])
def test_the_page_of_links_is_in_the_readers_language(client: Client, world: World, of: str) -> None:
    path = world.gs1 if of == "gs1" else f"/p/{world.model}"
    page = client.page(f"{path}?linkType=linkset", accept_language="sv").text
    assert "Ekstol: signerat pass" in page
    for english in ("product passport", "signed passport", "defaultLink", ">pip<", "masterData", "traceability"):
        assert english not in page, english
    english = client.page(f"{path}?linkType=linkset").text
    assert "Oak chair: signed passport" in english
    assert "defaultLink" not in english
