"""Passport documents as RDF: the fast path says what the oracle says, and refuses what could crash it."""

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import FrozenDocumentLoader
from pyld import jsonld as pyld
from rdflib.compare import isomorphic

from passport.codecs import forms, rdf
from passport.codecs.canonical import Plan, canonical, plan
from passport.codecs.statements import Scope
from passport.codecs.strictjson import Limits, read
from passport.errors import Malformed
from passport.model.passport import Level, Tier
from passport.published import CONTEXT, VOCAB, Published

EVENTS = f"{VOCAB}contexts/event/1.0"
HOME = "https://passport.example/passports/7KX94M2QZ"


@pytest.fixture(scope="module")
def published() -> Published:
    return Published.load()


@cache
def steps(level: str) -> Plan:
    return plan(_published().shape("furniture", "1.0", level))


def body(value: dict[str, Any], home: str = HOME) -> dict[str, Any]:
    replaced = {
        "modelPassport": None,
        "profile": None,
        "uniqueProductIdentifier": "https://passport.example/p/7KX94M2QZ",
    }
    made = canonical(value, plan=steps(value["granularity"]), iri=home, event=home, replaced=replaced)
    return {"digitalProductPassportId": home, **made.passport[Tier.PUBLIC]}


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
    homes = [f"{HOME}/{number}" for number in range(len(raws))]
    return [
        json.dumps(body(raw.value, home), ensure_ascii=False).encode() for raw, home in zip(raws, homes, strict=True)
    ]


def documents_of_any_number(pieces: int) -> Iterator[dict[str, Any]]:
    """Generated submissions of every level, as their owners would send them."""
    folder = str(Path(__file__).parents[2] / "examples")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    from generate import documents as generated

    raws = (json.dumps(each).encode() for each in generated(pieces, 3, with_models=True, with_batches=True))
    return (dict(read(raw, media_type=None, limits=Limits())[0].value) for raw in raws)


def served(document: bytes) -> bytes:
    return b'{"@context":"' + CONTEXT.encode() + b'",' + document[1:]


def quads(document: dict[str, Any], published: Published) -> str:
    """The N-Quads that PyLD reads from a document: the oracle."""
    loader = FrozenDocumentLoader(documents={each: dict(published.context(each)) for each in (CONTEXT, EVENTS)})
    text: str = pyld.to_rdf(document, {"base": None, "documentLoader": loader, "format": "application/n-quads"})
    return text


def test_the_fast_path_equals_the_oracle(documents: list[bytes], published: Published) -> None:
    said = as_the_oracle_says(documents, published)
    assert not any("_:" in line.replace('"', " ") for line in said)


def test_generated_documents_say_what_the_oracle_says(published: Published) -> None:
    """Pieces, batches and models of every example kind, through the canonical form."""
    made = [body(each, f"{HOME}/{number}") for number, each in enumerate(documents_of_any_number(40))]
    as_the_oracle_says([json.dumps(each).encode() for each in made], published)


def as_the_oracle_says(documents: list[bytes], published: Published) -> list[str]:
    """The statements of documents about different things; the oracle, which takes long to begin, has them in one go."""
    assert len({json.loads(each)["digitalProductPassportId"] for each in documents}) == len(documents) > 1
    fast = [rdf.serialise(served(each), forms.QUADS, published=published).decode() for each in documents]
    said = sorted(line for each in fast for line in each.splitlines())
    oracle = quads({"@context": CONTEXT, "@graph": [json.loads(each) for each in documents]}, published)
    assert said == sorted(line for line in oracle.splitlines() if line)
    return said


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
natives = st.one_of(texts, st.integers(-(2**53), 2**53), st.booleans(), st.decimals(0, 100, places=3).map(str))
addresses = st.sampled_from([f"{HOME}#a", "did:web:passport.example", "urn:uuid:1", "no address", ""])
members = st.fixed_dictionaries(
    {},
    optional={
        "modelName": st.lists(st.fixed_dictionaries({"value": texts, "language": st.sampled_from(["sv", "en", "da"])})),
        "category": st.sampled_from(["chair", "category", "dimensions", "no/such"]),
        "intendedEnvironment": st.lists(st.sampled_from(["office", "name"]), max_size=3),
        "netWeight": st.decimals(0, 100, places=2).map(str),
        "lastUpdated": st.just("2026-03-01T12:00:00Z"),
        "batchPassport": addresses,
        "contentSpecificationIds": st.lists(addresses, max_size=3),
        "brand": natives,
        "foldable": natives,
        "extensions": st.recursive(natives, lambda inner: st.dictionaries(texts, inner, max_size=3), max_leaves=6),
        "dimensions": st.fixed_dictionaries({"id": st.just(f"{HOME}#d"), "width": natives}),
        "manufacturer": st.fixed_dictionaries(
            {"id": st.just(f"{HOME}#m"), "name": texts}, optional={"address": st.just({"id": f"{HOME}#n", "city": "Å"})}
        ),
    },
)


