"""Transfers by address: what everybody may know of them, open and closed, and what only their parties may."""

from collections.abc import Callable
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from passport.errors import NotFound
from passport.model.access import Caller, Role, Scope
from passport.model.events import Subject
from passport.model.naming import id_at
from passport.service import erasure, linked, recording, transfers
from passport.service.issuance import new_id
from passport.service.submissions import Outcome
from passport.service.system import System
from passport.service.transfers import COUNTED, SHOWN, Transfer

pytestmark = pytest.mark.both_stores

Send = Callable[..., Outcome]


def event(type_: str, *products: str, **members: Any) -> dict[str, Any]:
    return {"eventType": type_, **({"products": list(products)} if products else {}), **members}


def reader(slug: str, role: Role = Role.OWNER) -> Caller:
    return Caller("", slug, role, frozenset(Scope))


def found(system: System, address: str, slug: str | None = None) -> Transfer:
    caller = None if slug is None else reader(slug)
    return transfers.transfer(system, address.rpartition("/")[2], caller)


def test_an_open_transfer_is_told_without_its_parties(system: System, act: Send, chair: str, offer: Any) -> None:
    address = offer(act, "city", "village", chair, expires="2026-12-01T00:00:00Z")
    told = found(system, address)
    assert (told.address, told.subject, told.expires) == (address, Subject.OWNERSHIP, "2026-12-01T00:00:00Z")
    assert (told.total, told.more, told.giver, told.receiver) == (1, False, None, None)
    assert [(each.code, each.outcome) for each in told.pieces] == [(chair, "open")]
    assert [each["eventType"] for each in told.pieces[0].events] == ["transferOffered"]


@pytest.mark.parametrize(
    ("by", "step", "outcome"),
    [
        ("village", "ownershipTransferred", "accepted"),
        ("village", "transferRefused", "refused"),
        ("city", "transferWithdrawn", "taken-back"),
    ],
)
def test_a_closed_transfer_tells_how_it_ended(
    system: System, act: Send, chair: str, offer: Any, by: str, step: str, outcome: str
) -> None:
    address = offer(act, "city", "village", chair)
    act(by, event(step, transfer=address))
    told = found(system, address)
    assert [each.outcome for each in told.pieces] == [outcome]
    assert [each["eventType"] for each in told.pieces[0].events] == ["transferOffered", step]
    assert told.giver is None
    assert (found(system, address, "city").giver, found(system, address, "city").receiver) == ("city", "village")
    assert transfers.transfer(system, address.rpartition("/")[2], reader("workshop", Role.REPAIRER)).giver is None


def test_responsibility_is_said_to_be_what_is_handed_over(system: System, act: Send, chair: str, offer: Any) -> None:
    address = offer(act, "city", "upholsterer", chair, transferSubject="responsibility")
    act("upholsterer", event("responsibilityTransferred", transfer=address))
    told = found(system, address)
    assert (told.subject, told.pieces[0].outcome) == (Subject.RESPONSIBILITY, "accepted")


def test_an_offer_may_end_without_an_answer(system: System, act: Send, chair: str, clock: Any, offer: Any) -> None:
    late = offer(act, "city", "village", chair, expires="2026-11-22T00:00:00Z")
    clock.forward(days=2)
    assert found(system, late).pieces[0].outcome == "expired"
    lapsed = offer(act, "city", "village", chair)
    act("city", event("destroyed", chair))
    assert [found(system, each).pieces[0].outcome for each in (late, lapsed)] == ["expired", "lapsed"]


def test_every_piece_of_a_closed_transfer_is_found_and_no_other(
    system: System, act: Send, legacy: dict[str, Any], offer: Any
) -> None:
    number = SHOWN + 30
    pieces = [
        each.code
        for each in act("city", *({**legacy, "owner": "city", "inventoryNumber": f"{n}"} for n in range(number))).issued
    ]
    before = offer(act, "city", "village", *pieces[:20])
    act("village", event("transferRefused", transfer=before))
    address = offer(act, "city", "village", *pieces)
    act("village", event("ownershipTransferred", transfer=address))
    after = offer(act, "village", "city", *pieces[:3])
    act("city", event("ownershipTransferred", transfer=after))
    assert [found(system, each).total for each in (before, address, after)] == [20, number, 3]
    told = found(system, address)
    assert [each.code for each in told.pieces] == pieces[:SHOWN]
    assert {each.outcome for each in told.pieces} == {"accepted"}
    assert number < COUNTED


def test_an_offer_is_found_behind_the_events_of_others(
    system: System, act: Send, chair: str, offer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others write at the same time: their events may have ids between that of a transfer and that of its own."""
    others = act("city", *(event("inspected", chair, condition={"grade": "B"}) for _ in range(30)))
    before = f"{id_at(others.recorded[0].event)[:-4]}0000"
    drawn = iter([before])
    with monkeypatch.context() as patched:
        patched.setattr(recording, "new_id", lambda: next(drawn, None) or new_id())
        address = offer(act, "city", "village", chair)
    assert address.endswith(before)
    act("village", event("transferRefused", transfer=address))
    assert found(system, address).pieces[0].outcome == "refused"


def test_what_is_erased_of_a_transfer_leaves_its_course(system: System, act: Send, chair: str, offer: Any) -> None:
    address = offer(act, "city", "village", chair)
    act("village", event("ownershipTransferred", transfer=address))
    for each in found(system, address).pieces[0].events[:1]:
        erasure.erase(system, str(each["id"]).rpartition("/")[2], reason="A person was described in it")
    told = found(system, address)
    assert [each["eventType"] for each in told.pieces[0].events] == ["transferOffered", "ownershipTransferred"]
    assert told.pieces[0].outcome == "accepted"


def test_t07_its_statements_are_those_of_the_public_graph(system: System, act: Send, chair: str, offer: Any) -> None:
    address = offer(act, "city", "village", chair)
    act("village", event("ownershipTransferred", transfer=address))
    told = set(parse(transfers.described(found(system, address, "city")), RdfFormat.N_TRIPLES))
    known = set(parse(linked.graph_of(system, chair), RdfFormat.N_TRIPLES))
    own = {each for each in told if str(each.subject) == f"<{address}>"}
    assert told - own <= known
    assert len(told - own) == 10
    assert {str(each.object) for each in own} <= {str(each.object) for each in known} | {
        "<https://w3id.org/furniturepassport/codes/transfer-subject/ownership>"
    }


@pytest.mark.parametrize(
    "name", ["none", "", "01a202f7-b0e4-7d0f-a731-cb9dc5d8ddc3", "ffffffff-ffff-7fff-bfff-ffffffffffff", "../x"]
)
def test_what_no_event_names_is_no_transfer(system: System, act: Send, chair: str, offer: Any, name: str) -> None:
    offer(act, "city", "village", chair)
    with pytest.raises(NotFound):
        transfers.transfer(system, name)


def test_an_event_under_no_transfer_is_none(system: System, act: Send, chair: str) -> None:
    """The id of an event is not that of a transfer, though its time leads to the event."""
    made = act("city", event("inspected", chair, condition={"grade": "B"}))
    with pytest.raises(NotFound):
        transfers.transfer(system, made.recorded[0].event.rpartition("/")[2])
