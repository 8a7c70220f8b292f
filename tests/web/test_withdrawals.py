"""A withdrawn passport: its tombstone, its revoked credentials, and what stays readable."""

import gzip
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

import pytest

from tests.web.conftest import BASE, LEGACY, Client, World

REASON = "Registered twice, see <the other> one."
LANGUAGES = ("en", "sv", "da", "pl")


@pytest.fixture(scope="module")
def gone(_world: tuple[World, Client]) -> Mapping[str, Any]:
    """A piece that was withdrawn: code, its documents, the bits of the status list before and after."""
    world, client = _world
    made = client.post("/submissions", {**LEGACY, "inventoryNumber": "K-200"}, world.tokens["town"])
    code = made.json()["passports"][0]["code"]
    before = bits(client)
    got = client.post(f"/passports/{code}/withdrawal", {"reason": REASON}, world.tokens["town"])
    assert got.status == 201
    assert got["location"] == got.json()["event"]
    return {"code": code, "event": got["location"], "before": before, "after": bits(client)}


def decoded(text: bytes) -> bytes:
    return urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def bits(client: Client) -> bytes:
    """The status list as it is served, unpacked as its standard says."""
    signed = client.get("/status/0", "application/vc+jwt").body
    encoded = json.loads(decoded(signed.split(b".")[1]))["credentialSubject"]["encodedList"]
    assert encoded.startswith("u")
    return gzip.decompress(decoded(encoded[1:].encode()))


def is_set(octets: bytes, index: int) -> bool:
    return bool(octets[index >> 3] >> (7 - (index & 7)) & 1)


def test_its_bits_are_set_in_the_served_list_and_no_others(world: World, gone: Mapping[str, Any]) -> None:
    passports = [each for each in world.system.history.documents(gone["code"]) if each.kind == "passport"]
    assert passports
    for each in passports:
        entry = json.loads(each.payload)["credentialStatus"]
        assert entry["statusListCredential"] == f"{BASE}/status/0"
        assert not is_set(gone["before"], int(entry["statusListIndex"]))
        assert is_set(gone["after"], int(entry["statusListIndex"]))
    changed = sum((a ^ b).bit_count() for a, b in zip(gone["before"], gone["after"], strict=True))
    assert changed == len(passports)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/passports/{}", "/p/{}", "/passports/{}?view=merged"])
def test_its_tombstone_speaks_the_readers_language(
    client: Client, gone: Mapping[str, Any], path: str, language: str
) -> None:
    target = path.format(gone["code"])
    page = client.page(target, accept_language=language)
    assert (page.status, page["content-type"]) == (410, "text/html; charset=utf-8")
    assert page["content-language"].split(", ")[0] == language
    assert f'lang="{language}"' in page.text
    assert "Registered twice, see &lt;the other&gt; one." in page.text
    assert "Exempelby kommun" in page.text
    machine = client.get(target, accept_language=language)
    assert (machine.status, machine["content-type"]) == (410, "application/problem+json")
    assert machine["content-language"].split(", ")[0] == language
    problem = machine.json()
    assert (problem["type"], problem["status"]) == (f"{BASE}/problems/withdrawn", 410)
    others = {client.get(target, accept_language=other).json()["title"] for other in LANGUAGES if other != language}
    assert problem["title"] not in others


@pytest.mark.parametrize("accept", ["application/ld+json", "application/vc+jwt", "text/turtle", "application/vc"])
def test_no_form_of_it_is_served_as_current(client: Client, gone: Mapping[str, Any], accept: str) -> None:
    assert client.get(f"/passports/{gone['code']}", accept).status == 410
    assert client.send("HEAD", f"/passports/{gone['code']}").status == 410


def test_its_versions_and_events_stay_readable(client: Client, gone: Mapping[str, Any]) -> None:
    code = gone["code"]
    for accept in ("application/json", "application/ld+json", "application/vc+jwt", "text/html", "text/turtle"):
        assert client.get(f"/passports/{code}/versions/1", accept).status == 200
    events = client.get(f"/passports/{code}/events").json()["events"]
    assert [each["eventType"] for each in events] == ["dppArchived", "dppCreated"]
    assert events[0]["reason"] == [{"value": REASON, "language": "und"}]
    assert client.get(gone["event"]).json() == {**events[0], "@context": client.get(gone["event"]).json()["@context"]}
    found = client.get(f"/passports/{code}/verification").json()
    assert (found["revoked"], found["verification"]["verdict"]) == (True, "revoked")


def test_it_is_in_no_list_and_has_no_label(client: Client, gone: Mapping[str, Any]) -> None:
    code = gone["code"]
    assert code not in client.get("/labels").text
    assert client.get(f"/labels?code={code}").status == 410
    for form in ("svg", "png"):
        assert client.get(f"/passports/{code}/qr.{form}").status == 410


def test_its_identity_is_not_used_again(client: Client, world: World, gone: Mapping[str, Any]) -> None:
    size = world.system.history.size()
    for slug, status in (("town", 422), ("keeper", 403), ("maker", 403)):
        document = {"granularity": "item", "category": "sofa", "uniqueProductIdentifier": gone["code"]}
        assert client.post("/submissions", document, world.tokens[slug]).status == status
        reason = client.post(f"/passports/{gone['code']}/withdrawal", {"reason": "Again."}, world.tokens[slug])
        assert reason.status in (403, 409)
    assert world.system.history.size() == size


def test_the_administrator_and_the_operator_may_withdraw_too(client: Client, world: World) -> None:
    made = client.post("/submissions", [LEGACY, LEGACY], world.tokens["town"]).json()["passports"]
    got = client.post(f"/passports/{made[0]['code']}/withdrawal", {"reason": "Unlawful."}, world.tokens["keeper"])
    assert got.status == 201
    assert "Keeper" in client.page(f"/passports/{made[0]['code']}").text
    assert client.get(got["location"]).json()["actorRole"] == "administrator"
