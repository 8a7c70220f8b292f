"""Rules about events: what each finds, and what it lets be."""

import copy
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from passport.codecs.strictjson import Limits, Raw, digest_of, read
from passport.model.events import EventType
from passport.model.passport import Level, Standing
from passport.model.report import Report
from passport.published import GROUP, Published
from passport.validation.checking import KnownProduct, check
from passport.validation.forms import EVENT
from passport.validation.rules import RULES

PIECE, OTHER = "7KX94M2Q4", "https://passport.example/01/09506000134352/21/A1"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FULL = Path(__file__).parents[1] / "full-events.json"
Document = Mapping[str, Any]


class World:
    """Two pieces of furniture, one of them by two names, workwear, a model, a batch, and one organisation."""

    base: str | None = "https://passport.example"
    complete = True
    pieces: Mapping[str, tuple[str, Level, str]] = {
        PIECE: ("p/7KX94M2Q4", Level.ITEM, GROUP),
        "https://passport.example/p/7KX94M2Q4": ("p/7KX94M2Q4", Level.ITEM, GROUP),
        OTHER: ("01/09506000134352/21/A1", Level.ITEM, GROUP),
        "https://passport.example/01/09506000134352/21/W1": ("01/09506000134352/21/W1", Level.ITEM, "workwear"),
        "09506000134352": ("01/09506000134352", Level.MODEL, GROUP),
        "https://passport.example/01/09506000134352/10/B1": ("01/09506000134352/10/B1", Level.BATCH, GROUP),
    }

    def product(self, reference: str) -> KnownProduct | None:
        found = self.pieces.get(reference)
        return KnownProduct("", found[0], found[1], Standing.ACTIVE, found[2]) if found else None

    def organisation(self, slug: str) -> bool:
        return slug == "exempelby-kommun"


@pytest.fixture(scope="session")
def happened(published: Published) -> Callable[..., Report]:
    """The report on some documents at noon of a day."""

    def run(*values: Document) -> Report:
        raws = [Raw(at, copy.deepcopy(dict(each)), None, digest_of(each)) for at, each in enumerate(values)]
        return check(raws, published=published, known=World(), today=date(2026, 11, 21), now=NOW)

    return run


def event(kind: str, /, **members: Any) -> dict[str, Any]:
    return {"eventType": kind, "eventTime": "2026-11-20T13:05:00Z", "products": [PIECE], **members}


def codes(report: Report) -> list[tuple[str, str]]:
    return [(each.code, each.pointer) for each in report.findings]


def repaired(**members: Any) -> dict[str, Any]:
    return event("repaired", repairTypes=["tighten"], **members)


