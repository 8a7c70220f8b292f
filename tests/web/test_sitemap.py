"""What search engines are told: what to leave alone, and which pages there are."""

from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest

from passport.model.languages import LANGUAGES
from passport.service import sitemap
from tests.web.conftest import BASE, Client, World

NAMES = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9", "xhtml": "http://www.w3.org/1999/xhtml"}


def listed(client: Client, address: str) -> dict[str, str | None]:
    """The addresses of one file, with the times that it tells."""
    got = client.get(address)
    assert got.status == 200
    assert got["content-type"] == "application/xml"
    root = ET.fromstring(got.body)
    entries = [*root.iterfind("map:url", NAMES), *root.iterfind("map:sitemap", NAMES)]
    return {str(each.findtext("map:loc", None, NAMES)): each.findtext("map:lastmod", None, NAMES) for each in entries}


def parts(client: Client) -> list[str]:
    return [each for each in listed(client, "/sitemap.xml") if not each.endswith("pages.xml")]


def test_robots_find_the_site_map_and_leave_queries_alone(client: Client) -> None:
    robots = RobotFileParser()
    robots.parse(client.get("/robots.txt").text.splitlines())
    assert robots.site_maps() == [f"{BASE}/sitemap.xml"]
    for path in ("/submissions", "/credentials/x", "/sparql?query=ASK%7B%7D", "/metrics", "/desk"):
        assert not robots.can_fetch("any", BASE + path), path
    assert "Disallow: /sparql?" in client.get("/robots.txt").text.splitlines()
    for path in ("/", "/data", "/data/2026-01-01/all.nq.gz", "/passports/7KX94M2QZ"):
        assert robots.can_fetch("any", BASE + path), path


def test_each_passport_in_force_is_listed_once_with_the_time_of_its_version(client: Client, world: World) -> None:
    found = [each for part in parts(client) for each in listed(client, part).items()]
    addresses = [address for address, _ in found]
    assert sorted(addresses) == sorted(
        {f"{BASE}/passports/{each}" for each in (world.model, world.piece, world.legacy)}
    )
    assert world.withdrawn not in " ".join(addresses)
    current = world.system.history.product(world.model)
    assert current is not None
    (entry,) = world.system.history.scan(current.current, current.current + 1)
    assert dict(found)[f"{BASE}/passports/{world.model}"] == entry.document.at


def test_parts_follow_the_log(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sorted(each for part in parts(client) for each in listed(client, part))
    monkeypatch.setattr(sitemap, "RANGE", 3)
    few = parts(client)
    assert len(few) == -(-world.system.history.size() // 3)
    assert all(len(listed(client, part)) <= 3 for part in few)
    assert sorted(each for part in few for each in listed(client, part)) == whole
    assert client.get(f"/sitemaps/{len(few)}.xml").status == 404
    assert client.get("/sitemaps/x.xml").status in (400, 404)


def test_every_page_of_the_site_map_answers(client: Client) -> None:
    pages = listed(client, "/sitemaps/pages.xml")
    assert len(pages) > 200
    looked = [*list(pages)[:60], *list(pages)[60::17]]
    assert {each: status for each in looked if (status := client.page(each).status) != 200} == {}


def test_each_address_names_its_languages(client: Client, world: World) -> None:
    root = ET.fromstring(client.get(parts(client)[0]).body)
    for url in root.iterfind("map:url", NAMES):
        address = url.findtext("map:loc", None, NAMES)
        links = {each.get("hreflang"): each.get("href") for each in url.iterfind("xhtml:link", NAMES)}
        assert links == {language: f"{address}?lang={language}" for language in LANGUAGES}
