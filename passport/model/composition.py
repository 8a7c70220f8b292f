"""What a product consists of: its components, what events change of them, and what follows for the whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from passport.model.weighing import HUNDRED, NO_AMOUNT, ONE, ZERO, Amount, portions


@dataclass(frozen=True, slots=True)
class Recycled:
    """Recycled content in per cent of mass: from production, from consumers, and both together (ISO 14021)."""

    pre: Decimal | None = None
    post: Decimal | None = None
    total: Decimal | None = None

    @property
    def share(self) -> Decimal | None:
        """All of it: as stated, or else what is known of its two kinds."""
        if self.total is not None or (self.pre is None and self.post is None):
            return self.total
        return (self.pre or ZERO) + (self.post or ZERO)


@dataclass(frozen=True, slots=True)
class Material:
    """A material of a component. ``code`` is of the list of material classes."""

    code: str
    amount: Amount = NO_AMOUNT
    recycled: Recycled | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """A component; ``id`` None is the product as a whole, of which only materials are told.

    A mass is that of all ``quantity`` of them. ``names`` are texts with their languages.
    """

    id: str | None
    amount: Amount = NO_AMOUNT
    quantity: int | None = None
    materials: tuple[Material, ...] = ()
    function: str | None = None
    names: tuple[tuple[str, str], ...] = ()


class Origin(StrEnum):
    """Whose document told something."""

    OWN = "passport"
    BATCH = "batch"
    MODEL = "model"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was told: in which kind of document, and at which address."""

    origin: Origin
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """One component as it is now, with where that comes from.

    ``assumed`` names what the event that put it in left unsaid (``mass``, ``materials``), so that what was told of its
    predecessor is taken; ``materials_source`` told its materials. ``part_origin`` is ``new`` or ``reused``; ``part`` is
    the passport of the part that was put in.
    """

    component: Component
    source: Source
    materials_source: Source
    assumed: frozenset[str] = frozenset()
    part_origin: str | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """A part that was put in. ``component.id`` names the component whose place it takes, None when that is not told."""

    component: Component
    origin: str | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """Some or, with ``quantity`` None, all of a component, taken out."""

    component: str
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What one event changed of the parts of a piece, in the order in which it is done."""

    source: Source
    taken: tuple[Taken, ...] = ()
    replaced: tuple[Component, ...] = ()
    used: tuple[Used, ...] = ()

    @property
    def touches(self) -> bool:
        """Whether it changes anything."""
        return bool(self.taken or self.replaced or self.used)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a document says of the whole product: its mass and its recycled content, each with who says it."""

    mass: tuple[Decimal, Source] | None = None
    recycled: tuple[Recycled, Source] | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """What a product consists of. ``further`` are parts put in of which nobody told where: they are not weighed.

    ``gained`` is by how much the changes made it heavier; None when one of them cannot be weighed.
    """

    rows: tuple[Row, ...] = ()
    further: tuple[Row, ...] = ()
    stated: Stated = field(default_factory=Stated)
    changed_by: tuple[Source, ...] = ()
    gained: Decimal | None = ZERO

    @property
    def exact(self) -> bool:
        """Whether nothing in it is assumed or left out."""
        return not (self.further or any(row.assumed for row in self.rows))


def made(components: Iterable[Component], source: Source, stated: Stated) -> Composition:
    """The composition that a document told; a share of a known mass is a mass, too."""
    whole = stated.mass[0] if stated.mass else None
    return Composition(tuple(Row(_weighed(each, whole), source, source) for each in components), stated=stated)


def after(composition: Composition, changes: Iterable[Change]) -> Composition:
    """The composition after ``changes``, which are in the order of their own time."""
    for change in changes:
        if change.touches:
            composition = _after(composition, change)
    return composition


def mass(composition: Composition) -> Decimal | None:
    """The mass of the whole in kilograms: the stated one with what was changed since, or else the sum of its parts."""
    stated, gained = composition.stated.mass, composition.gained
    if stated is not None and gained is not None and stated[0] + gained > 0:
        return stated[0] + gained
    known = [row.component.amount.mass for row in composition.rows]
    return sum((each for each in known if each is not None), ZERO) if known and None not in known else None


@dataclass(frozen=True, slots=True)
class ClassShare:
    """A material class and its part of the whole, from 0 to 1; ``code`` None is what is not declared."""

    code: str | None
    part: Decimal


def by_class(composition: Composition) -> tuple[ClassShare, ...]:
    """The material classes, largest first, what is not declared last; empty when nothing can be weighed."""
    found = portions(_amounts(composition.rows))
    totals: dict[str, Decimal] = {}
    for each in found:
        code = composition.rows[each.component].component.materials[each.material].code
        totals[code] = totals.get(code, ZERO) + each.part
    return largest(totals)


def largest(totals: dict[str, Decimal]) -> tuple[ClassShare, ...]:
    """Parts of a whole by material class as a list: largest first, what they lack to the whole last."""
    rest = ONE - sum(totals.values())
    found = sorted((ClassShare(code, part) for code, part in totals.items()), key=lambda each: (-each.part, each.code))
    return (*found, ClassShare(None, rest)) if found and rest > 0 else tuple(found)


@dataclass(frozen=True, slots=True)
class RecycledNow:
    """The recycled content of the whole. ``source`` stated it; None means that it was reckoned from the materials.

    ``known`` is the part of the mass, from 0 to 1, of which it was told: what is left may hold more.
    """

    content: Recycled
    known: Decimal
    source: Source | None = None


