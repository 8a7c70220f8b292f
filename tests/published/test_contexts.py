"""The JSON-LD contexts: nothing is dropped, nothing is blank, and two engines read the same statements."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyoxigraph
import pytest
from pyld import jsonld
from pyld.documentloader import frozen

from passport.published import CONTEXT, CREDENTIAL_CONTEXT, VOCAB, Field, Published

W3C = "https://www.w3.org/ns/credentials/v2"
EVENT_CONTEXT = f"{VOCAB}contexts/event/1.0"
CREDENTIALS = "https://www.w3.org/2018/credentials#"
EVENT = "https://pass.example/events/0c0f7a9e-5b1c-4f0e-9f57-0a3c2a2f7a10"

Expand = Callable[[Any], list[Any]]


@pytest.fixture(scope="module")
def options(published: Published) -> dict[str, Any]:
    """No base address, and a loader that knows our contexts and that of the W3C, and no network."""

    def load(url: str, _: object) -> dict[str, Any]:
        known = url in published.context_iris()
        document = published.context(url) if known else json.loads(frozen.BUNDLED_CONTEXTS[url].read_bytes())
        return {"contextUrl": None, "documentUrl": url, "document": document}

    return {"base": None, "documentLoader": load}


@pytest.fixture(scope="module")
def expand(options: dict[str, Any]) -> Expand:
    """Expand a document; a dropped member fails the test."""

    def run(document: Any) -> list[Any]:
        dropped: list[object] = []
        expanded: list[Any] = jsonld.JsonLdProcessor(on_property_dropped=dropped.append).expand(document, options)
        assert dropped == []
        return expanded

    return run


def statements(expanded: Any) -> set[str]:
    lines = jsonld.to_rdf(expanded, {"base": None, "format": "application/n-quads"})
    return {line.removesuffix(" .") for line in lines.splitlines()}


def inlined(published: Published, document: Mapping[str, Any]) -> bytes:
    return json.dumps({**document, "@context": published.context(document["@context"])["@context"]}).encode()


def quads(data: bytes) -> set[str]:
    found = pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.JSON_LD)
    return {f"{quad.subject} {quad.predicate} {quad.object}" for quad in found}


def test_a_served_passport_loses_nothing_and_has_no_blank_node(expand: Expand, served: dict[str, Any]) -> None:
    found = statements(expand(served))
    assert len(found) > 200
    assert not any("_:" in line for line in found)
    assert not any("example.org/base" in line for line in found)


def test_both_engines_read_the_same_statements(published: Published, expand: Expand, served: dict[str, Any]) -> None:
    assert statements(expand(served)) == quads(inlined(published, served))


def test_it_says_what_was_meant(expand: Expand, served: dict[str, Any]) -> None:
    found = statements(expand(served))
    home = served["digitalProductPassportId"]
    decimal = "^^<http://www.w3.org/2001/XMLSchema#decimal>"
    day = "^^<http://www.w3.org/2001/XMLSchema#dateTime>"
    assert {
        f'<{home}> <{VOCAB}netWeight> "7.4"{decimal}',
        f'<{home}> <http://purl.org/dc/terms/modified> "2026-11-21T09:00:00Z"{day}',
        f"<{home}> <{VOCAB}category> <{VOCAB}codes/furniture-category/office-chair>",
        f"<{home}> <{VOCAB}granularity> <{VOCAB}codes/granularity/model>",
        f'<{home}> <{VOCAB}modelName> "Conference chair Alba"@en',
        f'<{home}> <{VOCAB}modelName> "Conference chair Alba (sv)"@sv',
        f"<{home}> <http://www.w3.org/ns/prov#wasRevisionOf> <{home}/versions/1>",
        f'<{home}#manufacturer> <https://schema.org/name> "Seat"',
        f'<{home}#components/0> <https://schema.org/name> "Seat"@en',
        f'<{home}> <https://schema.org/productionDate> "2026-04"',
        f"<{home}#labels/0> <{VOCAB}scheme> <{VOCAB}codes/label-scheme/eu-ecolabel>",
        f"<{home}#classification/0> <{VOCAB}scheme> <{VOCAB}codes/classification-scheme/gpc>",
        f'<{home}#carbonFootprint> <https://schema.org/value> "38.2"{decimal}',
        f'<{home}#guarantee/document> <https://schema.org/inLanguage> "sv"',
        f"<{home}#spareParts/0> <https://schema.org/url> <https://maker.example/alba/care.pdf>",
    } <= found


def test_compacting_gives_the_document_back(expand: Expand, options: dict[str, Any], served: dict[str, Any]) -> None:
    back = jsonld.compact(expand(served), {"@context": CONTEXT}, options)
    assert back.pop("id") == served["digitalProductPassportId"]
    assert back == {name: value for name, value in served.items() if name != "digitalProductPassportId"}


@pytest.mark.parametrize("level", ["model", "batch", "item", "event"])
def test_a_submission_survives_expanding_and_compacting(
    expand: Expand, options: dict[str, Any], complete: Callable[[str], dict[str, Any]], level: str
) -> None:
    document, context = complete(level), EVENT_CONTEXT if level == "event" else CONTEXT
    back = jsonld.compact(expand(document | {"@context": context}), {"@context": context}, options)
    del back["@context"]
    assert back == document


def fields_with_codes(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        if field.code_list:
            yield field
        yield from fields_with_codes(field.fields)


def test_every_code_becomes_its_concept(published: Published) -> None:
    """Also where the code is the name of a term, such as ``owner`` and ``epd``."""
    seen = 0
    for iri in (CONTEXT, EVENT_CONTEXT):
        context = published.context(iri)["@context"]
        for name, definition in context.items():
            if not isinstance(definition, dict) or definition.get("@type") != "@vocab":
                continue
            scheme = definition["@context"]["@vocab"]
            codes = list(published.code_list(scheme.split("/")[-2]).codes)
            document = {"@context": context, "id": "urn:x", name: codes}
            found = pyoxigraph.parse(json.dumps(document).encode(), format=pyoxigraph.RdfFormat.JSON_LD)
            assert [quad.object.value for quad in found] == [scheme + code for code in codes]
            (node,) = jsonld.expand(document, {"base": None})
            values = next(each for key, each in node.items() if key != "@id")
            assert values == [{"@id": scheme + code} for code in codes]
            seen += len(codes)
    assert seen > 250


def test_every_field_of_every_level_has_a_term(published: Published) -> None:
    for level in ("model", "batch", "item", "event"):
        context = published.context(EVENT_CONTEXT if level == "event" else CONTEXT)["@context"]
        for field in published.shape("furniture", "1.0", level).fields:
            assert field.server or field.name in context


def test_contexts_catch_nothing_by_default_and_protect_their_terms(published: Published) -> None:
    for iri in published.context_iris():
        context = published.context(iri)["@context"]
        assert (context["@version"], context["@protected"]) == (1.1, True)
        assert "@vocab" not in context
        assert "@base" not in context
        unprotected = {name for name, each in context.items() if isinstance(each, dict) and "@protected" in each}
        codes = {code for name in published.code_lists() for code in published.code_list(name).codes}
        assert unprotected <= codes & set(published.terms())


def credential(kind: str, name: str, subject: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@context": [W3C, CREDENTIAL_CONTEXT],
        "id": "https://pass.example/credentials/6f0c3b1e-8a3d-4a65-9d51-4c1a2b3c4d5e",
        "type": ["VerifiableCredential", kind],
        "issuer": {"id": "did:web:pass.example:organisations:maker", "name": "Example Furniture"},
        "validFrom": "2026-11-21T09:00:00Z",
        "credentialStatus": {
            "id": "https://pass.example/status/0#17",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "17",
            "statusListCredential": "https://pass.example/status/0",
        },
        "credentialSubject": {"id": "https://pass.example/p/7KX94M2QZ", name: dict(subject)},
    }


def names(value: Any) -> Iterator[str]:
    """Every member's name, at any depth."""
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names(inner)


