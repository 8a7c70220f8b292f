"""The life of a piece for other systems: as it was signed, as linked data, and in EPCIS terms."""

import json
from typing import Any

import pytest
from pyld import FrozenDocumentLoader
from pyld import jsonld as pyld

from passport.codecs.epcis import CONTEXT
from passport.model.passport import Kind, Tier
from passport.web import exchanging
from tests.web.conftest import BASE, Client, World

PROFILE = f'application/ld+json;profile="{CONTEXT}"'
SECRETS = ("Secret note 4711", "Room 4711", "4711.47", "unsaid-4711")


@pytest.fixture(scope="module")
def lived(own_world: Any) -> tuple[World, Client]:
    """A piece that was offered, taken over, inspected, repaired and corrected, with secrets wherever they may stand."""
    world, client, _ = own_world

    def record(slug: str, **event: Any) -> str:
        made = client.post("/submissions", event, world.tokens[slug])
        assert made.status == 201, made.text
        return str(made.json()["events"][0]["event"])

    piece = [world.piece]
    notes = [{"value": SECRETS[0], "language": "en"}]
    price = {"amount": SECRETS[2], "currency": "SEK"}
    record("maker", eventType="transferOffered", products=piece, receiver="town", price=price)
    offer = client.get(f"/passports/{world.piece}/events").json()["events"][0]
    record("town", eventType="ownershipTransferred", transfer=offer["transfer"], transferType="sale")
    record("town", eventType="relocated", products=piece, location={"site": "Depot", "room": SECRETS[1]}, notes=notes)
    part = {"componentId": "seat", "partOrigin": "new", "materials": [{"materialClass": "plastic-PP"}]}
    mending = {"eventType": "repaired", "products": piece, "repairTypes": ["tighten"], "notes": notes, "cost": price}
    wrong = record("town", **mending, partsUsed=[part])
    record("town", **mending, supersedes=wrong, correctionReason="incorrect-data")
    never = record("town", eventType="cleaned", products=piece)
    record("town", eventType="cleaned", products=piece, supersedes=never, correctionReason="did-not-occur")
    record("town", eventType="lent", products=piece, borrower="rival", until="2027-01-01")
    return world, client


def _events(lived: tuple[World, Client]) -> dict[str, Any]:
    world, client = lived
    found: dict[str, Any] = client.get(f"/passports/{world.piece}/events", "application/ld+json").json()
    return found


def _epcis(lived: tuple[World, Client]) -> list[dict[str, Any]]:
    world, client = lived
    found: list[dict[str, Any]] = client.get(f"/passports/{world.piece}/events?form=epcis").json()["epcisBody"][
        "eventList"
    ]
    return found


def test_a_corrected_event_leads_to_what_corrects_it_and_others_do_not(lived: tuple[World, Client]) -> None:
    found, client = _events(lived), lived[1]
    corrections = {each["supersedes"]: each["id"] for each in found["events"] if "supersedes" in each}
    for each in found["events"]:
        answer = client.get(each["id"].removeprefix(BASE), "application/json")
        leads = f'<{corrections.get(each["id"])}>; rel="successor-version"' in answer.all("link")
        assert leads is (each["id"] in corrections)
        assert ("immutable" in answer.all("cache-control")[0]) is not leads
    assert len(corrections) == 2


def test_each_event_is_whole_as_it_was_signed(lived: tuple[World, Client]) -> None:
    world, client = lived
    got = client.get(f"/passports/{world.piece}/events")
    kept = world.system.history.documents(world.piece, kind=Kind.EVENT)
    public = [each for each in kept if each.tier is Tier.PUBLIC]
    assert len(public) >= 8
    for each in public:
        assert each.payload[each.start : -2] in got.body
    assert [each["id"] for each in got.json()["events"]] == [f"{BASE}/events/{each.id}" for each in reversed(public)]


def test_beside_each_stand_credential_proof_and_what_corrects_it(lived: tuple[World, Client]) -> None:
    _world, client = lived
    found = _events(lived)
    assert [each["id"] for each in found["records"]] == [each["id"] for each in found["events"]]
    superseded = {each["id"]: each["supersededBy"] for each in found["records"] if "supersededBy" in each}
    corrections = {each["supersedes"]: each["id"] for each in found["events"] if "supersedes" in each}
    assert superseded == corrections
    assert len(superseded) == 2
    record = found["records"][0]
    assert client.get(record["credential"], "application/vc+jwt").status == 200
    assert record["proof"] == f"{record['id']}/proof"


def test_the_list_is_linked_data_without_dropped_terms(lived: tuple[World, Client]) -> None:
    world, _ = lived
    published = world.system.published
    contexts = {iri: dict(published.context(iri)) for iri in published.context_iris()}
    options = {"base": None, "documentLoader": FrozenDocumentLoader(documents=contexts)}
    dropped: list[str] = []
    found = _events(lived)
    (node,) = pyld.expand(found, options, on_property_dropped=dropped.append)
    assert not dropped
    assert len(node["@included"]) == 2 * len(found["events"])
    quads = pyld.to_rdf(found, {**options, "format": "application/n-quads"})
    assert "_:" not in quads
    assert quads.count("<http://purl.org/dc/terms/isReplacedBy>") == 2


