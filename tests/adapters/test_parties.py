"""The contract of ``passport.ports.Parties``, run on every adapter."""

from dataclasses import replace

import pytest

from passport.errors import Conflict, NotFound
from passport.model.access import Role, Scope
from passport.ports import Key, Organisation, Session, Token

pytestmark = pytest.mark.both_stores

TOWN = Organisation(
    "koping",
    "Köpings kommun",
    Role.OWNER,
    "municipality",
    "SE",
    "https://koping.example",
    ("gln:7300010000001", "vat:SE000"),
    ("9506000", "73500"),
    "2026-11-21T12:00:00Z",
)
TOKEN = Token(
    "t1",
    b"\x01" * 32,
    "koping",
    frozenset({Scope.SUBMIT, Scope.READ}),
    "store room",
    "2026-11-21T12:00:00Z",
    "2027-11-21T12:00:00Z",
)


@pytest.fixture
def parties(store):
    return store.parties


def test_organisations_are_kept_whole(parties):
    parties.add_organisation(TOWN)
    assert parties.organisation("koping") == TOWN
    assert parties.organisation("unknown") is None
    assert [each.slug for each in parties.organisations()] == ["koping", "maker"]
    assert parties.organisations()[0] == TOWN


def test_a_slug_is_taken_once(parties):
    parties.add_organisation(TOWN)
    with pytest.raises(Conflict):
        parties.add_organisation(replace(TOWN, name="Other"))
    assert parties.organisation("koping") == TOWN


def test_an_organisation_is_replaced_as_a_whole(parties):
    parties.add_organisation(TOWN)
    changed = replace(TOWN, name="Köping", web=None, identifiers=("gln:1",), prefixes=())
    parties.change_organisation(changed)
    assert parties.organisation("koping") == changed
    with pytest.raises(NotFound):
        parties.change_organisation(replace(TOWN, slug="unknown"))


def test_keys_follow_each_other(parties):
    first = Key("k-1", "koping", b"1" * 32, "2026-01-01T00:00:00Z")
    second = Key("k-2", "koping", b"2" * 32, "2026-02-01T00:00:00Z")
    third = Key("a-3", "koping", b"3" * 32, "2026-02-01T00:00:00Z")
    for key in (first, second, third):
        parties.add_key(key)
    assert parties.keys("koping") == [
        replace(first, retired=second.created),
        replace(second, retired=third.created),
        third,
    ]
    assert [key.retired for key in parties.keys("maker")] == [None]
    assert parties.keys("unknown") == []


def test_a_key_id_is_never_used_again(parties, samples):
    with pytest.raises(Conflict):
        parties.add_key(Key(samples.KID, "koping", b"1" * 32, samples.AT))
    with pytest.raises(Conflict):
        parties.add_key(Key(samples.KID, "maker", b"1" * 32, samples.AT))
    assert [key.retired for key in parties.keys("maker")] == [None]


def test_a_revoked_key_keeps_its_first_time(parties, samples):
    parties.revoke_key(samples.KID, "2026-03-01T00:00:00Z")
    parties.revoke_key(samples.KID, "2026-04-01T00:00:00Z")
    (key,) = parties.keys("maker")
    assert (key.revoked, key.retired) == ("2026-03-01T00:00:00Z", None)
    with pytest.raises(NotFound):
        parties.revoke_key("unknown", samples.AT)


def test_tokens_are_found_by_their_digest(parties):
    newer = replace(TOKEN, id="t2", digest=b"\x02" * 32, organisation="maker", created="2026-11-22T12:00:00Z")
    parties.add_token(TOKEN)
    parties.add_token(newer)
    assert parties.token(TOKEN.digest) == TOKEN
    assert parties.token(b"\x03" * 32) is None
    assert parties.tokens() == [newer, TOKEN]
    assert parties.tokens("koping") == [TOKEN]
    with pytest.raises(Conflict):
        parties.add_token(replace(newer, id="t3"))


def test_a_token_is_revoked_once(parties):
    parties.add_token(TOKEN)
    parties.revoke_token("t1", "2026-12-01T00:00:00Z")
    parties.revoke_token("t1", "2026-12-02T00:00:00Z")
    assert parties.token(TOKEN.digest) == replace(TOKEN, revoked="2026-12-01T00:00:00Z")
    with pytest.raises(NotFound):
        parties.revoke_token("unknown", "2026-12-01T00:00:00Z")


def test_use_is_noted_by_the_minute_and_never_waits(store, parties):
    parties.add_token(TOKEN)
    parties.used("t1", "2026-12-01T10:00:05Z")
    parties.used("t1", "2026-12-01T10:00:55Z")
    assert parties.token(TOKEN.digest).last_used == "2026-12-01T10:00:05Z"
    with store.history.writing():
        parties.used("t1", "2026-12-01T10:01:00Z")
    assert parties.token(TOKEN.digest).last_used == "2026-12-01T10:00:05Z"
    parties.used("t1", "2026-12-01T10:01:30Z")
    assert parties.token(TOKEN.digest).last_used == "2026-12-01T10:01:30Z"
    parties.revoke_token("t1", "2026-12-01T10:02:00Z")
    assert parties.token(TOKEN.digest).last_used == "2026-12-01T10:01:30Z"


def test_sessions_are_kept_prolonged_and_forgotten(parties):
    parties.add_organisation(TOWN)
    parties.add_token(TOKEN)
    assert parties.token_by_id("t1") == TOKEN
    assert parties.token_by_id("t2") is None
    session = Session(b"\x02" * 32, "t1", "koping", "2026-11-21T12:00:00Z", "2026-11-21T16:00:00Z")
    parties.add_session(session)
    assert parties.session(session.digest) == session
    assert parties.session(b"\x03" * 32) is None
    parties.prolong_session(session.digest, "2026-11-21T18:00:00Z")
    parties.prolong_session(b"\x03" * 32, "2026-11-21T18:00:00Z")
    assert parties.session(session.digest) == replace(session, expires="2026-11-21T18:00:00Z")
    later = replace(session, digest=b"\x04" * 32, created="2026-11-21T19:00:00Z", expires="2026-11-21T23:00:00Z")
    parties.add_session(later)
    assert parties.session(session.digest) is None, "those that have expired are forgotten"
    parties.end_session(later.digest)
    parties.end_session(later.digest)
    assert parties.session(later.digest) is None
