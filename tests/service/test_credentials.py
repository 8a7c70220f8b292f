"""Credentials by address: the documents for those whom their tiers name, and what is public of them for all others."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from passport.codecs.documents import inner
from passport.errors import Erased, NotFound, Unauthenticated
from passport.model.access import Caller, Role, Scope
from passport.model.passport import Kind, Tier
from passport.ports import Organisation
from passport.service import credentials, erasure, resolution
from passport.service.organisations import add_organisation
from passport.service.submissions import Outcome
from passport.service.system import System

Send = Callable[..., Outcome]
TIERS = {Tier.PUBLIC, Tier.LEGITIMATE_INTEREST, Tier.AUTHORITY, Tier.OWNER}


@pytest.fixture
def restricted(system: System, send: Send, legacy: dict[str, Any]) -> dict[Tier, str]:
    """A piece that the rival issued, the town owns and the maker answers for: one document id of each tier."""
    maker = system.parties.organisation("maker")
    assert maker is not None
    system.parties.change_organisation(replace(maker, identifiers=("gln:7300010000001",)))
    add_organisation(system, Organisation("school", "Example university", Role.RESEARCHER, "university"))
    add_organisation(system, Organisation("keeper", "Keeper", Role.ADMINISTRATOR, "company"))
    model = {
        "granularity": "model",
        "modelName": [{"value": "Desk", "language": "en"}],
        "manufacturer": {"name": "A"},
        "category": "desk",
        "materials": [{"materialClass": "wood-solid"}],
        "technicalDocumentation": [{"url": "https://furniture.example/file.pdf"}],
        "economicOperatorId": "gln:7300010000001",
    }
    piece = {**legacy, "economicOperatorId": "gln:7300010000001", "modelPassport": "#0"}
    del piece["isSecondHandLegacy"]
    issued = send(model, piece, by="rival").issued
    found: dict[Tier, str] = {}
    for each in reversed(issued):
        for document in system.history.documents(each.code):
            found.setdefault(document.tier, document.id)
    assert set(found) == TIERS
    return found


@pytest.mark.parametrize(
    ("slug", "sees"),
    [
        ("rival", TIERS),
        ("town", {Tier.PUBLIC, Tier.LEGITIMATE_INTEREST, Tier.OWNER}),
        ("maker", {Tier.PUBLIC, Tier.LEGITIMATE_INTEREST, Tier.AUTHORITY}),
        ("watch", {Tier.PUBLIC, Tier.LEGITIMATE_INTEREST, Tier.AUTHORITY}),
        ("school", {Tier.PUBLIC}),
        ("keeper", {Tier.PUBLIC}),
    ],
    ids=["issuer", "owner", "operator", "authority", "researcher", "administrator"],
)
def test_a_document_is_shown_to_those_whom_its_tier_names(
    system: System, caller: Callable[[str], Caller], restricted: dict[Tier, str], slug: str, sees: set[Tier]
) -> None:
    seen = set()
    for tier, document_id in restricted.items():
        try:
            assert credentials.credential(system, document_id, caller(slug)).id == document_id
            seen.add(tier)
        except NotFound:
            continue
    assert seen == sees


def test_without_a_token_or_its_reading_scope_only_public_documents_are_shown(
    system: System, restricted: dict[Tier, str]
) -> None:
    submitter = Caller("t", "rival", Role.SUPPLIER, frozenset({Scope.SUBMIT}))
    for tier, document_id in restricted.items():
        if tier is Tier.PUBLIC:
            assert credentials.credential(system, document_id, None).tier is Tier.PUBLIC
            assert credentials.credential(system, document_id, submitter).tier is Tier.PUBLIC
            continue
        with pytest.raises(Unauthenticated):
            credentials.credential(system, document_id, None)
        with pytest.raises(NotFound):
            credentials.credential(system, document_id, submitter)
    with pytest.raises(NotFound):
        credentials.credential(system, "unheard-of", None)


def test_a_restricted_event_is_no_public_event(system: System, restricted: dict[Tier, str]) -> None:
    document = system.history.document(restricted[Tier.OWNER])
    assert document is not None
    assert document.kind is Kind.EVENT
    with pytest.raises(NotFound):
        resolution.event(system, document.id)
    with pytest.raises(NotFound):
        resolution.event(system, restricted[Tier.PUBLIC])
    (public,) = resolution.life(system, document.code)
    assert resolution.event(system, public.id) == public


def test_of_a_restricted_document_is_told_what_the_public_one_says_that_names_it(
    system: System, restricted: dict[Tier, str]
) -> None:
    for tier in TIERS - {Tier.PUBLIC}:
        document = system.history.document(restricted[tier])
        assert document is not None
        found = credentials.attested(system, document.id)
        assert (found.tier, found.kind, found.code) == (tier, document.kind, document.code)
        assert (found.document, found.issuer, found.valid_from, found.status) == (None, None, None, None)
        naming = resolution.version(system, document.code, 1)
        if document.kind is Kind.EVENT:
            naming = resolution.event(system, found.about.rpartition("/")[2])
        said = inner(naming.payload, naming.start)
        assert {"id": found.address, "tier": tier} in said["restrictedDocuments"]
        triples = {quad.triple.__str__() for quad in parse(credentials.described(found), RdfFormat.N_TRIPLES)}
        assert len(triples) == 5
        assert not any("issuer" in each for each in triples)


def test_a_public_credential_tells_who_signed_it_when_and_where_its_status_is(
    system: System, restricted: dict[Tier, str]
) -> None:
    document = system.history.document(restricted[Tier.PUBLIC])
    assert document is not None
    found = credentials.attested(system, document.id)
    assert found.document == document
    assert found.issuer == system.did("rival")
    assert str(found.status).startswith(f"{system.base}/status/")
    assert not found.revoked
    assert found.about == f"{system.passport_address(document.code)}/versions/1"


def test_what_nothing_public_names_is_as_what_is_not_there(
    system: System, send: Send, legacy: dict[str, Any], caller: Callable[[str], Caller]
) -> None:
    code = send(legacy, by="town").issued[0].code
    hidden = [each for each in system.history.documents(code, kind=Kind.EVENT) if each.tier is Tier.OWNER]
    (public,) = resolution.life(system, code)
    erasure.erase(system, public.id, reason="It named a person")
    told = []
    for document_id in (hidden[0].id, "unheard-of"):
        for ask in (credentials.attested, lambda system, each: credentials.credential(system, each, None)):
            with pytest.raises(NotFound) as caught:
                ask(system, document_id)
            told.append((caught.value.detail, caught.value.values))
    assert told == told[:1] * 4
    assert credentials.credential(system, hidden[0].id, caller("town")).id == hidden[0].id


def test_an_erased_document_says_so_to_everybody_as_the_public_event_does(
    system: System, restricted: dict[Tier, str], caller: Callable[[str], Caller]
) -> None:
    erasure.erase(system, restricted[Tier.OWNER], reason="A person was described in it")
    with pytest.raises(Erased):
        credentials.attested(system, restricted[Tier.OWNER])
    for reader in (None, caller("town"), caller("watch")):
        with pytest.raises(Erased):
            credentials.credential(system, restricted[Tier.OWNER], reader)
