"""Whether the components that events name are components of their pieces."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from passport.codecs.documents import inner
from passport.model.passport import Product
from passport.model.report import PER_CODE, Finding, Severity
from passport.service.lives import Happening, Life, Past
from passport.service.placing import Place
from passport.service.resolution import batch_of, model_of
from passport.service.system import System

_NAMING: Final = ("partsUsed", "parts", "removedComponents", "components")
"""Members of an event that name components of the piece, as objects or by their ids alone."""
_ADDING: Final = ("replacedComponents", "partsUsed")
"""Members by which a component comes to a piece that its passports do not tell of."""
_MEMBERS: Final = frozenset((*_NAMING, *_ADDING))
_SHOWN: Final = 5
_MOST: Final = 1000
_LONGEST: Final = 60

Told = Mapping[str, Any]


def strangers(
    system: System,
    happenings: Iterable[Happening],
    *,
    past: Callable[[Life], Sequence[Past]],
    places: Mapping[int, Place],
) -> Iterator[Finding]:
    """A warning for each component that an event names and no passport or earlier event of its piece tells of.

    ``past`` gives the kept events of a piece, ``places`` the passports of the same submission. Nothing is read for an
    event that names no components, and nothing is said of a piece whose passports tell of none. Each place in a
    document is warned of once, and no more than can be listed.
    """
    of_pieces: dict[int, set[str] | None] = {}
    warned: set[tuple[int, str]] = set()
    for happening in happenings:
        value, life, document = happening.raw.value, happening.life, happening.raw.index
        if _MEMBERS.isdisjoint(value):
            continue
        if id(life) not in of_pieces:
            of_pieces[id(life)] = _components(system, life, past, places)
        known = of_pieces[id(life)]
        if known is None:
            continue
        own = known.union(_ids(value.get("replacedComponents")))
        for pointer, name in _named(value):
            if name not in own and (document, pointer) not in warned and len(warned) < PER_CODE:
                warned.add((document, pointer))
                values = {"product": life.key, "nearest": _nearest(name, sorted(own))}
                yield Finding("component-unknown-here", Severity.WARNING, pointer, document, name[:200], values)
        known.update(_added(value))


def _components(
    system: System, life: Life, past: Callable[[Life], Sequence[Past]], places: Mapping[int, Place]
) -> set[str] | None:
    """The ids of the components of a piece, by the first of its passports that tells of any and by its events."""
    for document in _passports(system, life, places):
        if document.get("components"):
            found = set(_ids(document["components"]))
            for each in past(life):
                found.update(_added(each.said))
            return found
        if document.get("materials"):
            return None
    return None


def _passports(system: System, life: Life, places: Mapping[int, Place]) -> Iterator[Told]:
    """What a piece's own passport says, then its batch's, then its model's."""
    if life.product is None:
        yield from _submitted(system, places[life.place], places) if life.place is not None else ()
        return
    reading = system.history.read(life.product.code)
    if reading is not None and reading.payload:
        yield inner(reading.payload, reading.start)
        for of in (batch_of, model_of):
            document = of(system, reading)
            if document is not None:
                yield document


def _submitted(system: System, place: Place, places: Mapping[int, Place]) -> Iterator[Told]:
    yield place.raw.value
    for parent in (place.batch, place.model):
        if isinstance(parent, Product):
            reading = system.history.read(parent.code)
            if reading is not None and reading.payload:
                yield inner(reading.payload, reading.start)
        elif parent is not None:
            yield places[parent].raw.value


def _ids(components: object) -> Iterator[str]:
    for each in components if isinstance(components, list) else ():
        name = each.get("componentId") if isinstance(each, dict) else None
        if isinstance(name, str):
            yield name


def _added(value: Told) -> Iterator[str]:
    for member in _ADDING:
        yield from _ids(value.get(member))


def _named(value: Told) -> Iterator[tuple[str, str]]:
    """The ids of components that an event names, each with its place in the document."""
    for member in _NAMING:
        for number, each in enumerate(value.get(member, ())):
            if isinstance(each, str):
                yield f"/{member}/{number}", each
            elif "componentId" in each:
                yield f"/{member}/{number}/componentId", each["componentId"]


def _nearest(name: str, known: Sequence[str]) -> str:
    """The id that was probably meant, else the first few that there are."""
    folded = {each.casefold(): each for each in known[:_MOST]}
    found = difflib.get_close_matches(name.casefold()[:_LONGEST], folded, n=1, cutoff=0.5)
    return folded[found[0]] if found else ", ".join(known[:_SHOWN])
