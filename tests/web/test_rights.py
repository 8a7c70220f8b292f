"""Who may do what over HTTP, and that there is no way beside it."""

import re
from collections.abc import Iterator, Mapping

import pytest

from passport.model.access import RIGHTS, Role, Scope
from passport.service import snapshots
from passport.settings import Settings
from passport.web.app import create_app
from passport.web.pages import Pages
from tests.web.conftest import GTIN, LEGACY, PNG, Client, Got, World
from tests.web.live import filled

ROUTES = {
    "accessibility": ("GET", "/accessibility"),
    "act": ("POST", "/passports/{piece}/acts/repair"),
    "act-form": ("GET", "/passports/{piece}/acts/inspect"),
    "asset": ("GET", "/assets/site.css"),
    "compare": ("GET", "/compare?model={model}"),
    "context": ("GET", "/contexts/passport/1.0"),
    "contexts": ("GET", "/contexts"),
    "credential": ("GET", "/credentials/{credential}"),
    "delegate": ("POST", "/delegations"),
    "delegate-by-form": ("POST", "/delegations/new"),
    "delegate-form": ("GET", "/delegations/new"),
    "delegation": ("GET", "/delegations/{delegation}"),
    "delegation-revoke": ("DELETE", "/delegations/{delegation}"),
    "delegation-take-back": ("POST", "/delegations/{delegation}"),
    "delegations": ("GET", "/delegations"),
    "desk": ("GET", "/desk"),
    "desk-list": ("GET", "/desk/owned"),
    "docs": ("GET", "/docs"),
    "event": ("GET", "/events/{event}"),
    "feed": ("GET", "/feed"),
    "find": ("GET", "/find?code={piece}"),
    "health": ("GET", "/healthz"),
    "home": ("GET", "/"),
    "language": ("GET", "/language"),
    "media": ("GET", "{picture}"),
    "media-put": ("POST", "/media"),
    "metrics": ("GET", "/metrics"),
    "models": ("GET", "/models"),
    "openapi": ("GET", "/openapi.json"),
    "organisation": ("GET", "/organisations/maker"),
    "organisation-did": ("GET", "/organisations/maker/did.json"),
    "organisations": ("GET", "/organisations"),
    "passport": ("GET", "/passports/{piece}"),
    "passport-events": ("GET", "/passports/{piece}/events"),
    "passport-version": ("GET", "/passports/{piece}/versions/1"),
    "problem": ("GET", "/problems/malformed"),
    "problems": ("GET", "/problems"),
    "product": ("GET", "/p/{piece}"),
    "product-by-gs1": ("GET", f"/01/{GTIN}"),
    "published-manifest": ("GET", "/published/manifest.json"),
    "qr-png": ("GET", "/passports/{piece}/qr.png"),
    "qr-sheet": ("GET", "/labels"),
    "qr-svg": ("GET", "/passports/{piece}/qr.svg"),
    "ready": ("GET", "/readyz"),
    "recorded": ("GET", "/passports/{legacy}/recorded/{event}"),
    "resolver-description": ("GET", "/.well-known/gs1resolver"),
    "data": ("GET", "/data"),
    "data-latest": ("GET", "/data/latest"),
    "snapshot": ("GET", "/data/{snapshot}"),
    "snapshot-file": ("GET", "/data/{snapshot}/events.csv"),
    "void": ("GET", "/.well-known/void"),
    "robots": ("GET", "/robots.txt"),
    "sitemap": ("GET", "/sitemap.xml"),
    "sitemap-pages": ("GET", "/sitemaps/pages.xml"),
    "sitemap-part": ("GET", "/sitemaps/0.xml"),
    "schema": ("GET", "/schemas/furniture/1.0/model"),
    "schemas": ("GET", "/schemas"),
    "search": ("GET", "/search"),
    "service-did": ("GET", "/.well-known/did.json"),
    "sign-in": ("POST", "/sign-in"),
    "sign-in-page": ("GET", "/sign-in"),
    "sign-out": ("POST", "/sign-out"),
    "table": ("GET", "/data/tables/end-of-life"),
    "tables": ("GET", "/data/tables"),
    "sparql": ("GET", "/sparql?query=ASK%20%7B%7D"),
    "sparql-graph": ("GET", "/sparql/graph?graph=urn:example:graph"),
    "sparql-post": ("POST", "/sparql"),
    "status-list": ("GET", "/status/0"),
    "log": ("GET", "/log"),
    "log-checkpoint": ("GET", "/log/checkpoint"),
    "log-vkey": ("GET", "/log/vkey"),
    "log-verifier": ("GET", "/log/verify.py"),
    "log-tile": ("GET", "/log/tile/0/000.p/1"),
    "log-inclusion": ("GET", "/log/inclusion?leaf=0"),
    "log-consistency": ("GET", "/log/consistency?from=1"),
    "credential-proof": ("GET", "/credentials/{credential}/proof"),
    "event-proof": ("GET", "/events/{event}/proof"),
    "version-proof": ("GET", "/passports/{piece}/versions/1/proof"),
    "submission": ("GET", "{submission}"),
    "submit": ("POST", "/submissions"),
    "submit-form": ("POST", "/submit"),
    "submit-page": ("GET", "/submissions"),
    "verification": ("GET", "/passports/{piece}/verification"),
    "passport-changes": ("GET", "/passports/{model}/versions/2/changes"),
    "transfer": ("GET", "/transfers/{transfer}"),
    "transfer-answer": ("POST", "/transfers/{transfer}"),
    "undo": ("POST", "/passports/{legacy}/recorded/{event}"),
    "vocab": ("GET", "/vocab"),
    "vocab-code": ("GET", "/vocab/codes/material-class/wood-solid"),
    "vocab-code-list": ("GET", "/vocab/codes/material-class"),
    "vocab-shape": ("GET", "/vocab/shapes/passport-1.0"),
    "vocab-shapes": ("GET", "/vocab/shapes"),
    "vocab-term": ("GET", "/vocab/netWeight"),
    "withdraw": ("POST", "/passports/{piece}/withdrawal"),
}
"""Every operation with an address that it answers, written by hand: the third of the three sets."""


