"""The service's own product codes: eight random symbols and a check symbol, made to be read aloud and typed.

The 32 symbols (no I, L, O, U) stand for the elements of the field GF(32), built on x^5 + x^2 + 1. A code is good when
the sum over its places of symbol times weight is zero, where the weights are nine different powers of the generator.
A single wrong symbol changes the sum by its difference times a weight, an exchange of two symbols by their difference
times a difference of weights: neither product can be zero in a field, so both are always detected.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Final, Literal, NoReturn

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The symbols; each is one character of the QR code's alphanumeric mode."""

LENGTH: Final = 9
"""Symbols in a code, the check symbol included."""

_RANDOM: Final = LENGTH - 1
_MODULUS: Final = 0b100101
_READ_AS: Final = {
    **{ord(letter.lower()): letter for letter in ALPHABET if letter.isalpha()},
    **{ord(alike): "0" for alike in "oO"},
    **{ord(alike): "1" for alike in "iIlL"},
    **dict.fromkeys(map(ord, " -\t\u00a0\u202f\u2010\u2011\u2012\u2013\u2014"), ""),
}


class BadCode(ValueError):
    """A text is no short code. ``reason`` says whether its length, its symbols or its check symbol are wrong."""

    def __init__(self, reason: Literal["length", "alphabet", "check"], text: str) -> None:
        super().__init__(f"{reason}: {text!r}")
        self.reason = reason
        self.text = text


def _weighted(place: int) -> Mapping[str, int]:
    """Each symbol's contribution at a place: its value times the generator (x) to the power of the place's weight."""
    table: dict[str, int] = {}
    for value, symbol in enumerate(ALPHABET):
        for _ in range(_RANDOM - place):
            value <<= 1
            if value & 0b100000:
                value ^= _MODULUS
        table[symbol] = value
    return table


_TABLES: Final = tuple(_weighted(place) for place in range(LENGTH))
_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, _T8 = _TABLES


def draw(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A new random code: 40 bits of chance and its check symbol, nine symbols without dashes."""
    number = int.from_bytes(random_bytes(5), "big")
    return complete("".join(ALPHABET[number >> shift & 31] for shift in range(35, -1, -5)))


def complete(symbols: str) -> str:
    """The code that begins with these eight symbols (canonical ones)."""
    if len(symbols) != _RANDOM:
        raise BadCode("length", symbols)
    try:
        total = sum_of(symbols)
    except KeyError:
        raise BadCode("alphabet", symbols) from None
    return symbols + ALPHABET[total]


def sum_of(symbols: str) -> int:
    """The weighted sum in GF(32) of up to nine canonical symbols; zero for a good code. KeyError for other symbols."""
    total = 0
    for table, symbol in zip(_TABLES, symbols, strict=False):
        total ^= table[symbol]
    return total


def normalise(text: str) -> str:
    """The canonical spelling (nine capital symbols, no dashes) of a code as somebody typed or scanned it.

    Any case; dashes and spaces are ignored; O is read as 0, I and L as 1. Raises ``BadCode``.
    """
    try:
        a, b, c, d, e, f, g, h, check = tuple(text)
        if not (_T0[a] ^ _T1[b] ^ _T2[c] ^ _T3[d] ^ _T4[e] ^ _T5[f] ^ _T6[g] ^ _T7[h] ^ _T8[check]):
            return text
    except (KeyError, ValueError):
        pass
    return _normalise(text)


def _normalise(text: str) -> str:
    if len(text) > 64:
        _refuse("length", text[:64])
    symbols = text.translate(_READ_AS)
    try:
        total = sum_of(symbols)
    except KeyError:
        _refuse("alphabet", text)
    if len(symbols) != LENGTH:
        _refuse("length", text)
    if total:
        _refuse("check", text)
    return symbols


def grouped(code: str) -> str:
    """A canonical code as it is printed: ``7KX9-4M2Q-4``."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def _refuse(reason: Literal["length", "alphabet", "check"], text: str) -> NoReturn:
    raise BadCode(reason, text)
