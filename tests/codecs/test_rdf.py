"""Passport documents as RDF: the fast path says what the oracle says, and refuses what could crash it."""

import json
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
from pyld import FrozenDocumentLoader
from pyld import jsonld as pyld
from rdflib.compare import isomorphic

from passport.codecs import rdf
from passport.codecs.canonical import canonical, plan
from passport.codecs.strictjson import Limits, read
from passport.errors import Malformed
from passport.model.passport import Level, Tier
from passport.published import CONTEXT, VOCAB, Published

EVENTS = f"{VOCAB}contexts/event/1.0"
HOME = "https://passport.example/passports/7KX94M2QZ"


@pytest.fixture(scope="module")
def published() -> Published:
    return Published.load()


def body(value: dict[str, Any], published: Published) -> dict[str, Any]:
    shape = published.shape("furniture", "1.0", value["granularity"])
    replaced = {
        "modelPassport": None,
        "profile": None,
        "uniqueProductIdentifier": "https://passport.example/p/7KX94M2QZ",
    }
    made = canonical(value, plan=plan(shape), iri=HOME, event=HOME, replaced=replaced)
    return {"digitalProductPassportId": HOME, **made.passport[Tier.PUBLIC]}


@pytest.fixture(scope="module")
def documents(published: Published) -> list[bytes]:
    """Every public document that the examples give."""
    paths = [
        path
        for path in sorted(Path(published.examples(), "furniture").rglob("*"))
        if path.suffix in {".json", ".ndjson"}
    ]
    raws = [raw for path in paths for raw in read(path.read_bytes(), media_type=None, limits=Limits())]
    assert len(raws) >= 30
    return [json.dumps(body(raw.value, published), ensure_ascii=False).encode() for raw in raws]


def served(document: bytes) -> bytes:
    return b'{"@context":"' + CONTEXT.encode() + b'",' + document[1:]


def quads(document: dict[str, Any], published: Published) -> str:
    """The N-Quads that PyLD reads from a document: the oracle."""
    loader = FrozenDocumentLoader(documents={each: dict(published.context(each)) for each in (CONTEXT, EVENTS)})
    text: str = pyld.to_rdf(document, {"base": None, "documentLoader": loader, "format": "application/n-quads"})
    return text


def test_the_fast_path_equals_the_oracle(documents: list[bytes], published: Published) -> None:
    for document in documents:
        fast = rdf.serialise(served(document), rdf.N_QUADS, published=published).decode()
        oracle = quads(json.loads(served(document)), published)
        assert sorted(fast.splitlines()) == sorted(line for line in oracle.splitlines() if line)
        assert "_:" not in fast.replace('"', " ")


def test_a_signed_document_without_context_says_the_same(documents: list[bytes], published: Published) -> None:
    for document in documents[:3]:
        for media_type in rdf.FORMS:
            with_context = rdf.serialise(served(document), media_type, published=published)
            assert rdf.serialise(document, media_type, published=published) == with_context


def test_every_form_holds_the_same_triples(documents: list[bytes], published: Published) -> None:
    formats = {rdf.TURTLE: "turtle", rdf.N_TRIPLES: "nt", rdf.RDF_XML: "xml"}
    for document in documents[::5]:
        graphs = [
            rdflib.Graph().parse(data=rdf.serialise(document, media_type, published=published), format=name)
            for media_type, name in formats.items()
        ]
        assert len(graphs[0]) > 2
        assert all(isomorphic(graphs[0], graph) for graph in graphs[1:])


def test_turtle_is_written_with_prefixes(documents: list[bytes], published: Published) -> None:
    text = rdf.serialise(documents[0], rdf.TURTLE, published=published).decode()
    assert "@prefix fp: <https://w3id.org/furniturepassport/>" in text
    assert "fp:granularity" in text


@pytest.mark.parametrize("depth", [100, 900, 5_000, 100_000])
def test_deep_documents_never_reach_the_native_parser(depth: int, published: Published) -> None:
    document = b'{"extensions":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
    with pytest.raises(Malformed):
        rdf.serialise(document, rdf.TURTLE, published=published)


@pytest.mark.parametrize(
    "document",
    [
        {"@context": "https://evil.example/c"},
        {"@context": {"a": "https://evil.example/a"}},
        {"@context": [CONTEXT]},
        {"@graph": []},
        {"dimensions": {"@context": {"@base": "https://evil.example/"}, "width": "6"}},
        {"materials": [{"@context": CONTEXT}]},
    ],
)
def test_t19_other_contexts_are_refused(document: dict[str, Any], published: Published) -> None:
    with pytest.raises(Malformed):
        rdf.serialise(json.dumps(document).encode(), rdf.N_QUADS, published=published)


def test_every_level_has_a_shape_to_convert(published: Published) -> None:
    for level in Level:
        document = {"digitalProductPassportId": HOME, "granularity": level.value}
        quads = list(
            pyoxigraph.parse(
                rdf.serialise(json.dumps(document).encode(), rdf.N_QUADS, published=published),
                format=pyoxigraph.RdfFormat.N_QUADS,
            )
        )
        assert [quad.object.value for quad in quads] == [
            f"https://w3id.org/furniturepassport/codes/granularity/{level}"
        ]


def test_a_withdrawal_that_gives_its_reason_as_text_says_it(published: Published) -> None:
    event = {"@context": EVENTS, "id": f"{HOME}/e", "eventType": "dppArchived", "reason": "Made twice."}
    fast = rdf.serialise(json.dumps(event).encode(), rdf.N_QUADS, published=published).decode()
    oracle = quads(event, published)
    assert '"Made twice."' in fast
    assert sorted(fast.splitlines()) == sorted(line for line in oracle.splitlines() if line)
