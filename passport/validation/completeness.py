"""How much of each profile a document fills, and which of the missing fields are worth filling next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from passport.codecs.pointers import pointer
from passport.codecs.strictjson import Raw
from passport.model.report import Advice, Completeness
from passport.published import Published

DOCUMENTS: Final = 20
"""Documents of one submission whose completeness is told."""
NEXT: Final = 3
"""Missing fields that are recommended."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a profile asks for: a field, by its names from the outermost inwards, or one of several.

    ``names`` are those of the last step; any of them will do.
    """

    parents: tuple[str, ...]
    names: tuple[str, ...]


def _pointer(asked: Asked) -> str:
    return pointer((*asked.parents, asked.names[0]))


def completeness(raws: Sequence[Raw], published: Published, *, language: str) -> tuple[Completeness, ...]:
    """How far each of the first ``DOCUMENTS`` documents fills the profiles of its group, in words of a language."""
    told: list[Completeness] = []
    for raw in raws[:DOCUMENTS]:
        group = published.group_for(raw.value, raw.context)
        if group is not None:
            told += profiles_of(published, group.name, group.version).of(raw.value, raw.index, language)
    return tuple(told)


class Profiles:
    """What each profile of a group version asks at each level; made once for a group version."""

    def __init__(self, published: Published, group: str, version: str) -> None:
        self._published = published
        self._levels: dict[str, dict[str, tuple[Asked, ...]]] = {}
        for level in ("model", "batch", "item"):
            schema = published.schema(published.schema_iri(group, version, level))
            base = tuple(each for each in _asked({**schema, "properties": {}}, ()) if each.names != ("granularity",))
            profiles = {}
            for name in published.profiles(group, version):
                more = published.schema(published.schema_iri(group, version, f"profiles/{name}"))
                wanted = [each for rule in more["allOf"] if _of(rule, level) for each in _asked(rule["then"], ())]
                if wanted:
                    profiles[name] = tuple(dict.fromkeys((*base, *wanted)))
            self._levels[level] = profiles
        self._rank = {
            (level, each): sum(each in asked for asked in profiles.values())
            for level, profiles in self._levels.items()
            for asked in profiles.values()
            for each in asked
        }

    def of(self, value: Mapping[str, Any], document: int, language: str) -> tuple[Completeness, ...]:
        """How far a document fills each profile that asks something of its level, the one that asks least first.

        Of the missing fields those come first that the most profiles ask for; then the order is the schema's, whole
        fields before members of objects.
        """
        level = str(value.get("granularity"))
        told = []
        for profile, asked in sorted(self._levels.get(level, {}).items(), key=lambda each: len(each[1])):
            missing = [each for each in asked if not _there(value, each.parents, each.names)]
            missing.sort(key=lambda each: (-self._rank[level, each], len(each.parents)))
            filled = len(asked) - len(missing)
            advice = tuple(self._advice(each, language) for each in missing[:NEXT])
            told.append(Completeness(document, profile, filled, len(asked), tuple(map(_pointer, missing)), advice))
        return tuple(told)

    def _advice(self, asked: Asked, language: str) -> Advice:
        label = self._published.label
        labels = [" › ".join(label(step, language) for step in (*asked.parents, name)) for name in asked.names]
        comments = self._published.term(asked.names[0]).comments
        return Advice(_pointer(asked), " / ".join(labels), comments.get(language) or comments["en"])


@lru_cache(maxsize=64)
def profiles_of(published: Published, group: str, version: str) -> Profiles:
    """The profiles of a group version, worked out once."""
    return Profiles(published, group, version)


def _of(rule: Mapping[str, Any], level: str) -> bool:
    found: bool = rule["if"]["properties"]["granularity"]["const"] == level
    return found


def _asked(schema: Mapping[str, Any], parents: tuple[str, ...]) -> Iterator[Asked]:
    """What a schema requires; of objects only what lies in required ones, as others may be left out whole."""
    required = schema.get("required", ())
    for name in required:
        yield Asked(parents, (name,))
    for choice in (schema, *schema.get("allOf", ())):
        if "anyOf" in choice:
            yield Asked(parents, tuple(option["required"][0] for option in choice["anyOf"]))
    for name, inner in schema.get("properties", {}).items():
        if name in required:
            yield from _asked(inner.get("items", inner), (*parents, name))


def _there(value: Any, parents: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a value is there; in a list every object must have it."""
    if isinstance(value, list):
        return bool(value) and all(_there(each, parents, names) for each in value)
    if not isinstance(value, Mapping):
        return False
    if not parents:
        return any(value.get(name) not in (None, "", [], {}) for name in names)
    return parents[0] in value and _there(value[parents[0]], parents[1:], names)
