"""The graph of a product: what its public documents say and what follows from them, now and at any time before."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, parse

from passport.codecs import forms, rdf
from passport.codecs.documents import served_document
from passport.model.naming import id_at
from passport.model.passport import Tier
from passport.ports import Organisation
from passport.published.namespaces import PROV, SCHEMA, VOCAB
from passport.service import linked
from passport.service.erasure import erase
from passport.service.organisations import add_organisation
from passport.service.submissions import Outcome
from passport.service.system import System
from passport.service.withdrawal import withdraw

Send = Callable[..., Outcome]
PREFIXES = {
    "fp": VOCAB,
    "prov": PROV,
    "schema": SCHEMA,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}


def graph(system: System, code: str, *, size: int | None = None) -> Store:
    store = Store()
    store.load(linked.graph_of(system, code, size=size), format=RdfFormat.N_TRIPLES)
    return store


def values(store: Store, path: str, *, of: str = "?any") -> list[str]:
    """The values at the end of a property path, sorted: the last part of what is ours, the text of literals."""
    subject = of if of.startswith("?") else f"<{of}>"
    found = store.query(f"SELECT ?value WHERE {{ {subject} {path} ?value }}", prefixes=PREFIXES)
    return sorted(
        each["value"].value.removeprefix(VOCAB).removeprefix("codes/")
        for each in found  # type: ignore[union-attr]
    )


def now(system: System, code: str) -> dict[str, list[str]]:
    """What is true of a product now, by term."""
    address = f"{system.passport_address(code)}#now"
    told: dict[str, list[str]] = {}
    for quad in graph(system, code).quads_for_pattern(NamedNode(address), None, None):
        told.setdefault(quad.predicate.value.removeprefix(VOCAB), []).append(quad.object.value.removeprefix(VOCAB))
    return told


def everything(system: System) -> dict[str, bytes]:
    return {
        each.code: linked.graph_of(system, each.code)
        for each in system.history.products(level=None, after=None, limit=100)
    }


def test_everything_that_is_served_is_in_it_and_nothing_of_other_tiers(system: System, chair: str, act: Send) -> None:
    act("city", {"eventType": "relocated", "products": [chair], "location": {"site": "The cellar of the town hall"}})
    held = set(linked.graph_of(system, chair).splitlines())
    documents = system.history.documents(chair)
    assert {each.tier for each in documents} > {Tier.PUBLIC}
    for document in documents:
        said = rdf.serialise(served_document(document), forms.TRIPLES, published=system.published)
        lines = set(said.splitlines())
        assert lines <= held if document.tier is Tier.PUBLIC else not lines <= held
    assert b"cellar" not in linked.graph_of(system, chair)


def test_every_statement_is_one_and_has_no_blank_node(system: System, chair: str, act: Send) -> None:
    act(
        "city",
        {
            "eventType": "maintained",
            "products": [chair],
            "notes": [{"value": 'A "tricky"\\ \n name', "language": "en"}],
        },
    )
    quads = list(parse(linked.graph_of(system, chair), RdfFormat.N_TRIPLES))
    assert len(quads) > 40
    for quad in quads:
        assert isinstance(quad, Quad)
        assert not isinstance(quad.subject, BlankNode)
        assert not isinstance(quad.object, BlankNode)
        assert isinstance(quad.graph_name, DefaultGraph)


def test_it_says_what_a_thing_is_and_which_passport_is_about_it(
    system: System, send: Send, model: dict[str, Any], piece: dict[str, Any]
) -> None:
    of_model, of_piece = (each.code for each in send(model, piece).issued)
    store, address = graph(system, of_piece), system.passport_address(of_piece)
    thing = values(store, "fp:product", of=address)[0]
    assert values(store, "a", of=address) == ["ProductPassport"]
    assert values(store, "a", of=thing) == ["https://schema.org/IndividualProduct"]
    assert values(store, "schema:hasDigitalProductPassport", of=thing) == [address]
    assert values(store, "fp:model", of=address) == [system.passport_address(of_model)]
    assert values(store, "fp:productGroup", of=address) == ["furniture"]
    assert values(graph(system, of_model), "^schema:hasDigitalProductPassport/a") == ["https://schema.org/ProductModel"]
    assert thing == f"{system.base}/{system.history.read(of_piece).key}"  # type: ignore[union-attr]


def test_versions_tell_where_they_come_from(system: System, send: Send, model: dict[str, Any]) -> None:
    code = send(model).issued[0].code
    send({**model, "netWeight": 8})
    store, address = graph(system, code), system.passport_address(code)
    assert values(store, "^prov:specializationOf", of=address) == [f"{address}/versions/{each}" for each in (1, 2)]
    assert values(store, "prov:wasRevisionOf", of=f"{address}/versions/2") == [f"{address}/versions/1"]
    assert values(store, "prov:wasAttributedTo", of=f"{address}/versions/2") == [f"{system.base}/organisations/maker"]
    assert values(store, "fp:digest", of=f"{address}/versions/1") != values(
        store, "fp:digest", of=f"{address}/versions/2"
    )
    assert values(store, "fp:netWeight", of=address) == ["8"]


def test_who_did_what_is_told_by_role_and_never_by_name(system: System, chair: str, act: Send) -> None:
    repaired = act("workshop", _delegated(system, chair, act)).recorded[0].event
    store, event = graph(system, chair), repaired
    assert values(store, "a", of=event) == ["LifeEvent", "http://www.w3.org/ns/prov#Activity"]
    assert values(store, "prov:qualifiedAssociation/prov:hadRole", of=event) == ["role/professional-repairer"]
    assert values(store, "prov:endedAtTime", of=event) == values(
        store, "<https://ref.gs1.org/epcis/eventTime>", of=event
    )
    assert values(store, "prov:used", of=event) == values(store, "fp:product", of=system.passport_address(chair))
    text = linked.graph_of(system, chair).lower()
    assert b"workshop" not in text
    assert not [line for line in text.splitlines() if b"/events/" in line and b"city" in line]


def _delegated(system: System, chair: str, act: Send) -> Mapping[str, Any]:
    act("city", {"eventType": "lent", "products": [chair], "borrower": "workshop"})
    return {"eventType": "repaired", "products": [chair], "repairTypes": ["re-glue"]}


def test_what_was_corrected_or_taken_back_does_not_count(system: System, chair: str, act: Send) -> None:
    wrong, taken = (
        act("city", {"eventType": "repaired", "products": [chair], "repairTypes": ["re-glue"]}).recorded[0].event
        for _ in range(2)
    )
    right = {
        "eventType": "repaired",
        "products": [chair],
        "repairTypes": ["sand-and-recoat"],
        "correctionReason": "incorrect-data",
    }
    better = act("city", {**right, "supersedes": wrong}).recorded[0].event
    never = {
        "eventType": "repaired",
        "products": [chair],
        "repairTypes": ["re-glue"],
        "correctionReason": "did-not-occur",
    }
    nothing = act("city", {**never, "supersedes": taken}).recorded[0].event
    store = graph(system, chair)
    kinds = {each: values(store, "a", of=each)[0] for each in (wrong, taken, better, nothing)}
    assert kinds == {wrong: "CorrectedEvent", taken: "CorrectedEvent", better: "LifeEvent", nothing: "Cancellation"}
    assert values(store, "fp:correctedBy", of=wrong) == [better]
    assert values(store, "fp:correctedBy", of=taken) == [nothing]
    assert now(system, chair)["timesRepaired"] == ["1"]


def test_it_says_how_a_piece_is_now(system: System, chair: str, act: Send) -> None:
    before = now(system, chair)
    assert before["ownerType"] == ["codes/owner-type/municipality"]
    assert before["grade"] == ["codes/condition-grade/C"]
    assert "availability" not in before
    act("city", {"eventType": "offered", "products": [chair]})
    act("city", {"eventType": "inspected", "products": [chair], "condition": {"grade": "B"}})
    act("city", {"eventType": "lent", "products": [chair], "borrower": "depot"})
    after = now(system, chair)
    assert after["grade"] == ["codes/condition-grade/B"]
    assert after["holderType"] == ["codes/owner-type/municipality"]
    act("depot", {"eventType": "returned", "products": [chair]})
    act("city", {"eventType": "disposed", "products": [chair]})
    end = now(system, chair)
    assert end["ending"] == ["codes/event-type/disposed"]
    assert len(end["ended"]) == 1
    assert "holderType" not in end


def test_the_country_of_an_owner_is_told_only_where_its_name_is(system: System, chair: str, act: Send) -> None:
    for slug, public in (("known", True), ("hidden", False)):
        city = system.parties.organisation("city")
        assert city is not None
        add_organisation(system, Organisation(slug, slug, city.role, kind="municipality", country="PL", public=public))
    told = []
    for by, to in (("city", "known"), ("known", "hidden")):
        event = {"eventType": "transferOffered", "products": [chair], "receiver": to}
        transfer = act(by, event).recorded[0].transfer
        act(to, {"eventType": "ownershipTransferred", "products": [chair], "transfer": transfer})
        told.append(now(system, chair).get("ownerCountry"))
    assert told == [["PL"], None]


def test_a_piece_consists_of_what_its_merged_view_says(
    system: System, send: Send, whole: Callable[..., bytes], model: dict[str, Any], piece: dict[str, Any]
) -> None:
    of_model, code = (each.code for each in send(model, piece).issued)
    send(
        {
            "eventType": "partsReplaced",
            "products": [code],
            "replacedComponents": [
                {"componentId": "seat", "mass": 2.5, "materials": [{"materialClass": "metal-steel"}]}
            ],
        }
    )
    merged = json.loads(whole(code))["composition"]
    told, store = now(system, code), graph(system, code)
    assert told["mass"] == [merged["mass"]]
    for each in merged["materials"]:
        place = f"{system.passport_address(code)}#now.{each['materialClass']}"
        assert place in told["contains"]
        assert values(store, "fp:massShare", of=place) == [each["massShare"]]
        assert values(store, "fp:mass", of=place) == ([each["mass"]] if "mass" in each else [])
    assert len(told["contains"]) == len(merged["materials"]) >= 2
    assert told["mass"] != now(system, of_model)["mass"]


def test_pieces_that_inherit_all_share_what_is_reckoned(
    system: System, send: Send, model: dict[str, Any], piece: dict[str, Any]
) -> None:
    second = {**piece, "serialNumber": "A-0002"}
    _, first, other = (each.code for each in send(model, piece, second).issued)
    made = linked.Linked(system)
    for code in (first, other, first):
        assert made.graph(code) == linked.graph_of(system, code)
    assert now(system, first)["contains"] == [each.replace(other, first) for each in now(system, other)["contains"]]


def test_the_graph_as_of_a_size_is_what_it_was_then(
    system: System, act: Send, send: Send, model: dict[str, Any], piece: dict[str, Any], chair: str
) -> None:
    """Every graph after every step, against the same asked for at the end."""
    then: list[tuple[int, dict[str, bytes]]] = []

    def step(by: str, *documents: Mapping[str, Any]) -> Outcome:
        made = send(*documents) if by == "maker" else act(by, *documents)
        then.append((system.history.size(), everything(system)))
        return made

    bought = step("maker", model, piece).issued[1].code
    done = {"products": [chair]}
    first = step("city", {"eventType": "repaired", **done, "repairTypes": ["re-glue"]}).recorded[0].event
    step("maker", {**model, "netWeight": 9, "revision": {"revisionType": "correction"}})
    step("city", {"eventType": "lent", **done, "borrower": "depot"})
    never = {"correctionReason": "did-not-occur", "supersedes": first}
    step("city", {"eventType": "repaired", **done, **never})
    step("depot", {"eventType": "returned", **done})
    transfer = step("maker", {"eventType": "transferOffered", "products": [bought], "receiver": "city"}).recorded[0]
    step("city", {"eventType": "ownershipTransferred", "products": [bought], "transfer": transfer.transfer})
    step("maker", {**model, "netWeight": 9.5})
    step("city", {"eventType": "lost", **done})
    step("city", {"eventType": "found", **done})
    step("city", {"eventType": "disposed", **done})
    codes = then[-1][1].keys()
    assert len(codes) == 3
    for size, graphs in then:
        for code in codes:
            held = set(linked.graph_of(system, code, size=size).splitlines())
            assert held == set(graphs.get(code, b"").splitlines()), (size, code)
    assert linked.graph_of(system, chair, size=0) == b""


def test_a_withdrawn_passport_leaves_its_tombstone_and_its_life(
    system: System, send: Send, model: dict[str, Any], caller: Callable[[str], Any]
) -> None:
    code = send(model).issued[0].code
    withdraw(system, code, reason="Wrong product.", caller=caller("maker"))
    store, address = graph(system, code), system.passport_address(code)
    assert values(store, "fp:dppStatus", of=address) == ["dpp-status/archived"]
    assert {each.predicate.value for each in store.quads_for_pattern(NamedNode(address), None, None)} == {
        f"{VOCAB}dppStatus",
        f"{PREFIXES['rdf']}type",
    }
    assert "event-type/dppArchived" in values(store, "fp:eventType")


@pytest.mark.both_stores
def test_t07_what_was_erased_is_in_no_graph(system: System, chair: str, act: Send) -> None:
    words = "Anna spilled her coffee"
    event = {
        "eventType": "maintained",
        "products": [chair],
        "careAction": [{"value": words, "language": "en"}],
    }
    done = act("city", event).recorded[0].event
    held = words.encode() in linked.graph_of(system, chair)
    erase(system, id_at(done), reason="A person was named")
    text = linked.graph_of(system, chair)
    assert words.encode() not in text
    assert not list(graph(system, chair).quads_for_pattern(NamedNode(done), None, None))
    assert held
    assert b"payloadErased" in text


def test_labels_in_every_language_join_from_the_shared_graphs(system: System, chair: str) -> None:
    store = graph(system, chair)
    for name, text in linked.shared(system).items():
        store.load(text, format=RdfFormat.N_TRIPLES, to_graph=NamedNode(name))
    sql = "SELECT ?label WHERE { ?any fp:category ?kind . GRAPH ?list { ?kind skos:prefLabel ?label } }"
    labels = [each["label"] for each in store.query(sql, prefixes=PREFIXES)]  # type: ignore[union-attr]
    assert {each.language for each in labels if isinstance(each, Literal)} == {"en", "sv", "da", "pl"}


def test_only_organisations_with_public_names_are_told_of(system: System, parties: None) -> None:
    text = linked.shared(system)[f"{system.base}/organisations"]
    assert f'<{system.base}/organisations/city> <https://schema.org/name> "City" .'.encode() in text
    assert b"orkshop" not in text
    assert b"service" not in text.lower()
