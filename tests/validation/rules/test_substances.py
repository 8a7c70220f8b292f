"""Substances of concern: identified, located, measured, and declared without contradiction."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.model.report import Report
from passport.published import Published
from passport.validation.rules.candidates import cas_check_digit, ec_check_digit

Found = list[tuple[str, str]]
Document = Mapping[str, Any]
Find = Callable[..., Found]
USE = [{"value": "Nothing to do.", "language": "en"}]
LEAD: Mapping[str, Any] = {
    "substanceName": "Lead",
    "casNumber": "7439-92-1",
    "ecNumber": "231-100-4",
    "concentrationMin": "0.1",
    "concentrationMax": "0.3",
    "thresholdBasis": "reach-svhc-0.1",
    "threshold": "0.10",
    "safeUse": USE,
    "scipNumber": "11111111-2222-4333-8444-555555555555",
}
SCREWS = {"componentId": "screws", "materials": [{"materialClass": "metal-steel", "massShare": 100}]}
AT = "/substancesOfConcern/0"


def lead(**changes: Any) -> dict[str, Any]:
    """An entry with some members changed; those that are None left out."""
    return {name: value for name, value in {**LEAD, **changes}.items() if value is not None}


def test_an_entry_that_says_everything_passes(found: Find, model: Document, batch: Document) -> None:
    assert found(model, substancesOfConcern=[LEAD]) == []
    located = lead(component="screws")
    assert found(model, components=[SCREWS], substancesOfConcern=[located]) == []
    assert found(batch, substancesOfConcern=[located]) == []


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"casNumber": None, "ecNumber": None}, "substance-identifier-missing", "/casNumber"),
        ({"concentrationMin": None, "concentrationMax": None}, "substance-concentration-missing", "/concentrationMax"),
        ({"concentrationMin": "0.31"}, "concentration-order", "/concentrationMin"),
        ({"thresholdBasis": None}, "substance-basis-missing", "/thresholdBasis"),
        ({"threshold": 1}, "substance-threshold-wrong", "/threshold"),
        ({"safeUse": None}, "substance-safe-use-missing", "/safeUse"),
        ({"scipNumber": None}, "scip-number-missing", "/scipNumber"),
        ({"casNumber": "7439-92-2"}, "cas-check-digit", "/casNumber"),
        ({"ecNumber": "231-100-5"}, "ec-check-digit", "/ecNumber"),
    ],
)
def test_what_an_entry_lacks_is_found(
    changes: dict[str, Any], code: str, place: str, found: Find, model: Document
) -> None:
    assert found(model, substancesOfConcern=[lead(**changes)]) == [(code, AT + place)]


@pytest.mark.parametrize(
    "changes",
    [
        {"casNumber": None},
        {"ecNumber": None},
        {"concentrationMin": None},
        {"concentrationMax": None, "concentrationMin": "0.2"},
        {"concentrationMin": "0.3"},
        {"safeUse": None, "endOfLifeHandling": USE},
        {"scipNumber": None, "concentrationMax": "0.1"},
        {"scipNumber": None, "thresholdBasis": "rohs"},
        {"thresholdBasis": "declared-voluntarily", "concentrationMin": 0, "concentrationMax": "0.01"},
        {"thresholdBasis": "pops", "threshold": "0.001"},
        {"threshold": None},
    ],
)
def test_what_is_enough_is_enough(changes: dict[str, Any], found: Find, model: Document) -> None:
    assert found(model, substancesOfConcern=[lead(**changes)]) == []


@pytest.mark.parametrize(
    ("changes", "right"),
    [
        ({"concentrationMax": "0.1"}, True),
        ({"concentrationMax": "0.09", "concentrationMin": None}, False),
        ({"thresholdBasis": "pops", "threshold": "0.05", "concentrationMax": "0.05", "concentrationMin": None}, True),
        ({"thresholdBasis": "pops", "threshold": "0.05", "concentrationMax": "0.04", "concentrationMin": None}, False),
    ],
)
def test_a_concentration_reaches_its_threshold(
    changes: dict[str, Any], right: bool, found: Find, model: Document
) -> None:
    expected = [] if right else [("substance-below-threshold", f"{AT}/concentrationMax")]
    assert found(model, substancesOfConcern=[lead(**changes)]) == expected


def test_a_location_is_asked_for_where_there_are_components(found: Find, model: Document) -> None:
    assert found(model, components=[SCREWS], substancesOfConcern=[LEAD]) == [
        ("substance-location-missing", f"{AT}/component")
    ]


@pytest.mark.parametrize(
    ("first", "second", "twice"),
    [
        ({}, {}, True),
        ({}, {"substanceName": "Pb"}, True),
        ({"casNumber": None}, {"casNumber": None}, True),
        ({"casNumber": None, "ecNumber": None}, {"casNumber": None, "ecNumber": None, "substanceName": "LEAD"}, True),
        ({}, {"component": "legs"}, False),
        ({}, {"casNumber": "80-05-7"}, False),
    ],
)
def test_one_entry_for_each_substance_and_component(
    first: dict[str, Any], second: dict[str, Any], twice: bool, found: Find, model: Document
) -> None:
    entries = [lead(**{"component": "screws", **each}) for each in (first, second)]
    told = found(model, components=[SCREWS, {**SCREWS, "componentId": "legs"}], substancesOfConcern=entries)
    assert (("substance-duplicate", "/substancesOfConcern/1") in told) == twice


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"noSubstancesOfConcern": True}, []),
        ({"noSubstancesOfConcern": False, "substancesOfConcern": [LEAD]}, []),
        ({"noSubstancesOfConcern": True, "substancesOfConcern": [LEAD]}, ["substances-contradicted"]),
        ({"noSubstancesOfConcern": False}, ["substances-not-named"]),
    ],
)
def test_the_declaration_of_no_substances(
    members: dict[str, Any], expected: list[str], found: Find, model: Document, batch: Document
) -> None:
    for base in (model, batch):
        assert found(base, **members) == [(code, "/noSubstancesOfConcern") for code in expected]


@pytest.mark.parametrize(
    ("none_above", "entry", "codes"),
    [
        (True, None, []),
        (False, LEAD, []),
        (True, LEAD, ["svhc-contradicted"]),
        (True, lead(scipNumber=None), ["scip-number-missing", "svhc-contradicted"]),
        (True, lead(concentrationMax="0.1"), ["svhc-contradicted"]),
        (True, lead(concentrationMax="0.1", scipNumber=None), []),
        (True, lead(thresholdBasis="rohs"), []),
        (False, None, ["substances-not-named"]),
    ],
)
def test_the_svhc_declaration(
    none_above: bool, entry: Document | None, codes: list[str], found: Find, model: Document
) -> None:
    declaration = {"noneAboveThreshold": none_above, "candidateListDate": "2026-06-25"}
    entries = {"substancesOfConcern": [entry]} if entry else {}
    assert sorted(code for code, _ in found(model, svhcDeclaration=declaration, **entries)) == codes


def test_svhc_above_the_limit_are_substances_of_concern(found: Find, model: Document) -> None:
    declaration = {"noneAboveThreshold": False, "candidateListDate": "2026-06-25"}
    told = found(model, noSubstancesOfConcern=True, svhcDeclaration=declaration)
    assert ("substances-contradicted", "/noSubstancesOfConcern") in told


@pytest.mark.parametrize(
    ("listed", "codes"),
    [
        (None, ["svhc-list-date-missing"]),
        ("2025-11-21", []),
        ("2025-11-20", ["svhc-list-outdated"]),
        ("2026-11-21", []),
        ("2026-11-22", ["date-in-future"]),
    ],
)
def test_the_date_of_the_candidate_list(listed: str | None, codes: list[str], found: Find, model: Document) -> None:
    declaration = {"noneAboveThreshold": True, **({"candidateListDate": listed} if listed else {})}
    place = "/svhcDeclaration/candidateListDate"
    assert found(model, svhcDeclaration=declaration) == [(code, place) for code in codes]


@pytest.mark.parametrize("number", ["50-00-0", "7439-92-1", "80-05-7", "117-81-7", "13674-87-8", "1333-86-4"])
def test_real_cas_numbers(number: str) -> None:
    assert cas_check_digit(number) == number[-1]


@pytest.mark.parametrize("number", ["200-001-8", "231-100-4", "201-245-8", "204-211-0"])
def test_real_ec_numbers(number: str) -> None:
    assert ec_check_digit(number) == number[-1]


@given(st.integers(10, 9_999_999), st.integers(0, 99), st.integers(0, 9))
def test_one_last_digit_of_a_cas_number_is_right(first: int, second: int, last: int) -> None:
    right = cas_check_digit(f"{first}-{second:02}-{last}")
    digits = [int(digit) for digit in f"{first}{second:02}"]
    assert right == str(sum((len(digits) - place) * digit for place, digit in enumerate(digits)) % 10)


@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 9))
def test_one_last_digit_of_an_ec_number_is_right_or_none(first: int, second: int, last: int) -> None:
    right = ec_check_digit(f"{first:03}-{second:03}-{last}")
    assert right in {*map(str, range(10)), "10"}
    assert right == ec_check_digit(f"{first:03}-{second:03}-0")


@given(st.text(max_size=14) | st.from_regex(r"[0-9-]{1,13}"))
def test_no_text_makes_the_check_digits_fail(text: str) -> None:
    for digit in (cas_check_digit(text), ec_check_digit(text)):
        assert digit is None or digit.isdigit()


def test_numbers_are_checked_wherever_substances_are_named(
    checked: Callable[..., Report], model: Document, published: Published
) -> None:
    wrong = {"substanceName": "TCEP", "casNumber": "115-96-9"}
    retardant = {**wrong, "concentration": 1}
    report = checked({**model, "biocides": [wrong], "flameRetardants": {"present": True, "substances": [retardant]}})
    assert {each.pointer for each in report.findings if each.code == "cas-check-digit"} == {
        "/biocides/0/casNumber",
        "/flameRetardants/substances/0/casNumber",
    }
    assert {each.values["expected"] for each in report.findings} == {"8"}
    assert "reach-svhc-0.1" in published.code_list("threshold-basis").codes
