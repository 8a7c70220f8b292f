"""Canonical documents: every nested object has an address of its own, whatever its key."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode
from rfc3986_validator import validate_rfc3986

from passport.codecs.canonical import canonical, plan
from passport.model.passport import Tier
from passport.published import Published

HOME = "https://passport.example/passports/7KX94M2QZ"
PUBLISHED = Published.load()
PLAN = plan(PUBLISHED.shape("furniture", PUBLISHED.versions("furniture")[-1], "model"))
KEYS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80),
    st.from_regex(r"[0-9a.%~-]{1,3}", fullmatch=True),
)


EVENT = plan(PUBLISHED.shape("furniture", PUBLISHED.versions("furniture")[-1], "event"))
ADDRESS = "https://passport.example/events/0192f3a4-7b1c-7f0e-9f57-0a3c2a2f7a10"


def made(**fields: Any) -> dict[str, Any]:
    return canonical(fields, plan=PLAN, iri=HOME, event=HOME, replaced={}).passport[Tier.PUBLIC]


def addresses(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from [value["id"]] if "id" in value else []
        for each in value.values():
            yield from addresses(each)
    elif isinstance(value, list):
        for each in value:
            yield from addresses(each)


@given(st.lists(KEYS, min_size=1, max_size=8))
def test_all_objects_have_different_addresses_that_are_uris(keys: list[str]) -> None:
    materials = [{"materialClass": "wood-solid", "recycledContent": {"total": 1}}] * 2
    components = [{"componentId": key, "materials": materials} for key in keys]
    found = list(addresses(made(components=components, spareParts=[{"partId": key} for key in keys])))
    assert len(found) == len(set(found)) == 6 * len(keys)
    for address in found:
        assert validate_rfc3986(address, rule="URI"), address
        assert NamedNode(address).value == address
        assert re.fullmatch(re.escape(HOME) + r"#[A-Za-z0-9._~%-]{1,120}", address)


@given(KEYS)
def test_an_address_follows_from_the_key_alone(key: str) -> None:
    alone = made(components=[{"componentId": key}])["components"][0]["id"]
    with_others = made(components=[{"componentId": "before"}, {"componentId": key}])["components"]
    assert with_others[1]["id"] == alone or key == "before"


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        (["frame", "A_1-~"], ["components-frame", "components-A_1-~"]),
        (["ben å", "1"], ["components-ben%20%C3%A5", "components-1"]),
        (["a.materials-1", "a/b"], ["components-a%2Ematerials-1", "components-a%2Fb"]),
        (["a", "a"], ["components-a", "components.2"]),
    ],
)
def test_keys_are_written_into_addresses(keys: list[str], names: list[str]) -> None:
    components = made(components=[{"componentId": key} for key in keys])["components"]
    assert [each["id"].partition("#")[2] for each in components] == names


def parts_of_event(**fields: Any) -> dict[Tier, dict[str, Any]]:
    """The parts of an event by tier; nothing in it opens anything."""
    found = canonical(fields, plan=EVENT, iri=ADDRESS, event="", replaced={})
    assert (found.opening, EVENT.opening) == ({}, frozenset())
    return found.passport


def test_an_event_is_divided_by_tier_and_every_object_is_named() -> None:
    part = {"partOrigin": "reused", "mass": 1, "materials": [{"materialClass": "wood-solid", "originCountry": "SE"}]}
    found = parts_of_event(
        eventType="repaired",
        repairTypes=["tighten"],
        condition={"grade": "B", "structureScore": 1},
        partsUsed=[part],
        replacedComponents=[{"componentId": "seat", "mass": "2.50"}],
        cost={"amount": 10, "currency": "SEK"},
        notes=[{"value": "Tight again", "language": "en"}],
        workMinutes=25,
    )
    used, material = f"{ADDRESS}#partsUsed-1", f"{ADDRESS}#partsUsed-1.materials-1"
    assert found == {
        Tier.PUBLIC: {
            "eventType": "repaired",
            "condition": {"id": f"{ADDRESS}#condition", "grade": "B"},
            "repairTypes": ["tighten"],
            "partsUsed": [
                {
                    "id": used,
                    "partOrigin": "reused",
                    "mass": "1",
                    "materials": [{"id": material, "materialClass": "wood-solid"}],
                }
            ],
            "replacedComponents": [
                {"id": f"{ADDRESS}#replacedComponents-seat", "componentId": "seat", "mass": "2.5"},
            ],
            "workMinutes": 25,
        },
        Tier.LEGITIMATE_INTEREST: {
            "condition": {"id": f"{ADDRESS}#condition", "structureScore": 1},
            "notes": [{"value": "Tight again", "language": "en"}],
            "partsUsed": [{"id": used, "materials": [{"id": material, "originCountry": "SE"}]}],
        },
        Tier.OWNER: {"cost": {"id": f"{ADDRESS}#cost", "amount": "10", "currency": "SEK"}},
    }


def test_what_only_says_how_an_event_is_meant_stands_in_no_document() -> None:
    found = parts_of_event(
        eventType="ownershipTransferred",
        products=["7KX94M2QZ"],
        productGroup="furniture",
        deviceTime="2026-11-20T13:05:00Z",
        outputs=["#1"],
        claimSecret="amber-otter-lantern",
        owner="example-school",
        receiver="private-party",
    )
    assert found == {
        Tier.PUBLIC: {"eventType": "ownershipTransferred"},
        Tier.LEGITIMATE_INTEREST: {"receiver": "private-party"},
    }
