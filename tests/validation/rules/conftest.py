"""A model and a piece with everything that the rules ask about, and nothing wrong."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def document(name: str) -> Mapping[str, Any]:
    value: dict[str, Any] = json.loads((HERE / name).read_bytes(), parse_float=Decimal)
    return value


@pytest.fixture(scope="session")
def full_model() -> Mapping[str, Any]:
    return document("full-model.json")


@pytest.fixture(scope="session")
def full_item() -> Mapping[str, Any]:
    return document("full-item.json")
