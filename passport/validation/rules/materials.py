"""Rules about masses and shares: what parts add up to."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.published import Field, Published
from passport.validation.forms import EVENT, EVERY, PARTS
from passport.validation.gathering import named
from passport.validation.rules.classes import OVER, UNDER, sorted_materials, weighed
from passport.validation.rules.kinds import is_odd
from passport.validation.rules.registry import rule
from passport.validation.screening import Schema
from passport.validation.subject import Place, Subject, inner, number, said

_HUNDRED: Final = 100
_TOLERANCE: Final = 2
_WEIGHED: Final = frozenset({Level.MODEL, Level.ITEM})
_RECYCLED: Final = ("preConsumer", "postConsumer", "total")


def _quantity(value: object) -> Decimal | int | None:
    """A quantity as ``number`` reads it, but whole ones as they are: they add up and compare faster."""
    return value if type(value) is int or type(value) is Decimal else number(value)


@rule("share-sum", "components", "materials", *PARTS, levels=EVERY)
def share_sum(subject: Subject) -> Iterator[Finding]:
    """Shares of the materials of one part make 100 ± 2 % (V21, row 40): MUST, a sum says that nothing was forgotten.

    A list where some shares are missing is only too much when it passes 102 %. The components that an event puts in
    are not all of a piece, so that their own shares may make less.
    """
    whole = [] if subject.level is EVENT else [(("components",), [each for _, each in subject.components])]
    for place, listed in [*subject.materials, *whole]:
        entries = [each for each in listed if isinstance(each, dict)]
        shares = [_quantity(each["massShare"]) for each in entries if "massShare" in each]
        known = [share for share in shares if share is not None]
        total = sum(known)
        if total == _HUNDRED or not known or min(known) < 0 or max(known) > _HUNDRED:
            continue
        if total > _HUNDRED + _TOLERANCE or (len(known) == len(entries) and total < _HUNDRED - _TOLERANCE):
            told = said(Decimal(total))
            yield subject.finding("share-sum", place, told, total=told, expected=f"100 % ± 2{_fraction(known)}")


def _fraction(shares: Sequence[Decimal | int]) -> str:
    """What the first share of a list would be in per cent, where all seem to be fractions of one; else nothing."""
    parts = [Decimal(each) for each in shares]
    if max(parts) > 1 or abs(sum(parts, Decimal(-1))) > Decimal(_TOLERANCE) / _HUNDRED:
        return ""
    return f" ({said(parts[0])} → {said(parts[0] * _HUNDRED)} %)"


def _shares(value: object, names: frozenset[str], place: Place = ()) -> Iterator[tuple[Place, object]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        if isinstance(member, dict | list):
            if name != "extensions":
                yield from _shares(member, names, (*place, name))
        elif name in names:
            yield (*place, name), member


def _outside(value: object) -> bool:
    share = number(value)
    return share is not None and not 0 <= share <= _HUNDRED


def _is_share(field: Field) -> bool:
    return field.unit == "%"


def _within_range(field: Field, published: Published) -> Schema | None:
    return {"pattern": r"^([0-9]{1,2}(\.[0-9]+)?|100)$"} if _is_share(field) else None


@rule("share-range", levels=EVERY, sieve=_within_range)
def share_range(subject: Subject) -> Iterator[Finding]:
    """A percentage lies between 0 and 100, also one written as text (V22): MUST.

    Of one written as a number the published schema says so.
    """
    for place, value in _shares(subject.value, named(subject, _is_share)):
        if isinstance(value, str) and _outside(value):
            yield subject.finding("share-range", place, value)


def _masses(subject: Subject) -> tuple[Decimal, Decimal, bool]:
    """The sum of component masses, the net weight (0: unknown), and whether every component has a mass."""
    total, complete = weighed(subject.components)
    return total, number(subject.value.get("netWeight")) or Decimal(0), complete


@rule("component-mass-sum", "components", levels=_WEIGHED)
def component_mass_sum(subject: Subject) -> Iterator[Finding]:
    """Parts do not weigh more than the whole, with 5 % for rounding (rows 31 and 38): MUST, one of the two is wrong."""
    if "netWeight" not in subject.value:
        return
    total, net, _ = subject.once(_masses)
    if net > 0 and total > net * OVER:
        yield subject.finding("component-mass-sum", ("components",), said(total), total=said(total), limit=said(net))


@rule("component-mass-low", "components", levels=_WEIGHED)
def component_mass_low(subject: Subject) -> Iterator[Finding]:
    """Parts that all have a mass make up at least half of the net weight (row 38): SHOULD, parts may be left out.

    Silent where the net weight itself looks wrong: that is said already.
    """
    if "netWeight" not in subject.value or is_odd(subject, ("netWeight",)):
        return
    total, net, complete = subject.once(_masses)
    if complete and net > 0 and total < net * UNDER:
        yield subject.finding("component-mass-low", ("components",), said(total), total=said(total), limit=said(net))


def _contents(subject: Subject) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    if "recycledContent" in subject.value:
        yield ("recycledContent",), inner(subject.value, "recycledContent")
    for place, each in subject.once(sorted_materials).recycled:
        yield (*place, "recycledContent"), inner(each, "recycledContent")


@rule("recycled-content-sum", "components", "materials", "recycledContent", *PARTS, levels=EVERY)
def recycled_content_sum(subject: Subject) -> Iterator[Finding]:
    """Pre- and post-consumer content make at most 100 %, and a stated total within 1 % (row 42, ISO 14021): MUST."""
    for place, content in _contents(subject):
        pre, post, total = [_quantity(content.get(name)) for name in _RECYCLED]
        parts = (pre or 0) + (post or 0)
        over = parts > _HUNDRED
        under = total is not None and parts > total + 1
        differs = total is not None and pre is not None and post is not None and parts < total - 1
        if over or under or differs:
            told = said(Decimal(parts))
            most = said(Decimal(total)) if total is not None and 0 <= total < _HUNDRED else "100"
            yield subject.finding("recycled-content-sum", place, told, total=told, expected=f"≤ {most}")
