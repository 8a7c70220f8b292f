"""The published schemas: what they let through, in both validators alike."""

import copy
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from passport.published import CONTEXT, Published

MODEL: dict[str, Any] = {
    "granularity": "model",
    "modelName": [{"value": "Stol", "language": "sv"}],
    "manufacturer": {"name": "Example Furniture"},
    "category": "office-chair",
    "materials": [{"materialClass": "wood-solid"}],
}
ITEM: dict[str, Any] = {"granularity": "item", "category": "armchair"}
BATCH: dict[str, Any] = {"granularity": "batch", "modelPassport": "#0", "batchNumber": "2026-W14"}

Faults = Callable[[str, Any], list[str]]


@pytest.fixture(scope="module")
def faults(published: Published) -> Faults:
    """The places of the faults that a schema finds, after both validators have given the same ones."""
    registry = jsonschema_rs.Registry([(iri, dict(published.schema(iri))) for iri in published.schema_iris()])
    fast: dict[str, Any] = {}
    slow: dict[str, Any] = {}
    for iri in (each for each in published.schema_iris() if "/furniture/1.0/" in each):
        name = iri.split("/1.0/")[1]
        schema = dict(published.schema(iri))
        fast[name] = jsonschema_rs.validator_for(schema, registry=registry, validate_formats=True)
        checker = Draft202012Validator.FORMAT_CHECKER
        slow[name] = Draft202012Validator(schema, registry=published.registry(), format_checker=checker)

    def find(name: str, document: Any) -> list[str]:
        quick = sorted("/".join(map(str, error.instance_path)) for error in fast[name].iter_errors(document))
        rich = sorted("/".join(map(str, error.absolute_path)) for error in slow[name].iter_errors(document))
        assert quick == rich
        return quick

    return find


def test_every_schema_is_one(published: Published) -> None:
    for iri in published.schema_iris():
        Draft202012Validator.check_schema(published.schema(iri))


@pytest.mark.parametrize("document", [MODEL, ITEM, BATCH])
def test_the_least_that_a_supplier_knows_is_enough(faults: Faults, document: dict[str, Any]) -> None:
    assert faults("passport", document) == []
    assert faults("passport", document | {"@context": CONTEXT}) == []


@pytest.mark.parametrize("missing", ["modelName", "manufacturer", "category", "materials", "granularity"])
def test_a_model_without_a_base_field_is_refused(faults: Faults, missing: str) -> None:
    assert faults("passport", {name: value for name, value in MODEL.items() if name != missing}) == [""]


def test_components_do_instead_of_materials(faults: Faults) -> None:
    document = {name: value for name, value in MODEL.items() if name != "materials"}
    assert faults("model", document | {"components": [{"componentId": "seat"}]}) == []


def test_a_piece_names_its_model_or_what_it_is(faults: Faults) -> None:
    assert faults("item", {"granularity": "item"}) == [""]
    assert faults("item", {"granularity": "item", "modelPassport": "7KX9-4M2Q-Z"}) == []


def test_the_levels_differ(faults: Faults) -> None:
    assert faults("passport", ITEM | {"modelName": MODEL["modelName"]}) == [""]
    assert faults("passport", MODEL | {"serialNumber": "1"}) == [""]
    assert faults("item", ITEM | {"granularity": "model"}) == ["granularity"]
    assert faults("passport", {"granularity": "Model"}) == ["granularity"]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ((), ""),
        (("manufacturer",), "manufacturer"),
        (("materials", 0), "materials/0"),
        (("modelName", 0), "modelName/0"),
    ],
)
def test_t06_unknown_members_are_refused_at_every_depth(
    faults: Faults, path: tuple[str | int, ...], pointer: str
) -> None:
    document = copy.deepcopy(MODEL)
    place: Any = document
    for step in path:
        place = place[step]
    place["isAdmin"] = True
    assert faults("passport", document) == [pointer]


