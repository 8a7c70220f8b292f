"""Complete documents, built from the published shapes and the vocabulary's own examples."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from passport.published import CONTEXT, Field, Published

HOME = "https://pass.example/passports/7KX94M2QZ"
EVENT = "https://pass.example/events/0c0f7a9e-5b1c-4f0e-9f57-0a3c2a2f7a10"
DIGEST = "sha256:" + "0" * 64


@pytest.fixture(scope="session")
def complete(published: Published) -> Callable[[str], dict[str, Any]]:
    """A submission of a level, or of an event, that has every field it may have."""

    def make(level: str) -> dict[str, Any]:
        fields = [field for field in published.shape("furniture", "1.0", level).fields if not field.server]
        made = {field.name: _value(published, field) for field in fields}
        return made if level == "event" else made | {"granularity": level}

    return make


@pytest.fixture(scope="session")
def recorded(published: Published, complete: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """One event document with every member that events of any type and tier may have."""
    told = complete("event")
    fields = published.shape("furniture", "1.0", "event").fields
    kept = {field.name: told[field.name] for field in fields if field.kept and not field.server}
    item = complete("item")
    opening = {field.name for field in published.shape("furniture", "1.0", "item").fields if field.opening}
    body = kept | {name: item[name] for name in opening - kept.keys()}
    return {
        "id": EVENT,
        **{name: _named(value, f"{EVENT}#{name}") for name, value in body.items()},
        "eventType": "conditionAssessed",
        "reportedTime": "2026-11-20T14:05:00Z",
        "clockCorrection": -3600,
        "recordedAt": "2026-11-20T13:05:09Z",
        "product": "https://pass.example/p/7KX94M2QZ",
        "passport": HOME,
        "act": "urn:uuid:0192f3a4-7b1c-7f0e-9f57-0a3c2a2f7a10",
        "actorRole": "owner",
        "actor": "example-municipality",
        "ownerType": "municipality",
        "owner": "example-municipality",
        "previousOwnerType": "company",
        "previousOwner": "example-office",
        "holderType": "workshop",
        "holder": "example-workshop",
        "economicOperatorId": "gln:7300010000001",
        "successors": ["https://pass.example/passports/3F8T2W9KX"],
        "receiverType": "private-party",
        "offer": f"{EVENT}1",
        "offerDigest": DIGEST,
        "declared": True,
        "erased": ["https://pass.example/credentials/1"],
        "effectsDigest": DIGEST,
        "tier": "owner",
        "salt": "q83v",
        "audience": "example-municipality",
        "restrictedDocuments": [{"id": "https://pass.example/credentials/2", "tier": "legitimate-interest"}],
    }


@pytest.fixture(scope="session")
def told(published: Published, recorded: dict[str, Any]) -> dict[str, Any]:
    """The public part of that document."""
    allowed = published.schema(published.schema_iri("furniture", "1.0", "event-document"))
    return _allowed(allowed, recorded, allowed["$defs"])


def _value(published: Published, field: Field) -> Any:
    one = _one(published, field)
    return [one] if field.many else one


def _one(published: Published, field: Field) -> Any:
    if field.kind == "object":
        return {inner.name: _value(published, inner) for inner in field.fields}
    if field.kind == "untouched":
        return {"https://maker.example/ns/": {"b": [1, True, None, "å"], "a": {}}}
    if field.code_list:
        return next(iter(published.code_list(field.code_list).codes))
    example = "seat" if (field.name, field.kind) == ("components", "string") else published.term(field.name).example
    assert example is not None, field.name
    if field.kind == "language":
        return [{"value": example, "language": "en"}, {"value": f"{example} (sv)", "language": "sv"}]
    readers: Mapping[str, Callable[[str], Any]] = {"integer": int, "boolean": "true".__eq__}
    return readers.get(field.kind, str)(example)


@pytest.fixture(scope="session")
def served(published: Published, complete: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """A passport document as served, with every field that public passports of any level may have."""
    body: dict[str, Any] = {}
    for level in ("model", "batch", "item"):
        body |= _public(published.shape("furniture", "1.0", level).fields, complete(level))
    allowed = published.schema(published.schema_iri("furniture", "1.0", "document"))["properties"]
    head = {
        "@context": CONTEXT,
        "digitalProductPassportId": HOME,
        "uniqueProductIdentifier": "https://pass.example/01/09506000134352/21/A1",
        "granularity": "model",
        "dppSchemaVersion": "EN 18223:2026",
        "dppStatus": "active",
        "lastUpdated": "2026-11-21T09:00:00Z",
        "issuedAt": "2026-11-20T09:00:00Z",
        "economicOperatorId": "gln:7300010000001",
        "contentSpecificationIds": [published.schema_iri("furniture", "1.0", "model")],
        "shortCode": "7KX94M2QZ",
        "version": 2,
        "previousVersion": f"{HOME}/versions/1",
        "restrictedDocuments": [{"id": "https://pass.example/credentials/1", "tier": "authority"}],
        "gtinVerified": False,
        "modelPassport": {"id": f"{HOME}/versions/2", "passport": HOME, "digest": DIGEST},
        "batchPassport": "https://pass.example/passports/3F8T2W9KX",
    }
    shown = {name: _named(value, f"{HOME}#{name}") for name, value in body.items() if name in allowed}
    return head | {name: value for name, value in shown.items() if name not in head}


def _public(fields: Iterable[Field], body: Mapping[str, Any]) -> dict[str, Any]:
    """The members that everybody may see, at any depth."""
    shown: dict[str, Any] = {}
    for field in fields:
        if field.name in body and field.tier == "public":
            value = body[field.name]
            if field.kind == "object":
                inner = [_public(field.fields, each) for each in (value if field.many else [value])]
                value = inner if field.many else inner[0]
            shown[field.name] = value
    return shown


def _allowed(schema: Mapping[str, Any], value: Any, objects: Mapping[str, Any]) -> Any:
    """What a schema of public documents knows of a value."""
    if isinstance(value, list) and "items" in schema:
        return [_allowed(schema["items"], each, objects) for each in value]
    reference = str(schema.get("$ref", ""))
    held = objects[reference.removeprefix("#/$defs/")] if reference.startswith("#") else schema
    if not isinstance(value, dict) or "properties" not in held:
        return value
    known = held["properties"]
    return {name: _allowed(known[name], each, objects) for name, each in value.items() if name in known}


def _named(value: Any, iri: str) -> Any:
    """The same value with an IRI for every object that is no language value; ``extensions`` stay as they are."""
    if iri.endswith("#extensions"):
        return value
    if isinstance(value, list):
        return [_named(each, f"{iri}/{number}") for number, each in enumerate(value)]
    if isinstance(value, dict) and "language" in value and "value" in value:
        return value
    if isinstance(value, dict):
        return {"id": iri} | {name: _named(each, f"{iri}/{name}") for name, each in value.items()}
    return value
