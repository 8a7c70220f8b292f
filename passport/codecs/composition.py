"""Components, materials, changes and guarantees as documents write them, and compositions as JSON."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final, TypeVar

from passport.codecs.canonical import decimal_text
from passport.model.composition import (
    Change,
    ClassShare,
    Component,
    Composition,
    Material,
    Origin,
    Recycled,
    RecycledNow,
    Row,
    Source,
    Stated,
    Taken,
    Used,
    by_class,
    largest,
    made,
    mass,
    recycled,
)
from passport.model.guarantee import Guarantee, Promise
from passport.model.weighing import HUNDRED, NO_AMOUNT, Amount, portions, weights

T = TypeVar("T")
_LONGEST: Final = 40
_LEAST, _MOST = Decimal("1e-30"), Decimal("1e30")
"""Between them lies every quantity that is reckoned with; and there is none at all."""
_TENTH: Final = Decimal("0.1")
_GRAM: Final = Decimal("0.001")
_MOST_YEARS: Final = 1000
_FIRST_USE: Final = "puttingIntoService"


def decimal(value: object) -> Decimal | None:
    """A quantity of a document that can be reckoned with: a finite number, not negative, of some sane size."""
    if type(value) is str:
        if len(value) > _LONGEST:
            return None
        try:
            exact = Decimal(value)
        except InvalidOperation:
            return None
    elif type(value) is Decimal:
        exact = value
    elif type(value) is int:
        exact = Decimal(value)
    elif type(value) is float:
        exact = Decimal(str(value))
    else:
        return None
    return exact if exact.is_finite() and (_LEAST < exact < _MOST or not exact) else None


def amount(value: Mapping[str, Any]) -> Amount:
    """The mass and the share of the mass that a component or a material states."""
    stated, share = value.get("mass"), value.get("massShare")
    if stated is None and share is None:
        return NO_AMOUNT
    return Amount(decimal(stated), decimal(share), told=True)


def parts(document: Mapping[str, Any]) -> Sequence[tuple[Amount, Sequence[Mapping[str, Any]]]]:
    """The components of a document as they weigh, with the objects of their materials.

    Components that cannot be weighed, or none, leave the product's own materials as the only part.
    """
    found = [(amount(each), _objects(each.get("materials"))) for each in _objects(document.get("components"))]
    if weights([each for each, _ in found]) is not None:
        return found
    return [(Amount(share=HUNDRED), _objects(document.get("materials")))]


def shares(document: Mapping[str, Any]) -> tuple[ClassShare, ...]:
    """The material classes of a passport document, largest first, what is not declared last; empty if it tells none."""
    described = parts(document)
    totals: dict[str, Decimal] = {}
    for each in portions([(weight, [amount(m) for m in materials]) for weight, materials in described]):
        code = str(described[each.component][1][each.material].get("materialClass"))
        totals[code] = totals.get(code, Decimal(0)) + each.part
    return largest({code: part for code, part in totals.items() if part > 0})


def composition_of(documents: Sequence[tuple[Mapping[str, Any], Source]]) -> Composition:
    """What a product consists of by its passports alone: its own, then that of its batch, then that of its model.

    The first that tells of components or materials tells all of them; likewise its mass and its recycled content.
    """
    stated = Stated(_first(documents, "netWeight", decimal), _first(documents, "recycledContent", _recycled))
    for document, source in documents:
        components = [_component(each) for each in _objects(document.get("components"))]
        if components:
            return made(components, source, stated)
        materials = tuple(_material(each) for each in _objects(document.get("materials")))
        if materials:
            return made([Component(None, materials=materials)], source, stated)
    return Composition(stated=stated)


def change_of(event: Mapping[str, Any]) -> Change:
    """What an event document, of whatever tier, changes of the parts of its piece."""
    source = Source(Origin.EVENT, str(event.get("id")))
    taken = [Taken(each) for each in event.get("removedComponents") or () if isinstance(each, str)]
    taken += [Taken(str(each.get("componentId")), _count(each)) for each in _objects(event.get("parts"))]
    replaced = tuple(_component(each) for each in _objects(event.get("replacedComponents")))
    used = [_used(each) for each in _objects(event.get("partsUsed"))]
    used += [Used(Component(str(each["component"]))) for each in _objects(event.get("installedParts"))]
    return Change(source, tuple(taken), replaced, tuple(used))


def promise_of(event: Mapping[str, Any]) -> Promise | None:
    """What an event document says of the guarantee; None for one that says nothing of it."""
    stated, begins = event.get("guarantee"), event.get("eventType") == _FIRST_USE
    years = _years(stated)
    if years is None and not begins:
        return None
    on = date.fromisoformat(str(event["eventTime"])[:10])
    return Promise(Source(Origin.EVENT, str(event.get("id"))), on, years, begins)


def declared_guarantee(documents: Iterable[tuple[Mapping[str, Any], Source]]) -> tuple[int, Source] | None:
    """The guarantee that the first of some passports declares that declares one, in years."""
    return next(((years, s) for d, s in documents if (years := _years(d.get("guarantee"))) is not None), None)


def composition_json(composition: Composition, guarantee: Guarantee | None) -> dict[str, Any]:
    """A composition as JSON: decimals as text, masses in kilograms, shares in per cent of mass, rows with their source.

    What is not known is left out. ``exact`` is False where something is assumed; the rows say what.
    """
    whole = mass(composition)
    classes = by_class(composition)
    return _said(
        {
            "mass": _kilograms(whole),
            "exact": composition.exact,
            "changedBy": [each.address for each in composition.changed_by],
            "materials": [_class(each, whole) for each in classes if each.code is not None],
            "undeclaredShare": next((_percent(each.part * HUNDRED) for each in classes if each.code is None), None),
            "recycledContent": _recycled_json(recycled(composition)),
            "components": [_row(row) for row in composition.rows],
            "furtherParts": [_row(row) for row in composition.further],
            "guarantee": _guarantee(guarantee),
        }
    )


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def _count(value: Mapping[str, Any]) -> int | None:
    count = value.get("quantity")
    return count if type(count) is int and count > 0 else None


def _years(stated: object) -> int | None:
    years = stated.get("years") if isinstance(stated, Mapping) else None
    return years if type(years) is int and 0 <= years <= _MOST_YEARS else None


def _component(value: Mapping[str, Any]) -> Component:
    component, function = value.get("componentId"), value.get("function")
    return Component(
        str(component) if component is not None else None,
        amount(value),
        _count(value),
        tuple(_material(each) for each in _objects(value.get("materials"))),
        str(function) if function is not None else None,
        tuple((str(each.get("value")), str(each.get("language"))) for each in _objects(value.get("name"))),
    )


def _material(value: Mapping[str, Any]) -> Material:
    return Material(str(value.get("materialClass")), amount(value), _recycled(value.get("recycledContent")))


def _used(value: Mapping[str, Any]) -> Used:
    origin, part = value.get("partOrigin"), value.get("partPassport")
    return Used(_component(value), str(origin) if origin else None, str(part) if part else None)


def _recycled(value: object) -> Recycled | None:
    if not isinstance(value, Mapping):
        return None
    content = Recycled(*(decimal(value.get(each)) for each in ("preConsumer", "postConsumer", "total")))
    return content if content.share is not None else None


def _first(
    documents: Sequence[tuple[Mapping[str, Any], Source]], name: str, read: Callable[[object], T | None]
) -> tuple[T, Source] | None:
    return next(((value, source) for each, source in documents if (value := read(each.get(name))) is not None), None)


def _said(value: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known and what is empty."""
    return {name: each for name, each in value.items() if each is not None and each != [] and each != ()}


