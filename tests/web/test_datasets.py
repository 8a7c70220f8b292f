"""The public data as data sets: catalogue, snapshots, files, and where they are found."""

import csv
import gzip
import hashlib
import html
import io
import json

import pyoxigraph
import pytest

from passport.model.passport import Kind, Tier
from passport.service import erasure, snapshots
from passport.web.pages.datasets import licence_name, size
from tests.web.conftest import BASE, MODEL, Client, World

DCAT = "http://www.w3.org/ns/dcat#"
RDF = {
    "text/turtle": pyoxigraph.RdfFormat.TURTLE,
    "application/ld+json": pyoxigraph.RdfFormat.JSON_LD,
    "application/n-triples": pyoxigraph.RdfFormat.N_TRIPLES,
    "application/rdf+xml": pyoxigraph.RdfFormat.RDF_XML,
}


@pytest.fixture
def snapshot(world: World) -> str:
    return snapshots.take(world.system)[0].name


def statements(body: bytes, media_type: str) -> set[pyoxigraph.Triple]:
    return {quad.triple for quad in pyoxigraph.parse(body, format=RDF[media_type])}


@pytest.mark.parametrize("path", ["/data", "/data/{snapshot}"])
def test_the_catalogue_says_the_same_in_every_form_of_rdf_without_blank_nodes(
    client: Client, snapshot: str, path: str
) -> None:
    address = path.format(snapshot=snapshot)
    found = [statements(client.get(address, media_type).body, media_type) for media_type in RDF]
    assert len(found[0]) > 100
    assert all(each == found[0] for each in found)
    assert not any(
        isinstance(term, pyoxigraph.BlankNode) for triple in found[0] for term in (triple.subject, triple.object)
    )


def test_every_address_of_this_service_in_the_catalogue_answers(client: Client, snapshot: str) -> None:
    told = statements(client.get("/data", "text/turtle").body, "text/turtle")
    linked = {each.object.value for each in told if isinstance(each.object, pyoxigraph.NamedNode)}
    own = sorted(each for each in linked if each.startswith(f"{BASE}/") and "#" not in each)
    assert f"{BASE}/data/{snapshot}/all.nq.gz" in own
    assert {each: client.get(each).status for each in own} == dict.fromkeys(own, 200)


