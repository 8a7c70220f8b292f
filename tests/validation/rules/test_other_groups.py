"""Rules in a product group with other fields: none asks for what that group does not know."""

from collections.abc import Callable
from typing import Any

import pytest

JACKET = {
    "granularity": "model",
    "productGroup": "workwear",
    "modelName": [{"value": "Warmer jacket", "language": "en"}],
    "manufacturer": {"name": "Exempelkläder AB"},
    "garmentType": "work-jacket",
}


@pytest.mark.parametrize("material", ["wood-solid", "panel-MDF", "battery", "electronics"])
def test_materials_that_furniture_has_fields_for_ask_for_none_here(found: Callable[..., Any], material: str) -> None:
    assert found(JACKET, materials=[{"materialClass": material, "massShare": 100}]) == []


def test_a_part_is_named_by_its_code_where_there_are_no_components(found: Callable[..., Any]) -> None:
    substance = {
        "substanceName": "Perfluorohexanoic acid",
        "casNumber": "307-24-4",
        "fabricPart": "membrane",
        "concentrationMax": 0.2,
        "thresholdBasis": "declared-voluntarily",
        "safeUse": [{"value": "Nothing needs to be done.", "language": "en"}],
    }
    materials = [{"materialClass": "metal-steel"}]
    assert found(JACKET, materials=materials, substancesOfConcern=[substance]) == []
    elsewhere = {**substance, "fabricPart": "outer"}
    assert found(JACKET, materials=materials, substancesOfConcern=[substance, elsewhere]) == []
    (told,) = found(JACKET, materials=materials, substancesOfConcern=[substance, substance])
    assert told == ("substance-duplicate", "/substancesOfConcern/1")


def test_nothing_names_components_where_there_are_none(found: Callable[..., Any]) -> None:
    part = {"partId": "ZIP", "component": "front"}
    assert found(JACKET, materials=[{"materialClass": "metal-steel"}], spareParts=[part]) == [
        ("unknown-field", "/spareParts/0/component")
    ]
