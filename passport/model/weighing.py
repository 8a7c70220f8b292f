"""How the parts of a whole weigh, by exact decimals, from masses and shares as they were declared."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
HUNDRED: Final = Decimal(100)


class Amount(NamedTuple):
    """How much of something there is: kilograms, or per cent of the mass of what it is a part of; None is not known.

    ``told``: something was said of it, though perhaps nothing that can be reckoned with.
    """

    mass: Decimal | None = None
    share: Decimal | None = None
    told: bool = False


NO_AMOUNT: Final = Amount()


class Portion(NamedTuple):
    """The part of the whole, from 0 to 1, that one material of one component makes up; both by their places."""

    component: int
    material: int
    part: Decimal


def weights(amounts: Sequence[Amount]) -> tuple[Decimal, ...] | None:
    """How components weigh: all by their mass, or else all by their share; None where one lacks both."""
    for stated in ([each.mass for each in amounts], [each.share for each in amounts]):
        known = [amount for amount in stated if amount is not None]
        if known and len(known) == len(amounts) and sum(known) > 0:
            return tuple(known)
    return None


def within(amounts: Sequence[Amount]) -> tuple[Decimal | None, ...]:
    """The part of their component, from 0 to 1, that each material is: by its share, or else by its mass.

    One material alone of which nothing is told takes all of it. None for those of which it cannot be told.
    """
    if len(amounts) == 1 and amounts[0] == NO_AMOUNT:
        return (ONE,)
    if any(each.share is not None for each in amounts):
        return tuple(None if each.share is None else each.share / HUNDRED for each in amounts)
    known = [each.mass for each in amounts if each.mass is not None]
    total = sum(known)
    if len(known) < len(amounts) or not total:
        return (None,) * len(amounts)
    return tuple(mass / total for mass in known)


def portions(components: Sequence[tuple[Amount, Sequence[Amount]]]) -> tuple[Portion, ...]:
    """Which part of a whole each material of its components makes up; empty when the components cannot be weighed.

    Shares that pass the whole are drawn to it. What the portions lack to 1 is not declared.
    """
    heavy = weights([amount for amount, _ in components])
    if heavy is None:
        return ()
    found = [
        (place, inner, part * weight)
        for place, ((_, materials), weight) in enumerate(zip(components, heavy, strict=True))
        for inner, part in enumerate(within(materials))
        if part is not None
    ]
    whole = max(sum(heavy), sum(part for _, _, part in found))
    return tuple([Portion(place, inner, part / whole) for place, inner, part in found])
