"""The feed: whoever follows it gets every public document once, and what became of them afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest

from passport.model.passport import Kind, Tier
from passport.ports import Erasure
from passport.service.feed import RANGE
from tests.web.conftest import BASE, LEGACY, Client, World

FEED = "application/feed+json"


@pytest.fixture(scope="module")
def long(own_world: Any) -> tuple[World, Client]:
    """More documents than one part of the feed holds."""
    world, client, _ = own_world
    made = client.post("/submissions", [LEGACY] * RANGE, world.tokens["town"])
    assert made.status == 201
    return world, client


def follow(client: Client, place: str = "/feed") -> Iterator[dict[str, Any]]:
    """The parts of the feed from a place on, as a reader of JSON feeds asks for them."""
    following: str | None = place
    while following is not None:
        got = client.get(following)
        assert (got.status, got["content-type"]) == (200, FEED)
        value: dict[str, Any] = got.json()
        yield value
        following = value.get("next_url")


def test_a_follower_gets_every_public_document_once_in_the_order_of_the_log(long: tuple[World, Client]) -> None:
    world, client = long
    parts = list(follow(client))
    assert len(parts) >= 3
    items = [each for part in parts for each in part["items"]]
    public = [e.document for e in world.system.history.scan(0, world.system.history.size())]
    public = [each for each in public if each.tier is Tier.PUBLIC]
    assert [each["_passport"]["position"] for each in items] == [each.position for each in public]
    assert [each["_passport"]["digest"] for each in items] == [f"sha256:{each.digest.hex()}" for each in public]
    assert len({each["id"] for each in items}) == len(items)
    for item, document in zip(items[:30], public[:30], strict=True):
        assert item["id"] == item["url"]
        assert item["_passport"]["kind"] == document.kind
        assert item["date_published"] == document.at
        assert client.get(item["url"]).status == 200
        assert item["content_text"]


def test_later_only_what_is_new_comes(long: tuple[World, Client]) -> None:
    world, client = long
    *_, last = follow(client)
    since = last["_passport"]["next"]
    assert client.get(f"/feed?since={since}").json()["items"] == []
    made = client.post("/submissions", LEGACY, world.tokens["town"])
    new = [each for part in follow(client, f"/feed?since={since}") for each in part["items"]]
    assert [each["_passport"]["kind"] for each in new] == ["passport", "event"]
    assert new[0]["_passport"]["passport"] == made.json()["passports"][0]["passport"]


def test_parts_of_the_past_never_change_and_the_newest_is_short_lived(long: tuple[World, Client]) -> None:
    world, client = long
    for place in ("/feed?since=0", f"/feed?since={RANGE}", "/feed?since=7"):
        got = client.get(place)
        assert "immutable" in got["cache-control"]
        assert got.json()["next_url"] == f"{BASE}/feed?since={got.json()['_passport']['next']}"
        assert got.json()["_passport"]["next"] % RANGE == 0
        assert not got["etag"].startswith("W/")
        client.post("/submissions", LEGACY, world.tokens["town"])
        again = client.get(place)
        assert (again.body, again["etag"]) == (got.body, got["etag"])
        assert client.get(place, if_none_match=got["etag"]).status == 304
    size = world.system.history.size()
    newest = client.get(f"/feed?since={size // RANGE * RANGE}")
    assert "immutable" not in newest["cache-control"]
    assert "next_url" not in newest.json()


def test_restricted_documents_are_passed_over(long: tuple[World, Client]) -> None:
    world, client = long
    hidden = {e.document.id for e in world.system.history.scan(0, 50) if e.document.tier is not Tier.PUBLIC}
    assert hidden
    text = client.get("/feed?since=0").text
    assert not [each for each in hidden if each in text]


def test_corrections_withdrawals_and_revocations_are_told(long: tuple[World, Client]) -> None:
    world, client = long
    since = world.system.history.size()

    def record(**event: Any) -> str:
        made = client.post("/submissions", {"products": [world.legacy], **event}, world.tokens["town"])
        assert made.status == 201, made.text
        return str(made.json()["events"][0]["event"])

    wrong = record(eventType="cleaned")
    right = record(eventType="cleaned", supersedes=wrong, correctionReason="incorrect-data")
    record(eventType="cleaned", supersedes=right, correctionReason="did-not-occur")
    gone = client.post(f"/passports/{world.legacy}/withdrawal", {"reason": "Registered twice."}, world.tokens["town"])
    assert gone.status == 201
    found = [each["_passport"] for part in follow(client, f"/feed?since={since}") for each in part["items"]]
    assert [each["eventType"] for each in found] == ["cleaned", "cleaned", "cleaned", "dppArchived"]
    assert (found[1]["supersedes"], found[1]["correctionReason"]) == (wrong, "incorrect-data")
    assert "revokes" not in found[1]
    assert found[2]["revokes"] == [right.replace("/events/", "/credentials/")]
    assert world.system.history.is_revoked(right.rpartition("/")[2])


def test_what_was_erased_is_marked(long: tuple[World, Client]) -> None:
    world, client = long
    (version,) = [e.document for e in world.system.history.scan(0, 3) if e.document.code == world.piece][:1]
    erasure = Erasure(version.id, "2026-11-22T00:00:00Z", f"{BASE}/events/x", "{}")
    with world.system.history.writing() as writing:
        writing.erase([erasure])
    found = {each["_passport"]["position"]: each for each in client.get("/feed?since=0").json()["items"]}
    item = found[version.position]
    assert item["_passport"]["erased"] is True
    assert item["_passport"]["digest"] == f"sha256:{version.digest.hex()}"
    assert item["_passport"]["product"] == f"{BASE}{world.gs1}"
    assert sum("erased" in each["_passport"] for each in found.values()) == 1
    assert client.page("/feed?since=0").status == 200


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "9" * 30, "%00", ""])
def test_odd_positions_are_refused(long: tuple[World, Client], since: str) -> None:
    _, client = long
    assert client.get(f"/feed?since={since}").status == 400


def test_a_position_that_was_not_reached_yet_is_empty(long: tuple[World, Client]) -> None:
    _, client = long
    value = client.get(f"/feed?since={2**53 - 1}").json()
    assert (value["items"], value["_passport"]["next"]) == ([], 2**53 - 1)


def test_it_is_a_json_feed(long: tuple[World, Client]) -> None:
    """JSON Feed 1.1: the members that every feed and every item must have, and custom ones with an underscore."""
    _, client = long
    value = client.get("/feed", "application/json").json()
    assert value["version"] == "https://jsonfeed.org/version/1.1"
    assert value["title"]
    known = {"version", "title", "home_page_url", "feed_url", "language", "next_url", "items"}
    assert {name for name in value if not name.startswith("_")} <= known
    for each in value["items"]:
        assert set(each) == {"id", "url", "content_text", "date_published", "tags", "_passport"}
        assert each["_passport"]["kind"] in (Kind.PASSPORT, Kind.EVENT)


def test_people_get_a_page_in_their_language(long: tuple[World, Client]) -> None:
    world, client = long
    titles = set()
    for language in ("en", "sv", "da", "pl"):
        got = client.page("/feed?since=0", accept_language=language)
        assert (got.status, got["content-language"]) == (200, language)
        assert f"/passports/{world.piece}" in got.text
        titles.add(got.text.partition("<title>")[2].partition("</title>")[0])
    assert len(titles) == 4
    assert "/feed?since=0" in client.page(f"/feed?since={RANGE}").text
    assert client.page("/feed").status == 200
    assert client.get("/feed", "image/png").status == 406
