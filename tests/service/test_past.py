"""What was true when, and what was known when: a story told by hand, and lives made up at random."""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from passport.codecs import state as states
from passport.errors import Erased, NotAllowed, NotFound, Unacceptable
from passport.model.access import Caller
from passport.model.passport import Tier
from passport.model.state import State
from passport.service import erasure, past, together
from passport.service.submissions import Outcome
from passport.service.system import System
from passport.service.withdrawal import withdraw

Send = Callable[..., Outcome]
NOON = "2026-11-21T12:00:00Z"


def _day(number: int, hour: int = 12) -> str:
    return f"2026-{11 + (20 + number) // 31:02d}-{(20 + number) % 31 + 1:02d}T{hour:02d}:00:00Z"


@pytest.fixture
def desk(send: Send, legacy: Mapping[str, Any]) -> str:
    return send(legacy, by="town").issued[0].code


@pytest.fixture
def act(send: Send, clock: Any) -> Callable[..., str]:
    """Record an event; a day goes by after it. Gives its address."""

    def act(by: str, type_: str, **members: Any) -> str:
        done = send({"eventType": type_, **members}, by=by).recorded[0]
        clock.forward(days=1)
        return str(done.event)

    return act


def _state(system: System, code: str, **asked: Any) -> State:
    return past.then(system, code, **asked).state


def _stored(system: System, code: str) -> State:
    product = system.history.product(code)
    assert product is not None
    return states.from_text(product.state)


def test_a_story_at_every_time_by_every_knowledge(system: System, act: Any, send: Send, desk: str, clock: Any) -> None:
    """Times are days: 0 issued · 1 found to be B · 2 a late word of a D on day 0 · 3 the B was an E · 4 given away."""
    clock.forward(days=1)
    first = act("town", "inspected", products=[desk], condition={"grade": "B"})
    act("town", "inspected", products=[desk], condition={"grade": "D"}, eventTime="2026-11-21T15:00:00Z")
    act(
        "town", "inspected", products=[desk], condition={"grade": "E"}, eventTime=_day(1),
        supersedes=first, correctionReason="incorrect-data",
    )  # fmt: skip
    transfer = send({"eventType": "transferOffered", "products": [desk], "receiver": "maker"}, by="town").recorded[0]
    act("maker", "ownershipTransferred", transfer=transfer.transfer)
    grades = {
        (at, known): _state(system, desk, at=at, known=known).grade
        for at in (NOON, _day(0, 18), _day(1), None)
        for known in (_day(0), _day(1), _day(2), _day(3), None)
    }
    assert grades == {
        **{(NOON, known): "C" for known in (_day(0), _day(1), _day(2), _day(3), None)},
        **{(_day(0, 18), known): "C" for known in (_day(0), _day(1))},
        **{(_day(0, 18), known): "D" for known in (_day(2), _day(3), None)},
        **{(at, _day(0)): "C" for at in (_day(1), None)},
        **{(at, known): "B" for at in (_day(1), None) for known in (_day(1), _day(2))},
        **{(at, known): "E" for at in (_day(1), None) for known in (_day(3), None)},
    }
    owners = {at: _state(system, desk, at=at).owner for at in (NOON, _day(3), _day(4), _day(9))}
    assert owners == {NOON: "town", _day(3): "town", _day(4): "maker", _day(9): "maker"}
    assert _state(system, desk, at=_day(9), known=_day(3)).owner == "town"
    assert _state(system, desk, at=_day(3), known=_day(9)).owner == "town"
    assert _state(system, desk, at=_day(4)).transfer is None


def test_a_passport_of_then_with_the_corrections_known_by_then(
    system: System, send: Send, model: dict[str, Any], clock: Any
) -> None:
    code = send(model).issued[0].code
    steps: tuple[tuple[str, str | None], ...] = (("7.5", "correction"), ("8.5", "change"), ("8.6", "correction"))
    for weight, kind in steps:
        clock.forward(days=1)
        send({**model, "netWeight": weight, "revision": {"revisionType": kind}})

    def version(**asked: Any) -> int:
        return past.then(system, code, **asked).reading.version

    assert [version(known=_day(number)) for number in range(4)] == [1, 2, 3, 4]
    assert [version(at=_day(number)) for number in range(4)] == [2, 2, 4, 4], "a correction was true all along"
    assert version(at=NOON, known=_day(0)) == 1
    assert version(at=_day(0), known=_day(1)) == 2
    assert version(at=_day(2), known=_day(2)) == 3
    with pytest.raises(NotFound):
        version(at="2020-01-01T00:00:00Z", known="2020-01-01T00:00:00Z")


def test_the_model_and_batch_of_then(
    system: System, send: Send, whole: Any, model: dict[str, Any], piece: dict[str, Any], clock: Any, gtin: str
) -> None:
    send(model)
    batch = {"granularity": "batch", "modelPassport": gtin, "batchNumber": "B-17"}
    named = send(batch).issued[0].code
    code = send({**piece, "batchPassport": named}).issued[0].code
    clock.forward(days=1)
    send({**model, "netWeight": "7.5", "revision": {"revisionType": "correction"}})
    send({**batch, "uniqueProductIdentifier": named, "productionCountry": "SE"})
    first, now = (json.loads(whole(code, **asked)) for asked in ({"known": _day(0)}, {}))
    assert (first["model"]["netWeight"], now["model"]["netWeight"]) == ("7.4", "7.5")
    assert "productionCountry" not in first["batch"]
    assert now["batch"]["productionCountry"] == "SE"
    assert json.loads(whole(code, at=_day(0)))["model"]["netWeight"] == "7.5", "a correction was true all along"
    assert "productionCountry" not in json.loads(whole(code, at=_day(0)))["batch"]


