"""Signing in with a token: the session, its cookie and its end, and what other sites' pages cannot do with it."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from passport.model.access import Role, Scope
from passport.ports import Organisation
from passport.service import sessions
from passport.service.organisations import add_organisation, create_token
from passport.settings import Settings
from passport.web.app import create_app
from passport.web.auth import Door
from passport.web.pages import Pages
from passport.web.signing_in import returning
from passport.wiring import Running, create_system
from tests.conftest import HandClock
from tests.web.conftest import BASE, SECRET, Client, Got

FORM = "application/x-www-form-urlencoded"
OWN = {"content-type": FORM, "origin": BASE, "sec-fetch-site": "same-origin"}
COOKIE = re.compile(r"__Host-session=([A-Za-z0-9_-]{43}); Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=43200")


@pytest.fixture(scope="module")
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, clock: HandClock) -> Iterator[Running]:
    """A store of this module's own, with a clock that its tests set."""
    folder = tmp_path_factory.mktemp("sign-in")
    made = create_system(Settings(data=folder / "store", base_url=BASE, signing_secret=SECRET))
    running = Running(replace(made.system, clock=clock), made.store, made.settings)
    add_organisation(running.system, Organisation("town", "Exempelby kommun", Role.OWNER, "municipality"))
    yield running
    made.close()


@pytest.fixture
def own(running: Running) -> Iterator[Client]:
    system = running.system
    client = Client(create_app(system, Pages(system.published, base=system.base), settings=running.settings))
    yield client
    client.close()


@pytest.fixture
def token(running: Running) -> str:
    made = create_token(
        running.system, "town", scopes=[Scope.READ, Scope.SUBMIT], label="test", valid_for=timedelta(days=90)
    )
    return made.secret


def post(client: Client, path: str, fields: dict[str, str], **headers: str) -> Got:
    lines = OWN | {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value for name, value in lines.items() if value}
    return client.send("POST", path, sent, urlencode(fields).encode())


def enter(client: Client, token: str, **headers: str) -> str:
    """The cookie of a new session, as a browser sends it."""
    got = post(client, "/sign-in", {"token": token}, **headers)
    assert got.status == 303, got.text
    match = COOKIE.fullmatch(got["set-cookie"])
    assert match, got["set-cookie"]
    return f"__Host-session={match[1]}"


def word(page: Got) -> str:
    match = re.search(r'name="word" value="([^"]+)"', page.text)
    assert match
    return match[1]


def inside(client: Client, cookie: str) -> bool:
    return "Exempelby kommun" in client.page("/", cookie=cookie).text


