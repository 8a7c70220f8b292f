"""JSON-LD submissions that are made to cost, to reach the network, or to mean other terms than ours."""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

from passport.codecs import jsonld
from passport.codecs.strictjson import read
from passport.errors import Unreadable
from passport.published import CONTEXT, VOCAB, Published
from tests.codecs.linked import ITEM, LIMITS, LINKED, expanded, faults, reading


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
    for _ in range(6000):
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
