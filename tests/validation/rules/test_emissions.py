"""Emissions: stated where panels are, within what is claimed and allowed, and comparable."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from passport.published import Published

Found = list[tuple[str, str]]
Document = Mapping[str, Any]
Find = Callable[..., Found]
METHODS = ("EN-717-1", "EN-16516", "ISO-16000-9")
VALUE = "/formaldehydeEmission/0/value"


def measured(value: Any, method: str | None = "EN-717-1") -> list[dict[str, Any]]:
    return [{"value": value, **({"formaldehydeMethod": method} if method else {})}]


def test_the_codes_that_rules_know_are_published(published: Published) -> None:
    assert {*METHODS, "EN-ISO-12460-5"} == set(published.code_list("formaldehyde-method").codes)
    assert {"E05", "E1"} <= set(published.code_list("formaldehyde-class").codes)


@pytest.mark.parametrize("board", ["panel-MDF", "panel-particleboard", "panel-plywood", "panel-honeycomb"])
def test_panels_say_what_they_give_off(board: str, found: Find, model: Document, item: Document) -> None:
    parts = {"materials": [{"materialClass": board, "massShare": 100}]}
    timber = [{"commonName": [{"value": "spruce", "language": "en"}], "scientificName": "Picea abies"}]
    assert found(model, **parts, timber=timber) == [("panel-emission-missing", "/materials/0/materialClass")]
    assert found(model, **parts, timber=timber, formaldehydeClass="E1") == []
    assert found(model, **parts, timber=timber, formaldehydeEmission=measured("0.03")) == []
    assert found(item, **parts) == []


@pytest.mark.parametrize(
    ("stated", "value", "method", "codes"),
    [
        ("E1", "0.124", "EN-717-1", []),
        ("E1", "0.1241", "EN-717-1", ["formaldehyde-class-value"]),
        ("E05", "0.062", "EN-717-1", []),
        ("E05", "0.063", "EN-717-1", ["formaldehyde-class-half"]),
        ("E05", "0.2", "EN-717-1", ["formaldehyde-class-value"]),
        ("E1", "0.2", "EN-16516", []),
        ("E2", "0.2", "EN-717-1", []),
        ("CARB2", "0.2", "EN-717-1", []),
    ],
)
def test_values_are_within_their_class(
    stated: str, value: str, method: str, codes: list[str], found: Find, model: Document
) -> None:
    told = found(model, formaldehydeClass=stated, formaldehydeEmission=measured(value, method), outdoorOnly=True)
    assert told == [(code, VALUE) for code in codes]


@pytest.mark.parametrize("method", METHODS)
def test_new_furniture_keeps_the_limit_of_reach(method: str, found: Find, model: Document, batch: Document) -> None:
    assert found(model, formaldehydeEmission=measured("0.062", method)) == []
    assert found(model, formaldehydeEmission=measured("0.07", method)) == [("formaldehyde-limit", VALUE)]
    assert found(batch, formaldehydeEmission=measured("0.07", method)) == []


@pytest.mark.parametrize("exempt", ["outdoorOnly", "professionalUseOnly"])
def test_exempt_furniture_may_give_off_more(exempt: str, found: Find, model: Document) -> None:
    assert found(model, formaldehydeEmission=measured("0.07"), **{exempt: True}) == []
    assert found(model, formaldehydeEmission=measured("0.07"), **{exempt: False}) != []


def test_second_hand_furniture_is_exempt_where_a_group_asks_for_its_emissions(found: Find, item: Document) -> None:
    told = found(item, formaldehydeEmission=measured("0.07"))
    assert [code for code, _ in told] == ["field-of-other-level"]
    told = found({**item, "isSecondHandLegacy": False, "modelPassport": "M0DEL"}, formaldehydeEmission=measured("0.07"))
    assert "formaldehyde-limit" in [code for code, _ in told]


def test_measurements_name_their_method(found: Find, model: Document) -> None:
    missing = found(model, formaldehydeEmission=measured("0.2", None), vocEmission={"tvoc28Days": 50})
    assert missing == [
        ("emission-method-missing", "/formaldehydeEmission/0/formaldehydeMethod"),
        ("emission-method-missing", "/vocEmission/method"),
    ]
    assert found(model, vocEmission={"tvoc28Days": 50, "method": "EN 16516"}) == []


def test_the_perforator_method_measures_something_else(found: Find, model: Document) -> None:
    told = found(model, formaldehydeEmission=measured(6, "EN-ISO-12460-5"), formaldehydeClass="E1")
    assert told == [("emission-method-unit", "/formaldehydeEmission/0/formaldehydeMethod")]
