"""What a version of a passport changed, compared with an earlier one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from passport.codecs.differences import Difference, differences
from passport.codecs.documents import inner
from passport.errors import Malformed, NotFound
from passport.published import Field
from passport.service import resolution
from passport.service.erasure import require_content
from passport.service.resolution import corrects
from passport.service.system import System

TOGETHER = 20
"""Versions taken together of which it is looked up whether all of them are corrections, or none."""


@dataclass(frozen=True, slots=True)
class Revision:
    """Two versions of one passport, parsed, and every public value that differs between them.

    ``mixed``: some versions after the earlier one up to the later one are corrections and others are not, or there are
    more than ``TOGETHER`` of them.
    """

    code: str
    since: int
    number: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    differences: tuple[Difference, ...]
    mixed: bool = False

    @property
    def corrects(self) -> bool:
        """Whether the later version says that it corrects, so that it holds for pieces made before it, too."""
        return corrects(self.after)


def revision(system: System, code: str, number: int, *, since: int | None = None) -> Revision:
    """What version ``number`` of a passport changed since version ``since``, without it since the one before.

    Raises ``UnknownCode``, ``NotFound`` for the first version and for one that does not exist, ``Malformed`` when
    ``since`` is not an earlier one, and ``Erased`` where the content of either is gone.
    """
    after = require_content(system, resolution.version(system, code, number))
    if number == 1:
        raise NotFound("The first version changed nothing.", code=after.code, version=number)
    earlier = number - 1 if since is None else since
    if earlier >= number:
        raise Malformed("A version is compared with an earlier one.", since=earlier, version=number)
    old = require_content(system, resolution.version(system, code, earlier))
    before, now = inner(old.payload, old.start), inner(after.payload, after.start)
    found = differences(before, now, _fields(system, before, now))
    mixed = _mixed(system, code, earlier, number, corrects(now))
    return Revision(after.code, earlier, number, before, now, found, mixed)


def _mixed(system: System, code: str, since: int, number: int, correcting: bool) -> bool:
    if number - since > TOGETHER:
        return True
    between = (resolution.version(system, code, each) for each in range(since + 1, number))
    return any(not each.payload or corrects(inner(each.payload, each.start)) != correcting for each in between)


def _fields(system: System, *documents: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of all schema versions that the documents follow, those of the last one first."""
    fields: dict[str, Field] = {}
    for document in reversed(documents):
        group = system.published.group_of(document)
        for field in system.published.shape(group.name, group.version, str(document["granularity"])).fields:
            fields.setdefault(field.name, field)
    return tuple(fields.values())
