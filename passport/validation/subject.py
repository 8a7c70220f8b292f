"""One document as the rules see it: its values where they are well formed, with their places."""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final, Protocol, TypeVar

from passport.codecs.pointers import excerpt, pointer
from passport.model.passport import Level, Standing
from passport.model.report import Finding
from passport.published import Published
from passport.validation.forms import EVENT, SECRETS, Form
from passport.validation.problems import finding

Place = tuple[str | int, ...]
Entries = Sequence[tuple[Place, Mapping[str, Any]]]
T = TypeVar("T")
SUGGESTIONS: Final = 200


class Product(Protocol):
    """What the rules ask of a known product."""

    @property
    def key(self) -> str:
        """Its own canonical key."""

    @property
    def level(self) -> Level:
        """Whether it is a model, a batch or a piece."""

    @property
    def group(self) -> str:
        """The product group that it belongs to."""

    @property
    def standing(self) -> Standing:
        """What became of its passport."""


class Knowledge(Protocol):
    """What the rules may ask about the world outside the submission."""

    @property
    def base(self) -> str | None:
        """The service's own address; None where the service is not known."""

    @property
    def complete(self) -> bool:
        """Whether what is not found does not exist."""

    def product(self, reference: str) -> Product | None:
        """The product that a reference means."""

    def organisation(self, slug: str) -> bool:
        """Whether an organisation is registered."""


@dataclass(slots=True)
class Facts:
    """What all documents of a submission share: the published lists, the known world, the day, and each other.

    ``now`` is the moment of the check where it is known.
    """

    published: Published
    known: Knowledge
    today: date
    documents: Sequence[Mapping[str, Any]]
    now: datetime | None = None
    suggestions: int = SUGGESTIONS
    near: dict[tuple[str, tuple[str, ...]], str | None] = field(default_factory=dict)

    @property
    def latest(self) -> datetime:
        """The latest that it can be now: the moment of the check, or else the end of its day."""
        return self.now or datetime.combine(self.today, time.max, UTC)

    def nearest(self, text: str, among: tuple[str, ...]) -> str | None:
        """The entry most like ``text``; looked for a bounded number of times in one submission."""
        if (text, among) in self.near:
            return self.near[text, among]
        if not self.suggestions or len(text) > 60:
            return None
        self.suggestions -= 1
        folded = {each.casefold(): each for each in among}
        found = difflib.get_close_matches(text.casefold(), folded, n=1, cutoff=0.5)
        self.near[text, among] = folded[found[0]] if found else None
        return self.near[text, among]


@lru_cache(maxsize=256)
def _members(published: Published, group: str, version: str, level: Form) -> frozenset[str]:
    return frozenset(field.name for field in published.shape(group, version, level.value).fields)


class Subject:
    """One document under the rules, with the version of the product group that it follows.

    Values of a wrong type are passed over: the structure's findings name them. ``sound``: there are no such findings.
    """

    __slots__ = ("_entries", "_materials", "_once", "document", "facts", "group", "level", "sound", "value", "version")

    def __init__(
        self,
        value: Mapping[str, Any],
        level: Form,
        document: int,
        facts: Facts,
        group: str,
        version: str,
        *,
        sound: bool = False,
    ) -> None:
        self.value = value
        self.level = level
        self.document = document
        self.facts = facts
        self.group = group
        self.version = version
        self.sound = sound
        self._entries: dict[str, Entries] = {}
        self._once: dict[object, Any] = {}
        self._materials: list[tuple[Place, Sequence[Any]]] | None = None

    def finding(self, code: str, place: Place, found: object = None, **values: object) -> Finding:
        """A finding about the value at ``place``; of secrets it does not tell the value."""
        told = None if found is None or not SECRETS.isdisjoint(place) else excerpt(found)
        return finding(code, pointer(place), self.document, told, **values)

    def knows(self, name: str) -> bool:
        """Whether documents of its group and level may have this member at their top."""
        return name in _members(self.facts.published, self.group, self.version, self.level)

    def text(self, name: str) -> str | None:
        """A member that is a non-empty string."""
        value = self.value.get(name)
        return value if isinstance(value, str) and value else None

    def entries(self, name: str) -> Entries:
        """The objects in a list of the document, with their places."""
        found = self._entries.get(name)
        if found is None:
            listed = self.value.get(name)
            several = listed if isinstance(listed, list) else ()
            found = [((name, number), each) for number, each in enumerate(several) if isinstance(each, dict)]
            self._entries[name] = found
        return found

    def once(self, work: "Callable[[Subject], T]") -> T:
        """What ``work`` makes of the document, worked out for the first rule that asks and kept for the others."""
        if work not in self._once:
            self._once[work] = work(self)
        made: T = self._once[work]
        return made

    @property
    def components(self) -> Entries:
        """The components with their places; of an event those that it puts in."""
        return self.entries("components" if self.level is not EVENT else "replacedComponents")

    @property
    def materials(self) -> Sequence[tuple[Place, Sequence[Any]]]:
        """Every list of materials as submitted with its place: the product's own and those of its components.

        Of an event they are those of the components that it puts in, and of the parts that it used.
        """
        if self._materials is None:
            others = self.entries("partsUsed") if self.level is EVENT else (((), self.value),)
            holders = [*others, *self.components]
            found = [((*place, "materials"), each["materials"]) for place, each in holders if "materials" in each]
            self._materials = [(place, listed) for place, listed in found if isinstance(listed, list)]
        return self._materials


def objects(value: Mapping[str, Any], name: str) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """The objects in a member that is a list, each with its place."""
    listed = value.get(name)
    if isinstance(listed, list):
        for number, each in enumerate(listed):
            if isinstance(each, dict):
                yield (name, number), each


def inner(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A member that is an object; empty where it is none."""
    member = value.get(name)
    return member if isinstance(member, dict) else {}


def number(value: object) -> Decimal | None:
    """A quantity as submissions write it: a JSON number or a decimal string."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, str) and value.isascii() and len(value) <= 30:
        try:
            written = Decimal(value)
        except InvalidOperation:
            return None
        return written if written.is_finite() else None
    return None


def said(value: Decimal) -> str:
    """A quantity as findings write it: without an exponent and without zeros at the end."""
    return f"{value.normalize():f}"


def day(value: object) -> date | None:
    """A date; a year and month give the first of that month. None for everything else, also for 30 February."""
    return _day(value) if isinstance(value, str) and len(value) < 12 else None


@lru_cache(maxsize=4096)
def _day(text: str) -> date | None:
    if not text.isascii():
        return None
    try:
        return date.fromisoformat(text if len(text) != 7 else text + "-01")
    except ValueError:
        return None
