"""T07: what is not for everybody turns up nowhere: a store full of marks, walked from end to end by everybody."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld as pyld

from passport.codecs.documents import inner
from passport.model.access import RIGHTS, Role
from passport.model.passport import Kind, Tier
from passport.model.rights import ACTS, READS
from passport.published import Field
from passport.service import erasure, snapshots
from passport.service.disclosure import sees
from passport.web.answers import tag_of
from tests.web.conftest import BASE
from tests.web.corpus import Corpus, corpus
from tests.web.walking import FORMS, JSON, LINKED, PAGE, Walker, walk

BY_HAND = ("/schemas", "/contexts", "/vocab", "/published", "/assets", "/log", "/media", "/sparql")
"""Addresses whose tags are not made of a document's digest."""

SERVED = Path(__file__).with_name("served.txt")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    made = corpus(tmp_path_factory.mktemp("corpus"))
    yield made
    made.client.close()
    made.running.close()


@pytest.fixture(scope="module")
def walked(made: Corpus) -> Walker:
    return walk(made)


def test_every_restricted_member_of_the_shapes_is_in_the_store(made: Corpus) -> None:
    for level in ("model", "batch", "item", "event"):
        places = {place for kind, place in made.canaries.filled if kind == level}
        assert made.canaries.restricted(level) <= places, made.canaries.restricted(level) - places
    types = {str(inner(each.payload, each.start)["eventType"]) for each in made.events() if each.payload}
    assert {each.value for each in ACTS} <= types
    kept = b"".join(each.payload for each in made.restricted())
    lost = [each for each in made.canaries.meant if each.encode() not in kept]
    assert len(lost) < 0.12 * len(made.canaries.meant), lost[:20]
    assert {each.tier for each in made.restricted()} == set(Tier) - {Tier.PUBLIC}


def test_t07_nothing_restricted_comes_out_for_everybody(made: Corpus, walked: Walker) -> None:
    assert walked.found == []
    assert walked.asked > 600


def test_t07_no_byte_of_a_snapshot_holds_what_is_restricted(made: Corpus) -> None:
    snapshot, _ = snapshots.take(made.system)
    looked = 0
    for file in (*(each.name for each in snapshot.files), "manifest.json"):
        opened = made.system.snapshots.open(snapshot.name, file)
        assert opened is not None
        with opened:
            data = opened.read()
        text = gzip.decompress(data) if file.endswith(".gz") else data
        assert {hit: made.canaries.meant[hit] for hit in made.canaries.found(text)} == {}, file
        looked += len(text)
    assert looked > 1_000_000
    assert snapshot.statistics.passports >= 20
    assert snapshot.statistics.events > 60


def test_t07_hidden_organisations_have_no_page_and_stand_in_no_list(made: Corpus) -> None:
    for slug in made.hidden.values():
        hidden = made.system.parties.organisation(slug)
        assert hidden is not None
        for media_type in ("application/json", "text/turtle", "application/ld+json"):
            got = made.client.get(f"/organisations/{slug}", media_type)
            assert got.status == 404
            listed = made.client.get("/organisations", media_type)
            assert listed.status == 200
            assert hidden.name.partition(" ")[2] not in got.text + listed.text


def test_t07_the_walk_came_through_every_operation_for_everybody(made: Corpus, walked: Walker) -> None:
    counted = dict.fromkeys(re.findall(r'operation="([a-z0-9-]+)",status="2', made.client.get("/metrics").text))
    counted |= dict.fromkeys(re.findall(r'operation="([a-z0-9-]+)",status="30[0-9]"', made.client.get("/metrics").text))
    public = {name for name, right in RIGHTS.items() if right.scope is None}
    forms = {"submit-form", "sign-in", "sign-out", "media"}
    assert public - set(counted) <= forms


def test_t07_answers_for_everybody_have_no_members_but_the_listed_ones(made: Corpus, walked: Walker) -> None:
    """What documents may say follows from the published shapes; what answers say around them stands in a file."""
    published = made.system.published
    public, other = set(), set()
    for level in ("model", "batch", "item", "event"):
        for each in published.shape("furniture", "1.0", level).fields:
            _sorted(each, public, other)
    lines = SERVED.read_text("utf-8").splitlines()
    listed = {each for line in lines if not line.startswith("#") for each in line.split()}
    got = {each for each in walked.members if not each.startswith(("http", "/", "#"))}
    assert got - public <= listed, sorted(got - public - listed)
    assert listed <= got, sorted(listed - got)
    assert not (other - public - listed) & got


def _sorted(each: Field, public: set[str], other: set[str]) -> None:
    if each.tier != Tier.PUBLIC:
        other.add(each.name)
        return
    public.add(each.name)
    for inside in each.fields:
        _sorted(inside, public, other)