def test_a_token_gives_a_session_of_which_only_a_digest_is_stored(
    running: Running, own: Client, token: str, clock: HandClock
) -> None:
    cookie = enter(own, token)
    secret = cookie.partition("=")[2]
    kept = running.system.parties.session(hashlib.sha256(secret.encode()).digest())
    assert kept is not None
    now, later = (f"{clock.moment + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (0, 4))
    assert (kept.organisation, kept.created, kept.expires) == ("town", now, later)
    stored = b"".join(path.read_bytes() for path in running.settings.data.rglob("*") if path.is_file())
    assert secret.encode() not in stored
    assert token.encode() not in stored
    assert inside(own, cookie)
    assert not inside(own, "__Host-session=" + "A" * 43)
    assert not inside(own, "session=" + secret), "the name without its prefix is no cookie of ours"
    assert not inside(own, cookie[:-1])


def test_each_sign_in_has_its_own_session_and_ends_the_one_before(own: Client, token: str) -> None:
    first = enter(own, token)
    second = enter(own, token, cookie=first)
    assert first != second
    assert not inside(own, first)
    assert inside(own, second)
    other = enter(own, token)
    assert inside(own, second), "another browser's session goes on"
    assert inside(own, other)


def test_a_session_ends_without_use_and_at_the_latest_after_a_day_of_work(
    own: Client, token: str, clock: HandClock
) -> None:
    unused = enter(own, token)
    used = enter(own, token)
    for _ in range(3):
        clock.forward(hours=3, minutes=30)
        assert own.page("/desk", cookie=used).status == 200
    assert not inside(own, unused)
    clock.forward(hours=1, minutes=29)
    assert inside(own, used)
    clock.forward(minutes=1)
    assert not inside(own, used)


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_a_session_ends_with_its_token(running: Running, own: Client, clock: HandClock, how: str) -> None:
    made = create_token(running.system, "town", scopes=[Scope.READ], label="x", valid_for=timedelta(hours=1))
    cookie = enter(own, made.secret)
    assert own.page("/desk", cookie=cookie).status == 200
    if how == "revoked":
        running.system.parties.revoke_token(made.record.id, running.system.now())
    else:
        clock.forward(hours=1)
    assert not inside(own, cookie)
    assert own.page("/desk", cookie=cookie).status == 401


def test_signing_out_ends_the_session_here_and_takes_the_cookie_away(own: Client, token: str) -> None:
    cookie = enter(own, token)
    got = post(own, "/sign-out", {"word": word(own.page("/", cookie=cookie))}, cookie=cookie)
    assert (got.status, got["location"]) == (303, f"{BASE}/")
    assert got["set-cookie"] == "__Host-session=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"
    assert not inside(own, cookie)
    assert post(own, "/sign-out", {}).status == 303, "signing out twice is no trouble"


def test_without_https_the_cookie_is_neither_secure_nor_prefixed(running: Running) -> None:
    door = Door(replace(running.system, base="http://localhost:8000"), running.settings)
    assert door.cookie("A" * 43)[1] == b"session=%b; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200" % (b"A" * 43)


def test_t08_wrong_tokens_are_refused_at_the_field_and_counted(running: Running, token: str) -> None:
    system = running.system
    own = Client(create_app(system, Pages(system.published, base=system.base), settings=running.settings))
    refused = post(own, "/sign-in", {"token": "wrong", "back": "/desk"}, accept_language="sv")
    assert refused.status == 401
    assert "set-cookie" not in refused
    assert "wrong" not in refused.text
    assert 'id="token-error"' in refused.text
    assert "<title>Fel: " in refused.text
    assert 'name="back" value="/desk"' in refused.text
    for _ in range(9):
        assert post(own, "/sign-in", {"token": "wrong"}).status == 401
    waiting = post(own, "/sign-in", {"token": token})
    assert waiting.status == 429
    assert 0 < int(waiting["retry-after"]) <= 60
    assert own.get("/desk", authorization=f"Bearer {token}").status == 429, "one count for both ways"
    own.close()


HOSTILE = [
    {"origin": "https://evil.example", "sec_fetch_site": "cross-site"},
    {"origin": BASE, "sec_fetch_site": "cross-site"},
    {"origin": "https://sub.passport.example", "sec_fetch_site": "same-site"},
    {"origin": "null", "sec_fetch_site": ""},
    {"origin": "https://evil.example", "sec_fetch_site": ""},
    {"origin": "https://passport.example.evil.example", "sec_fetch_site": ""},
]


def test_t02_another_sites_page_can_neither_sign_in_nor_out(own: Client, token: str) -> None:
    cookie = enter(own, token)
    secret = word(own.page("/", cookie=cookie))
    for headers in HOSTILE:
        assert post(own, "/sign-in", {"token": token}, **headers).status == 403, headers
        assert post(own, "/sign-out", {"word": secret}, cookie=cookie, **headers).status == 403, headers
    assert inside(own, cookie)


def test_t02_a_form_without_the_sessions_word_does_nothing(own: Client, token: str) -> None:
    cookie, other = enter(own, token), enter(own, token)
    foreign = word(own.page("/", cookie=other))
    for sent in ("", "x", foreign, "å", "A" * 43):
        assert post(own, "/sign-out", {"word": sent}, cookie=cookie).status == 403
    assert inside(own, cookie)
    assert cookie.partition("=")[2] not in own.page("/", cookie=cookie).text


def test_a_cookie_alone_writes_nothing_through_the_interface_of_machines(own: Client, token: str) -> None:
    cookie = enter(own, token)
    size = own.get("/passports/x").status
    assert size == 404
    for path, kind in (("/submissions", "application/json"), ("/media", "image/png")):
        got = own.send("POST", path, {"content-type": kind, "cookie": cookie, "origin": BASE}, b"{}")
        assert got.status == 401, path


ELSEWHERE = (
    *("//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example/", "javascript:alert(1)"),
    *("/\t/evil.example", "/%0d%0aLocation: x\r\nX: y", "/a\r\nSet-Cookie: a=b", "desk", "", "/é", "/" + "a" * 3000),
    *("/sign-out", "/sign-in?back=/x"),
)


def test_t24_signing_in_never_leads_elsewhere(own: Client, token: str) -> None:
    for back in ELSEWHERE:
        assert returning(back) == "/desk", back
    for back in ELSEWHERE[:4]:
        assert post(own, "/sign-in", {"token": token, "back": back})["location"] == f"{BASE}/desk"
        page = own.page("/sign-in?" + urlencode({"back": back}))
        assert 'name="back" value="/desk"' in page.text


def test_a_stranger_gets_the_sign_in_page_and_returns_to_where_it_was(own: Client, token: str) -> None:
    page = own.page("/desk/owned?cursor=abc")
    assert page.status == 401
    assert 'name="back" value="/desk/owned?cursor=abc"' in page.text
    assert page["cache-control"] == "no-store"
    assert own.get("/desk").json()["type"].endswith("/problems/unauthenticated")
    got = post(own, "/sign-in", {"token": token, "back": "/desk/owned?cursor=abc"})
    assert got["location"] == f"{BASE}/desk/owned?cursor=abc"
    came = own.page("/sign-in", referer=f"{BASE}/models?x=1")
    assert 'name="back" value="/models?x=1"' in came.text
    assert 'name="back" value="/desk"' in own.page("/sign-in", referer="https://evil.example/x").text


def test_t36_what_is_seen_signed_in_is_kept_by_no_cache(own: Client, token: str) -> None:
    cookie = enter(own, token)
    for path in ("/", "/models", "/organisations/town", "/vocab", "/search", "/desk"):
        seen = own.page(path, cookie=cookie)
        assert seen["cache-control"] == "private, no-store", path
        assert "Cookie" in seen["vary"], path
        assert "Exempelby kommun" in seen.text
        if path != "/desk":
            stranger = own.page(path)
            assert "no-store" not in stranger["cache-control"], path
            assert "Cookie" in stranger["vary"]
            assert "/sign-out" not in stranger.text
    lost = own.page("/nothing-here", cookie=cookie)
    assert (lost.status, lost["cache-control"]) == (404, "no-store")
    assert "/sign-out" in lost.text


def test_a_language_choice_survives_signing_in_and_out(own: Client, token: str) -> None:
    cookie = enter(own, token, cookie="lang=pl")
    page = own.page("/", cookie=f"lang=pl; {cookie}", accept_language="sv")
    assert '<html lang="pl">' in page.text
    assert '<html lang="pl">' in own.page("/desk", cookie=f"{cookie}; lang=pl").text


def test_t33_neither_token_nor_session_is_in_a_log_or_an_address(
    running: Running, token: str, capfd: pytest.CaptureFixture[str]
) -> None:
    system = running.system
    own = Client(create_app(system, Pages(system.published, base=system.base)))
    cookie = enter(own, token)
    secret, mark = cookie.partition("=")[2], word(own.page("/", cookie=cookie))
    post(own, "/sign-in", {"token": token + "x"})
    own.page("/desk", cookie=cookie)
    left = post(own, "/sign-out", {"word": mark}, cookie=cookie)
    own.close()
    log = "".join(capfd.readouterr())
    assert log.count('"operation": "sign-in"') == 2
    assert not [each for each in (token, secret, mark, "town", "198.51.100.7") if each in log]
    assert secret not in left["location"]


def test_a_session_is_256_random_bits(running: Running, token: str) -> None:
    made = {sessions.begin(running.system, token)[0] for _ in range(20)}
    assert len(made) == 20
    assert {len(each) for each in made} == {43}
