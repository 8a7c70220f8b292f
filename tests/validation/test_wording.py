"""Findings in words: filled in, translated, and safe against what was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.model.languages import LANGUAGES
from passport.model.report import Finding, Report, Severity, collect
from passport.validation.problems import PROBLEMS, finding
from passport.validation.wording import describe, report_body, word


def test_a_finding_is_worded_in_each_language() -> None:
    found = finding("gtin-check-digit", "/gtin", 0, "09506000134353", expected=2)
    said = {language: word(found, language) for language in LANGUAGES}
    assert said["en"].message == "The last digit of the GTIN 09506000134353 does not fit the others."
    assert said["sv"].expected == "kontrollsiffra 2"
    assert len({each.message for each in said.values()}) == len(LANGUAGES)


@pytest.mark.parametrize(("asked", "got"), [("sv-FI", "sv"), ("PL", "pl"), ("de", "en"), ("", "en"), ("../sv", "en")])
def test_other_languages_fall_back(asked: str, got: str) -> None:
    found = finding("no-documents", "", 0)
    assert word(found, asked) == word(found, got)


@given(st.text(), st.sampled_from(sorted(LANGUAGES)))
def test_found_values_never_break_the_text(text: str, language: str) -> None:
    found = finding("context-unknown", "", 0, text, expected="{found}{expected}{0}%s")
    assert text in word(found, language).message
    assert word(found, language).expected == "{found}{expected}{0}%s"


def test_missing_values_are_left_open() -> None:
    assert word(Finding("missing-field", Severity.ERROR, ""), "en").message == "The field … is missing."


def test_what_was_not_found_is_left_open() -> None:
    said = word(finding("substance-identifier-missing", "/substancesOfConcern/0/casNumber", 0), "en")
    assert said.message == "The substance … has neither a CAS number nor an EC number."


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "JSON type: true or false / list; like [1]"),
        ("sv", "JSON-typ: true eller false / lista; som [1]"),
        ("da", "JSON-type: true eller false / liste; som [1]"),
        ("pl", "typ JSON: true albo false / lista; np. [1]"),
    ],
)
def test_the_kinds_of_values_are_said_in_the_readers_language(language: str, expected: str) -> None:
    found = finding("wrong-type", "/a", 0, "1", field="a", expected="true or false / list", example="[1]")
    assert word(found, language).expected == expected


def test_every_code_is_described_in_each_language() -> None:
    for code in PROBLEMS:
        for language in LANGUAGES:
            said = describe(code, language)
            assert "{" not in said.title + said.message + said.expected + said.explanation + said.remedy
    with pytest.raises(KeyError):
        describe("nothing", "en")


def test_the_body_of_a_report() -> None:
    report = collect([finding("too-few", f"/a{n}", 1, "[]", field="a", limit=1) for n in range(103)], documents=2)
    body = report_body(report, language="da", base="https://passport.example")
    assert body["findings"][0] == {
        "code": "too-few",
        "severity": "error",
        "document": 1,
        "pointer": "/a0",
        "found": "[]",
        "expected": "antal poster: mindst 1",
        "message": "a har for få poster.",
        "documentation": "https://passport.example/problems/too-few",
        "field": None,
    }
    assert (body["documents"], body["ok"], len(body["findings"]), body["suppressed"]) == (2, False, 100, {"too-few": 3})
    assert report_body(Report(0), language="en", base="")["ok"] is True
