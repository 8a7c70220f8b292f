"""Axes of plots: round ticks that enclose any numbers, and where on them a number stands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

LOGARITHMIC: Final = 100
"""How many times the smallest number the largest must be for a logarithmic scale."""

_FARTHEST: Final = 1e300
_NEAREST: Final = 1e-300
"""Nearer to zero a number has too few digits for an axis of powers of ten."""

_ALIKE: Final = Decimal("1e-9")
"""Numbers that differ by less of themselves are one number to an axis."""

_FEW: Final = 5
"""Whole numbers up to which each is a tick of its own."""

_POWERS: Final = 6
"""Steps on an axis of powers of ten, at most."""


def ticks(low: float, high: float, most: int = 5) -> tuple[Decimal, ...]:
    """Round numbers in order, at least two and about ``most``, of which the outer ones enclose ``low`` and ``high``."""
    low, high = (low, high) if low <= high else (high, low)
    span = Decimal(high) - Decimal(low)
    if span <= Decimal(abs(high)) * _ALIKE:
        span = Decimal(max(abs(high), 1.0))
    power = Decimal(10) ** (span / most).adjusted()
    step = next(power * each for each in (1, 2, 5, 10) if power * each * most >= span)
    first = (Decimal(low) / step).to_integral_value("ROUND_FLOOR")
    last = max((Decimal(high) / step).to_integral_value("ROUND_CEILING"), first + 1)
    return tuple(step * (first + number) for number in range(int(last - first) + 1))


def powers(low: float, high: float) -> tuple[Decimal, ...]:
    """Powers of ten, at least two and not many, that enclose numbers above zero."""
    first = math.floor(math.log10(low))
    last = max(math.ceil(math.log10(high)), first + 1)
    step = math.ceil((last - first) / _POWERS)
    return tuple(Decimal(10) ** number for number in range(first, last + step, step))


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis: its ticks, and where on it a number stands."""

    ticks: tuple[Decimal, ...]
    logarithmic: bool = False

    def place(self, value: Decimal) -> float:
        """The place between 0 and 1; what lies beyond the ticks is at their end."""
        low, high, here = (self._of(each) for each in (self.ticks[0], self.ticks[-1], value))
        return min(max((here - low) / (high - low), 0.0), 1.0)

    def _of(self, value: Decimal) -> float:
        if not self.logarithmic:
            return drawable(value)
        return math.log10(max(drawable(value), drawable(self.ticks[0])))


def scale(values: Sequence[Decimal], *, logarithmic: bool = False) -> Scale:
    """A scale for numbers with zero on it, or one of powers of ten where that is asked for and helps."""
    numbers = [drawable(each) for each in values]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    if logarithmic and low >= _NEAREST and high >= low * LOGARITHMIC:
        return Scale(powers(low, high), logarithmic=True)
    return Scale(ticks(min(low, 0.0), max(high, 0.0)))


def whole_scale(values: Sequence[Decimal]) -> Scale:
    """A scale for numbers that count years, months or days: only whole ones are ticks, and zero need not be on it."""
    numbers = [drawable(each) for each in values]
    low, high = math.floor(min(numbers, default=0.0)), math.ceil(max(numbers, default=1.0))
    if high - low > _FEW:
        return Scale(ticks(low, high))
    return Scale(tuple(Decimal(each) for each in range(low, max(high, low + 1) + 1)))


def drawable(value: Decimal) -> float:
    """A number to draw with; those beyond all measure are cut."""
    return min(max(float(value), -_FARTHEST), _FARTHEST)
