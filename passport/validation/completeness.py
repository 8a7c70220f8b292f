"""How much of each profile a document fills, and which of the missing fields are worth filling next."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from passport.codecs.pointers import pointer
from passport.codecs.strictjson import Raw
from passport.model.passport import Level
from passport.model.report import Advice, Completeness
from passport.published import Asked, Published

DOCUMENTS: Final = 20
"""Documents of one submission whose completeness is told."""
NEXT: Final = 3
"""Missing fields that are recommended."""
_LEVELS: Final = frozenset(Level)


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
        self._levels = {level: published.asked(group, version, level) for level in Level}
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
        told: list[Completeness] = []
        stated = value.get("granularity")
        if not isinstance(stated, str) or stated not in _LEVELS:
            return ()
        level = Level(stated)
        for profile, asked in self._levels[level].items():
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


def _pointer(asked: Asked) -> str:
    return pointer((*asked.parents, asked.names[0]))


def _there(value: Any, parents: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a value is there; in a list every object must have it."""
    if isinstance(value, list):
        return bool(value) and all(_there(each, parents, names) for each in value)
    if not isinstance(value, Mapping):
        return False
    if not parents:
        return any(value.get(name) not in (None, "", [], {}) for name in names)
    return parents[0] in value and _there(value[parents[0]], parents[1:], names)
