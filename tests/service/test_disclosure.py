"""Who sees what: every tier by every role in every relation to a product, against a table that people can read."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from passport.model.access import Caller, Role, Scope
from passport.model.passport import Document, Kind, Level, Product, Tier
from passport.service import past, resolution, together
from passport.service.disclosure import audience, is_interested, sees
from passport.service.submissions import Outcome
from passport.service.system import System

Send = Callable[..., Outcome]
PRODUCT = Product("7KX94M2Q4", "p/7KX94M2Q4", Level.ITEM, "furniture", "town", "town", 1, 1, b"", 0, b"")
RELATIONS: Mapping[str, Mapping[str, Any]] = {
    "issuer": {"issuer": "reader"},
    "operator": {"operator": "reader"},
    "owner": {"owner": "reader"},
    "holder": {"holder": "reader"},
    "receiver": {"offered_to": "reader"},
    "nothing": {},
}
TABLE = """
role                  | nothing, receiver | owner, holder | issuer, operator
supplier              | P                 | P L           | P L A
owner                 | P L               | P L           | P L
holder                | P L               | P L           | P L
professional-repairer | P L               | P L           | P L
refurbisher           | P L               | P L           | P L
recycler              | P L               | P L           | P L
authority             | P L A             | P L A         | P L A
researcher            | P                 | P L           | P L
administrator         | P                 | P L           | P L
"""
LETTERS = {"P": Tier.PUBLIC, "L": Tier.LEGITIMATE_INTEREST, "A": Tier.AUTHORITY, "O": Tier.OWNER}


def _document(tier: Tier, *, issuer: str = "somebody", audience: str | None = None) -> Document:
    said = json.dumps({} if audience is None else {"audience": audience}).encode()
    payload = b'{"credentialSubject":{"event":%b}}' % said
    start = payload.index(said)
    nothing = (b"", payload, b"", b"", start, 0, 0, "")
    return Document(0, "d", PRODUCT.code, Kind.EVENT, tier, 1, 1, "2026-11-21T12:00:00Z", issuer, *nothing)


def _reader(role: Role, *scopes: Scope) -> Caller:
    return Caller("", "reader", role, frozenset(scopes or {Scope.READ}))


def _rows() -> dict[tuple[Role, str], set[Tier]]:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
    return {
        (Role(row[0]), relation): {LETTERS[letter] for letter in cell.split()}
        for row in rows
        for columns, cell in zip(head[1:], row[1:], strict=True)
        for relation in columns.split(", ")
    }


def test_t07_every_tier_by_every_role_and_relation_is_as_the_table_says() -> None:
    rows = _rows()
    assert set(rows) == {(role, relation) for role in Role for relation in RELATIONS}
    for (role, relation), tiers in rows.items():
        product = replace(PRODUCT, **RELATIONS[relation])
        seen = {tier for tier in Tier if sees(_document(tier, audience="somebody"), product, _reader(role))}
        assert seen == tiers, (role, relation)
        assert is_interested(product, _reader(role)) is (Tier.LEGITIMATE_INTEREST in tiers)


@pytest.mark.parametrize("role", Role)
def test_t07_what_is_for_an_owner_is_for_the_one_of_its_time_and_its_signer(role: Role) -> None:
    for relation in RELATIONS.values():
        product = replace(PRODUCT, **relation)
        assert not sees(_document(Tier.OWNER, audience="former"), product, _reader(role))
        assert not sees(_document(Tier.OWNER), product, _reader(role))
        assert sees(_document(Tier.OWNER, audience="reader"), product, _reader(role))
        for tier in Tier:
            assert sees(_document(tier, issuer="reader", audience="former"), product, _reader(role))


@pytest.mark.parametrize("role", Role)
def test_t07_nobody_sees_anything_without_a_token_that_reads(role: Role) -> None:
    for relation in RELATIONS.values():
        product = replace(PRODUCT, **relation)
        for tier in set(Tier) - {Tier.PUBLIC}:
            document = _document(tier, issuer="reader", audience="reader")
            assert not sees(document, product, None)
            assert not sees(document, product, _reader(role, Scope.SUBMIT))
        assert not is_interested(product, _reader(role, Scope.SUBMIT))


def test_t07_an_erased_document_is_for_no_audience() -> None:
    assert audience(replace(_document(Tier.OWNER, audience="reader"), payload=b"")) is None


PRIVATE: Mapping[str, Any] = {
    "inventoryNumber": "K-4711",
    "costCentre": "kostnad-4712",
    "purchasePrice": {"amount": "4713.50", "currency": "SEK"},
    "location": {"site": "Depot-4714", "room": "12"},
}
WORDS = ("K-4711", "kostnad-4712", "4713.5", "Depot-4714", "B4715", "4716.5")


def test_t07_the_new_owner_does_not_see_what_the_former_one_kept_for_itself(
    system: System, send: Send, legacy: dict[str, Any], caller: Callable[[str], Caller]
) -> None:
    code = send({**legacy, **PRIVATE}, by="town").issued[0].code
    send({"eventType": "relocated", "products": [code], "location": {"room": "B4715"}}, by="town")
    cost = {"amount": "4716.50", "currency": "SEK"}
    send({"eventType": "repaired", "products": [code], "repairTypes": ["tighten"], "cost": cost}, by="town")
    given = send({"eventType": "transferOffered", "products": [code], "receiver": "rival"}, by="town").recorded[0]
    before = _all(system, code, caller("town"))
    assert all(word in before for word in WORDS)
    assert not any(word in _all(system, code, caller("rival")) for word in WORDS)
    send({"eventType": "ownershipTransferred", "transfer": given.transfer}, by="rival")
    assert not any(word in _all(system, code, caller("rival")) for word in WORDS)
    assert all(word in _all(system, code, caller("town")) for word in WORDS), "what was its own stays its own"
    send({"eventType": "relocated", "products": [code], "location": {"room": "C4717"}}, by="rival")
    assert "C4717" in _all(system, code, caller("rival"))
    assert "C4717" not in _all(system, code, caller("town")), "and what comes later is not"
    assert "C4717" not in _all(system, code, caller("watch"))


def _all(system: System, code: str, reader: Caller) -> str:
    """Everything that a reader gets of a piece, by every way there is."""
    whole = together.document(system, past.then(system, code, caller=reader), caller=reader)
    life = resolution.life(system, code, caller=reader)
    events = [each for each in life if each.tier is Tier.PUBLIC]
    beside = [each for event in events for each in resolution.beside(system, event, reader)]
    assert {each.id for each in beside} == {each.id for each in life} - {each.id for each in events}
    return b"\n".join([whole, *(each.payload for each in (*life, *beside))]).decode()
