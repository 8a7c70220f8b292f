"""Every kind of event in EPCIS terms: what it is told as, what is left out, and that nobody can be followed by it."""

import json
from typing import Any

import pyoxigraph
import pytest
from jsonschema import Draft202012Validator
from pyld import FrozenDocumentLoader
from pyld import jsonld as pyld

from passport.codecs import forms, rdf
from passport.codecs.epcis import LEFT_OUT, Correction, Recorded, document, own_term, passports_of
from passport.model.events import EventType
from passport.model.passport import Level
from passport.published import VOCAB, Published
from tests.codecs.sample_events import AT, BASE, PART, PASSPORT, PRODUCT, SUCCESSOR, event, every_event

EVENT_CONTEXT = f"{VOCAB}contexts/event/1.0"
TOWN, MAKER = f"{BASE}/organisations/town", f"{BASE}/organisations/maker"
PRODUCTS = {PART: f"{BASE}/8004/952654PART", SUCCESSOR: f"{BASE}/p/NEXT00001"}


@pytest.fixture(scope="module")
def published() -> Published:
    return Published.load()


def told(made: dict[str, Any], **beside: Any) -> list[dict[str, Any]]:
    record = Recorded(made, **{"level": Level.ITEM, "signer": TOWN, "giver": MAKER, **beside})
    whole = document([record], address=f"{PASSPORT}/events?form=epcis", created=AT, products=PRODUCTS)
    found: list[dict[str, Any]] = whole["epcisBody"]["eventList"]
    return found


