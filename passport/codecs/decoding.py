"""JSON text to values: a fast decoder that gives up on anything doubtful, and a careful one that marks it in place."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from passport.codecs.pointers import excerpt

GREATEST: Final = 2**53
"""Integers beyond this are not the same number in every reader (RFC 8259 clause 6)."""
DIGITS: Final = 28
"""Most digits of a number: what decimal arithmetic keeps exactly."""
_LEAST_EXPONENT: Final = -18


@dataclass(frozen=True, slots=True)
class Wrong:
    """Stands in a carefully read value for something that JSON allows and this service does not."""

    code: str
    text: str


class Doubled(dict[str, Any]):
    """An object that bears a member name twice."""

    names: tuple[str, ...] = ()


class Doubtful(Exception):
    """Something that the fast reader does not judge; the careful one does."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Doubtful
    return value


def _integer(text: str) -> int:
    if len(text) > 15:
        raise Doubtful
    return int(text)


def _decimal(text: str) -> Decimal | int:
    if len(text) <= 15 and text[-1] != "0" and "e" not in text and "E" not in text:
        return Decimal(text)
    value = _exact(text)
    if value is None:
        raise Doubtful
    return value


def _exact(text: str) -> Decimal | int | None:
    """The number, whole ones as ``int``; None when it has too many digits or is too great or too small to be meant."""
    if len(text) > 64:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    _, digits, exponent = value.as_tuple()
    if len(digits) > DIGITS or not isinstance(exponent, int) or exponent < _LEAST_EXPONENT or exponent > 16:
        return None
    if abs(value) > GREATEST:
        return None
    whole = int(value)
    return whole if whole == value else value


def _refuse_constant(text: str) -> object:
    raise Doubtful


def _all_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    doubled = Doubled(value)
    doubled.names = tuple(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
    return doubled


def _whole_number(text: str) -> int | Wrong:
    if len(text) < 18 and abs(int(text)) <= GREATEST:
        return int(text)
    return Wrong("json-number-range", excerpt(text))


def _fraction(text: str) -> Decimal | int | Wrong:
    value = _exact(text)
    return Wrong("json-number-range", excerpt(text)) if value is None else value


def _constant(text: str) -> Wrong:
    return Wrong("json-not-finite", text)


def _decoder(
    pairs: Callable[[list[tuple[str, Any]]], Mapping[str, Any]],
    integer: Callable[[str], Any],
    fraction: Callable[[str], Any],
    constant: Callable[[str], Any],
) -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=pairs, parse_int=integer, parse_float=fraction, parse_constant=constant)


FAST: Final = _decoder(_unique, _integer, _decimal, _refuse_constant)
CAREFUL: Final = _decoder(_all_names, _whole_number, _fraction, _constant)
