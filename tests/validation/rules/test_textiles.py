"""Textiles: their fibres are named, add up, and agree with the material's class."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from passport.published import Published
from passport.validation.rules.textiles import FIBRES

Found = list[tuple[str, str]]
Document = Mapping[str, Any]
Find = Callable[..., Found]


def fabric(code: str, *fibres: tuple[str, Any]) -> list[dict[str, Any]]:
    named = [{"fibreCode": fibre, **({} if share is None else {"massShare": share})} for fibre, share in fibres]
    return [{"materialClass": code, "massShare": 100, **({"fibreComposition": named} if named else {})}]


@pytest.mark.parametrize(
    ("shares", "right"),
    [
        ([85, 15], True),
        (["84.6", "15.0"], True),
        ([85, 14], True),
        (["85", "13.9"], False),
        ([86, 15], True),
        (["86.1", "15"], False),
        ([85, None], True),
        ([None, None], True),
        ([100, 2, None], False),
    ],
)
def test_fibres_make_a_hundred_with_a_tolerance_of_one(
    shares: list[Any], right: bool, found: Find, model: Document
) -> None:
    names = ("wool", "polyamide", "elastane")
    expected = [] if right else [("fibre-sum", "/materials/0/fibreComposition")]
    assert found(model, materials=fabric("textile-wool", *zip(names, shares, strict=False))) == expected


@pytest.mark.parametrize("code", [*FIBRES, "textile-mix"])
def test_textiles_name_their_fibres(code: str, found: Find, model: Document, batch: Document, item: Document) -> None:
    expected = [("fibre-composition-missing", "/materials/0/fibreComposition")]
    assert found(model, materials=fabric(code)) == expected
    assert found(batch, materials=fabric(code)) == expected
    assert found(item, materials=fabric(code)) == []
    assert found(model, materials=fabric(code, *((fibre, 100) for fibre in FIBRES.get(code, ("wool",))[:1]))) == []


def test_one_list_of_fibres_serves_a_part(found: Find, model: Document) -> None:
    wool = {**fabric("textile-wool", ("wool", 100))[0], "massShare": 85}
    cover = {"componentId": "cover", "materials": [wool, {"materialClass": "textile-polyamide", "massShare": 15}]}
    bare = {"componentId": "piping", "materials": fabric("textile-cotton")}
    assert found(model, components=[cover, bare]) == [
        ("fibre-composition-missing", "/components/1/materials/0/fibreComposition")
    ]


@pytest.mark.parametrize("code", ["leather", "artificial-leather", "coated-fabric", "foam-PUR"])
def test_other_coverings_need_not_name_fibres(code: str, found: Find, model: Document) -> None:
    assert found(model, materials=fabric(code)) == []


def test_a_class_is_named_after_a_fibre_that_is_in_it(found: Find, model: Document) -> None:
    mixed = (("polyester", 60), ("viscose", 40))
    expected = [("fibre-class-mismatch", "/materials/0/materialClass")]
    assert found(model, materials=fabric("textile-wool", *mixed)) == expected
    for code in ("textile-polyester", "textile-viscose", "textile-mix", "coated-fabric"):
        assert found(model, materials=fabric(code, *mixed)) == []
    assert found(model, materials=fabric("textile-wool", ("virgin-wool", 100))) == []


def test_the_classes_and_fibres_are_published(published: Published) -> None:
    classes = published.code_list("material-class")
    assert {*FIBRES, "textile-mix"} == classes.with_trait("textile")
    assert {fibre for fibres in FIBRES.values() for fibre in fibres} <= set(published.code_list("fibre").codes)
