"""Submissions as the statements that the service would make of them, without asking whether they are right."""

import json
from collections.abc import Mapping
from typing import Any

import rdflib

from passport.codecs import rdf
from passport.codecs.canonical import canonical, plan
from passport.model.passport import Tier
from passport.published import EVENT, Group, Published, Shape

BASE = "https://passport.example"
HOME = f"{BASE}/passports/7KX94M2QZ"
AT = "2026-11-21T09:00:00Z"
DIGEST = "sha256:" + "0" * 64
_ABOUT = ("profile", "productGroup", "products", "deviceTime", "modelPassport", "batchPassport")
"""Members that say how a submission is meant, or that the service writes otherwise."""
MODEL = {"id": f"{BASE}/passports/3F8T2W9KX/versions/1", "passport": f"{BASE}/passports/3F8T2W9KX", "digest": DIGEST}


def statements(value: Mapping[str, Any], published: Published, place: str) -> bytes:
    """The public document of a submission as N-Triples, about ``place``; raises what the codecs raise for what has no
    such form.
    """
    group = published.group_for(value, value.get("@context"))
    if group is None:
        raise LookupError("no such group")
    if "eventType" in value:
        return rdf.triples(_event(value, published, group, place), published=published, context=group.event_context)
    return rdf.triples(_passport(value, published, group, place), published=published, context=group.context)


def graph(*parts: bytes) -> rdflib.Graph:
    """Statements as rdflib has them."""
    made = rdflib.Graph()
    made.parse(data=b"".join(parts), format="nt")
    return made


def _public(value: Mapping[str, Any], published: Published, shape: Shape, place: str) -> dict[str, Any]:
    """What of a submission is public; what has no canonical form, or is of another level, as it was written."""
    known = {field.name: field for field in shape.fields if not (field.opening or field.server)}
    steps = plan(shape)
    made: dict[str, Any] = {}
    for name, each in value.items():
        if name in known and name not in _ABOUT:
            try:
                found = canonical({name: each}, plan=steps, iri=place, event=f"{place}/opening", replaced={})
                made |= found.passport.get(Tier.PUBLIC, {})
            except (ArithmeticError, AttributeError, TypeError, ValueError):
                made[name] = each
        elif name not in known and shape.level != EVENT and _stands_elsewhere(published, name):
            made[name] = each
    told: dict[str, Any] = json.loads(json.dumps(made, default=str))
    return told


def _stands_elsewhere(published: Published, name: str) -> bool:
    levels = (published.shape("furniture", "1.0", level) for level in ("model", "batch", "item"))
    return any(
        field.name == name and field.tier == "public" and not field.opening for each in levels for field in each.fields
    )


def _passport(value: Mapping[str, Any], published: Published, group: Group, place: str) -> dict[str, Any]:
    level = value["granularity"]
    linked = {"modelPassport": MODEL, "batchPassport": f"{BASE}/passports/3F8T2W9KY"}
    replaced = {name: each for name, each in linked.items() if name in value}
    head = {
        "digitalProductPassportId": place,
        "uniqueProductIdentifier": f"{BASE}/p/7KX94M2QZ",
        "dppSchemaVersion": "EN 18223:2026",
        "dppStatus": "active",
        "lastUpdated": AT,
        "issuedAt": AT,
        "economicOperatorId": "did:web:passport.example:organisations:maker",
        "contentSpecificationIds": [published.schema_iri(group.name, group.version, level)],
        "shortCode": "7KX94M2QZ",
        "version": 1,
    }
    return head | _public(value, published, published.shape(group.name, group.version, level), place) | replaced


def _event(value: Mapping[str, Any], published: Published, group: Group, place: str) -> dict[str, Any]:
    head = {
        "id": place,
        "eventTime": AT,
        "recordedAt": AT,
        "product": f"{BASE}/p/7KX94M2QZ",
        "passport": HOME,
        "act": "urn:uuid:0192f3a4-7b1c-7f0e-9f57-0a3c2a2f7a10",
        "actorRole": "owner",
    }
    shape = published.shape(group.name, group.version, EVENT)
    return head | _public(value, published, shape, place)
