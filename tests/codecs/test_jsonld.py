"""JSON-LD submissions become the plain documents that they say, in every form that JSON-LD has."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from passport.codecs import jsonld
from passport.codecs.strictjson import Raw, read
from passport.published import CONTEXT, VOCAB, Published
from tests.codecs.linked import (
    EVENT_CONTEXT,
    ITEM,
    LIMITS,
    compacted,
    expanded,
    faults,
    flattened,
    numbers_as_floats,
    own_context,
    reading,
)


@pytest.fixture(scope="module")
def documents(published: Published) -> list[Raw]:
    folder = published.examples() / "furniture"
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in {".json", ".ndjson"}]
    found = [raw for path in paths for raw in read(path.read_bytes(), media_type=None, limits=LIMITS)]
    assert len(found) >= 30
    return found


@pytest.fixture(params=["expanded", "flattened", "compacted"])
def form(request: pytest.FixtureRequest, published: Published) -> Callable[[dict[str, Any]], Any]:
    def written(document: dict[str, Any]) -> Any:
        nodes = expanded({"@context": CONTEXT, **document}, published)
        if request.param == "flattened":
            return flattened(nodes, published)
        return compacted(nodes, published) | {"@context": [CONTEXT]} if request.param == "compacted" else nodes

    return written


def test_every_form_of_a_document_reads_as_the_plain_one(form: Callable[[Any], Any], published: Published) -> None:
    (raw,) = reading(form(ITEM), published)
    (plain,) = read(json.dumps(ITEM, default=float).encode(), media_type=None, limits=LIMITS)
    assert raw.value == plain.value
    assert raw.digest == plain.digest
    assert {name: type(value) for name, value in raw.value.items()} == {
        name: type(plain.value[name]) for name in raw.value
    }


@pytest.mark.parametrize("form", ["plain", "expanded"])
def test_level_and_group_may_be_written_with_capitals(form: str, published: Published) -> None:
    written = {"@context": CONTEXT, **ITEM, "granularity": "Item", "productGroup": "Furniture"}
    sent = expanded(numbers_as_floats(written), published) if form == "expanded" else written
    (raw,) = reading(sent, published)
    assert raw.value["productGroup"] == "furniture"
    assert {name: raw.value[name] for name in ITEM if name != "netWeight"} == {
        name: value for name, value in ITEM.items() if name != "netWeight"
    }


def test_every_example_survives_expansion(documents: list[Raw], published: Published) -> None:
    for raw in documents:
        nodes = expanded({"@context": own_context(raw.value), **raw.value}, published)
        (again,) = reading(nodes, published)
        assert again.value == raw.value
        assert again.digest == raw.digest


def test_every_example_survives_flattening(documents: list[Raw], published: Published) -> None:
    for raw in documents[::3]:
        nodes = expanded({"@context": own_context(raw.value), **raw.value}, published)
        (again,) = reading(flattened(nodes, published), published)
        assert again.value == raw.value


@pytest.mark.parametrize("level", ["model", "batch", "item", "event"])
def test_every_field_of_every_level_survives_expansion(published: Published, level: str) -> None:
    document = {
        field.name: sample(published, field)
        for field in published.shape("furniture", "1.0", level).fields
        if not field.server
    }
    if level != "event":
        document["granularity"] = level
    (again,) = reading(expanded({"@context": own_context(document), **document}, published), published)
    assert again.value == document
    assert again.context is None


def test_passports_and_events_stand_in_one_graph(published: Published) -> None:
    event = {"eventType": "returned", "products": ["#0"]}
    graph = [
        *expanded({"@context": CONTEXT, **ITEM}, published),
        *expanded({"@context": EVENT_CONTEXT, **event}, published),
    ]
    chair, back = reading(graph, published)
    assert chair.value["category"] == "office-chair"
    assert (back.value, back.index) == (event, 1)


def test_an_event_states_its_own_context(published: Published) -> None:
    event = {"eventType": "returned", "products": ["7KX94M2QZ"]}
    (raw,) = reading({"@context": EVENT_CONTEXT, **event}, published, None)
    assert (raw.value, raw.context) == (event, EVENT_CONTEXT)
    (named,) = reading({"@context": EVENT_CONTEXT, "id": "https://a.example/1", **event}, published)
    assert named.value["id"] == "https://a.example/1"
    for group, version in (("furniture", "1.0"), ("workwear", "0.1")):
        about = published.group(group, version)
        assert published.group_for(event, about.event_context) is about


def sample(published: Published, field: Any) -> Any:
    if field.kind == "object":
        value: Any = {inner.name: sample(published, inner) for inner in field.fields}
    elif field.kind == "language":
        return [{"value": "Text", "language": "sv"}]
    elif field.code_list:
        value = next(iter(published.code_list(field.code_list).codes))
    else:
        by_kind = {"decimal": Decimal("7.25"), "integer": 3, "boolean": False, "untouched": {"a": [None]}}
        value = by_kind.get(field.kind, "https://a.example/")
    return [value] if field.many else value


def test_every_code_of_every_list_survives_expansion(published: Published) -> None:
    """Terms of the context must not swallow codes of the same name (JSON-LD 1.1 API clause 5.2.2)."""
    for field in published.shape("furniture", "1.0", "item").fields:
        if field.code_list and not field.many and field.name != "granularity":
            for code in published.code_list(field.code_list).codes:
                (again,) = reading(expanded({"@context": CONTEXT, **ITEM, field.name: code}, published), published)
                assert again.value[field.name] == code


def test_many_documents_in_one_graph_keep_their_order(published: Published) -> None:
    names = [f"S-{number}" for number in range(20)]
    graph = [expanded({"@context": CONTEXT, **ITEM, "serialNumber": name}, published)[0] for name in names]
    assert [raw.value["serialNumber"] for raw in reading(graph, published)] == names
    whole = {"@context": CONTEXT, "@graph": [{**ITEM, "serialNumber": name} for name in names]}
    assert [raw.value["serialNumber"] for raw in reading(whole, published)] == names
    assert [raw.index for raw in reading(whole, published)] == list(range(20))


def test_each_line_is_a_json_ld_text_of_its_own(published: Published) -> None:
    nodes = [{**expanded({"@context": CONTEXT, **ITEM}, published)[0], "@id": "_:b0"} for _ in range(3)]
    data = "\n".join(json.dumps(node, default=float) for node in nodes).encode()
    found = read(data, media_type="application/x-ndjson", limits=LIMITS, published=published)
    assert [raw.line for raw in found] == [1, 2, 3]


def test_plain_json_with_our_context_is_plain_json(published: Published) -> None:
    (raw,) = reading({"@context": CONTEXT, **ITEM}, published, None)
    (plain,) = reading(ITEM, published, None)
    assert raw.context == CONTEXT
    assert raw == replace(plain, context=CONTEXT)
    assert jsonld.without_context({"@context": CONTEXT, "a": {"b:c": 1}}, published) is None


def test_addresses_of_nodes_are_kept_for_the_schema_to_judge(published: Published) -> None:
    (node,) = expanded({"@context": CONTEXT, **ITEM}, published)
    node["@id"] = "https://maker.example/chair"
    node["@type"] = ["https://schema.org/Product"]
    (raw,) = reading([node], published)
    assert raw.value["digitalProductPassportId"] == "https://maker.example/chair"
    assert raw.value["type"] == ["https://schema.org/Product"]


def test_dropped_and_undefined_terms_are_findings(published: Published) -> None:
    assert faults({"@context": [CONTEXT], **ITEM, "hue": "x", "shade": 1}, published) == [
        ("jsonld-dropped-term", 0, "/hue"),
        ("jsonld-dropped-term", 0, "/shade"),
    ]
    nested = {"@context": [CONTEXT], **ITEM, "dimensions": {"width": 6, "diagonal": 9}}
    assert faults(nested, published) == [("jsonld-dropped-term", 0, "/dimensions/diagonal")]
    assert faults(ITEM, published)[0][0] == "jsonld-dropped-term"


def test_terms_of_other_places_are_left_to_the_schema(published: Published) -> None:
    (node,) = expanded({"@context": CONTEXT, **ITEM}, published)
    (raw,) = reading([{**node, VOCAB + "dppStatus": [{"@id": VOCAB + "codes/dpp-status/active"}]}], published)
    assert raw.value["dppStatus"] == VOCAB + "codes/dpp-status/active"


def test_threads_share_one_lock(published: Published) -> None:
    nodes = expanded({"@context": CONTEXT, **ITEM}, published)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: reading({"@context": [CONTEXT], **ITEM}, published)[0].digest, range(200)))
    assert set(found) == {reading(nodes, published)[0].digest}
