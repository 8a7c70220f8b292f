"""Two engines and the rules on thousands of spoilt examples: what one of them says, the others can rely on.

One engine judges and another explains; a document on which they differed would be refused without a word or let in with
a fault. Every spoilt document is read from bytes first, so that only values are tried that can really arrive.
"""

import contextlib
import copy
import itertools
import json
import random
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import FormatChecker

from passport.codecs.strictjson import Limits, Raw, read
from passport.errors import Unreadable
from passport.model.passport import Level
from passport.model.report import Finding
from passport.published import Published
from passport.validation import rules
from passport.validation.checking import Known
from passport.validation.forms import EVERY, Form, form_of
from passport.validation.structure import Patience, structure_of, talkative
from passport.validation.subject import Facts, Subject

SPOILT = 20_000
PARTS, FEW = 20, 3
TODAY = date(2026, 11, 21)
WIDE = 5
"""How many members a shortened example keeps, beside those that its level requires."""
SMALL = 12
"""Examples with so few members are not shortened."""
KEPT = frozenset(
    {"granularity", "productGroup", "modelName", "manufacturer", "category", "modelPassport", "batchNumber"}
    | {"eventType", "products", "repairTypes"}
)
GROUP = "furniture"

Document = dict[str, Any]
Holder = dict[str, Any] | list[Any]


def written(number: str) -> str:
    """A number to be spelled in JSON exactly so."""
    return f"⟦{number}⟧"


def spelled(document: Any) -> bytes:
    return re.sub('"⟦([^"⟧]*)⟧"', r"\1", json.dumps(document, ensure_ascii=False)).encode()


ODD = tomllib.loads(Path(__file__).with_name("odd-values.toml").read_text(encoding="utf-8"))
STOL = {"value": "Stol", "language": "sv"}
LONG = [
    sign * length for sign in ("x", "\N{CHAIR}", "e\u0301") for length in (40, 41, 80, 81, 150, 151, 300, 301, 3001)
]
VALUES: tuple[Sequence[Any], ...] = (
    [written(number) for number in ODD["numbers"].split()],
    ODD["decimals"],
    ODD["dates"],
    [*ODD["addresses"], "https://a.example/" + "x" * 1990, "https://a.example/" + "x" * 1991],
    [*ODD["texts"], *LONG, "sha256:" + "0" * 64, "sha256:" + "0" * 63, "sha256:" + "G" * 64],
    [None, True, False, [], {}, [[]], [None], [{}], {"": 1}, {"value": "x"}, STOL, [1], ["x"], [True], {"x": {}}],
    [[STOL], [STOL, STOL], [{**STOL, "language": "SV"}], [{**STOL, "x": 1}], [{"value": "Stol"}], [{"language": "sv"}]],
    [[{**STOL, "value": value}] for value in ("", 1, ["Stol"], None, "x" * 300, "\N{CHAIR}" * 300, "\N{CHAIR}" * 301)],
    [[{**STOL, "language": value}] for value in (None, "x-y", "swe", "sv-SE", "")],
    [
        "Stol",
        {"sv": "Stol"},
        [{"@value": "Stol", "@language": "sv"}],
        [{**STOL, "language": f"a{n}"} for n in range(70)],
    ],
    [[{**STOL, "language": f"{a}{b}"} for a in "abcdefgh" for b in "abcdefgh"]],
)
NAMES = [*ODD["names"], "x" * 300, "x" * 301]


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if place:
        yield place
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in members:
        yield from places(each, (*place, name))


def shortened(example: Mapping[str, Any], chance: random.Random) -> Document:
    """A part of an example: what its level asks for, some other members, and lists of two."""
    if len(example) <= SMALL:
        return copy.deepcopy(dict(example))
    others = sorted(example.keys() - KEPT)
    chosen = KEPT | set(chance.sample(others, min(WIDE, len(others))))

    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: cut(each) for name, each in value.items()}
        return [cut(each) for each in value[:2]] if isinstance(value, list) else copy.copy(value)

    return {name: cut(value) for name, value in example.items() if name in chosen}


def _drop(holder: Holder, name: Any, chance: random.Random) -> None:
    del holder[name]


def _add(holder: Holder, name: Any, chance: random.Random) -> None:
    if isinstance(holder, dict):
        holder[chance.choice(NAMES)] = _value(chance)
    else:
        holder.append(_value(chance))


def _replace(holder: Holder, name: Any, chance: random.Random) -> None:
    holder[name] = _value(chance)


def _multiply(holder: Holder, name: Any, chance: random.Random) -> None:
    value = holder[name]
    if isinstance(value, list) and value:
        value.extend([value[0]] * chance.choice([1, 9, 10, 19, 20, 40, 50, 60, 200, 300]))
    elif isinstance(value, dict):
        holder[name] = [value]
    else:
        holder[name] = [value] * chance.choice([1, 2, 60])


