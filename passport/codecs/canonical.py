"""From a checked submission to the documents that are signed: split by tier, every node named, decimals as text."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from passport.model.passport import Tier
from passport.published import Field, Shape

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
    name: str
    opening: bool
    divide: _Divide


@dataclass(frozen=True, slots=True)
class Plan:
    """How documents of one shape are brought into canonical form. ``opening`` names its fields that carry state."""

    steps: tuple[_Step, ...]
    opening: frozenset[str]


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
    for step in [each for each in plan.steps if each.name in replaced or each.name in document]:
        name = step.name
        if name in replaced:
            if replaced[name] is not None:
                passport.setdefault(Tier.PUBLIC, {})[name] = replaced[name]
        else:
            target, node = (opening, event) if step.opening else (passport, iri)
            for tier, value in step.divide(document[name], node + "#").items():
                target.setdefault(tier, {})[name] = value
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
    """The plan for a shape; worth keeping, since making it costs far more than following it."""
    fields = [field for field in shape.fields if not field.server]
    return Plan(
        tuple(_Step(field.name, field.opening, _divider(field, Tier(field.tier))) for field in fields),
        frozenset(field.name for field in fields if field.opening),
    )


def _divider(field: Field, tier: Tier) -> _Divide:
    if _uniform(field, tier):
        convert = _converter(field)
        return lambda value, iri: {tier: convert(value, iri)}
    inner = tuple((child.name, _divider(child, _narrower(tier, child.tier))) for child in field.fields)

    def one(value: Mapping[str, Any], iri: str) -> Parts:
        parts: Parts = {}
        for name, divide in inner:
            if name in value:
                for part, piece in divide(value[name], iri + ".").items():
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


def _converter(field: Field) -> _Convert:
    if field.kind == "object":
        return _object_converter(field)
    if field.kind == "decimal":
        if field.many:
            return lambda value, _: [decimal_text(each) for each in value]
        return lambda value, _: decimal_text(value)
    return lambda value, _: value


def _object_converter(field: Field) -> _Convert:
    inner = tuple((child.name, _converter(child)) for child in field.fields)

    def one(value: Mapping[str, Any], iri: str) -> dict[str, Any]:
        made: dict[str, Any] = {"id": iri}
        for name, convert in inner:
            if name in value:
                made[name] = convert(value[name], iri + ".")
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
