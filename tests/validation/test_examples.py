"""Each finding has an example with its expected report: adding a file to examples/invalid adds a test."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from passport.codecs.strictjson import Limits, read
from passport.published import Published
from passport.validation.checking import Known, check
from passport.validation.problems import PROBLEMS
from passport.validation.texts import life, placing

INVALID = Path(__file__).parents[2] / "examples" / "invalid"
EXAMPLES = sorted(path.name.removesuffix(".report.json") for path in INVALID.glob("*.report.json"))
NEEDING_A_STORE = {entry[0] for entries in (placing.ENTRIES, life.ENTRIES) for entry in entries}
WITHOUT_EXAMPLE = NEEDING_A_STORE | {"not-explained", "wrong-structure"}
"""Findings that need a store, a thousand documents, or engines that disagree; their tests stand elsewhere."""


def submission(name: str, recorder: ModuleType) -> Path:
    (path,) = (each for each in recorder.examples() if each.stem == name)
    assert isinstance(path, Path)
    return path


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_report_is_the_expected_one_in_every_language(
    name: str, recorder: ModuleType, published: Published
) -> None:
    expected = json.loads((INVALID / f"{name}.report.json").read_bytes())
    assert recorder.bodies(recorder.report(submission(name, recorder), published)) == expected
    assert set(expected) == {"en", "sv", "da", "pl"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_shows_its_own_fault_and_no_other(name: str, recorder: ModuleType, published: Published) -> None:
    found = recorder.report(submission(name, recorder), published)
    assert {finding.code for finding in found.findings} == {name}


def test_every_finding_has_an_example() -> None:
    findings = {code for code, problem in PROBLEMS.items() if problem.severity is not None}
    assert findings - WITHOUT_EXAMPLE == set(EXAMPLES)
    assert len(EXAMPLES) >= 140


def test_every_example_has_a_report(recorder: ModuleType) -> None:
    assert sorted(path.stem for path in recorder.examples()) == EXAMPLES


def test_the_valid_examples_have_no_errors(published: Published, nowhere: Known) -> None:
    paths = [path for path in sorted((INVALID.parent / "furniture").rglob("*")) if path.suffix in {".json", ".ndjson"}]
    assert len(paths) >= 10
    for path in paths:
        raws = read(path.read_bytes(), media_type=None, limits=Limits())
        report = check(raws, published=published, known=nowhere, today=datetime.now(UTC).date())
        assert report.ok, (path.name, report.findings)
