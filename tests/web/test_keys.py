"""Keys and tokens through the whole application: T31 rotation and revocation, T08 what a token is and tells."""

import base64
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from passport.adapters.sql.store import DATABASE
from passport.model.access import Scope
from passport.service.audit import audit
from passport.service.organisations import create_token, revoke_key, rotate_key
from passport.settings import Settings
from passport.web.app import create_app
from passport.web.pages import Pages
from passport.wiring import Running
from tests.web.conftest import LEGACY, MODEL, Client, World

REVOKED = {
    "en": "its key was withdrawn later",
    "sv": "nyckel",
    "da": "nøgle",
    "pl": "klucz",
}


@pytest.fixture
def own(running: Running) -> Iterator[Client]:
    """A client of a store of the test's own, with a clock that the test sets."""
    system = running.system
    client = Client(create_app(system, Pages(system.published, base=system.base), settings=running.settings))
    yield client
    client.close()


def _token(running: Running, slug: str = "maker") -> str:
    scopes = (Scope.SUBMIT, Scope.READ)
    return create_token(running.system, slug, scopes=scopes, label="test", valid_for=timedelta(days=90)).secret


def _issue(client: Client, token: str, **changes: Any) -> str:
    document = {name: value for name, value in MODEL.items() if name != "gtin"} | changes
    made = client.post("/submissions", document, token)
    assert made.status == 201, made.text
    return str(made.json()["passports"][0]["code"])


def _verdict(client: Client, code: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/passports/{code}/verification").json()["verification"]
    return found


def test_t31_old_passports_verify_after_rotations(running: Running, own: Client, clock: Any) -> None:
    token = _token(running)
    codes = []
    for _ in range(3):
        codes.append(_issue(own, token))
        clock.forward(days=1)
        rotate_key(running.system, "maker")
    codes.append(_issue(own, token))
    keys = [_verdict(own, code)["key"] for code in codes]
    assert len(set(keys)) == 4
    assert {_verdict(own, code)["verdict"] for code in codes} == {"valid"}
    document = own.get("/organisations/maker/did.json").json()
    assert {each["id"] for each in document["verificationMethod"]} >= set(keys)
    assert set(keys) <= set(document["assertionMethod"])
    assert audit(running.system.history, running.system.parties, base=running.system.base) == []


def test_t31_a_revoked_key_is_shown_where_its_signatures_are(running: Running, own: Client, clock: Any) -> None:
    token = _token(running)
    old = _issue(own, token)
    kid = running.system.parties.keys("maker")[0].kid
    clock.forward(days=1)
    rotate_key(running.system, "maker")
    new = _issue(own, token)
    clock.forward(hours=1)
    revoke_key(running.system, "maker", kid)
    found = _verdict(own, old)
    assert (found["verdict"], found["keyRevoked"]) == ("key-revoked", "2026-11-22T13:00:00Z")
    assert {each["outcome"] for each in found["checks"]} <= {"ok", "not-checked"}
    assert _verdict(own, new)["verdict"] == "valid"
    for path in (f"/passports/{old}", f"/passports/{old}/verification"):
        for language, words in REVOKED.items():
            page = own.page(path, accept_language=language).text
            assert words in page, (path, language)
            assert page != own.page(path.replace(old, new), accept_language=language).text
    assert REVOKED["en"] not in own.page(f"/passports/{new}/verification", accept_language="en").text
    document = own.get("/organisations/maker/did.json").json()
    assert not [each for each in document["assertionMethod"] if each.endswith(kid)]
    assert [each["revoked"] for each in document["verificationMethod"] if each["id"].endswith(kid)]
    listed = own.get("/organisations/maker").json()["keys"]
    assert {each["id"].partition("#")[2]: each["revoked"] for each in listed}[kid] == "2026-11-22T13:00:00Z"
    assert audit(running.system.history, running.system.parties, base=running.system.base) == []


def _spellings(secret: bytes) -> Iterator[bytes]:
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + secret)[4 if shift else 0 : -4]
        yield text
        yield text.replace(b"+", b"-").replace(b"/", b"_")


