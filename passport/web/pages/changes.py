"""What one version of a passport changed, in words: each value that differs, before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passport.codecs.differences import Difference
from passport.service.revisions import Revision
from passport.web.pages.describing import Describer
from passport.web.pages.words import Text, Words

MOST = 500
"""Differences that a page shows."""


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: where it is, from the outermost field inwards, what became of it, and both values."""

    place: tuple[Text, ...]
    kind: str
    before: tuple[Text, ...]
    after: tuple[Text, ...]


def of_product(found: Sequence[Difference]) -> Sequence[Difference]:
    """The differences without what a version says of itself, which stands above them."""
    return [each for each in found if each.steps[0].field.name != "revision"]


def lines(
    words: Words, found: Sequence[Difference], before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Line, ...]:
    """The differences between two documents as lines to read, the first ``MOST`` of them."""
    old, new = Describer(words, before), Describer(words, after)
    kinds = _kinds(words)
    return tuple(
        Line(_place(words, each, new), kinds[each.change], _said(old, each, each.before), _said(new, each, each.after))
        for each in found[:MOST]
    )


def _said(describer: Describer, difference: Difference, value: Any) -> tuple[Text, ...]:
    """A value as text; what only names another passport is shown by its address."""
    if isinstance(value, dict) and difference.field.kind != "object":
        return (Text(str(value.get("id", ""))),)
    return () if value is None else describer.said(difference.field, value)


def _place(words: Words, difference: Difference, describer: Describer) -> tuple[Text, ...]:
    place: list[Text] = []
    for step in difference.steps:
        place.append(Text(words.field(step.field.name)))
        if step.name is not None:
            known = describer.component(step.name) if step.field.name == "components" else None
            place.append(known or Text(step.name.replace("#", "")))
    return tuple(place)


def _kinds(words: Words) -> dict[str, str]:
    _ = words.texts.gettext
    return {"added": _("Added"), "removed": _("Removed"), "changed": _("Changed")}


def revision(words: Words, found: Revision) -> tuple[Text | None, str, tuple[Text, ...]]:
    """What kind of revision the later version is, what that means for older pieces, and the reason it gives.

    Of versions that are revisions of both kinds, only that they are.
    """
    _ = words.texts.gettext
    if found.mixed:
        meaning = _("These are several versions. What a correction among them says may also apply to older pieces.")
        return None, meaning, ()
    reason = words.said(found.after.get("revision", {}).get("reason") or ())
    if found.corrects:
        meaning = _("What it says was already true before, so it also applies to pieces made to the previous version.")
        return words.code("revision-type", "correction"), meaning, reason
    meaning = _("Pieces that were made to an earlier version keep what that version says.")
    return words.code("revision-type", "change"), meaning, reason
