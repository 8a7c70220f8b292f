"""What differs between two passport documents, field by field, as the published shape tells fields apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from passport.codecs.pointers import pointer
from passport.published import Field

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One step towards a value: the field, and where it is a list of objects, the fragment or place of the object.

    ``name`` is None for a field that is no list of objects.
    """

    field: Field
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not the same in both documents; ``before`` or ``after`` is None where it is missing.

    ``steps`` lead to it from the top of the document; the last one is its own field. ``pointer`` is its place as a
    JSON Pointer (RFC 6901) in the later document, in the earlier one where the later lacks it.
    """

    steps: tuple[Step, ...]
    pointer: str
    before: Any
    after: Any

    @property
    def field(self) -> Field:
        """The field whose value differs."""
        return self.steps[-1].field

    @property
    def change(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"


def differences(before: Document, after: Document, fields: Sequence[Field]) -> tuple[Difference, ...]:
    """Every difference between two documents in the order of ``fields``, which the service does not set itself.

    Objects in lists are recognised by what names them (a component by its componentId), whatever their order; objects
    that nothing names by their place. An object that only one of the two has is one difference, not one for each of
    its members.
    """
    own = [field for field in fields if not field.server]
    return tuple(_between(before, after, own, (), ((), ())))


_Places = tuple[tuple[str | int, ...], tuple[str | int, ...]]


def _between(
    before: Document, after: Document, fields: Sequence[Field], steps: tuple[Step, ...], places: _Places
) -> Iterator[Difference]:
    for field in fields:
        old, new = before.get(field.name), after.get(field.name)
        if old == new:
            continue
        inside = _joined(places, field.name, field.name)
        if field.kind == "object" and field.many:
            yield from _lists(old or (), new or (), field, steps, inside)
        elif field.fields and isinstance(old, dict) and isinstance(new, dict):
            yield from _between(old, new, field.fields, (*steps, Step(field)), inside)
        else:
            yield _difference((*steps, Step(field)), inside, old, new)


def _lists(
    before: Sequence[Document], after: Sequence[Document], field: Field, steps: tuple[Step, ...], places: _Places
) -> Iterator[Difference]:
    old, new = _named(before, field), _named(after, field)
    for name in dict.fromkeys((*new, *old)):
        was, now = old.get(name), new.get(name)
        inside = _joined(places, was[0] if was else 0, now[0] if now else 0)
        here = (*steps, Step(field, name))
        if was is None or now is None:
            yield _difference(here, inside, was and was[1], now and now[1])
        else:
            yield from _between(was[1], now[1], field.fields, here, inside)


def _named(values: Sequence[Document], field: Field) -> dict[str, tuple[int, Document]]:
    """The objects of a list by what names them, with their places."""
    named: dict[str, tuple[int, Document]] = {}
    for place, value in enumerate(values):
        own = value.get(field.key) if field.key else None
        name = str(own) if own is not None and str(own) not in named else f"{_NUMBER}{place + 1}"
        named[name] = (place, value)
    return named


_NUMBER: Final = "#"
"""What marks a name that is only a place."""


def _difference(steps: tuple[Step, ...], places: _Places, before: Any, after: Any) -> Difference:
    return Difference(steps, pointer(places[0] if after is None else places[1]), before, after)


def _joined(places: _Places, before: str | int, after: str | int) -> _Places:
    return (*places[0], before), (*places[1], after)