def _retype(holder: Holder, name: Any, chance: random.Random) -> None:
    """The same said in another type: a number as text and back, one as a list, a word as an object."""
    value = holder[name]
    options: list[Any] = [[value], None]
    if isinstance(value, bool):
        options = [str(value).lower(), int(value)]
    elif isinstance(value, int | float):
        options = [str(value), written(f"{value}.0" if isinstance(value, int) else f"{value}0"), -value]
    elif isinstance(value, str):
        options += [{"value": value}, value.upper(), f"{value} ", f"{value}\n", value[:-1], value * 2, f"\u200b{value}"]
    elif isinstance(value, list) and value:
        options = [value[0], {str(number): each for number, each in enumerate(value)}, [], value[:1]]
    elif isinstance(value, dict):
        options += [json.dumps(value), {**value, "extra": value}]
    holder[name] = chance.choice(options)


def _move(holder: Holder, name: Any, chance: random.Random) -> None:
    """Under a name that is nearly the same."""
    value = holder[name]
    if isinstance(holder, dict):
        del holder[name]
        holder[chance.choice([name.upper(), f"{name}s", name[:-1], f" {name}", name.lower(), f"{name}\u0301"])] = value
    else:
        holder.reverse()


Act = Callable[[Holder, Any, random.Random], None]
ACTS: tuple[Act, ...] = (_drop, _drop, _add, _replace, _replace, _replace, _multiply, _retype, _retype, _retype, _move)


def _value(chance: random.Random) -> Any:
    return copy.deepcopy(chance.choice(chance.choice(VALUES)))


def somewhere(document: Document, chance: random.Random) -> tuple[Holder, Any]:
    """A member or entry in what holds it, often deep inside."""
    holder: Holder = document or {"": None}
    while True:
        name = chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
        value = holder[name]
        if not isinstance(value, dict | list) or not value or chance.random() < 0.25:
            return holder, name
        holder = value


def spoilt(examples: list[Mapping[str, Any]], profiles: tuple[str, ...], chance: random.Random) -> Document:
    """A shortened example that declares a profile or none, with one to three faults, or a change that is none."""
    document = shortened(chance.choice(examples), chance)
    if chance.random() < 0.7:
        document.pop("profile", None)
        profile = chance.choice(("", "", *profiles))
        if profile:
            document["profile"] = profile
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        holder, name = somewhere(document, chance)
        chance.choice(ACTS)(holder, name, chance)
    return document


@pytest.fixture(scope="module")
def examples(published: Published) -> list[Mapping[str, Any]]:
    """Every document of the examples, valid or not, that can be read at all, and an event of every kind."""
    files = [
        path
        for path in sorted(Path(published.examples()).rglob("*"))
        if path.suffix in {".json", ".ndjson"} and not path.stem.endswith((".report", ".known"))
    ]
    files.append(Path(__file__).with_name("full-events.json"))
    found: list[Mapping[str, Any]] = []
    for file in files:
        try:
            found.extend(raw.value for raw in read(file.read_bytes(), media_type=None, limits=Limits()))
        except Unreadable:
            continue
    assert len(found) >= 200
    return found


class Engines:
    """What both engines and the rules say of one document."""

    def __init__(self, published: Published, known: Known) -> None:
        self._published = published
        self._known = known
        self.seen: Counter[str] = Counter()

    def agree(self, raw: Raw) -> None:
        value = raw.value
        group = self._published.group_for(value, raw.context)
        if group is None:
            self.seen["of no group"] += 1
            return
        structure = structure_of(self._published, group.name, group.version)
        verdict = structure.judge(value, 0, Patience())
        codes = {each.code for each in verdict.findings}
        assert "wrong-structure" not in codes, value
        stated = form_of(value)
        if stated is not None:
            accepted = structure.is_valid(value)
            assert accepted == (not codes), (codes, value)
            assert accepted == (next(structure.errors(value), None) is None), value
            self.seen[f"{stated.value} {value.get('profile', '')} {'valid' if accepted else 'refused'}"[:40]] += 1
        self.rule(value, verdict.level, raw.context)

    def rule(self, value: Document, level: Form, context: str | None = None) -> None:
        """The rules do not raise, and what they find stands somewhere."""
        group = self._published.group_for(value, context)
        if group is None:
            return
        facts = Facts(self._published, self._known, TODAY, [value])
        for finding in rules.apply(Subject(value, level, 0, facts, group.name, group.version)):
            self.seen["of rules"] += 1
            assert stands(finding, value), (finding, value)


