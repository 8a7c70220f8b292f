"""Example passports and every kind of page, for the tests of the pages and of the browser."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from passport.codecs.differences import differences
from passport.codecs.documents import Envelope, inner
from passport.errors import Gone, Miswritten, TooMany, Unauthenticated, UnknownCode
from passport.model.access import Role
from passport.model.passport import Kind, Level, Standing, Tier
from passport.model.search import Query
from passport.ports import Key, Organisation, Reading
from passport.proofs import jose
from passport.published import VOCAB, Published, Use
from passport.service.revisions import Revision
from passport.web.pages import (
    ComparisonView,
    EventPage,
    Happened,
    Issued,
    LabelRow,
    ModelRow,
    Outcome,
    Pages,
    PassportPage,
)
from passport.web.pages.fields import Seen, use_at
from passport.web.pages.logbook import LogPage
from passport.web.pages.results import FoundRow, Likely, SearchView

BASE = "https://pass.example.org"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MODEL_CODE = "7KX94M2QZ"
ITEM_CODE = "3H8JW0RT5"
BATCH_CODE = "9C2TQ6XN8"
OTHER_CODE = "5R7B3KD9F"
CREDENTIAL_CONTEXT = f"{VOCAB}contexts/credential/1.0"

Make = Callable[..., PassportPage]


def _found() -> SearchView:
    """Two models and a piece, with every kind of filter in use."""
    asked = Query(
        "chair <b>",
        {"kind": frozenset({"office-chair"}), "has": frozenset({"netWeight"}), "model": frozenset({MODEL_CODE})},
        {"netWeight": (Decimal(2), Decimal("8.5")), "dimensions/seatHeight": (None, Decimal(520))},
    )
    return SearchView(
        asked,
        2300,
        True,
        (
            FoundRow(MODEL_CODE, Level.MODEL, MODEL, None, 1200),
            FoundRow(OTHER_CODE, Level.MODEL, MODEL, None, 1),
            FoundRow(ITEM_CODE, Level.ITEM, ITEM, MODEL, 0),
        ),
        {
            "level": (("model", 2), ("item", 1)),
            "kind": (("office-chair", 2), ("desk", 1)),
            "material": (("textile-wool", 2), ("metal-steel", 1)),
            "maker": (("A maker whose name is long enough to fill more than one line of a telephone", 2), ("B", 1)),
            "group": (("furniture", 3), ("workwear", 1)),
        },
        {
            "netWeight": (Decimal("14.6"), Decimal(40), 3),
            "recycledContent/total": (Decimal(0), Decimal(60), 2),
            "dimensions/width": (Decimal(300), Decimal(2000), 3),
        },
        {"netWeight": "kg", "dimensions/width": "mm", "dimensions/seatHeight": "mm", "recycledContent/total": "%"},
        {"office-chair": {"en": "Office chair", "sv": "Kontorsstol", "da": "Kontorstol", "pl": "Krzesło biurowe"}},
        following="/search?q=chair&cursor=abc",
    )


def said(text: str, **others: str) -> list[dict[str, str]]:
    texts = {"en": text, **others}
    return [{"value": value, "language": language} for language, value in texts.items()]


def _revised(published: Published) -> Revision:
    """A version that corrects a weight and a component, and tells why."""
    reason = said("The scale was wrong.", sv="Vågen visade fel.")
    first, *others = MODEL["components"]
    after = {
        **MODEL,
        "version": 2,
        "netWeight": "15.2",
        "brand": "Lund & Co",
        "components": [{**first, "mass": "5.1"}, *others[1:]],
        "revision": {"id": f"{BASE}/passports/{MODEL_CODE}#revision", "revisionType": "correction", "reason": reason},
    }
    found = differences(MODEL, after, published.shape("furniture", "1.0", "model").fields)
    return Revision(MODEL_CODE, 1, 2, MODEL, after, found)


def _use(published: Published) -> Use:
    found = use_at(published, "furniture/1.0/model/components/materials")
    assert found is not None
    return found


def header(code: str, level: str) -> dict[str, Any]:
    return {
        "digitalProductPassportId": f"{BASE}/passports/{code}",
        "uniqueProductIdentifier": f"{BASE}/p/{code}",
        "granularity": level,
        "dppSchemaVersion": "EN 18223:2026",
        "dppStatus": "active",
        "lastUpdated": "2026-11-02T09:30:00Z",
        "economicOperatorId": "gln:7300010000001",
        "contentSpecificationIds": [f"{VOCAB}schemas/furniture/1.0/{level}"],
        "shortCode": code,
        "version": 1,
    }


MODEL: dict[str, Any] = {
    **header(MODEL_CODE, "model"),
    "gtinVerified": False,
    "gtin": "09506000134352",
    "modelName": said("Task chair Lund", sv="Arbetsstol Lund", pl="Krzesło biurowe Lund"),
    "modelNumber": "LU-200",
    "brand": "Lund",
    "category": "office-chair",
    "manufacturer": {
        "id": f"{BASE}/passports/{MODEL_CODE}#manufacturer",
        "name": "Lund Möbler AB",
        "address": {"street": "Storgatan 1", "postalCode": "223 50", "city": "Lund", "country": "SE"},
        "web": "https://lund.example/",
    },
    "productionCountry": "SE",
    "image": [{"url": f"{BASE}/media/0123abcd", "alternativeText": said("The chair from the front")}],
    "description": said("A chair for long days at a desk.", sv="En stol för långa dagar vid skrivbordet."),
    "dimensions": {"width": "680", "height": "1120", "depth": "650"},
    "netWeight": "14.6",
    "colour": said("black", sv="svart"),
    "intendedEnvironment": ["office", "public"],
    "adjustable": True,
    "components": [
        {
            "componentId": "seat",
            "name": said("Seat", sv="Sits"),
            "function": "seat",
            "mass": "4.1",
            "materials": [
                {"materialClass": "foam-PUR", "massShare": "60"},
                {"materialClass": "textile-wool", "massShare": "40", "materialDetail": "90 % wool, 10 % polyamide"},
            ],
        },
        {
            "componentId": "base",
            "name": said("Base", sv="Fotkryss"),
            "function": "base",
            "mass": "10.5",
            "quantity": 1,
            "materials": [{"materialClass": "metal-aluminium", "recycledContent": {"total": "95"}}],
        },
    ],
    "recycledContent": {"preConsumer": "12.5", "postConsumer": "51"},
    "guarantee": {"years": 5, "scope": said("All parts but the cover")},
    "expectedLifetime": 15,
    "spareParts": [
        {
            "partId": "LU-9",
            "name": said("Gas spring", sv="Gasfjäder"),
            "component": "base",
            "available": True,
            "url": "https://lund.example/spares/with-a-very-long-address-that-no-phone-can-show-in-one-line/9",
        }
    ],
    "sparePartsAvailableYears": 10,
    "careAdvice": said("Vacuum the cover once a month.", sv="Dammsug klädseln en gång i månaden."),
    "careInstructions": [
        {
            "url": "https://lund.example/care.pdf",
            "contentType": "application/pdf",
            "language": "sv",
            "resourceTitle": "Skötselråd Lund",
        }
    ],
    "disassembly": {"toolClass": "common", "skill": "layperson", "persons": 1, "minutes": 12},
    "takeBack": {"description": said("We take the chair back."), "url": "https://lund.example/back"},
    "endOfLife": [{"component": "base", "route": "material-recycling", "instruction": said("Sort as aluminium.")}],
    "safetyInformation": said("Check the castors once a year.", sv="Kontrollera hjulen en gång om året."),
    "carbonFootprint": {
        "value": "71.25",
        "stages": "A1-A3",
        "functionalUnit": said("One chair for 15 years"),
        "method": "EN 15804",
        "verified": True,
    },
    "epd": {"number": "NEPD-1234", "programme": "EPD Norge", "validUntil": "2029-05-31"},
    "evidence": [
        {
            "claim": "/carbonFootprint/value",
            "evidenceType": "EPD",
            "issuer": "EPD Norge",
            "date": "2024-05-31",
            "document": {"url": "https://epd.example/1234.pdf", "contentType": "application/pdf", "language": "en"},
        }
    ],
}

FULL: dict[str, Any] = {
    **header(MODEL_CODE, "model"),
    "gtinVerified": True,
    **json.loads(Path(__file__).with_name("full.json").read_bytes()),
    "image": [{"url": f"{BASE}/media/0123abcd", "alternativeText": said("The desk at its lowest height")}],
}
"""A model that says everything there is to say. It does not exist."""

ITEM: dict[str, Any] = {
    **header(ITEM_CODE, "item"),
    "modelPassport": {
        "id": f"{BASE}/passports/{MODEL_CODE}/versions/1",
        "passport": f"{BASE}/passports/{MODEL_CODE}",
        "digest": "sha256:" + "0" * 64,
    },
    "serialNumber": "A-1001",
    "manufacturingDate": "2019-03",
    "colour": said("dark green", sv="mörkgrön"),
    "isSecondHandLegacy": False,
}

FULL_ITEM: dict[str, Any] = {
    **ITEM,
    "gtin": "09526543000013",
    "batchNumber": "2026-05",
    "batchPassport": f"{BASE}/passports/{BATCH_CODE}",
    "previousPassports": [f"{BASE}/passports/{MODEL_CODE}"],
    "dataCarriers": [
        {"carrierType": "QR", "position": said("under the top", sv="under skivan"), "appliedOn": "2026-05-04"},
        {"carrierType": "NFC", "position": said("in the frame", sv="i stativet"), "replacedOn": "2026-08-01"},
    ],
}
"""A piece of the model that says everything."""

BATCH: dict[str, Any] = {
    **{name: MODEL[name] for name in ("contentSpecificationIds",) if name in MODEL},
    "granularity": "batch",
    "version": 1,
    "batchNumber": "L-2026-04",
    "manufacturingDate": "2026-04",
    "productionCountry": "LT",
    "renewableContent": "61",
}
"""The batch of that piece."""

EVENT: dict[str, Any] = {
    "id": f"{BASE}/events/5a1e0000-0000-4000-8000-000000000001",
    "eventType": "dppCreated",
    "eventTime": "2026-11-02T09:30:00Z",
    "recordedAt": "2026-11-02T09:30:00Z",
    "product": f"{BASE}/p/{ITEM_CODE}",
    "passport": f"{BASE}/passports/{ITEM_CODE}",
    "actorRole": "owner",
    "ownerType": "municipality",
    "condition": {"grade": "B", "assessedOn": "2026-10-30", "notes": said("Light marks on the base.")},
    "restrictedDocuments": [{"id": f"{BASE}/credentials/2", "tier": "owner"}],
}


def happening(number: int, kind: str, time: str, role: str, **members: Any) -> dict[str, Any]:
    """One event of the piece as a document; recorded at once unless ``recordedAt`` says otherwise."""
    return {
        "id": event_address(number),
        "eventType": kind,
        "eventTime": time,
        "recordedAt": time,
        "product": f"{BASE}/p/{ITEM_CODE}",
        "passport": f"{BASE}/passports/{ITEM_CODE}",
        "act": f"urn:uuid:5a1e0000-0000-4000-9000-{number:012}",
        "actorRole": role,
        **members,
    }


def event_address(number: int) -> str:
    return f"{BASE}/events/5a1e0000-0000-4000-8000-{number:012}"


LIFE: tuple[dict[str, Any], ...] = (
    happening(1, "dppCreated", "2019-03-04T09:00:00Z", "supplier"),
    happening(
        2,
        "puttingIntoService",
        "2019-04-01T07:00:00Z",
        "owner",
        ownerType="municipality",
        guarantee={"years": 5, "scope": said("All parts but the cover")},
    ),
    happening(
        3,
        "inspected",
        "2021-06-30T23:30:00Z",
        "owner",
        timeZoneOffset="+02:00",
        recordedAt="2021-07-09T08:00:00Z",
        clockCorrection=-5400,
        reportedTime="2021-07-01T01:00:00Z",
        condition={"grade": "C", "assessedOn": "2021-07-01"},
        restrictedDocuments=[{"id": f"{BASE}/credentials/3", "tier": "legitimate-interest"}],
    ),
    happening(
        4,
        "repaired",
        "2022-02-03T10:00:00Z",
        "professional-repairer",
        repairTypes=["replace-gas-spring", "replace-castors-glides", "reupholster"],
        cause="loose-joint",
        partsUsed=[
            {"id": f"{BASE}/x#1", "componentId": "base", "partOrigin": "reused", "quantity": 5, "mass": "0.4"},
            {
                "id": f"{BASE}/x#2",
                "name": said("Gas spring", sv="Gasfjäder"),
                "partOrigin": "new",
                "partNumber": "LU-9",
                "partPassport": f"{BASE}/passports/{OTHER_CODE}",
            },
        ],
        replacedComponents=[
            {
                "componentId": "seat",
                "name": said("Seat, new cover", sv="Sits, ny klädsel"),
                "mass": "4.2",
                "materials": [{"materialClass": "textile-wool", "massShare": "40"}],
            }
        ],
        workMinutes=45,
        condition={"grade": "B", "assessedOn": "2022-02-03"},
        photos=[
            {
                "id": f"{BASE}/x#3",
                "url": f"{BASE}/media/0123abcd",
                "alternativeText": said("The new cover", sv="Den nya klädseln"),
            },
            {"id": f"{BASE}/x#4", "url": f"{BASE}/media/0123abce"},
        ],
    ),
    happening(5, "cleaned", "2022-03-03T10:00:00Z", "owner", careAction=said("Steamed", sv="Ångad")),
    happening(
        6,
        "cleaned",
        "2022-03-04T10:00:00Z",
        "owner",
        recordedAt="2022-03-05T10:00:00Z",
        supersedes=event_address(5),
        correctionReason="incorrect-data",
        reason=said("It was a day later.", sv="Det var en dag senare."),
        careAction=said("Steamed", sv="Ångad"),
    ),
    happening(7, "lost", "2022-05-01T10:00:00Z", "owner"),
    happening(
        8,
        "lost",
        "2022-05-02T10:00:00Z",
        "owner",
        supersedes=event_address(7),
        correctionReason="did-not-occur",
        reason=said("It stood next door."),
    ),
    happening(
        9,
        "offered",
        "2023-01-10T10:00:00Z",
        "owner",
        channel=said("The reuse market of the municipality"),
        askingPrice={"id": f"{BASE}/x#5", "amount": "250", "currency": "SEK"},
        until="2023-03-01",
    ),
    happening(10, "transferOffered", "2023-01-20T10:00:00Z", "owner", transferType="sale", receiverType="company"),
    happening(
        11,
        "ownershipTransferred",
        "2023-01-21T10:00:00Z",
        "owner",
        transferType="sale",
        previousOwnerType="municipality",
        ownerType="company",
        offer=event_address(10),
        offerDigest="sha256:" + "7" * 64,
    ),
    happening(12, "ownershipTransferred", "2023-06-01T10:00:00Z", "owner", ownerType="private-party"),
    happening(13, "ownershipTransferred", "2024-06-01T10:00:00Z", "owner", ownerType="municipality", declared=True),
    happening(
        14,
        "refurbished",
        "2024-08-20T10:00:00Z",
        "refurbisher",
        repairTypes=["reupholster"],
        guarantee={"years": 40},
        condition={"grade": "A", "assessedOn": "2024-08-20"},
    ),
    happening(
        15,
        "offered",
        "2026-11-01T10:00:00Z",
        "owner",
        askingPrice={"id": f"{BASE}/x#6", "amount": "400", "currency": "SEK"},
    ),
)
"""A life with much in it: a repair with photos, corrections, a wrong clock, owners that come and go."""

ENDED: tuple[dict[str, Any], ...] = (
    *LIFE[:4],
    happening(
        17,
        "recycled",
        "2026-02-01T10:00:00Z",
        "recycler",
        route="material-recycling",
        masses=[
            {"id": f"{BASE}/x#7", "materialClass": "metal-aluminium", "mass": "9.8"},
            {"id": f"{BASE}/x#8", "materialClass": "foam-PUR", "mass": "2.4"},
        ],
        wasteCode="20 01 40",
        treatmentCode="R4",
    ),
)
"""A life that is over."""

REMADE: tuple[dict[str, Any], ...] = (
    *LIFE[:4],
    happening(
        16, "remanufactured", "2025-08-20T10:00:00Z", "remanufacturer", successors=[f"{BASE}/passports/{OTHER_CODE}"]
    ),
)
"""A life that goes on as another one."""


def happened(document: Mapping[str, Any], **known: Any) -> Happened:
    """An event as the pages are given it."""
    public = document.get("actorRole") in ("supplier", "professional-repairer", "recycler")
    return Happened(
        document, **{"issuer": MAKER if public else None, "at": str(document.get("recordedAt", "")), **known}
    )


def event_page(view: PassportPage, place: int = 0) -> EventPage:
    """The page of one event of a piece."""
    event = view.events[place]
    listed = event.document.get("restrictedDocuments", ())
    return EventPage(view, event, view.verification, MAKER, tuple((each["id"], each["tier"]) for each in listed))


MAKER = Organisation("lund", "Lund Möbler AB", Role.SUPPLIER, "maker", "SE", "https://lund.example/")
OFFICE = Organisation("data-office", "Example data office", Role.SUPPLIER, "data-office", "DK")


@pytest.fixture(scope="session")
def published() -> Published:
    return Published.load()


@pytest.fixture(scope="session")
def pages(published: Published) -> Pages:
    return Pages(published, base=BASE)


class Signer:
    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = public

    def signed(self, document: Mapping[str, Any], code: str) -> tuple[bytes, int, jose.Verification]:
        did = "did:web:pass.example.org:organisations:lund"
        envelope = Envelope(base=BASE, issuer=did, issuer_name=MAKER.name, valid_from="2026-11-02T09:30:00Z")
        body, start = envelope.payload(
            document,
            context=CREDENTIAL_CONTEXT,
            own="1",
            kind=Kind.PASSPORT,
            tier=Tier.PUBLIC,
            status=(0, 17),
            product=f"{BASE}/p/{code}",
        )
        head = jose.header_for(f"{did}#key-1")
        token = jose.compact(head, body, self._key.sign(jose.signing_input(head, body)))
        known = jose.VerificationKey(public=self.public, controller=did)
        return body, start, jose.verify(token, lambda kid: known, NOW)


@pytest.fixture(scope="session")
def make() -> Make:
    return maker()


def maker() -> Make:
    """What makes really signed passport pages; ``members`` change those of the example."""
    signer = Signer()

    def made(
        level: str = "model",
        *,
        issuer: Organisation = MAKER,
        versions: int = 1,
        document: Mapping[str, Any] | None = None,
        model: Mapping[str, Any] | None = None,
        events: tuple[Mapping[str, Any], ...] | None = None,
        **members: Any,
    ) -> PassportPage:
        item = level != "model"
        code = ITEM_CODE if level == "item" else BATCH_CODE if item else MODEL_CODE
        value = {**deepcopy(ITEM if item else MODEL), **members} if document is None else dict(document)
        body, start, verification = signer.signed(value, code)
        reading = Reading(
            code=code,
            key=f"p/{code}",
            level=Level(level),
            standing=Standing.ACTIVE,
            version=int(value.get("version", 1)),
            payload=body,
            start=start,
            digest=b"\x00" * 32,
            model_code=MODEL_CODE if item else None,
            model_version=1 if item else None,
        )
        return PassportPage(
            reading=reading,
            document=inner(body, start),
            model_document=(MODEL if model is None else model) if item else None,
            verification=verification,
            versions=versions,
            events=tuple(map(happened, (EVENT,) if item and events is None else events or ())),
            restricted=((f"{BASE}/credentials/2", "owner"),) if item else (),
            issuer=issuer,
            base=BASE,
        )

    return made


LOG = LogPage(
    origin="passport.example/log",
    size=12,
    published=11,
    at="2026-11-21T12:00:00Z",
    checkpoint="passport.example/log\n11\nWqx3\n\n\u2014 passport.example/log 6lGb\n",
    vkeys=("passport.example/log+ea519b92+AepK",),
    witnesses=(),
    stopped=False,
    former=("passport.example/log\n5\nAAAA\n",),
)


@pytest.fixture(scope="session")
def every_page(pages: Pages, published: Published, make: Make) -> Callable[[str], dict[str, str]]:
    """Every kind of page in a language, by a name that tells which."""
    report = {
        "documents": 2,
        "ok": False,
        "findings": [
            {
                "code": "gtin-check-digit",
                "severity": "error",
                "document": 0,
                "pointer": "/gtin",
                "found": "09506000134353",
                "expected": "a check digit of 2",
                "message": "The GTIN’s check digit is wrong.",
                "documentation": f"{BASE}/problems/gtin-check-digit",
                "field": f"{BASE}/schemas/furniture/1.0/model/gtin",
            },
            {
                "code": "shares-sum",
                "severity": "warning",
                "document": 1,
                "pointer": "/components/0/materials",
                "found": None,
                "expected": "",
                "message": "The shares add up to 97 %.",
                "documentation": f"{BASE}/problems/shares-sum",
                "field": None,
            },
        ],
        "suppressed": {"shares-sum": 4},
    }
    accepted = Outcome(
        {"documents": 1, "ok": True, "findings": [], "suppressed": {}}, [Issued(MODEL_CODE, 1, MODEL["modelName"])], 1
    )
    key = Key("key-1", "lund", b"\x01" * 32, "2026-01-01T00:00:00Z")
    retired = Key("key-0", "lund", b"\x02" * 32, "2025-01-01T00:00:00Z", retired="2026-01-01T00:00:00Z")
    linkset = {
        "linkset": [
            {
                "anchor": f"{BASE}/01/09506000134352",
                "https://ref.gs1.org/voc/pip": [
                    {
                        "href": f"{BASE}/passports/{MODEL_CODE}",
                        "type": "text/html",
                        "title": "Passport",
                        "hreflang": ["sv"],
                    }
                ],
            }
        ]
    }
    openapi = {
        "info": {"version": "0.1"},
        "paths": {
            "/passports/{code}": {
                "get": {
                    "tags": ["Scan and read"],
                    "description": "The passport.\n\nBy code.",
                    "parameters": [{"name": "code", "in": "path"}],
                    "responses": {"200": {}, "404": {}},
                }
            }
        },
    }
    gone = Gone(
        "Withdrawn.",
        code=MODEL_CODE,
        versions=f"{BASE}/passports/{MODEL_CODE}/versions/1",
        at="2026-11-03T08:00:00Z",
        by="Lund Möbler AB",
        reason=said("Issued twice."),
    )

    def all_of(lang: str) -> dict[str, str]:
        model, item = make(), make("item", versions=3)
        made = make("item", document=FULL_ITEM, model=FULL)
        lived = make("item", events=LIFE)
        found = _found()
        less = replace(found.asked, text="chair")
        instead = replace(found, instead=less, left_out=("zielona",), ignored=("utm_source", "limit"))
        two = ((MODEL_CODE, FULL), (OTHER_CODE, MODEL))
        misread = Miswritten("No.", code="7KX9-4M2Q-Y", reason="check")
        code_list = published.code_lists()[0]
        return {
            "home": pages.home(lang),
            "passport-model": pages.passport(lang, model),
            "passport-item": pages.passport(lang, item),
            "passport-full": pages.passport(lang, make(document=FULL), unfolded=True),
            "passport-batched": pages.passport(lang, replace(made, batch_document=BATCH), unfolded=True),
            "search-instead": pages.search(lang, instead),
            "log": pages.log(lang, LOG),
            "log-stopped": pages.log(lang, replace(LOG, published=None, witnesses=("w.example",), stopped=True)),
            "compare": pages.compare(lang, ComparisonView(two, more=True)),
            "compare-form-one": pages.compare(lang, ComparisonView(two[:1], two[1:])),
            "compare-form-wrong": pages.compare(
                lang,
                ComparisonView((), (), ("7KX9-4M2Q-Y", MODEL_CODE), (misread, gone)),
            ),
            "passport-data-office": pages.passport(lang, make(issuer=OFFICE)),
            "verification": pages.verification(lang, item),
            "events": pages.events(lang, lived),
            "event": pages.event(lang, event_page(lived, 3)),
            "event-corrected": pages.event(lang, event_page(lived, 4)),
            "passport-life": pages.passport(lang, replace(lived, at="2026-11-20T10:00:00Z")),
            "changes": pages.changes(lang, _revised(published), MODEL["modelName"]),
            "search": pages.search(lang, _found()),
            "search-nothing": pages.search(
                lang, SearchView(Query("ofice chiar"), 0, False, (), {}, {}, {}, {}, (Likely("office-chair", {}),))
            ),
            "models": pages.models(lang, [ModelRow(MODEL_CODE, MODEL, MAKER.name)], "abc"),
            "submit": pages.submit(lang),
            "submit-findings": pages.submit(lang, Outcome(report)),
            "submit-accepted": pages.submit(lang, accepted),
            "submit-refused": pages.submit(lang, refusal=Unauthenticated("No token.")),
            "organisation": pages.organisation(lang, MAKER, [retired, key]),
            "organisations": pages.organisations(lang, [MAKER, OFFICE]),
            "problems": pages.problems(lang),
            "problem": pages.problem(lang, "unknown-code"),
            "miswritten": pages.refusal(lang, 404, Miswritten("No.", code="7KX9-4M2Q-Y", reason="check")),
            "unknown-code": pages.refusal(lang, 404, UnknownCode("No.", code="7KX94M2QZ")),
            "withdrawn": pages.refusal(lang, 410, gone),
            "too-many": pages.refusal(lang, 429, TooMany("Slow down.", 60)),
            "labels": pages.labels(
                lang, [LabelRow(MODEL_CODE, f"{BASE}/p/{MODEL_CODE}", MODEL["modelName"], "Lund Möbler AB")] * 3
            ),
            "schemas": pages.schemas(lang),
            "schema": pages.schema(lang, published.schema_iri("furniture", "1.0", "model")),
            "vocab": pages.vocab(lang),
            "field": pages.field(lang, _use(published), Seen(MODEL_CODE, MODEL)),
            "term": pages.term(lang, "netWeight"),
            "code-list": pages.code_list(lang, code_list),
            "concept": pages.concept(lang, code_list, next(iter(published.code_list(code_list).codes))),
            "contexts": pages.contexts(lang),
            "context": pages.context(lang, published.context_iris()[0]),
            "linkset": pages.linkset(lang, linkset),
            "docs": pages.docs(lang, openapi),
            "accessibility": pages.accessibility(lang),
        }

    return all_of
