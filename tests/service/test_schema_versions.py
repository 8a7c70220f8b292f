"""A newer version of the schemas is followed by every step of a submission, or by none."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from passport.codecs.documents import inner
from passport.codecs.strictjson import Limits, read
from passport.errors import Unacceptable
from passport.model.access import Caller
from passport.published import CONTEXT, GROUP, VOCAB, Published
from passport.service.submissions import submit
from passport.service.system import System, plans


@pytest.fixture
def newer(published: Published, tmp_path: Path) -> Published:
    """Everything published, and a version 1.10 beside 1.0 whose pieces may have a ``foldable``."""
    root = tmp_path / "published"
    source = published.examples().parent
    for folder in ("schemas", "vocab"):
        shutil.copytree(source / folder, root / folder)
    old, new = root / "schemas" / GROUP / "1.0", root / "schemas" / GROUP / "1.10"
    shutil.copytree(old, new)
    for path in new.rglob("*.json"):
        path.write_text(path.read_text().replace("/furniture/1.0/", "/furniture/1.10/"))
    model, item = (json.loads((new / f"{level}.json").read_text()) for level in ("model", "item"))
    item["properties"]["foldable"] = model["properties"]["foldable"]
    (new / "item.json").write_text(json.dumps(item))
    return Published.load(root)


def test_a_field_of_a_newer_version_is_accepted_and_kept(
    newer: Published, system: System, caller: Callable[[str], Caller], legacy: dict[str, Any]
) -> None:
    legacy["foldable"] = True
    body = json.dumps(legacy).encode()
    with pytest.raises(Unacceptable):
        submit(system, body=body, media_type=None, caller=caller("maker"))
    later = replace(system, published=newer, plans=plans(newer))
    (issued,) = submit(later, body=body, media_type=None, caller=caller("maker")).issued
    reading = system.history.read(issued.code)
    assert reading is not None
    document = inner(reading.payload, reading.start)
    assert document["foldable"] is True
    assert document["contentSpecificationIds"] == [f"{VOCAB}schemas/furniture/1.10/item"]


def test_json_ld_is_read_by_the_same_version(newer: Published) -> None:
    assert newer.current(GROUP) == "1.10"
    value = {"granularity": "item", "foldable": True}
    text = json.dumps({"@context": [CONTEXT], **value}).encode()
    (raw,) = read(text, media_type="application/ld+json", limits=Limits(), published=newer)
    assert raw.value == value
