"""JSON Schemas of events: what an organisation submits, the public document, and any submission of a group."""

from typing import Any

from generation.schemas import Schema, Schemas
from generation.source import Field

_CANCELS = "did-not-occur"
"""The reason of a correction that takes an event back and says nothing else."""


def described(schemas: Schemas) -> dict[str, Schema]:
    """Schema name to schema."""
    return {
        "event": _submission(schemas),
        "event-document": _document(schemas),
        "submission": _any(schemas),
    }


def _submission(schemas: Schemas) -> Schema:
    group = schemas.group
    fields = [field for field in group.event if not (field.get("server") or field.get("opening"))]
    own = [field["name"] for field in group.event if field.get("server")]
    text = (
        "What an organisation sends about something that happened: complete, no other members. A member with events "
        "belongs to those types only. Code membership, and what can happen when, are rules."
    )
    made = schemas.head("event", "Submission of an event", text) | {"type": "object", "kind": "object"}
    properties = {"@context": schemas.ref("eventContext")}
    properties |= {field["name"]: schemas.member(field) for field in fields}
    named = dict.fromkeys([*own, *group.server_names])
    properties |= {name: schemas.ref("serverOwned") | {"server": True} for name in named}
    made["properties"] = properties
    made["required"] = [field["name"] for field in fields if "base" in field.get("need", {})]
    made["allOf"] = [
        _needing("supersedes", "correctionReason"),
        _needing("correctionReason", "supersedes"),
        {"if": _member("correctionReason", {"const": _CANCELS}), "else": {"allOf": _rules(schemas, fields)}},
    ]
    return made | {"unevaluatedProperties": False}


def _rules(schemas: Schemas, fields: list[Field]) -> list[Schema]:
    """What each type of event must have, as far as not every event must."""
    types: dict[str, list[str]] = {}
    for field in fields:
        for each in field.get("need", {}).get("events", ()):
            types.setdefault(each, []).append(field["name"])
    rules: list[Schema] = [
        {"if": _member("eventType", {"const": each}), "then": {"required": names}} for each, names in types.items()
    ]
    for choice in schemas.group.event_choices:
        one = _one_of(choice["of"])
        if "events" in choice:
            rules.append({"if": _member("eventType", {"enum": choice["events"]}), "then": one})
        else:
            rules.append({"if": _member("eventType", {"enum": choice["besides"]}), "else": one})
    return rules


def _one_of(names: list[str]) -> Schema:
    return {"required": names} if len(names) == 1 else {"anyOf": [{"required": [name]} for name in names]}


def _needing(name: str, other: str) -> Schema:
    return {"if": {"required": [name]}, "then": {"required": [other]}}


def _member(name: str, test: Schema) -> Schema:
    return {"properties": {name: test}, "required": [name]}


def _document(schemas: Schemas) -> Schema:
    shown = [field for field in schemas.group.event if field.get("tier", "public") == "public" and _kept(field)]
    text = "The public event document as served. Numbers are decimal strings; every object has an IRI."
    made = schemas.head("event-document", "Event document", text) | {"type": "object", "kind": "object"}
    whole = schemas.served(shown)
    for field in shown:
        whole["properties"][field["name"]] |= {"server": True} if field.get("server") else {}
    own: dict[str, Any] = {"@context": schemas.ref("eventContext"), "id": schemas.ref("url")}
    whole["properties"] = own | whole["properties"]
    whole["required"] = ["id", *(name for name in whole["properties"] if name in _ALWAYS)]
    return made | whole | {"$defs": schemas.named(shown)}


_ALWAYS = ("eventType", "eventTime", "recordedAt", "product", "passport", "actorRole")
"""What every public event document says."""


def _kept(field: Field) -> bool:
    return field.get("kept", True) and field["name"] not in ("tier", "salt")


def _any(schemas: Schemas) -> Schema:
    text = "Anything that may be submitted: an event where there is an eventType, else a passport."
    told = {"required": ["eventType"]}
    event, passport = ({"$ref": schemas.group.iri(name)} for name in ("event", "passport"))
    rule = {"if": told, "then": event, "else": passport}
    return schemas.head("submission", "Submission", text) | {"type": "object", "allOf": [rule]}
