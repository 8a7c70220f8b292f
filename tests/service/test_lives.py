"""Lives through the one door: what happens to a piece, and what can never have been."""

from collections.abc import Callable
from typing import Any

from passport.codecs import state as states
from passport.codecs.documents import inner
from passport.model.events import EventType
from passport.model.naming import code_key
from passport.model.passport import Kind, Standing, Tier
from passport.model.shortcode import draw
from passport.ports import Delegation
from passport.service.submissions import Outcome
from passport.service.system import System

Send = Callable[..., Outcome]


def event(type_: str, *products: str, **members: Any) -> dict[str, Any]:
    return {"eventType": type_, **({"products": list(products)} if products else {}), **members}


def test_a_repair_is_one_signed_event_with_its_own_time(
    system: System, act: Send, chair: str, state: Any, sound: Any
) -> None:
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


def test_what_cannot_be_is_a_finding_that_says_why(act: Send, chair: str, refused: Any) -> None:
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


def test_an_observation_may_come_late_when_it_was_possible_then(
    act: Send, chair: str, state: Any, clock: Any, refused: Any, offer: Any
) -> None:
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


def test_corrections_stand_in_the_place_of_what_they_correct(
    system: System, act: Send, chair: str, state: Any, refused: Any, sound: Any
) -> None:
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


def test_an_end_that_never_was_can_be_taken_back(act: Send, chair: str, state: Any, system: System, sound: Any) -> None:
    ended = act("city", event("destroyed", chair))
    assert state(chair).ending is EventType.DESTROYED
    act("city", event("destroyed", chair, supersedes=ended.recorded[0].event, correctionReason="did-not-occur"))
    assert state(chair).ending is None
    act("city", event("repaired", chair, repairTypes=["tighten"]))
    assert sound(system)


def test_a_repairer_acts_by_delegation_for_a_time_and_for_some_events(
    system: System, act: Send, chair: str, refused: Any, sound: Any
) -> None:
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


def test_remanufacturing_gives_a_new_identity_and_closes_the_old_one(
    system: System, act: Send, chair: str, refused: Any, sound: Any
) -> None:
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


def test_the_recycler_who_collected_a_piece_ends_its_life(act: Send, chair: str, state: Any, refused: Any) -> None:
    act("city", event("collected", chair, collector="scrapyard"))
    assert refused(act, "city", event("recycled", chair, route="material-recycling")) == {"role-not-allowed"}
    act("scrapyard", event("dismantled", chair))
    act(
        "scrapyard",
        event("recycled", chair, route="material-recycling", masses=[{"materialClass": "wood-solid", "mass": 5}]),
    )
    assert state(chair).ending is EventType.RECYCLED
    assert state(chair).availability == "discarded"


def test_an_end_lies_after_everything_that_is_known(
    act: Send, chair: str, clock: Any, refused: Any, offer: Any
) -> None:
    act("city", event("cleaned", chair, eventTime="2026-11-21T10:00:00Z"))
    early = event("destroyed", chair, eventTime="2026-11-21T09:00:00Z")
    assert refused(act, "city", early) == {"end-before-observation"}
    clock.forward(days=1)
    act("village", event("ownershipTransferred", transfer=offer(act, "city", "village", chair)))
    clock.forward(days=1)
    early = event("destroyed", chair, eventTime="2026-11-21T11:00:00Z")
    assert refused(act, "village", early) == {"end-before-observation"}


def test_an_offer_of_the_past_can_be_told_of_a_piece_that_came_with_its_state_of_today(
    act: Send, chair: str, state: Any, refused: Any
) -> None:
    act("city", event("offered", chair, eventTime="2026-11-10T08:00:00Z"))
    act("city", event("reserved", chair, reservedFor="village", eventTime="2026-11-12T08:00:00Z"))
    act("city", event("withdrawn", chair, eventTime="2026-11-14T08:00:00Z"))
    assert state(chair).availability == "inUse"
    assert refused(act, "city", event("withdrawn", chair)) == {"not-offered"}
