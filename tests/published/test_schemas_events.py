"""The schema of events: what each type must have, what the service sets itself, and how events are served."""

import copy
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from passport.published import VOCAB, Published

PIECE = {"products": ["7KX9-4M2Q-Z"]}
TRANSFER = {"transfer": "https://pass.example/transfers/0192f3a4-7b1c-7f0e-9f57-0a3c2a2f7a10"}
OLD = {"supersedes": "https://pass.example/events/0192f3a4-7b1c-7f0e-9f57-0a3c2a2f7a11"}
NEEDED: dict[str, dict[str, Any]] = {
    "repaired": {"repairTypes": ["tighten"]},
    "remanufactured": {"outputs": ["#1"]},
    "transferOffered": {"receiver": "example-school"},
    "relocated": {"location": {"room": "B214"}},
    "lent": {"borrower": "private-party"},
    "inspected": {"defects": [{"defectCode": "scratch"}]},
    "conditionAssessed": {"condition": {"grade": "B"}},
}
ANSWERS = ("responsibilityTransferred", "transferWithdrawn", "transferRefused")
OWN = {"dppCreated", "dppUpdated", "dppCorrected", "dppArchived", "payloadErased"}
TYPES = sorted(set(Published.load().code_list("event-type").codes) - OWN)

Faults = Callable[[str, Any], list[str]]


@pytest.fixture(scope="module")
def faults(published: Published) -> Faults:
    """The places of the faults that a schema finds, after both validators have given the same ones."""
    registry = jsonschema_rs.Registry([(iri, dict(published.schema(iri))) for iri in published.schema_iris()])
    checker = Draft202012Validator.FORMAT_CHECKER
    engines: dict[str, Any] = {}
    for name in ("event", "event-document", "submission"):
        schema = dict(published.schema(published.schema_iri("furniture", "1.0", name)))
        fast = jsonschema_rs.validator_for(schema, registry=registry, validate_formats=True)
        engines[name] = fast, Draft202012Validator(schema, registry=published.registry(), format_checker=checker)

    def find(name: str, document: Any) -> list[str]:
        fast, slow = engines[name]
        quick = sorted("/".join(map(str, error.instance_path)) for error in fast.iter_errors(document))
        rich = sorted("/".join(map(str, error.absolute_path)) for error in slow.iter_errors(document))
        assert quick == rich
        return quick

    return find


def least(kind: str) -> dict[str, Any]:
    """The least that says something of this type."""
    return {"eventType": kind, **(TRANSFER if kind in ANSWERS else PIECE), **NEEDED.get(kind, {})}


@pytest.mark.parametrize("kind", TYPES)
def test_the_least_of_every_type_is_enough(faults: Faults, kind: str) -> None:
    document = least(kind)
    assert faults("event", document) == []
    assert faults("submission", document) == []
    assert faults("event", document | {"@context": f"{VOCAB}contexts/event/1.0"}) == []
    for name in document.keys() - {"eventType"}:
        assert faults("event", {key: value for key, value in document.items() if key != name}) == [""], name


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_names_the_hand_over_and_may_name_some_of_its_pieces(faults: Faults, kind: str) -> None:
    assert faults("event", {"eventType": kind, **TRANSFER, **PIECE}) == []
    assert faults("event", {"eventType": kind, **PIECE}) == [""]


def test_a_new_owner_names_the_hand_over_or_the_pieces(faults: Faults) -> None:
    assert faults("event", {"eventType": "ownershipTransferred", **TRANSFER}) == []
    assert faults("event", {"eventType": "ownershipTransferred", **PIECE, "receiver": "private-party"}) == []
    assert faults("event", {"eventType": "ownershipTransferred"}) == [""]


def test_a_correction_says_what_was_wrong_and_what_it_corrects(faults: Faults) -> None:
    document = least("repaired")
    assert faults("event", document | OLD) == [""]
    assert faults("event", document | {"correctionReason": "incorrect-data"}) == [""]
    assert faults("event", document | OLD | {"correctionReason": "incorrect-data"}) == []
    bare = {"eventType": "repaired", **OLD}
    assert faults("event", bare | {"correctionReason": "incorrect-data"}) == ["", ""]


@pytest.mark.parametrize("kind", TYPES)
def test_what_never_happened_needs_nothing_else(faults: Faults, kind: str) -> None:
    document = {"eventType": kind, **OLD, "correctionReason": "did-not-occur"}
    assert faults("event", document) == []
    assert faults("event", document | {"correctionReason": None})


