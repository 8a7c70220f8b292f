"""Which published field each finding is about: the page that explains it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from passport.codecs.pointers import parts_of
from passport.codecs.strictjson import Raw
from passport.model.report import Report
from passport.published import Published, Use

_WHOLE: Final = frozenset({"language", "untouched"})
"""Kinds of fields whose members are no fields themselves: what is found in them is about the field."""


def with_pages(report: Report, raws: Sequence[Raw], published: Published) -> Report:
    """The report with the page of its field for each finding whose pointer leads to a published field.

    Where a document names a product group that is not there, the fields are those of the default group.
    """
    found = []
    documents = {raw.index: raw for raw in raws}
    for each in report.findings:
        raw = documents[each.document]
        group = published.group_for(raw.value, raw.context) or published.group_for({}, None)
        page = page_of(each.pointer, published, group.name, group.version) if group is not None else None
        found.append(replace(each, page=page) if page else each)
    return replace(report, findings=tuple(found))


def page_of(at: str, published: Published, group: str, version: str) -> str | None:
    """The path of the page about the field that a JSON Pointer leads to; None where no such field is published."""
    known = _uses(published, group, version)
    use: Use | None = None
    for part in parts_of(at):
        if use is not None and part.isdigit():
            continue
        deeper = known.get((*use.path, part) if use is not None else (part,))
        if deeper is None:
            return use.address if use is not None and use.field.kind in _WHOLE else None
        use = deeper
    return use.address if use is not None else None


@lru_cache(maxsize=64)
def _uses(published: Published, group: str, version: str) -> Mapping[tuple[str, ...], Use]:
    return {use.path: use for use in published.uses(group, version)}
