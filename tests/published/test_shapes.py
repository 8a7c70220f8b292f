import pytest

from passport.errors import NotFound
from passport.published import Field, Published

SERVER = {
    "digitalProductPassportId", "dppSchemaVersion", "dppStatus", "lastUpdated", "issuedAt", "contentSpecificationIds",
    "shortCode", "version", "previousVersion", "issuer", "id", "type", "proof", "status", "hash", "digest",
    "credentialStatus", "restrictedDocuments", "gtinVerified", "salt",
}  # fmt: skip


def fields(published: Published, level: str) -> dict[str, Field]:
    return {field.name: field for field in published.shape("furniture", "1.0", level).fields}


def test_a_shape_tells_kinds_units_lists_and_tiers(published: Published) -> None:
    model = fields(published, "model")
    assert (model["netWeight"].kind, model["netWeight"].unit) == ("decimal", "kg")
    assert (model["category"].kind, model["category"].code_list) == ("string", "furniture-category")
    assert (model["image"].kind, model["image"].many, model["image"].key) == ("object", True, None)
    assert (model["modelName"].kind, model["modelName"].several) == ("language", False)
    assert (model["colour"].kind, model["colour"].several, model["colour"].many) == ("language", True, False)
    assert (model["facilityId"].tier, model["technicalDocumentation"].tier) == ("legitimate-interest", "authority")
    assert model["extensions"].kind == "untouched"
    assert model["netWeight"].term == "https://w3id.org/furniturepassport/netWeight"


def test_objects_bring_their_fields_down_to_the_last(published: Published) -> None:
    components = fields(published, "model")["components"]
    assert (components.key, components.required) == ("componentId", ("componentId",))
    materials = {field.name: field for field in components.fields}["materials"]
    assert materials.many
    nested = {field.name: field for field in materials.fields}
    assert nested["recycledContent"].kind == "object"
    assert nested["originCountry"].tier == "legitimate-interest"
    importer = {field.name: field for field in fields(published, "model")["importer"].fields}
    assert importer["eori"].tier == "authority"


def test_the_base_requires_little(published: Published) -> None:
    required = {level: set(published.shape("furniture", "1.0", level).required) for level in ("model", "batch", "item")}
    assert required == {
        "model": {"granularity", "modelName", "manufacturer", "category"},
        "batch": {"granularity", "modelPassport", "batchNumber"},
        "item": {"granularity"},
    }


def test_opening_state_is_marked_with_its_tier(published: Published) -> None:
    opening = {field.name: field.tier for field in fields(published, "item").values() if field.opening}
    assert opening == {
        "owner": "legitimate-interest",
        "condition": "public",
        "defects": "legitimate-interest",
        "remainingLifeEstimate": "legitimate-interest",
        "installedParts": "legitimate-interest",
        "availability": "legitimate-interest",
        "inventoryNumber": "owner",
        "costCentre": "owner",
        "location": "owner",
        "purchaseDate": "owner",
        "purchasePrice": "owner",
    }


@pytest.mark.parametrize("level", ["model", "batch", "item"])
def test_what_the_service_sets_is_marked_at_every_level(published: Published, level: str) -> None:
    assert {field.name for field in fields(published, level).values() if field.server} == SERVER


def every(fields: tuple[Field, ...]) -> list[Field]:
    return [each for field in fields for each in (field, *every(field.fields))]


@pytest.mark.parametrize("level", ["model", "batch", "item"])
def test_what_refers_to_a_list_names_its_objects_by_their_key(published: Published, level: str) -> None:
    for group in published.groups():
        shape = published.shape(group, published.current(group), level)
        top = {field.name: field for field in shape.fields}
        for field in every(shape.fields):
            if field.refers in top:
                assert (field.kind, top[field.refers].key) == ("string", "componentId"), field.name
    referring = {field.name for field in every(published.shape("furniture", "1.0", level).fields) if field.refers}
    assert "component" in referring
    assert (referring > {"component", "joinedComponents", "priorityParts"}) == (level == "model")


def test_free_texts_are_told_from_numbers_and_names_in_lists(published: Published) -> None:
    free = {field.name for field in every(published.shape("furniture", "1.0", "model").fields) if field.free}
    assert free >= {"brand", "modelNumber", "laboratory", "substanceName", "street", "materialDetail"}
    assert not free & {"gtin", "component", "language", "category", "netWeight", "articleNumber", "description"}


