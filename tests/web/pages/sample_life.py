"""Example lives for the tests of the pages, as public documents and what else a reader may see."""

from typing import Any

from tests.web.pages.sample_documents import BASE, ITEM_CODE, OTHER_CODE, said


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