def test_a_snapshot_has_a_page_a_manifest_and_rdf_at_one_address(client: Client, snapshot: str) -> None:
    told = client.get(f"/data/{snapshot}", "application/json").json()
    page = client.page(f"/data/{snapshot}").text
    assert told["id"] == f"{BASE}/data/{snapshot}"
    assert told["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    for file in told["files"]:
        got = client.get(file["url"])
        assert got.status == 200
        assert len(got.body) == file["bytes"] == int(got["content-length"])
        assert hashlib.sha256(got.body).hexdigest() == file["sha256"]
        assert file["sha256"] in page
        assert file["name"] in page
        assert got["etag"] == f'"{file["sha256"]}"'
        assert "immutable" in got["cache-control"]
        assert 'rel="license"' in got["link"]
    assert f"{BASE}/data/{snapshot}" in page
    assert "@misc{" in page
    assert client.get(f"/data/{snapshot}/manifest.json").json() == told


def test_tables_are_there_packed_and_unpacked(client: Client, snapshot: str) -> None:
    packed = client.get(f"/data/{snapshot}/passports.csv.gz")
    assert packed["content-disposition"] == f'attachment; filename="{snapshot}-passports.csv.gz"'
    plain = client.get(f"/data/{snapshot}/passports.csv")
    encoded = client.get(f"/data/{snapshot}/passports.csv", accept_encoding="gzip")
    assert packed["content-type"] == "application/gzip"
    assert plain["content-type"].startswith("text/csv")
    assert plain.body == gzip.decompress(packed.body) == gzip.decompress(encoded.body)
    assert "content-encoding" not in plain
    assert encoded["content-encoding"] == "gzip"
    assert plain["etag"] != encoded["etag"]
    assert plain["vary"] == encoded["vary"] == "Accept-Encoding"
    rows = list(csv.DictReader(io.StringIO(plain.text, newline="")))
    assert {each["granularity"] for each in rows} == {"model", "item"}


def test_files_come_in_parts(client: Client, snapshot: str) -> None:
    address = f"/data/{snapshot}/all.nq.gz"
    whole = client.get(address)
    size = len(whole.body)
    assert whole["accept-ranges"] == "bytes"
    for asked, start, stop in (
        ("bytes=0-9", 0, 10),
        ("bytes=10-", 10, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=5-{size * 2}", 5, size),
        (f"bytes=-{size * 2}", 0, size),
    ):
        got = client.get(address, range=asked)
        assert got.status == 206, asked
        assert got.body == whole.body[start:stop]
        assert got["content-range"] == f"bytes {start}-{stop - 1}/{size}"
        assert got["content-length"] == str(stop - start)
    for unknown in ("bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=9-2", "bytes=" + "9" * 40 + "-"):
        assert client.get(address, range=unknown).status == 200, unknown
    behind = client.get(address, range=f"bytes={size}-")
    assert (behind.status, behind.body) == (416, b"")
    assert behind["content-range"] == f"bytes */{size}"
    same = client.get(address, range="bytes=0-9", if_range=whole["etag"])
    other = client.get(address, range="bytes=0-9", if_range='"other"')
    assert (same.status, other.status) == (206, 200)
    assert client.get(address, if_none_match=whole["etag"]).status == 304
    head = client.send("HEAD", address)
    assert (head.status, head.body, head["content-length"]) == (200, b"", str(size))


def test_the_newest_one_has_an_address_of_its_own_and_so_has_void(client: Client, snapshot: str) -> None:
    latest, void = client.get("/data/latest"), client.get("/.well-known/void")
    assert (latest.status, latest["location"]) == (302, f"{BASE}/data/{snapshot}")
    assert (void.status, void["location"]) == (303, f"{BASE}/data")
    assert f"<{BASE}/data>" in client.get("/")["link"]


def test_what_never_was_is_not_found(client: Client, snapshot: str) -> None:
    for path in (
        *("/data/2020-01-01", "/data/nonsense", f"/data/{snapshot}/other", f"/data/{snapshot}/withdrawn"),
        *(f"/data/{snapshot}/..%2Fpassport.sqlite", f"/data/..%2F..%2Fkeys/{snapshot}", f"/data/{snapshot}/other.csv"),
        *(f"/data/{snapshot}/all.nq", f"/data/{snapshot}/checkpoint.csv", "/data/.lock/x", f"/data/{snapshot}/."),
    ):
        assert client.get(path).status == 404, path


def test_before_the_first_snapshot_the_page_says_so(own_world) -> None:
    world, client, _ = own_world
    assert client.get("/data/latest").status == 404
    assert "There is no snapshot yet" in client.page("/data").text
    told = statements(client.get("/data", "text/turtle").body, "text/turtle")
    assert pyoxigraph.NamedNode(f"{DCAT}Catalog") in {each.object for each in told}
    assert world.system.snapshots.names() == []


def test_a_snapshot_that_knew_what_is_erased_is_gone_and_says_what_follows(own_world) -> None:
    world, client, settings = own_world
    text = "Zgubione słowo o osobie"
    revised = {**MODEL, "description": [{"value": text, "language": "pl"}]}
    assert client.post("/submissions", revised, world.tokens["maker"]).status == 201
    first = snapshots.take(world.system)[0].name
    with_word = gzip.decompress(client.get(f"/data/{first}/all.nq.gz").body).decode()
    assert text in with_word
    assert client.post("/submissions", MODEL, world.tokens["maker"]).status == 201
    documents = world.system.history.documents(world.model, kind=Kind.PASSPORT)
    wrong = next(each for each in documents if text.encode() in each.payload and each.tier is Tier.PUBLIC)
    act = erasure.erase(world.system, wrong.id, reason="It named a person")
    folder = settings.data / "snapshots" / first
    assert [each.name for each in folder.iterdir()] == ["withdrawn"]
    assert text not in (folder / "withdrawn").read_text()
    for path in (f"/data/{first}", f"/data/{first}/all.nq.gz", f"/data/{first}/passports.csv"):
        assert client.get(path).status == 410, path
    assert client.get("/data/latest").status == 404
    second = snapshots.take(world.system)[0].name
    gone = client.get(f"/data/{first}").json()
    assert gone["type"] == f"{BASE}/problems/snapshot-withdrawn"
    assert gone["following"] == f"{BASE}/data/{second}"
    assert gone["acts"] == [act]
    page = client.page(f"/data/{first}")
    assert page.status == 410
    assert f'href="/data/{second}"' in page.text
    assert "The snapshot was withdrawn" in page.text
    assert first in client.page("/data").text
    assert f"/data/{first}>" not in client.get("/data", "text/turtle").text
    assert client.get("/data/latest")["location"] == f"{BASE}/data/{second}"


def test_a_snapshot_whose_files_are_not_kept_is_gone_and_can_still_be_cited(own_world) -> None:
    world, client, _ = own_world
    first = snapshots.take(world.system)[0].name
    manifest, checkpoint = (client.get(f"/data/{first}/{each}").body for each in ("manifest.json", "checkpoint"))
    assert client.post("/submissions", {**MODEL, "netWeight": 9}, world.tokens["maker"]).status == 201
    second = snapshots.take(world.system)[0].name
    snapshots.release(world.system, keep=1)
    for path in (f"/data/{first}", f"/data/{first}/all.nq.gz", f"/data/{first}/passports.csv"):
        for method in ("GET", "HEAD"):
            assert client.send(method, path).status == 410, path
        for form in ("text/turtle", "application/ld+json"):
            assert client.get(path, form).status == 410, path
    assert client.get(f"/data/{first}/manifest.json").body == manifest
    assert client.get(f"/data/{first}/checkpoint").body == checkpoint
    gone, was = client.get(f"/data/{first}").json(), json.loads(manifest)
    assert gone["type"] == f"{BASE}/problems/snapshot-released"
    assert (gone["issued"], gone["size"], gone["root"]) == (was["issued"], was["log"]["size"], was["log"]["root"])
    assert gone["manifest"] == f"{BASE}/data/{first}/manifest.json"
    assert gone["following"] == f"{BASE}/data/{second}"
    page = client.page(f"/data/{first}?lang=pl")
    assert page.status == 410
    assert was["log"]["root"] in html.unescape(page.text)
    assert f'href="/data/{first}/manifest.json"' in page.text
    assert f'href="/data/{first}"' in client.page("/data").text
    catalogue = client.get("/data", "text/turtle").text
    assert f"/data/{second}" in catalogue
    assert f"/data/{first}>" not in catalogue
    assert f"/data/{first}" not in client.get("/sitemaps/pages.xml").text
    assert client.get("/data/latest")["location"] == f"{BASE}/data/{second}"


def test_licences_and_sizes_are_told_as_people_say_them() -> None:
    assert licence_name("https://creativecommons.org/licenses/by/4.0/") == "CC BY 4.0"
    assert licence_name("https://creativecommons.org/publicdomain/zero/1.0/") == "CC0 1.0"
    assert licence_name("https://example.org/terms") == "https://example.org/terms"
    assert [size(each, "sv") for each in (17, 1234, 99_900_000)] == ["17\u00a0B", "1,2\u00a0kB", "99,9\u00a0MB"]


def test_t27_the_markup_of_a_passport_cannot_end_its_element(own_world) -> None:
    world, client, _ = own_world
    name = "</script><script>alert(1)</script><!--"
    hostile = {**MODEL, "gtin": "09526543000020", "modelName": [{"value": name, "language": "en"}]}
    made = client.post("/submissions", hostile, world.tokens["maker"])
    assert made.status == 201, made.text
    page = client.page(f"/passports/{made.json()['passports'][0]['code']}").text
    inside = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert json.loads(inside)["name"] == name
    assert "<" not in inside


def test_passport_pages_tell_search_engines_what_they_are(client: Client, world: World) -> None:
    def told(code: str) -> dict[str, object]:
        page = client.page(f"/passports/{code}?lang=sv").text
        found = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
        assert isinstance(found, dict)
        return found

    model, piece = told(world.model), told(world.piece)
    assert (model["@type"], piece["@type"]) == ("ProductModel", "IndividualProduct")
    assert model["name"] == piece["name"] == "Ekstol"
    assert model["weight"] == {"@type": "QuantitativeValue", "value": "7.5", "unitCode": "KGM"}
    assert piece["isVariantOf"] == f"{BASE}/passports/{world.model}"
    assert piece["serialNumber"] == "A-0001"
    assert piece["manufacturer"] == {"@type": "Organization", "name": "Exempel Möbler AB"}
    assert len(model["material"]) == 2
