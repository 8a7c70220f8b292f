"""References, documents, parties, conditions, days and names in notes: what just passes and what does not."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.model.report import Report
from passport.validation.rules.persons import named_person

Document = Mapping[str, Any]
Find = Callable[..., list[tuple[str, str]]]


def words(text: str) -> list[dict[str, str]]:
    return [{"value": text, "language": "en"}]


def part(name: str) -> dict[str, Any]:
    return {"componentId": name, "function": "seat", "materials": [{"materialClass": "metal-steel", "massShare": 100}]}


SUBSTANCE = {"substanceName": "Example", "casNumber": "126-72-7"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"spareParts": [{"partId": "1", "component": "{}"}]}, "/spareParts/0/component"),
        ({"endOfLife": [{"component": "{}", "route": "donation"}]}, "/endOfLife/0/component"),
        ({"joints": [{"joinedComponents": ["seat", "{}"], "jointType": "screw"}]}, "/joints/0/joinedComponents/1"),
        (
            {"disassembly": {"steps": [{"instruction": words("Lift"), "removedComponents": ["{}"]}]}},
            "/disassembly/steps/0/removedComponents/0",
        ),
        ({"priorityParts": ["{}"]}, "/priorityParts/0"),
        ({"hazardousAtEndOfLife": ["seat", "{}"]}, "/hazardousAtEndOfLife/1"),
        ({"timber": [{"commonName": words("oak"), "component": "{}"}]}, "/timber/0/component"),
        ({"substancesOfConcern": [{**SUBSTANCE, "component": "{}"}]}, "/substancesOfConcern/0/component"),
        ({"formaldehydeEmission": [{"value": 0, "component": "{}"}]}, "/formaldehydeEmission/0/component"),
        (
            {"flameRetardants": {"present": True, "substances": [{**SUBSTANCE, "component": "{}"}]}},
            "/flameRetardants/substances/0/component",
        ),
        ({"biocides": [{"substanceName": "x", "component": "{}"}]}, "/biocides/0/component"),
    ],
)
def test_every_reference_names_a_component(changes: dict[str, Any], place: str, found: Find, model: Document) -> None:
    def told(name: str) -> list[tuple[str, str]]:
        filled = json.loads(json.dumps(changes).replace("{}", name))
        every = found(model, components=[part("seat")], **filled)
        return [each for each in every if each[0] == "component-unknown"]

    assert told("seat") == []
    assert told("back") == [("component-unknown", place)]


def test_references_of_pieces_may_mean_components_of_the_model(found: Find, item: Document) -> None:
    defects = [{"defectCode": "scratch", "component": "back"}]
    assert found(item, defects=defects) == []
    assert found(item, defects=defects, components=[part("seat")]) == [("component-unknown", "/defects/0/component")]
    fitted = [{"component": "back", "date": "2026-01-01"}]
    assert found(item, installedParts=fitted, components=[part("seat")]) == [
        ("component-unknown", "/installedParts/0/component")
    ]


def test_own_data_refers_to_what_it_likes(found: Find, model: Document) -> None:
    assert found(model, extensions={"component": "x", "priorityParts": ["y"], "a": [{"component": "z"}]}) == []


def test_spare_parts_have_their_own_numbers(found: Find, model: Document) -> None:
    assert found(model, spareParts=[{"partId": "1"}, {"partId": "2"}]) == []
    assert found(model, spareParts=[{"partId": "1"}] * 3) == [
        ("spare-part-duplicate", f"/spareParts/{number}/partId") for number in (1, 2)
    ]


@pytest.mark.parametrize(
    ("document", "lacking"),
    [
        ({"contentType": "application/pdf", "language": "sv"}, None),
        ({"contentType": "application/pdf"}, "language"),
        ({"language": "sv"}, "contentType"),
        ({}, "contentType, language"),
        ({"contentType": "video/mp4"}, None),
    ],
)
def test_documents_say_what_they_are(
    document: dict[str, str], lacking: str | None, checked: Callable[..., Report], model: Document
) -> None:
    value = {"url": "https://a.example/manual", **document}
    for changes, place in (
        ({"careInstructions": [value]}, "/careInstructions/0"),
        ({"guarantee": {"years": 5, "document": value}}, "/guarantee/document"),
        ({"evidence": [{"claim": "/modelName", "evidenceType": "photo", "document": value}]}, "/evidence/0/document"),
    ):
        told = [(each.pointer, each.values["field"]) for each in checked({**model, **changes}).findings]
        assert told == ([(place, lacking)] if lacking else [])


def test_addresses_of_offers_and_parts_are_no_documents(found: Find, model: Document) -> None:
    url = "https://a.example/x.pdf"
    assert found(model, takeBack={"url": url}, spareParts=[{"partId": "1", "url": url}]) == []
    assert found(model, extensions={"careInstructions": [{"url": url}]}) == []


@pytest.mark.parametrize(
    ("url", "media", "right"),
    [
        ("https://a.example/x.pdf", "application/pdf", True),
        ("https://a.example/x.PDF?v=2#page", "application/pdf", True),
        ("https://a.example/x.pdf", "text/html", False),
        ("https://a.example/x.jpeg", "image/png", False),
        ("https://a.example/x", "application/pdf", True),
        ("https://a.pdf/", "text/html", True),
        ("https://a.example/v1.2", "text/html", True),
        ("https://[a.example/x.pdf", "text/html", True),
    ],
)
def test_media_types_fit_the_endings(url: str, media: str, right: bool, found: Find, model: Document) -> None:
    document = {"url": url, "contentType": media, "language": "sv"}
    told = [each for each in found(model, careInstructions=[document]) if each[0] == "media-type-mismatch"]
    assert told == ([] if right else [("media-type-mismatch", "/careInstructions/0/contentType")])


def test_images_are_images(found: Find, model: Document) -> None:
    assert found(model, image=[{"url": "https://a.example/1", "contentType": "image/png"}]) == []
    assert found(model, image=[{"url": "https://a.example/1", "contentType": "application/pdf"}]) == [
        ("media-type-mismatch", "/image/0/contentType")
    ]


@pytest.mark.parametrize(("country", "right"), [("SE", True), ("NO", True), ("XI", True), ("CH", False), ("GB", False)])
def test_makers_far_away_have_somebody_here(country: str, right: bool, found: Find, model: Document) -> None:
    maker = {"name": "Maker", "address": {"city": "Town", "country": country}}
    told = [("responsible-person-missing", "/manufacturer/address/country")]
    assert found(model, manufacturer=maker) == ([] if right else told)
    assert found(model, manufacturer=maker, euResponsiblePerson={"name": "Somebody AB"}) == []
    address = {"city": "Town", "country": "SE"}
    assert found(model, manufacturer=maker, importer={"name": "A", "address": address, "eori": "SE5560000000"}) == []


@pytest.mark.parametrize(
    ("scores", "grades"),
    [
        ({}, "ABCDE"),
        ({"functionScore": 0}, "ABCDE"),
        ({"functionScore": 0, "structureScore": 1}, "ABC"),
        ({"functionScore": 1, "structureScore": 1, "hygieneScore": 3}, "ABCDE"),
        ({"structureScore": 2}, "CD"),
        ({"functionScore": 3, "structureScore": 0}, "DE"),
        ({"surfaceScore": 1}, "BCDE"),
        ({"functionScore": 0, "structureScore": 0, "surfaceScore": 2}, "C"),
        ({"functionScore": 3, "surfaceScore": 3}, "DE"),
    ],
)
def test_grades_follow_from_scores(scores: dict[str, int], grades: str, found: Find, item: Document) -> None:
    for grade in "ABCDEN":
        told = found(item, condition={"grade": grade, **scores})
        assert told == ([] if grade in grades + "N" else [("condition-grade", "/condition/grade")])


def test_the_unsafe_is_not_offered(found: Find, item: Document) -> None:
    unsafe = {"grade": "D", "structureScore": 3}
    assert found(item, condition=unsafe, availability="offered") == [("offered-unsafe", "/availability")]
    assert found(item, condition=unsafe, availability="underRepair") == []
    assert found(item, condition={"grade": "D", "structureScore": 2}, availability="offered") == []


def test_what_was_done_lies_behind(found: Find, model: Document, item: Document) -> None:
    test = {"standard": "EN 1335-2", "result": "pass", "reportDate": "2026-11-22"}
    assert found(model, tests=[test]) == [("date-in-future", "/tests/0/reportDate")]
    assert found(item, dataCarriers=[{"carrierType": "QR", "appliedOn": "2027-01-01"}]) == [
        ("date-in-future", "/dataCarriers/0/appliedOn")
    ]
    exchanged = {"carrierType": "QR", "appliedOn": "2026-01-02", "replacedOn": "2026-01-01"}
    assert found(item, dataCarriers=[exchanged]) == [("dates-order", "/dataCarriers/0/replacedOn")]
    early = {"component": "seat", "date": "2019-12-31"}
    assert found(item, manufacturingDate="2020-01", installedParts=[early]) == [
        ("dates-order", "/installedParts/0/date")
    ]


def test_certificates_of_wood_expire(found: Find, model: Document) -> None:
    certification = {"certificationScheme": "FSC", "chainOfCustodyNumber": "X-1", "validUntil": "2026-11-20"}
    timber = {"commonName": words("oak"), "certifications": [certification]}
    assert ("evidence-expired", "/timber/0/certifications/0/validUntil") in found(model, timber=[timber])


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Smith has the key",
        "Lagad av hr. Jensen",
        "Uwaga: pani Kowalska ma klucz",
        "Ring Anna om nyckeln",
        "contact: Peter in the workshop",
        "Kontakta Anna Exempelsson",
        "Spørg Mette",
        "Zapytaj Katarzynę, skontaktuj się z Anną Nowak",
        "Repaired by Lars H.",
        "Naprawione przez Piotra Nowaka",
        "Søren Åkesson-Øst",
    ],
)
def test_names_in_notes_are_seen(text: str) -> None:
    assert named_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Light wear on the armrests",
        "Contact Facilities Department for the key",
        "Kontakta Fastighet Service",
        "Anna Chair, second edition",
        "Martin",
        "The Peter sofa",
        "Max Load 110 kg",
        "Exempelby Town Hall, Room 3",
        "Gasfjädern sjunker; stolen kan inte användas",
        "Rysy na podstawie; krzesło można naprawić",
        "Mark the frame",
    ],
)
def test_other_notes_are_left_alone(text: str) -> None:
    assert named_person(text) is None


def test_names_are_found_in_notes_and_places_and_never_repeated(checked: Callable[..., Report], item: Document) -> None:
    for changes, place in (
        ({"condition": {"grade": "B", "notes": words("Ask Anna Exempelsson")}}, "/condition/notes/0/value"),
        ({"location": {"room": "Peter Exempelsson"}}, "/location/room"),
        ({"remainingLifeEstimate": {"years": 5, "method": "Guess of Mr Exempelsson"}}, "/remainingLifeEstimate/method"),
        (
            {"revision": {"revisionType": "change", "reason": words("Anna Exempelsson asked")}},
            "/revision/reason/0/value",
        ),
    ):
        (only,) = checked({**item, **changes}).findings
        assert (only.code, only.pointer) == ("person-named", place)
        assert only.found is not None
        assert "xempelsson" not in only.found + "".join(only.values.values())
    described = {**item, "description": words("A chair by Anna Exempelsson")}
    assert checked(described).findings == ()


@given(st.text(max_size=60))
def test_no_text_makes_the_search_for_names_fail(text: str) -> None:
    name = named_person(text)
    assert name is None or name in text
