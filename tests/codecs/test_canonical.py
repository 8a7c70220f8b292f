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
