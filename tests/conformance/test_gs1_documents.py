"""What the resolver gives out is valid under GS1's own schemas."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from passport.codecs.linkset import GS1, linkset
from passport.model.digitallink import parse_path
from passport.model.passport import Level, Standing
from passport.ports import Location, Reading
from passport.service.links import Choices, Linkset, answer, description

ROOT = Path(os.environ.get("CONFORMANCE_DIR", Path(__file__).parents[3] / "shared" / "conformance")) / "gs1"
SCHEMAS = ("gs1-linkset-schema.json", "gs1-linkset-schema-1.2.json")
BASES = ("https://pass.example.org", "http://127.0.0.1:8000", "https://my-shop.example/pass")
START = b'{"passport":'

MODEL: dict[str, Any] = {
    "modelName": [{"value": "Ekstol", "language": "sv"}],
    "assemblyInstructions": [{"url": "https://maker.example/a", "language": "zh-Hant", "contentType": "text/html"}],
    "careInstructions": [{"url": "https://maker.example/b", "language": "fil", "contentType": "no media type"}],
    "labels": [{"document": {"url": "https://maker-c.example:8443/c?x=1#y"}}, {"document": {"url": "https://x/d"}}],
    "epd": {"document": {"url": "https://epd.example/é"}},
}


class Shelf:
    """One model and one piece of it."""

    _codes = ("01/09506000134352", "000000000"), ("01/09506000134352/21/a%2Fb", "111111111")

    def locate(self, key: str) -> Location | None:
        return next((Location(code, Level.ITEM, Standing.ACTIVE) for each, code in self._codes if each == key), None)

    def read(self, code: str) -> Reading | None:
        payload = START + json.dumps(MODEL if code == "000000000" else {}).encode() + b"}}"
        return Reading(code, "", Level.ITEM, Standing.ACTIVE, 1, payload, len(START), b"", None, None)


def schema(name: str) -> Any:
    file = ROOT / name
    if not file.is_file():
        pytest.skip(f"no conformance data at {file}")
    return json.loads(file.read_text())


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("query", [b"linkType=linkset", b"linkType=gs1:certificationInfo"])
def test_linksets_and_choices_are_valid(name: str, base: str, query: bytes) -> None:
    found = answer(Shelf(), parse_path("/01/09506000134352/21/a%2Fb"), base=base, query=query)
    assert isinstance(found, Linkset | Choices)
    given = json.loads(linkset(found.levels))
    jsonschema.Draft7Validator(schema(name)).validate(given)
    if isinstance(found, Linkset):
        assert [each["anchor"] for each in given["linkset"]] == [
            f"{base}/01/09506000134352/21/a%2Fb",
            f"{base}/01/09506000134352",
        ]


def test_every_link_type_in_use_is_one_of_gs1s() -> None:
    known = schema("linktypes.json")
    assert len(known) >= 55
    found = answer(Shelf(), parse_path("/01/09506000134352"), base=BASES[0], query=b"linkType=linkset")
    assert isinstance(found, Linkset)
    used = {link.relation.removeprefix(GS1) for level in found.levels for link in level.links}
    assert len(used) >= 8
    assert used <= set(known)


@pytest.mark.parametrize("base", BASES)
def test_the_description_file_is_valid(base: str) -> None:
    jsonschema.Draft7Validator(schema("description-file-schema.json")).validate(
        json.loads(description(base, name="Example passports"))
    )
