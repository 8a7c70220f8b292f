"""T01: for every operation and every pair of roles, what belongs to one organisation is closed to another."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from passport.model.access import ISSUERS, RIGHTS, Role
from passport.model.passport import Tier
from passport.model.rights import READS
from passport.service import log
from passport.web.pages.desk import LISTS
from tests.web.belongings import ACTS, BY_FORMS, FORMS, FRIEND, Belongings, Party, attempts, party
from tests.web.belongings import belongings as belongings_of
from tests.web.conftest import PNG, Client, World
from tests.web.test_rights import _address

OWNERS = tuple(sorted(RIGHTS["submit"].roles))
TOLD = {"desk", "desk-list", "delegations", "delegate-form", "recorded"}
"""Tell everybody of what is their own, or what is public anyway: they are searched for what is another's."""
FREE = {"media-put": "What is sent is addressed by its digest: nothing of anybody's is read or replaced."}
"""Ask for a token, but concern nothing of anybody's."""
FULLER = {"event", "passport-events"}
"""Say more to readers with a right, in a member of its own: see ``test_disclosure.py``."""
REFUSED: Mapping[str, set[int]] = {
    "act-form": {403, 409},
    "desk-list": {400},
    "delegate": {403, 400},
    "delegate-by-form": {403, 422},
}
"""How an operation refuses what is another's, where not as forbidden or not there: pieces are named, or in a state."""

Rows = Callable[[], Mapping[str, list[str]]]


@pytest.fixture(scope="module")
def strangers(_world: tuple[World, Client]) -> Mapping[Role, Party]:
    """An organisation of each role that has nothing."""
    world, client = _world
    return {role: party(world.system, client, f"stranger-{role}", role) for role in Role}


@pytest.fixture(scope="module")
def belongings(_world: tuple[World, Client]) -> Mapping[Role, Belongings]:
    """What an organisation of each role that can own pieces has: issued by itself, or got from another one."""
    world, client = _world
    party(world.system, client, FRIEND, Role.OWNER)
    giver = party(world.system, client, "giver", Role.SUPPLIER)
    found = {}
    for role in OWNERS:
        owner = party(world.system, client, f"owner-{role}", role)
        found[role] = belongings_of(world.system, client, owner, role, giver)
        assert {tier for _, tier in found[role].restricted} >= {Tier.OWNER, Tier.LEGITIMATE_INTEREST}
    return found


def _allowed(act: str, role: Role, tier: Tier | None) -> bool:
    """What a role may do with what is another's: the keeper of the service, and what the role reads of everything."""
    if act == "submission":
        return role is Role.ADMINISTRATOR
    return act == "credential" and tier in READS[role]


def test_t01_the_matrix_covers_every_operation() -> None:
    asks = {name for name, right in RIGHTS.items() if right.scope is not None}
    assert asks == (set(ACTS) - {"submit-form", "credential"}) | TOLD | set(FREE)


def _closed(
    client: Client,
    of: Belongings,
    strangers: Mapping[Role, Party],
    store_rows: Rows,
    act: str,
    forms: Callable[[int], Sequence[str]],
) -> None:
    """That an operation on these belongings is closed to all strangers; each tries the forms of its number."""
    before = store_rows()
    for number, (role, stranger) in enumerate(strangers.items()):
        if act == "withdraw" and role is Role.ADMINISTRATOR:
            assert role in RIGHTS[act].roles
            continue
        for place, (status, tier) in enumerate(attempts(client, of, act, stranger, forms(number))):
            wanted = {200} if _allowed(act, role, tier) else REFUSED.get(act, {403, 404})
            assert status in wanted or (role not in RIGHTS[act].roles and status == 403), (role, place, status, tier)
    after = store_rows()
    kept = set(after["submission"]) - set(before["submission"])
    assert all("'stranger-" in row for row in kept), "a refused submission is kept in its sender's own inbox"
    assert {name: rows for name, rows in after.items() if name != "submission"} == {
        name: rows for name, rows in before.items() if name != "submission"
    }


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("act", ACTS)
def test_t01_what_is_anothers_is_closed_and_stays_as_it_is(
    client: Client,
    belongings: Mapping[Role, Belongings],
    strangers: Mapping[Role, Party],
    store_rows: Rows,
    owner: Role,
    act: str,
) -> None:
    """Every operation for every pair of roles; of the forms, each pair tries a third, and its neighbours the others."""
    first = OWNERS.index(owner)
    _closed(client, belongings[owner], strangers, store_rows, act, lambda number: FORMS[(first + number) % 3 :: 3])


