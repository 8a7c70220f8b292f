"""A passport as machines and browsers read it."""

import gzip
import hashlib
import json
from base64 import urlsafe_b64decode
from pathlib import Path
from threading import current_thread, main_thread
from urllib.parse import quote

import pyoxigraph
import pytest

from passport.model.passport import Tier
from passport.service import linked
from passport.web import cursors, representations, resolver
from tests.web.conftest import BASE, MODEL, Client, World

TYPES = (
    "application/json",
    "application/ld+json",
    "application/vc+jwt",
    "application/vc",
    "text/turtle",
    "application/n-quads",
    "application/n-triples",
    "application/rdf+xml",
    "text/html",
)


@pytest.mark.parametrize("media_type", TYPES)
def test_a_passport_is_served_in_every_form(client: Client, world: World, media_type: str) -> None:
    got = client.get(f"/passports/{world.piece}", media_type)
    assert got.status == 200
    assert got["content-type"].partition(";")[0] == media_type
    assert int(got["content-length"]) == len(got.body) > 100
    assert got["vary"].removesuffix(", Accept-Encoding") == "Accept, Accept-Language, Cookie"
    assert got["etag"].startswith('"')
    assert got["access-control-allow-origin"] == "*"
    link = ", ".join(got.all("link"))
    assert f'<{BASE}/passports/{world.piece}>; rel="canonical"' in link
    assert f'<{BASE}/passports/{world.piece}/versions/1>; rel="bookmark"' in link
    graph = quote(f"{BASE}/passports/{world.piece}", safe="")
    assert f'<{BASE}/sparql/graph?graph={graph}>; rel="describedby"; type="text/turtle"' in link


def test_every_form_has_a_strong_tag_of_its_own_and_answers_304(client: Client, world: World) -> None:
    tags = {}
    for media_type in TYPES:
        first = client.get(f"/passports/{world.piece}", media_type)
        tags[media_type] = first["etag"]
        again = client.get(f"/passports/{world.piece}", media_type, if_none_match=f'"x", W/{first["etag"]}')
        assert (again.status, again.body) == (304, b"")
        assert again["etag"] == first["etag"]
        assert again["vary"] == first["vary"]
        assert "content-length" not in again
        assert client.get(f"/passports/{world.piece}", media_type, if_none_match="*").status == 304
        assert client.get(f"/passports/{world.piece}", media_type, if_none_match='"other"').status == 200
    assert len(set(tags.values())) == len(TYPES)


def test_pages_of_two_languages_have_two_tags(client: Client, world: World) -> None:
    english, swedish = (client.page(f"/passports/{world.piece}", accept_language=each) for each in ("en", "sv"))
    assert (english["content-language"], swedish["content-language"]) == ("en", "sv")
    assert english["etag"] != swedish["etag"]


@pytest.mark.parametrize("accept", [None, "*/*", "application/*", "application/json, text/plain, */*"])
def test_json_is_the_default(client: Client, world: World, accept: str | None) -> None:
    got = client.get(f"/passports/{world.piece}", accept)
    assert got["content-type"] == "application/json"
    assert got.json()["shortCode"] == world.piece
    assert got.json()["@context"] == "https://w3id.org/furniturepassport/contexts/passport/1.0"