def one(published: Published, kind: EventType, beside: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return told(event(published, kind, 1, **more), **(beside or {}))[0]


def test_the_samples_are_what_the_service_would_sign(published: Published) -> None:
    schema = dict(published.schema(f"{VOCAB}schemas/furniture/1.0/event-document"))
    judge = Draft202012Validator(schema, registry=published.registry())
    for made in every_event(published):
        faults = [f"{made['eventType']} {each.json_path} {each.message}" for each in judge.iter_errors(made)]
        assert not faults


def test_every_kind_of_event_is_told_or_left_out_on_purpose(published: Published) -> None:
    for made in every_event(published):
        assert bool(told(made)) is (EventType(made["eventType"]) not in LEFT_OUT), made["eventType"]


STEPS = {
    "manufactured": ("ObjectEvent", "ADD", "commissioning", "active"),
    "placedOnMarket": ("ObjectEvent", "OBSERVE", None, "sellable_accessible"),
    "madeAvailable": ("ObjectEvent", "OBSERVE", None, "sellable_accessible"),
    "puttingIntoService": ("ObjectEvent", "OBSERVE", None, "available"),
    "inspected": ("ObjectEvent", "OBSERVE", "inspecting", "conformant"),
    "conditionAssessed": ("ObjectEvent", "OBSERVE", "inspecting", "conformant"),
    "maintained": ("ObjectEvent", "OBSERVE", None, ""),
    "cleaned": ("ObjectEvent", "OBSERVE", None, ""),
    "repaired": ("ObjectEvent", "OBSERVE", "repairing", "conformant"),
    "partsReplaced": ("ObjectEvent", "OBSERVE", None, "conformant"),
    "upgraded": ("ObjectEvent", "OBSERVE", None, "available"),
    "refurbished": ("ObjectEvent", "OBSERVE", None, "available"),
    "remanufactured": ("TransformationEvent", "", None, "active"),
    "ownershipTransferred": ("ObjectEvent", "OBSERVE", "retail_selling", "retail_sold"),
    "relocated": ("ObjectEvent", "OBSERVE", "receiving", ""),
    "lent": ("ObjectEvent", "OBSERVE", "shipping", "unavailable"),
    "returned": ("ObjectEvent", "OBSERVE", "receiving", "returned"),
    "reserved": ("ObjectEvent", "OBSERVE", "reserving", "reserved"),
    "lost": ("ObjectEvent", "OBSERVE", "holding", None),
    "found": ("ObjectEvent", "OBSERVE", "holding", None),
    "collected": ("ObjectEvent", "OBSERVE", "collecting", "returned"),
    "preparedForReuse": ("ObjectEvent", "OBSERVE", "collecting", "returned"),
    "dismantled": ("TransformationEvent", "", "disassembling", "inactive"),
    "partsHarvested": ("AssociationEvent", "DELETE", "disassembling", ""),
    "recycled": ("TransformationEvent", "", "destroying", "destroyed"),
    "energyRecovered": ("ObjectEvent", "DELETE", "destroying", "destroyed"),
    "disposed": ("ObjectEvent", "DELETE", "destroying", "disposed"),
    "destroyed": ("ObjectEvent", "DELETE", "destroying", "destroyed"),
}
"""Type, action, business step and disposition; None is our own term for that kind of event."""


@pytest.mark.parametrize("kind", sorted(set(EventType) - LEFT_OUT))
def test_each_kind_has_its_type_step_and_disposition(published: Published, kind: EventType) -> None:
    made = one(published, kind)
    own = own_term(kind)
    found = (made["type"], made.get("action", ""), made["bizStep"], made.get("disposition", ""))
    assert found == tuple(own if each is None else each for each in STEPS[kind])
    assert made["eventID"].startswith(f"{BASE}/events/")
    assert (made["recordTime"], made["eventTimeZoneOffset"]) == (AT, "+01:00")
    assert made["fp:eventType"] == own
    assert "urn:epcglobal" not in json.dumps(made)


def test_codes_and_properties_of_our_own_are_in_the_vocabulary(published: Published) -> None:
    codes = {each.iri for name in published.code_lists() for each in published.code_list(name).codes.values()}
    for made in every_event(published):
        for each in told(made):
            for name, value in each.items():
                if name.startswith("fp:"):
                    assert name.removeprefix("fp:") in published.terms(), name
                for iri in value if isinstance(value, list) else [value]:
                    assert not (isinstance(iri, str) and iri.startswith(f"{VOCAB}codes/")) or iri in codes, iri


def test_parts_come_out_and_go_in(published: Published) -> None:
    main, out, into = told(event(published, EventType.REPAIRED, 1))
    assert (out["type"], out["action"], out["bizStep"]) == ("AssociationEvent", "DELETE", "removing")
    assert (into["type"], into["action"], into["bizStep"]) == ("AssociationEvent", "ADD", "installing")
    assert out["parentID"] == into["parentID"] == PRODUCT
    assert [each["epcClass"] for each in out["childQuantityList"]] == [
        f"{PASSPORT}#components-arm%20rest",
        f"{PASSPORT}#components-seat%2E1",
    ]
    assert into["childEPCs"] == [PRODUCTS[PART]]
    assert into["childQuantityList"][0]["quantity"] == 3
    assert len({main["eventID"], out["eventID"], into["eventID"]}) == 3
    assert passports_of(event(published, EventType.REPAIRED, 1)) == (PART,)
    plain = {"partsUsed": None, "removedComponents": None, "replacedComponents": None}
    assert len(told(event(published, EventType.REPAIRED, 1, **plain))) == 1


def test_what_became_of_a_piece_goes_out_of_the_transformation(published: Published) -> None:
    new = one(published, EventType.REMANUFACTURED)
    assert (new["inputEPCList"], new["outputEPCList"]) == ([PRODUCT], [PRODUCTS[SUCCESSOR]])
    apart = one(published, EventType.DISMANTLED)
    assert apart["outputEPCList"] == [PRODUCTS[PART]]
    loose = [{"id": f"{BASE}/events/1#parts-1", "componentId": "leg", "mass": "2.50"}]
    (heavy,) = one(published, EventType.DISMANTLED, parts=loose)["outputQuantityList"]
    assert heavy == {"epcClass": f"{BASE}/events/1#parts-1", "quantity": 2.5, "uom": "KGM"}
    waste = one(published, EventType.RECYCLED)["outputQuantityList"]
    assert waste == [{"epcClass": f"{VOCAB}codes/material-class/wood-solid", "quantity": 7.25, "uom": "KGM"}]
    for kind, member in ((EventType.DISMANTLED, "parts"), (EventType.RECYCLED, "masses")):
        assert one(published, kind, **{member: None})["type"] == "ObjectEvent"


def test_damage_is_set_by_an_inspection_and_unset_by_a_repair(published: Published) -> None:
    def graded(kind: EventType, grade: str) -> tuple[Any, Any]:
        made = one(published, kind, condition={"id": f"{BASE}/events/1#condition", "grade": grade})
        return made.get("disposition"), made.get("persistentDisposition")

    assert graded(EventType.INSPECTED, "B") == ("conformant", None)
    assert graded(EventType.INSPECTED, "D") == ("damaged", {"set": ["damaged"]})
    assert graded(EventType.INSPECTED, "N") == (None, None)
    assert graded(EventType.REPAIRED, "B") == ("conformant", {"unset": ["damaged"]})
    assert graded(EventType.REPAIRED, "E") == ("damaged", {"set": ["damaged"]})


def test_a_class_of_products_is_made_by_quantity(published: Published) -> None:
    made = one(published, EventType.MANUFACTURED, {"level": Level.BATCH})
    assert made["bizStep"] == "creating_class_instance"
    assert made["quantityList"] == [{"epcClass": PRODUCT}]
    assert "epcList" not in made


def test_an_accepted_offer_goes_from_its_signer_to_the_signer_of_the_acceptance(published: Published) -> None:
    made = one(published, EventType.NEW_OWNER, previousOwnerType="company")
    assert made["sourceList"] == [{"type": "owning_party", "source": MAKER}]
    assert made["destinationList"] == [{"type": "owning_party", "destination": TOWN}]
    assert (made["bizStep"], made.get("disposition")) == ("accepting", None)


def test_private_and_unnamed_parties_are_fresh_identifiers_in_each_event(published: Published) -> None:
    sold = event(published, EventType.NEW_OWNER, 3, ownerType="private-party", offer=None)
    (private,) = told(sold)
    assert private["sourceList"][0]["source"] == TOWN
    bought = event(published, EventType.NEW_OWNER, 4, previousOwnerType="private-party", offer=None)
    (back,) = told(bought, giver=None)
    hidden = one(published, EventType.LENT, {"signer": None})
    again = told(event(published, EventType.LENT, 2), signer=None)[0]
    nobody = {
        private["destinationList"][0]["destination"],
        back["sourceList"][0]["source"],
        *(each[f"{side}List"][0][side] for each in (hidden, again) for side in ("source", "destination")),
    }
    assert len(nobody) == 6
    assert all(each.startswith("urn:uuid:") for each in nobody)
    assert one(published, EventType.LENT, {"signer": None}) == hidden


def test_a_loan_passes_possession_only(published: Published) -> None:
    lent = one(published, EventType.LENT)
    assert lent["sourceList"] == [{"type": "possessing_party", "source": TOWN}]
    back = one(published, EventType.RETURNED, actorRole="holder")
    assert back["sourceList"] == [{"type": "possessing_party", "source": TOWN}]
    assert back["destinationList"][0]["destination"].startswith("urn:uuid:")


def test_what_was_corrected_says_so_and_what_never_happened_is_not_told_twice(published: Published) -> None:
    right = f"{BASE}/events/99999999-0000-4000-8000-000000000000"
    wrong = told(event(published, EventType.REPAIRED, 1), correction=Correction(right, AT, True))
    assert {json.dumps(each["errorDeclaration"]) for each in wrong} == {
        json.dumps({"declarationTime": AT, "reason": "incorrect_data", "correctiveEventIDs": [right]})
    }
    never = told(event(published, EventType.CLEANED, 1), correction=Correction(right, AT, False))[0]
    assert never["errorDeclaration"] == {"declarationTime": AT, "reason": "did_not_occur"}
    assert told(event(published, EventType.CLEANED, 1, correctionReason="did-not-occur")) == []


def test_without_a_time_zone_the_time_is_that_of_greenwich(published: Published) -> None:
    assert one(published, EventType.CLEANED, timeZoneOffset=None)["eventTimeZoneOffset"] == "+00:00"


def test_t20_no_event_of_any_kind_has_a_blank_node(published: Published) -> None:
    contexts = {EVENT_CONTEXT: dict(published.context(EVENT_CONTEXT))}
    loader = FrozenDocumentLoader(documents=contexts)
    for made in every_event(published):
        served = {"@context": EVENT_CONTEXT, **made}
        dropped: list[str] = []
        pyld.expand(served, {"base": None, "documentLoader": loader}, on_property_dropped=dropped.append)
        assert not dropped, made["eventType"]
        quads = rdf.serialise(json.dumps(served).encode(), forms.QUADS, published=published)
        found = list(pyoxigraph.parse(quads, format=pyoxigraph.RdfFormat.N_QUADS))
        assert len(found) > 5
        assert not [each for each in found if pyoxigraph.BlankNode in (type(each.subject), type(each.object))]