def stands(finding: Finding, value: Any) -> bool:
    """Whether a finding is about a value that is there, or about a member that an object there does not have."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in finding.pointer.split("/")[1:]]
    for part in parts:
        if isinstance(value, list):
            if not part.isdigit() or int(part) >= len(value):
                return False
            value = value[int(part)]
        elif isinstance(value, dict):
            if part not in value:
                return True
            value = value[part]
        else:
            return False
    return True


@pytest.fixture(scope="module")
def engines(published: Published, nowhere: Known) -> Engines:
    return Engines(published, nowhere)


def test_engines_and_rules_agree_on_every_example(engines: Engines, examples: list[Mapping[str, Any]]) -> None:
    for value in examples:
        engines.agree(Raw(0, dict(value), None, b""))
    assert {name.partition(" ")[0] for name in engines.seen} >= {form.value for form in EVERY}


@pytest.mark.parametrize(
    "part", [part if part < FEW else pytest.param(part, marks=pytest.mark.slow) for part in range(PARTS)]
)
def test_engines_and_rules_agree_on_spoilt_examples(
    part: int, published: Published, nowhere: Known, examples: list[Mapping[str, Any]]
) -> None:
    engines = Engines(published, nowhere)
    chance = random.Random(20261121 + part)
    profiles = published.profiles(GROUP, published.current(GROUP))
    plain = [json.loads(json.dumps(each, default=float)) for each in examples]
    tried = 0
    while tried < SPOILT // PARTS:
        try:
            (raw,) = read(spelled(spoilt(plain, profiles, chance)), media_type="application/json", limits=Limits())
        except Unreadable:
            continue
        engines.agree(raw)
        tried += 1
    valid = sum(number for name, number in engines.seen.items() if name.endswith("valid"))
    refused = sum(number for name, number in engines.seen.items() if name.endswith("refused"))
    assert valid > tried / 20
    assert refused > tried / 2
    assert engines.seen["of rules"] > tried / 2


def plain_types(published: Published) -> list[dict[str, Any]]:
    """Every way in which a published schema bounds a plain value, each once."""
    names = ("type", "format", "pattern", "enum", "minLength", "maxLength", "minimum", "maximum")
    found = {}
    waiting: list[Any] = [dict(published.schema(iri)) for iri in published.schema_iris()]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
        if (
            isinstance(node, dict)
            and isinstance(node.get("type"), str | list)
            and not {"properties", "items"} & set(node)
        ):
            bounds = {name: node[name] for name in names if name in node}
            found[json.dumps(bounds, sort_keys=True)] = bounds
    return list(found.values())


def test_engines_agree_on_every_odd_value_of_every_plain_type(published: Published) -> None:
    types, values = plain_types(published), []
    for value in itertools.chain(*VALUES):
        with contextlib.suppress(Unreadable):
            values.append(read(spelled({"v": value}), media_type="application/json", limits=Limits())[0].value["v"])
    assert len(types) >= 35
    assert len(values) >= 250
    for schema in types:
        fast = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        slow = talkative()(schema, format_checker=FormatChecker())
        for value in values:
            assert fast.is_valid(value) == slow.is_valid(value), (schema, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("owner", "exempelby-kommun\n", id="a line feed after the end"),
        pytest.param("purchaseDate", "0000-01-01", id="the year nought"),
        pytest.param("manufacturingDate", "0000-01", id="its first month"),
    ],
)
def test_where_engines_once_differed_they_refuse_and_explain(
    name: str, value: str, found: Callable[..., list[tuple[str, str]]], item: Document
) -> None:
    ((code, place),) = found(item, **{name: value})
    assert code in {"wrong-pattern", "wrong-format"}
    assert place == f"/{name}"


def test_a_kind_of_joint_that_is_a_list_once_stopped_the_rules(
    found: Callable[..., list[tuple[str, str]]], model: Document
) -> None:
    joint = {"joinedComponents": ["seat"], "jointType": ["weld"], "reversible": True}
    assert ("wrong-type", "/joints/0/jointType") in found(model, joints=[joint])


OTHER_TYPES: tuple[Any, ...] = (None, True, "x", "9" * 30, ["x"], [["x"]], [{}], {"x": {}}, [{**STOL, "value": ["x"]}])


def test_no_rule_stumbles_over_a_value_of_another_type(
    published: Published, nowhere: Known, examples: list[Mapping[str, Any]]
) -> None:
    """Once for every place that some example has a value in, whatever its number in a list: in the shortest of them.

    Each place gets every third of the odd values; neighbours in the documents get the others.
    """
    shapes = {}
    for example in sorted(examples, key=lambda each: len(str(each))):
        form = form_of(example)
        for place in places(example) if form is not None else ():
            shape = (form, *(0 if isinstance(part, int) else part for part in place))
            shapes.setdefault(shape, (example, place, form))
    assert len(shapes) >= 500
    engines = Engines(published, nowhere)
    for number, (example, place, form) in enumerate(shapes.values()):
        for other in OTHER_TYPES[number % 3 :: 3]:
            value: Any = {**example, place[0]: copy.deepcopy(example[place[0]])}
            holder = value
            for part in place[:-1]:
                holder = holder[part]
            holder[place[-1]] = other
            engines.rule(value, form if form is not None and place != ("granularity",) else Level.ITEM)
