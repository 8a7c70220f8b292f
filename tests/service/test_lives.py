"""Lives through the one door: what happens to a piece, who may let it happen, and what can never have been."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from passport.codecs import state as states
from passport.codecs.documents import inner
from passport.errors import NotAllowed, Unacceptable
from passport.model.access import Caller, Role, Scope
from passport.model.events import EventType
from passport.model.lifecycle import State
from passport.model.naming import code_key
from passport.model.passport import Kind, Standing, Tier
from passport.model.shortcode import draw
from passport.ports import Delegation, Organisation
from passport.service.audit import audit
from passport.service.organisations import add_organisation
from passport.service.submissions import Outcome, submit
from passport.service.system import System

Send = Callable[..., Outcome]
PARTIES = {
    "city": Role.OWNER,
    "village": Role.OWNER,
    "workshop": Role.REPAIRER,
    "upholsterer": Role.REFURBISHER,
    "scrapyard": Role.RECYCLER,
    "depot": Role.HOLDER,
    "university": Role.RESEARCHER,
}


@pytest.fixture(autouse=True)
def parties(system: System) -> None:
    for slug, role in PARTIES.items():
        add_organisation(system, Organisation(slug, slug.title(), role, kind="municipality", public=slug != "workshop"))


@pytest.fixture
def act(system: System) -> Send:
    """Record events, or submit anything, as one of the parties."""

    def act(by: str, *documents: Mapping[str, Any], **options: Any) -> Outcome:
        organisation = system.parties.organisation(by)
        assert organisation is not None
        caller = Caller("", by, organisation.role, frozenset(Scope))
        body = json.dumps(list(documents)).encode()
        return submit(system, body=body, media_type="application/json", caller=caller, **options)

    return act


@pytest.fixture
def chair(act: Send) -> str:
    """A chair of the city, found without a passport."""
    return (
        act(
            "city",
            {
                "granularity": "item",
                "category": "visitor-chair",
                "isSecondHandLegacy": True,
                "owner": "city",
                "condition": {"grade": "C", "assessedOn": "2026-10-01"},
                "availability": "inUse",
            },
        )
        .issued[0]
        .code
    )


@pytest.fixture
def state(system: System) -> Callable[[str], State]:
    def state(code: str) -> State:
        product = system.history.product(code)
        assert product is not None
        found = states.from_text(product.state)
        assert (product.owner, product.holder) == (found.owner, found.holder)
        assert product.transfer == (found.transfer.id if found.transfer else None)
        return found

    return state


def event(type_: str, *products: str, **members: Any) -> dict[str, Any]:
    return {"eventType": type_, **({"products": list(products)} if products else {}), **members}


def codes(refused: Unacceptable | NotAllowed) -> set[str]:
    return {finding.code for finding in refused.report.findings}  # type: ignore[attr-defined]


def refused(send: Send, by: str, *documents: Mapping[str, Any]) -> set[str]:
    with pytest.raises((Unacceptable, NotAllowed)) as caught:
        send(by, *documents)
    return codes(caught.value)


def sound(system: System) -> bool:
    return audit(system.history, system.parties, base=system.base) == []


def offer(act: Send, by: str, to: str, *pieces: str, **members: Any) -> str:
    transfer = act(by, event("transferOffered", *pieces, receiver=to, **members)).recorded[0].transfer
    assert transfer is not None
    return transfer


def test_a_repair_is_one_signed_event_with_its_own_time(system: System, act: Send, chair: str, state: Any) -> None:
    done = act(
        "city",
        event(
            "repaired",
            chair,
            eventTime="2026-11-20T09:00:00Z",
            repairTypes=["re-glue"],
            condition={"grade": "B", "structureScore": 0},
            notes=[{"value": "Glued the back", "language": "en"}],
            cost={"amount": "12.50", "currency": "SEK"},
        ),
    )
    now = state(chair)
    assert (now.repairs, now.grade, now.graded) == (1, "B", "2026-11-20T09:00:00Z")
    documents = [
        each
        for each in system.history.documents(chair, kind=Kind.EVENT)
        if inner(each.payload, each.start)["id"] == done.recorded[0].event
    ]
    assert [each.tier for each in documents] == [Tier.PUBLIC, Tier.LEGITIMATE_INTEREST, Tier.OWNER]
    public, kept, own = (inner(each.payload, each.start) for each in documents)
    assert public["eventType"] == "repaired"
    assert public["actorRole"] == "owner"
    assert "notes" not in public
    assert public["condition"]["grade"] == "B"
    assert "structureScore" not in public["condition"]
    assert kept["notes"][0]["value"] == "Glued the back"
    assert kept["condition"]["structureScore"] == 0
    assert own["cost"]["amount"] == "12.5"
    assert own["audience"] == "city"
    assert [each["tier"] for each in public["restrictedDocuments"]] == ["legitimate-interest", "owner"]
    assert sound(system)


def test_ownership_follows_offer_and_acceptance(system: System, act: Send, chair: str, state: Any) -> None:
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


def test_t02_only_the_owner_offers_and_only_the_one_meant_accepts(act: Send, chair: str) -> None:
    assert refused(act, "village", event("transferOffered", chair, receiver="village")) == {"relation-not-allowed"}
    transfer = offer(act, "city", "village", chair)
    assert refused(act, "upholsterer", event("ownershipTransferred", transfer=transfer)) == {"relation-not-allowed"}
    assert refused(act, "village", event("transferWithdrawn", transfer=transfer)) == {"relation-not-allowed"}
    assert refused(act, "city", event("transferOffered", chair, receiver="upholsterer")) == {"transfer-open"}


@pytest.mark.parametrize(("by", "step"), [("city", "transferWithdrawn"), ("village", "transferRefused")])
def test_an_offer_can_be_taken_back_and_refused(act: Send, chair: str, state: Any, by: str, step: str) -> None:
    transfer = offer(act, "city", "village", chair)
    act(by, event(step, transfer=transfer))
    assert state(chair).transfer is None
    assert refused(act, "village", event("ownershipTransferred", transfer=transfer)) == {"transfer-none"}


def test_an_offer_expires(act: Send, chair: str, clock: Any) -> None:
    transfer = offer(act, "city", "village", chair, expires="2026-11-22T00:00:00Z")
    clock.forward(days=2)
    assert refused(act, "village", event("ownershipTransferred", transfer=transfer)) == {"transfer-expired"}
    offer(act, "city", "village", chair)


def test_a_private_person_keeps_no_identity_and_a_secret_brings_the_piece_back(
    system: System, act: Send, chair: str, state: Any
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


def test_a_declared_receipt_is_unconfirmed_and_yields_to_the_secret(act: Send, chair: str, state: Any) -> None:
    given = act("city", event("ownershipTransferred", chair, receiver="private-party"))
    secret = json.loads(given.body)["events"][0]["claimSecret"]
    act("upholsterer", event("ownershipTransferred", chair))
    assert (state(chair).owner, state(chair).confirmed) == ("upholsterer", False)
    assert refused(act, "village", event("ownershipTransferred", chair)) == {"not-private"}
    act("village", event("ownershipTransferred", chair, claimSecret=secret))
    assert (state(chair).owner, state(chair).confirmed) == ("village", True)
    assert refused(act, "city", event("ownershipTransferred", chair)) == {"relation-not-allowed"}


def test_what_cannot_be_is_a_finding_that_says_why(act: Send, chair: str) -> None:
    assert refused(act, "city", event("returned", chair)) == {"not-lent"}
    assert refused(act, "city", event("found", chair)) == {"not-lost"}
    assert refused(act, "city", event("withdrawn", chair)) == {"not-offered"}
    assert refused(
        act, "city", event("repaired", chair, repairTypes=["tighten"], eventTime="2026-11-21T13:00:00Z")
    ) == {"event-in-future"}
    assert refused(act, "city", event("repaired", code_key(draw())[2:], repairTypes=["tighten"])) == {"product-unknown"}
    act("city", event("inspected", chair, condition={"grade": "D", "structureScore": 3}))
    assert refused(act, "city", event("offered", chair)) == {"unsafe-offered"}
    act("city", event("destroyed", chair, eventTime="2026-11-21T12:00:00Z"))
    assert refused(act, "city", event("repaired", chair, repairTypes=["tighten"])) == {"event-after-end"}
    assert refused(act, "city", event("transferOffered", chair, receiver="village")) == {"event-after-end"}


def test_an_observation_may_come_late_when_it_was_possible_then(act: Send, chair: str, state: Any, clock: Any) -> None:
    clock.forward(days=5)
    offered = offer(act, "city", "village", chair)
    act("village", event("ownershipTransferred", transfer=offered))
    act("village", event("inspected", chair, condition={"grade": "B"}))
    clock.forward(days=1)
    act(
        "city",
        event("repaired", chair, repairTypes=["tighten"], condition={"grade": "D"}, eventTime="2026-11-22T08:00:00Z"),
    )
    assert (state(chair).grade, state(chair).repairs) == ("B", 1)
    assert refused(act, "village", event("cleaned", chair, eventTime="2026-11-22T08:00:00Z")) == {"event-late-conflict"}
    clock.forward(days=40)
    assert refused(act, "city", event("cleaned", chair, eventTime="2026-11-22T08:00:00Z")) == {"relation-not-allowed"}


def test_a_wrong_clock_is_set_right_and_marked(system: System, act: Send, chair: str) -> None:
    done = act(
        "city",
        event("cleaned", chair, eventTime="2026-11-20T10:00:00Z", deviceTime="2026-11-20T10:30:00Z"),
    )
    document = system.history.document(done.recorded[0].event.rpartition("/")[2])
    assert document is not None
    said = inner(document.payload, document.start)
    assert said["eventTime"] == "2026-11-21T11:30:00Z"
    assert said["reportedTime"] == "2026-11-20T10:00:00Z"
    assert said["clockCorrection"] == 25.5 * 3600


def test_corrections_stand_in_the_place_of_what_they_correct(system: System, act: Send, chair: str, state: Any) -> None:
    first = act("city", event("inspected", chair, condition={"grade": "E"}, eventTime="2026-11-01T08:00:00Z"))
    mended = act(
        "city",
        event(
            "inspected",
            chair,
            condition={"grade": "B"},
            eventTime="2026-11-01T08:00:00Z",
            supersedes=first.recorded[0].event,
            correctionReason="incorrect-data",
            reason=[{"value": "Wrong key", "language": "en"}],
        ),
    )
    assert state(chair).grade == "B"
    old = first.recorded[0].event.rpartition("/")[2]
    assert system.history.document(old) is not None
    assert not system.history.is_revoked(old)
    again = event(
        "inspected",
        chair,
        condition={"grade": "A"},
        supersedes=first.recorded[0].event,
        correctionReason="incorrect-data",
    )
    assert refused(act, "city", again) == {"superseded-already"}
    gone = event("inspected", chair, supersedes=mended.recorded[0].event, correctionReason="did-not-occur")
    assert refused(act, "village", gone) >= {"relation-not-allowed"}
    act("city", gone)
    assert state(chair).grade == "C"
    assert system.history.is_revoked(mended.recorded[0].event.rpartition("/")[2])
    assert sound(system)


def test_an_end_that_never_was_can_be_taken_back(act: Send, chair: str, state: Any, system: System) -> None:
    ended = act("city", event("destroyed", chair))
    assert state(chair).ending is EventType.DESTROYED
    act("city", event("destroyed", chair, supersedes=ended.recorded[0].event, correctionReason="did-not-occur"))
    assert state(chair).ending is None
    act("city", event("repaired", chair, repairTypes=["tighten"]))
    assert sound(system)


def test_a_repairer_acts_by_delegation_for_a_time_and_for_some_events(system: System, act: Send, chair: str) -> None:
    assert refused(act, "workshop", event("repaired", chair, repairTypes=["tighten"])) == {"relation-not-allowed"}
    system.parties.add_delegation(
        Delegation(
            "d1",
            "city",
            "workshop",
            frozenset({EventType.REPAIRED}),
            "2026-11-01T00:00:00Z",
            "2026-12-01T00:00:00Z",
            "2026-11-01T00:00:00Z",
        )
    )
    done = act("workshop", event("repaired", chair, repairTypes=["tighten"]))
    documents = list(system.history.documents(chair, kind=Kind.EVENT))[-2:]
    assert documents[0].issuer == "service"
    assert documents[1].issuer == "workshop"
    assert b"workshop" not in documents[0].payload
    assert inner(documents[1].payload, documents[1].start)["actor"] == "workshop"
    assert done.recorded[0].event.endswith(documents[0].id)
    assert refused(act, "workshop", event("cleaned", chair)) == {"relation-not-allowed"}
    assert sound(system)


def test_responsibility_is_transferred_apart_from_ownership(system: System, act: Send, chair: str, state: Any) -> None:
    transfer = offer(act, "city", "upholsterer", chair, transferSubject="responsibility")
    act("upholsterer", event("responsibilityTransferred", transfer=transfer))
    product = system.history.product(chair)
    assert product is not None
    assert (product.operator, state(chair).owner) == ("upholsterer", "city")
    assert sound(system)


def test_remanufacturing_gives_a_new_identity_and_closes_the_old_one(system: System, act: Send, chair: str) -> None:
    old = f"{system.base}/passports/{chair}"
    new = {
        "granularity": "item",
        "category": "visitor-chair",
        "owner": "city",
        "condition": {"grade": "A"},
        "previousPassports": [old],
        "isSecondHandLegacy": True,
    }
    unlinked = {**new, "previousPassports": [f"{system.base}/p/ZZZZZZZZ"]}
    assert "outputs-unlinked" in refused(act, "city", unlinked, event("remanufactured", chair, outputs=["#0"]))
    done = act("city", new, event("remanufactured", chair, outputs=["#0"]))
    product = system.history.product(chair)
    assert product is not None
    made = states.from_text(product.state)
    assert made.successors == (f"{system.base}/passports/{done.issued[0].code}",)
    assert product.standing is Standing.INACTIVE
    assert refused(act, "city", event("repaired", chair, repairTypes=["tighten"])) == {"event-after-end"}
    assert sound(system)


def test_a_transfer_of_many_pieces_is_one_act(system: System, act: Send, clock: Any) -> None:
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
    done = act("village", event("ownershipTransferred", transfer=transfer))
    assert len(done.recorded) == 30
    assert {each.owner for each in system.history.pieces("village", held=False, after=None, limit=100)} == {"village"}
    assert system.history.transferring(transfer.rpartition("/")[2]) == []
    assert sound(system)


def test_lending_changes_the_holder_who_may_care_for_it(act: Send, chair: str, state: Any) -> None:
    act("city", event("lent", chair, borrower="depot", until="2027-01-01"))
    assert (state(chair).holder, state(chair).availability) == ("depot", "onLoan")
    act("depot", event("cleaned", chair))
    assert refused(act, "city", event("lent", chair, borrower="village")) == {"lent-already"}
    act("depot", event("returned", chair))
    assert (state(chair).holder, state(chair).availability) == (None, "inStorage")
    assert refused(act, "depot", event("cleaned", chair)) == {"relation-not-allowed"}


def test_the_recycler_who_collected_a_piece_ends_its_life(act: Send, chair: str, state: Any) -> None:
    act("city", event("collected", chair, collector="scrapyard"))
    assert refused(act, "city", event("recycled", chair, route="material-recycling")) == {"role-not-allowed"}
    act("scrapyard", event("dismantled", chair))
    act(
        "scrapyard",
        event("recycled", chair, route="material-recycling", masses=[{"materialClass": "wood-solid", "mass": 5}]),
    )
    assert state(chair).ending is EventType.RECYCLED
    assert state(chair).availability == "discarded"


def test_what_was_only_declared_stays_unconfirmed_in_other_hands(act: Send, chair: str, state: Any) -> None:
    given = act("city", event("ownershipTransferred", chair, receiver="private-party"))
    secret = json.loads(given.body)["events"][0]["claimSecret"]
    act("upholsterer", event("ownershipTransferred", chair))
    act("village", event("ownershipTransferred", transfer=offer(act, "upholsterer", "village", chair)))
    assert (state(chair).owner, state(chair).confirmed) == ("village", False)
    again = act("village", event("ownershipTransferred", chair, receiver="private-party"))
    assert "claimSecret" not in json.loads(again.body)["events"][0]
    act("depot", event("ownershipTransferred", chair, claimSecret=secret))
    assert (state(chair).owner, state(chair).confirmed) == ("depot", True)


def test_t02_nobody_accepts_for_somebody_else(act: Send, chair: str) -> None:
    transfer = offer(act, "city", "village", chair)
    assert refused(act, "village", event("ownershipTransferred", transfer=transfer, receiver="upholsterer")) == {
        "receiver-itself"
    }
    act("city", event("transferWithdrawn", transfer=transfer))
    act("city", event("ownershipTransferred", chair, receiver="private-party"))
    assert refused(act, "village", event("ownershipTransferred", chair, receiver="upholsterer")) == {"receiver-itself"}


def test_an_end_lies_after_everything_that_is_known(act: Send, chair: str, clock: Any) -> None:
    act("city", event("cleaned", chair, eventTime="2026-11-21T10:00:00Z"))
    early = event("destroyed", chair, eventTime="2026-11-21T09:00:00Z")
    assert refused(act, "city", early) == {"end-before-observation"}
    clock.forward(days=1)
    act("village", event("ownershipTransferred", transfer=offer(act, "city", "village", chair)))
    clock.forward(days=1)
    early = event("destroyed", chair, eventTime="2026-11-21T11:00:00Z")
    assert refused(act, "village", early) == {"end-before-observation"}
