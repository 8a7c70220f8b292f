"""Both engines explain faults alike: the fast one, and the talkative one that large documents are left to."""

import copy
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from passport.codecs.strictjson import Limits, read, spelled
from passport.errors import Unreadable
from passport.published import Published
from passport.validation import structure
from passport.validation.structure import Patience, structure_of

FEW, TRIED = 400, 800
SHORT = 6_000
ODD: tuple[Any, ...] = (
    *(None, True, -1, 1e9, "", "x", "x" * 4_000, "2026-02-30", "https://example.org", [], {}, [1], [[]], {"a": 1}),
    *({"url": "no address"}, {"value": "text"}, {"value": 1, "language": "english"}, ["x"] * 300, [{}] * 120),
)
NAMES = ("strange", "id", "shortCode", "owner", "modelname", "components", "x" * 400)


@pytest.fixture(scope="module")
def examples(published: Published) -> list[Mapping[str, Any]]:
    """The shorter documents of the examples, valid or not."""
    found: list[Mapping[str, Any]] = []
    for file in sorted(Path(published.examples()).rglob("*json")):
        if not file.stem.endswith((".report", ".known")):
            try:
                documents = read(file.read_bytes(), media_type=None, limits=Limits())
            except Unreadable:
                continue
            found.extend(raw.value for raw in documents if len(spelled(raw.value)) < SHORT)
    assert len(found) >= 100
    return found


def holders(value: Any) -> Iterator[Any]:
    """Every object and list of a document that is not empty."""
    if isinstance(value, dict | list) and value:
        yield value
        for member in value.values() if isinstance(value, dict) else value:
            yield from holders(member)


def spoil(document: dict[str, Any], chance: random.Random) -> None:
    holder = chance.choice(list(holders(document)))
    name = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    act = chance.random()
    if act < 0.2:
        del holder[name]
    elif act < 0.4 and isinstance(holder, dict):
        holder[chance.choice(NAMES)] = copy.deepcopy(chance.choice(ODD))
    elif act < 0.5 and isinstance(holder[name], list):
        holder[name] *= chance.choice((2, 60, 250))
    else:
        holder[name] = copy.deepcopy(chance.choice(ODD))


def explained(value: dict[str, Any], published: Published) -> Counter[str]:
    group = published.group_for(value, None)
    assert group is not None
    judged = structure_of(published, group.name, group.version).judge(value, 0, Patience())
    return Counter(map(repr, judged.findings))


@pytest.mark.parametrize("tried", [FEW, pytest.param(TRIED, marks=pytest.mark.slow)])
def test_both_engines_lead_to_the_same_findings(
    tried: int, published: Published, examples: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, codes = random.Random(20261121), Counter[str]()
    for _ in range(tried):
        value = copy.deepcopy(dict(chance.choice(examples)))
        value["extensions"] = {"own": "x", "x" * 300: 1}
        for _ in range(chance.choice((1, 1, 2, 4))):
            spoil(value, chance)
        if published.group_for(value, None) is None:
            continue
        monkeypatch.setattr(structure, "LARGE", 1_000_000)
        seen = explained(value, published)
        monkeypatch.setattr(structure, "LARGE", 0)
        assert explained(value, published) == seen, value
        codes.update(each.split("'")[1] for each in seen)
    assert len([code for code, number in codes.items() if number >= 4]) >= 10, codes