def test_an_unknown_level_or_group_is_not_found(published: Published) -> None:
    for place in (("furniture", "1.0", "part"), ("furniture", "9.9", "model"), ("cars", "1.0", "model")):
        with pytest.raises(NotFound):
            published.shape(*place)


EVENTS = ("furniture", "1.0", "event"), ("workwear", "0.1", "event")


@pytest.mark.parametrize("place", EVENTS)
def test_events_have_a_shape_like_levels(published: Published, place: tuple[str, str, str]) -> None:
    shape = published.shape(*place)
    found = {field.name: field for field in shape.fields}
    assert (shape.level, shape.required) == ("event", ("eventType",))
    assert not any(field.opening for field in every(shape.fields))
    assert found["eventType"].code_list == "event-type"
    assert (found["products"].many, found["products"].kept, found["products"].type) == (True, False, "product")
    assert (found["cost"].tier, found["notes"].tier, found["workMinutes"].tier) == (
        "owner",
        "legitimate-interest",
        "public",
    )
    assert found["partsUsed"].required == ("partOrigin",)
    assert (found["parts"].required, found["masses"].required) == (("componentId",), ("materialClass", "mass"))
    assert found["replacedComponents"].key == "componentId"
    assert {name for name, field in found.items() if not (field.kept or field.server)} == {
        *("products", "productGroup", "deviceTime", "outputs", "claimSecret"),
    }


@pytest.mark.parametrize("place", EVENTS)
def test_a_member_of_events_names_the_types_that_it_belongs_to(
    published: Published, place: tuple[str, str, str]
) -> None:
    types = published.code_list("event-type").codes
    found = {field.name: field for field in published.shape(*place).fields}
    for field in found.values():
        assert {*field.events} <= types.keys(), field.name
        assert {*field.needed} <= {*(field.events or types)}, field.name
        assert len({*field.events}) == len(field.events), field.name
    assert (found["repairTypes"].events[0], found["repairTypes"].needed) == ("repaired", ("repaired",))
    assert (found["condition"].events, found["notes"].events, found["components"].events) == ((), (), ())
    assert found["askingPrice"].events == ("offered",)
    assert {name for name, field in found.items() if field.needed} == {
        *("repairTypes", "outputs", "receiver", "location", "borrower", "transfer"),
    }


def test_what_the_service_sets_of_events_is_marked(published: Published) -> None:
    found = {field.name for field in fields(published, "event").values() if field.server}
    assert found > SERVER
    assert found - SERVER == {
        *("recordedAt", "reportedTime", "clockCorrection", "product", "passport", "act", "actor", "actorRole"),
        *("owner", "ownerType", "previousOwner", "previousOwnerType", "holder", "holderType", "receiverType"),
        *("economicOperatorId", "offer", "offerDigest", "declared", "successors", "erased", "tier", "audience"),
        "effectsDigest",
    }


def test_garments_count_their_washes_in_events(published: Published) -> None:
    found = {field.name: field for field in published.shape("workwear", "0.1", "event").fields}
    assert (found["washCount"].kind, found["washCount"].events) == ("integer", ())
    assert "washCount" not in fields(published, "event")


def test_every_place_of_events_is_a_use_of_its_own(published: Published) -> None:
    for group, version, _ in EVENTS:
        uses = published.uses(group, version)
        happening = [use for use in uses if use.of_event]
        assert uses[-len(happening) :] == tuple(happening)
        assert len({use.path for use in happening}) == len(happening) >= 150
        assert len({use.address for use in uses}) == len(uses)
        by_path = {use.path: use for use in happening}
        assert by_path[("eventType",)].required == ("event",)
        assert by_path[("repairTypes",)].needed == ("repaired",)
        inner = by_path["partsUsed", "partOrigin"]
        assert (inner.events, inner.needed, inner.required) == (by_path[("partsUsed",)].events, (), ("event",))
        assert inner.address == f"/schemas/{group}/{version}/event/partsUsed/partOrigin"
        assert not {"recordedAt", "owner", "id"} & {use.path[0] for use in happening}