def test_long_lives_come_in_parts(lived: tuple[World, Client], monkeypatch: pytest.MonkeyPatch) -> None:
    world, client = lived
    whole, told = _events(lived)["events"], _epcis(lived)
    monkeypatch.setattr(exchanging, "PART_LENGTH", 3)
    for query, every in (("", whole), ("?form=epcis", told)):
        place: str | None = f"/passports/{world.piece}/events{query}"
        found: list[Any] = []
        while place is not None:
            got = client.get(place)
            value = got.json()
            found += value["events"] if not query else value["epcisBody"]["eventList"]
            place = got["link"].partition(">")[0].lstrip("<").removeprefix(BASE) if "link" in got else None
            if not query:
                assert value.get("next", "").removeprefix(BASE) == (place or "")
        assert found == every
    cursor = client.get(f"/passports/{world.piece}/events").json()["next"].rpartition("=")[2]
    for path in (f"/passports/{world.legacy}/events?", f"/passports/{world.piece}/events?form=epcis&"):
        assert client.get(f"{path}cursor={cursor}").status == 400
    assert client.get(f"/passports/{world.piece}/events?cursor=x").status == 400


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        ("?form=epcis", None, "application/ld+json"),
        ("?form=epcis", "application/json", "application/json"),
        ("?form=epcis", "text/html,*/*;q=0.8", "application/ld+json"),
        ("", PROFILE, "application/ld+json"),
        ("", PROFILE.replace("ld+json", "json").replace('"', ""), "application/json"),
    ],
)
def test_epcis_is_asked_for_by_the_query_or_by_its_profile(
    lived: tuple[World, Client], query: str, accept: str | None, media: str
) -> None:
    world, client = lived
    got = client.get(f"/passports/{world.piece}/events{query}", accept)
    assert (got.status, got["content-type"]) == (200, media)
    assert got.json()["type"] == "EPCISDocument"
    assert (got["gs1-epcis-version"], got["gs1-cbv-version"]) == ("2.0.0", "2.0.0")
    assert got["gs1-extensions"] == "fp=https://w3id.org/furniturepassport/"
    assert "Accept" in got["vary"]
    again = client.get(f"/passports/{world.piece}/events{query}", accept, if_none_match=got["etag"])
    assert again.status == 304


def test_other_forms_are_refused(lived: tuple[World, Client]) -> None:
    world, client = lived
    assert client.get(f"/passports/{world.piece}/events?form=xml").status == 400
    assert client.get(f"/passports/{world.piece}/events?form=epcis", "image/png").status == 406
    assert client.get("/passports/000000000/events?form=epcis").status == 404


def test_the_life_in_epcis_terms(lived: tuple[World, Client]) -> None:
    told = _epcis(lived)
    (sold,) = [each for each in told if each["bizStep"] == "retail_selling"]
    assert sold["sourceList"] == [{"type": "owning_party", "source": f"{BASE}/organisations/maker"}]
    assert sold["destinationList"] == [{"type": "owning_party", "destination": f"{BASE}/organisations/town"}]
    mended = [each for each in told if each["bizStep"] == "repairing"]
    declared = mended[0]["errorDeclaration"]
    assert (declared["reason"], declared["correctiveEventIDs"]) == ("incorrect_data", [mended[1]["eventID"]])
    assert {each["bizStep"] for each in told if each["type"] == "AssociationEvent"} == {"removing", "installing"}
    (cleaned,) = [each for each in told if each["bizStep"].endswith("/cleaned")]
    assert cleaned["errorDeclaration"]["reason"] == "did_not_occur"
    (lent,) = [each for each in told if each["bizStep"] == "shipping"]
    assert lent["sourceList"] == [{"type": "possessing_party", "source": f"{BASE}/organisations/town"}]
    assert lent["destinationList"][0]["destination"].startswith("urn:uuid:")


def test_one_event_is_an_epcis_document_too(lived: tuple[World, Client]) -> None:
    _, client = lived
    for each in _events(lived)["events"]:
        for got in (client.get(f"{each['id']}?form=epcis"), client.get(each["id"], PROFILE)):
            assert got.status == 200
            found = got.json()["epcisBody"]["eventList"]
            assert found == [one for one in _epcis(lived) if one["eventID"].partition("#")[0] == each["id"]]
    assert client.get("/events/x?form=epcis").status == 404


def test_t07_nothing_restricted_gets_into_the_exchange(lived: tuple[World, Client]) -> None:
    world, client = lived
    kept = world.system.history.documents(world.piece, kind=Kind.EVENT)
    hidden = b"".join(each.payload for each in kept if each.tier is not Tier.PUBLIC)
    assert all(secret.encode() in hidden for secret in SECRETS[:3])
    fuller = f"/passports/{world.piece}/events"
    places = [
        fuller,
        f"{fuller}?form=epcis",
        "/feed",
        *(f"{each['id']}?form=epcis" for each in _events(lived)["events"]),
    ]
    for slug in (None, *world.tokens):
        lines = {} if slug is None else {"authorization": f"Bearer {world.tokens[slug]}"}
        for place in places if slug in (None, "school", "keeper") else places[1:]:
            text = client.get(place, **lines).text
            assert not [secret for secret in (*SECRETS, "borrower", "rival", '"salt"') if secret in text], place


def test_the_pages_of_lives_are_in_four_languages(lived: tuple[World, Client]) -> None:
    world, client = lived
    for language in ("en", "sv", "da", "pl"):
        got = client.page(f"/passports/{world.piece}/events", accept_language=language)
        assert (got.status, got["content-language"]) == (200, language)


def test_the_operations_are_described(lived: tuple[World, Client]) -> None:
    _, client = lived
    paths = client.get("/openapi.json").json()["paths"]
    for path in ("/passports/{code}/events", "/events/{id}"):
        assert "form" in json.dumps(paths[path]["get"]["parameters"])
    assert "since" in json.dumps(paths["/feed"]["get"]["parameters"])