def test_t07_each_public_document_has_public_members_only(made: Corpus) -> None:
    published = made.system.published
    checked = 0
    for code in made.codes.values():
        product = made.system.history.product(code)
        assert product is not None
        for document in made.system.history.documents(code):
            if document.tier is Tier.PUBLIC and document.payload:
                level = "event" if document.kind is Kind.EVENT else product.level.value
                shape = published.shape("furniture", "1.0", level)
                assert _beyond(inner(document.payload, document.start), shape.fields) == []
                checked += 1
    assert checked > 100


def _beyond(value: Mapping[str, Any], fields: Iterable[Field], above: str = "") -> list[str]:
    """The members of a document that are not for everybody, or that no shape knows."""
    known = {each.name: each for each in fields}
    found = []
    for name, inside in value.items():
        each = known.get(name)
        if each is None or each.tier != Tier.PUBLIC:
            if name not in HEADERS:
                found.append(f"{above}/{name}")
        elif each.kind == "object":
            for one in inside if isinstance(inside, list) else [inside]:
                found += _beyond(one, each.fields, f"{above}/{name}") if isinstance(one, dict) else []
    return found


HEADERS = frozenset({"id", "type"})


def test_t07_tags_are_made_of_what_everybody_sees(made: Corpus, walked: Walker) -> None:
    documents = [each for code in made.codes.values() for each in made.system.history.documents(code)]
    public = {each.digest.hex() for each in documents if each.tier is Tier.PUBLIC}
    restricted = {each.digest.hex() for each in documents if each.tier is not Tier.PUBLIC}
    assert len(walked.tags) > 300
    for address, accept, got in walked.tags:
        tag = got["etag"].strip('"').removeprefix("W/")
        body, digest = tag_of(got.body), hashlib.sha256(got.body).hexdigest()
        by_hand = address.startswith(BY_HAND)
        assert tag.partition("-")[0] in public or tag in (body, f"{body}-z", digest) or by_hand, (address, accept, tag)
        assert not any(each in tag for each in restricted)


def test_t07_erasing_what_is_restricted_changes_no_public_answer(made: Corpus) -> None:
    """The tags of passport and event stay when only something restricted differs."""
    code = made.codes["hidden"]
    last = [each for each in made.restricted() if each.code == code and each.kind is Kind.EVENT][-1]
    event = inner(last.payload, last.start)["id"]
    places = [(f"/passports/{code}", each) for each in FORMS] + [(event, each) for each in FORMS]
    before = [made.client.get(place, accept) for place, accept in places]
    erasure.erase(made.system, last.id, reason="A person was described in it")
    after = [made.client.get(place, accept) for place, accept in places]
    assert [(each["etag"], each.body) for each in before] == [(each["etag"], each.body) for each in after]


def _reach(walker: Walker, made: Corpus, turn: int, **headers: str) -> None:
    """Everything of which a reader with a right may get more; each role by turns for another third of the pieces."""
    for number, (name, code) in enumerate(made.codes.items()):
        if number % 3 != turn % 3:
            continue
        walker.get(f"/passports/{code}?view=merged", JSON, **headers)
        walker.get(f"/passports/{code}/events", JSON, **headers)
        if name in ("made", "hidden", "given", "open"):
            for query in ("", "?at=2099-01-01", "?known=2099-01-01"):
                walker.get(f"/passports/{code}{query}", PAGE, **headers)
                walker.get(f"/passports/{code}{query}", JSON, **headers)
    for event in made.events()[::16]:
        walker.get(f"/events/{event.id}", LINKED, **headers)
        walker.get(f"/events/{event.id}", PAGE, **headers)
    for document in made.restricted()[::3]:
        walker.get(f"/credentials/{document.id}", JSON, **headers)
    for address in (*made.submissions[-4:], *made.transfers, *made.pictures):
        walker.get(address.removeprefix(BASE), JSON, **headers)


@pytest.mark.parametrize("role", Role)
def test_t07_strangers_of_every_role_get_what_their_role_reads_and_no_more(made: Corpus, role: Role) -> None:
    walker = Walker(made)
    _reach(walker, made, list(Role).index(role), authorization=f"Bearer {made.tokens[f'stranger-{role}']}")
    tiers = {tier for _, _, tier, _ in walker.found}
    allowed = set(READS[role]) - {Tier.PUBLIC}
    if role is Role.ADMINISTRATOR:
        walker.found = [each for each in walker.found if "/submissions/" not in each[0]]
        tiers = {tier for _, _, tier, _ in walker.found}
    assert tiers == allowed, walker.found[:3]