def test_t31_private_keys_and_secrets_are_in_no_log_answer_or_backup(
    running: Running, settings: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    own = Client(create_app(running.system, Pages(running.system.published, base=running.system.base)))
    token = _token(running)
    code = _issue(own, token)
    rotate_key(running.system, "maker")
    _issue(own, token, netWeight=9)
    own.post("/submissions", b"{", token)
    own.post("/submissions", {**MODEL, "category": "x"}, token)
    answers = [
        own.get(path, accept).body
        for path in (f"/passports/{code}", "/organisations/maker", "/organisations/maker/did.json", "/metrics", "/docs")
        for accept in ("*/*", "text/html")
    ]
    own.close()
    backup = tmp_path / "backup.sqlite"
    running.store.backup(backup)
    log = "".join(capfd.readouterr()).encode()
    assert log.count(b'"event": "request"') >= 4
    stored = [path.read_bytes() for path in settings.data.rglob("*") if path.is_file()]
    assert len(stored) >= 4
    private = [key.private_bytes_raw() for key in running.system.signer._loaded.values()]  # type: ignore[attr-defined]
    assert len(private) >= 2
    assert settings.signing_secret is not None
    secrets = [spelling for each in private for spelling in _spellings(each)]
    secrets += [settings.signing_secret.encode(), token.encode(), token.removeprefix("fp_").encode()]
    for artefact in (log, backup.read_bytes(), *stored, *answers):
        assert not [secret for secret in secrets if secret in artefact]
    assert b"keys" not in backup.read_bytes()[:16]


def test_t31_without_the_secret_it_reads_and_does_not_sign(running: Running, settings: Settings) -> None:
    from passport.wiring import open_system

    token = _token(running)
    system = running.system
    client = Client(create_app(system, Pages(system.published, base=system.base)))
    code = _issue(client, token)
    client.close()
    for secret in (None, "another secret, which is long enough too"):
        locked = open_system(settings.model_copy(update={"signing_secret": secret}))
        inside = replace(locked.system, clock=system.clock)
        reader = Client(create_app(inside, Pages(inside.published, base=inside.base)))
        assert reader.get(f"/passports/{code}").status == 200
        assert _verdict(reader, code)["verdict"] == "valid"
        refused = reader.post("/submissions", LEGACY | {"owner": "maker"}, token)
        assert refused.status == 503
        assert refused.json()["type"].endswith("/problems/keys-locked")
        assert reader.get("/status/0").status == 503
        size = inside.history.size()
        assert reader.post(f"/passports/{code}/withdrawal", {"reason": "x"}, token).status == 503
        assert inside.history.size() == size
        reader.close()
        locked.store.close()


def test_t08_tokens_are_256_random_bits_and_stored_as_a_digest(running: Running, settings: Settings) -> None:
    made = [_token(running) for _ in range(50)]
    bits = [base64.urlsafe_b64decode(each.removeprefix("fp_") + "=") for each in made]
    assert {len(each) for each in bits} == {32}
    assert len(set(bits)) == 50
    ones = sum(each.bit_count() for secret in bits for each in secret)
    assert abs(ones - 50 * 128) < 400
    stored = b"".join(path.read_bytes() for path in settings.data.glob(f"{DATABASE}*"))
    for token, raw in zip(made, bits, strict=True):
        assert token.encode() not in stored
        assert raw not in stored
    assert all(len(each.digest) == 32 for each in running.system.parties.tokens())


def _steps(act: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What an act gives, and every function of ours that it calls, in order."""
    called: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_globals.get("__name__", "").startswith("passport."):
            called.append(frame.f_code.co_qualname)

    sys.setprofile(note)
    try:
        return act(), called
    finally:
        sys.setprofile(None)


def _plain(got: Any) -> tuple[Any, ...]:
    """An answer without what tells two requests apart."""
    body = {name: each for name, each in got.json().items() if name != "instance"}
    return got.status, tuple(each for each in got.headers if each[0] != b"x-request-id"), json.dumps(body)


def test_t08_every_token_that_is_not_good_is_refused_by_the_same_steps(
    running: Running, own: Client, clock: Any
) -> None:
    """No part of a token is compared in turn, and nothing tells a token that once was from one that never was."""
    good = _token(running)
    system = running.system
    revoked = create_token(system, "maker", scopes=[Scope.READ], label="r", valid_for=timedelta(days=9))
    system.parties.revoke_token(revoked.record.id, system.now())
    short = create_token(system, "maker", scopes=[Scope.READ], label="s", valid_for=timedelta(minutes=1))
    clock.forward(minutes=2)
    near = good[:-1] + ("A" if good[-1] != "A" else "B")
    tokens = [near, "fp_" + "A" * 43, "x", revoked.secret, short.secret]
    relaxed = Client(
        create_app(
            system,
            Pages(system.published, base=system.base),
            settings=running.settings.model_copy(update={"failures_per_minute": 1000}),
        )
    )
    path = "/submissions/unheard-of"
    relaxed.get(path, authorization="Bearer warm-up")
    seen = [_steps(lambda token=token: relaxed.get(path, authorization=f"Bearer {token}")) for token in tokens]
    assert {got.status for got, _ in seen} == {401}
    assert len({_plain(got) for got, _ in seen}) == 1
    unknown, known = {tuple(steps) for _, steps in seen[:3]}, {tuple(steps) for _, steps in seen[3:]}
    assert len(unknown) == len(known) == 1
    assert len(*known) - len(*unknown) <= 4, "reading the row that was found is all the difference"
    relaxed.close()


def test_t08_what_is_anothers_and_what_is_not_there_are_refused_by_the_same_steps(client: Client, world: World) -> None:
    token = world.tokens["rival"]
    there, nowhere = world.submission, world.submission[:-1] + ("0" if world.submission[-1] != "0" else "1")
    answers = []
    for path in (there, nowhere, there, nowhere):
        got, steps = _steps(lambda path=path: client.get(path, authorization=f"Bearer {token}"))
        assert got.status == 404
        body = {name: each for name, each in got.json().items() if name != "instance"}
        answers.append((json.dumps(body), steps))
    assert answers[2][0] == answers[3][0]
    assert abs(len(answers[2][1]) - len(answers[3][1])) <= 4
    without = [_steps(lambda path=path: client.get(path)) for path in (there, nowhere)]
    assert [got.status for got, _ in without] == [401, 401]
    assert without[0][1] == without[1][1]