def test_every_term_of_events_is_tried(published: Published, recorded: dict[str, Any]) -> None:
    said = {field.name for field in published.shape("furniture", "1.0", "event").fields if not field.kept}
    assert said == {"deviceTime", "productGroup", "products", "outputs", "claimSecret"}
    known = set(published.context(EVENT_CONTEXT)["@context"]) - {"@version", "@protected", "type"}
    assert known <= set(names(recorded)) | said


def test_an_event_reads_the_same_in_both_engines(
    published: Published, expand: Expand, recorded: dict[str, Any]
) -> None:
    document = {"@context": EVENT_CONTEXT} | recorded
    found = statements(expand(document))
    assert found == quads(inlined(published, document))
    assert f"<{EVENT}> <{VOCAB}actorRole> <{VOCAB}codes/role/owner>" in found
    assert f'<{EVENT}> <{VOCAB}owner> "example-municipality"' in found
    part = "https://pass.example/p/3F8T2W9KX"
    assert f"<{EVENT}#partsUsed/0> <{VOCAB}partPassport> <{part}>" in found
    mass = published.term("mass").example
    assert f'<{EVENT}#masses/0> <{VOCAB}mass> "{mass}"^^<http://www.w3.org/2001/XMLSchema#decimal>' in found
    assert len(found) > 150
    assert not any("_:" in line or "example.org/base" in line for line in found)


@pytest.mark.parametrize("kind", ["ProductPassportCredential", "RestrictedPassportCredential"])
def test_a_passport_credential_says_exactly_what_the_document_says(
    expand: Expand, served: dict[str, Any], kind: str
) -> None:
    passport = {name: value for name, value in served.items() if name != "@context"}
    passport |= {"facilityId": "gln:7300010000018", "salt": "q83v", "tier": "owner"}
    (whole,) = expand(credential(kind, "passport", passport))
    subject = whole[f"{CREDENTIALS}credentialSubject"][0]
    inside = subject.pop(f"{VOCAB}passport")
    assert statements(inside) == statements(expand(passport | {"@context": CONTEXT}))
    check_envelope(whole, kind)


@pytest.mark.parametrize("kind", ["ProductEventCredential", "RestrictedEventCredential"])
def test_an_event_credential_says_exactly_what_the_event_says(
    expand: Expand, recorded: dict[str, Any], kind: str
) -> None:
    (whole,) = expand(credential(kind, "event", recorded))
    inside = whole[f"{CREDENTIALS}credentialSubject"][0].pop(f"{VOCAB}event")
    assert statements(inside) == statements(expand({"@context": EVENT_CONTEXT} | recorded))
    check_envelope(whole, kind)


def check_envelope(whole: dict[str, Any], kind: str) -> None:
    assert whole["@type"] == [f"{CREDENTIALS}VerifiableCredential", VOCAB + kind]
    lines = statements([whole])
    assert not any("_:" in line or "base" in line for line in lines)
    issuer = "<did:web:pass.example:organisations:maker>"
    assert f'{issuer} <https://schema.org/name> "Example Furniture"' in lines
    assert any("statusListIndex" in line for line in lines)


def test_an_unknown_member_is_seen_to_be_dropped(options: dict[str, Any], served: dict[str, Any]) -> None:
    document = copy.deepcopy(served)
    document["components"][0]["colourful"] = "x"
    dropped: list[object] = []
    jsonld.JsonLdProcessor(on_property_dropped=dropped.append).expand(document, options)
    assert len(dropped) == 1
