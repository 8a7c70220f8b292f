"""From a checked submission to the documents that are signed: split by tier, every node named, decimals as text."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from passport.model.passport import Tier
from passport.published import Field, Shape

_MEMBERS: Final = 100
_LONGEST: Final = 60
"""Characters of a written key in an address; a longer one is replaced by its digest, as nested names repeat it."""

Parts = dict[Tier, dict[str, Any]]
_Convert = Callable[[Any, str], Any]
_Divide = Callable[[Any, str], dict[Tier, Any]]


@dataclass(frozen=True, slots=True)
class Canonical:
    """A submission in canonical form.

    ``passport`` has one object for each tier that has something to say; ``opening`` likewise for the state that a
    submission may carry (owner, condition …) and that becomes an opening event, never part of a passport.
    """

    passport: Parts
    opening: Parts


@dataclass(frozen=True, slots=True)
class _Step:
    """What is done with one field: all of it belongs to ``tier``, in the form that ``convert`` gives it, or as it is.

    Where its inner fields have tiers of their own there is none: ``divide`` shares it out.
    """

    name: str
    opening: bool
    tier: Tier | None
    convert: _Convert | None
    divide: _Divide


_SHAPES: Final = 1_000
"""For so many sets of members a plan remembers which of its steps they call for: most documents have the same ones."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How documents of one shape are brought into canonical form. ``opening`` names its fields that carry state."""

    steps: tuple[_Step, ...]
    opening: frozenset[str]
    _called: dict[tuple[str | None, ...], tuple[_Step, ...]] = field(default_factory=dict, repr=False, compare=False)

    def called(self, document: Mapping[str, Any], replaced: Mapping[str, Any]) -> tuple[_Step, ...]:
        """The steps for a document of which these fields are replaced."""
        members = (*document, None, *replaced)
        steps = self._called.get(members)
        if steps is None:
            steps = tuple(each for each in self.steps if each.name in replaced or each.name in document)
            if len(self._called) < _SHAPES and len(members) < _MEMBERS:
                self._called[members] = steps
        return steps


def canonical(
    document: Mapping[str, Any], *, plan: Plan, iri: str, event: str, replaced: Mapping[str, Any]
) -> Canonical:
    """Bring a checked submission into canonical form.

    ``plan`` is made once for a shape. ``iri`` is the passport's address and ``event`` that of its opening event: nested
    objects are named by fragments of them, so that no node is blank.
    ``replaced`` gives, by field name, values that the service settles itself; None leaves the field out. Fields
    follow the order of the published schema.
    """
    passport: Parts = {}
    opening: Parts = {}
    in_passport, in_event = iri + "#", event + "#"
    for step in plan.called(document, replaced):
        name = step.name
        if name in replaced:
            if replaced[name] is not None:
                passport.setdefault(Tier.PUBLIC, {})[name] = replaced[name]
            continue
        target, node = (opening, in_event) if step.opening else (passport, in_passport)
        value = document[name]
        if step.tier is None:
            for tier, part in step.divide(value, node).items():
                target.setdefault(tier, {})[name] = part
        else:
            target.setdefault(step.tier, {})[name] = value if step.convert is None else step.convert(value, node)
    return Canonical(passport, opening)


def decimal_text(value: Decimal | int | str) -> str:
    """A decimal number as plain text without superfluous zeros: ``7.40`` becomes ``7.4``."""
    if isinstance(value, int):
        return str(value)
    text = format(Decimal(value), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def plan(shape: Shape) -> Plan:
    """The plan for a shape; worth keeping, since making it costs far more than following it.

    Fields that the service sets, and those that stand in no document, are left out.
    """
    fields = [each for each in shape.fields if each.kept and not each.server]
    return Plan(tuple(map(_step, fields)), frozenset(each.name for each in fields if each.opening))


def _step(field: Field) -> _Step:
    tier = Tier(field.tier)
    divide = _divider(field, tier)
    if not _uniform(field, tier):
        return _Step(field.name, field.opening, None, None, divide)
    return _Step(field.name, field.opening, tier, _converter(field), divide)


def _divider(field: Field, tier: Tier) -> _Divide:
    if not _uniform(field, tier):
        return _sharing(field, tier)
    convert = _converter(field)
    if convert is None:
        return lambda value, _: {tier: value}
    return lambda value, iri: {tier: convert(value, iri)}


def _sharing(field: Field, tier: Tier) -> _Divide:
    inner = tuple((child.name, _divider(child, _narrower(tier, child.tier))) for child in field.fields)

    def one(value: Mapping[str, Any], iri: str) -> Parts:
        parts: Parts = {}
        within = iri + "."
        for name, divide in inner:
            if name in value:
                for part, piece in divide(value[name], within).items():
                    parts.setdefault(part, {"id": iri})[name] = piece
        return parts

    if not field.many:
        return lambda value, iri: one(value, iri + field.name)

    def many(values: Sequence[Mapping[str, Any]], iri: str) -> dict[Tier, Any]:
        parts: dict[Tier, Any] = {}
        for name, value in zip(_names(field, values), values, strict=True):
            for part, piece in one(value, iri + name).items():
                parts.setdefault(part, []).append(piece)
        return parts

    return many


def _narrower(outer: Tier, inner: str) -> Tier:
    """A field inside a restricted one is never more public than it."""
    return outer if outer is not Tier.PUBLIC else Tier(inner)


def _uniform(field: Field, tier: Tier) -> bool:
    return all(_narrower(tier, child.tier) is tier and _uniform(child, tier) for child in field.fields)


def _converter(field: Field) -> _Convert | None:
    """What brings a value into canonical form; None for values that are in it as they are submitted."""
    if field.kind == "object":
        return _object_converter(field)
    if field.kind == "decimal":
        if field.many:
            return lambda value, _: [decimal_text(each) for each in value]
        return lambda value, _: decimal_text(value)
    return None


def _object_converter(field: Field) -> _Convert:
    inner = tuple((child.name, _converter(child)) for child in field.fields)

    def one(value: Mapping[str, Any], iri: str) -> dict[str, Any]:
        made: dict[str, Any] = {"id": iri}
        within = iri + "."
        for name, convert in inner:
            if name in value:
                made[name] = value[name] if convert is None else convert(value[name], within)
        return made

    if field.many:
        return lambda values, iri: [
            one(value, iri + name) for name, value in zip(_names(field, values), values, strict=True)
        ]
    return lambda value, iri: one(value, iri + field.name)


def _names(field: Field, values: Sequence[Mapping[str, Any]]) -> list[str]:
    """The fragments of the objects in a list, all different: by their keys where they have them, else by place."""
    if not field.key:
        return [f"{field.name}-{place}" for place in range(1, len(values) + 1)]
    names: dict[str, None] = {}
    for place, value in enumerate(values, 1):
        own = value.get(field.key)
        name = field.name + _written(own) if isinstance(own, str) else ""
        names[name if name and name not in names else f"{field.name}.{place}"] = None
    return list(names)


def _written(key: str) -> str:
    """A key in a fragment, percent-encoded (RFC 3986 clause 2.1), its dots too, since dots lead to nested objects."""
    text = quote(key, safe="").replace(".", "%2E")
    return f"-{text}" if len(text) <= _LONGEST else f".{hashlib.sha256(key.encode()).hexdigest()[:32]}"
