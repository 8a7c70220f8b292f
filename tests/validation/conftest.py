"""What the tests of the checks share: the published files, a small world, and documents to spoil."""

import copy
import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from passport.codecs.strictjson import Raw, digest_of
from passport.model.passport import Level, Standing
from passport.model.report import Finding, Report
from passport.published import Published
from passport.validation.checking import Known, KnownProduct, check

TODAY = date(2026, 11, 21)
MODEL: Mapping[str, Any] = {
    "granularity": "model",
    "modelName": [{"value": "Exempelstolen", "language": "sv"}],
    "manufacturer": {"name": "Exempelmöbler AB"},
    "category": "office-chair",
    "materials": [{"materialClass": "metal-steel", "massShare": 60}, {"materialClass": "plastic-PP", "massShare": 40}],
}
BATCH: Mapping[str, Any] = {"granularity": "batch", "modelPassport": "M0DEL", "batchNumber": "B-1"}
ITEM: Mapping[str, Any] = {"granularity": "item", "category": "office-chair", "isSecondHandLegacy": True}

Found = list[tuple[str, str]]
Checked = Callable[..., Report]


class World:
    """A world with one model, one item, one withdrawn model and one organisation."""

    base: str | None = "https://passport.example"
    complete = True

    def product(self, reference: str) -> KnownProduct | None:
        levels = {"M0DEL": Level.MODEL, "1TEM": Level.ITEM, "W1THDRAWN": Level.MODEL}
        standing = Standing.INVALID if reference == "W1THDRAWN" else Standing.ACTIVE
        level = levels.get(reference)
        return KnownProduct(reference, f"p/{reference}", level, standing) if level else None

    def organisation(self, slug: str) -> bool:
        return slug == "exempelby-kommun"


class Nowhere(World):
    """A world of which nothing is known."""

    base = None
    complete = False

    def product(self, reference: str) -> KnownProduct | None:
        return None

    def organisation(self, slug: str) -> bool:
        return False


@pytest.fixture(scope="session")
def published() -> Published:
    return Published.load()


def raws(values: Iterable[Any]) -> list[Raw]:
    return [Raw(index, value, None, digest_of(value)) for index, value in enumerate(values)]


@pytest.fixture(scope="session")
def checked(published: Published) -> Checked:
    """The report about some documents."""

    def run(*values: Any, known: Known | None = None, today: date = TODAY) -> Report:
        return check(raws(values), published=published, known=known or World(), today=today)

    return run


@pytest.fixture(scope="session")
def found(checked: Checked) -> Callable[..., Found]:
    """The codes and places of what is found in a document that is changed in some members."""

    def run(base: Mapping[str, Any], /, known: Known | None = None, **changes: Any) -> Found:
        value = {**copy.deepcopy(dict(base)), **changes}
        return told(checked(value, known=known).findings)

    return run


def told(findings: Sequence[Finding]) -> Found:
    return [(each.code, each.pointer) for each in findings]


@pytest.fixture(scope="session")
def model() -> Mapping[str, Any]:
    return MODEL


@pytest.fixture(scope="session")
def batch() -> Mapping[str, Any]:
    return BATCH


@pytest.fixture(scope="session")
def item() -> Mapping[str, Any]:
    return ITEM


@pytest.fixture(scope="session")
def nowhere() -> Known:
    return Nowhere()


@pytest.fixture(scope="session")
def recorder(published: Published) -> ModuleType:
    """The program beside the examples of faults, which says what their reports should be."""
    path = Path(published.examples(), "invalid", "record.py")
    specification = importlib.util.spec_from_file_location("record_invalid_examples", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module