def test_t06_unknown_members_are_refused_in_every_object_of_every_schema(published: Published) -> None:
    def objects(schema: Any) -> list[Mapping[str, Any]]:
        if isinstance(schema, list):
            return [found for each in schema for found in objects(each)]
        if not isinstance(schema, dict):
            return []
        own = [schema] if schema.get("type") == "object" and "properties" in schema else []
        return own + [found for each in schema.values() for found in objects(each)]

    closed = 0
    for iri in published.schema_iris():
        if iri.endswith("/passport") or "/profiles/" in iri:
            continue
        for found in objects(published.schema(iri)):
            assert found["unevaluatedProperties"] is False, found
            closed += 1
    assert closed >= 50


@pytest.mark.parametrize("document", [MODEL, ITEM, BATCH])
def test_t06_what_the_service_sets_is_refused_where_it_stands(
    faults: Faults, published: Published, document: dict[str, Any]
) -> None:
    fields = published.shape("furniture", "1.0", document["granularity"]).fields
    names = sorted(field.name for field in fields if field.server)
    assert len(names) == 20
    for name in names:
        for value in ("x", 1, None, {}, []):
            assert faults("passport", document | {name: value}) == [name]


def test_extensions_are_free(faults: Faults) -> None:
    assert faults("passport", MODEL | {"extensions": {"https://x.example/": {"id": 1, "proof": [None]}}}) == []
    assert faults("passport", MODEL | {"extensions": {str(number): 1 for number in range(51)}}) == ["extensions"]


@pytest.mark.parametrize("value", [0, 7.4, Decimal("7.4"), "7.4", "0", "0.000000001", "999999999999999.999999999"])
def test_numbers_are_numbers_or_decimal_strings(faults: Faults, value: Any) -> None:
    assert faults("model", MODEL | {"netWeight": value}) == []


@pytest.mark.parametrize(
    "value", [-1, "-1", "7,4", "07", "7.", ".5", "1e3", "7.4 kg", "", True, None, 10**16, "1" * 16]
)
def test_other_numbers_are_refused(faults: Faults, value: Any) -> None:
    assert set(faults("model", MODEL | {"netWeight": value})) == {"netWeight"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("purchaseDate", "2026-02-30"),
        ("purchaseDate", "26-02-03"),
        ("manufacturingDate", "2026-13"),
        ("manufacturingDate", "2026"),
        ("owner", "Anna Andersson"),
        ("owner", "anna@example.org"),
        ("purchasePrice", {"amount": "1", "currency": "kr"}),
        ("condition", {"notes": [{"value": "x", "language": "sv"}]}),
        ("gtin", "0950 6000"),
    ],
)
def test_values_that_are_none(faults: Faults, field: str, value: Any) -> None:
    assert faults("item", ITEM | {field: value}) != []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.example/", "//a.example", "http://", "https://a b"])
def test_only_web_addresses_are_addresses(faults: Faults, url: str) -> None:
    assert set(faults("model", MODEL | {"image": [{"url": url}]})) == {"image/0/url"}


@pytest.mark.parametrize("level", ["model", "batch", "item"])
def test_a_document_with_every_field_passes(
    faults: Faults, published: Published, complete: Callable[[str], dict[str, Any]], level: str
) -> None:
    assert faults("passport", complete(level)) == []
    for profile in published.profiles("furniture", "1.0"):
        assert faults(f"profiles/{profile}", complete(level)) == []


def test_the_served_document_is_described(faults: Faults, served: dict[str, Any]) -> None:
    assert faults("document", served) == []
    assert faults("document", served | {"netWeight": 7.4}) == ["netWeight"]
    assert faults("document", served | {"owner": "a"}) == [""]
    assert faults("document", {name: value for name, value in served.items() if name != "version"}) == [""]
    nameless = copy.deepcopy(served)
    del nameless["components"][0]["materials"][0]["id"]
    assert faults("document", nameless) == ["components/0/materials/0"]