def _percent(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value.quantize(_TENTH, ROUND_HALF_UP))


def _kilograms(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value.quantize(_GRAM, ROUND_HALF_UP))


def _exact(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)


def _class(share: ClassShare, whole: Decimal | None) -> dict[str, Any]:
    heavy = None if whole is None else _kilograms(whole * share.part)
    return _said({"materialClass": share.code, "massShare": _percent(share.part * HUNDRED), "mass": heavy})


def _content(content: Recycled) -> dict[str, Any]:
    return _said(
        {
            "preConsumer": _percent(content.pre),
            "postConsumer": _percent(content.post),
            "total": _percent(content.share),
        }
    )


def _recycled_json(now: RecycledNow | None) -> dict[str, Any] | None:
    """``basis``: ``stated`` by the passport that ``from`` names, or ``calculated`` from the materials.

    ``knownShare`` is the part of the mass of which it was told: what is left may hold more.
    """
    if now is None:
        return None
    basis = "calculated" if now.source is None else "stated"
    told = _source(now.source) if now.source is not None else None
    return _said({**_content(now.content), "knownShare": _percent(now.known * HUNDRED), "basis": basis, "from": told})


def _source(source: Source) -> dict[str, str]:
    return {"kind": source.origin.value, "id": source.address}


def _row(row: Row) -> dict[str, Any]:
    component = row.component
    elsewhere = row.materials_source != row.source and component.materials
    return _said(
        {
            "componentId": component.id,
            "name": [{"value": value, "language": language} for value, language in component.names],
            "function": component.function,
            "quantity": component.quantity,
            "mass": _exact(component.amount.mass),
            "massShare": _exact(component.amount.share) if component.id is not None else None,
            "materials": [_material_json(each) for each in component.materials],
            "from": _source(row.source),
            "materialsFrom": _source(row.materials_source) if elsewhere else None,
            "assumed": sorted(row.assumed),
            "partOrigin": row.part_origin,
            "partPassport": row.part,
        }
    )


def _material_json(material: Material) -> dict[str, Any]:
    return _said(
        {
            "materialClass": material.code,
            "massShare": _exact(material.amount.share),
            "mass": _exact(material.amount.mass),
            "recycledContent": _content(material.recycled) if material.recycled is not None else None,
        }
    )


def _guarantee(guarantee: Guarantee | None) -> dict[str, Any] | None:
    if guarantee is None:
        return None
    starts, ends = guarantee.starts, guarantee.ends
    return _said(
        {
            "years": guarantee.years,
            "startsOn": starts.isoformat() if starts else None,
            "endsOn": ends.isoformat() if ends else None,
            "from": _source(guarantee.source),
        }
    )
