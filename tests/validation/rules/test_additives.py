"""What is added or not: answers and entries agree, and what is added is named."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Found = list[tuple[str, str]]
Document = Mapping[str, Any]
Find = Callable[..., Found]
GRAPHITE = {"substanceName": "Expandable graphite", "casNumber": "7782-42-5", "concentration": "4.5"}
SEAT = {"componentId": "seat", "materials": [{"materialClass": "foam-PUR", "massShare": 100}]}


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        ({"present": False}, []),
        ({"present": True, "substances": [GRAPHITE]}, []),
        ({"present": True}, ["flame-retardant-unnamed"]),
        ({"present": False, "substances": [GRAPHITE]}, ["flame-retardant-contradicted"]),
        ({"present": True, "substances": [{"substanceName": "X"}]}, ["flame-retardant-incomplete"] * 2),
    ],
)
def test_flame_retardants(answer: dict[str, Any], codes: list[str], found: Find, model: Document) -> None:
    assert [code for code, _ in found(model, flameRetardants=answer)] == codes


def test_flame_retardants_are_located_where_there_are_components(found: Find, model: Document) -> None:
    located = {"present": True, "substances": [{**GRAPHITE, "component": "seat"}]}
    assert found(model, components=[SEAT], flameRetardants=located) == []
    assert found(model, components=[SEAT], flameRetardants={"present": True, "substances": [GRAPHITE]}) == [
        ("flame-retardant-incomplete", "/flameRetardants/substances/0/component")
    ]


@pytest.mark.parametrize("group", ["phthalates", "halogenatedPolymers", "pfas", "bisphenolA"])
@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ({"contained": "no"}, True),
        ({"contained": "no", "concentration": 0}, True),
        ({"contained": "no", "concentration": "0.0"}, True),
        ({"contained": "no", "concentration": "0.001"}, False),
        ({"contained": "yes", "concentration": 1}, True),
        ({"contained": "unknown"}, True),
    ],
)
def test_what_is_not_contained_has_no_concentration(
    group: str, answer: dict[str, Any], right: bool, found: Find, model: Document
) -> None:
    expected = [] if right else [("presence-contradicted", f"/{group}/concentration")]
    assert found(model, **{group: answer}) == expected


@pytest.mark.parametrize("contained", ["no", "yes", "unknown"])
def test_pvc_is_a_halogenated_polymer(contained: str, found: Find, model: Document) -> None:
    cover = {**SEAT, "materials": [{"materialClass": "plastic-PVC", "massShare": 100}]}
    expected = [("halogenated-polymer-named", "/components/0/materials/0/materialClass")] if contained == "no" else []
    assert found(model, components=[cover], halogenatedPolymers={"contained": contained}) == expected


@pytest.mark.parametrize(
    ("coating", "expected"),
    [
        ({"hazardClassified": False}, []),
        ({"hazardClassified": False, "hazardStatements": ["EUH208", "EUH210"]}, []),
        ({"hazardClassified": True, "hazardStatements": ["H412"]}, []),
        ({"hazardStatements": ["H412"]}, []),
        ({"hazardClassified": False, "hazardStatements": ["EUH208", "H412"]}, ["coating-hazard-contradicted"]),
        ({"hazardClassified": True}, ["coating-hazard-unnamed"]),
    ],
)
def test_hazards_of_coatings(coating: dict[str, Any], expected: list[str], found: Find, model: Document) -> None:
    coatings = [{"coatingType": "powder"}, {"coatingType": "solvent-borne", **coating}]
    assert [code for code, _ in found(model, components=[{**SEAT, "coatings": coatings}])] == expected
