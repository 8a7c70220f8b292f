"""What is published, over HTTP: the manifest of digests, and schemas by folder."""

import hashlib

import pytest

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