def test_the_full_events_are_of_every_kind_and_have_every_member(published: Published, nowhere: Any) -> None:
    raws = read(FULL.read_bytes(), media_type=None, limits=Limits())
    assert not check(raws, published=published, known=nowhere, today=date(2026, 11, 21), now=NOW).findings
    kinds = {raw.value["eventType"] for raw in raws}
    submitted = set(EventType) - {EventType.CREATED, EventType.ARCHIVED, EventType.ERASED}
    assert kinds == {each.value for each in submitted}
    shape = published.shape(GROUP, published.current(GROUP), EVENT.value)
    assert {name for raw in raws for name in raw.value} == {each.name for each in shape.fields if not each.server}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (event("relocated", location={"room": "1"}, route="donation"), [("event-member", "/route")]),
        (event("cleaned", workMinutes=5), [("event-member", "/workMinutes")]),
        (event("dppUpdated"), [("event-of-service", "/eventType")]),
        (event("payloadErased"), [("event-of-service", "/eventType")]),
        (event("Repaired"), [("code-unknown", "/eventType")]),
        (repaired(partsUsed=[{"partOrigin": "reused"}]), [("reused-part-unlinked", "/partsUsed/0/partPassport")]),
        (repaired(partsUsed=[{"partOrigin": "reused", "partPassport": OTHER}]), []),
        (repaired(partsUsed=[{"partOrigin": "new"}]), []),
        (event("cleaned", products=[PIECE, OTHER]), []),
        (
            event("cleaned", products=[PIECE, "https://passport.example/p/7KX94M2Q4"]),
            [("products-twice", "/products/1")],
        ),
        (
            event("cleaned", products=["https://passport.example/01/09506000134352/21/NO"]),
            [("product-unknown", "/products/0")],
        ),
        (event("cleaned", products=["Anna"]), [("identifier-unreadable", "/products/0")]),
        (event("cleaned", products=["#9"]), [("product-unknown", "/products/0")]),
        (
            event("cleaned", products=[PIECE, "https://passport.example/01/09506000134352/21/W1"]),
            [("products-of-groups", "/products/1")],
        ),
        (event("cleaned", productGroup="workwear"), [("products-of-groups", "/products/0")]),
        (event("cleaned", products=["09506000134352"]), [("event-level", "/products/0")]),
        (
            event("cleaned", products=["https://passport.example/01/09506000134352/10/B1"]),
            [("event-level", "/products/0")],
        ),
        (event("placedOnMarket", products=["https://passport.example/01/09506000134352/10/B1"]), []),
        (event("remanufactured", outputs=["09506000134352"]), [("event-level", "/outputs/0")]),
        (
            repaired(partsUsed=[{"partOrigin": "reused", "partPassport": "7KX94M2Q5"}]),
            [("identifier-unreadable", "/partsUsed/0/partPassport")],
        ),
        (event("transferOffered", receiver="exempelby-kommun"), []),
        (event("transferOffered", receiver="anna"), [("transfer-receiver-unknown", "/receiver")]),
        (event("transferOffered", receiver="private-party"), [("private-party-misplaced", "/receiver")]),
        (event("ownershipTransferred", receiver="private-party"), []),
        (event("lent", borrower="private-party"), []),
        (event("lent", borrower="anna"), [("organisation-unknown", "/borrower")]),
        (event("collected", collector="private-party"), [("private-party-misplaced", "/collector")]),
        (event("reserved", reservedFor="private-party"), [("private-party-misplaced", "/reservedFor")]),
        (repaired(repairer="private-party"), []),
        (event("lent", borrower="private-party", until="2026-11-19"), [("dates-order", "/until")]),
        (event("lent", borrower="private-party", until="2026-11-20"), []),
        (
            event("transferOffered", receiver="exempelby-kommun", expires="2026-11-19T00:00:00Z"),
            [("dates-order", "/expires")],
        ),
        (event("recycled", route="composting", treatmentCode="R3"), []),
        (event("recycled", route="energy-recovery"), [("route-of-other-event", "/route")]),
        (event("destroyed", route="donation"), [("route-of-other-event", "/route")]),
        (event("energyRecovered", treatmentCode="D1"), [("treatment-code-route", "/treatmentCode")]),
        (event("recycled", treatmentCode="D1"), []),
        (event("disposed", wasteCode="ewc-200399"), [("code-unknown", "/wasteCode")]),
        (
            event("recycled", masses=[{"materialClass": "metal-steel", "mass": "0.0"}]),
            [("mass-not-positive", "/masses/0/mass")],
        ),
        (event("inspected", condition={"grade": "A", "structureScore": 3}), [("condition-grade", "/condition/grade")]),
        (
            event("inspected", condition={"grade": "N", "assessedOn": "2026-11-22"}),
            [("date-in-future", "/condition/assessedOn")],
        ),
        (event("offered", condition={"grade": "E", "structureScore": 3}), [("offered-unsafe", "/eventType")]),
        (event("inspected", condition={"grade": "E", "structureScore": 3}), []),
    ],
    ids=lambda value: str(value.get("eventType")) if isinstance(value, dict) else None,
)
def test_a_rule_about_events(document: Document, expected: list[Any], happened: Callable[..., Report]) -> None:
    assert codes(happened(document)) == expected


@pytest.mark.parametrize("name", ["notes", "reason", "causeText"])
def test_t33_persons_are_seen_in_every_prose_of_an_event(name: str, happened: Callable[..., Report]) -> None:
    text = [{"value": "Lagad av Anna Svensson, anna.svensson@example.com, 19811228-9874", "language": "sv"}]
    report = happened(repaired(**{name: text}))
    at = f"/{name}/0/value"
    assert set(codes(report)) == {("person-named", at), ("email-in-text", at), ("personal-number", at)}
    assert "Svensson" not in str(report.findings)
    assert "9874" not in str(report.findings)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"eventTime": "2026-11-21T12:04:59Z"}, []),
        ({"eventTime": "2026-11-21T12:05:01Z"}, ["event-in-future"]),
        ({"eventTime": "2026-11-21T14:00:00Z", "deviceTime": "2026-11-21T14:03:00Z"}, []),
        ({"eventTime": "2026-11-21T11:00:00Z", "deviceTime": "2026-11-21T10:00:00Z"}, ["event-in-future"]),
        ({"eventTime": "2026-11-21T11:00:00Z", "deviceTime": "2025-11-21T10:00:00Z"}, ["event-in-future"]),
        ({"eventTime": "2025-11-20T11:00:00Z", "deviceTime": "2025-11-19T10:00:00Z"}, ["device-clock"]),
        (
            {"eventTime": "2028-01-01T11:00:00Z", "deviceTime": "2028-01-01T11:00:00Z"},
            ["device-clock", "event-in-future"],
        ),
        ({"eventTime": "1799-12-31T23:59:59Z"}, ["event-long-ago"]),
        ({"eventTime": "1800-01-01T00:00:00Z"}, []),
        ({"eventTime": "2026-02-30T00:00:00Z"}, ["wrong-format"]),
    ],
)
def test_t26_times_of_events(members: dict[str, str], expected: list[str], happened: Callable[..., Report]) -> None:
    found = [code for code, _ in codes(happened(event("cleaned", **members)))]
    assert found == expected


