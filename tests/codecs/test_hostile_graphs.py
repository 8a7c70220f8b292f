"""Graphs made to cost: symmetrical blank nodes get a clear answer at once, and no document of ours has any."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pyoxigraph
import pytest

from passport.codecs import forms, rdf
from passport.codecs.canonical import canonical, plan
from passport.codecs.strictjson import Limits, Raw, read
from passport.errors import Unreadable
from passport.model.passport import Tier
from passport.model.report import Finding
from passport.published import VOCAB, Published
from tests.codecs.sample_events import every_event
from tests.costs import within

LINKED = "application/ld+json"
ALLOWED = 100
"""What the answer may cost, in measures: about a second (T20)."""

GRANULARITY, PARTS = f"{VOCAB}granularity", f"{VOCAB}components"


@pytest.fixture(scope="module")
def published() -> Published:
    return Published.load()


def node(name: str, others: Iterator[str], **more: Any) -> dict[str, Any]:
    return {"@id": f"_:{name}", PARTS: [{"@id": f"_:{each}"} for each in others], **more}


def clique(size: int) -> list[dict[str, Any]]:
    """Every blank node refers to every other one: no naming tells them apart."""
    return [node(f"n{each}", (f"n{other}" for other in range(size) if other != each)) for each in range(size)]


def ring(size: int) -> list[dict[str, Any]]:
    return [node(f"n{each}", iter((f"n{(each + 1) % size}", f"n{(each - 1) % size}"))) for each in range(size)]


def rooted(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with a piece on top that consists of all of them."""
    piece = {GRANULARITY: [{"@value": "item"}], PARTS: [{"@id": each["@id"]} for each in nodes]}
    return [piece, *nodes]


def bipartite(size: int) -> list[dict[str, Any]]:
    left, right = [f"l{each}" for each in range(size)], [f"r{each}" for each in range(size)]
    return [node(each, iter(right)) for each in left] + [node(each, iter(left)) for each in right]


@pytest.mark.parametrize(
    "nodes",
    [clique(10), clique(60), clique(300), ring(3000), bipartite(60), rooted(clique(30)), rooted(ring(200))],
    ids=["clique-10", "clique-60", "clique-300", "ring", "bipartite", "rooted-clique", "rooted-ring"],
)
def test_t20_symmetrical_blank_nodes_get_a_clear_answer_at_once(nodes: list[Any], published: Published) -> None:
    data = json.dumps(nodes).encode()
    answer = within(ALLOWED, partial(answered, data, published))
    if isinstance(answer, Unreadable):
        codes = {each.code for each in answer.findings if isinstance(each, Finding)}
        assert codes
        assert all(code.startswith("jsonld-") for code in codes)
    else:
        assert len(answer) == 1
        assert len(json.dumps(answer[0].value, default=str)) < 10 * len(data)


def answered(data: bytes, published: Published) -> tuple[Raw, ...] | Unreadable:
    try:
        return read(data, media_type=LINKED, limits=Limits(), published=published)
    except Unreadable as refused:
        return refused


def test_t20_blank_nodes_nested_in_each_other_get_a_clear_answer_at_once(published: Published) -> None:
    value: dict[str, Any] = {"@id": "_:a"}
    for _ in range(50):
        value = {"@id": "_:a", PARTS: [value, value]} if len(json.dumps(value)) < 200_000 else {PARTS: [value]}
    answer = within(ALLOWED, partial(answered, json.dumps([value]).encode(), published))
    assert isinstance(answer, Unreadable)


def test_t20_documents_of_every_kind_have_no_blank_node(published: Published) -> None:
    documents = [(f"{VOCAB}contexts/event/1.0", each) for each in every_event(published)]
    documents += [(f"{VOCAB}contexts/passport/1.0", each) for each in _passports(published)]
    assert len(documents) >= 60
    for context, value in documents:
        data = json.dumps({"@context": context, **value}).encode()
        quads = rdf.serialise(data, forms.QUADS, published=published)
        for each in pyoxigraph.parse(quads, format=pyoxigraph.RdfFormat.N_QUADS):
            assert not isinstance(each.subject, pyoxigraph.BlankNode)
            assert not isinstance(each.object, pyoxigraph.BlankNode)


def _passports(published: Published) -> Iterator[dict[str, Any]]:
    """The public passport documents of the examples, restricted ones and opening events too."""
    home, event = "https://passport.example/passports/7KX94M2QZ", "https://passport.example/events/1"
    for path in sorted((published.examples() / "furniture").rglob("*.*json")):
        for raw in read(path.read_bytes(), media_type=None, limits=Limits(), published=published):
            if "granularity" not in raw.value:
                continue
            shape = published.shape("furniture", "1.0", raw.value["granularity"])
            made = canonical(raw.value, plan=plan(shape), iri=home, event=event, replaced={"modelPassport": None})
            for tier in Tier:
                if tier in made.passport:
                    yield {"digitalProductPassportId": home, **made.passport[tier]}
