"""What a submission of a level or an event may hold, read from its JSON Schema: fields, kinds, tiers and units."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Resolve = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a submission, or of an object in it.

    ``kind`` is ``string``, ``decimal``, ``integer``, ``boolean``, ``language`` (an array of ``{value, language}``),
    ``object``, ``untouched`` (kept as it came), ``date`` or ``iri``. ``many``: an array of that kind. ``several``: in
    the one array of a ``language`` field more than one entry may have the same language. ``free``: a string that people
    write in words of their own. ``refers`` names the list at the top of the document whose objects its values name by
    their ``key``. ``type`` is what the schema's definitions call the kind of its values (``country``, ``languageTag``
    …), where they do. ``tier`` is a value of ``passport.model.passport.Tier``. ``unit`` is what its numbers are in
    (``kg``, ``mm``, ``%`` …). ``code_list`` is the name of the list its codes come from. ``key`` names the member that
    names an object (``componentId``). ``server``: set by the service, refused in submissions. ``opening``: becomes the
    product's first event and never stands in a passport document. ``draft`` is a code of the list ``draft-status``.
    ``events`` are the types of events that a member of events belongs to, none meaning all of them, and ``needed``
    those that must have it; ``kept`` is false where it stands in no document, because it only says how the submission
    is meant. ``term`` is the IRI of the term, ``fields`` an object's own fields in order and ``required`` those of them
    that it must have.
    """

    name: str
    kind: str
    many: bool = False
    tier: str = "public"
    unit: str | None = None
    code_list: str | None = None
    key: str | None = None
    server: bool = False
    opening: bool = False
    several: bool = False
    free: bool = False
    refers: str | None = None
    type: str | None = None
    term: str | None = None
    draft: str | None = None
    events: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    kept: bool = True
    fields: tuple["Field", ...] = ()
    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of a submission of one level in schema order, and the names of those it must have.

    Events have a shape too; their ``level`` is ``event``. Where one of several fields must be there, the schema says so
    with ``anyOf``; ``required`` does not list them.
    """

    level: str
    fields: tuple[Field, ...]
    required: tuple[str, ...]


def read_shape(level: str, schema: Mapping[str, Any], resolve: Resolve) -> Shape:
    """The shape that a level's schema describes; ``resolve`` gives the schema behind a ``$ref``."""
    return Shape(level, _fields(schema, resolve), tuple(schema.get("required", ())))


def _fields(schema: Mapping[str, Any], resolve: Resolve) -> tuple[Field, ...]:
    members = schema.get("properties", {}).items()
    return tuple(_field(name, value, resolve) for name, value in members if not name.startswith("@"))


def _field(name: str, value: Mapping[str, Any], resolve: Resolve) -> Field:
    many = value.get("type") == "array"
    reference = (value["items"] if many else value).get("$ref")
    definition = resolve(reference) if reference else value
    fields = _fields(definition, resolve) if definition["kind"] == "object" else ()
    keys = [member for member, inner in definition.get("properties", {}).items() if inner.get("key")]
    code_list = value.get("codeList")
    return Field(
        name,
        definition["kind"],
        many=many,
        tier=value.get("tier", "public"),
        unit=value.get("unit"),
        code_list=code_list.rsplit("/", 1)[1] if code_list else None,
        key=keys[0] if keys else None,
        server=value.get("server", False),
        opening=value.get("opening", False),
        several=value.get("several", False),
        free=definition.get("free", False) or value.get("free", False),
        refers=value.get("refers"),
        type=reference.rsplit("/", 1)[1] if reference else None,
        term=value.get("term"),
        draft=value.get("draft"),
        events=tuple(value.get("events", ())),
        needed=tuple(value.get("neededBy", ())),
        kept=value.get("kept", True),
        fields=fields,
        required=tuple(definition.get("required", ())),
    )
