"""From hand to hand: offers, receipts, private persons, loans, and who answers for a passport."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from passport.codecs.documents import inner
from passport.service.submissions import Outcome
from passport.service.system import System

Send = Callable[..., Outcome]


def event(type_: str, *products: str, **members: Any) -> dict[str, Any]:
    return {"eventType": type_, **({"products": list(products)} if products else {}), **members}


def test_ownership_follows_offer_and_acceptance(
    system: System, act: Send, chair: str, state: Any, refused: Any, sound: Any, offer: Any
) -> None:
    transfer = offer(act, "city", "village", chair, transferType="donation")
    assert state(chair).owner == "city"
    assert refused(act, "city", event("ownershipTransferred", transfer=transfer)) == {"relation-not-allowed"}
    done = act("village", event("ownershipTransferred", transfer=transfer))
    assert (state(chair).owner, state(chair).transfer) == ("village", None)
    document = system.history.document(done.recorded[0].event.rpartition("/")[2])
    assert document is not None
    said = inner(document.payload, document.start)
    offered = system.history.document(said["offer"].rpartition("/")[2])
    assert offered is not None
    assert said["offerDigest"] == f"sha256:{offered.digest.hex()}"
    assert said["ownerType"] == "municipality"
    assert "owner" not in said
    assert refused(act, "city", event("repaired", chair, repairTypes=["tighten"])) == {"relation-not-allowed"}
    assert refused(act, "village", event("ownershipTransferred", transfer=transfer)) == {"transfer-none"}
    assert sound(system)


def test_t02_only_the_owner_offers_and_only_the_one_meant_accepts(
    act: Send, chair: str, refused: Any, offer: Any
) -> None:
    assert refused(act, "village", event("transferOffered", chair, receiver="village")) == {"relation-not-allowed"}
    transfer = offer(act, "city", "village", chair)
    assert refused(act, "upholsterer", event("ownershipTransferred", transfer=transfer)) == {"relation-not-allowed"}
    assert refused(act, "village", event("transferWithdrawn", transfer=transfer)) == {"relation-not-allowed"}
    assert refused(act, "city", event("transferOffered", chair, receiver="upholsterer")) == {"transfer-open"}


@pytest.mark.parametrize(("by", "step"), [("city", "transferWithdrawn"), ("village", "transferRefused")])
def test_an_offer_can_be_taken_back_and_refused(
    act: Send, chair: str, state: Any, by: str, step: str, refused: Any, offer: Any
) -> None:
    transfer = offer(act, "city", "village", chair)
    act(by, event(step, transfer=transfer))
    assert state(chair).transfer is None
    assert refused(act, "village", event("ownershipTransferred", transfer=transfer)) == {"transfer-none"}


def test_an_offer_expires(act: Send, chair: str, clock: Any, refused: Any, offer: Any) -> None:
    transfer = offer(act, "city", "village", chair, expires="2026-11-22T00:00:00Z")
    clock.forward(days=2)
    assert refused(act, "village", event("ownershipTransferred", transfer=transfer)) == {"transfer-expired"}
    offer(act, "city", "village", chair)


def test_a_private_person_keeps_no_identity_and_a_secret_brings_the_piece_back(
    system: System, act: Send, chair: str, state: Any, refused: Any, sound: Any
) -> None:
    given = act("city", event("ownershipTransferred", chair, receiver="private-party"), key="once")
    secret = json.loads(given.body)["events"][0]["claimSecret"]
    assert state(chair).owner == "private-party"
    again = act("city", event("ownershipTransferred", chair, receiver="private-party"), key="once")
    assert again.replayed
    assert json.loads(again.body)["events"][0]["claimSecret"] == secret
    assert refused(act, "village", event("ownershipTransferred", chair, claimSecret="wrong-wrong")) == {"claim-wrong"}
    act("village", event("ownershipTransferred", chair, claimSecret=secret))
    assert (state(chair).owner, state(chair).confirmed) == ("village", True)
    kept = b"".join(each.payload for each in system.history.documents(chair))
    assert secret.encode() not in kept
    assert sound(system)


def test_a_declared_receipt_is_unconfirmed_and_yields_to_the_secret(
    act: Send, chair: str, state: Any, refused: Any
) -> None:
    given = act("city", event("ownershipTransferred", chair, receiver="private-party"))
    secret = json.loads(given.body)["events"][0]["claimSecret"]
    act("upholsterer", event("ownershipTransferred", chair))
    assert (state(chair).owner, state(chair).confirmed) == ("upholsterer", False)
    assert refused(act, "village", event("ownershipTransferred", chair)) == {"not-private"}
    act("village", event("ownershipTransferred", chair, claimSecret=secret))
    assert (state(chair).owner, state(chair).confirmed) == ("village", True)
    assert refused(act, "city", event("ownershipTransferred", chair)) == {"relation-not-allowed"}


def test_responsibility_is_transferred_apart_from_ownership(
    system: System, act: Send, chair: str, state: Any, sound: Any, offer: Any
) -> None:
    transfer = offer(act, "city", "upholsterer", chair, transferSubject="responsibility")
    act("upholsterer", event("responsibilityTransferred", transfer=transfer))
    product = system.history.product(chair)
    assert product is not None
    assert (product.operator, state(chair).owner) == ("upholsterer", "city")
    assert sound(system)


def test_a_transfer_of_many_pieces_is_one_act(system: System, act: Send, clock: Any, sound: Any, offer: Any) -> None:
    piece = {
        "granularity": "item",
        "category": "visitor-chair",
        "isSecondHandLegacy": True,
        "owner": "city",
        "availability": "inUse",
        "condition": {"grade": "B"},
    }
    pieces = [each.code for each in act("city", *[{**piece, "inventoryNumber": str(n)} for n in range(30)]).issued]
    transfer = offer(act, "city", "village", *pieces)
    assert len(system.history.transfers("village", incoming=True, after=None, limit=100)) == 30
    assert len(system.history.transfers("city", incoming=False, after=None, limit=100)) == 30
    assert system.history.counts("city")[2:] == (0, 1)
    assert system.history.counts("village") == (0, 0, 1, 0)
    done = act("village", event("ownershipTransferred", transfer=transfer))
    assert len(done.recorded) == 30
    assert {each.owner for each in system.history.pieces("village", held=False, after=None, limit=100)} == {"village"}
    assert system.history.transferring(transfer.rpartition("/")[2]) == []
    assert system.history.counts("village") == (30, 0, 0, 0)
    assert sound(system)


def test_lending_changes_the_holder_who_may_care_for_it(act: Send, chair: str, state: Any, refused: Any) -> None:
    act("city", event("lent", chair, borrower="depot", until="2027-01-01"))
    assert (state(chair).holder, state(chair).availability) == ("depot", "onLoan")
    act("depot", event("cleaned", chair))
    assert refused(act, "city", event("lent", chair, borrower="village")) == {"lent-already"}
    act("depot", event("returned", chair))
    assert (state(chair).holder, state(chair).availability) == (None, "inStorage")
    assert refused(act, "depot", event("cleaned", chair)) == {"relation-not-allowed"}


def test_what_was_only_declared_stays_unconfirmed_in_other_hands(act: Send, chair: str, state: Any, offer: Any) -> None:
    given = act("city", event("ownershipTransferred", chair, receiver="private-party"))
    secret = json.loads(given.body)["events"][0]["claimSecret"]
    act("upholsterer", event("ownershipTransferred", chair))
    act("village", event("ownershipTransferred", transfer=offer(act, "upholsterer", "village", chair)))
    assert (state(chair).owner, state(chair).confirmed) == ("village", False)
    again = act("village", event("ownershipTransferred", chair, receiver="private-party"))
    assert "claimSecret" not in json.loads(again.body)["events"][0]
    act("depot", event("ownershipTransferred", chair, claimSecret=secret))
    assert (state(chair).owner, state(chair).confirmed) == ("depot", True)


def test_t02_nobody_accepts_for_somebody_else(act: Send, chair: str, refused: Any, offer: Any) -> None:
    transfer = offer(act, "city", "village", chair)
    assert refused(act, "village", event("ownershipTransferred", transfer=transfer, receiver="upholsterer")) == {
        "receiver-itself"
    }
    act("city", event("transferWithdrawn", transfer=transfer))
    act("city", event("ownershipTransferred", chair, receiver="private-party"))
    assert refused(act, "village", event("ownershipTransferred", chair, receiver="upholsterer")) == {"receiver-itself"}


def test_t02_what_somebody_without_proof_has_ended_comes_back_with_the_secret(
    system: System, act: Send, chair: str, state: Any, sound: Any
) -> None:
    given = act("city", event("ownershipTransferred", chair, receiver="private-party"))
    secret = json.loads(given.body)["events"][0]["claimSecret"]
    act("upholsterer", event("ownershipTransferred", chair), event("destroyed", chair))
    assert state(chair).ended is not None
    act("village", event("ownershipTransferred", chair, claimSecret=secret))
    assert (state(chair).owner, state(chair).confirmed, state(chair).ended) == ("village", True, None)
    assert state(chair).availability == "inStorage"
    act("village", event("repaired", chair, repairTypes=["tighten"]))
    assert sound(system)
