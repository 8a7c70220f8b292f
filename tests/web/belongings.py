"""What one organisation has, and every way in which another one may try to lay hands on it."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from passport.model.access import ISSUERS, Role, Scope
from passport.model.passport import Tier
from passport.model.state import PRIVATE_PARTY
from passport.ports import Organisation
from passport.service.holding import Deed
from passport.service.organisations import add_organisation, create_token
from passport.service.system import System
from passport.web import cursors
from passport.web.pages.acts import DEEDS
from passport.web.pages.desk import LISTS
from tests.web.conftest import BASE, LEGACY, Client
from tests.web.test_submitting import _form
from tests.web.town import FORM, SITE, Browser

FRIEND = "friend"
"""The organisation to which everybody offers a piece and delegates something; it tries nothing itself."""

UNTIL = "2028-01-01T00:00:00Z"
TYPED: Mapping[Deed, Mapping[str, str]] = {
    Deed.REPAIR: {"repairTypes": "tighten", "result": "B"},
    Deed.INSPECT: {"result": "C"},
    Deed.CARE: {"result": "cleaned"},
    Deed.MOVE: {"room": "B1"},
    Deed.RETURN: {},
    Deed.FOUND: {},
    Deed.OFFER: {"result": "public"},
    Deed.UNOFFER: {},
    Deed.RESERVE: {"reservedFor": FRIEND, "until": "2027-12-01"},
    Deed.TRANSFER: {"receiver": PRIVATE_PARTY},
    Deed.LEND: {"borrower": FRIEND, "until": "2027-12-01"},
    Deed.CLAIM: {"claimSecret": "0" * 20},
    Deed.PARTS: {"component": "top", "partName": "Top", "partOrigin": "new", "result": "B"},
    Deed.REFURBISH: {"repairTypes": "re-glue", "result": "B"},
    Deed.COLLECT: {"collector": FRIEND},
    Deed.RESPONSIBILITY: {"receiver": FRIEND},
    Deed.LOST: {},
    Deed.END: {"ending": "disposed", "route": "landfill-D1"},
}
"""Each form of an act, filled in."""

FORMS = tuple(sorted(DEEDS))
"""The acts that have a form."""

Tried = Iterator[tuple[int, Tier | None]]


@dataclass(frozen=True)
class Party:
    """An organisation with a token of every scope that it can have, and signed in with it."""

    slug: str
    token: str
    browser: Browser
    word: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class Belongings:
    """What one organisation has: a piece with restricted documents and an event, one on offer, and a delegation."""

    party: Party
    code: str
    offered: str
    submission: str
    event: str
    offer: str
    transfer: str
    delegation: str
    restricted: tuple[tuple[str, Tier], ...]


def party(system: System, client: Client, slug: str, role: Role) -> Party:
    """A new organisation of that role."""
    add_organisation(system, Organisation(slug, slug.title(), role, "company"))
    scopes = set(Scope) if role is Role.ADMINISTRATOR else {Scope.SUBMIT, Scope.READ}
    token = create_token(system, slug, scopes=scopes, label="test", valid_for=timedelta(days=1)).secret
    got = client.send("POST", "/sign-in", {"content-type": FORM, **SITE}, urlencode({"token": token}).encode())
    browser = Browser(client, got["set-cookie"].partition(";")[0])
    return Party(slug, token, browser, browser.hidden("/submissions")["word"])


def belongings(system: System, client: Client, owner: Party, role: Role, giver: Party) -> Belongings:
    """What an organisation has: pieces that it issued itself, or got from ``giver`` where its role issues nothing."""
    issuer = owner if role in ISSUERS else giver
    made = _sent(client, issuer, [_document(issuer.slug, "one"), _document(issuer.slug, "two")])
    code, offered = (each["code"] for each in made["passports"])
    if issuer is not owner:
        transfer = _offered(client, giver, owner.slug, code, offered)
        made = _sent(client, owner, {"eventType": "ownershipTransferred", "transfer": f"{BASE}/transfers/{transfer}"})
    inspected = {"eventType": "inspected", "products": [code], "condition": {"grade": "B"}}
    event = _sent(client, owner, inspected)["events"][0]["event"]
    transfer = _offered(client, owner, FRIEND, offered)
    asked = {"delegate": FRIEND, "events": ["cleaned"], "until": UNTIL}
    delegated = client.post("/delegations", asked, owner.token)
    assert delegated.status == 201, delegated.text
    documents = system.history.documents(code)
    return Belongings(
        party=owner,
        code=code,
        offered=offered,
        submission=_last(made["submission"]),
        event=_last(event),
        offer=_last(client.get(f"/passports/{offered}/events").json()["events"][0]["id"]),
        transfer=transfer,
        delegation=_last(delegated["location"]),
        restricted=tuple((each.id, each.tier) for each in documents if each.tier is not Tier.PUBLIC),
    )


def _document(owner: str, inventory: str) -> dict[str, Any]:
    wood = {"materialClass": "wood-solid", "massShare": 100, "originCountry": "SE"}
    top = {"componentId": "top", "function": "table-top", "materials": [wood]}
    return {**LEGACY, "owner": owner, "inventoryNumber": f"{owner} {inventory}", "components": [top]}


def _sent(client: Client, sender: Party, body: object) -> dict[str, Any]:
    got = client.post("/submissions", body, sender.token)
    assert got.status == 201, got.text
    answer: dict[str, Any] = got.json()
    return answer


def _offered(client: Client, giver: Party, receiver: str, *codes: str) -> str:
    offer = {"eventType": "transferOffered", "receiver": receiver, "products": list(codes)}
    return _last(_sent(client, giver, offer)["events"][0]["transfer"])


def _last(address: str) -> str:
    return address.rpartition("/")[2]


def attempts(
    client: Client, of: Belongings, act: str, by: Party, forms: Sequence[str] = FORMS
) -> list[tuple[int, Tier | None]]:
    """Try an operation on these belongings in every way, by these of the forms; gives each status, and the tier of
    what was asked for.
    """
    if act in BY_FORMS:
        return list(BY_FORMS[act](client, of, by, forms))
    return list(_WAYS[act](client, of, by))


def _submit(client: Client, of: Belongings, by: Party) -> Tried:
    revision = _revision(of)
    products = [of.code]
    address = f"{BASE}/events/{of.event}"
    for body in (
        revision,
        [LEGACY, revision],
        {"eventType": "inspected", "products": products, "condition": {"grade": "E"}},
        {"eventType": "transferOffered", "products": products, "receiver": FRIEND},
        {"eventType": "ownershipTransferred", "products": products, "receiver": PRIVATE_PARTY},
        {
            "eventType": "inspected",
            "products": products,
            "supersedes": address,
            "correctionReason": "incorrect-data",
            "condition": {"grade": "E"},
        },
    ):
        yield client.post("/submissions", body, by.token).status, None


def _submit_form(client: Client, of: Belongings, by: Party) -> Tried:
    lines, body = _form({"token": by.token}, json.dumps(_revision(of)).encode())
    yield client.send("POST", "/submit", lines, body).status, None


def _revision(of: Belongings) -> dict[str, str]:
    return {"granularity": "item", "category": "sofa", "uniqueProductIdentifier": of.code}


def _withdraw(client: Client, of: Belongings, by: Party) -> Tried:
    yield client.post(f"/passports/{of.code}/withdrawal", {"reason": "Mine now."}, by.token).status, None


def _submission(client: Client, of: Belongings, by: Party) -> Tried:
    yield client.get(f"/submissions/{of.submission}", **by.bearer).status, None


def _credential(client: Client, of: Belongings, by: Party) -> Tried:
    for each, tier in of.restricted:
        yield client.get(f"/credentials/{each}", **by.bearer).status, tier


def _act_form(client: Client, of: Belongings, by: Party, forms: Sequence[str] = FORMS) -> Tried:
    for place, deed in enumerate(forms):
        path = f"/passports/{of.code}/acts/{deed}"
        yield (by.browser.get(path) if place % 2 else client.page(path, **by.bearer)).status, None


def _act(client: Client, of: Belongings, by: Party, forms: Sequence[str] = FORMS) -> Tried:
    for place, deed in enumerate(forms):
        path, typed = f"/passports/{of.code}/acts/{deed}", {**TYPED[Deed(deed)], "key": secrets.token_hex(4)}
        yield (_in_session(by, path, typed) if place % 2 else _by_token(client, by, path, typed)), None


def _typed(path: str, fields: Mapping[str, str]) -> Callable[[Client, Belongings, Party], Tried]:
    """A form sent with a token and from a session; ``path`` may name parts of the belongings in braces."""

    def way(client: Client, of: Belongings, by: Party) -> Tried:
        place = path.format(**vars(of))
        meant = {name: value.format(**vars(of)) for name, value in fields.items()}
        yield _by_token(client, by, place, meant), None
        yield _in_session(by, place, meant), None

    return way


def _by_token(client: Client, by: Party, path: str, typed: Mapping[str, str]) -> int:
    return client.send("POST", path, {"content-type": FORM, **by.bearer}, urlencode(typed).encode()).status


def _in_session(by: Party, path: str, typed: Mapping[str, str]) -> int:
    return by.browser.send(path, {**typed, "word": by.word}).status


def _answer(client: Client, of: Belongings, by: Party) -> Tried:
    for answer in ("accept", "accept-responsibility", "refuse", "take-back"):
        yield from _typed("/transfers/{transfer}", {"answer": answer})(client, of, by)


def _delegation(client: Client, of: Belongings, by: Party) -> Tried:
    yield client.get(f"/delegations/{of.delegation}", **by.bearer).status, None
    yield by.browser.get(f"/delegations/{of.delegation}").status, None


def _revoke(client: Client, of: Belongings, by: Party) -> Tried:
    yield client.send("DELETE", f"/delegations/{of.delegation}", by.bearer).status, None


def _delegate(client: Client, of: Belongings, by: Party) -> Tried:
    asked = {"delegate": FRIEND, "events": ["inspected"], "until": UNTIL, "passports": [of.code]}
    yield client.post("/delegations", asked, by.token).status, None


def _lists(client: Client, of: Belongings, by: Party) -> Tried:
    for listed in LISTS:
        cursor = cursors.give(f"{of.party.slug}/{listed}", "0")
        yield client.get(f"/desk/{listed}?cursor={cursor}", **by.bearer).status, None
        yield by.browser.get(f"/desk/{listed}?cursor={cursor}").status, None


_WAYS: Mapping[str, Callable[[Client, Belongings, Party], Tried]] = {
    "undo": _typed("/passports/{code}/recorded/{event}", {}),
    "submit": _submit,
    "submit-form": _submit_form,
    "submission": _submission,
    "credential": _credential,
    "act-form": _act_form,
    "act": _act,
    "desk-list": _lists,
    "transfer-answer": _answer,
    "delegate": _delegate,
    "delegate-by-form": _typed(
        "/delegations/new",
        {"delegate": FRIEND, "events": "inspected", "until": "2027-12-01", "which": "some", "passports": "{code}"},
    ),
    "delegation": _delegation,
    "delegation-take-back": _typed("/delegations/{delegation}", {}),
    "delegation-revoke": _revoke,
    "withdraw": _withdraw,
}
ACTS = tuple(_WAYS)
"""The operations on something that belongs to an organisation; what later ones need comes before what ends it."""

BY_FORMS = {"act": _act, "act-form": _act_form}
"""Those of them that have many forms."""
