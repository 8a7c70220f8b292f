"""The example submissions of every product group are accepted as they stand, without a finding."""

from datetime import date
from pathlib import Path

import pytest

from passport.codecs.strictjson import Limits, Raw, read
from passport.published import GROUP, Published
from passport.service.knowledge import SubmissionKnown
from passport.validation.checking import check

PUBLISHED = Published.load()
FILES = sorted(
    path for group in PUBLISHED.groups() if group != GROUP for path in (PUBLISHED.examples() / group).rglob("*.*json")
)


def read_file(path: Path) -> tuple[Raw, ...]:
    return read(path.read_bytes(), media_type=None, limits=Limits())


def test_every_group_has_examples_of_every_level() -> None:
    for group in PUBLISHED.groups():
        files = [path for path in (PUBLISHED.examples() / group).rglob("*") if path.suffix in {".json", ".ndjson"}]
        assert {"model", "item"} <= {raw.value["granularity"] for path in files for raw in read_file(path)}


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_an_example_has_no_findings(file: Path) -> None:
    raws = read_file(file)
    report = check(raws, published=PUBLISHED, known=SubmissionKnown(raws), today=date(2026, 11, 21))
    assert report.findings == ()


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_an_example_names_its_group(file: Path) -> None:
    for raw in read_file(file):
        group = PUBLISHED.group_for(raw.value, raw.context)
        assert group is not None
        assert group.name == file.parts[-3]