@settings(max_examples=60, deadline=None)
@given(members)
def test_any_document_says_what_the_oracle_says(made: dict[str, Any]) -> None:
    document = {"digitalProductPassportId": HOME, **made}
    published = _published()
    fast = rdf.serialise(served(json.dumps(document).encode()), forms.QUADS, published=published).decode()
    oracle = quads(json.loads(served(json.dumps(document).encode())), published)
    assert read_quads(fast) == read_quads(oracle)


@cache
def _published() -> Published:
    return Published.load()


def read_quads(text: str) -> set[str]:
    return {str(quad) for quad in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_QUADS)}


def test_an_object_without_an_address_is_refused(published: Published) -> None:
    with pytest.raises(Malformed):
        rdf.serialise(
            b'{"digitalProductPassportId":"urn:a","dimensions":{"width":"6"}}', forms.TURTLE, published=published
        )


def test_every_published_context_is_one_that_can_be_compiled(published: Published) -> None:
    ours = [each for each in published.context_iris() if "/credential/" not in each]
    assert len([Scope(published.context(each)["@context"]) for each in ours]) >= 4


@pytest.mark.parametrize("address", ["a b:c", "x y", "a:b<c", "http://a/\u0000", 'http://a/"', "//a/b", "\\evil:x"])
def test_what_is_no_address_is_no_statement(address: str, published: Published) -> None:
    document = {"digitalProductPassportId": HOME, "batchPassport": address, "brand": "B"}
    said = rdf.serialise(json.dumps(document).encode(), forms.TRIPLES, published=published)
    assert said == f'<{HOME}> <https://w3id.org/furniturepassport/brand> "B" .\n'.encode()


@pytest.mark.parametrize(
    "definition", [{"@id": "x:a", "@container": "@list"}, {"@reverse": "x:a"}, {"@id": "x:a", "@context": ["x:c"]}, 5]
)
def test_a_context_with_more_than_is_known_is_refused(definition: Any) -> None:
    with pytest.raises(ValueError, match="a is defined"):
        Scope({"a": definition})


def test_a_signed_document_without_context_says_the_same(documents: list[bytes], published: Published) -> None:
    for document in documents[:3]:
        for media_type in rdf.FORMS:
            with_context = rdf.serialise(served(document), media_type, published=published)
            assert rdf.serialise(document, media_type, published=published) == with_context


def test_every_form_holds_the_same_triples(documents: list[bytes], published: Published) -> None:
    formats = {forms.TURTLE: "turtle", forms.TRIPLES: "nt", forms.RDF_XML: "xml"}
    for document in documents[::5]:
        graphs = [
            rdflib.Graph().parse(data=rdf.serialise(document, media_type, published=published), format=name)
            for media_type, name in formats.items()
        ]
        assert len(graphs[0]) > 2
        assert all(isomorphic(graphs[0], graph) for graph in graphs[1:])


def test_turtle_is_written_with_prefixes(documents: list[bytes], published: Published) -> None:
    text = rdf.serialise(documents[0], forms.TURTLE, published=published).decode()
    assert "@prefix fp: <https://w3id.org/furniturepassport/>" in text
    assert "fp:granularity" in text


@pytest.mark.parametrize("depth", [100, 900, 5_000, 100_000])
def test_deep_documents_never_reach_the_native_parser(depth: int, published: Published) -> None:
    document = b'{"extensions":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
    with pytest.raises(Malformed):
        rdf.serialise(document, forms.TURTLE, published=published)


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
        rdf.serialise(json.dumps(document).encode(), forms.QUADS, published=published)


def test_every_level_has_a_shape_to_convert(published: Published) -> None:
    for level in Level:
        document = {"digitalProductPassportId": HOME, "granularity": level.value}
        quads = list(
            pyoxigraph.parse(
                rdf.serialise(json.dumps(document).encode(), forms.QUADS, published=published),
                format=pyoxigraph.RdfFormat.N_QUADS,
            )
        )
        assert [quad.object.value for quad in quads] == [
            f"https://w3id.org/furniturepassport/codes/granularity/{level}"
        ]


def test_a_withdrawal_that_gives_its_reason_as_text_says_it(published: Published) -> None:
    event = {"@context": EVENTS, "id": f"{HOME}/e", "eventType": "dppArchived", "reason": "Made twice."}
    fast = rdf.serialise(json.dumps(event).encode(), forms.QUADS, published=published).decode()
    oracle = quads(event, published)
    assert '"Made twice."' in fast
    assert sorted(fast.splitlines()) == sorted(line for line in oracle.splitlines() if line)
