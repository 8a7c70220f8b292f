"""Product groups as data: how the passports of a group are shown, and what is known of each kind of thing in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from passport.published.vocabulary import Words


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a passport's page: its titles by language, and the names of its fields in order."""

    id: str
    titles: Words
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """One version of a product group; there is one object for each in what is published.

    ``preview``: it may still change. ``context`` and ``credential_context`` are the IRIs of the JSON-LD contexts of its
    passports and of the credentials around them; the first is the second with ``/passport/`` in the place of
    ``/credential/``, so that signed bytes alone tell how they are served. ``kind`` is the field whose code says what
    kind of thing a product is, ``names`` the fields that name a product, the piece's own first. A field that stands in
    none of the ``sections`` comes after them.
    """

    name: str
    version: str
    preview: bool
    titles: Words
    context: str
    credential_context: str
    kind: str
    names: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def event_context(self) -> str:
        """The IRI of the JSON-LD context of events of its products."""
        return self.credential_context.replace("/credential/", "/event/")


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What is known of one kind: the standards it is tested against, plausible values, and how customs call it.

    ``ranges`` are by field, as a path like ``dimensions/width``: the smallest and the largest, in the field's unit; a
    path that names an object is about its largest member. ``headings`` are beginnings of commodity codes; none: any.
    """

    standards: tuple[str, ...]
    ranges: Mapping[str, tuple[Decimal, Decimal]]
    headings: tuple[str, ...] = ()


def read_group(name: str, version: str, value: Mapping[str, Any]) -> Group:
    """A group from its ``group.json``; its name and version are those of its folder.

    Raises ``ValueError`` where its contexts do not belong together.
    """
    if value["context"] != value["credentialContext"].replace("/credential/", "/passport/"):
        raise ValueError(f"the contexts of {name} {version} do not belong together")
    return Group(
        name,
        version,
        value["status"] == "preview",
        MappingProxyType(value["title"]),
        value["context"],
        value["credentialContext"],
        value["kind"],
        tuple(value["names"]),
        tuple(
            Section(each["id"], MappingProxyType(each["title"]), tuple(each["fields"])) for each in value["sections"]
        ),
    )


def read_kinds(value: Mapping[str, Any]) -> Mapping[str, KindFacts]:
    """The facts of each kind, by its code, from a group's ``kinds.json``."""
    return MappingProxyType({code: _facts(each) for code, each in value.items()})


def _facts(value: Mapping[str, Any]) -> KindFacts:
    ranges = {path: (Decimal(str(low)), Decimal(str(high))) for path, (low, high) in value["ranges"].items()}
    return KindFacts(tuple(value["standards"]), MappingProxyType(ranges), tuple(value.get("headings", ())))
