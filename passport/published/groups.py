"""Product groups as data: how the passports of a group are shown, and what is known of each kind of thing in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from passport.published.vocabulary import Words

FORMS = frozenset({"cards", "materials", "none-of-concern", "parts", "question", "steps", "very-high-concern"})
"""The forms in which a field may be shown, besides lines and tables.

``parts`` are components with their materials, ``materials`` those of a whole product, ``steps`` a work in order;
``cards`` are objects with too much to say for a line of a table; ``question`` is whether something is contained.
``none-of-concern`` and ``very-high-concern`` are declarations about substances, said as a sentence.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a passport's page: its titles by language, and the names of its fields in order.

    ``sources``: it says of every figure what backs it, also when that is nothing.
    """

    id: str
    titles: Words
    fields: tuple[str, ...]
    sources: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing to narrow a search by: its name in a query, its titles by language, and where its values come from.

    They are the codes of ``code_list`` wherever a passport has them, or the text of the one field at ``path``.
    """

    name: str
    titles: Words
    code_list: str | None
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """One version of a product group; there is one object for each in what is published.

    ``preview``: it may still change. ``context`` and ``credential_context`` are the IRIs of the JSON-LD contexts of its
    passports and of the credentials around them; the first is the second with ``/passport/`` in the place of
    ``/credential/``, so that signed bytes alone tell how they are served. ``kind`` is the field whose code says what
    kind of thing a product is, ``names`` the fields that name a product, the piece's own first. A field that stands in
    none of the ``sections`` comes after them.

    ``forms`` are by field, from ``FORMS``; ``explained`` are fields whose names are jargon; ``brief`` names by field
    the members that are worth comparing, of others all are; ``incomparable`` are fields that differ between any two
    models, or mean nothing beside another's. ``facets`` are what a search can be narrowed by; ``beside`` are fields
    about things that are not the product itself, whose codes are none of it.
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
    forms: Mapping[str, str] = field(default_factory=dict)
    explained: frozenset[str] = frozenset()
    brief: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    incomparable: frozenset[str] = frozenset()
    facets: tuple[Facet, ...] = ()
    beside: frozenset[str] = frozenset()

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

    Raises ``ValueError`` where its contexts do not belong together, or a form is not one of ``FORMS``.
    """
    if value["context"] != value["credentialContext"].replace("/credential/", "/passport/"):
        raise ValueError(f"the contexts of {name} {version} do not belong together")
    forms, search = value.get("forms", {}), value.get("search", {})
    if strange := {*forms.values()} - FORMS:
        raise ValueError(f"no such forms in {name} {version}: {sorted(strange)}")
    return Group(
        name,
        version,
        value["status"] == "preview",
        MappingProxyType(value["title"]),
        value["context"],
        value["credentialContext"],
        value["kind"],
        tuple(value["names"]),
        tuple(_section(each) for each in value["sections"]),
        forms=MappingProxyType(forms),
        explained=frozenset(value.get("explained", ())),
        brief=MappingProxyType({name: tuple(members) for name, members in value.get("brief", {}).items()}),
        incomparable=frozenset(value.get("incomparable", ())),
        facets=tuple(_facet(each) for each in search.get("facets", ())),
        beside=frozenset(search.get("beside", ())),
    )


def _section(value: Mapping[str, Any]) -> Section:
    titles = MappingProxyType(value["title"])
    return Section(value["id"], titles, tuple(value["fields"]), value.get("sources", False))


def _facet(value: Mapping[str, Any]) -> Facet:
    path = tuple(value["field"].split("/")) if "field" in value else ()
    return Facet(value["id"], MappingProxyType(value["title"]), value.get("codeList"), path)


def read_kinds(value: Mapping[str, Any]) -> Mapping[str, KindFacts]:
    """The facts of each kind, by its code, from a group's ``kinds.json``."""
    return MappingProxyType({code: _facts(each) for code, each in value.items()})


def _facts(value: Mapping[str, Any]) -> KindFacts:
    ranges = {path: (Decimal(str(low)), Decimal(str(high))) for path, (low, high) in value["ranges"].items()}
    return KindFacts(tuple(value["standards"]), MappingProxyType(ranges), tuple(value.get("headings", ())))
