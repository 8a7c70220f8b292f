"""One document as the rules see it: its values where they are well formed, with their places."""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Protocol, TypeVar

from passport.codecs.pointers import excerpt, pointer
from passport.model.passport import Level, Standing
from passport.model.report import Finding
from passport.published import Published
from passport.validation.problems import finding

Place = tuple[str | int, ...]
Entries = Sequence[tuple[Place, Mapping[str, Any]]]
T = TypeVar("T")
SUGGESTIONS: Final = 200
_FREE: Final = frozenset(
    {"name", "brand", "series", "street", "city", "site", "building", "floor", "room", "issuer", "method", "pcr"}
    | {"materialDetail", "resourceTitle", "programme", "facilityId", "inventoryNumber", "modelNumber", "value"}
)


SHARES: Final = frozenset(
    {"massShare", "preConsumer", "postConsumer", "total", "renewableContent", "bioBasedContent", "vocShare"}
    | {"freeFormaldehyde", "concentration", "concentrationMin", "concentrationMax", "threshold"}
    | {"woodMassShare", "certifiedWoodShare", "recycledWoodShare"}
)
"""The members that are percentages."""
REFERENCE: Final = "component"
"""The member that names one component by its componentId."""
REFERENCES: Final = frozenset({"joinedComponents", "removedComponents", "priorityParts", "hazardousAtEndOfLife"})
"""The members that name several."""


class Product(Protocol):
    """What the rules ask of a known product."""

    @property
    def key(self) -> str:
        """Its own canonical key."""

    @property
    def level(self) -> Level:
        """Whether it is a model, a batch or a piece."""

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
    """What all documents of a submission share: the published lists, the known world, the day, and each other."""

    published: Published
    known: Knowledge
    today: date
    documents: Sequence[Mapping[str, Any]]
    suggestions: int = SUGGESTIONS
    near: dict[tuple[str, tuple[str, ...]], str | None] = field(default_factory=dict)

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


@dataclass(slots=True)
class Scan:
    """One quick pass over the values of a document, without places.

    It sees free texts, decimals, percentages written as text, what components are referred to, objects with an address
    and the member that holds each, and whether a language stands twice somewhere.
    """

    texts: list[str] = field(default_factory=list)
    decimals: list[Decimal] = field(default_factory=list)
    shares: list[str] = field(default_factory=list)
    references: list[object] = field(default_factory=list)
    linked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    doubled: bool = False

    def over(self, value: Mapping[str, Any], free: bool, holder: str = "") -> None:
        """Take in an object that the member ``holder`` holds; ``free``: all of its texts are free ones."""
        if not free and "url" in value:
            self.linked.append((holder, value))
        for name, member in value.items():
            kind = type(member)
            if kind is str:
                self._text(name, member, free)
            elif kind is list:
                if name in REFERENCES and not free:
                    self.references.extend(member)
                self._over_list(member, free or name == "extensions", name)
            elif kind is dict:
                self.over(member, free or name == "extensions", name)
            elif kind is Decimal:
                self.decimals.append(member)

    def _text(self, name: str, text: str, free: bool) -> None:
        if free or name in _FREE:
            self.texts.append(text)
        elif name in SHARES:
            self.shares.append(text)
        elif name == REFERENCE:
            self.references.append(text)

    def _over_list(self, members: list[Any], free: bool, holder: str) -> None:
        languages = []
        for each in members:
            kind = type(each)
            if kind is dict:
                if "language" in each:
                    languages.append(each["language"])
                self.over(each, free, holder)
            elif kind is list:
                self._over_list(each, free, holder)
            elif kind is str and free:
                self.texts.append(each)
            elif kind is Decimal:
                self.decimals.append(each)
        if len(languages) > 1 and len(set(map(str, languages))) < len(languages):
            self.doubled = True


class Subject:
    """One document under the rules, with the version of the product group that it follows.

    Values of a wrong type are passed over: the structure's findings name them.
    """

    __slots__ = ("_entries", "_materials", "_once", "_scan", "document", "facts", "group", "level", "value", "version")

    def __init__(
        self, value: Mapping[str, Any], level: Level, document: int, facts: Facts, group: str, version: str
    ) -> None:
        self.value = value
        self.level = level
        self.document = document
        self.facts = facts
        self.group = group
        self.version = version
        self._entries: dict[str, Entries] = {}
        self._once: dict[object, Any] = {}
        self._materials: list[tuple[Place, Entries]] | None = None
        self._scan: Scan | None = None

    def finding(self, code: str, place: Place, found: object = None, **values: object) -> Finding:
        """A finding about the value at ``place``."""
        return finding(code, pointer(place), self.document, None if found is None else excerpt(found), **values)

    def text(self, name: str) -> str | None:
        """A member that is a non-empty string."""
        value = self.value.get(name)
        return value if isinstance(value, str) and value else None

    def entries(self, name: str) -> Entries:
        """The objects in a list of the document, with their places."""
        found = self._entries.get(name)
        if found is None:
            found = self._entries[name] = list(objects(self.value, name))
        return found

    def once(self, work: "Callable[[Subject], T]") -> T:
        """What ``work`` makes of the document, worked out for the first rule that asks and kept for the others."""
        if work not in self._once:
            self._once[work] = work(self)
        made: T = self._once[work]
        return made

    @property
    def components(self) -> Entries:
        """The components with their places."""
        return self.entries("components")

    @property
    def materials(self) -> Sequence[tuple[Place, Entries]]:
        """Every list of materials with its place: the product's own and those of its components."""
        if self._materials is None:
            found: list[tuple[Place, Entries]] = [(("materials",), list(objects(self.value, "materials")))]
            for place, component in self.components:
                nested = [((*place, *rest), each) for rest, each in objects(component, "materials")]
                found.append(((*place, "materials"), nested))
            self._materials = [(place, each) for place, each in found if each]
        return self._materials

    @property
    def scan(self) -> Scan:
        """What one pass over all values saw; rules about all values look here first and for places afterwards."""
        if self._scan is None:
            self._scan = Scan()
            self._scan.over(self.value, False)
        return self._scan

    def words(self) -> Iterator[tuple[Place, str]]:
        """Every text that a person may have written freely, with its place."""
        return _words(self.value)


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
    if not isinstance(value, str) or not value.isascii():
        return None
    try:
        return date.fromisoformat(value if len(value) != 7 else value + "-01")
    except ValueError:
        return None


def _words(value: object, place: Place = (), free: bool = False) -> Iterator[tuple[Place, str]]:
    """Texts of members that people fill freely; below ``extensions`` every text is such a one."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _text_or_more(member, (*place, name), free or name == "extensions", name in _FREE)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _text_or_more(each, (*place, index), free, False)


def _text_or_more(value: object, place: Place, free: bool, named: bool) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        if free or named:
            yield place, value
    elif isinstance(value, dict | list):
        yield from _words(value, place, free)
