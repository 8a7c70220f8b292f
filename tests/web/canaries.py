"""Marks that occur once in the world, in every restricted member that the published shapes have."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from passport.model.passport import Tier
from passport.published import Field, Published
from passport.validation.exemplifying import Examples

Place = tuple[str, ...]
UNMARKED = frozenset({"integer", "boolean"})
"""Kinds whose values are too short to be told apart: that their names do not turn up is checked instead."""
CANDIDATE = re.compile(
    rb"zqj\d{4}kanari|0\.77\d{5}1|SE55\d{8}|[0-9a-f]{64}|20[01]\d-\d\d-\d\d|[a-z2-7]{5}(?:-[a-z2-7]{5}){3}"
)
"""What marks look like: words, numbers, digests, dates of twenty years ago, and claim secrets."""
BEGINNING = tuple(
    re.compile(each) for each in (rb"zqj\d{4}kanari", rb"0\.77\d{5}1", rb"SE55\d{8}", rb"20[01]\d-\d\d-\d\d")
)
"""Marks that begin in a way of their own: a search for each goes by its beginning, and fast over long texts."""
SPELLED: Mapping[str, Callable[[int], Any]] = {
    "eori": lambda number: f"SE55{number:08d}",
    "facilityId": lambda number: f"urn:example:{mark(number)}",
    "registrationId": lambda number: f"urn:example:{mark(number)}",
    "operatorId": lambda number: f"urn:example:{mark(number)}",
    "hazardStatements": lambda number: ["H317"],
    "originCountry": lambda number: "SE",
    "gln": lambda number: "9526543000006",
    "currency": lambda number: "SEK",
    "contentType": lambda number: "application/pdf",
    "language": lambda number: "sv",
    "geolocation": lambda number: {"type": "Point", "coordinates": [17.5, 60.1], "place": mark(number)},
    "component": lambda number: "seat",
}
"""Members that have a form of their own; of codes and countries nothing can be told by their value."""


NAKED = frozenset({"ownershipTransferred", "responsibilityTransferred", "transferWithdrawn", "transferRefused"})
"""Events of which one act is about many pieces: nothing is put into them."""


def mark(number: int) -> str:
    """A word that stands nowhere else."""
    return f"zqj{number:04d}kanari"


@dataclass
class Canaries:
    """Makes marks and knows where each was put: for whom it was meant, and what it is."""

    published: Published
    group: str = "furniture"
    meant: dict[str, tuple[Tier, str]] = field(default_factory=dict)
    filled: set[tuple[str, Place]] = field(default_factory=set)
    _number: int = 0
    _counted: int = 0
    _others: tuple[str, ...] = ()
    _clean: set[bytes] = field(default_factory=set)

    def filled_in(self, level: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with a mark in every restricted member that it can have; what it says at its top stays."""
        fields = self._fields(level)
        examples = Examples.of(self.published, fields)
        value: dict[str, Any] = json.loads(json.dumps(document))
        type_ = document.get("eventType")
        for each in fields:
            if each.tier != Tier.PUBLIC and each.name in document:
                self.filled.add((level, (each.name,)))
            elif type_ is None or self._fits(each, str(type_), document):
                self._into(value, each, (each.name,), level, examples)
        return value

    def _fits(self, each: Field, type_: str, document: Mapping[str, Any]) -> bool:
        """Whether an event of that type may have a member; objects for everybody only where it has them already."""
        if type_ in NAKED or (each.events and type_ not in each.events):
            return False
        return each.tier != Tier.PUBLIC or each.name in document

    def found(self, text: bytes) -> set[str]:
        """The marks that stand in a text; a line in which there is none is looked through once."""
        if len(self.meant) != self._counted:
            self._counted = len(self.meant)
            self._others = tuple(
                each for each in self.meant if not any(form.fullmatch(each.encode()) for form in BEGINNING)
            )
            self._clean = set()
        lines = set(text.split(b"\n")) - self._clean
        rest = b"\n".join(lines)
        begun = {each.decode() for form in BEGINNING for each in form.findall(rest)}
        found = begun & self.meant.keys() | {each for each in self._others if each.encode() in rest}
        if not found:
            self._clean |= lines
        return found

    def restricted(self, level: str) -> set[Place]:
        """Where a document of that level may hold something restricted."""
        return {place for place, found in self._places(self._fields(level)) if found.tier != Tier.PUBLIC}

    def word(self, tier: Tier, what: str) -> str:
        """A mark to be put somewhere by hand."""
        self._number += 1
        self.meant[mark(self._number)] = (tier, what)
        return mark(self._number)

    def _fields(self, level: str) -> tuple[Field, ...]:
        shape = self.published.shape(self.group, self.published.current(self.group), level)
        return tuple(each for each in shape.fields if not each.server)

    def _places(self, fields: tuple[Field, ...], above: Place = ()) -> Iterator[tuple[Place, Field]]:
        for each in fields:
            yield (*above, each.name), each
            if each.tier == Tier.PUBLIC:
                yield from self._places(each.fields, (*above, each.name))

    def _into(self, value: dict[str, Any], each: Field, place: Place, level: str, examples: Examples) -> None:
        if each.tier != Tier.PUBLIC:
            value[each.name] = self._marked(each, Tier(each.tier), f"{level}: {'/'.join(place)}")
            self.filled.add((level, place))
            return
        if not any(found.tier != Tier.PUBLIC for _, found in self._places(each.fields)):
            return
        if each.name not in value:
            value[each.name] = json.loads(examples.value(place, None) or "null")
        inside = value[each.name] if each.many else [value[each.name]]
        for one in inside:
            for inner in each.fields:
                self._into(one, inner, (*place, inner.name), level, examples)

    def _marked(self, each: Field, tier: Tier, what: str) -> Any:
        one = self._one(each, tier, what)
        return [one] if (each.many and not isinstance(one, list)) or each.kind == "language" else one

    def _one(self, each: Field, tier: Tier, what: str) -> Any:
        if each.kind == "object":
            return {inner.name: self._marked(inner, tier, f"{what}/{inner.name}") for inner in each.fields}
        if each.code_list is not None:
            return next(iter(self.published.code_list(each.code_list).codes))
        self._number += 1
        number = self._number
        if each.name in SPELLED:
            return self._kept(SPELLED[each.name](number), number, tier, what)
        spelled: Mapping[str, Callable[[], Any]] = {
            "string": lambda: mark(number),
            "iri": lambda: f"https://{mark(number)}.example/",
            "language": lambda: {"value": mark(number), "language": "en"},
            "decimal": lambda: f"0.77{number:05d}1",
            "integer": lambda: 2,
            "boolean": lambda: True,
            "date": lambda: f"20{number % 10:02d}-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        }
        digest = hashlib.sha256(mark(number).encode()).hexdigest()
        value = f"sha256:{digest}" if each.name == "digest" else spelled[each.kind]()
        return self._kept(value, number, tier, what)

    def _kept(self, value: Any, number: int, tier: Tier, what: str) -> Any:
        """The value, and what to look for where it might have come through."""
        text = json.dumps(value)
        for sought in CANDIDATE.findall(text.encode()):
            self.meant[sought.decode()] = (tier, what)
        return value
