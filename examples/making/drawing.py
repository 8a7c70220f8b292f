"""Draws that are the same everywhere for the same seed."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any


class Chance:
    """Draws that are the same everywhere: only ``Random.random`` is, for one seed, by Python's own promise."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed).random  # noqa: S311 - made-up furniture, no secrets

    def happens(self, share: float) -> bool:
        return self.draw() < share

    def between(self, low: int, high: int) -> int:
        return low + int(self.draw() * (high - low + 1))

    def one(self, options: Sequence[Any]) -> Any:
        return options[int(self.draw() * len(options))]


class Weighted:
    """Options that are drawn as often as their weights say."""

    def __init__(self, weights: Mapping[Any, float]) -> None:
        self._options = list(weights)
        self._steps = [sum(list(weights.values())[: place + 1]) for place in range(len(weights))]

    def draw(self, chance: Chance) -> Any:
        return self._options[bisect(self._steps, chance.draw() * self._steps[-1])]
