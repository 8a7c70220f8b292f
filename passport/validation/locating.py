"""Which published field each finding is about: the page that explains it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from passport.codecs.pointers import parts_of
from passport.codecs.strictjson import Raw
from passport.model.report import Report
from passport.published import Group, Published, Use
from passport.validation.forms import EVENT, EVENTS, PASSPORTS, form_of

_WHOLE: Final = frozenset({"language", "untouched"})
"""Kinds of fields whose members are no fields themselves: what is found in them is about the field."""


def with_pages(
    report: Report, raws: Sequence[Raw], published: Published, groups: Sequence[Group | None] | None = None
) -> Report:
    """The report with the page of its field for each finding whose pointer leads to a published field.

    ``groups`` are those that the documents follow (``passport.validation.grouping``); without them each document is
    asked itself. Where it names a product group that is not there, the fields are those of the default group.
    """
    if not report.findings:
        return report
    found = []
    followed = groups if groups is not None else [published.group_for(raw.value, raw.context) for raw in raws]
    documents = {raw.index: (raw, group) for raw, group in zip(raws, followed, strict=True)}
    for each in report.findings:
        raw, stated = documents[each.document]
        group = stated or published.group_for({}, None)
        event = form_of(raw.value) is EVENT
        page = page_of(each.pointer, published, group.name, group.version, event=event) if group is not None else None
        found.append(replace(each, page=page) if page else each)
    return replace(report, findings=tuple(found))


def page_of(at: str, published: Published, group: str, version: str, *, event: bool = False) -> str | None:
    """The path of the page about the field that a JSON Pointer leads to; None where no such field is published.

    ``event``: the pointer leads into an event, not into a passport.
    """
    known = _uses(published, group, version, event)
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
def _uses(published: Published, group: str, version: str, event: bool) -> Mapping[tuple[str, ...], Use]:
    forms = EVENTS if event else PASSPORTS
    return {use.path: use for use in published.uses(group, version) if not forms.isdisjoint(use.levels)}
