"""A piece in JSON-LD: what is read of it, what PyLD makes of it, and what is wrong with it."""

import json
from decimal import Decimal
from typing import Any

import pytest
from pyld import FrozenDocumentLoader
from pyld import jsonld as pyld

from passport.codecs.strictjson import Limits, Raw, read
from passport.errors import Unreadable
from passport.model.report import Finding
from passport.published import CONTEXT, VOCAB, Published

LIMITS = Limits()
LINKED = "application/ld+json"
EVENT_CONTEXT = f"{VOCAB}contexts/event/1.0"
ITEM: dict[str, Any] = {
    "granularity": "item",
    "category": "office-chair",
    "isSecondHandLegacy": True,
    "manufacturingDate": "2019-05",
    "netWeight": Decimal("14.20"),
    "dimensions": {"width": 600, "height": "900.5"},
    "itemName": [{"value": "Stol", "language": "sv"}, {"value": "Chair", "language": "en"}],
    "materials": [
        {"materialClass": "metal-steel", "massShare": 60},
        {"materialClass": "foam-PUR", "massShare": Decimal("40.0")},
    ],
    "extensions": {"https://maker.example/ns/": {"a": [1, None, True, {"b": "x"}]}},
}


def reading(value: Any, published: Published, media_type: str | None = LINKED) -> tuple[Raw, ...]:
    data = json.dumps(value, default=float).encode()
    return read(data, media_type=media_type, limits=LIMITS, published=published)


def faults(value: Any, published: Published, media_type: str | None = LINKED) -> list[tuple[str, int, str]]:
    with pytest.raises(Unreadable) as caught:
        reading(value, published, media_type)
    return [(each.code, each.document, each.pointer) for each in caught.value.findings if isinstance(each, Finding)]


def options(published: Published) -> dict[str, Any]:
    loader = FrozenDocumentLoader(documents={iri: dict(published.context(iri)) for iri in (CONTEXT, EVENT_CONTEXT)})
    return {"base": None, "documentLoader": loader}


def compacted(nodes: Any, published: Published) -> Any:
    return pyld.compact(nodes, CONTEXT, options(published))


def expanded(document: dict[str, Any], published: Published) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = pyld.expand(numbers_as_floats(document), options(published))
    return nodes


def own_context(document: dict[str, Any]) -> str:
    """The context that a document of this kind states."""
    return EVENT_CONTEXT if "eventType" in document else CONTEXT


def flattened(nodes: Any, published: Published) -> Any:
    return pyld.flatten(nodes, None, options(published))


def numbers_as_floats(value: Any) -> Any:
    return json.loads(json.dumps(value, default=float))
