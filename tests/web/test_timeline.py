"""A life that really happened, on the pages of those who may see all of it and of those who may not."""

import re
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from PIL import Image

from passport.service.erasure import erase
from passport.settings import Settings
from tests.web.conftest import BASE, Client, Got, World

SITE = {"origin": BASE, "sec-fetch-site": "same-origin"}


@dataclass(frozen=True)
class Lived:
    """A piece with a repair, its photo, and a correction."""

    world: World
    client: Client
    code: str
    photo: str
    repair: str
    corrected: str

    def page(self, path: str, slug: str | None = None, language: str = "en") -> Got:
        more = {} if slug is None else {"cookie": self._cookie(slug)}
        return self.client.page(path, accept_language=language, **more)

    def _cookie(self, slug: str) -> str:
        body = urlencode({"token": self.world.tokens[slug]}).encode()
        lines = {"content-type": "application/x-www-form-urlencoded", **SITE}
        return self.client.send("POST", "/sign-in", lines, body)["set-cookie"].partition(";")[0]


def _sent(client: Client, token: str, *events: dict[str, Any]) -> None:
    got = client.post("/submissions", list(events), token)
    assert got.status == 201, got.text


@pytest.fixture(scope="module")
def lived(own_world: tuple[World, Client, Settings]) -> Lived:
    world, client, _ = own_world
    token, code = world.tokens["town"], world.legacy
    file = BytesIO()
    Image.new("RGB", (640, 480), (90, 60, 30)).save(file, "JPEG")
    kept = client.post("/media?tier=legitimate-interest", file.getvalue(), token, content_type="image/jpeg").json()
    image = {each: kept[each] for each in ("url", "digest", "contentType")}
    _sent(
        client,
        token,
        {
            "eventType": "repaired",
            "products": [code],
            "repairTypes": ["re-glue"],
            "condition": {"grade": "B"},
            "notes": [{"value": "Glued by the bench of Kim.", "language": "en"}],
            "photos": [{**image, "alternativeText": [{"value": "The glued leg", "language": "en"}]}],
        },
        {"eventType": "cleaned", "products": [code], "careAction": [{"value": "Wiped", "language": "en"}]},
    )
    listed = client.get(f"/passports/{code}/events").json()["events"]
    found = {each["eventType"]: each for each in listed}
    _sent(
        client,
        token,
        {
            "eventType": "cleaned",
            "products": [code],
            "supersedes": found["cleaned"]["id"],
            "correctionReason": "did-not-occur",
            "reason": [{"value": "Another desk was.", "language": "en"}],
        },
    )
    repair, cleaned = (found[each]["id"].removeprefix(BASE) for each in ("repaired", "cleaned"))
    return Lived(world, client, code, kept["url"].removeprefix(BASE), repair, cleaned)


def test_everybody_reads_what_was_done_and_came_of_it(lived: Lived) -> None:
    page = lived.page(f"/passports/{lived.code}")
    assert page.status == 200
    text = unescape(re.sub(r"<[^>]+>", " ", page.text))
    for said in ("Repaired", "Glued again", "Good", "Exempelby kommun", "Undone:", "Another desk was."):
        assert said in text, said
    assert page.text.count("<del>Cleaned</del>") == 1
    assert f'href="{lived.repair}/proof"' in page.text
    assert lived.client.get(f"{lived.repair}/proof").status == 200


def test_t07_notes_and_photos_are_for_those_with_a_right(lived: Lived) -> None:
    for path in (f"/passports/{lived.code}", lived.repair, f"/passports/{lived.code}/events"):
        for slug in (None, "school"):
            shown = lived.page(path, slug)
            assert shown.status == 200
            assert "bench of Kim" not in shown.text, (path, slug)
            assert lived.photo not in shown.text, (path, slug)
        shown = lived.page(path, "town")
        assert "bench of Kim" in shown.text, path
        assert f'src="{lived.photo}?edge=320" alt="The glued leg"' in shown.text, path
        assert shown["cache-control"] == "private, no-store"
    assert lived.client.get(lived.photo).status == 404
    assert lived.page(f"{lived.photo}?edge=320", "town")["content-type"] == "image/webp"
    for path in ("/robots.txt", "/feed", f"/passports/{lived.code}?view=merged", f"/passports/{lived.code}/events"):
        assert lived.photo not in lived.client.get(path).text, path


@pytest.mark.parametrize("language", ["en", "sv", "da", "pl"])
def test_the_page_of_an_event_stands_in_every_language(lived: Lived, language: str) -> None:
    for path in (lived.repair, lived.corrected):
        page = lived.page(path, language=language)
        assert page.status == 200
        assert f'<html lang="{language}">' in page.text
        assert f"{path}?form=epcis" in page.text
        assert lived.client.get(f"{path}?form=epcis").status == 200
    assert "/credentials/" in lived.page(lived.repair, language=language).text


def test_the_past_is_one_click_away(lived: Lived) -> None:
    page = lived.page(f"/passports/{lived.code}")
    links = re.findall(rf'href="(/passports/{lived.code}\?at=[^"]+)"', page.text)
    assert len(links) >= 3
    first = lived.page(unescape(links[-1]))
    assert first.status == 200
    assert "Read how it is now" in first.text
    known = re.search(r'href="(/passports/[^"]+\?known=[^"]+)"', lived.page(lived.repair).text)
    assert known is not None
    assert lived.page(unescape(known[1])).status == 200


def test_what_was_erased_says_so_wherever_it_stands(own_world: tuple[World, Client, Settings], lived: Lived) -> None:
    world, client, _ = own_world
    note = [{"value": "Wrongly about Kim.", "language": "en"}]
    _sent(client, world.tokens["town"], {"eventType": "cleaned", "products": [lived.code], "careAction": note})
    events = client.get(f"/passports/{lived.code}/events").json()["events"]
    path = next(each["id"] for each in events if each.get("careAction") == note).removeprefix(BASE)
    assert "about Kim" in lived.page(path).text
    erase(world.system, path.rpartition("/")[2], reason="It named somebody.")
    for place in (path, f"/passports/{lived.code}", f"/passports/{lived.code}/events"):
        for slug in (None, "town"):
            page = lived.page(place, slug)
            assert page.status == 200, (place, slug)
            assert "about Kim" not in page.text, (place, slug)
            assert "Erased on" in page.text, (place, slug)