@pytest.mark.slow
@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("act", BY_FORMS)
def test_t01_every_form_of_an_act_is_closed_to_every_other_role(
    client: Client,
    belongings: Mapping[Role, Belongings],
    strangers: Mapping[Role, Party],
    store_rows: Rows,
    owner: Role,
    act: str,
) -> None:
    _closed(client, belongings[owner], strangers, store_rows, act, lambda _: FORMS)


def _told(client: Client, of: Belongings, by: Party) -> str:
    """All that an organisation is told on its desk, of its delegations, and after an event of these belongings."""
    paths = ["/desk", *(f"/desk/{listed}" for listed in LISTS), "/delegations", "/delegations/new"]
    told = [client.get(path, "application/json", **by.bearer).text for path in paths[:-1]]
    told += [by.browser.get(path).text for path in paths]
    for code, event in ((of.code, of.event), (of.offered, of.offer)):
        got = by.browser.get(f"/passports/{code}/recorded/{event}")
        told.append(got.text.replace(code, "").replace(_grouped(code), ""))
    return "\n".join(told)


def _grouped(code: str) -> str:
    return "-".join((code[:4], code[4:8], code[8:]))


def _secrets(of: Belongings) -> set[str]:
    """What only the parties are told: their pieces as a list, the transfer, the delegation, and the way to undo."""
    return {of.code, of.offered, f"/transfers/{of.transfer}", f"/delegations/{of.delegation}", ">Undo</button>"}


@pytest.mark.parametrize("owner", OWNERS)
def test_t01_lists_and_receipts_tell_strangers_nothing(
    client: Client,
    belongings: Mapping[Role, Belongings],
    strangers: Mapping[Role, Party],
    store_rows: Rows,
    owner: Role,
) -> None:
    of = belongings[owner]
    before = store_rows()
    own = _told(client, of, of.party)
    assert {each for each in _secrets(of) if each in own} == _secrets(of), "the negative control"
    for role, stranger in strangers.items():
        told = _told(client, of, stranger)
        assert not {each for each in _secrets(of) if each in told}, role
    assert store_rows() == before


@pytest.mark.parametrize("operation", sorted(name for name, right in RIGHTS.items() if right.scope is None))
def test_t01_a_token_opens_and_changes_nothing_where_none_is_asked_for(
    client: Client, world: World, strangers: Mapping[Role, Party], store_rows: Rows, operation: str
) -> None:
    if operation in {"submit-form", "metrics"} | FULLER:
        return
    method, path = _address(client, world, operation)
    log.publish(world.system)
    before = store_rows()
    plain = client.send(method, path)
    for role, stranger in strangers.items():
        got = client.send(method, path, stranger.bearer)
        assert (got.status, got.body) == (plain.status, plain.body), role
    assert store_rows() == before


@pytest.mark.parametrize("owner", OWNERS)
def test_t01_an_open_transfer_is_between_its_parties(
    client: Client, belongings: Mapping[Role, Belongings], strangers: Mapping[Role, Party], owner: Role
) -> None:
    """What is public of it is told to everybody in the same words; who it is between, and the buttons, to them."""
    of = belongings[owner]
    place = f"/transfers/{of.transfer}"
    own = client.get(place, **of.party.bearer).json()
    assert own["to"] == FRIEND.title()
    assert 'name="answer"' in of.party.browser.get(place).text
    plain = client.get(place)
    assert plain.status == 200
    for role, stranger in strangers.items():
        got = client.get(place, **stranger.bearer)
        assert (got.status, got.body) == (200, plain.body), role
        page = stranger.browser.get(place)
        assert page.status == 200
        assert 'name="answer"' not in page.text, role
        assert not {each for each in (own["from"], own["to"]) if each in plain.text + page.text}, role


@pytest.mark.parametrize("owner", OWNERS)
def test_t01_the_owner_itself_gets_through(client: Client, belongings: Mapping[Role, Belongings], owner: Role) -> None:
    """The negative control of the matrix: each of these acts is done for whose the belongings are."""
    of = belongings[owner]
    for act in ACTS:
        if act in ("submit-form", "withdraw") and owner not in ISSUERS:
            continue
        found = attempts(client, of, act, of.party)
        if act != "desk-list":
            assert {status for status, _ in found} & {200, 201, 204, 303}, (act, found)
        else:
            assert {status for status, _ in found} == {200}
    assert client.get(f"/passports/{of.code}").status == (410 if owner in ISSUERS else 200)


def test_t01_pictures_are_nobodys_and_cannot_be_replaced(
    client: Client, world: World, strangers: Mapping[Role, Party]
) -> None:
    before = client.get(world.picture)
    for role, stranger in strangers.items():
        got = client.post("/media", PNG, stranger.token, content_type="image/png")
        assert got.status == (201 if role in RIGHTS["media-put"].roles else 403)
    assert client.get(world.picture).body == before.body
