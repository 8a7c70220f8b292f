"""The profiles: what each requires beyond the base, and of whom."""

from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest

from passport.published import Published

LEGACY: dict[str, Any] = {
    "granularity": "item",
    "profile": "basic",
    "category": "office-chair",
    "isSecondHandLegacy": True,
    "owner": "example-municipality",
    "availability": "inStorage",
    "condition": {"grade": "N"},
}

Valid = Callable[[str, Any], bool]


@pytest.fixture(scope="module")
def valid() -> Valid:
    published = Published.load()
    registry = jsonschema_rs.Registry([(iri, dict(published.schema(iri))) for iri in published.schema_iris()])

    def check(name: str, document: Any) -> bool:
        schema = dict(published.schema(published.schema_iri("furniture", "1.0", name)))
        return jsonschema_rs.validator_for(schema, registry=registry).is_valid(document)

    return check


def test_basic_serves_furniture_without_maker_or_model(valid: Valid) -> None:
    assert valid("passport", LEGACY)
    assert valid("profiles/basic", LEGACY)


@pytest.mark.parametrize("missing", ["isSecondHandLegacy", "owner", "availability", "condition"])
def test_basic_asks_for_the_state_of_the_piece(valid: Valid, missing: str) -> None:
    assert not valid("profiles/basic", {name: value for name, value in LEGACY.items() if name != missing})


def test_profiles_ask_nothing_of_other_levels(valid: Valid) -> None:
    batch = {"granularity": "batch", "modelPassport": "#0", "batchNumber": "1"}
    assert all(valid(f"profiles/{profile}", batch) for profile in ("basic", "supplier", "espr-draft"))
    assert valid("profiles/basic", {"granularity": "model"})


def test_supplier_asks_for_the_required_rows(valid: Valid, complete: Callable[[str], dict[str, Any]]) -> None:
    whole = complete("model")
    for name in ("modelNumber", "commodityCode", "netWeight", "guarantee", "spareParts", "takeBack", "endOfLife"):
        assert not valid("profiles/supplier", {key: value for key, value in whole.items() if key != name}), name
    for name in ("gtin", "carbonFootprint", "importer", "complianceDocuments", "image"):
        assert valid("profiles/supplier", {key: value for key, value in whole.items() if key != name}), name


def test_nested_requirements_reach_into_components(valid: Valid, complete: Callable[[str], dict[str, Any]]) -> None:
    whole = complete("model")
    component = whole["components"][0]
    bare = {name: value for name, value in component.items() if name not in {"mass", "massShare"}}
    assert not valid("profiles/supplier", whole | {"components": [bare]})
    assert valid("profiles/supplier", whole | {"components": [bare | {"mass": 1}]})
    material = {name: value for name, value in component["materials"][0].items() if name != "materialDetail"}
    changed = whole | {"components": [component | {"materials": [material]}]}
    assert valid("profiles/supplier", changed)
    assert not valid("profiles/espr-draft", changed)


def test_espr_draft_asks_for_all_that_supplier_asks_for(
    complete: Callable[[str], dict[str, Any]], valid: Valid
) -> None:
    for level in ("model", "item"):
        whole = complete(level)
        for name in whole:
            less = {key: value for key, value in whole.items() if key != name}
            assert valid("profiles/supplier", less) or not valid("profiles/espr-draft", less), name
