"""Between us and the reader: shared caches, headers that nobody asked for, guesses, logs and clocks."""

import json
import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from passport.model.access import Scope
from passport.model.passport import Tier
from passport.model.shortcode import draw
from passport.service import resolution
from passport.service.organisations import create_token
from passport.settings import Settings
from passport.web.app import create_app
from passport.web.cursors import give
from passport.web.pages import Pages
from passport.wiring import Running
from tests.web.conftest import GTIN, Client, Got, World

PAGE, JSON, LINKED = "text/html", "application/json", "application/ld+json"
ACCEPTS = (PAGE, JSON, LINKED, "text/turtle", "application/vc+jwt", "*/*")
READERS = (None, "town", "watch", "school", "cookie")


@dataclass
class Cache:
    """A shared cache with as little sense as HTTP allows: it keeps all it may, by address and what ``Vary`` names."""

    client: Client
    kept: dict[str, list[tuple[dict[str, str], Got]]] = field(default_factory=dict)
    keyed: bool = True
    hits: int = 0

    def get(self, address: str, headers: Mapping[str, str]) -> Got:
        found = next((got for key, got in self.kept.get(address, ()) if self._fits(key, headers)), None)
        if found is not None and "no-cache" not in found["cache-control"]:
            self.hits += 1
            return found
        asked = dict(headers) if found is None else {**headers, "if-none-match": found["etag"]}
        got = self.client.send("GET", address, asked)
        if got.status == 304 and found is not None:
            self.hits += 1
            return found
        rules = ", ".join(got.all("cache-control"))
        if got.status == 200 and "no-store" not in rules and "private" not in rules:
            names = [name.strip().lower() for line in got.all("vary") for name in line.split(",")]
            key = {name: headers.get(name, "") for name in names if self.keyed}
            self.kept.setdefault(address, []).append((key, got))
        return got

    def _fits(self, key: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        return all(headers.get(name, "") == value for name, value in key.items())


@pytest.fixture(scope="module")
def places(own_world: tuple[World, Client, Settings]) -> tuple[str, ...]:
    world, client, _ = own_world
    event = client.get(f"/passports/{world.legacy}/events").json()["events"][0]["id"]
    restricted = client.get(f"/passports/{world.model}", JSON).json()["restrictedDocuments"][0]["id"]
    offer = {"eventType": "transferOffered", "receiver": "school", "products": [world.legacy]}
    transfer = client.post("/submissions", offer, world.tokens["town"]).json()["events"][0]["transfer"]
    return (
        *(f"/passports/{world.legacy}", f"/passports/{world.legacy}?view=merged", f"/p/{world.model}"),
        *(f"/passports/{world.model}?at=2099-01-01", f"/passports/{world.legacy}?known=2099-01-01"),
        *(f"/passports/{world.legacy}/events", f"/passports/{world.model}/versions/1", event, restricted),
        transfer,
        *(f"/passports/{world.model}/verification", "/organisations", "/models", "/search?q=chair", "/feed", "/desk"),
    )


@pytest.fixture(scope="module")
def cookie(own_world: tuple[World, Client, Settings]) -> str:
    world, client, _ = own_world
    form = f"token={world.tokens['town']}".encode()
    got = client.send("POST", "/sign-in", {"content-type": "application/x-www-form-urlencoded"}, form)
    return next(each for each in got.all("set-cookie") if "session=" in each).partition(";")[0]


def _headers(world: World, cookie: str, reader: str | None, accept: str, language: str) -> dict[str, str]:
    lines = {"accept": accept, "accept-language": language}
    if reader == "cookie":
        return {**lines, "cookie": cookie}
    return lines if reader is None else {**lines, "authorization": f"Bearer {world.tokens[reader]}"}


def _mixed(cache: Cache, world: World, cookie: str, places: tuple[str, ...], number: int) -> list[tuple[str, Any]]:
    """Ask for everything in a random order by all readers; what came through the cache and is not what we say."""
    chance = random.Random(number)
    wrong = []
    for _ in range(number):
        address, reader = chance.choice(places), chance.choice(READERS)
        headers = _headers(world, cookie, reader, chance.choice(ACCEPTS), chance.choice(["sv", "en"]))
        through, straight = cache.get(address, headers), cache.client.send("GET", address, headers)
        if (through.status, through.all("content-type"), through.body) != (
            *(straight.status, straight.all("content-type"), straight.body),
        ):
            wrong.append((address, headers))
    return wrong


def test_t36_a_cache_between_gives_everybody_what_is_theirs(
    own_world: tuple[World, Client, Settings], cookie: str, places: tuple[str, ...]
) -> None:
    world, client, _ = own_world
    cache = Cache(client)
    assert _mixed(cache, world, cookie, places, 180) == []
    assert cache.hits > 5


def test_t36_a_cache_that_ignores_vary_is_caught(
    own_world: tuple[World, Client, Settings], cookie: str, places: tuple[str, ...]
) -> None:
    """The negative control."""
    world, client, _ = own_world
    assert _mixed(Cache(client, keyed=False), world, cookie, places, 60)


def test_t36_whatever_depends_on_the_reader_is_kept_by_no_cache(
    own_world: tuple[World, Client, Settings], cookie: str, places: tuple[str, ...]
) -> None:
    world, client, _ = own_world
    fuller = 0
    for address in places:
        for accept in (PAGE, JSON):
            public = client.send("GET", address, _headers(world, cookie, None, accept, "en"))
            for reader in READERS[1:]:
                got = client.send("GET", address, _headers(world, cookie, reader, accept, "en"))
                if got.status == 200 and got.body != public.body:
                    fuller += 1
                    assert "no-store" in got["cache-control"], (address, accept, reader)
                    if public.status == 200:
                        varied = ", ".join(public.all("vary"))
                        assert ("Cookie" if reader == "cookie" else "Authorization") in varied, (address, accept)
    assert fuller > 20


UNASKED: Mapping[str, str] = {
    "host": "evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    "x-forwarded-for": "203.0.113.66",
    "x-forwarded-prefix": "/evil",
    "x-original-url": "/desk",
    "x-rewrite-url": "/desk",
    "x-http-method-override": "DELETE",
    "x-host": "evil.example",
    "forwarded": "host=evil.example;proto=http",
    "origin": "https://evil.example",
    "referer": "https://evil.example/",
    "range": "bytes=0-3",
    "x-user": "town",
    "user-agent": "evil.example",
}


def test_t36_headers_that_no_answer_depends_on_change_nothing(
    own_world: tuple[World, Client, Settings], places: tuple[str, ...]
) -> None:
    _, client, _ = own_world
    own, chance = {"x-request-id", "date"}, random.Random(36)
    for address in (*places, f"/01/{GTIN}", "/passports/nonsense", "/.well-known/did.json"):
        for accept in (PAGE, JSON):
            plain = client.send("GET", address, {"accept": accept})
            wanted = [line for line in plain.headers if line[0].decode() not in own]
            for name, value in UNASKED.items() if accept == PAGE else chance.sample(sorted(UNASKED.items()), 4):
                got = client.send("GET", address, {"accept": accept, name: value})
                assert (got.status, got.body) == (plain.status, plain.body), (address, name)
                assert [line for line in got.headers if line[0].decode() not in own] == wanted, (address, name)


OWNERS = ("/desk", "/desk/owned", "/desk/held", "/desk/incoming", "/desk/outgoing", "/delegations")


def test_t37_every_list_that_names_owners_needs_a_right(own_world: tuple[World, Client, Settings]) -> None:
    _, client, _ = own_world
    for address in OWNERS:
        assert client.get(address, JSON).status == 401
        assert client.get(address, JSON, authorization="Bearer fp_" + "A" * 43).status == 401
    for query in ("owner=town", "holder=town", "q=town", "q=Exempelby+kommun"):
        got = client.get(f"/search?{query}", JSON)
        assert got.status in (200, 400)
        assert got.status == 400 or "owner" not in got.text


def test_t37_a_cursor_is_good_for_one_list_of_one_organisation(own_world: tuple[World, Client, Settings]) -> None:
    world, client, _ = own_world
    bearer = {slug: {"authorization": f"Bearer {world.tokens[slug]}"} for slug in ("town", "maker")}
    for listed in ("owned", "held", "incoming", "outgoing"):
        cursor = give(f"town/{listed}", world.legacy)
        assert client.get(f"/desk/{listed}?cursor={cursor}", JSON, **bearer["town"]).status == 200
        assert client.get(f"/desk/{listed}?cursor={cursor}", JSON, **bearer["maker"]).status == 400
        other = "held" if listed == "owned" else "owned"
        assert client.get(f"/desk/{other}?cursor={cursor}", JSON, **bearer["town"]).status == 400
    cursor = give("events", f"{world.legacy}.3")
    assert client.get(f"/passports/{world.legacy}/events?cursor={cursor}", JSON).status == 200
    assert client.get(f"/passports/{world.piece}/events?cursor={cursor}", JSON).status == 400
    assert client.get(f"/passports/{world.legacy}/events?form=epcis&cursor={cursor}", JSON).status == 400
    assert client.get(f"/models?cursor={give('labels', world.model)}", JSON).status == 400


def test_t26_ten_thousand_guesses_hit_nothing(own_world: tuple[World, Client, Settings]) -> None:
    """Codes are public; trying them out is of no use, and slowed (``test_t26_who_tries_out_codes_has_to_wait``)."""
    world, client, _ = own_world
    chance = random.Random(26)
    bearer = {"authorization": f"Bearer {world.tokens['town']}"}
    for _ in range(1000):
        assert client.get(f"/passports/{draw()}").status == 404
    for _ in range(1000):
        serial = f"{chance.getrandbits(64):X}"
        got = client.get(f"/01/{GTIN}/21/{serial}")
        assert got.status == 404 or not got["location"].endswith(serial)
        assert world.piece not in got.text
    for _ in range(4900):
        guess = uuid.UUID(int=chance.getrandbits(128), version=4)
        assert world.system.history.document(str(guess)) is None
    for _ in range(3000):
        guess = uuid.UUID(int=chance.getrandbits(128), version=4)
        assert world.system.history.transferring(str(guess)) == []
    for _ in range(50):
        guess = uuid.UUID(int=chance.getrandbits(128), version=4)
        assert client.get(f"/events/{guess}").status == 404
        assert client.get(f"/transfers/{guess}", **bearer).status == 404


def test_t26_who_tries_out_codes_has_to_wait(own_world: tuple[World, Client, Settings]) -> None:
    world, _, settings = own_world
    few = settings.model_copy(update={"misses_per_minute": 20})
    client = Client(create_app(world.system, Pages(world.system.published, base=world.system.base), settings=few))
    known = f"/passports/{world.piece}"
    addresses = (*(f"/passports/{draw()}" for _ in range(15)), *(f"/events/{uuid.uuid4()}" for _ in range(5)))
    assert [client.get(address).status for address in addresses] == [404] * 20
    for address in (f"/passports/{draw()}", known, f"/p/{world.piece}", f"{known}/events"):
        got = client.get(address, JSON)
        assert (got.status, 0 < int(got["retry-after"]) <= 60) == (429, True)
    assert client.send("GET", known, {"accept": JSON}, host="203.0.113.9").status == 200
    client.close()


SECRETS = ("anna.andersson@example.com", "+46701234567", "Storgatan 17", "\x1b[31m", "evil-line")


def test_t33_no_secret_and_no_control_character_gets_into_the_log(
    own_world: tuple[World, Client, Settings], cookie: str, capfd: pytest.CaptureFixture[str]
) -> None:
    world, _, settings = own_world
    capfd.readouterr()
    client = Client(create_app(world.system, Pages(world.system.published, base=world.system.base), settings=settings))
    token = world.tokens["town"]
    note = [{"value": f"{' '.join(SECRETS[:3])} \x1b[31m\r\nevil-line", "language": "en"}]
    event = {"eventType": "cleaned", "products": [world.legacy], "notes": note}
    lines = {"content-type": "application/json", "authorization": f"Bearer {token}", "user-agent": "\x1b[31mevil-line"}
    body = json.dumps(event).encode()
    client.send("POST", "/submissions", {**lines, "idempotency-key": "k\r\nevil-line"}, body)
    client.send("POST", "/submissions", lines, body)
    client.send("POST", "/submissions?x=%0d%0aevil-line%1b[31m", lines, b"{\x1b[31m evil-line")
    client.send("EVIL-LINE", "/passports/%0d%0aevil-line", {"cookie": cookie, "accept": "\x1b[31m"})
    client.send("POST", "/evil-line\x1b[31m", {"authorization": "Bearer fp_evil-line"}, b"evil-line")
    legacy = {"granularity": "item", "category": "desk", "isSecondHandLegacy": True, "owner": "town"}
    code = client.post("/submissions", legacy, token).json()["passports"][0]["code"]
    given = {"eventType": "ownershipTransferred", "products": [code], "receiver": "private-party"}
    secret = client.post("/submissions", given, token).json()["events"][0]["claimSecret"]
    back = {"eventType": "ownershipTransferred", "products": [code], "claimSecret": f"{secret}x"}
    assert client.post("/submissions", back, world.tokens["maker"]).status == 422
    assert client.post("/submissions", {**back, "claimSecret": secret}, world.tokens["maker"]).status == 201
    client.send("POST", "/sign-in", {"content-type": "application/x-www-form-urlencoded"}, f"token={token}".encode())
    client.send("POST", "/sign-out", {"cookie": cookie, "content-type": "application/x-www-form-urlencoded"}, b"word=x")
    client.close()
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") >= 9
    for line in err.splitlines():
        assert isinstance(json.loads(line), dict), line
    for word in (*SECRETS, token, token[3:], secret, cookie.partition("=")[2], "\x1b", "\r"):
        assert word not in err, word


@pytest.fixture
def timed(running: Running, settings: Settings) -> Iterator[tuple[Client, str]]:
    """An application whose clock the test sets, and a token of the town's."""
    system = running.system
    client = Client(create_app(system, Pages(system.published, base=system.base), settings=settings))
    secret = create_token(system, "town", scopes=set(Scope), label="", valid_for=timedelta(days=9)).secret
    yield client, secret
    client.close()


def test_t32_an_event_may_be_five_minutes_ahead_and_no_more(timed: tuple[Client, str], clock: Any) -> None:
    client, token = timed
    desk = {"granularity": "item", "category": "desk", "isSecondHandLegacy": True, "owner": "town"}
    code = client.post("/submissions", desk, token).json()["passports"][0]["code"]

    def clean(seconds: int) -> Got:
        time = (clock.now() + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        event = {"eventType": "cleaned", "products": [code], "eventTime": time}
        return client.post("/submissions", event, token)

    for shift in (0, 3600, -7200):
        clock.forward(seconds=shift)
        assert clean(300).status == 201
        refused = clean(301)
        assert refused.status == 422
        assert '"event-in-future"' in refused.text
    events = client.get(f"/passports/{code}/events", JSON).json()["events"]
    assert [each["eventType"] for each in events] == ["cleaned"] * 3 + ["dppCreated"], (
        "the log's order, not the clock's"
    )


def test_t32_a_signature_is_good_from_five_minutes_before_its_time(
    timed: tuple[Client, str], running: Running, clock: Any
) -> None:
    client, token = timed
    desk = {"granularity": "item", "category": "desk", "isSecondHandLegacy": True, "owner": "town"}
    code = client.post("/submissions", desk, token).json()["passports"][0]["code"]
    (document,) = [each for each in running.system.history.documents(code) if _is_passport(each)]
    for seconds, good in ((0, True), (-300, True), (-301, False), (+301, True)):
        moment = clock.now() + timedelta(seconds=seconds)
        shifted = replace(running.system, clock=_Stopped(moment))
        verdict = resolution.check_signature(shifted, document).verification.verdict
        assert (verdict == "valid") is good, (seconds, verdict)


def _is_passport(document: Any) -> bool:
    return document.kind == "passport" and document.tier is Tier.PUBLIC


@dataclass(frozen=True)
class _Stopped:
    moment: Any

    def now(self) -> Any:
        return self.moment
