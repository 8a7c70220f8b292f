"""Documents to submit and one way to submit them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from passport.model.access import Caller
from passport.service import past, together
from passport.service.submissions import Outcome, submit
from passport.service.system import System


def _with_check_digit(thirteen: str) -> str:
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(thirteen))
    return thirteen + str(-total % 10)


@pytest.fixture
def gtin() -> str:
    return _with_check_digit("0952654300001")


@pytest.fixture
def model(gtin: str) -> dict[str, Any]:
    return {
        "granularity": "model",
        "gtin": gtin,
        "modelName": [{"value": "Oak chair", "language": "en"}, {"value": "Ekstol", "language": "sv"}],
        "manufacturer": {"name": "Exempel Möbler AB", "address": {"city": "Exempelby", "country": "SE"}},
        "category": "visitor-chair",
        "netWeight": 7.4,
        "components": [
            {
                "componentId": "frame",
                "function": "frame",
                "mass": "5.40",
                "materials": [{"materialClass": "wood-solid", "massShare": 100, "originCountry": "SE"}],
            },
            {
                "componentId": "seat",
                "function": "seat",
                "mass": 2,
                "materials": [
                    {"materialClass": "panel-plywood", "massShare": 80},
                    {
                        "materialClass": "textile-wool",
                        "massShare": 20,
                        "fibreComposition": [{"fibreCode": "wool", "massShare": 100}],
                    },
                ],
            },
        ],
        "timber": [{"commonName": [{"value": "oak", "language": "en"}], "scientificName": "Quercus robur"}],
        "formaldehydeClass": "E1",
    }


@pytest.fixture
def piece(gtin: str) -> dict[str, Any]:
    return {
        "granularity": "item",
        "gtin": gtin,
        "serialNumber": "A-0001",
        "modelPassport": gtin,
        "manufacturingDate": "2026-05",
    }


@pytest.fixture
def legacy() -> dict[str, Any]:
    return {
        "granularity": "item",
        "category": "desk",
        "isSecondHandLegacy": True,
        "owner": "town",
        "availability": "inStorage",
        "inventoryNumber": "K-77",
        "condition": {"grade": "C", "assessedOn": "2026-10-01"},
        "location": {"site": "Depot", "room": "12"},
    }


Send = Callable[..., Outcome]
Whole = Callable[..., bytes]


@pytest.fixture
def whole(system: System) -> Whole:
    """A product with everything together, as bytes; ``at``, ``known`` and ``caller`` as ``past.then`` takes them."""

    def whole(code: str, **asked: Any) -> bytes:
        return together.document(system, past.then(system, code, **asked), caller=asked.get("caller"))

    return whole


@pytest.fixture
def send(system: System, caller: Callable[[str], Caller]) -> Send:
    def send(*documents: Mapping[str, Any], by: str = "maker", **options: Any) -> Outcome:
        body = json.dumps(documents[0] if len(documents) == 1 else list(documents)).encode()
        return submit(system, body=body, media_type="application/json", caller=caller(by), **options)

    return send