def test_t07_the_walk_finds_a_leak(made: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: where everybody may see everything, marks of every tier turn up on every kind of answer."""
    for room in ("past", "resolution", "credentials"):
        monkeypatch.setattr(f"passport.service.{room}.sees", lambda document, product, caller: True)
    walker = Walker(made)
    code = made.codes["shown"]
    for address, accept in (
        (f"/passports/{code}", PAGE),
        (f"/passports/{code}?view=merged", "application/json"),
        (f"/passports/{code}/events", "application/json"),
    ):
        walker.found.clear()
        walker.get(address, accept)
        assert {tier for _, _, tier, _ in walker.found} >= {Tier.LEGITIMATE_INTEREST}, address
    walker.found.clear()
    walker.get(
        f"/credentials/{made.restricted()[0].id}",
        "application/vc+jwt",
        authorization=f"Bearer {made.tokens['stranger-researcher']}",
    )
    assert walker.found


@pytest.mark.parametrize("slug", ["maker", "town", "upholsterer", "village", "stranger-owner", "stranger-researcher"])
def test_readers_with_a_right_get_exactly_what_they_may_see_through_the_same_addresses(made: Corpus, slug: str) -> None:
    """Of every event and passport: the documents are given whole to those who may see them, and named to the others."""
    headers = {"authorization": f"Bearer {made.tokens[slug]}"}
    reader = made.caller(slug)
    for code in made.codes.values():
        product = made.system.history.product(code)
        assert product is not None
        own = [each for each in made.restricted() if each.code == code and each.payload]
        visible = {_salt(each): each for each in own if sees(each, product, reader)}
        given = made.client.get(f"/passports/{code}/events", JSON, **headers)
        events = {salt for salt, each in visible.items() if each.kind is Kind.EVENT}
        shown = {each["salt"] for each in given.json().get("restricted", ())}
        assert shown <= events
        named = {each["id"] for event in given.json()["events"] for each in event.get("restrictedDocuments", ())}
        assert {f"{BASE}/credentials/{visible[salt].id}" for salt in shown} <= named
        assert shown == {salt for salt in events if f"{BASE}/credentials/{visible[salt].id}" in named}
        assert ("private" in given["cache-control"]) is bool(shown)
        for event in given.json()["events"][:2]:
            got = made.client.get(event["id"], JSON, **headers)
            beside = {each["salt"] for each in got.json().get("restricted", ())}
            listed = {each["id"].rpartition("/")[2] for each in event.get("restrictedDocuments", ())}
            assert beside == {salt for salt, each in visible.items() if each.id in listed}
            assert ("private" in got["cache-control"]) is bool(beside)
        if product.standing != "archived":
            whole = made.client.get(f"/passports/{code}?view=merged", JSON, **headers).json()
            newest = [each for each in own if each.kind is Kind.PASSPORT and each.version == product.version]
            may = {_salt(each) for each in newest} & visible.keys()
            assert {each["salt"] for each in whole["restricted"]} == may
            assert set(whole["hidden"]) == {each.tier for each in newest if _salt(each) not in may}


def _salt(document: Any) -> str:
    return str(inner(document.payload, document.start)["salt"])


def test_t07_a_session_sees_what_its_token_sees(made: Corpus) -> None:
    """The same documents by a cookie, and as much on the page; nothing of it without."""
    form = f"token={made.tokens['upholsterer']}".encode()
    lines = {"content-type": "application/x-www-form-urlencoded"}
    got = made.client.send("POST", "/sign-in", lines, form)
    cookie = next(each for each in got.all("set-cookie") if "session=" in each).partition(";")[0]
    event = next(each for each in made.events() if each.code == made.codes["shown"] and each.payload)
    for place in (f"/events/{event.id}", f"/passports/{made.codes['shown']}/events"):
        by_token = made.client.get(place, JSON, authorization=f"Bearer {made.tokens['upholsterer']}")
        by_cookie = made.client.get(place, JSON, cookie=cookie)
        assert by_token.body == by_cookie.body
        assert "restricted" in by_cookie.json()
        assert "restricted" not in made.client.get(place, JSON).json()
    walker = Walker(made)
    walker.get(f"/passports/{made.codes['shown']}/events", PAGE, cookie=cookie)
    assert {tier for _, _, tier, _ in walker.found} >= {Tier.LEGITIMATE_INTEREST, Tier.OWNER}


def test_restricted_documents_beside_an_event_are_linked_data(made: Corpus) -> None:
    reader = {"authorization": f"Bearer {made.tokens['upholsterer']}"}
    event = next(each for each in made.events() if each.code == made.codes["shown"] and b"inspected" in each.payload)
    got = made.client.get(f"/events/{event.id}", LINKED, **reader)
    plain = made.client.get(f"/events/{event.id}", LINKED).json()
    told = got.json()
    restricted = told.pop("restricted")
    assert {**told, "@context": plain["@context"]} == plain
    contexts = {
        place: {"contextUrl": None, "documentUrl": place, "document": made.system.published.context(place)}
        for place in made.system.published.context_iris()
    }
    options = {"documentLoader": lambda address, _: contexts[address]}
    expanded = pyld.expand(got.json(), options)
    assert {each["@id"] for each in expanded} == {told["id"]}
    notes = restricted[0]["notes"][0]["value"]
    assert notes in json.dumps(expanded)