def recycled(composition: Composition) -> RecycledNow | None:
    """The recycled content: as stated while nothing was changed, else reckoned; None when nothing is known of it."""
    stated = composition.stated.recycled
    if stated is not None and not composition.changed_by:
        return RecycledNow(stated[0], ONE, stated[1])
    told: list[tuple[Decimal, Recycled, Decimal]] = []
    for each in portions(_amounts(composition.rows)):
        content = composition.rows[each.component].component.materials[each.material].recycled
        share = content.share if content is not None else None
        if content is not None and share is not None:
            told.append((each.part, content, share))
    if not told:
        return None
    total = sum((part * share for part, _, share in told), ZERO)
    pre = _together([(part, content.pre) for part, content, _ in told])
    post = _together([(part, content.post) for part, content, _ in told])
    return RecycledNow(Recycled(pre, post, total), sum((part for part, _, _ in told), ZERO))


def _together(told: Sequence[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    known = [part * share for part, share in told if share is not None]
    return sum(known, ZERO) if len(known) == len(told) else None


def _amounts(rows: Sequence[Row]) -> list[tuple[Amount, list[Amount]]]:
    return [(row.component.amount, [each.amount for each in row.component.materials]) for row in rows]


def _weighed(component: Component, whole: Decimal | None) -> Component:
    """A component with its mass, where that follows from its materials or from its share of the whole."""
    amount = component.amount
    if amount.mass is not None:
        return component
    masses = [each.amount.mass for each in component.materials]
    if component.id is None:
        return replace(component, amount=Amount(whole, HUNDRED))
    if amount.share is not None and whole is not None:
        return replace(component, amount=amount._replace(mass=whole * amount.share / HUNDRED))
    if masses and None not in masses:
        return replace(component, amount=amount._replace(mass=sum((each for each in masses if each), ZERO)))
    return component


def _after(composition: Composition, change: Change) -> Composition:
    rows: list[Row] = list(composition.rows)
    for taken in change.taken:
        rows = [each for row in rows for each in _without(row, taken)]
    for component in change.replaced:
        rows = _with(rows, Row(_weighed(component, None), change.source, change.source))
    placed = [each for each in change.used if each.component.id is not None]
    loose = [each for each in change.used if each.component.id is None]
    for used in placed:
        rows = _put_in(rows, _row(used, change.source))
    return replace(
        composition,
        rows=tuple(rows),
        further=(*composition.further, *(_row(each, change.source) for each in loose)),
        changed_by=(*composition.changed_by, change.source),
        gained=_gained(composition.gained, composition.rows, rows),
    )


def _gained(before: Decimal | None, old: Sequence[Row], new: Sequence[Row]) -> Decimal | None:
    """How much heavier ``new`` is than ``old``; None where a row that came or went has no mass."""
    kept = {id(row) for row in old} & {id(row) for row in new}
    gone = [row.component.amount.mass for row in old if id(row) not in kept]
    come = [row.component.amount.mass for row in new if id(row) not in kept]
    if before is None or None in gone or None in come:
        return None
    return before + sum((each for each in come if each), ZERO) - sum((each for each in gone if each), ZERO)


def _without(row: Row, taken: Taken) -> list[Row]:
    """What is left of a row once something of it was taken out."""
    if row.component.id != taken.component:
        return [row]
    there = row.component.quantity or 1
    if taken.quantity is None or taken.quantity >= there:
        return []
    return [replace(row, component=_some(row.component, there - taken.quantity))]


def _some(component: Component, quantity: int) -> Component:
    """So many of a component, each as heavy as the others."""
    part = Decimal(quantity) / Decimal(component.quantity or 1)
    mass, share = (None if each is None else each * part for each in (component.amount.mass, component.amount.share))
    materials = tuple(
        replace(each, amount=each.amount._replace(mass=None if each.amount.mass is None else each.amount.mass * part))
        for each in component.materials
    )
    return replace(component, amount=Amount(mass, share), quantity=quantity, materials=materials)


def _row(used: Used, source: Source) -> Row:
    return Row(_weighed(used.component, None), source, source, part_origin=used.origin, part=used.part)


def _with(rows: Sequence[Row], new: Row) -> list[Row]:
    """The rows with ``new`` in the place of the first one of its component, or at the end."""
    old = [place for place, row in enumerate(rows) if row.component.id == new.component.id]
    if not old:
        return [*rows, new]
    kept = [row for place, row in enumerate(rows) if place not in old]
    kept.insert(old[0], _inherited(rows[old[0]], new))
    return kept


def _put_in(rows: Sequence[Row], new: Row) -> list[Row]:
    """The rows once a part took the place of all of a component, or of as many of it as it is itself."""
    old = next((place for place, row in enumerate(rows) if row.component.id == new.component.id), None)
    if old is None:
        return [*rows, new]
    there, put = rows[old].component.quantity or 1, new.component.quantity
    if put is None or put >= there:
        return [*rows[:old], _inherited(rows[old], new), *rows[old + 1 :]]
    left = replace(rows[old], component=_some(rows[old].component, there - put))
    replaced = replace(rows[old], component=_some(rows[old].component, put))
    return [*rows[:old], left, _inherited(replaced, new), *rows[old + 1 :]]


def _inherited(old: Row, new: Row) -> Row:
    """``new`` with what it left unsaid taken from ``old``, and that marked."""
    before, now = old.component, new.component
    mass = before.amount.mass if now.amount.mass is None else now.amount.mass
    share = before.amount.share if now.amount.share is None else now.amount.share
    assumed = set()
    if now.amount.share is None and (now.amount.mass is None or before.amount.mass is None):
        assumed.add("mass")
    if not now.materials:
        assumed.add("materials")
    component = replace(
        now,
        amount=Amount(mass, share),
        quantity=now.quantity or before.quantity,
        materials=now.materials or before.materials,
        function=now.function or before.function,
        names=now.names or before.names,
    )
    source = new.materials_source if now.materials else old.materials_source
    return replace(new, component=component, materials_source=source, assumed=frozenset(assumed))
