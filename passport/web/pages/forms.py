"""The forms in which a page shows what a passport says: parts, groups, tables, components, steps and answers."""

from dataclasses import dataclass
from typing import TypeAlias

from passport.web.pages.views import Origin
from passport.web.pages.words import Text


@dataclass(frozen=True, slots=True)
class Source:
    """What backs a figure: the kind of evidence, who gave it and when, and the document to read."""

    kind: Text
    issuer: str = ""
    date: str = ""
    valid_until: str = ""
    document: Text | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One member of an object: its label, its values, and what a code among them means."""

    label: str
    texts: tuple[Text, ...]
    meaning: Text | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One object of a field: what it is called, its members, and ``lead``, which needs no label."""

    title: Text | None
    parts: tuple[Part, ...]
    lead: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Objects of one kind under each other; the first cell of a line says what it is about."""

    columns: tuple[str, ...]
    lines: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True, slots=True)
class Material:
    """One material of a component: its class, its share of the component, and whatever else is known of it."""

    name: Text
    share: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """One component: what it is called, what it does, how heavy it is, what it is made of, and its further facts.

    ``name`` is None for the whole product, whose materials are not told by component. ``anchor`` is the id of its card,
    to which other fields of the same passport lead.
    """

    anchor: str
    name: Text | None
    facts: tuple[Text, ...]
    materials: tuple[Material, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Anatomy:
    """The components of a product."""

    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an instruction, with what it needs."""

    instruction: tuple[Text, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """What the whole work needs, and its steps in order."""

    parts: tuple[Part, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the product contains something, in a word; the colour only repeats it.

    ``texts`` or ``groups`` say what and where.
    """

    question: str
    answer: Text
    colour: str
    texts: tuple[Text, ...]
    groups: tuple[Group, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Answers:
    """What the product contains and what not."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence that the issuer declares; ``good`` when it is one that people hope for."""

    sentence: str
    good: bool


_BRIEF = 16
"""Symbols of a brief value."""

Form: TypeAlias = Table | Anatomy | Steps | Answers | Statement


@dataclass(frozen=True, slots=True)
class Row:
    """One field. ``form``, ``texts`` or ``groups`` hold its values; ``origin`` is whose passport says it.

    ``meaning`` tells what its one code means.
    """

    name: str
    label: str
    texts: tuple[Text, ...] = ()
    groups: tuple[Group, ...] = ()
    origin: Origin = Origin.OWN
    sources: tuple[Source, ...] = ()
    warning: str = ""
    form: Form | None = None
    meaning: Text | None = None

    @property
    def brief(self) -> bool:
        """Whether label and value fit beside each other on a phone."""
        more = self.groups or self.sources or self.warning or self.meaning
        return not more and len(self.texts) == 1 and len(self.texts[0].value) <= _BRIEF and not self.texts[0].href
