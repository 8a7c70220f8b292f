"""Plausible measures, standards and codes of each kind: what is published, and what the rules make of it."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from passport.codecs.strictjson import Limits, read
from passport.model.passport import Level
from passport.model.report import Report
from passport.published import Published
from passport.validation.checking import Known, check

Found = list[tuple[str, str]]
Document = Mapping[str, Any]
Find = Callable[..., Found]
DAY = date(2026, 11, 21)

KINDS = Published.load().kinds("furniture", "1.0")
AROUND: dict[str, dict[str, Any]] = {
    "electrical": {"hasElectrical": True, "ceMarking": True},
    "carbonFootprint": {"stages": "A-C", "method": "EN 15804"},
}
RANGES = [(code, path) for code, facts in KINDS.items() for path in facts.ranges]


def filled(code: str, path: str, figure: Any) -> dict[str, Any]:
    """A submission's members with a figure at a path; an object's largest member where the path names one."""
    name, _, inner = path.partition("/")
    if path == "dimensions":
        small = {side: int(KINDS[code].ranges[f"dimensions/{side}"][0]) for side in ("depth", "height")}
        return {name: {"width": figure, **small}}
    return {name: {**AROUND.get(name, {}), inner: figure} if inner else figure}


def test_every_kind_of_furniture_has_facts(published: Published) -> None:
    assert KINDS.keys() == published.code_list("furniture-category").codes.keys()


def test_every_range_is_one_and_stands_at_a_field_with_a_unit(published: Published) -> None:
    fields = {each.name: each for each in published.shape("furniture", "1.0", "model").fields}
    for code, path in RANGES:
        least, most = KINDS[code].ranges[path]
        assert least < most, (code, path)
        name, _, inner = path.partition("/")
        members = {each.name: each.unit for each in fields[name].fields}
        assert members[inner] if inner else fields[name].unit or members, (code, path)


@pytest.mark.parametrize(("code", "path"), RANGES)
def test_a_range_holds_its_ends_and_no_more(code: str, path: str, found: Find, model: Document) -> None:
    least, most = KINDS[code].ranges[path]
    told = {"unit-suspicious", "measure-implausible", "out-of-range"}
    for figure, right in ((least, True), (most, True), (most + 1, False), (least - 1, False)):
        value = int(figure) if figure == int(figure) else figure
        codes = {each for each, _ in found(model, category=code, **filled(code, path, value))} & told
        assert bool(codes) != right, (figure, codes)


def test_the_published_examples_are_plausible(published: Published, nowhere: Known) -> None:
    checked = 0
    for file in sorted((published.examples() / "furniture").rglob("*.*json")):
        raws = read(file.read_bytes(), media_type=None, limits=Limits())
        report = check(raws, published=published, known=nowhere, today=DAY)
        odd = [each for each in report.findings if each.code in ("unit-suspicious", "measure-implausible")]
        assert odd == [], file.name
        checked += sum(each.value.get("granularity") == Level.MODEL for each in raws)
    assert checked >= 8


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"netWeight": 14200}, ("14200 g", "14.2 kg")),
        ({"netWeight": "14200.0"}, ("14200 g", "14.2 kg")),
        ({"dimensions": {"width": 64}}, ("64 cm", "640 mm")),
        ({"dimensions": {"seatHeightMax": 17}}, ("17 in", "431.8 mm")),
        ({"dimensions": {"height": Decimal("1.15")}}, ("1.15 m", "1150 mm")),
        ({"maxLoad": 1100}, ("1100 N", "112.2 kg")),
        ({"electrical": {"hasElectrical": True, "standbyPower": 300}}, ("300 mW", "0.3 W")),
        (
            {"carbonFootprint": {"value": 64500, "stages": "A-C", "method": "EN 15804"}},
            ("64500 g CO2e", "64.5 kg CO2e"),
        ),
    ],
)
def test_the_likely_slip_is_named(
    changes: dict[str, Any], told: tuple[str, str], checked: Callable[..., Report], model: Document
) -> None:
    (only,) = checked({**model, **changes}).findings
    assert only.code == "unit-suspicious"
    assert (only.values["other"], only.values["meant"]) == told


TYPICAL: dict[str, tuple[int, int, int]] = {
    "shelf": (800, 280, 2020),
    "library-furniture": (1000, 300, 2100),
    "kitchen-furniture": (600, 600, 2200),
    "lab-furniture": (1500, 750, 900),
    "screen": (1600, 40, 1200),
    "outdoor-furniture": (1800, 700, 750),
    "wardrobe": (1000, 600, 2000),
    "desk": (1600, 800, 740),
    "bed-frame": (1400, 2100, 350),
    "visitor-chair": (520, 540, 800),
}


@pytest.mark.parametrize(("unit", "factor"), [("cm", 10), ("m", 1000)])
@pytest.mark.parametrize("code", TYPICAL)
def test_a_row_of_measures_in_another_unit_is_seen_and_given_one_unit(
    code: str, unit: str, factor: int, checked: Callable[..., Report], model: Document
) -> None:
    sides = dict(zip(("width", "depth", "height"), TYPICAL[code], strict=True))
    written = {name: str(Decimal(side) / factor) for name, side in sides.items()}
    report = checked({**model, "category": code, "dimensions": written})
    odd = [each for each in report.findings if "other" in each.values]
    assert odd
    assert len({each.pointer for each in odd}) == len(odd)
    assert {each.values["other"].split()[1] for each in odd} == {unit}
    assert all(each.values["meant"] == f"{sides[each.pointer.rpartition('/')[2]]} mm" for each in odd)


def test_each_group_has_its_own_kinds(checked: Callable[..., Report], model: Document) -> None:
    shirt = {name: value for name, value in model.items() if name != "category"}
    shirt |= {"productGroup": "workwear", "garmentType": "t-shirt", "netWeight": 180}
    odd = [each for each in checked(shirt).findings if each.pointer == "/netWeight"]
    assert [(each.code, each.values["meant"]) for each in odd] == [("unit-suspicious", "0.18 kg")]


def test_a_figure_that_no_slip_explains_is_only_implausible(found: Find, model: Document) -> None:
    assert found(model, netWeight=250) == [("measure-implausible", "/netWeight")]
    assert found(model, abrasionCycles=45) == [("measure-implausible", "/abrasionCycles")]
    told = [code for code, _ in found(model, netWeight="heavy", dimensions={"width": [], "height": None, "depth": {}})]
    assert {"measure-implausible", "unit-suspicious"}.isdisjoint(told)


def test_without_a_kind_only_what_no_kind_has_is_found(found: Find, item: Document) -> None:
    unkind = {"granularity": "item", "modelPassport": "M0DEL"}
    assert found(unkind, netWeight=9_000, dimensions={"width": 20_000}) == []
    assert found(unkind, netWeight=10_001) == [("unit-suspicious", "/netWeight")]
    sizes = {"width": 60, "height": 115, "depth": 64}
    assert found(unkind, dimensions=sizes) == [("unit-suspicious", "/dimensions/height")]
    assert found(item, dimensions={"width": 640, "height": 1150, "depth": 640}) == []


def test_a_part_may_have_any_size(found: Find, model: Document) -> None:
    assert found(model, category="spare-part", dimensions={"width": 4, "height": 4, "depth": 9}) == []


@pytest.mark.parametrize(
    ("category", "standards", "codes"),
    [
        ("office-chair", ["EN 1335-1:2020", "EN 1728"], []),
        ("office-chair", ["PN-EN 1335-2"], []),
        ("office-chair", ["NS-EN1335"], []),
        ("office-chair", ["EN 16139"], ["test-standard-missing"]),
        ("office-chair", ["EN ISO 12947-2"], ["test-standard-missing"]),
        ("office-chair", ["BIFMA X5.1"], ["test-standard-missing"]),
        ("office-chair", ["EN 527-2"], ["test-standard-of-other-kind"]),
        ("office-chair", [], []),
        ("drawer-unit", ["EN 16122", "EN 14749"], []),
        ("desk", ["EN 527-1", "EN 16139"], ["test-standard-of-other-kind"]),
        ("pouffe", ["EN 16139"], []),
        ("spare-part", ["EN 16139"], []),
        ("no-such-kind", ["EN 16139"], []),
    ],
)
def test_tests_are_by_standards_of_the_kind(
    category: str, standards: list[str], codes: list[str], found: Find, model: Document
) -> None:
    tests = [{"standard": each, "result": "pass"} for each in standards]
    told = [code for code, _ in found(model, category=category, tests=tests) if code != "code-unknown"]
    assert [code for code in told if code != "too-few"] == codes


def test_only_the_standard_of_the_kind_must_be_passed(found: Find, model: Document) -> None:
    own, other = {"standard": "EN 1335-2", "result": "fail"}, {"standard": "EN 1021-1", "result": "fail"}
    assert found(model, tests=[own, other]) == [("test-failed", "/tests/0/result")]
    assert found(model, tests=[{**own, "result": "pending"}]) == []


def test_commodity_codes_begin_as_customs_call_the_kind(found: Find, model: Document) -> None:
    assert found(model, commodityCode="94013900") == []
    assert found(model, commodityCode="94033019") == [("commodity-heading", "/commodityCode")]
    assert found(model, commodityCode="83022000", category="spare-part") == []
    assert found(model, commodityCode="94042110", category="mattress") == []


@pytest.mark.parametrize(
    ("scheme", "code", "right"),
    [
        ("gpc", "10002193", True),
        ("gpc", "20002193", False),
        ("cpv", "39112000", True),
        ("cpv", "39112000-0", True),
        ("cpv", "39112000-00", False),
        ("cn", "94013900", True),
        ("cn", "9401390010", True),
        ("cn", "9401", False),
        ("unspsc", "56101504", True),
        ("unspsc", "561015", False),
        ("other", "any thing", True),
    ],
)
def test_classification_codes_have_their_form(
    scheme: str, code: str, right: bool, found: Find, model: Document
) -> None:
    expected = [] if right else [("classification-code", "/classification/0/code")]
    assert found(model, classification=[{"scheme": scheme, "code": code}]) == expected
