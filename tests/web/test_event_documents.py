"""Every event that the service signs fits the published description of events, and loses nothing as linked data."""

from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema_rs
import pytest
from pyld import FrozenDocumentLoader
from pyld import jsonld as pyld

from passport.codecs.documents import inner
from passport.model.passport import Kind, Tier
from passport.published import GROUP, Published
from tests.web.conftest import Client, World

PICTURE = {"url": "https://pass.example/media/1", "alternativeText": [{"value": "Seat", "language": "en"}]}
PART = {"componentId": "seat", "partOrigin": "reused", "quantity": 1, "mass": 1.5}
EVENTS: tuple[Mapping[str, Any], ...] = (
    {"eventType": "puttingIntoService", "guarantee": {"years": 3}, "facilityId": "gln:7300010000018"},
    {"eventType": "conditionAssessed", "condition": {"grade": "B", "structureScore": 1, "photos": [PICTURE]}},
    {"eventType": "inspected", "defects": [{"defectCode": "scratch", "severity": 1}], "components": ["seat"]},
    {"eventType": "cleaned", "careAction": [{"value": "Wiped", "language": "en"}], "careProduct": "Soap"},
    {
        "eventType": "repaired",
        "repairTypes": ["replace-part-reused"],
        "cause": "broken-frame",
        "partsUsed": [{**PART, "materials": [{"materialClass": "wood-solid", "originCountry": "SE"}]}],
        "replacedComponents": [{"componentId": "seat", "mass": 1.5}],
        "workMinutes": 25,
        "cost": {"amount": 120.5, "currency": "SEK"},
        "notes": [{"value": "Tight again", "language": "en"}],
        "photos": [PICTURE],
        "documents": [{"url": "https://pass.example/media/2"}],
    },
    {"eventType": "relocated", "location": {"room": "B214"}},
    {"eventType": "offered", "askingPrice": {"amount": 100, "currency": "SEK"}, "until": "2026-12-31"},
    {"eventType": "reserved", "reservedFor": "town"},
    {"eventType": "withdrawn"},
    {"eventType": "lent", "borrower": "rival", "until": "2026-12-31"},
    {"eventType": "returned"},
    {"eventType": "transferOffered", "receiver": "rival", "transferType": "sale"},
    {"eventType": "transferWithdrawn"},
    {"eventType": "lost"},
    {"eventType": "found"},
    {"eventType": "dismantled", "parts": [{"componentId": "seat", "mass": 1.5, "grade": "B"}]},
    {
        "eventType": "destroyed",
        "route": "material-recycling",
        "masses": [{"materialClass": "metal-steel", "mass": 9.25}],
        "wasteCode": "ewc-200140",
        "treatmentCode": "R4",
    },
)


@pytest.fixture(scope="module")
def recorded(own_world: tuple[World, Client, Any]) -> Mapping[Tier, Sequence[dict[str, Any]]]:
    """The documents of a life from first use to destruction, by tier, and of a piece with a state that is withdrawn."""
    world, client, _ = own_world
    made = client.post("/submissions", {"granularity": "item", "category": "desk"}, world.tokens["town"])
    assert made.status == 201, made.text
    (code,) = (each["code"] for each in made.json()["passports"])
    for event in EVENTS:
        told = event
        if event["eventType"] == "transferWithdrawn":
            kept = world.system.history.documents(code, kind=Kind.EVENT)
            offer = [each for each in kept if each.tier is Tier.PUBLIC][-1]
            told = {**event, "transfer": inner(offer.payload, offer.start)["transfer"]}
        answer = client.post("/submissions", {**told, "products": [code]}, world.tokens["town"])
        assert answer.status == 201, (event["eventType"], answer.text)
    found: dict[Tier, list[dict[str, Any]]] = {}
    for each in (code, world.withdrawn):
        for document in world.system.history.documents(each, kind=Kind.EVENT):
            found.setdefault(document.tier, []).append(inner(document.payload, document.start))
    return found


def test_every_public_event_is_as_published(
    published: Published, recorded: Mapping[Tier, Sequence[dict[str, Any]]]
) -> None:
    registry = jsonschema_rs.Registry([(iri, dict(published.schema(iri))) for iri in published.schema_iris()])
    schema = dict(published.schema(published.schema_iri(GROUP, "1.0", "event-document")))
    validator = jsonschema_rs.validator_for(schema, registry=registry, validate_formats=True)
    for document in recorded[Tier.PUBLIC]:
        faults = [
            f"{'/'.join(map(str, each.instance_path))}: {each.message}" for each in validator.iter_errors(document)
        ]
        assert faults == [], document["eventType"]
    kinds = {document["eventType"] for document in recorded[Tier.PUBLIC]}
    assert kinds >= {"dppCreated", "dppArchived", *(each["eventType"] for each in EVENTS)}


def test_t20_no_event_of_any_tier_loses_a_member_or_has_a_blank_node(
    published: Published, recorded: Mapping[Tier, Sequence[dict[str, Any]]]
) -> None:
    context = published.group(GROUP, "1.0").event_context
    loader = FrozenDocumentLoader(documents={context: dict(published.context(context))})
    assert {*recorded} == {Tier.PUBLIC, Tier.LEGITIMATE_INTEREST, Tier.OWNER}
    for document in (each for documents in recorded.values() for each in documents):
        dropped: list[object] = []
        options = {"base": None, "documentLoader": loader}
        nodes = pyld.expand({"@context": context, **document}, options, on_property_dropped=dropped.append)
        assert dropped == [], document["eventType"]
        lines = pyld.to_rdf(nodes, {"base": None, "format": "application/n-quads"})
        assert "_:" not in lines
        assert len(lines.splitlines()) >= 7


def test_t07_no_public_event_says_what_only_some_may_read(
    published: Published, recorded: Mapping[Tier, Sequence[dict[str, Any]]]
) -> None:
    fields = published.shape(GROUP, "1.0", "event").fields
    restricted = {field.name for field in fields if field.tier != "public"}
    secret = restricted | {"actor", "owner", "holder", "previousOwner", "audience", "salt", "tier"}
    for document in recorded[Tier.PUBLIC]:
        assert not secret & document.keys(), document["eventType"]
        assert not {"structureScore", "photos", "notes"} & document.get("condition", {}).keys()