@pytest.fixture(scope="module", autouse=True)
def _graph(web_settings: Settings) -> None:
    """Something to ask for."""
    filled(web_settings, {"urn:example:graph": b"<urn:example:a> <urn:example:b> <urn:example:c> .\n"})


ALLOWED = {
    "submit": {"maker", "rival", "town", "keeper"},
    "media-put": {"maker", "rival", "town", "keeper"},
    "withdraw": {"maker", "keeper"},
    "submission": {"maker", "reader", "keeper"},
    "delegation": {"maker", "reader", "town"},
    "delegation-revoke": {"maker"},
}
"""Who gets through to an object of the maker's: the rights by role, and then the relation."""

HIDDEN = {"submission", "delegation", "delegation-revoke"}
"""What does not exist for who has nothing to do with it."""

SLUGS = ("maker", "reader", "rival", "town", "watch", "school", "keeper")


def _offered(client: Client, world: World) -> str:
    """A transfer that the maker has offered to the town."""
    bearer = {"authorization": f"Bearer {world.tokens['maker']}"}
    open_offers = client.get("/desk/outgoing", **bearer).json()["outgoing"]
    if open_offers:
        return str(open_offers[0]["transfer"].rpartition("/")[2])
    made = client.post("/submissions", {**LEGACY, "owner": "maker"}, world.tokens["maker"]).json()["passports"][0]
    event = {"eventType": "transferOffered", "receiver": "town", "products": [made["code"]]}
    got = client.post("/submissions", event, world.tokens["maker"])
    return str(got.json()["events"][0]["transfer"].rpartition("/")[2])


def _delegated(client: Client, world: World) -> str:
    """A delegation by the maker to the town."""
    bearer = {"authorization": f"Bearer {world.tokens['maker']}"}
    given = client.get("/delegations", **bearer).json()["given"]
    if given:
        return str(given[0]["id"].rpartition("/")[2])
    asked = {"delegate": "town", "events": ["inspected"], "until": "2028-01-01T00:00:00Z"}
    return str(client.post("/delegations", asked, world.tokens["maker"])["location"].rpartition("/")[2])


