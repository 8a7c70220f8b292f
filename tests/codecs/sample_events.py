"""Public event documents of every kind, with every public member of that kind, as the service would write them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from passport.codecs.canonical import canonical, plan
from passport.model.events import EventType
from passport.model.passport import Tier
from passport.published import Field, Published

BASE = "https://passport.example"
CODE = "0123456AB"
PRODUCT = f"{BASE}/01/09506000134352/21/A%2F1"
PASSPORT = f"{BASE}/passports/{CODE}"
PART = f"{BASE}/passports/PART00001"
SUCCESSOR = f"{BASE}/passports/NEXT00001"
AT = "2026-11-21T12:00:00Z"

_WRITTEN: dict[str, Any] = {
    "eventTime": "2026-11-20T08:30:00Z",
    "timeZoneOffset": "+01:00",
    "supersedes": f"{BASE}/events/00000000-0000-4000-8000-000000000000",
    "transfer": f"{BASE}/transfers/11111111-0000-4000-8000-000000000000",
    "partPassport": PART,
    "componentId": "seat.1",
    "components": "seat.1",
    "removedComponents": "arm rest",
    "productionCountry": "SE",
    "treatmentCode": "R3",
    "expires": "2026-12-20T08:30:00Z",
    "until": "2026-12-20",
    "currency": "SEK",
    "language": "sv",
    "digest": f"sha256:{'0' * 64}",
    "assessedOn": "2026-11-20",
    "batchNumber": "B-1",
    "materialCode": "PA6",
    "contentType": "application/pdf",
}
_SERVER: dict[str, Any] = {
    "recordedAt": AT,
    "product": PRODUCT,
    "passport": PASSPORT,
    "act": "urn:uuid:22222222-0000-4000-8000-000000000000",
    "actorRole": "owner",
}
_BY_KIND: dict[str, Any] = {
    "ownershipTransferred": {
        "ownerType": "municipality",
        "previousOwnerType": "maker",
        "offer": f"{BASE}/events/33333333-0000-4000-8000-000000000000",
        "offerDigest": f"sha256:{'1' * 64}",
    },
    "remanufactured": {"successors": [SUCCESSOR]},
    "responsibilityTransferred": {"economicOperatorId": "did:web:passport.example:organisations:maker"},
    "lent": {"holderType": "company"},
    "payloadErased": {"erased": [f"{BASE}/events/44444444-0000-4000-8000-000000000000"]},
}


def every_event(published: Published, group: str = "furniture", version: str = "1.0") -> Iterator[dict[str, Any]]:
    """One document of every kind of event, in the form in which it is signed."""
    for place, kind in enumerate(EventType, 1):
        yield event(published, kind, place, group=group, version=version)


def event(
    published: Published, kind: EventType, place: int, *, group: str = "furniture", version: str = "1.0", **more: Any
) -> dict[str, Any]:
    """A document of one kind with all that it can say publicly; ``more`` replaces members, None takes one away."""
    shape = published.shape(group, version, "event")
    address = f"{BASE}/events/55555555-0000-4000-8000-{place:012}"
    said = {
        each.name: _sample(published, each)
        for each in shape.fields
        if not each.server and each.kept and each.tier == "public" and (not each.events or kind in each.events)
    }
    for name in ("supersedes", "correctionReason", "reason"):
        said.pop(name)
    said["eventType"] = kind.value
    parts = canonical(said, plan=plan(shape), iri=address, event=address, replaced={}).passport
    made = {"id": address, **parts[Tier.PUBLIC], **_SERVER, **_BY_KIND.get(kind.value, {}), **more}
    return {name: value for name, value in made.items() if value is not None}


def _sample(published: Published, field: Field) -> Any:
    if field.kind == "object":
        value: Any = {each.name: _sample(published, each) for each in field.fields if each.tier == "public"}
    elif field.kind == "language":
        return [{"value": "Ord", "language": "sv"}]
    elif field.code_list:
        value = next(iter(published.code_list(field.code_list).codes))
    elif field.name in _WRITTEN:
        value = _WRITTEN[field.name]
    else:
        by_kind = {"decimal": Decimal("7.25"), "integer": 3, "boolean": False, "iri": "https://a.example/x"}
        value = by_kind.get(field.kind, "words" if field.type != "url" else "https://a.example/x")
    return [value] if field.many else value
