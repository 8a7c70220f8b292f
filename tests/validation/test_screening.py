"""Screens never hide a finding: what the rules find behind them is what they find without them."""

import copy
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from passport.codecs.strictjson import Limits, read, spelled
from passport.errors import Unreadable
from passport.model.report import Finding
from passport.published import Published
from passport.validation import rules
from passport.validation.checking import Known
from passport.validation.forms import form_of
from passport.validation.structure import structure_of
from passport.validation.subject import Facts, Subject

TODAY = date(2026, 11, 21)
TRIED = 4_000
FEW = 1_000
"""How many of them the suite tries; there each screened rule must have found something at least once."""
LONG = 8_000
"""Bytes from which documents are only tried as they are."""
FEWEST = 10
"""How often each screened rule must have found something, so that agreement means something."""
TEXTS: tuple[Any, ...] = (
    *("anna@example.org", "call 811228-9874 today", "19811228 9874", "811228+9874", "010190-1234", "44051401359"),
    *("4012345678901", "no such code", "wood-solid", "pl", "en", "100.5", "100", "99.9", "7.0000000001", "0", "200"),
    *("https://example.org/a.pdf", "https://example.org/pdf", "https://example.org/a.png?x=.pdf", "application/pdf"),
    *("https://example.org/a.JPG#b", "image/png", "text/html", "video/mp4", "no-such-component", "2025-05-05"),
    *(Decimal("7.4"), Decimal("0.1234567891"), Decimal("1E-10"), Decimal("100.00000000001"), 100, 0),
)

FITTING: Mapping[Any, tuple[Any, ...]] = {
    "language": ("dk", "se", "sma", "en-UK", "pl", "en"),
    "country": ("UK", "XX", "XK", "SE"),
    "productionCountry": ("UK", "XX", "XK", "SE"),
    "contentType": ("application/pdf", "image/png", "text/html", "video/mp4"),
}
"""Values of fields that few other ones pass the schema of."""


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every member and entry of a document: what holds it, and its name or number."""
    for name, member in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, name
        if isinstance(member, dict | list):
            yield from places(member)


def change(document: dict[str, Any], chance: random.Random) -> None:
    holder, name = chance.choice([*places(document), (document, "extensions")])
    if name == "extensions":
        holder.setdefault(name, {"own": [{"value": "text"}]})
    act = chance.random()
    if act < 0.6:
        holder[name] = chance.choice(FITTING.get(name, TEXTS))
    elif act < 0.75:
        del holder[name]
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(chance.choice(holder)))
    else:
        member = holder[name]
        if isinstance(member, list) and member:
            member.insert(0, copy.deepcopy(chance.choice(member)))
        elif isinstance(member, str) and member:
            holder[name] = f"{member} {chance.choice(TEXTS)}"


@pytest.fixture(scope="module")
def examples(published: Published) -> list[tuple[Mapping[str, Any], str | None]]:
    """Every readable document of the examples with its context."""
    found = []
    events = Path(__file__).with_name("full-events.json")
    for file in [*sorted(Path(published.examples()).rglob("*json")), events]:
        if not file.stem.endswith((".report", ".known")):
            try:
                read_ones = read(file.read_bytes(), media_type=None, limits=Limits())
            except Unreadable:
                continue
            found.extend((raw.value, raw.context) for raw in read_ones if form_of(raw.value) is not None)
    assert len(found) >= 200
    return found


class Both:
    """The rules behind screens and without them, on documents that pass the published schema."""

    def __init__(self, published: Published, known: Known) -> None:
        self._published, self._known = published, known
        self.seen: Counter[str] = Counter()

    def agree(self, value: dict[str, Any], context: str | None) -> bool:
        """Whether the document passed the schema; what the rules say must be the same both ways."""
        group = self._published.group_for(value, context)
        form = form_of(value)
        if group is None or form is None:
            return False
        if not structure_of(self._published, group.name, group.version).is_valid(value):
            return False

        def found(sound: bool) -> Counter[tuple[str, str, str | None]]:
            facts = Facts(self._published, self._known, TODAY, [value])
            subject = Subject(value, form, 0, facts, group.name, group.version, sound=sound)
            return Counter(map(_told, rules.apply(subject)))

        screened, plain = found(True), found(False)
        assert screened == plain, value
        self.seen.update(code for code, _, _ in plain)
        return True


def _told(finding: Finding) -> tuple[str, str, str | None]:
    return finding.code, finding.pointer, str((finding.found, sorted(finding.values.items())))


def test_screens_hide_no_finding(
    published: Published, nowhere: Known, examples: list[tuple[Mapping[str, Any], str | None]]
) -> None:
    both = compared(published, nowhere, examples, FEW)
    assert rarely(both, 1) == {}


@pytest.mark.slow
def test_screens_hide_no_finding_of_any_rule_in_many_documents(
    published: Published, nowhere: Known, examples: list[tuple[Mapping[str, Any], str | None]]
) -> None:
    assert rarely(compared(published, nowhere, examples, TRIED), FEWEST) == {}


def compared(
    published: Published, nowhere: Known, examples: list[tuple[Mapping[str, Any], str | None]], number: int
) -> Both:
    """What was found in the examples and in so many spoilt ones, both ways."""
    both, chance, tried = Both(published, nowhere), random.Random(20261121), 0
    for value, context in examples:
        both.agree(dict(value), context)
    short = [(value, context) for value, context in examples if len(spelled(value)) < LONG]
    while tried < number:
        value, context = chance.choice(short)
        spoilt = copy.deepcopy(dict(value))
        for _ in range(chance.choice((1, 1, 2, 3))):
            change(spoilt, chance)
        tried += both.agree(spoilt, context)
    return both


def rarely(both: Both, fewest: int) -> dict[str, int]:
    """The screened rules that found something less often than this."""
    gathering = {"component-unknown", "number-precision"}
    screened = {each.code for each in rules.RULES.values() if each.sieve is not None}
    return {code: both.seen[code] for code in screened | gathering if both.seen[code] < fewest}
