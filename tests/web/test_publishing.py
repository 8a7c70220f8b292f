"""What is published, over HTTP: the manifest of digests, and schemas by folder."""

import hashlib

import pytest

from passport.published.namespaces import WIKIDATA
from tests.web.conftest import BASE, Client, World


def test_every_address_of_the_manifest_answers_with_bytes_of_its_digest(client: Client, world: World) -> None:
    files = client.get("/published/manifest.json").json()["files"]
    assert len(files) == len(world.system.published.manifest()) > 30
    assert len({each["url"] for each in files}) == len(files)
    for each in files:
        assert each["url"].startswith(f"{BASE}/")
        got = client.get(each["url"], each["mediaType"])
        assert got.status == 200, each
        assert got["content-type"].startswith(each["mediaType"])
        assert hashlib.sha256(got.body).hexdigest() == each["sha256"], each


@pytest.mark.parametrize("folder", ["furniture", "furniture/1.0", "furniture/1.0/", "furniture/1.0/profiles"])
def test_a_folder_lists_its_schemas(client: Client, folder: str) -> None:
    every = client.get("/schemas").json()["schemas"]
    inside = [each for each in every if each["url"].startswith(f"{BASE}/schemas/{folder.strip('/')}/")]
    assert client.get(f"/schemas/{folder}").json()["schemas"] == inside
    assert inside
    page = client.page(f"/schemas/{folder}")
    assert page.status == 200
    for each in every:
        assert (f'href="{each["url"].removeprefix(BASE)}"' in page.text) is (each in inside)


@pytest.mark.parametrize("path", ["furniture/2.0", "furn", "furniture/1.0/modelx"])
def test_what_is_no_folder_is_404(client: Client, path: str) -> None:
    assert client.get(f"/schemas/{path}").status == 404


@pytest.mark.parametrize(
    ("language", "marked", "related"),
    [
        ("en", "", "nearly the same"),
        ("sv", ' lang="en"', "nästan samma"),
        ("da", ' lang="en"', "næsten det samme"),
        ("pl", ' lang="en"', "prawie to samo"),
    ],
)
def test_a_code_shows_the_items_of_wikidata_by_name(client: Client, language: str, marked: str, related: str) -> None:
    page = client.page(f"/vocab/codes/furniture-category/sofa?lang={language}").text
    assert f'href="http://www.wikidata.org/entity/Q131514" rel="noopener nofollow"{marked}>' in page
    assert f'Wikidata: couch (Q131514)</a> <span class="note">({related}, closeMatch)</span>' in page


def test_the_catalogue_counts_the_links_to_wikidata(client: Client, world: World) -> None:
    told = client.get("/data", "text/turtle").text
    counts = world.system.published.links_to(WIKIDATA)
    assert sum(counts.values()) >= 70
    assert told.count("void:Linkset") == len(counts)
    for relation, number in counts.items():
        assert f"#wikidata-{relation}" in told
        assert f"void:triples {number}" in told
