"""The example of workwear, submitted and revised like any furniture: a model, a batch, a garment, a second version."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from passport.codecs.documents import inner
from passport.service import resolution
from passport.service.submissions import Outcome
from passport.service.system import System

Send = Callable[..., Outcome]
CHANGE: Mapping[str, Any] = {
    "revisionType": "change",
    "reason": [{"value": "A stronger zip.", "language": "en"}],
}


@pytest.fixture
def documents(system: System) -> list[dict[str, Any]]:
    """The example's model, batch and garment; without opening state, as its owner is not known here."""
    file = system.published.examples() / "workwear" / "demoklader" / "01-arbetsbyxa.json"
    opening = ("owner", "condition", "washCount", "availability")
    read = json.loads(file.read_text(encoding="utf-8"))
    return [{name: value for name, value in each.items() if name not in opening} for each in read]


def test_a_second_version_of_a_garment_model_and_the_garments_before_and_after_it(
    system: System, send: Send, documents: list[dict[str, Any]]
) -> None:
    model, _, garment = documents
    first, batch, old = send(*documents).issued
    garment = {name: value for name, value in garment.items() if name != "batchPassport"}
    later = {**model, "designedWashes": 80, "revision": CHANGE}
    (second,) = send(later).issued
    assert (second.code, second.version) == (first.code, 2)
    address = system.passport_address(first.code)
    (new,) = send({**garment, "modelPassport": address, "serialNumber": "EX245-000118"}).issued
    washes = [_model_of(system, code)["designedWashes"] for code in (old.code, new.code)]
    assert washes == [model["designedWashes"], 80]
    for code in (first.code, batch.code, old.code, new.code):
        reading = system.history.read(code)
        assert reading is not None
        stored = inner(reading.payload, reading.start)
        assert system.published.group_of(stored).name == "workwear"


def test_a_garment_is_revised_on_its_own(system: System, send: Send, documents: list[dict[str, Any]]) -> None:
    first, _, old = send(*documents).issued
    bare = {name: value for name, value in documents[2].items() if name not in {"batchPassport", "markings"}}
    address = system.passport_address(first.code)
    (second,) = send({**bare, "modelPassport": address, "revision": CHANGE}).issued
    assert (second.code, second.version) == (old.code, 2)


def _model_of(system: System, code: str) -> Mapping[str, Any]:
    model = resolution.model_of(system, resolution.passport(system, code))
    assert model is not None
    return model
