"""Example documents for the tests of the pages: a model, a piece of it, a batch, an event."""

import json
from pathlib import Path
from typing import Any

from passport.published import VOCAB

BASE = "https://pass.example.org"
MODEL_CODE = "7KX94M2QZ"
ITEM_CODE = "3H8JW0RT5"
BATCH_CODE = "9C2TQ6XN8"
OTHER_CODE = "5R7B3KD9F"


def said(text: str, **others: str) -> list[dict[str, str]]:
    texts = {"en": text, **others}
    return [{"value": value, "language": language} for language, value in texts.items()]


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