def test_a_withdrawn_passport_was_there_before(system: System, desk: str, clock: Any, caller: Any) -> None:
    clock.forward(days=1)
    withdraw(system, desk, reason="Registered twice.", caller=caller("town"))
    assert _state(system, desk, known=_day(0)).standing == "active"
    assert _state(system, desk, at=_day(0)).standing == "active"
    assert _state(system, desk).standing == "archived"


def test_what_was_erased_is_said_to_be_and_the_rest_of_the_past_stays(
    system: System, send: Send, desk: str, act: Any, legacy: dict[str, Any], clock: Any
) -> None:
    clock.forward(days=1)
    event = act("town", "inspected", products=[desk], condition={"grade": "B", "structureScore": 1})
    said = {name: legacy[name] for name in ("granularity", "category", "isSecondHandLegacy")}
    send({**said, "uniqueProductIdentifier": desk, "colour": [{"value": "grey", "language": "en"}]}, by="town")
    before = {at: _state(system, desk, at=at) for at in (_day(0), _day(1), _day(2))}
    erasure.erase(system, event.rpartition("/")[2], reason="It named a person")
    assert before == {at: _state(system, desk, at=at) for at in before}
    first = system.history.version(desk, 1)
    assert first is not None
    erasure.erase(system, first.id, reason="It named a person")
    with pytest.raises(Erased):
        past.then(system, desk, at=_day(1))
    assert past.then(system, desk).reading.version == 2


def test_the_names_of_then_are_for_readers_with_a_right_now(system: System, desk: str, act: Any, caller: Any) -> None:
    """What one may see of the past follows from what one is to the piece now, and who one was for the owner's tier."""
    act("town", "relocated", products=[desk], location={"room": "B214"})
    transfer = act("town", "transferOffered", products=[desk], receiver="rival")
    del transfer
    offered = _state(system, desk).transfer
    assert offered is not None
    act("rival", "ownershipTransferred", transfer=f"{system.base}/transfers/{offered.id}")
    for asked in ({}, {"at": _day(9)}, {"known": _day(9)}):
        for who, tiers in (("town", {"owner", "legitimate-interest"}), ("rival", {"legitimate-interest"})):
            found = past.then(system, desk, caller=caller(who), **asked)
            seen = {each.tier for each in found.documents} - {Tier.PUBLIC}
            assert seen == tiers, (who, asked)
            told = json.loads(together.document(system, found, caller=caller(who)))
            assert told["state"]["owner"] == "rival"
        assert "owner" not in json.loads(together.document(system, past.then(system, desk, **asked)))["state"]


def test_a_token_that_may_not_read_is_told_no_names(system: System, desk: str, caller: Callable[[str], Caller]) -> None:
    full = caller("town")
    writes = Caller(full.token, full.organisation, full.role, full.scopes - {"read"})
    found = past.then(system, desk, caller=writes)
    assert "owner" not in json.loads(together.document(system, found, caller=writes))["state"]


TYPES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("inspected", {"condition": {"grade": "B"}}),
    ("conditionAssessed", {"condition": {"grade": "D"}}),
    ("repaired", {"repairTypes": ["tighten"], "removedComponents": ["seat"]}),
    ("relocated", {"location": {"room": "1"}}),
    ("lost", {}),
    ("found", {}),
    ("offered", {}),
    ("withdrawn", {}),
    ("lent", {"borrower": "maker"}),
    ("returned", {}),
    ("transferOffered", {"receiver": "maker"}),
    ("ownershipTransferred", {}),
    ("dismantled", {}),
)


@pytest.mark.parametrize("seed", range(4))
def test_t32_what_was_known_is_what_was_stored(
    system: System, send: Send, legacy: dict[str, Any], clock: Any, seed: int
) -> None:
    """Whatever happens, known=k gives the state that was stored at k, and now is what is stored now."""
    chance = random.Random(seed)
    code = send(legacy, by="town").issued[0].code
    stored: dict[str, State] = {clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"): _stored(system, code)}
    events: list[tuple[str, str]] = []
    began = clock.now()
    for _ in range(30):
        clock.forward(minutes=7)
        type_, members = chance.choice(TYPES)
        event: dict[str, Any] = {"eventType": type_, **members, "products": [code]}
        owner, open_offer = _stored(system, code).owner or "town", _stored(system, code).transfer
        by = owner
        if type_ == "ownershipTransferred":
            by = "maker"
            event["transfer"] = f"{system.base}/transfers/{open_offer.id if open_offer else 'none'}"
        elif chance.random() < 0.5:
            late = began + (clock.now() - began) * chance.random()
            event["eventTime"] = late.strftime("%Y-%m-%dT%H:%M:%SZ")
        if events and chance.random() < 0.2:
            old, kind = chance.choice(events)
            reason = chance.choice(["did-not-occur", "incorrect-data"])
            event = {**event, **dict(TYPES)[kind], "eventType": kind, "supersedes": old, "correctionReason": reason}
        try:
            done = send(event, by=by)
        except (Unacceptable, NotAllowed):
            continue
        events.append((done.recorded[0].event, str(event["eventType"])))
        stored[clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")] = _stored(system, code)
    assert len(stored) > 8
    for known, state in stored.items():
        assert past.then(system, code, known=known).state == state, known
    now = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert _state(system, code) == _state(system, code, known=now) == _stored(system, code)
    assert _state(system, code, at=now, known=now) == _stored(system, code)
    assert states.refolded(past_documents(system, code)) == _stored(system, code)


def past_documents(system: System, code: str) -> list[Any]:
    return [each for each in system.history.documents(code) if each.kind == "event"]
