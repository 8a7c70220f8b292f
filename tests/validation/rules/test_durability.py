"""Years, spare parts, seats, scores, packaging, joints and electrical parts: what just passes and what does not."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from passport.model.report import Report

Document = Mapping[str, Any]
Find = Callable[..., list[tuple[str, str]]]
CLOCK = {"sparePartsCountFrom": "production"}


def words(text: str) -> list[dict[str, str]]:
    return [{"value": text, "language": "en"}]


def part(name: str, function: str = "seat", material: str = "metal-steel") -> dict[str, Any]:
    materials = [{"materialClass": material, "massShare": 100}]
    return {"componentId": name, "function": function, "materials": materials}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"guarantee": {"years": 1}}, None),
        ({"guarantee": {"years": 30}}, None),
        ({"guarantee": {"years": 0}}, "/guarantee/years"),
        ({"guarantee": {"years": 36}}, "/guarantee/years"),
        ({"expectedLifetime": 150}, None),
        ({"expectedLifetime": 0}, "/expectedLifetime"),
        ({"expectedLifetime": 180}, "/expectedLifetime"),
        ({"sparePartsAvailableYears": 0}, None),
        ({"sparePartsAvailableYears": 61, **CLOCK}, "/sparePartsAvailableYears"),
    ],
)
def test_years_that_somebody_can_keep(changes: dict[str, Any], place: str | None, found: Find, model: Document) -> None:
    assert found(model, **changes) == ([("years-implausible", place)] if place else [])


def test_a_piece_may_have_no_life_left(found: Find, item: Document) -> None:
    assert found(item, remainingLifeEstimate={"years": 0}) == []
    assert found(item, remainingLifeEstimate={"years": 151}) == [("years-implausible", "/remainingLifeEstimate/years")]


def test_a_guarantee_ends_before_the_product(found: Find, model: Document) -> None:
    assert found(model, guarantee={"years": 10}, expectedLifetime=10) == []
    told = found(model, guarantee={"years": 11}, expectedLifetime=10)
    assert told == [("guarantee-longer-than-life", "/guarantee/years")]
    assert found(model, guarantee={"years": 11}) == []


def test_spare_parts_last_as_long_as_the_guarantee(found: Find, model: Document) -> None:
    assert found(model, guarantee={"years": 10}, sparePartsAvailableYears=10, **CLOCK) == []
    told = found(model, guarantee={"years": 10}, sparePartsAvailableYears=9, **CLOCK)
    assert told == [("spare-parts-shorter-than-guarantee", "/sparePartsAvailableYears")]


def test_spare_parts_count_from_a_day(found: Find, model: Document) -> None:
    assert found(model, sparePartsAvailableYears=5, **CLOCK) == []
    assert found(model, sparePartsAvailableYears=5) == [("spare-parts-clock", "/sparePartsCountFrom")]


def test_spare_parts_until_a_day_ahead(found: Find, model: Document) -> None:
    assert found(model, sparePartsAvailableUntil="2026-11-21") == []
    assert found(model, sparePartsAvailableUntil="2026-11-20") == [("spare-parts-ended", "/sparePartsAvailableUntil")]


def test_a_passport_is_there_as_long_as_its_product(
    checked: Callable[..., Report], found: Find, model: Document, item: Document
) -> None:
    early = [("available-until-early", "/availableUntil")]
    assert found(model, availableUntil="2041-11-21", expectedLifetime=15) == []
    assert found(model, availableUntil="2041-11-20", expectedLifetime=15) == early
    assert found(model, availableUntil="2026-11-21") == []
    assert found(item, availableUntil="2026-11-20") == early
    leap = {**model, "availableUntil": "2029-03-01", "expectedLifetime": 1}
    assert checked(leap, today=date(2028, 2, 29)).findings == ()
    assert len(checked({**leap, "availableUntil": "2029-02-28"}, today=date(2028, 2, 29)).findings) == 1


@pytest.mark.parametrize(
    ("sizes", "right"),
    [
        ({"seatHeightMin": 410, "seatHeightMax": 410}, True),
        ({"seatHeightMin": 410, "seatHeightMax": "409.9"}, False),
        ({"seatHeightMin": 450, "height": 450}, True),
        ({"seatHeightMin": 451, "height": 450}, False),
        ({"seatHeightMax": 600, "height": 450}, True),
        ({"seatHeightMin": "low"}, True),
    ],
)
def test_seats_are_not_above_themselves(sizes: dict[str, Any], right: bool, found: Find, model: Document) -> None:
    told = [each for each in found(model, dimensions=sizes) if each[0] == "seat-heights"]
    assert told == ([] if right else [("seat-heights", "/dimensions/seatHeightMin")])


def test_scores_are_at_most_the_best(found: Find, model: Document) -> None:
    assert found(model, repairability={"method": "x", "score": 10, "bestScore": "10.0"}) == []
    assert found(model, repairability={"method": "x", "score": 10}) == []
    told = found(model, recyclability={"method": "x", "score": Decimal("10.1"), "bestScore": 10})
    assert told == [("score-above-best", "/recyclability/score")]


@pytest.mark.parametrize(
    ("weight", "masses", "codes"),
    [
        ("1.0", ["0.5", "0.55"], []),
        ("1.0", ["0.5", "0.56"], ["packaging-mass-sum"]),
        ("1.0", ["0.3", "0.2"], []),
        ("1.0", ["0.3", "0.19"], ["packaging-mass-low"]),
        ("1.0", ["0.3", None], []),
        ("1.0", [None, None], []),
        (None, ["9", "9"], []),
        (0, ["0.1"], ["packaging-mass-sum"]),
    ],
)
def test_packaging_weighs_what_its_materials_weigh(
    weight: Any, masses: list[Any], codes: list[str], found: Find, model: Document
) -> None:
    packaging = [{"materialClass": "paper-board", **({"mass": each} if each else {})} for each in masses]
    changes = {"packaging": packaging} | ({} if weight is None else {"packagingWeight": weight})
    assert [code for code, _ in found(model, **changes)] == codes


@pytest.mark.parametrize(("kind", "right"), [("screw", True), ("staple", True), ("glue", False), ("moulded", False)])
def test_joints_that_open_only_by_damage(kind: str, right: bool, found: Find, model: Document) -> None:
    joint = {"joinedComponents": ["a", "b"], "jointType": kind}
    changed = {**model, "components": [part("a"), part("b", "base")]}
    told = [("joint-not-reversible", "/joints/0/reversible")]
    assert found(changed, joints=[{**joint, "reversible": True}]) == ([] if right else told)
    assert found(changed, joints=[{**joint, "reversible": False}]) == []


@pytest.mark.parametrize("tool", ["None", "by hand.", "Inget verktyg", "I hånden", "Bez narzędzi", "–"])
def test_words_for_no_tool(tool: str, found: Find, model: Document) -> None:
    steps = [{"instruction": words("Lift"), "tool": words(tool)}]
    assert found(model, disassembly={"toolClass": "none", "skill": "layperson", "steps": steps}) == []


def test_tools_are_named_where_they_are_needed(found: Find, model: Document) -> None:
    steps = [{"instruction": words("Lift"), "tool": words("Hex key")}]
    assert found(model, disassembly={"toolClass": "common", "skill": "layperson", "steps": steps}) == []
    told = found(model, disassembly={"toolClass": "none", "skill": "layperson", "steps": steps})
    assert told == [("disassembly-tool-named", "/disassembly/steps/0/tool")]
    joint = {"joinedComponents": ["a"], "jointType": "screw", "reversible": True, "tool": words("Spanner")}
    none = {"toolClass": "none", "skill": "layperson"}
    assert found(model, components=[part("a")], joints=[joint], disassembly=none) == [
        ("disassembly-tool-named", "/joints/0/tool")
    ]
    permanent = {**joint, "reversible": False}
    assert found(model, components=[part("a")], joints=[permanent], disassembly=none) == []


def test_steps_fill_the_time(found: Find, model: Document) -> None:
    steps = [{"instruction": words("Lift"), "minutes": each} for each in (2, 3)]
    block = {"toolClass": "common", "skill": "layperson", "steps": steps}
    assert found(model, disassembly={**block, "minutes": 5}) == []
    assert found(model, disassembly={**block, "minutes": 4, "persons": 2}) == []
    assert found(model, disassembly={**block, "minutes": 4}) == [("disassembly-minutes", "/disassembly/minutes")]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"components": [part("a", "motor")]}, "/components/0/function"),
        ({"components": [part("a", "seat", "battery")]}, "/components/0/materials/0/materialClass"),
        ({"materials": [{"materialClass": "electronics", "massShare": 100}]}, "/materials/0/materialClass"),
        ({"components": [part("a", "gas-spring")]}, None),
    ],
)
def test_electrical_parts_are_told(changes: dict[str, Any], place: str | None, found: Find, model: Document) -> None:
    assert found(model, **changes) == ([("electrical-missing", place)] if place else [])
    assert found(model, **changes, electrical={"hasElectrical": True}) == []
    denied = found(model, **changes, electrical={"hasElectrical": False})
    assert denied == ([("electrical-contradiction", place)] if place else [])


@pytest.mark.parametrize(
    ("block", "codes"),
    [
        ({"hasElectrical": False, "voltage": 0, "standbyPower": "0", "weeeCollected": False, "ceMarking": False}, []),
        ({"hasElectrical": False, "standbyPower": "0.3"}, ["electrical-contradiction"]),
        ({"hasElectrical": False, "weeeCollected": True}, ["electrical-contradiction"]),
        ({"hasElectrical": True, "voltage": "74.9"}, []),
        ({"hasElectrical": True, "voltage": 75}, ["ce-marking-missing"]),
        ({"hasElectrical": True, "voltage": 230, "ceMarking": False}, ["ce-marking-missing"]),
        ({"hasElectrical": True, "voltage": 230, "ceMarking": True}, []),
    ],
)
def test_electrical_values(block: dict[str, Any], codes: list[str], found: Find, model: Document) -> None:
    assert [code for code, _ in found(model, electrical=block) if code != "measure-implausible"] == codes
