"""JSON-LD submissions become the plain documents that they say, and nothing is fetched or guessed."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any, NoReturn

import pytest
from pyld import FrozenDocumentLoader
from pyld import jsonld as pyld

from passport.codecs import jsonld
from passport.codecs.strictjson import Limits, Raw, read
from passport.errors import Unreadable
from passport.model.report import Finding
from passport.published import CONTEXT, VOCAB, Published

LIMITS = Limits()
LINKED = "application/ld+json"
EVENT_CONTEXT = f"{VOCAB}contexts/event/1.0"
XSD = "http://www.w3.org/2001/XMLSchema#"
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


@pytest.fixture(scope="module")
def published() -> Published:
    return Published.load()


@pytest.fixture(scope="module")
def documents(published: Published) -> list[Raw]:
    folder = published.examples() / "furniture"
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in {".json", ".ndjson"}]
    found = [raw for path in paths for raw in read(path.read_bytes(), media_type=None, limits=LIMITS)]
    assert len(found) >= 30
    return found


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


@pytest.mark.parametrize(
    "nodes",
    [
        [{"@id": "_:a", "@type": 7}],
        [{"@id": 7}],
        [{"@value": "a", "@id": "b"}],
        {"@context": CONTEXT, "@graph": {"@list": [1]}, "@index": []},
        [
            {
                VOCAB + "granularity": [{"@id": VOCAB + "codes/granularity/item"}],
                "@reverse": {VOCAB + "components": [{"@id": "_:x"}]},
            }
        ],
        [],
        {"@context": CONTEXT, "@graph": []},
    ],
)
def test_what_is_no_passport_graph_is_refused_and_never_a_fault(nodes: Any, published: Published) -> None:
    assert faults(nodes, published)


def test_a_graph_that_multiplies_itself_is_bounded(published: Published) -> None:
    """Two layers of 80 nodes, each naming all of the next, would be half a million objects when nested."""

    def layer(letter: str, predicate: str) -> dict[str, Any]:
        return {VOCAB + predicate: [{"@id": f"_:{letter}{number}"} for number in range(80)]}

    root = {"@id": "_:r", VOCAB + "granularity": [{"@id": VOCAB + "codes/granularity/model"}]}
    nodes: list[dict[str, Any]] = [root | layer("c", "components")]
    nodes += [{"@id": f"_:c{number}"} | layer("m", "materials") for number in range(80)]
    nodes += [{"@id": f"_:m{number}"} | layer("q", "recycledContent") for number in range(80)]
    nodes += [{"@id": f"_:q{number}", VOCAB + "total": [{"@value": "1"}]} for number in range(80)]
    assert [code for code, _, _ in faults(nodes, published)] == ["jsonld-too-many-nodes"]


def test_a_node_within_itself_ends_where_the_shape_ends(published: Published) -> None:
    granularity = {VOCAB + "granularity": [{"@id": VOCAB + "codes/granularity/item"}]}
    (raw,) = reading([{"@id": "_:a", **granularity, VOCAB + "dimensions": [{"@id": "_:a"}]}], published)
    assert raw.value["granularity"] == "item"
    assert set(raw.value["dimensions"]) == {"granularity", "dimensions"}


def test_a_large_graph_is_bounded(published: Published) -> None:
    wide = {"@context": CONTEXT, "@graph": [{"gtin": str(number)} for number in range(jsonld.MOST_NODES)]}
    assert faults(wide, published) == [("jsonld-too-many-nodes", 0, "")]


def test_all_lines_of_a_submission_share_one_effort(published: Published) -> None:
    """T20: expansion holds a lock, so a line for each text must not buy the effort anew."""
    text = {"@context": CONTEXT, "@graph": [{"@id": f"_:b{number}"} for number in range(6_000)]}
    data = "\n".join(json.dumps(text) for _ in range(20)).encode()
    with pytest.raises(Unreadable) as caught:
        read(data, media_type="application/x-ndjson", limits=LIMITS, published=published)
    found = [(each.code, each.document) for each in caught.value.findings]
    assert [document for code, document in found if code == "jsonld-too-many-nodes"] == list(range(3, 20))


def crowded(components: int, materials: int) -> list[dict[str, Any]]:
    """A model whose components all share one list of materials, each of them written once in the text."""
    shared = [{"@id": f"_:m{number}"} for number in range(materials)]
    nodes = [{"@id": f"_:c{number}", VOCAB + "materials": shared} for number in range(components)]
    parts = [{"@id": node["@id"]} for node in nodes]
    granularity = {VOCAB + "granularity": [{"@id": VOCAB + "codes/granularity/model"}]}
    return [{"@id": "_:r", **granularity, VOCAB + "components": parts}, *nodes]


def test_objects_written_out_are_counted_over_all_lines(published: Published) -> None:
    line = json.dumps({"@context": CONTEXT, "@graph": crowded(60, 60)})
    read(line.encode(), media_type=LINKED, limits=LIMITS, published=published)
    with pytest.raises(Unreadable) as caught:
        read("\n".join([line] * 6).encode(), media_type="application/x-ndjson", limits=LIMITS, published=published)
    assert {each.code for each in caught.value.findings} == {"jsonld-too-many-nodes"}


@pytest.mark.parametrize(
    "member",
    [
        {"https://schema.org/name": [{"@value": "x" * 90_000, "@language": "en"}]},
        {VOCAB + "extensions": [{"@type": "@json", "@value": {"a": "x" * 90_000}}]},
    ],
    ids=["words", "json"],
)
def test_a_text_that_many_nodes_share_is_counted_each_time(member: dict[str, Any], published: Published) -> None:
    """One long text named from a thousand places would be gigabytes of plain document."""
    root, *nodes = crowded(1_000, 1)
    shared = {"@id": "_:m0", **member}
    assert faults([root, *nodes, shared], published) == [("jsonld-too-many-nodes", 0, "/components/57")]


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """A server that notes who connects."""
    asked: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.05)
    stopping = threading.Event()

    def serve() -> None:
        while not stopping.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            with connection:
                asked.append(connection.recv(100))

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/context.jsonld", asked
    stopping.set()
    thread.join()
    server.close()


def contexts(address: str) -> list[Any]:
    return [
        address,
        [CONTEXT, address],
        [address, CONTEXT],
        {"@import": address},
        {"materials": {"@id": VOCAB + "materials", "@context": address}},
    ]


def test_t18_unknown_contexts_are_refused_and_never_fetched(
    listener: tuple[str, list[bytes]], published: Published
) -> None:
    address, asked = listener
    for context in contexts(address):
        found = faults({**ITEM, "@context": context}, published)
        assert {code for code, _, _ in found} <= {"context-unknown", "context-inline"}
        inside = faults({"@context": CONTEXT, **ITEM, "dimensions": {"@context": context, "width": 6}}, published)
        assert all(at.startswith("/dimensions/@context") for _, _, at in inside)
    assert asked == []
    with socket.create_connection(("127.0.0.1", int(address.split(":")[2].split("/")[0]))) as connection:
        connection.sendall(b"the listener does listen")
    for _ in range(100):
        if asked:
            break
        threading.Event().wait(0.02)
    assert asked == [b"the listener does listen"]


def test_t18_json_ld_is_read_with_the_network_blocked(monkeypatch: pytest.MonkeyPatch, published: Published) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert reading({"@context": [CONTEXT], **ITEM}, published)
    for known in (
        "https://www.w3.org/ns/credentials/v2",
        "https://schema.org",
        "file:///etc/hostname",
        "context.jsonld",
    ):
        assert faults({"@context": known, **ITEM}, published)[0][0] == "context-unknown"


@pytest.mark.parametrize(
    "context",
    [
        {"category": "https://evil.example/other"},
        {"@vocab": "https://evil.example/"},
        {"@base": "https://evil.example/"},
        {"@language": "sv"},
        {"@propagate": False},
        {"netWeight": None},
        None,
        [],
        [[]],
        [CONTEXT, None],
        7,
    ],
)
def test_t19_inline_contexts_are_refused(context: Any, published: Published) -> None:
    if context != []:
        assert "context-inline" in {code for code, _, _ in faults({"@context": context, **ITEM}, published)}
    else:
        assert {code for code, _, _ in faults({"@context": context, **ITEM}, published)} == {"jsonld-dropped-term"}
    if context != []:
        scoped = {"@context": CONTEXT, **ITEM, "dimensions": {"@context": context, "width": 6}}
        assert faults(scoped, published)[0][0] == "context-inline"


def test_t19_relative_addresses_are_refused(published: Published) -> None:
    for name in ("chair", "#chair", "/chair", "//host/chair", "../chair"):
        found = faults({"@context": [CONTEXT], **ITEM, "id": name}, published)
        assert found == [("jsonld-relative-iri", 0, "")]
        nested = {"@context": [CONTEXT], **ITEM, "dimensions": {"id": name, "width": 6}}
        assert faults(nested, published) == [("jsonld-relative-iri", 0, "/dimensions")]


def test_t19_predicates_outside_the_vocabulary_are_refused(published: Published) -> None:
    (node,) = expanded({"@context": CONTEXT, **ITEM}, published)
    for name in ("https://evil.example/name", VOCAB + "nosuchterm", "http://schema.org/name"):
        assert faults([{**node, name: [{"@value": "x"}]}], published) == [("jsonld-term-unknown", 0, "")]


def test_terms_of_other_places_are_left_to_the_schema(published: Published) -> None:
    (node,) = expanded({"@context": CONTEXT, **ITEM}, published)
    (raw,) = reading([{**node, VOCAB + "dppStatus": [{"@id": VOCAB + "codes/dpp-status/active"}]}], published)
    assert raw.value["dppStatus"] == VOCAB + "codes/dpp-status/active"


def test_threads_share_one_lock(published: Published) -> None:
    nodes = expanded({"@context": CONTEXT, **ITEM}, published)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: reading({"@context": [CONTEXT], **ITEM}, published)[0].digest, range(200)))
    assert set(found) == {reading(nodes, published)[0].digest}
