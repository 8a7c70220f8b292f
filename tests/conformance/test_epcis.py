"""What the service gives out as EPCIS is valid under GS1's own schema and loses no term under GS1's own context."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pyld import FrozenDocumentLoader
from pyld import jsonld as pyld

from passport.codecs.canonical import canonical, plan
from passport.codecs.epcis import CONTEXT, LEFT_OUT, Correction, Recorded, document
from passport.codecs.strictjson import Limits, read
from passport.model.events import EventType
from passport.model.passport import Level, Tier
from passport.published import VOCAB, Published
from tests.codecs.sample_events import AT, BASE, PART, PASSPORT, PRODUCT, SUCCESSOR, every_event

ROOT = Path(os.environ.get("CONFORMANCE_DIR", Path(__file__).parents[3] / "shared" / "conformance")) / "epcis"
ADDRESS = f"{PASSPORT}/events?form=epcis"
TOWN, MAKER = f"{BASE}/organisations/town", f"{BASE}/organisations/maker"
UNVERSIONED = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
VALID, INVALID = 16, 15
BASES = ("http://127.0.0.1:8000", "https://my-shop.example/pass")


def conformance(name: str) -> Path:
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"no conformance data at {path}")
    return path


@pytest.fixture(scope="module")
def published() -> Published:
    return Published.load()


@pytest.fixture(scope="module")
def judge() -> jsonschema_rs.Draft7Validator:
    """Formats are asserted: without them the schema takes any word for a business step."""
    schema = json.loads(conformance("EPCIS-JSON-Schema.json").read_text())
    return jsonschema_rs.Draft7Validator(schema, validate_formats=True)


@pytest.fixture(scope="module")
def loader() -> FrozenDocumentLoader:
    context = json.loads(conformance("epcis-context.jsonld").read_text())
    return FrozenDocumentLoader(documents={CONTEXT: context, UNVERSIONED: context})


def faults(judge: jsonschema_rs.Draft7Validator, value: Any) -> list[str]:
    return [f"{list(each.instance_path)}: {each.message[:200]}" for each in judge.iter_errors(value)]


def expanded(value: Any, loader: FrozenDocumentLoader) -> list[Any]:
    """The document expanded; a term that its contexts do not know fails."""
    dropped: list[str] = []
    options = {"base": None, "documentLoader": loader}
    found: list[Any] = pyld.expand(value, options, on_property_dropped=dropped.append)
    assert not dropped
    return found


def whole(events: list[dict[str, Any]], **beside: Any) -> dict[str, Any]:
    records = [Recorded(each, **{"level": Level.ITEM, "signer": TOWN, "giver": MAKER, **beside}) for each in events]
    return document(records, address=ADDRESS, created=AT, products={PART: PRODUCT, SUCCESSOR: PRODUCT})


@pytest.mark.parametrize("verdict", ["valid", "invalid"])
def test_the_runner_itself_tells_right_from_wrong(verdict: str, judge: jsonschema_rs.Draft7Validator) -> None:
    paths = sorted(conformance(verdict).iterdir())
    assert len(paths) >= (VALID if verdict == "valid" else INVALID)
    for path in paths:
        assert bool(faults(judge, json.loads(path.read_text()))) is (verdict == "invalid"), path.name


@pytest.mark.parametrize(
    "beside",
    [
        {},
        {"level": Level.BATCH},
        {"signer": None, "giver": None},
        {"correction": Correction(f"{BASE}/events/x", AT, True)},
        {"correction": Correction(f"{BASE}/events/x", AT, False)},
    ],
)
def test_every_kind_of_event_is_valid_and_loses_nothing(
    published: Published, judge: jsonschema_rs.Draft7Validator, loader: FrozenDocumentLoader, beside: dict[str, Any]
) -> None:
    made = list(every_event(published))
    given = whole(made, **beside)
    assert faults(judge, given) == []
    events = given["epcisBody"]["eventList"]
    assert {each["type"] for each in events} == {"ObjectEvent", "AssociationEvent", "TransformationEvent"}
    assert len(events) >= len(EventType) - len(LEFT_OUT) + 2
    (node,) = expanded(given, loader)
    assert node["@id"] == ADDRESS
    for each in made:
        single = whole([each], **beside)
        assert faults(judge, single) == []


@pytest.mark.parametrize("base", BASES)
def test_other_bases_are_valid_too(published: Published, judge: jsonschema_rs.Draft7Validator, base: str) -> None:
    text = json.dumps(whole(list(every_event(published)))).replace(BASE, base)
    assert faults(judge, json.loads(text)) == []


def test_business_steps_and_dispositions_are_addresses_of_the_cbv_or_of_our_list(
    published: Published, loader: FrozenDocumentLoader
) -> None:
    (node,) = expanded(whole(list(every_event(published))), loader)
    epcis = "https://ref.gs1.org/epcis/"
    (body,) = node[f"{epcis}epcisBody"]
    found: dict[str, set[str]] = {"bizStep": set(), "disposition": set()}
    for event in body[f"{epcis}eventList"]:
        for name, iris in found.items():
            iris.update(each["@id"] for each in event.get(f"{epcis}{name}", ()))
    assert len(found["bizStep"]) >= 15
    for name, prefix in (("bizStep", "BizStep-"), ("disposition", "Disp-")):
        starts = (f"https://ref.gs1.org/cbv/{prefix}", f"{VOCAB}codes/event-type/")
        assert all(each.startswith(starts) for each in found[name])


def test_an_empty_list_is_a_document_too(judge: jsonschema_rs.Draft7Validator) -> None:
    assert faults(judge, whole([])) == []


def example_events(published: Published) -> Iterator[dict[str, Any]]:
    """The events of the examples as public documents; references to products stand for addresses."""
    shape = published.shape("furniture", "1.0", "event")
    steps = plan(shape)
    links = {"partPassport": PART}
    paths = [each for each in sorted(published.examples().rglob("*.*json")) if "invalid" not in each.parts]
    for path in paths:
        for raw in read(path.read_bytes(), media_type=None, limits=Limits()):
            kind = raw.value.get("eventType")
            if kind is None:
                continue
            address = f"{BASE}/events/{path.stem}-{raw.index}"
            value = _linked({"eventTime": AT, **raw.value}, links)
            said = canonical(value, plan=steps, iri=address, event=address, replaced={"products": None})
            more = {"successors": [SUCCESSOR]} if kind == "remanufactured" else {}
            server = {"recordedAt": AT, "product": PRODUCT, "passport": PASSPORT, "actorRole": "owner"}
            yield {"id": address, **said.passport[Tier.PUBLIC], **server, **more}


def _linked(value: Any, links: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: links.get(name) or _linked(each, links) for name, each in value.items()}
    return [_linked(each, links) for each in value] if isinstance(value, list) else value


def test_every_event_of_the_examples_is_valid(
    published: Published, judge: jsonschema_rs.Draft7Validator, loader: FrozenDocumentLoader
) -> None:
    made = list(example_events(published))
    assert len(made) >= 40
    assert len({each["eventType"] for each in made}) >= 30
    for each in made:
        given = whole([each])
        assert faults(judge, given) == [], each["id"]
        expanded(given, loader)
