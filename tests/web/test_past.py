"""The past over HTTP: forms of time, the banner of its pages, and what stands under its addresses."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from passport.model.languages import LANGUAGES
from tests.web.conftest import Client, World

LONG_AFTER = ("2099-01-01", "2099-01-01T00:00:00Z", "2099-01-01T00:00:00%2B02:00", "2099-01-01T00:00:00+02:00")
LONG_AGO = ("1700-01-01", "0999-12-31", "0001-01-01", "1999-12-31T23:59:59Z", "2000-01-01T00:00:00-11:00")
NO_TIMES = (
    *("", "yesterday", "2026-13-01", "2026-02-30", "2026-11-21T12:00:00", "12:00", "20261121", "1763726400", "9" * 500),
    *("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00%2B23:59", "%00", "2026-11-21T25:00:00Z", "%FF%FE"),
)
PAGE, JSON = "text/html", "application/json"


@pytest.mark.parametrize("name", ["at", "known"])
@pytest.mark.parametrize("time", LONG_AFTER)
def test_a_time_to_come_is_answered_by_what_is_there_now(client: Client, world: World, name: str, time: str) -> None:
    now = client.get(f"/passports/{world.legacy}?view=merged", JSON).json()
    then = client.get(f"/passports/{world.legacy}?{name}={time}", JSON)
    assert then.status == 200
    told = then.json()
    assert told.pop(name).startswith(("2099-01-01T", "2098-12-31T22:00:00Z"))
    assert told == now
    assert client.get(f"/passports/{world.legacy}?{name}={time}", PAGE).status == 200


@pytest.mark.parametrize("name", ["at", "known"])
@pytest.mark.parametrize("time", LONG_AGO)
def test_a_time_before_everything_is_404_in_words(client: Client, world: World, name: str, time: str) -> None:
    got = client.get(f"/passports/{world.legacy}?{name}={time}", JSON)
    assert (got.status, got["content-type"]) == (404, "application/problem+json")
    assert "passport" in got.json()["detail"]
    page = client.page(f"/passports/{world.legacy}?{name}={time}")
    assert (page.status, page["content-type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize("name", ["at", "known"])
@pytest.mark.parametrize("time", NO_TIMES)
def test_what_is_no_time_is_400(client: Client, world: World, name: str, time: str) -> None:
    for accept in (JSON, PAGE):
        got = client.get(f"/passports/{world.legacy}?view=merged&{name}={time}", accept)
        assert got.status == 400 or (not time and got.status == 200), (time, accept)


def test_an_end_of_a_day_a_zone_and_the_same_moment_are_one(client: Client, world: World) -> None:
    place = f"/passports/{world.legacy}?at="
    texts = ("2099-05-01T23:59:59Z", "2099-05-02T01:59:59%2B02:00", "2099-05-01T23:59:59.900Z", "2099-05-01")
    assert {client.get(place + each, JSON).json()["at"] for each in texts} == {"2099-05-01T23:59:59Z"}


def test_pages_of_the_past_say_so_and_lead_back_in_every_language(client: Client, world: World) -> None:
    path = f"/passports/{world.legacy}"
    banners = set()
    for language in LANGUAGES:
        for query in ("at=2099-01-01", "known=2099-01-01", "at=2099-01-01&known=2099-02-01"):
            got = client.page(f"{path}?{query}&lang={language}")
            assert (got.status, got["content-language"]) == (200, language)
            _, _, rest = got.text.partition('<div class="govuk-inset-text not-the-maker"><p>')
            banner = rest.partition("</p>")[0]
            assert banner.count("2099") == query.count("=2099"), banner
            assert f'href="{path}"' in banner
            banners.add(banner)
        now = client.page(f"{path}?lang={language}").text
        assert not banners & {now}
        assert not re.search(r"(?<![\w-])2099(?!\w)", now)
    assert len(banners) == 3 * len(LANGUAGES)


def test_a_withdrawn_passport_has_a_past_and_no_present(client: Client, world: World) -> None:
    for accept in (JSON, PAGE):
        assert client.get(f"/passports/{world.withdrawn}?view=merged", accept).status == 410
        then = client.get(f"/passports/{world.withdrawn}?known=2099-01-01", accept)
        assert then.status == 200
    state = client.get(f"/passports/{world.withdrawn}?known=2099-01-01", JSON).json()["state"]
    assert state["dppStatus"] == "archived"


def test_the_past_of_what_is_not_there_is_404_and_other_spellings_are_understood(client: Client, world: World) -> None:
    assert client.get("/passports/ABCDEFGH?at=2099-01-01", JSON).status in (400, 404)
    spelled = client.get(f"/p/{world.legacy.lower()}?at=2099-01-01", JSON)
    assert spelled.status == 200
    assert spelled.json()["passport"]["shortCode"] == world.legacy


@pytest.mark.parametrize("slug", [None, "town", "watch", "rival", "school"])
def test_readers_of_the_past_get_what_they_may_see_and_are_told_what_else_there_is(
    client: Client, world: World, slug: str | None
) -> None:
    headers: Mapping[str, Any] = {} if slug is None else {"authorization": f"Bearer {world.tokens[slug]}"}
    got = client.get(f"/passports/{world.model}?known=2099-01-01", JSON, **headers)
    told = got.json()
    tiers = {each["tier"] for each in told["restricted"]}
    listed = {each["tier"] for each in told["passport"].get("restrictedDocuments", ())}
    assert tiers | set(told["hidden"]) == listed
    assert not tiers & set(told["hidden"])
    assert tiers == ({"legitimate-interest"} if slug in ("town", "watch") else set())
    assert ("private" in got["cache-control"]) is (slug is not None)
    assert "Authorization" in got["vary"]
