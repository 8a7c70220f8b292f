"""What each profile asks for, and where each field stands: read from the published schemas."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from passport.published.shapes import Field, Shape

LEVELS: Final = ("model", "batch", "item")
EVENT: Final = "event"
"""What stands in the place of a level where something that happened is described."""

_Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a profile asks for: a field, by its names from the outermost inwards, or one of several.

    ``names`` are those of the last step; any of them will do.
    """

    parents: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a field stands in the submissions of a group version, passports or events.

    ``path`` are the names that lead to it, its own last; ``levels`` those at which it may stand. ``required`` are the
    levels at which every submission must have it, and ``profiles`` those at which a profile asks for it; inside an
    object that may be left out, only where the object is there.

    In events the one level is ``event``: ``events`` are the types at which the field may stand, none meaning all of
    them, and ``needed`` those which must have it.
    """

    group: str
    version: str
    path: tuple[str, ...]
    field: Field
    levels: tuple[str, ...]
    required: tuple[str, ...]
    profiles: Mapping[str, tuple[str, ...]]
    events: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()

    @property
    def of_event(self) -> bool:
        """Whether it is a place in events, not in passports."""
        return self.levels == (EVENT,)

    @property
    def address(self) -> str:
        """The path of the page that explains the field where it stands."""
        return f"/schemas/{self.group}/{self.version}/{self.levels[0]}/{'/'.join(self.path)}"


def asked(base: _Schema, profile: _Schema, level: str) -> tuple[Asked, ...]:
    """What a profile and the schema of a level together ask for; nothing when the profile has no rule for the level.

    Of objects that may be left out nothing is asked. What says the level itself is not counted.
    """
    wanted = [each for rule in _rules(profile, level) for each in _asked(rule, ())]
    if not wanted:
        return ()
    always = (each for each in _asked({**base, "properties": {}}, ()) if each.names != ("granularity",))
    return tuple(dict.fromkeys((*always, *wanted)))


def _rules(profile: _Schema, level: str) -> Iterator[_Schema]:
    for rule in profile["allOf"]:
        if rule["if"]["properties"]["granularity"]["const"] == level:
            yield rule["then"]


def _asked(schema: _Schema, parents: tuple[str, ...]) -> Iterator[Asked]:
    required = schema.get("required", ())
    for name in required:
        yield Asked(parents, (name,))
    for names in _choices(schema):
        yield Asked(parents, names)
    for name, inner in schema.get("properties", {}).items():
        if name in required:
            yield from _asked(inner.get("items", inner), (*parents, name))


def _choices(schema: _Schema) -> Iterator[tuple[str, ...]]:
    for choice in (schema, *schema.get("allOf", ())):
        if "anyOf" in choice:
            yield tuple(option["required"][0] for option in choice["anyOf"])


def uses(
    group: str, version: str, shapes: Sequence[Shape], schemas: Mapping[str, _Schema], profiles: Mapping[str, _Schema]
) -> tuple[Use, ...]:
    """Every place of every field in a group version, in the order of its schemas.

    ``shapes`` are those of the levels and ``schemas`` their schemas by level; ``profiles`` the profiles' by name.
    """
    fields: dict[tuple[str, ...], Field] = {}
    levels: dict[tuple[str, ...], list[str]] = {}
    required: dict[tuple[str, ...], list[str]] = {}
    for shape in shapes:
        for path, field, needed in _places(shape.fields, shape.required, ()):
            fields.setdefault(path, field)
            levels.setdefault(path, []).append(shape.level)
            if needed:
                required.setdefault(path, []).append(shape.level)
    wanting: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for name, profile in profiles.items():
        for level in schemas:
            for path in dict.fromkeys(path for rule in _rules(profile, level) for path in _every(rule, ())):
                wanting.setdefault(path, {}).setdefault(name, []).append(level)
    return tuple(
        Use(
            group,
            version,
            path,
            field,
            tuple(levels[path]),
            tuple(required.get(path, ())),
            {name: tuple(at) for name, at in wanting.get(path, {}).items()},
        )
        for path, field in fields.items()
    )


def happening(group: str, version: str, shape: Shape) -> Iterator[Use]:
    """Every place of every field in the events of a group version; a member of an object has the events of that."""
    tops = {field.name: field for field in shape.fields}
    for path, field, required in _places(shape.fields, shape.required, ()):
        asking = (EVENT,) if required else ()
        yield Use(group, version, path, field, (EVENT,), asking, {}, tops[path[0]].events, field.needed)


def _places(
    fields: Sequence[Field], required: Sequence[str], parents: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Field, bool]]:
    for field in fields:
        if not field.server:
            path = (*parents, field.name)
            yield path, field, field.name in required
            yield from _places(field.fields, field.required, path)


def _every(schema: _Schema, parents: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The paths of everything that a rule names as required, also within objects that may be left out."""
    for name in schema.get("required", ()):
        yield (*parents, name)
    for names in _choices(schema):
        yield from ((*parents, name) for name in names)
    for name, inner in schema.get("properties", {}).items():
        yield from _every(inner.get("items", inner), (*parents, name))
