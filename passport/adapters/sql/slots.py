"""Which index of a status list the n-th credential gets: a secret permutation, so that indexes tell no order.

Bitstring Status List v1.0 asks for random assignment. A permutation needs no memory of what was given: a counter and
a secret are enough, and nothing is ever given twice.
"""

import hashlib
from functools import lru_cache

_LEFT_BITS = 8
_RIGHT_BITS = 9
_LEFT, _RIGHT = (1 << _LEFT_BITS) - 1, (1 << _RIGHT_BITS) - 1
_ROUNDS = 4
SIZE = 1 << (_LEFT_BITS + _RIGHT_BITS)
"""How many slots a list has: 131,072."""

_Tables = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def slot(secret: bytes, count: int) -> int:
    """The index of the ``count``-th credential of a list, both from 0 up to ``SIZE``: a Feistel network over tables."""
    if not 0 <= count < SIZE:
        raise ValueError(f"a status list has {SIZE} slots")
    left, right = count >> _RIGHT_BITS, count & _RIGHT
    for from_right, from_left in _tables(secret):
        left ^= from_right[right]
        right ^= from_left[left]
    return left << _RIGHT_BITS | right


@lru_cache(maxsize=8)
def _tables(secret: bytes) -> _Tables:
    width = _LEFT + 1 + _RIGHT + 1
    stream = hashlib.shake_256(secret).digest(2 * width * _ROUNDS)
    words = [int.from_bytes(stream[place : place + 2], "big") for place in range(0, len(stream), 2)]
    tables = []
    for start in range(0, len(words), width):
        middle = start + _RIGHT + 1
        tables.append(
            (
                tuple(word & _LEFT for word in words[start:middle]),
                tuple(word & _RIGHT for word in words[middle : start + width]),
            )
        )
    return tuple(tables)
