"""Corrections of a model hold for the pieces made before them, changes do not; every difference is told."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from passport.codecs.documents import inner
from passport.codecs.pointers import follow, parts_of
from passport.errors import Malformed, NotFound, Unacceptable
from passport.service import past, resolution, together
from passport.service.revisions import revision
from passport.service.submissions import Outcome
from passport.service.system import System

Send = Callable[..., Outcome]

CORRECTION: Mapping[str, Any] = {
    "revisionType": "correction",
    "reason": [{"value": "The scale was wrong.", "language": "en"}],
}
CHANGE: Mapping[str, Any] = {"revisionType": "change"}
MIXED = {(1, 2): False, (2, 3): False, (1, 3): True, (2, 4): False, (1, 4): True}
"""Whether the versions after one up to another, of a correction and two changes, are of both kinds."""


def _weight(system: System, code: str) -> str:
    model = resolution.model_of(system, resolution.passport(system, code))
    assert model is not None
    weight: str = model["netWeight"]
    return weight


def test_a_correction_flows_to_a_piece_and_a_change_does_not(
    system: System, send: Send, model: dict[str, Any], piece: dict[str, Any]
) -> None:
    _, old = send(model, piece).issued
    send({**model, "netWeight": 7.5, "revision": CORRECTION})
    assert _weight(system, old.code) == "7.5"
    send({**model, "netWeight": 8, "revision": CHANGE})
    assert _weight(system, old.code) == "7.5"
    (new,) = send({**piece, "serialNumber": "A-0002"}).issued
    assert _weight(system, new.code) == "8"


def test_a_correction_after_a_change_is_about_what_was_made_since(
    system: System, send: Send, model: dict[str, Any], piece: dict[str, Any]
) -> None:
    _, old = send(model, piece).issued
    send({**model, "netWeight": 8})
    (new,) = send({**piece, "serialNumber": "A-0002"}).issued
    send({**model, "netWeight": 8.2, "revision": CORRECTION})
    assert (_weight(system, old.code), _weight(system, new.code)) == ("7.4", "8.2")
    merged = json.loads(together.document(system, past.then(system, new.code)))
    assert merged["model"]["version"] == 3
    assert merged["passport"]["modelPassport"]["id"].endswith("/versions/2")


def test_several_corrections_in_a_row_all_flow(
    system: System, send: Send, model: dict[str, Any], piece: dict[str, Any]
) -> None:
    _, old = send(model, piece).issued
    for weight in (7.5, 7.6, 7.7):
        send({**model, "netWeight": weight, "revision": CORRECTION})
    assert _weight(system, old.code) == "7.7"


def test_a_first_version_revises_nothing(send: Send, model: dict[str, Any]) -> None:
    with pytest.raises(Unacceptable) as refused:
        send({**model, "revision": CORRECTION})
    assert [(each.code, each.pointer) for each in refused.value.report.findings if each.severity == "error"] == [
        ("revision-of-nothing", "/revision")
    ]


def test_every_version_says_when_the_first_was_issued(system: System, send: Send, model: dict[str, Any]) -> None:
    code = send(model).issued[0].code
    send({**model, "netWeight": 8})
    first, second = (resolution.version(system, code, number) for number in (1, 2))
    assert inner(first.payload, first.start)["issuedAt"] == first.at
    assert inner(second.payload, second.start)["issuedAt"] == first.at


def test_differences_name_what_was_added_removed_and_changed(system: System, send: Send, model: dict[str, Any]) -> None:
    code = send(model).issued[0].code
    frame, seat = model["components"]
    castor = {**seat, "componentId": "castor", "function": "castor"}
    later = {**model, "netWeight": 8, "brand": "Alba", "components": [castor, {**frame, "mass": "5.5"}]}
    del later["manufacturer"]["address"]
    send({**later, "revision": CORRECTION})
    found = revision(system, code, 2)
    assert found.corrects
    told = {each.pointer: (each.change, each.before, each.after) for each in found.differences}
    castor_node = told.pop("/components/0")
    seat_node = told.pop("/components/1")
    assert (castor_node[0], castor_node[2]["componentId"]) == ("added", "castor")
    assert (seat_node[0], seat_node[1]["componentId"]) == ("removed", "seat")
    assert told == {
        "/netWeight": ("changed", "7.4", "8"),
        "/brand": ("added", None, "Alba"),
        "/components/1/mass": ("changed", "5.4", "5.5"),
        "/manufacturer/address": ("removed", told["/manufacturer/address"][1], None),
        "/revision": ("added", None, told["/revision"][2]),
    }
    for each in found.differences:
        document = found.before if each.after is None else found.after
        assert follow(document, parts_of(each.pointer)) == (each.after if each.after is not None else each.before)


def test_any_earlier_version_can_be_compared_with(system: System, send: Send, model: dict[str, Any]) -> None:
    code = send(model).issued[0].code
    for weight in (8, 9):
        send({**model, "netWeight": weight})
    (difference,) = revision(system, code, 3, since=1).differences
    assert (difference.before, difference.after) == ("7.4", "9")
    with pytest.raises(NotFound):
        revision(system, code, 1)
    with pytest.raises(NotFound):
        revision(system, code, 4)
    for since in (3, 4):
        with pytest.raises(Malformed):
            revision(system, code, 3, since=since)


def test_versions_taken_together_are_of_one_kind_or_of_both(system: System, send: Send, model: dict[str, Any]) -> None:
    code = send(model).issued[0].code
    for weight, said in ((8, CORRECTION), (9, CHANGE), (10, CHANGE)):
        send({**model, "netWeight": weight, "revision": said})
    told = {(since, number): revision(system, code, number, since=since) for since, number in MIXED}
    assert {span: each.mixed for span, each in told.items()} == MIXED
    assert told[1, 2].corrects


def test_a_piece_names_its_batch_by_address(system: System, send: Send, model: dict[str, Any], gtin: str) -> None:
    batch = {"granularity": "batch", "gtin": gtin, "batchNumber": "W14", "modelPassport": "#0"}
    item = {"granularity": "item", "gtin": gtin, "serialNumber": "B1", "modelPassport": "#0", "batchPassport": "#1"}
    _, lot, piece = send(model, batch, item).issued
    reading = resolution.passport(system, piece.code)
    address = system.passport_address(lot.code)
    assert inner(reading.payload, reading.start)["batchPassport"] == address
    (later,) = send({**item, "serialNumber": "B2", "modelPassport": gtin, "batchPassport": address}).issued
    reading = resolution.passport(system, later.code)
    assert inner(reading.payload, reading.start)["batchPassport"] == address


@pytest.mark.parametrize(("reference", "code"), [("7KX94M2QZ", "batch-unknown"), ("#0", "batch-is-not-a-batch")])
def test_what_is_no_batch_is_refused_as_one(
    send: Send, model: dict[str, Any], piece: dict[str, Any], reference: str, code: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        send(model, {**piece, "batchPassport": reference})
    assert code in {each.code for each in refused.value.report.findings}