def test_without_a_moment_an_event_may_happen_until_the_end_of_the_day(published: Published) -> None:
    for time, expected in (("2026-11-21T23:59:00Z", []), ("2026-11-22T00:06:00Z", ["event-in-future"])):
        value = event("cleaned", eventTime=time)
        report = check([Raw(0, value, None, b"")], published=published, known=World(), today=date(2026, 11, 21))
        assert [each.code for each in report.findings] == expected


PIECES: Document = {"granularity": "item", "category": "office-chair", "isSecondHandLegacy": True}


def test_events_and_passports_come_together_and_name_each_other(happened: Callable[..., Report]) -> None:
    keyed = {**PIECES, "gtin": "09506000134352", "serialNumber": "A2"}
    together = [PIECES, event("cleaned", products=["#0", "#1"]), keyed]
    assert codes(happened(*together)) == [("product-unknown", "/products/1")]
    twice = event("cleaned", products=["#1", "https://passport.example/01/09506000134352/21/A1"])
    same = {**PIECES, "gtin": "09506000134352", "serialNumber": "A1"}
    assert codes(happened(twice, same)) == [("products-twice", "/products/1")]
    model = {"granularity": "model"}
    assert ("event-level", "/products/0") in codes(happened(event("cleaned", products=["#1"]), model))


def test_an_event_follows_the_group_of_its_first_piece(happened: Callable[..., Report]) -> None:
    workwear = "https://passport.example/01/09506000134352/21/W1"
    report = happened(event("cleaned", products=[workwear, PIECE]))
    assert codes(report) == [("products-of-groups", "/products/1")]
    assert (report.findings[0].page or "").startswith("/schemas/workwear/")
    sibling = happened(
        {**PIECES, "productGroup": "workwear"}, event("cleaned", products=["#0"], recordedAt="x", notes=1)
    )
    pages = {each.page for each in sibling.findings if each.document == 1 and each.page}
    assert pages
    assert all(page.startswith("/schemas/workwear/") for page in pages)


def component(**members: Any) -> dict[str, Any]:
    return {"componentId": "seat", **members}


WOOL = {"materialClass": "textile-wool", "massShare": 100}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([component(massShare=20, materials=[{"materialClass": "metal-steel", "massShare": 99}])], []),
        (
            [component(materials=[{"materialClass": "metal-steel", "massShare": 101}])],
            [("out-of-range", "/materials/0/massShare")],
        ),
        (
            [component(materials=[{"materialClass": "metal-steel", "massShare": 97}])],
            [("share-sum", "/materials")],
        ),
        ([component(materials=[WOOL])], [("fibre-composition-missing", "/materials/0/fibreComposition")]),
        (
            [component(materials=[{**WOOL, "fibreComposition": [{"fibreCode": "polyester", "massShare": 100}]}])],
            [("fibre-class-mismatch", "/materials/0/materialClass")],
        ),
        (
            [
                component(
                    materials=[
                        {"materialClass": "metal-steel", "recycledContent": {"preConsumer": 60, "postConsumer": 50}}
                    ]
                )
            ],
            [("recycled-content-sum", "/materials/0/recycledContent")],
        ),
        (
            [component(materials=[{"materialClass": "glass", "renewableContent": 10}])],
            [("renewable-class-implausible", "/materials/0/renewableContent")],
        ),
    ],
)
def test_what_is_put_into_a_piece_keeps_to_the_rules_of_passports(
    parts: list[Any], expected: list[Any], happened: Callable[..., Report]
) -> None:
    report = happened(event("refurbished", replacedComponents=parts))
    assert codes(report) == [(code, f"/replacedComponents/0{at}") for code, at in expected]
    used = [{"partOrigin": "new", "materials": parts[0]["materials"]}]
    report = happened(repaired(partsUsed=used))
    assert codes(report) == [(code, f"/partsUsed/0{at}") for code, at in expected]


def test_two_parts_cannot_take_one_place(happened: Callable[..., Report]) -> None:
    report = happened(event("refurbished", replacedComponents=[component(), component()]))
    assert codes(report) == [("component-duplicate", "/replacedComponents/1/componentId")]


def test_rules_of_passports_do_not_look_at_events() -> None:
    shared = {code for code, each in RULES.items() if EVENT in each.levels and each.levels != {EVENT}}
    assert {"code-unknown", "share-sum", "person-named", "media-type-mismatch"} <= shared
    assert {"legacy-not-marked", "component-unknown", "model-unknown", "unit-suspicious"}.isdisjoint(shared)
    assert len({code for code, each in RULES.items() if each.levels == {EVENT}}) >= 14


def test_t07_no_report_repeats_a_claim_secret(happened: Callable[..., Report]) -> None:
    secret = "quiet-heron-basket-1199"
    told: list[str] = []
    for document in (
        event("cleaned", claimSecret=secret),
        event("ownershipTransferred", claimSecret=[secret]),
        event("ownershipTransferred", claimSecret=secret * 20),
        event("ownershipTransferred", claimSecrets=secret),
        {**PIECES, "claimSecret": secret},
    ):
        report = happened(document)
        assert report.findings
        told.append(json.dumps([str(each) for each in report.findings]))
    assert secret not in " ".join(told)