def test_a_thousand_pieces_are_one_event_and_one_more_is_too_many(faults: Faults) -> None:
    many = least("returned") | {"products": [f"#{number}" for number in range(1000)]}
    assert faults("event", many) == []
    assert faults("event", many | {"products": ["#1"] * 1001}) == ["products"]
    assert faults("event", many | {"products": []}) == ["products"]


@pytest.mark.parametrize("value", ["x", 1, None, {}, []])
def test_t06_what_the_service_sets_is_refused(faults: Faults, published: Published, value: Any) -> None:
    fields = published.shape("furniture", "1.0", "event").fields
    names = sorted(field.name for field in fields if field.server)
    always = {"actor", "actorRole", "recordedAt", "product", "passport", "owner", "holder", "offer", "erased", "act"}
    assert always | {"id", "type", "proof", "issuer", "tier", "salt", "audience", "digest"} <= set(names)
    for name in names:
        assert faults("event", least("returned") | {name: value}) == [name]


@pytest.mark.parametrize(
    "path",
    [(), ("location",), ("partsUsed", 0), ("partsUsed", 0, "materials", 0), ("parts", 0), ("masses", 0), ("cost",)],
)
def test_t06_unknown_members_are_refused_at_every_depth(
    faults: Faults, complete: Callable[[str], dict[str, Any]], path: tuple[str | int, ...]
) -> None:
    document = copy.deepcopy(complete("event"))
    assert faults("event", document) == []
    place: Any = document
    for step in path:
        place = place[step]
    place["isAdmin"] = True
    assert faults("event", document) == ["/".join(map(str, path))]


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("eventTime", "2026-11-20T13:05:00+01:00", "eventTime"),
        ("eventTime", "2026-11-20", "eventTime"),
        ("timeZoneOffset", "+25:00", "timeZoneOffset"),
        ("timeZoneOffset", "CET", "timeZoneOffset"),
        ("treatmentCode", "R", "treatmentCode"),
        ("receiver", "Anna Andersson", "receiver"),
        ("receiver", "anna@example.org", "receiver"),
        ("supersedes", "javascript:alert(1)", "supersedes"),
        ("partsUsed", [{"name": [{"value": "Gas spring", "language": "en"}]}], "partsUsed/0"),
        ("parts", [{"quantity": 1}], "parts/0"),
        ("masses", [{"materialClass": "wood-solid"}], "masses/0"),
        ("masses", [{"materialClass": "wood-solid", "mass": -1}], "masses/0/mass"),
        ("replacedComponents", [{"mass": 1}], "replacedComponents/0"),
        ("granularity", "item", ""),
        ("inventoryNumber", "INV-1", ""),
    ],
)
def test_values_that_are_none(faults: Faults, name: str, value: Any, place: str) -> None:
    document = least("repaired") | OLD | {"correctionReason": "incorrect-data"}
    assert set(faults("event", document | {name: value})) == {place}


def test_a_submission_is_an_event_or_a_passport(faults: Faults) -> None:
    chair = {"granularity": "item", "category": "armchair"}
    assert faults("submission", chair) == []
    assert faults("submission", {}) == [""]
    assert faults("submission", chair | least("returned")) == [""]


def test_the_served_event_is_described(faults: Faults, told: dict[str, Any]) -> None:
    assert faults("event-document", told) == []
    assert faults("event-document", told | {"@context": f"{VOCAB}contexts/event/1.0"}) == []
    for name in ("id", "eventType", "eventTime", "recordedAt", "product", "passport", "actorRole"):
        assert faults("event-document", {key: value for key, value in told.items() if key != name}) == [""]
    nameless = copy.deepcopy(told)
    del nameless["partsUsed"][0]["materials"][0]["id"]
    assert faults("event-document", nameless) == ["partsUsed/0/materials/0"]
    number = copy.deepcopy(told)
    number["masses"][0]["mass"] = 7.2
    assert faults("event-document", number) == ["masses/0/mass"]


def test_t07_the_served_event_has_no_restricted_member(
    faults: Faults, told: dict[str, Any], recorded: dict[str, Any]
) -> None:
    hidden = recorded.keys() - told.keys()
    assert {"actor", "owner", "holder", "receiver", "borrower", "cost", "location", "notes", "salt", "tier"} <= hidden
    for name in hidden:
        assert faults("event-document", told | {name: recorded[name]}) == [""], name
    assert "claimSecret" not in recorded
