"""T01: for every operation and every pair of roles, what belongs to one organisation is closed to another."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from passport.model.access import RIGHTS, Role, Scope
from passport.model.passport import Tier
from passport.ports import Organisation
from passport.service.organisations import add_organisation, create_token
from passport.service.system import System
from tests.web.conftest import LEGACY, PNG, Client, World
from tests.web.test_rights import _address
from tests.web.test_submitting import _form

OWNERS = tuple(sorted(RIGHTS["submit"].roles))
ACTS = ("submit", "submit-form", "withdraw", "submission", "credential")
"""The operations on something that belongs to an organisation."""
FREE = {"media-put"}
"""Asks for a token, but concerns nothing of anybody's: what is sent is addressed by its digest."""
FULLER = {"event", "passport-events"}
"""Say more to readers with a right, in a member of its own: see ``test_disclosure.py``."""

Rows = Callable[[], Mapping[str, list[str]]]


@dataclass(frozen=True)
class Belongings:
    """What one organisation has: a piece with restricted documents, and the submission that brought it."""

    slug: str
    code: str
    submission: str
    restricted: tuple[tuple[str, Tier], ...]


def _organisation(system: System, side: str, role: Role) -> str:
    """An organisation of that role and a token of it with every scope that it can have."""
    slug = f"{side}-{role}"
    add_organisation(system, Organisation(slug, f"{side} {role}", role, "company"))
    scopes = set(Scope) if role is Role.ADMINISTRATOR else {Scope.SUBMIT, Scope.READ}
    return create_token(system, slug, scopes=scopes, label="test", valid_for=timedelta(days=1)).secret


@pytest.fixture(scope="module")
def strangers(_world: tuple[World, Client]) -> Mapping[Role, str]:
    """A token of an organisation of each role."""
    return {role: _organisation(_world[0].system, "stranger", role) for role in Role}


@pytest.fixture(scope="module")
def belongings(_world: tuple[World, Client]) -> Mapping[Role, Belongings]:
    """What an organisation of each role that can issue has issued."""
    world, client = _world
    found = {}
    for role in OWNERS:
        token = _organisation(world.system, "holder", role)
        slug = f"holder-{role}"
        document = {**LEGACY, "owner": slug, "facilityId": "gln:7300010000001"}
        document["components"] = [
            {
                "componentId": "top",
                "function": "table-top",
                "materials": [{"materialClass": "wood-solid", "massShare": 100, "originCountry": "SE"}],
            }
        ]
        del document["facilityId"]
        made = client.post("/submissions", document, token)
        assert made.status == 201, made.text
        code = made.json()["passports"][0]["code"]
        restricted = tuple(
            (each.id, each.tier) for each in world.system.history.documents(code) if each.tier is not Tier.PUBLIC
        )
        assert {tier for _, tier in restricted} >= {Tier.OWNER, Tier.LEGITIMATE_INTEREST}
        found[role] = Belongings(slug, code, made["location"].rpartition("/")[2], restricted)
    return found


def _attempts(client: Client, of: Belongings, act: str, token: str) -> list[tuple[int, Tier | None]]:
    """Try an act of the stranger with this token on what is not its own; gives each status."""
    bearer = {"authorization": f"Bearer {token}"}
    revision = {"granularity": "item", "category": "sofa", "uniqueProductIdentifier": of.code}
    if act == "submit":
        whole = [client.post("/submissions", revision, token), client.post("/submissions", [LEGACY, revision], token)]
        return [(got.status, None) for got in whole]
    if act == "submit-form":
        lines, body = _form({"token": token}, json.dumps(revision).encode())
        return [(client.send("POST", "/submit", lines, body).status, None)]
    if act == "withdraw":
        reason = {"reason": "Mine now."}
        return [(client.post(f"/passports/{of.code}/withdrawal", reason, token).status, None)]
    if act == "submission":
        return [(client.get(f"/submissions/{of.submission}", **bearer).status, None)]
    return [(client.get(f"/credentials/{each}", **bearer).status, tier) for each, tier in of.restricted]


def _allowed(act: str, role: Role, tier: Tier | None) -> bool:
    """What a role may do with what is another's: the keeper of the service, and the authority's view."""
    if act == "submission":
        return role is Role.ADMINISTRATOR
    return act == "credential" and role is Role.AUTHORITY and tier is not Tier.OWNER


def test_t01_the_matrix_covers_every_operation() -> None:
    asks = {name for name, right in RIGHTS.items() if right.scope is not None}
    assert asks == (set(ACTS) - {"submit-form", "credential"}) | FREE


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", ACTS)
def test_t01_what_is_anothers_is_closed_and_stays_as_it_is(
    client: Client,
    belongings: Mapping[Role, Belongings],
    strangers: Mapping[Role, str],
    store_rows: Rows,
    owner: Role,
    role: Role,
    act: str,
) -> None:
    if act == "withdraw" and role is Role.ADMINISTRATOR:
        assert "administrator" in (RIGHTS["withdraw"].roles)
        return
    before = store_rows()
    for status, tier in _attempts(client, belongings[owner], act, strangers[role]):
        assert status == 200 if _allowed(act, role, tier) else status in (403, 404), (status, tier)
    after = store_rows()
    kept = set(after["submission"]) - set(before["submission"])
    assert all(f"'stranger-{role}'" in row for row in kept), "a refused submission is kept in its sender's own inbox"
    assert {name: rows for name, rows in after.items() if name != "submission"} == {
        name: rows for name, rows in before.items() if name != "submission"
    }


@pytest.mark.parametrize("operation", sorted(name for name, right in RIGHTS.items() if right.scope is None))
def test_t01_a_token_opens_and_changes_nothing_where_none_is_asked_for(
    client: Client, world: World, strangers: Mapping[Role, str], store_rows: Rows, operation: str
) -> None:
    if operation in {"submit-form", "metrics"} | FULLER:
        return
    before = store_rows()
    method, path = _address(client, world, operation)
    plain = client.send(method, path)
    for role, token in strangers.items():
        got = client.send(method, path, {"authorization": f"Bearer {token}"})
        assert (got.status, got.body) == (plain.status, plain.body), role
    assert store_rows() == before


def test_t01_the_holder_itself_gets_through(
    client: Client, world: World, belongings: Mapping[Role, Belongings]
) -> None:
    """The negative control of the matrix: with the right token each of these acts is done."""
    for role, of in belongings.items():
        token = create_token(
            world.system, of.slug, scopes={Scope.SUBMIT, Scope.READ}, label="test", valid_for=timedelta(days=1)
        ).secret
        for act in ACTS:
            wanted = {"submit": (201, 201), "submit-form": (201, 200), "withdraw": (201,)}.get(act, (200,))
            assert {status for status, _ in _attempts(client, of, act, token)} <= {*wanted, 409, 422}, (role, act)
        assert client.get(f"/passports/{of.code}").status == 410


def test_t01_pictures_are_nobodys_and_cannot_be_replaced(
    client: Client, world: World, strangers: Mapping[Role, str]
) -> None:
    before = client.get(world.picture)
    for role, token in strangers.items():
        got = client.post("/media", PNG, token, content_type="image/png")
        assert got.status == (201 if role in RIGHTS["media-put"].roles else 403)
    assert client.get(world.picture).body == before.body
