"""Organisations whose name nobody may see, and contacts that only the other party of an open offer may see."""

import json
from typing import Any

import pytest

from passport.codecs.documents import inner
from passport.model.access import Role
from passport.model.passport import Kind, Tier
from passport.ports import Contact, Organisation
from passport.service.organisations import add_organisation, hide_name, set_contact
from passport.service.system import System
from tests.web.conftest import LEGACY, Client, Got, _token
from tests.web.town import FORM, SITE

NAME, SLUG = "Hemliga Verkstaden AB", "hidden-house"


@pytest.fixture(scope="module")
def lived(own_world: Any) -> tuple[System, Client, dict[str, str], str]:
    """A piece that an organisation without a name owned, repaired, and offers to the town."""
    world, client, _ = own_world
    system = world.system
    add_organisation(system, Organisation(SLUG, NAME, Role.REFURBISHER, "workshop", web="https://hidden.example"))
    hide_name(system, SLUG)
    set_contact(system, Contact(SLUG, "Ada Exempelsson", "ada+desk@hidden.example", "+46 8 123 456"))
    set_contact(system, Contact("town", "Bo Provsson", "bo@town.example"))
    tokens = {**world.tokens, SLUG: _token(system, SLUG)}
    code = client.post("/submissions", {**LEGACY, "inventoryNumber": "K-99"}, tokens["town"]).json()["passports"][0][
        "code"
    ]
    transfer = ""
    for slug, event in (
        ("town", {"eventType": "transferOffered", "receiver": SLUG}),
        (SLUG, {"eventType": "ownershipTransferred"}),
        (SLUG, {"eventType": "repaired", "repairTypes": ["tighten"]}),
        (SLUG, {"eventType": "transferOffered", "receiver": "town"}),
    ):
        if event["eventType"] == "ownershipTransferred":
            event["transfer"] = transfer
        got = client.post("/submissions", {**event, "products": [code]}, tokens[slug])
        assert got.status == 201, got.text
        transfer = got.json()["events"][0].get("transfer", "")
    return system, client, tokens, code


def _addresses(code: str, client: Client) -> list[str]:
    events = client.get(f"/passports/{code}/events").json()["events"]
    assert len(events) >= 5
    own = [each["id"].partition("passport.example")[2] for each in events]
    return [
        *("/organisations", "/", "/models", "/feed", "/search", f"/search?q={NAME.split()[0]}", "/labels", "/compare"),
        *(
            f"/passports/{code}{rest}"
            for rest in ("", "?view=merged", "/events", "/verification", "?at=2027-01-01T00:00:00Z")
        ),
        *own,
        *(f"{each}/proof" for each in own),
    ]


def test_t07_nobody_sees_an_unnamed_organisation(lived: Any) -> None:
    _, client, _, code = lived
    seen = 0
    for path in _addresses(code, client):
        for accept in ("text/html", "application/json", "application/ld+json", "application/vc+jwt", "text/turtle"):
            got = client.get(path, accept)
            if got.status != 200:
                assert got.status == 406, (path, accept, got.status)
                continue
            seen += 1
            for text in (*NAME.split()[:1], SLUG, "Ada Exempelsson", "hidden.example"):
                own_query = path.startswith("/search?q=")
                assert text not in got.text or (own_query and text == NAME.split()[0]), (path, accept, text)
            if got["content-type"] == "application/vc+jwt":
                assert SLUG not in _claims(got)
    assert seen > 30
    epcis = client.get(f"/passports/{code}/events", 'application/ld+json;profile="https://ref.gs1.org/epcis/"')
    assert SLUG not in epcis.text
    for accept in ("text/html", "application/json"):
        assert client.get(f"/organisations/{SLUG}", accept).status == 404
        assert NAME not in client.get(f"/organisations/{SLUG}", accept).text


def _claims(got: Got) -> str:
    from base64 import urlsafe_b64decode

    payload = got.text.split(".")[1]
    return urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()


def test_who_may_read_its_documents_can_check_them(lived: Any) -> None:
    system, client, tokens, code = lived
    did = client.get(f"/organisations/{SLUG}/did.json")
    assert did.status == 200
    assert did.json()["verificationMethod"]
    own = [each for each in system.history.documents(code, kind=Kind.EVENT) if each.issuer == SLUG]
    assert own
    assert all(each.tier is not Tier.PUBLIC for each in own)
    assert inner(own[-1].payload, own[-1].start)["actor"] == SLUG
    bearer = {"authorization": f"Bearer {tokens['watch']}"}
    assert client.get(f"/credentials/{own[-1].id}", **bearer).status == 200
    assert client.get(f"/credentials/{own[-1].id}").status in (401, 403, 404)


def _offer(client: Client, token: str, side: str) -> dict[str, Any]:
    bearer = {"authorization": f"Bearer {token}"}
    found: dict[str, Any] = client.get(f"/desk/{side}", **bearer).json()[side][0]
    path = found["transfer"].partition("passport.example")[2]
    assert "contact" not in found
    told: dict[str, Any] = client.get(path, **bearer).json()
    return told


def test_t07_contacts_are_seen_by_the_other_party_while_an_offer_is_open(lived: Any) -> None:
    _, client, tokens, _ = lived
    told = _offer(client, tokens["town"], "incoming")
    assert told["contact"] == {"name": "Ada Exempelsson", "email": "ada+desk@hidden.example", "phone": "+46 8 123 456"}
    assert _offer(client, tokens[SLUG], "outgoing")["contact"] == {"name": "Bo Provsson", "email": "bo@town.example"}
    path = told["transfer"].partition("passport.example")[2]
    entered = client.send("POST", "/sign-in", {"content-type": FORM, **SITE}, f"token={tokens['town']}".encode())
    page = client.page(path, cookie=entered["set-cookie"].partition(";")[0])
    assert "Ada Exempelsson" in page.text
    assert 'href="mailto:ada%2Bdesk@hidden.example"' in page.text
    assert page["cache-control"] == "private, no-store"
    contacts = ("Ada", "hidden.example", "123 456", "Bo Provsson", "town.example", "mailto:")
    for accept in ("text/html", "application/json", "text/turtle", "application/ld+json"):
        for reader in ({}, {"authorization": f"Bearer {tokens['watch']}"}):
            got = client.send("GET", path, {"accept": accept, **reader})
            assert got.status == 200
            assert [each for each in (*contacts, NAME, SLUG) if each in got.text] == []
    refused = {"eventType": "transferRefused", "transfer": told["transfer"]}
    assert client.post("/submissions", refused, tokens["town"]).status == 201
    closed = client.get(path, authorization=f"Bearer {tokens['town']}")
    assert closed.status == 200
    assert [each for each in contacts if each in closed.text] == []


def test_t07_an_unnamed_organisation_issues_no_passport(lived: Any) -> None:
    system, client, tokens, _ = lived
    size = system.history.size()
    got = client.post("/submissions", {**LEGACY, "inventoryNumber": "K-100", "owner": SLUG}, tokens[SLUG])
    assert got.status == 403
    assert NAME not in json.dumps(got.json())
    assert system.history.size() == size
