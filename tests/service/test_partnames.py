"""Components that events name: warned of where the piece has none of that name, with the one that was meant."""

from collections.abc import Callable
from typing import Any

import pytest

from passport.model.report import Severity
from passport.service import partnames
from passport.service.submissions import Outcome
from passport.service.system import System

Send = Callable[..., Outcome]


@pytest.fixture
def chairs(send: Send, model: dict[str, Any], piece: dict[str, Any]) -> list[str]:
    """Two pieces of the maker, of a model with a frame and a seat."""
    pieces = [{**piece, "serialNumber": number, "modelPassport": "#0"} for number in ("A-1", "A-2")]
    return [each.code for each in send(model, *pieces).issued[1:]]


def repair(*codes: str, **members: Any) -> dict[str, Any]:
    return {"eventType": "repaired", "products": list(codes), "repairTypes": ["replace-part-new"], **members}


def used(name: str) -> dict[str, Any]:
    return {"componentId": name, "partOrigin": "new"}


def told(outcome: Outcome) -> list[tuple[str, str | None, str]]:
    found = [each for each in outcome.report.findings if each.code == "component-unknown-here"]
    assert all(each.severity is Severity.WARNING for each in found)
    return [(each.pointer, each.found, each.values["nearest"]) for each in found]


def test_an_unknown_one_is_a_warning_with_what_was_meant(send: Send, chairs: list[str]) -> None:
    done = send(
        repair(
            chairs[0],
            partsUsed=[used("seat"), used("seet")],
            removedComponents=["frame", "Fram"],
            components=["armrest-xyz"],
        )
    )
    assert done.created
    assert told(done) == [
        ("/components/0", "armrest-xyz", "frame, seat"),
        ("/partsUsed/1/componentId", "seet", "seat"),
        ("/removedComponents/1", "Fram", "frame"),
    ]
    assert "No component of the piece" in done.body.decode()


def test_parts_taken_out_are_components_too(send: Send, chairs: list[str]) -> None:
    event = {"eventType": "partsHarvested", "products": [chairs[0]], "parts": [{"componentId": "back"}]}
    assert send(event, by="maker", dry_run=True).report.ok
    assert told(send(event, by="maker", dry_run=True)) == [("/parts/0/componentId", "back", "frame, seat")]


def test_what_came_with_an_event_is_known_from_then_on(send: Send, chairs: list[str]) -> None:
    new = {"componentId": "armrest", "function": "armrest", "materials": [{"materialClass": "wood-solid"}]}
    added = repair(chairs[0], replacedComponents=[new], components=["armrest"])
    assert told(send(added, repair(chairs[0], partsUsed=[used("armrest")]))) == []
    assert told(send(repair(chairs[0], partsUsed=[used("armrest")]))) == []
    assert told(send(repair(chairs[1], partsUsed=[used("armrest")]))) == [
        ("/partsUsed/0/componentId", "armrest", "frame")
    ]


def test_each_place_is_warned_of_once_for_all_pieces(send: Send, chairs: list[str]) -> None:
    assert len(told(send(repair(*chairs, partsUsed=[used("sit")])))) == 1


def test_own_components_go_before_those_of_the_model(
    send: Send, model: dict[str, Any], piece: dict[str, Any], chairs: list[str]
) -> None:
    back = {"componentId": "back", "function": "back", "materials": [{"materialClass": "wood-solid", "massShare": 100}]}
    own = {**piece, "serialNumber": "B-1", "components": [back]}
    done = send(own, {**repair(), "products": ["#0"], "partsUsed": [used("back"), used("seat")]})
    assert told(done) == [("/partsUsed/1/componentId", "seat", "back")]
    assert told(send(repair(done.issued[0].code, partsUsed=[used("frame"), used("seat")]))) == [
        ("/partsUsed/0/componentId", "frame", "back, seat")
    ], "what an event has put in is a component from then on"


def test_of_a_piece_without_components_nothing_is_said(send: Send, legacy: dict[str, Any]) -> None:
    code = send(legacy, by="town").issued[0].code
    assert told(send(repair(code, partsUsed=[used("leg")]), by="town")) == []


def test_events_that_name_none_cost_nothing(
    send: Send, chairs: list[str], system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("nothing is read")

    monkeypatch.setattr(partnames, "_components", never)
    assert send(*(repair(*chairs) for _ in range(20))).created
