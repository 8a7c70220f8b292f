"""Documents to submit and one way to submit them."""

import json
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from passport.codecs import state as states
from passport.errors import NotAllowed, Unacceptable
from passport.model.access import Caller, Role, Scope
from passport.model.state import State
from passport.ports import Organisation
from passport.published.namespaces import VOCAB
from passport.service import linked, past, together
from passport.service.audit import audit
from passport.service.organisations import add_organisation
from passport.service.submissions import Outcome, submit
from passport.service.system import System
from tests.service.auditing import make_sound


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


PARTIES = {
    "city": Role.OWNER,
    "village": Role.OWNER,
    "workshop": Role.REPAIRER,
    "upholsterer": Role.REFURBISHER,
    "scrapyard": Role.RECYCLER,
    "depot": Role.HOLDER,
    "university": Role.RESEARCHER,
}
"""Organisations among which pieces live; the name of the workshop is not public."""


@pytest.fixture
def parties(system: System) -> None:
    for slug, role in PARTIES.items():
        add_organisation(system, Organisation(slug, slug.title(), role, kind="municipality", public=slug != "workshop"))


@pytest.fixture
def act(system: System, parties: None) -> Send:
    """Record events, or submit anything, as one of the parties."""

    def act(by: str, *documents: Mapping[str, Any], **options: Any) -> Outcome:
        organisation = system.parties.organisation(by)
        assert organisation is not None
        caller = Caller("", by, organisation.role, frozenset(Scope))
        body = json.dumps(list(documents)).encode()
        return submit(system, body=body, media_type="application/json", caller=caller, **options)

    return act


@pytest.fixture
def refused() -> Callable[..., set[str]]:
    """The codes of the findings for which a submission is refused."""

    def refused(send: Send, by: str, *documents: Mapping[str, Any]) -> set[str]:
        with pytest.raises((Unacceptable, NotAllowed)) as caught:
            send(by, *documents)
        return {finding.code for finding in caught.value.report.findings}

    return refused


@pytest.fixture
def offer() -> Callable[..., str]:
    """Offer pieces to somebody; gives the address of the transfer."""

    def offer(send: Send, by: str, to: str, *pieces: str, **members: Any) -> str:
        event = {"eventType": "transferOffered", "products": list(pieces), "receiver": to, **members}
        transfer = send(by, event).recorded[0].transfer
        assert transfer is not None
        return transfer

    return offer


@pytest.fixture
def sound() -> Callable[[System], bool]:
    """Whether the audit finds nothing."""
    return lambda system: audit(system.history, system.parties, base=system.base) == []


@pytest.fixture
def chair(act: Send) -> str:
    """A chair of the city, found without a passport."""
    found = {
        "granularity": "item",
        "category": "visitor-chair",
        "isSecondHandLegacy": True,
        "owner": "city",
        "condition": {"grade": "C", "assessedOn": "2026-10-01"},
        "availability": "inUse",
    }
    return act("city", found).issued[0].code


@pytest.fixture
def state(system: System) -> Callable[[str], State]:
    """The state of a piece; what it is looked up by must agree with it."""

    def state(code: str) -> State:
        product = system.history.product(code)
        assert product is not None
        found = states.from_text(product.state)
        assert (product.owner, product.holder) == (found.owner, found.holder)
        assert product.transfer == (found.transfer.id if found.transfer else None)
        return found

    return state


@pytest.fixture
def grow(send: Send, model: dict[str, Any]) -> Callable[[], Outcome]:
    """Let the log grow by one version of a model."""
    weights = iter(range(100, 10_000))

    def grow() -> Outcome:
        return send({**model, "netWeight": next(weights) / 10})

    return grow


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphs share one code list, not the whole vocabulary, which would be nearly all that is in them."""
    whole, name = linked._vocabularies, f"{VOCAB}codes/material-class"
    monkeypatch.setattr(linked, "_vocabularies", lambda published: {name: whole(published)[name]})


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Wait until something is so, at most two minutes."""

    def until(done: Callable[[], object]) -> None:
        deadline = time.monotonic() + 120
        while not done():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    return until


@pytest.fixture(scope="session")
def sound_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed store in which everything is sound."""
    return make_sound(tmp_path_factory.mktemp("sound") / "data")


@pytest.fixture
def folder(sound_store: Path, tmp_path: Path) -> Path:
    """A copy of the sound store, to be damaged."""
    return Path(shutil.copytree(sound_store, tmp_path / "copy"))
