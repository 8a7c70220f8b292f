"""Rules about recycled and renewable content: said in full, and possible."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.validation.forms import EVERY, PARTS
from passport.validation.rules.classes import in_group, portions, roughly, sorted_materials, span
from passport.validation.rules.registry import rule
from passport.validation.subject import Place, Subject, inner, number

_MODEL: Final = frozenset({Level.MODEL})
_ROUGHLY: Final = 5
_NEVER_RECYCLED: Final = ("wood-veneer", "rattan-willow", "leather", "stone-natural", "lacquer", "oil-wax")


def total_of(content: Mapping[str, Any]) -> float | None:
    """The recycled share that a ``recycledContent`` states, in per cent; None where it states none."""
    total = roughly(content.get("total"))
    if total is not None:
        return total
    pre, post = roughly(content.get("preConsumer")), roughly(content.get("postConsumer"))
    return None if pre is None and post is None else (pre or 0) + (post or 0)


def _contents(subject: Subject) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """The product, its materials and its packaging, where they say something of recycled content."""
    if "recycledContent" in subject.value:
        yield (), subject.value
    yield from subject.once(sorted_materials).recycled
    for place, each in subject.entries("packaging"):
        if "recycledContent" in each:
            yield place, each


@rule("recycled-split-missing", "recycledContent", "components", "materials", "packaging", *PARTS, levels=EVERY)
def recycled_split_missing(subject: Subject) -> Iterator[Finding]:
    """Recycled content is split into waste of production and of consumers (V24; ISO 14021): SHOULD.

    A total alone is true, but labels and buyers count only some of it.
    """
    for place, each in _contents(subject):
        content = inner(each, "recycledContent")
        split = "preConsumer" in content or "postConsumer" in content
        if not split and (number(content.get("total")) or 0) > 0:
            yield subject.finding("recycled-split-missing", (*place, "recycledContent", "total"), content["total"])


@rule("recycled-content-missing", "recycledWoodShare", "secondaryMaterialUse", "labels", levels=_MODEL)
def recycled_content_missing(subject: Subject) -> Iterator[Finding]:
    """Who claims something recycled says in ``recycledContent`` how much (V24, row 42; EPD indicator SM): SHOULD."""
    if any(_contents(subject)):
        return
    for name in ("recycledWoodShare", "secondaryMaterialUse"):
        if (number(subject.value.get(name)) or 0) > 0:
            yield subject.finding("recycled-content-missing", ("recycledContent",), subject.value[name], field=name)
            return
    for _, label in subject.entries("labels"):
        if label.get("scheme") == "fsc-recycled":
            yield subject.finding("recycled-content-missing", ("recycledContent",), "fsc-recycled", field="labels")
            return


@rule("recycled-share-differs", "recycledContent")
def recycled_share_differs(subject: Subject) -> Iterator[Finding]:
    """The product's recycled share follows from its materials within 5 points (row 42; ISO 14021): SHOULD.

    Materials that say nothing may hold anything, so they only widen what is possible.
    """
    stated = total_of(inner(subject.value, "recycledContent"))
    parts = subject.once(portions)
    if stated is None or not parts:
        return
    known = [
        (share, part)
        for each, part in parts
        if "recycledContent" in each and (share := total_of(inner(each, "recycledContent"))) is not None
    ]
    least = sum(share * part for share, part in known)
    most = least + 100 * (1 - sum(part for _, part in known))
    if not least - _ROUGHLY <= stated <= most + _ROUGHLY:
        place, found = ("recycledContent",), f"{stated:g}"
        yield subject.finding("recycled-share-differs", place, found, expected=span(least, most))


@rule("recycled-class-implausible", "components", "materials", *PARTS, levels=EVERY)
def recycled_class_implausible(subject: Subject) -> Iterator[Finding]:
    """Veneer, leather, natural stone and finishes are not made of waste (row 42; ISO 14021): SHOULD.

    Reused pieces are not recycled ones, and what is made of leather waste is another material; rare cases remain.
    """
    for place, each in subject.once(sorted_materials).recycled:
        doubtful = each.get("materialClass") in _NEVER_RECYCLED
        if doubtful and (total_of(inner(each, "recycledContent")) or 0) > 0:
            yield subject.finding("recycled-class-implausible", (*place, "recycledContent"), each["materialClass"])


@rule("renewable-class-implausible", "components", "materials", *PARTS, levels=EVERY)
def renewable_class_implausible(subject: Subject) -> Iterator[Finding]:
    """Metals, glass, stone and ceramics do not grow again (row 43; ISO 14021): SHOULD.

    Recycled is often meant; composites filed under such a class may hold some biomass.
    """
    for place, each in subject.once(sorted_materials).renewable:
        stated = str(each.get("materialClass"))
        grows = stated not in in_group(subject.facts.published, "metal")
        if grows and stated not in in_group(subject.facts.published, "mineral"):
            continue
        for name in ("renewableContent", "bioBasedContent"):
            if (number(each.get(name)) or 0) > 0:
                yield subject.finding("renewable-class-implausible", (*place, name), each[name], material=stated)
