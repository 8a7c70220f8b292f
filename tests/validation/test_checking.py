"""The check as a whole: complete, tolerant of any value, in order, and quick."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from passport.model.languages import LANGUAGES
from passport.model.passport import Level
from passport.model.report import Report, Severity
from passport.published import GROUP, Published
from passport.validation.checking import Known
from passport.validation.problems import PROBLEMS
from passport.validation.rules import RULES
from passport.validation.subject import Facts, Subject
from passport.validation.wording import report_body

TODAY = date(2026, 11, 21)
Document = Mapping[str, Any]
NAMES = sorted(
    {name for rule in RULES.values() for name in rule.fields} | {"granularity", "profile", "extensions", "colour"}
)
INNER = [
    "massShare",
    "materials",
    "recycledContent",
    "component",
    "componentId",
    "claim",
    "validUntil",
    "partPassport",
    "mass",
    "value",
    "language",
]
LEAF = (
    st.none()
    | st.booleans()
    | st.integers(-9, 120)
    | st.text(max_size=6)
    | st.sampled_from(["2024-05-01", "#0", "sv", "50"])
)
VALUE = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INNER), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    value=st.dictionaries(st.sampled_from(NAMES), VALUE, max_size=8),
    form=st.sampled_from([*({"granularity": level} for level in (*Level, "Item")), {"eventType": "repaired"}, {}]),
)
def test_no_json_value_makes_the_check_fail(
    value: dict[str, Any], form: dict[str, Any], checked: Callable[..., Report]
) -> None:
    report = checked({**value, **form})
    for language in LANGUAGES:
        assert json.dumps(report_body(report, language=language, base=""))
    assert all(each.severity is PROBLEMS[each.code].severity for each in report.findings)


def test_every_document_is_checked_and_findings_stand_in_order(
    checked: Callable[..., Report], item: Document, model: Document
) -> None:
    report = checked(item, {**item, "gtin": "95060001343", "category": "chair"}, model, {**model, "category": 7})
    assert report.documents == 4
    assert [(each.document, each.code) for each in report.findings] == [
        (1, "code-unknown"),
        (1, "gtin-length"),
        (3, "wrong-type"),
    ]
    assert not report.ok


def test_warnings_do_not_refuse(checked: Callable[..., Report], model: Document) -> None:
    report = checked({**model, "netWeight": 2_000})
    assert [each.severity for each in report.findings] == [Severity.WARNING]
    assert report.ok


def test_rules_see_documents_with_faults_of_structure(checked: Callable[..., Report], item: Document) -> None:
    report = checked({**item, "colourr": 1, "gtin": "95060001343", "netWeight": -1, "materials": [{"massShare": -1}]})
    assert {each.code for each in report.findings} == {"unknown-field", "gtin-length", "out-of-range", "missing-field"}
    assert len({each.pointer for each in report.findings}) == len(report.findings)


def test_rules_of_other_levels_are_not_called(published: Published, nowhere: Known, model: Document) -> None:
    for rule in RULES.values():
        assert rule.levels
    facts = Facts(published, nowhere, TODAY, [model])
    legacy = RULES["legacy-not-marked"]
    assert Level.MODEL not in legacy.levels
    assert list(legacy.check(Subject({}, Level.ITEM, 0, facts, GROUP, published.current(GROUP))))


PIECE: Document = {
    "granularity": "item",
    "profile": "basic",
    "modelPassport": "M0DEL",
    "gtin": "09506000134352",
    "serialNumber": "A-0001",
    "manufacturingDate": "2024-05-01",
    "isSecondHandLegacy": False,
    "colour": [{"value": "Sort", "language": "da"}],
    "owner": "exempelby-kommun",
    "availability": "inUse",
    "condition": {"grade": "B", "assessedOn": "2026-01-01"},
}