def test_what_is_served_is_what_was_signed(client: Client, world: World) -> None:
    import json

    signed = client.get(f"/passports/{world.piece}", "application/vc+jwt").body
    payload = signed.split(b".")[1]
    credential = json.loads(urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    served = client.get(f"/passports/{world.piece}", "application/ld+json").json()
    served.pop("@context")
    assert served == credential["credentialSubject"]["passport"]
    enveloped = client.get(f"/passports/{world.piece}", "application/vc").json()
    assert enveloped["id"] == f"data:application/vc+jwt,{signed.decode()}"
    assert enveloped["type"] == "EnvelopedVerifiableCredential"
    tag = client.get(f"/passports/{world.piece}", "application/vc+jwt")["etag"]
    assert hashlib.sha256(signed).hexdigest() in tag


def test_what_nobody_serves_is_406_with_the_offers(client: Client, world: World) -> None:
    got = client.get(f"/passports/{world.piece}", "application/pdf")
    assert got.status == 406
    assert got.json()["type"] == f"{BASE}/problems/not-acceptable"


@pytest.mark.parametrize("path", ["/passports/{piece}", "/p/{piece}", "/", "/models", "/schemas", "/status/0"])
def test_head_has_the_headers_of_get_and_no_body(client: Client, world: World, path: str) -> None:
    target = path.format(piece=world.piece)
    got, head = client.send("GET", target), client.send("HEAD", target)
    assert head.status == got.status == 200
    assert head.body == b""
    volatile = b"x-request-id"
    assert [each for each in head.headers if each[0] != volatile] == [
        each for each in got.headers if each[0] != volatile
    ]


def test_another_spelling_of_a_passport_is_sent_to_the_canonical_one(client: Client, world: World) -> None:
    code = world.piece
    for spelling in (code.lower(), f"{code[:4]}-{code[4:8]}-{code[8]}", f"{code[:4]}%20{code[4:]}"):
        got = client.get(f"/passports/{spelling}?view=merged")
        assert got.status == 308
        assert got["location"] == f"{BASE}/passports/{code}?view=merged"


def test_a_product_answers_by_its_code_in_any_spelling(client: Client, world: World) -> None:
    code = world.piece
    whole = client.get(f"/passports/{code}")
    for path in (
        f"/p/{code}",
        f"/p/{code.lower()}",
        f"/P/{code}",
        f"/p/{code[:4]}-{code[4:8]}-{code[8]}",
        f"/p/{code}/",
    ):
        got = client.get(path)
        assert got.status == 200, path
        assert got.body == whole.body
        assert got["content-location"] == f"{BASE}/passports/{code}"
        assert f'<{BASE}/passports/{code}>; rel="canonical"' in got["link"]


def test_a_typed_code_leads_to_its_passport(client: Client, world: World) -> None:
    code = world.piece
    for typed in (code.lower(), f"%20{code[:4]}-{code[4:]}%20", f"HTTPS://PASSPORT.EXAMPLE/P/{code}/"):
        got = client.page(f"/find?code={typed}")
        assert (got.status, got["location"]) == (303, f"{BASE}/passports/{code}")
    assert client.page(f"/find?code={_misread(code)}").status == 404
    assert client.page("/find?code=//evil.example").status == 404
    assert client.page("/find").status == 400


def _misread(code: str) -> str:
    return code[:3] + ("2" if code[3] != "2" else "3") + code[4:]


@pytest.mark.parametrize("prefix", ["/passports/", "/p/"])
def test_misread_unknown_and_withdrawn_codes_are_told_apart(client: Client, world: World, prefix: str) -> None:
    from passport.model.shortcode import complete

    for code, status, problem in (
        (_misread(world.piece), 404, "miswritten-code"),
        (complete("00000000"), 404, "unknown-code"),
        (world.withdrawn, 410, "withdrawn"),
    ):
        got = client.get(prefix + code)
        assert got.status == status
        assert got["content-type"] == "application/problem+json"
        assert got.json()["type"] == f"{BASE}/problems/{problem}"
        page = client.page(prefix + code, accept_language="sv")
        assert page.status == status
        assert page["content-type"] == "text/html; charset=utf-8"
        assert page["content-language"] == "sv"


def test_versions_are_permanent_also_after_a_withdrawal(client: Client, world: World) -> None:
    first = client.get(f"/passports/{world.model}/versions/1")
    second = client.get(f"/passports/{world.model}/versions/2")
    assert (first.json()["version"], second.json()["version"]) == (1, 2)
    assert "immutable" in first["cache-control"]
    assert "immutable" in client.get(f"/passports/{world.model}/versions/1", "application/vc+jwt")["cache-control"]
    graph = client.get(f"/passports/{world.model}/versions/1", "text/turtle")
    assert graph["cache-control"] == "public, max-age=3600"
    context = hashlib.sha256(client.get("/contexts/passport/1.0").body).hexdigest()
    assert context[:12] in graph["etag"]
    for path in ("/schemas/furniture/1.0/model", "/contexts/passport/1.0"):
        assert client.get(path)["cache-control"] == "public, max-age=3600"
        assert client.get(path, if_none_match=client.get(path)["etag"]).status == 304
    assert second.json()["previousVersion"] == f"{BASE}/passports/{world.model}/versions/1"
    assert client.get(f"/passports/{world.model}/versions/3").status == 404
    assert client.get(f"/passports/{world.model}/versions/x").status == 404
    assert client.get(f"/passports/{world.withdrawn}/versions/1").status == 200
    assert client.page(f"/passports/{world.model}/versions/1").status == 200


def test_a_piece_and_its_model_come_together_when_asked(client: Client, world: World) -> None:
    got = client.get(f"/passports/{world.piece}?view=merged")
    assert got.json()["passport"]["shortCode"] == world.piece
    assert got.json()["model"]["shortCode"] == world.model
    assert got["etag"] != client.get(f"/passports/{world.piece}")["etag"]
    assert client.get(f"/passports/{world.piece}?view=merged", "text/turtle").status == 406


def test_events_are_listed_and_have_addresses(client: Client, world: World) -> None:
    listed = client.get(f"/passports/{world.legacy}/events").json()["events"]
    assert listed
    got = client.get(listed[0]["id"])
    assert got.json()["eventType"] == listed[0]["eventType"]
    assert client.page(listed[0]["id"]).status == 200
    assert client.page(f"/passports/{world.legacy}/events").status == 200
    assert client.get("/events/00000000-0000-0000-0000-000000000000").status == 404


def test_the_signature_is_checked_on_request(client: Client, world: World) -> None:
    got = client.get(f"/passports/{world.piece}/verification").json()
    assert got["verification"]["verdict"] == "valid"
    assert got["revoked"] is False
    withdrawn = client.get(f"/passports/{world.withdrawn}/verification").json()
    assert withdrawn["revoked"] is True
    assert client.page(f"/passports/{world.piece}/verification").status == 200


def test_qr_codes_are_drawn_in_the_asked_size(client: Client, world: World) -> None:
    svg = client.get(f"/passports/{world.piece}/qr.svg?module=1.5&level=H")
    assert svg["content-type"] == "image/svg+xml"
    assert "sandbox" in " ".join(svg.all("content-security-policy"))
    png = client.get(f"/passports/{world.piece}/qr.png?module=4&level=l")
    assert png.body.startswith(b"\x89PNG")
    for wrong in ("module=0", "module=99", "level=X", "module=nan", "module=inf", "module=x"):
        assert client.get(f"/passports/{world.piece}/qr.svg?{wrong}").status == 400, wrong
        assert client.get(f"/passports/{world.piece}/qr.png?{wrong}").status == 400, wrong
    assert client.get(f"/passports/{_misread(world.piece)}/qr.svg").status == 404


def test_lists_are_paged_and_foreign_cursors_refused(client: Client, world: World) -> None:
    assert [each["code"] for each in client.get("/models").json()["models"]] == [world.model]
    for wrong in (world.model, "bW9kZWxzOg", cursors.give("labels", world.model), "&"):
        assert client.get(f"/models?cursor={wrong}").status == 400, wrong
    assert client.get(f"/models?cursor={cursors.give('models', world.model)}").json()["models"] == []
    assert client.get("/models?cursor=nonsense").status == 400
    labels = client.get(f"/labels?code={world.piece}&code={world.legacy}").json()["labels"]
    assert [each["code"] for each in labels] == [world.piece, world.legacy]
    assert labels[0]["names"] == MODEL["modelName"]
    assert (labels[1]["name"], labels[1]["names"]) == ("", [])
    everything = {each["code"] for each in client.get("/labels").json()["labels"]}
    assert {world.model, world.piece, world.legacy} <= everything
    assert world.withdrawn not in everything


def test_organisations_and_their_keys_are_public(client: Client, world: World) -> None:
    listed = client.get("/organisations").json()["organisations"]
    assert f"{BASE}/organisations/maker" in [each["id"] for each in listed]
    one = client.get("/organisations/maker").json()
    assert one["keys"][0]["id"].startswith("did:web:passport.example:organisations:maker#")
    did = client.get("/organisations/maker/did.json").json()
    assert did["id"] == "did:web:passport.example:organisations:maker"
    assert client.get("/.well-known/did.json").json()["id"] == "did:web:passport.example"
    assert client.get("/organisations/nobody").status == 404
    assert client.get("/organisations/nobody/did.json").status == 404


@pytest.mark.parametrize(
    "media_type", ["text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml"]
)
def test_organisations_are_served_as_their_graph_has_them(client: Client, world: World, media_type: str) -> None:
    form = pyoxigraph.RdfFormat.from_media_type(media_type)
    graph = linked.shared(world.system)[f"{BASE}/organisations"]
    wanted = {quad.triple for quad in pyoxigraph.parse(graph, pyoxigraph.RdfFormat.N_TRIPLES)}
    listed, one = (client.get(path, media_type) for path in ("/organisations", "/organisations/maker"))
    assert all(got["content-type"].partition(";")[0] == media_type for got in (listed, one))
    assert {quad.triple for quad in pyoxigraph.parse(listed.body, form)} == wanted
    maker = pyoxigraph.NamedNode(f"{BASE}/organisations/maker")
    told = {quad.triple for quad in pyoxigraph.parse(one.body, form)}
    assert told == {each for each in wanted if each.subject == maker}
    assert len(told) >= 4
    service = client.get("/organisations/service", media_type)
    assert service.status == 200
    assert client.get("/organisations/nobody", media_type).status == 404


def test_status_lists_are_json_unless_the_signed_bytes_are_asked_for(client: Client) -> None:
    got = client.get("/status/0")
    assert got["content-type"] == "application/json"
    assert got.json()["type"] == "EnvelopedVerifiableCredential"
    signed = client.get("/status/0", "application/vc+jwt").text
    assert got.json()["id"].endswith(signed)
    assert client.get("/status/99").status == 404
    assert client.get("/status/x").status == 404


def test_restricted_documents_are_shown_to_those_who_may_see_them(client: Client, world: World) -> None:
    restricted = client.get(f"/passports/{world.model}").json()["restrictedDocuments"][0]["id"]
    assert client.get(restricted).status == 401
    seen = client.get(restricted, "application/vc+jwt", authorization=f"Bearer {world.tokens['maker']}")
    assert seen.status == 200
    assert client.get(restricted, authorization=f"Bearer {world.tokens['rival']}").status == 404
    assert client.get(restricted, authorization="Bearer wrong").status == 401


@pytest.mark.parametrize("media_type", ["application/vc+jwt", "application/vc", "application/json"])
def test_no_cache_keeps_what_is_not_public(client: Client, world: World, media_type: str) -> None:
    """Of each tier one document: only the public one may be kept, and only it is the same for everybody."""
    documents = [each for code in (world.model, world.legacy) for each in world.system.history.documents(code)]
    found = {each.tier: each for each in documents}
    assert {Tier.PUBLIC, Tier.LEGITIMATE_INTEREST, Tier.OWNER} <= set(found)
    for tier, kept in found.items():
        token = world.tokens[kept.issuer]
        got = client.get(f"/credentials/{kept.id}", media_type, authorization=f"Bearer {token}")
        assert got.status == 200
        public = tier is Tier.PUBLIC
        assert got["cache-control"] == ("public, no-cache" if public else "private, no-store"), tier
        assert got["vary"] == ("Accept" if public else "Accept, Authorization"), tier


def test_pictures_are_served_as_what_they_are_and_nothing_more(client: Client, world: World) -> None:
    got = client.get(world.picture)
    assert got["content-type"] == "image/png"
    assert got["x-content-type-options"] == "nosniff"
    assert "sandbox" in " ".join(got.all("content-security-policy"))
    assert "immutable" in got["cache-control"]
    assert client.get("/media/" + "0" * 64).status == 404
    assert client.get("/media/xyz").status == 404


@pytest.mark.parametrize("media_type", ["text/turtle", "application/rdf+xml", "application/vc"])
def test_what_takes_long_is_not_worked_out_on_the_event_loop(
    client: Client, world: World, media_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []
    made = representations.represent

    def noting(*arguments: object, **options: object) -> object:
        threads.append(current_thread())
        return made(*arguments, **options)

    monkeypatch.setattr(resolver, "represent", noting)
    monkeypatch.setattr(client, "threads", True)
    for path in (f"/passports/{world.piece}", f"/p/{world.piece}"):
        assert client.get(path, media_type).status == 200
    assert len(threads) == 2
    assert main_thread() not in threads


def test_labels_bear_the_name_in_the_readers_language(client: Client, world: World) -> None:
    for language, name in (("sv", "Ekstol"), ("en", "Oak chair"), ("pl", '<span lang="en">Oak chair</span>')):
        page = client.page(f"/labels?code={world.piece}", accept_language=language).text
        assert f'<p class="label__name">{name}</p>' in page
        assert page.count("Ekstol") == (2 if language == "sv" else 0)


def test_a_page_is_packed_for_who_takes_that(client: Client, world: World) -> None:
    path = f"/passports/{world.piece}"
    plain = client.page(path)
    packed = client.page(path, accept_encoding="br, gzip;q=0.5")
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) * 3 < len(plain.body)
    assert packed["content-encoding"] == "gzip"
    assert int(packed["content-length"]) == len(packed.body)
    assert packed["etag"] != plain["etag"]
    assert packed["vary"] == plain["vary"] == "Accept, Accept-Language, Cookie, Accept-Encoding"
    for wish in ("identity", "gzip;q=0", "br", ""):
        assert "content-encoding" not in client.page(path, accept_encoding=wish)
    assert client.page(path, accept_encoding="gzip", if_none_match=packed["etag"]).status == 304
    assert client.page(path, accept_encoding="gzip", if_none_match=plain["etag"]).status == 200
    assert "content-encoding" not in client.get(path, accept_encoding="gzip"), "only pages"


def test_a_model_that_says_everything_is_accepted_and_shown(own_world) -> None:
    world, client, _ = own_world
    full = json.loads((Path(__file__).parent / "pages" / "full.json").read_bytes())
    for each in full["substancesOfConcern"]:
        each["concentrationMax"] = "0.2"
    made = client.post("/submissions", {"granularity": "model", **full}, world.tokens["maker"])
    assert made.status == 201, made.text
    code, version = (made.json()["passports"][0][name] for name in ("code", "version"))
    page = client.page(f"/passports/{code}?open=all&lang=sv").text
    assert "Skruva loss stativet från skivan." in page
    assert page.count("<details open>") > client.page(f"/passports/{code}").text.count("<details open>") == 3
    assert client.page(f"/passports/{code}/versions/{version}?open=all").text.count("<details open>") > 3
