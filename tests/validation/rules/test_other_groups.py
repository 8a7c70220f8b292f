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


def test_a_part_is_named_in_words_where_there_are_no_components(found: Callable[..., Any]) -> None:
    substance = {
        "substanceName": "Perfluorohexanoic acid",
        "casNumber": "307-24-4",
        "component": "membrane",
        "concentrationMax": 0.2,
        "thresholdBasis": "declared-voluntarily",
        "safeUse": [{"value": "Nothing needs to be done.", "language": "en"}],
    }
    materials = [{"materialClass": "metal-steel"}]
    assert found(JACKET, materials=materials, substancesOfConcern=[substance]) == []
