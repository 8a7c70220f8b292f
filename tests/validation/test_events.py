"""What the published schema of events finds, where, and what hostile events cost."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

import pytest

from passport.codecs.strictjson import Limits, Raw, read
from passport.model.report import Finding, Report, Severity
from passport.published import GROUP, Published
from passport.service.checks import check_bytes
from passport.service.knowledge import SubmissionKnown
from passport.validation.checking import Known, check
from passport.validation.completeness import completeness
from passport.validation.forms import EVENT, EVERY, form_of
from passport.validation.grouping import groups_of
from passport.validation.problems import PROBLEMS, finding
from passport.validation.structure import Structure, structure_of
from passport.validation.wording import word
from tests.costs import within

TODAY = date(2026, 11, 21)
Found = list[tuple[str, str]]
CLEANED: Mapping[str, Any] = {
    "eventType": "cleaned",
    "eventTime": "2026-11-20T13:05:00Z",
    "products": ["7KX94M2Q4"],
}
SERVER = {
    "recordedAt",
    "product",
    "passport",
    "act",
    "actorRole",
    "actor",
    "tier",
    "salt",
    "audience",
    "owner",
    "holder",
}
PIECE: Mapping[str, Any] = {"granularity": "item", "category": "office-chair", "isSecondHandLegacy": True}


@pytest.fixture(scope="module")
def found_off_line(nowhere: Known, found: Callable[..., Found]) -> Callable[..., Found]:
    def run(base: Mapping[str, Any], **changes: Any) -> Found:
        return found(base, known=nowhere, **changes)

    return run


def fields(published: Published) -> Any:
    return published.shape(GROUP, published.current(GROUP), EVENT.value).fields


def test_t06_what_the_service_sets_in_events_is_refused(
    published: Published, found_off_line: Callable[..., Found]
) -> None:
    names = sorted(each.name for each in fields(published) if each.server)
    assert set(names) >= SERVER | {"restrictedDocuments", "id", "type", "proof", "issuer", "shortCode", "declared"}
    for name in names:
        for value in ("x", None, {}, [], 0):
            assert found_off_line(CLEANED, **{name: value}) == [("server-owned-field", f"/{name}")]
    part = {"partOrigin": "new", "product": "x", "id": "y"}
    inside = found_off_line({**CLEANED, "eventType": "repaired", "repairTypes": ["tighten"]}, partsUsed=[part])
    assert inside == [("server-owned-field", f"/partsUsed/0/{name}") for name in ("id", "product")]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"eventType": "cleaned"}, [("missing-field", "/products")]),
        ({"products": ["7KX94M2Q4"]}, [("missing-field", "/eventType")]),
        ({**CLEANED, "eventType": 7}, [("wrong-type", "/eventType")]),
        ({**CLEANED, "eventType": "inspected"}, [("missing-field", "/condition")]),
        ({**CLEANED, "eventType": "repaired"}, [("missing-field", "/repairTypes")]),
        ({**CLEANED, "eventType": "relocated"}, [("missing-field", "/location")]),
        ({**CLEANED, "eventType": "lent"}, [("missing-field", "/borrower")]),
        ({**CLEANED, "eventType": "remanufactured"}, [("missing-field", "/outputs")]),
        ({**CLEANED, "eventType": "transferOffered"}, [("missing-field", "/receiver")]),
        ({"eventType": "ownershipTransferred"}, [("missing-field", "/products")]),
        ({"eventType": "ownershipTransferred", "transfer": "https://passport.example/transfers/1"}, []),
        ({**CLEANED, "supersedes": "https://passport.example/events/1"}, [("missing-field", "/correctionReason")]),
        ({**CLEANED, "correctionReason": "incorrect-data"}, [("missing-field", "/supersedes")]),
        ({**CLEANED, "eventTime": "yesterday"}, [("wrong-format", "/eventTime")]),
        ({**CLEANED, "eventTime": "2026-11-20T13:05:00"}, [("wrong-format", "/eventTime")]),
        ({**CLEANED, "products": "7KX94M2Q4"}, [("wrong-type", "/products")]),
        ({**CLEANED, "products": []}, [("too-few", "/products")]),
        ({**CLEANED, "products": [f"#{n}" for n in range(1001)]}, [("too-many", "/products")]),
        ({**CLEANED, "produkts": []}, [("unknown-field", "/produkts")]),
        ({**CLEANED, "netWeight": 7}, [("passport-field-in-event", "/netWeight")]),
        ({**CLEANED, "extensions": {}}, [("passport-field-in-event", "/extensions")]),
        ({**CLEANED, "granularity": "item"}, [("document-of-two-kinds", "/granularity")]),
        ({**CLEANED, "granularity": None}, [("document-of-two-kinds", "/granularity")]),
        ({**PIECE, "repairTypes": ["tighten"]}, [("event-field-in-passport", "/repairTypes")]),
        ({**PIECE, "eventType": "cleaned"}, [("document-of-two-kinds", "/granularity")]),
    ],
    ids=lambda value: json.dumps(value)[:50],
)
def test_a_fault_of_an_event_has_its_code_and_place(
    document: Mapping[str, Any], expected: Found, found_off_line: Callable[..., Found]
) -> None:
    assert set(expected) <= set(found_off_line(document))
    others = {code for code, _ in found_off_line(document)} - {code for code, _ in expected}
    assert others <= {"passport-field-in-event", "missing-field", "product-unknown"}


def test_forms_of_documents() -> None:
    assert form_of({"eventType": None}) is EVENT
    assert form_of({"eventType": "cleaned", "granularity": "item"}) is None
    assert form_of({}) is None
    assert {form_of({"granularity": level}) for level in ("model", "batch", "item")} | {EVENT} == EVERY


def test_a_near_name_of_an_event_is_suggested_and_never_one_of_the_service(checked: Callable[..., Report]) -> None:
    for name, near in (("workMinute", "workMinutes"), ("Photos", "photos"), ("ownr", None), ("recordedat", None)):
        (only,) = [each for each in checked({**CLEANED, name: 1}).findings if each.pointer == f"/{name}"]
        assert only.code == "unknown-field"
        assert only.values["nearest"] == near or near is None
        assert only.values["nearest"] not in SERVER


def test_completeness_is_about_passports_only(published: Published) -> None:
    text = json.dumps([CLEANED, PIECE]).encode()
    told = completeness(read(text, media_type=None, limits=Limits()), published, language="en")
    assert {each.document for each in told} == {1}


def test_findings_of_events_lead_to_the_pages_of_their_fields(published: Published, nowhere: Known) -> None:
    value = {**CLEANED, "notes": "x", "condition": {"grade": 7}, "recordedAt": "x"}
    report = check([Raw(0, value, None, b"")], published=published, known=nowhere, today=date(2026, 11, 21))
    version = published.current(GROUP)
    assert [each.page for each in report.findings] == [
        f"/schemas/{GROUP}/{version}/event/condition/grade",
        f"/schemas/{GROUP}/{version}/event/notes",
        None,
    ]


def test_events_are_grouped_by_what_they_say_or_by_their_pieces(published: Published) -> None:
    key = "https://id.example.com/01/09506000134352/21/W1"
    text = json.dumps(
        [
            {**PIECE, "productGroup": "workwear", "gtin": "09506000134352", "serialNumber": "W1"},
            {**CLEANED, "products": ["#0"]},
            {**CLEANED, "products": [key]},
            {**CLEANED, "products": [key], "productGroup": "furniture"},
            {**CLEANED, "productGroup": "boots"},
            CLEANED,
            {**CLEANED, "products": ["#2"]},
            {**CLEANED, "products": ["#77"]},
            {**CLEANED, "products": 5},
        ]
    ).encode()
    raws = read(text, media_type=None, limits=Limits())
    groups = groups_of(raws, published, SubmissionKnown(raws, published=published))
    names = [group.name if group else None for group in groups]
    assert names == ["workwear"] * 3 + ["furniture", None] + ["furniture"] * 4


def test_a_file_of_events_is_checked_off_line() -> None:
    lines = "\n".join(json.dumps(each) for each in (PIECE, {**CLEANED, "products": ["#0"]}, {**CLEANED, "route": "x"}))
    checked = check_bytes(lines.encode(), name="events.ndjson", language="sv")
    assert {each["document"] for each in checked.body["findings"]} == {2}
    assert "Fältet route hör inte till denna typ av händelse." in checked.text
    assert checked.body["documents"] == 3


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "This piece was recycled on 2026-03-02 10:15 UTC; this cannot happen to it after that."),
        ("sv", "Detta föremål blev materialåtervunnet 2026-03-02 10:15 UTC; detta kan inte hända med det därefter."),
        ("da", "Denne genstand blev genanvendt 2026-03-02 10:15 UTC; dette kan ikke ske med den derefter."),
        ("pl", "Ten przedmiot został poddany recyklingowi 2026-03-02 10:15 UTC; potem nie może się to z nim stać."),
    ],
)
def test_what_cannot_happen_is_said_in_words(language: str, said: str) -> None:
    told = finding("event-after-end", "/eventType", 0, ending="recycled", ended="2026-03-02T10:15:30Z")
    assert word(told, language).message == said


def test_codes_in_sentences_are_words_and_unknown_ones_stay() -> None:
    assert "ägare, innehavare" in word(finding("relation-not-allowed", "", 0, relation="owner, holder"), "sv").message
    assert "astronaut" in word(finding("role-not-allowed", "", 0, role="astronaut"), "sv").message
    odd = Finding("transfer-expired", Severity.ERROR, "", 0, None, {"expires": "soon {found}"})
    assert "soon {found}" in word(odd, "en").message


def test_what_only_the_service_finds_is_described() -> None:
    values = {"event-after-end", "supersedes-bound", "claim-wrong", "outputs-unlinked", "unsafe-offered", "made-twice"}
    assert values <= PROBLEMS.keys()
    assert PROBLEMS["not-allowed"].severity is None


@pytest.fixture(scope="module")
def structure(published: Published) -> Structure:
    return structure_of(published, GROUP, published.current(GROUP))


def test_t13_hostile_texts_in_events_are_judged_in_time(structure: Structure, published: Published) -> None:
    hostile = ["0" * 100_000, "a" * 100_000 + "!", "1." * 50_000, "https://" + "%" * 100_000, "-" * 100_000]
    for text in hostile:
        for name in [each.name for each in fields(published) if not each.server]:
            within(5, partial(structure.is_valid, {**CLEANED, name: text}), name)


def test_t14_an_event_at_all_maxima_is_checked_in_time(published: Published, nowhere: Known) -> None:
    material = {"materialClass": "metal-steel", "massShare": "5.000000001"}
    components = [{"componentId": f"c{n}", "materials": [material] * 20} for n in range(50)]
    parts = [{"partOrigin": "reused", "partPassport": f"#{n}", "materials": [material] * 20} for n in range(50)]
    links = [f"https://id.example.com/01/09506000134352/21/{n}" for n in range(1000)]
    whole = {**CLEANED, "eventType": "refurbished", "products": links}
    document = {**whole, "replacedComponents": components, "partsUsed": parts}
    for value in (document, {**document, **{f"unknown{n}": n for n in range(2_000)}}):
        judging = partial(check, [Raw(0, value, None, b"")] * 3, published=published, known=nowhere, today=TODAY)
        assert not within(300, judging).ok
    many = [Raw(n, {**CLEANED, "products": [link]}, None, b"") for n, link in enumerate(links)]
    judging = partial(check, many, published=published, known=SubmissionKnown(many), today=TODAY)
    assert within(100, judging).ok
