"""Findings lead to the pages of their fields."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from passport.codecs.strictjson import Limits, read
from passport.model.report import Report
from passport.published import Published
from passport.validation.checking import Known, check
from passport.validation.locating import page_of

ROOT = "/schemas/furniture/1.0"
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("at", "page"),
    [
        ("/netWeight", "/model/netWeight"),
        ("/modelName/0/language", "/model/modelName"),
        ("/components/12/materials/0/massShare", "/model/components/materials/massShare"),
        ("/intendedEnvironment/1", "/model/intendedEnvironment"),
        ("/serialNumber", "/item/serialNumber"),
        ("/batchNumber", "/batch/batchNumber"),
        ("/extensions/own/0/a~1b", "/model/extensions"),
        ("/components/0/strange", None),
        ("/strange", None),
        ("/shortCode", None),
        ("/0", None),
        ("", None),
    ],
)
def test_pointers_lead_to_fields(at: str, page: str | None, published: Published) -> None:
    assert page_of(at, published, "furniture", "1.0") == (ROOT + page if page else None)


def test_findings_know_their_field(checked: Callable[..., Report], model: Mapping[str, Any]) -> None:
    report = checked({**model, "gtin": "96385075"}, {**model, "modelName": "Stol"}, {**model, "strange": 1})
    assert [each.page for each in report.findings] == [f"{ROOT}/model/gtin", f"{ROOT}/model/modelName", None]


def test_other_groups_have_fields_of_their_own(checked: Callable[..., Report]) -> None:
    report = checked({"granularity": "model", "productGroup": "workwear"})
    assert {each.page.split("/")[2] for each in report.findings if each.page} == {"workwear"}
    (unknown,) = checked({"granularity": "model", "productGroup": "boots"}).findings
    assert unknown.page == f"{ROOT}/model/productGroup"


def test_a_part_of_a_submission_can_be_checked_alone(
    published: Published, nowhere: Known, model: Mapping[str, Any]
) -> None:
    text = json.dumps([model, {**model, "gtin": "96385075"}]).encode()
    raws = read(text, media_type=None, limits=Limits(), published=published)
    (found,) = check(raws[1:], published=published, known=nowhere, today=TODAY).findings
    assert (found.document, found.page) == (1, f"{ROOT}/model/gtin")
