"""The story of the examples: every step is accepted, every kind of event occurs, and all ends as it says."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pyld import jsonld

from passport.codecs import state as states
from passport.codecs.documents import context_of, inner
from passport.demo import organisations
from passport.filling import Filling
from passport.model.access import Caller, Scope
from passport.model.events import BY_SERVICE, EventType
from passport.model.naming import reference_key
from passport.model.passport import Document, Kind, Standing, Tier
from passport.model.state import State
from passport.published import Published
from passport.published.groups import Group
from passport.service import delegation, media
from passport.service.audit import audit
from passport.service.submissions import submit
from passport.service.system import System
from passport.settings import Settings
from passport.web.app import create_app
from passport.web.pages import Pages
from passport.wiring import Running, create_system
from tests.web.conftest import BASE, Client

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
STORY = EXAMPLES / "story"
FILES = sorted(STORY.glob("*.json"))
STEPS = tomllib.loads((STORY / "story.toml").read_text(encoding="utf-8"))["step"]
UNCHECKED = {"operator-not-in-registry"}
"""What nobody can know of an operator that does not exist."""


def documents(file: Path) -> list[dict[str, Any]]:
    value = json.loads(file.read_text(encoding="utf-8"))
    return value if isinstance(value, list) else [value]


def events(file: Path) -> list[dict[str, Any]]:
    return [each for each in documents(file) if "eventType" in each]


class Told(Filling):
    """Tells the story to the services themselves, and keeps what they found."""

    def __init__(self, system: System) -> None:
        self._parties = organisations(system)
        super().__init__(EXAMPLES, system.base, lambda slug: slug)
        self._system = system
        self.codes: dict[str, set[str]] = {}

    def _post(self, path: str, body: bytes, media_type: str, slug: str, *, key: str | None = None) -> bytes:
        caller = Caller("", slug, self._parties[slug].role, frozenset(Scope))
        if path == "/delegations":
            asked = json.loads(body)
            delegation.delegate(
                self._system, caller, to=asked["delegate"], events=asked["events"], until=asked["until"]
            )
            return b""
        if path.startswith("/media"):
            kept = media.keep(self._system, body, media_type, caller, restricted="tier=" in path)
            return json.dumps({"digest": kept.digest}).encode()
        outcome = submit(self._system, body=body, media_type=media_type, caller=caller, key=key)
        self.codes[key or ""] = {finding.code for finding in outcome.report.findings}
        return outcome.body


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("story") / "store"
    running = create_system(Settings(data=folder, base_url=BASE, signing_secret="a story " * 4, log_level="error"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def told(running: Running) -> Told:
    told = Told(running.system)
    for slug in ("demomobler", "demoklader"):
        told.fill(slug, running.system.published.groups())
    told.tell()
    return told


@pytest.fixture(scope="module")
def system(running: Running, told: Told) -> System:
    return running.system


@pytest.fixture(scope="module")
def client(running: Running, told: Told) -> Iterator[Client]:
    system = running.system
    client = Client(create_app(system, Pages(system.published, base=system.base), settings=running.settings))
    yield client
    client.close()


def code_of(system: System, piece: str) -> str:
    found = system.history.locate(reference_key(f"http://localhost/{piece}", base=system.base) or "")
    assert found is not None, piece
    return found.code


def state_of(system: System, piece: str) -> State:
    product = system.history.product(code_of(system, piece))
    assert product is not None
    return states.from_text(product.state)


def chair(number: int) -> str:
    return f"01/09521234000013/21/EX1-100{number}"


def table(number: int) -> str:
    return f"01/09529876000019/21/EP-000{number}"


STOOL, PART = "8004/9526547PALL0001", "8004/9527654EKDEL0001"


def test_every_step_has_its_file_and_every_file_its_step() -> None:
    assert [each["file"] for each in STEPS if "file" in each] == [file.name for file in FILES]


def test_there_is_an_example_of_every_event_that_may_be_submitted() -> None:
    assert {each["eventType"] for file in FILES for each in events(file)} == set(EventType) - BY_SERVICE


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_event_satisfies_the_schema_and_no_rule_finds_anything(
    file: Path, told: Told, published: Published
) -> None:
    assert told.codes[f"story/{file.name}"] <= UNCHECKED
    for value in events(file):
        group = published.group_for(value, None)
        assert group is not None
        iri = published.schema_iri(group.name, group.version, "event")
        judge = Draft202012Validator(
            published.schema(iri),
            registry=published.registry(),
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )
        assert [fault.message for fault in judge.iter_errors(value)] == []


def public_events(system: System) -> list[Document]:
    entries = system.history.scan(0, system.history.size())
    return [each.document for each in entries if each.document.kind is Kind.EVENT and each.document.tier is Tier.PUBLIC]


def test_what_is_signed_keeps_every_public_member_and_expands_without_loss(system: System) -> None:
    dropped: list[str] = []
    processor = jsonld.JsonLdProcessor(on_property_dropped=dropped.append)
    published = system.published
    known: set[str] = set()

    def newest(name: str) -> Group:
        return published.group(name, published.versions(name)[-1])

    judges: dict[str, Draft202012Validator] = {}
    groups = {each.event_context: each for each in map(newest, published.groups())}
    for each in public_events(system):
        said = inner(each.payload, each.start)
        group = groups[context_of(each.payload, Kind.EVENT).decode()]
        schema = published.schema(published.schema_iri(group.name, group.version, "event-document"))
        judge = judges.setdefault(group.name, Draft202012Validator(schema, registry=published.registry()))
        served = {"@context": group.event_context, **said}
        assert [fault.message for fault in judge.iter_errors(served)] == [], said
        options = {
            "base": None,
            "documentLoader": lambda url, _: {
                "contextUrl": None,
                "documentUrl": url,
                "document": published.context(url),
            },
        }
        processor.expand(served, options)
        assert dropped == []
        known |= set(said)
    assert known >= {"condition", "partsUsed", "replacedComponents", "masses", "parts", "guarantee", "offerDigest"}


def test_the_pieces_end_as_the_story_says(system: System) -> None:
    owners = {
        **dict.fromkeys((table(1), *map(chair, (1, 2))), "eksempelkobing-kommune"),
        **dict.fromkeys((STOOL, PART, *map(chair, (4, 5, 6, 7, 8))), "exempelby-kommun"),
        chair(3): "exempeltapetserarna",
    }
    assert {piece: state_of(system, piece).owner or "exempelby-kommun" for piece in owners} == owners
    endings = {
        chair(3): EventType.REMANUFACTURED,
        chair(6): EventType.RECYCLED,
        table(2): EventType.DESTROYED,
        table(3): EventType.DISPOSED,
        table(4): EventType.ENERGY_RECOVERED,
    }
    pieces = (*map(chair, range(1, 9)), *map(table, range(1, 5)), STOOL, PART)
    assert {piece: state_of(system, piece).ending for piece in pieces} == {
        **dict.fromkeys(pieces, None),
        **endings,
    }
    longest = state_of(system, chair(1))
    assert (longest.grade, longest.availability, longest.repairs) == ("A", "inUse", 2)
    assert {each.component for each in longest.changes} == {"cover", "glides", "padding"}
    corrected = state_of(system, chair(2))
    assert (corrected.grade, corrected.unsafe, corrected.repairs) == ("A", False, 1)
    assert state_of(system, chair(4)).availability == "inStorage"
    assert state_of(system, chair(5)).confirmed
    assert [state_of(system, chair(each)).transfer is not None for each in (4, 7, 8)] == [True, False, True]
    assert state_of(system, chair(3)).standing is Standing.INACTIVE
    assert state_of(system, chair(3)).successors == (system.passport_address(code_of(system, STOOL)),)
    product = system.history.product(code_of(system, table(1)))
    assert product is not None
    assert product.operator == "demomobler"


def test_nobody_is_named_who_does_not_want_to_be(system: System) -> None:
    for each in public_events(system):
        assert b"lagahjalpen" not in each.payload
    assert any(each.issuer == "lagahjalpen" for each in system.history.documents(code_of(system, chair(1))))


def test_the_longest_life_can_be_read_in_every_form(system: System, client: Client) -> None:
    code = code_of(system, chair(1))
    page = client.get(f"/passports/{code}", "text/html").text
    assert page.count("<time") >= 20
    life = client.get(f"/passports/{code}/events").json()
    assert len(life["events"]) >= 20
    given = client.get(f"/passports/{code}/events?form=epcis").json()
    assert given["type"] == "EPCISDocument"
    assert len(given["epcisBody"]["eventList"]) >= 15
    now = client.get(f"/passports/{code}?view=merged").json()
    classes = {each["materialClass"] for each in now["composition"]["materials"]}
    assert "natural-fill" in classes
    assert "foam-PUR" not in classes
    assert now["composition"]["guarantee"]["years"] == 2
    assert len(client.get("/feed?since=0").json()["items"]) > 10
    assert client.get("/log/checkpoint", "text/plain").status == 200
    assert client.get(life["records"][0]["proof"], "text/plain").status == 200


def test_the_store_of_the_story_is_whole(running: Running, system: System) -> None:
    assert audit(system.history, system.parties, base=system.base) == []
    assert running.store.flaws() == []
