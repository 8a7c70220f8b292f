"""Every event by every role in every relation to a piece, against a table that people can read (``rights.txt``)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from passport.errors import Forbidden, NotAllowed, Unacceptable
from passport.model.access import ISSUERS, Caller, Role, Scope
from passport.model.events import BY_SERVICE, EventType
from passport.model.rights import ACTS, DELEGABLE
from passport.ports import Delegation, Organisation
from passport.service.organisations import add_organisation
from passport.service.submissions import submit
from passport.service.system import System
from passport.settings import Settings
from passport.wiring import Running, create_system

LETTERS = {
    "S": Role.SUPPLIER,
    "O": Role.OWNER,
    "H": Role.HOLDER,
    "P": Role.REPAIRER,
    "F": Role.REFURBISHER,
    "R": Role.RECYCLER,
    "A": Role.ADMINISTRATOR,
}
RELATIONS = ("issuer", "operator", "owner", "holder", "delegate", "receiver", "stranger")
ROLES = tuple(Role)
MEMBERS: Mapping[str, Mapping[str, Any]] = {
    "inspected": {"condition": {"grade": "B"}},
    "conditionAssessed": {"condition": {"grade": "B"}},
    "repaired": {"repairTypes": ["tighten"]},
    "transferOffered": {"receiver": "third"},
    "relocated": {"location": {"room": "1"}},
    "lent": {"borrower": "third"},
}
ANSWERS = {"transferWithdrawn", "transferRefused", "ownershipTransferred", "responsibilityTransferred"}
RIGHTS_CODES = {"role-not-allowed", "relation-not-allowed"}
PIECE = {
    "granularity": "item",
    "category": "desk",
    "isSecondHandLegacy": True,
    "condition": {"grade": "C"},
    "availability": "inUse",
}


def _table() -> dict[str, tuple[set[Role], set[str]]]:
    table = {}
    for line in Path(__file__).with_name("rights.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            event, roles, relations = (part.split() for part in line.split("|"))
            table[event[0]] = ({LETTERS[each] for each in roles}, set(relations))
    return table


TABLE = _table()


def _caller(system: System, slug: str) -> Caller:
    organisation = system.parties.organisation(slug)
    assert organisation is not None
    return Caller("", slug, organisation.role, frozenset(Scope))


def _send(system: System, by: str, *documents: Mapping[str, Any], dry_run: bool = False) -> Any:
    body = json.dumps(list(documents)).encode()
    return submit(system, body=body, media_type="application/json", caller=_caller(system, by), dry_run=dry_run)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A store with, for each role and relation, a piece that the organisation of that role has that relation to."""
    base, secret = "https://passport.example", "a signing secret for tests, long enough"
    settings = Settings(data=tmp_path_factory.mktemp("rights") / "store", base_url=base, signing_secret=secret)
    running: Running = create_system(settings)
    system = running.system
    for slug in ("town", "third"):
        add_organisation(system, Organisation(slug, slug, Role.OWNER, "municipality"))
    for role in ROLES:
        add_organisation(system, Organisation(f"the-{role}", str(role), role, "company"))
    yield (
        system,
        {(role, relation): _piece(system, f"the-{role}", relation) for role in ROLES for relation in RELATIONS},
    )
    running.close()


def _piece(system: System, slug: str, relation: str) -> tuple[str, str]:
    """A piece, with the open transfer of it that counts; it is the town's where nothing else is said."""
    transfer = f"{system.base}/transfers/nothing"
    owner = slug if relation == "owner" else "town"
    piece = {**PIECE, "owner": owner}
    if relation == "operator":
        piece["economicOperatorId"] = system.did(slug)
    organisation = system.parties.organisation(slug)
    assert organisation is not None
    may_issue = organisation.role in ISSUERS
    code = _send(system, slug if relation == "issuer" and may_issue else "third", piece).issued[0].code
    if relation == "holder":
        _send(system, "town", {"eventType": "lent", "products": [code], "borrower": slug})
    elif relation == "delegate":
        ends = "2099-01-01T00:00:00Z"
        began = "2020-01-01T00:00:00Z"
        system.parties.add_delegation(Delegation(code, "town", slug, DELEGABLE, began, ends, began, frozenset({code})))
    elif relation == "receiver":
        done = _send(system, "town", {"eventType": "transferOffered", "products": [code], "receiver": slug})
        transfer = done.recorded[0].transfer
    return code, transfer


def test_the_table_is_what_the_data_says() -> None:
    assert set(TABLE) == {each.value for each in EventType} - {each.value for each in BY_SERVICE}
    for name, (roles, relations) in TABLE.items():
        act = ACTS[EventType(name)]
        assert act.roles == roles, name
        assert {each.value for each in act.relations} - {"operator", "claimant", "owner"} <= relations, name


@pytest.mark.parametrize("name", sorted(TABLE))
def test_t01_role_and_relation_must_both_allow(world: Any, name: str) -> None:
    system, pieces = world
    roles, relations = TABLE[name]
    size = system.history.size()
    for (role, relation), (code, transfer) in pieces.items():
        document = {"eventType": name, "products": [code], **MEMBERS.get(name, {})}
        if name in ANSWERS:
            document["transfer"] = transfer
        if name == "remanufactured":
            document["outputs"] = [pieces[Role.OWNER, "stranger"][0]]
        allowed = role in roles and relation in relations
        if relation == "issuer" and role not in ISSUERS:
            allowed = False
        codes = _codes(system, f"the-{role}", document)
        assert allowed == RIGHTS_CODES.isdisjoint(codes), (name, role, relation, codes)
    assert system.history.size() == size


def _codes(system: System, by: str, document: Mapping[str, Any]) -> set[str]:
    """What stands in the way; a role that may submit nothing at all is refused at the door."""
    try:
        _send(system, by, document, dry_run=True)
    except (NotAllowed, Unacceptable) as refused:
        return {finding.code for finding in refused.report.findings}  # type: ignore[attr-defined]
    except Forbidden:
        return {"role-not-allowed"}
    return set()
