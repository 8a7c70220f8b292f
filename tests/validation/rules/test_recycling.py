"""Recycled and renewable content: said in full, following from the materials, and possible."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from passport.published import Published
from passport.validation.rules.recycling import _NEVER_RECYCLED

Found = list[tuple[str, str]]
Document = Mapping[str, Any]
Find = Callable[..., Found]


def material(code: str, share: Any = 100, **members: Any) -> dict[str, Any]:
    return {"materialClass": code, "massShare": share, **members}


@pytest.mark.parametrize(
    ("content", "right"),
    [
        ({"total": 40}, False),
        ({"total": "0.5"}, False),
        ({"total": 0}, True),
        ({"total": 40, "preConsumer": 40}, True),
        ({"postConsumer": 10}, True),
    ],
)
def test_recycled_content_says_from_what(content: dict[str, Any], right: bool, found: Find, model: Document) -> None:
    def expected(place: str) -> Found:
        return [] if right else [("recycled-split-missing", f"{place}/recycledContent/total")]

    assert found(model, recycledContent=content) == expected("")
    assert found(model, materials=[material("metal-steel", recycledContent=content)]) == expected("/materials/0")
    packed = [{"materialClass": "paper-board", "recycledContent": content}]
    told = found(model, packaging=packed)
    assert [each for each in told if each[0] == "recycled-split-missing"] == expected("/packaging/0")


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        ({"recycledWoodShare": 30}, False),
        ({"recycledWoodShare": 0}, True),
        ({"secondaryMaterialUse": "0.1"}, False),
        ({"labels": [{"scheme": "fsc-recycled"}]}, False),
        ({"labels": [{"scheme": "fsc-mix"}]}, True),
    ],
)
def test_claims_of_recycling_have_a_figure(claim: dict[str, Any], right: bool, found: Find, model: Document) -> None:
    assert found(model, **claim) == ([] if right else [("recycled-content-missing", "/recycledContent")])
    assert found(model, **claim, recycledContent={"postConsumer": 3}) == []
    assert found(model, **claim, materials=[material("metal-steel", recycledContent={"preConsumer": 3})]) == []


@pytest.mark.parametrize(
    ("stated", "contents", "right"),
    [
        (25, ({"postConsumer": 50}, {"postConsumer": 0}), True),
        (30, ({"postConsumer": 50}, {"postConsumer": 0}), True),
        ("30.1", ({"postConsumer": 50}, {"postConsumer": 0}), False),
        ("19.9", ({"postConsumer": 50}, {"postConsumer": 0}), False),
        (70, ({"postConsumer": 50}, None), True),
        (81, ({"postConsumer": 50}, None), False),
        (10, ({"postConsumer": 50}, None), False),
        (99, (None, None), True),
        (25, ({"preConsumer": 20, "postConsumer": 30, "total": 50}, {"total": 0}), True),
    ],
)
def test_the_product_follows_from_its_materials(
    stated: Any, contents: tuple[Any, Any], right: bool, found: Find, model: Document
) -> None:
    halves = [
        material(code, 50, **({"recycledContent": content} if content else {}))
        for code, content in zip(("metal-steel", "plastic-PP"), contents, strict=True)
    ]
    expected = [] if right else [("recycled-share-differs", "/recycledContent")]
    assert found(model, materials=halves, recycledContent={"postConsumer": stated}) == expected
    single = [{"componentId": str(at), "mass": "2.5", "materials": [each]} for at, each in enumerate(halves)]
    for component in single:
        component["materials"][0].pop("massShare")
    assert found(model, components=single, recycledContent={"postConsumer": stated}) == expected


@pytest.mark.parametrize("code", _NEVER_RECYCLED)
def test_some_materials_are_hardly_made_of_waste(code: str, found: Find, model: Document) -> None:
    rest = {"timber": [{"commonName": [{"value": "oak", "language": "en"}], "scientificName": "Quercus robur"}]}
    for content, codes in (({"preConsumer": 1}, ["recycled-class-implausible"]), ({"preConsumer": 0}, [])):
        told = found(model, materials=[material(code, recycledContent=content)], **rest)
        assert told == [(each, "/materials/0/recycledContent") for each in codes]


@pytest.mark.parametrize(
    ("code", "right"), [("metal-steel", False), ("glass", False), ("stone-natural", False), ("cork", True)]
)
@pytest.mark.parametrize("name", ["renewableContent", "bioBasedContent"])
def test_metals_and_minerals_do_not_grow_again(code: str, right: bool, name: str, found: Find, model: Document) -> None:
    expected = [] if right else [("renewable-class-implausible", f"/materials/0/{name}")]
    assert found(model, materials=[material(code, **{name: 50})]) == expected
    assert found(model, materials=[material(code, **{name: 0})]) == []


def test_the_classes_are_published(published: Published) -> None:
    assert set(_NEVER_RECYCLED) <= set(published.code_list("material-class").codes)


@pytest.mark.parametrize("share", ["100.1", "999"])
def test_shares_written_as_text_are_looked_at_everywhere(share: str, found: Find, model: Document) -> None:
    places = {
        "/woodMassShare": {"woodMassShare": share},
        "/pfas/concentration": {"pfas": {"contained": "yes", "concentration": share}},
        "/substancesOfConcern/0/concentrationMax": {
            "substancesOfConcern": [{"substanceName": "Lead", "concentrationMax": share}]
        },
    }
    for place, members in places.items():
        assert ("share-range", place) in found(model, **members)