def _address(client: Client, world: World, operation: str) -> tuple[str, str]:
    method, path = ROUTES[operation]
    event = credential = ""
    if "{event}" in path:
        event = client.get(f"/passports/{world.legacy}/events").json()["events"][0]["id"]
    if "{credential}" in path:
        credential = client.get(f"/passports/{world.piece}/verification").json()["credential"]
    return method, path.format(
        piece=world.piece,
        legacy=world.legacy,
        transfer=_offered(client, world) if "{transfer}" in path else "",
        delegation=_delegated(client, world) if "{delegation}" in path else "",
        model=world.model,
        picture=world.picture,
        snapshot=snapshots.take(world.system)[0].name if "/data" in path else "",
        submission=world.submission,
        event=event.rpartition("/")[2],
        credential=credential.rpartition("/")[2],
    )


def test_t40_routes_openapi_and_rights_are_the_same_three_sets(client: Client, world: World) -> None:
    document = client.get("/openapi.json").json()
    described = {
        operation["operationId"]: (method.upper(), path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    assert set(described) == set(RIGHTS) == set(ROUTES)
    for name, (method, path) in described.items():
        wanted, address = _address(client, world, name)
        assert method == wanted, name
        pattern = re.sub(r"\{[^}]+\}", ".+", path)
        assert re.fullmatch(pattern, address.partition("?")[0]), (name, path, address)


@pytest.fixture(scope="module")
def asked(_world: tuple[World, Client], web_settings: Settings) -> Iterator[tuple[Mapping[str, Got], str]]:
    """What a new application answers when each operation is asked for once, and its metrics after that."""
    world, client = _world
    pages = Pages(world.system.published, base=world.system.base)
    own = Client(create_app(world.system, pages, settings=web_settings))
    answers = {}
    for operation in sorted(ROUTES):
        method, path = _address(client, world, operation)
        headers = {"authorization": f"Bearer {world.tokens['maker']}"} if method == "GET" else {}
        answers[operation] = own.send(method, path, headers)
    yield answers, own.get("/metrics").text
    own.close()


@pytest.mark.parametrize("operation", sorted(ROUTES))
def test_t40_every_operation_answers_at_its_address_under_its_name(
    asked: tuple[Mapping[str, Got], str], operation: str
) -> None:
    answers, metrics = asked
    got = answers[operation]
    assert got.status < 400 or ROUTES[operation][0] != "GET", got.text
    counted = rf'passport_http_requests_total\{{method="[^"]+",operation="{operation}",status="([^"]+)"\}} (\S+)'
    assert re.findall(counted, metrics) == [(str(got.status), "1.0")]


@pytest.mark.parametrize(
    "path",
    [
        "/redoc",
        "/docs/oauth2-redirect",
        "/openapi.yaml",
        "/admin",
        "/static/x.css",
        "/passports",
        "/credentials",
        "/events",
        "/status",
        "/media",
        "/p",
        "/p/",
        "/passports/",
        "/log/tile",
        "/sparql/update",
        "/debug",
    ],
)
def test_t40_nothing_else_answers(client: Client, path: str) -> None:
    assert client.get(path).status in (404, 405)


def test_t40_openapi_says_which_operations_need_a_token(client: Client) -> None:
    document = client.get("/openapi.json").json()
    for path, item in document["paths"].items():
        for operation in item.values():
            right = RIGHTS[operation["operationId"]]
            assert ("security" in operation) is (right.scope is not None), path
            assert operation["summary"], path
            assert operation["responses"]


def _attempt(client: Client, world: World, operation: str, token: str | None) -> int:
    method, path = _address(client, world, operation)
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    bodies = {
        "submit": ("application/json", b'{"granularity":"item"}'),
        "media-put": ("image/png", PNG),
        "withdraw": ("application/json", b"{}"),
        "delegate": ("application/json", b"{}"),
        "delegation-revoke": ("", b""),
        **dict.fromkeys(
            ("act", "undo", "transfer-answer", "delegate-by-form", "delegation-take-back"), ("application/json", b"{}")
        ),
    }
    if operation in bodies:
        kind, body = bodies[operation]
        return client.send(method, path, headers | {"content-type": kind}, body).status
    return client.get(path, **headers).status


@pytest.mark.parametrize("operation", sorted(name for name, right in RIGHTS.items() if right.scope is not None))
def test_t01_every_operation_with_a_right_asks_every_role_for_it(client: Client, world: World, operation: str) -> None:
    _offered(client, world)
    size = world.system.history.size()
    for token in (None, "", "wrong", "fp_" + "A" * 43):
        assert _attempt(client, world, operation, token) == 401, token
    for slug in SLUGS:
        status = _attempt(client, world, operation, world.tokens[slug])
        right = RIGHTS[operation]
        organisation = world.system.parties.organisation("maker" if slug == "reader" else slug)
        assert organisation is not None
        scopes = {Scope.READ} if slug == "reader" else {Scope.SUBMIT, Scope.READ}
        if organisation.role not in right.roles or right.scope not in scopes:
            assert status == 403, slug
        elif slug not in ALLOWED.get(operation, SLUGS) and operation in HIDDEN:
            assert status == 404, slug
        else:
            assert status not in (401,), slug
    assert world.system.history.size() == size
    assert {Role.SUPPLIER, Role.OWNER} <= RIGHTS["submit"].roles


def test_t01_a_strangers_withdrawal_changes_nothing(client: Client, world: World) -> None:
    size = world.system.history.size()
    for slug in ("rival", "town", "watch", "school", "reader"):
        got = client.post(f"/passports/{world.piece}/withdrawal", {"reason": "Mine now."}, world.tokens[slug])
        assert got.status == 403, slug
    assert world.system.history.size() == size
    assert client.get(f"/passports/{world.piece}").status == 200


@pytest.mark.parametrize("operation", sorted(name for name, right in RIGHTS.items() if right.scope is None))
def test_public_operations_ask_for_no_token(client: Client, world: World, operation: str) -> None:
    if operation != "submit-form":
        assert _attempt(client, world, operation, None) not in (401, 403)


@pytest.mark.parametrize(
    "value",
    ["Basic abc", "Bearer", "Bearer ", "bearer\txyz", "Token x", "Bearer \xff", "", "Bearer " + "a" * 100_000],
)
def test_t08_odd_authorizations_are_401(client: Client, value: str) -> None:
    got = client.send("POST", "/submissions", {"authorization": value}, b"{}")
    assert got.status == 401
    assert got["www-authenticate"].startswith("Bearer")


def test_two_authorizations_are_refused(client: Client, world: World) -> None:
    value = f"Bearer {world.tokens['maker']}".encode()
    headers = [(b"authorization", value), (b"authorization", value)]
    assert client.send("POST", "/submissions", headers, b"{}").status == 400


def test_t08_ten_failures_a_minute_and_the_client_waits(fresh_client, world: World) -> None:
    own = fresh_client(failures_per_minute=10)
    for number in range(10):
        assert own.post("/submissions", LEGACY, f"wrong-{number}").status == 401
    refused = own.post("/submissions", LEGACY, "wrong")
    assert refused.status == 429
    assert 0 < int(refused["retry-after"]) <= 60
    assert own.post("/submissions", LEGACY, world.tokens["town"]).status == 429
    headers = {"authorization": f"Bearer {world.tokens['town']}", "content-type": "application/json"}
    assert own.send("POST", "/submissions?dry_run=1", headers, b"{}", host="203.0.113.9").status == 422
    assert own.get(f"/passports/{world.piece}").status == 200


def test_writes_are_counted_by_token(fresh_client, world: World) -> None:
    own = fresh_client(writes_per_minute=3)
    for _ in range(3):
        assert own.post("/submissions?dry_run=1", LEGACY, world.tokens["town"]).status == 200
    assert own.post("/submissions?dry_run=1", LEGACY, world.tokens["town"]).status == 429
    assert own.post("/submissions?dry_run=1", LEGACY, world.tokens["rival"]).status != 429
