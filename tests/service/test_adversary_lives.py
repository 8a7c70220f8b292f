"""Attacks upon the lives of pieces: by who had them, who answers for them, and who only says that it made them."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from passport.errors import Malformed, TooLarge
from passport.model.access import Caller, Role, Scope
from passport.model.events import Subject
from passport.service.delegation import delegate
from passport.service.submissions import Outcome, submit
from passport.service.system import System

Send = Callable[..., Outcome]


def event(type_: str, *products: str, **members: Any) -> dict[str, Any]:
    return {"eventType": type_, **({"products": list(products)} if products else {}), **members}


def answers(type_: str, transfer: str) -> dict[str, Any]:
    return event(type_, transfer=transfer)


def test_t02_who_answers_for_a_piece_cannot_keep_its_owner_from_giving_it_away(
    act: Send, chair: str, state: Any, refused: Any, offer: Any, sound: Any, system: System
) -> None:
    act("village", answers("ownershipTransferred", offer(act, "city", "village", chair)))
    never = {"transferSubject": "responsibility", "expires": "9999-12-31T23:59:59Z"}
    blocking = offer(act, "city", "maker", chair, **never)
    assert refused(act, "city", event("transferOffered", chair, receiver="rival", **never)) == {"transfer-open"}
    offered = offer(act, "village", "town", chair)
    assert state(chair).transfer.subject is Subject.OWNERSHIP
    assert refused(act, "city", event("transferOffered", chair, receiver="maker", **never)) == {"transfer-open"}
    assert refused(act, "maker", event("responsibilityTransferred", chair, transfer=blocking)) == {
        "relation-not-allowed"
    }
    act("town", answers("ownershipTransferred", offered))
    offer(act, "city", "maker", chair, **never)
    act("town", event("ownershipTransferred", chair, receiver="private-party"))
    assert state(chair).owner == "private-party"
    assert sound(system)


def test_responsibility_goes_to_the_owner_but_not_to_who_has_it(
    act: Send, chair: str, refused: Any, offer: Any, system: System
) -> None:
    act("village", answers("ownershipTransferred", offer(act, "city", "village", chair)))
    own = event("transferOffered", chair, receiver="city", transferSubject="responsibility")
    assert refused(act, "city", own) == {"transfer-to-self"}
    offered = offer(act, "city", "village", chair, transferSubject="responsibility")
    act("village", answers("responsibilityTransferred", offered))
    assert system.history.product(chair).operator == "village"


def test_t02_a_later_handover_opens_nothing_to_those_who_had_a_piece_long_before(
    act: Send, chair: str, clock: Any, refused: Any, offer: Any
) -> None:
    clock.forward(days=1)
    once = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    repair = event("repaired", chair, repairTypes=["re-glue"], eventTime=once)
    for giver, taker in (("city", "village"), ("village", "town")):
        clock.forward(days=1)
        act(taker, answers("ownershipTransferred", offer(act, giver, taker, chair)))
    act("city", repair)
    clock.forward(days=400)
    act("village", answers("ownershipTransferred", offer(act, "town", "village", chair)))
    assert refused(act, "city", repair) == {"relation-not-allowed"}


def test_t02_who_gave_a_piece_away_cannot_say_that_it_was_lost(
    act: Send, chair: str, clock: Any, state: Any, refused: Any, offer: Any
) -> None:
    clock.forward(days=1)
    then = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    clock.forward(days=1)
    act("village", answers("ownershipTransferred", offer(act, "city", "village", chair)))
    assert refused(act, "city", event("lost", chair, eventTime=then)) == {"relation-not-allowed"}
    assert state(chair).availability != "lost"


def test_a_piece_is_not_made_after_it_changed_hands(act: Send, clock: Any, refused: Any, offer: Any) -> None:
    made = act("maker", {"granularity": "item", "category": "visitor-chair", "isSecondHandLegacy": True})
    code = made.issued[0].code
    act("village", answers("ownershipTransferred", offer(act, "maker", "village", code)))
    clock.forward(days=1)
    assert refused(act, "maker", event("manufactured", code)) == {"event-before-made"}


def test_nothing_is_remanufactured_into_itself(act: Send, chair: str, refused: Any) -> None:
    own = {"granularity": "item", "category": "visitor-chair", "isSecondHandLegacy": True}
    act("city", {**own, "uniqueProductIdentifier": chair, "previousPassports": [f"https://passport.example/p/{chair}"]})
    assert refused(act, "city", event("remanufactured", chair, outputs=[chair])) == {"outputs-unlinked"}


@pytest.mark.parametrize(
    "times",
    [
        {"until": "9999-12-31T23:59:59-14:00"},
        {"starts": "0001-01-01T00:00:00+14:00", "until": "2026-12-01T00:00:00Z"},
    ],
)
def test_times_beyond_all_calendars_are_refused(system: System, parties: None, times: dict[str, str]) -> None:
    city = Caller("", "city", Role.OWNER, frozenset(Scope))
    with pytest.raises(Malformed):
        delegate(system, city, to="workshop", events=["repaired"], **times)


def test_t09_small_submissions_cannot_ask_for_endless_work(
    act: Send, chair: str, offer: Any, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = replace(system, limits=replace(system.limits, documents=5))
    village = Caller("", "village", Role.OWNER, frozenset(Scope))

    def send(*documents: dict[str, Any]) -> Outcome:
        return submit(wide, body=json.dumps(documents).encode(), media_type="application/json", caller=village)

    found = {"granularity": "item", "category": "visitor-chair", "isSecondHandLegacy": True}
    chairs = [each.code for each in act("city", found, found, found).issued]
    with pytest.raises(TooLarge, match="too many pieces"):
        send(event("cleaned", *chairs), event("maintained", *chairs))
    transfer = offer(act, "city", "town", *chairs)
    with pytest.raises(TooLarge, match="too many pieces"):
        send(answers("ownershipTransferred", transfer), answers("ownershipTransferred", transfer))
    monkeypatch.setattr("passport.service.effort.FOLDS", 10)
    done = act("city", *[event("cleaned", chair, careProduct=str(number)) for number in range(5)])
    never = [event("cleaned", chair, supersedes=each.event, correctionReason="did-not-occur") for each in done.recorded]
    with pytest.raises(TooLarge, match="too many corrections"):
        act("city", *never)
    act("city", never[0])


@pytest.mark.both_stores
def test_a_piece_is_given_to_a_private_person_as_it_gets_its_passport(
    act: Send, state: Any, sound: Any, system: System
) -> None:
    found = {"granularity": "item", "category": "visitor-chair", "isSecondHandLegacy": True}
    given = act("city", event("ownershipTransferred", "#1", receiver="private-party"), found)
    code = given.issued[0].code
    assert state(code).owner == "private-party"
    (told,) = json.loads(given.body)["events"]
    act("village", event("ownershipTransferred", code, claimSecret=told["claimSecret"]))
    assert (state(code).owner, state(code).confirmed) == ("village", True)
    assert sound(system)
