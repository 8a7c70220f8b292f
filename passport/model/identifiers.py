"""Identifiers of products and parties: GS1 keys and their parts, and legal entity identifiers.

Facts are from the GS1 General Specifications (check digit: section 7.9.1; character sets 82 and 39: section 7.11)
and ISO 17442 (LEI). Every function takes what somebody wrote and gives the one spelling we keep, or raises
``BadIdentifier``.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NoReturn

CHARACTER_SET_82: Final = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""What a serial, batch or asset reference may consist of, in the standard's order."""

_SEPARATORS: Final = dict.fromkeys(map(ord, " -\u00a0\u202f\u2010\u2011\u2012\u2013"))
_GTIN_LENGTHS: Final = frozenset({8, 12, 13, 14})
_DIGITS: Final = re.compile(r"[0-9]+\Z")
_SET_82: Final = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+\Z")
_SET_39: Final = re.compile(r"[#\-/0-9A-Z]+\Z")
_PREFIXED: Final = re.compile(r"[0-9]{4}")
_IMPORTER: Final = re.compile(r"[0-9][!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{2}[\-0-9A-Z_a-z]\Z")
_LEI: Final = re.compile(r"[0-9A-Z]{18}[0-9]{2}\Z")
_PAIR: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES: Final = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
_GTIN_8: Final = "000000"


class BadIdentifier(ValueError):
    """A text is not the identifier it should be.

    ``code`` is one of ``digits``, ``length``, ``check-digit``, ``check-characters``, ``characters``, ``leading-zero``,
    ``company-prefix``, ``pieces`` and ``dot-segment``. ``text`` is what was given. ``expected`` says what would be
    right: the right check digit or characters, the right length, or the allowed characters.
    """

    def __init__(self, code: str, text: str, expected: str) -> None:
        super().__init__(f"{code}: {text!r}, expected {expected}")
        self.code = code
        self.text = text
        self.expected = expected


def check_digit(digits: str) -> str:
    """The GS1 modulo 10 check digit that belongs behind ``digits`` (ASCII digits only, any number of them)."""
    weighted = digits.encode("ascii")
    total = 3 * sum(weighted[-1::-2]) + sum(weighted[-2::-2])
    zeros = 48 * (3 * ((len(weighted) + 1) // 2) + len(weighted) // 2)
    return str((zeros - total) % 10)


@lru_cache(maxsize=4096)
def normalise_gtin(text: str) -> str:
    """A GTIN-8, -12, -13 or -14 as 14 digits; spaces and dashes between the digits are dropped.

    All spellings of one GTIN give the same 14 digits. Only ASCII digits count as digits.
    """
    digits = text.translate(_SEPARATORS)
    if not _DIGITS.match(digits):
        raise BadIdentifier("digits", text, "0-9")
    if len(digits) not in _GTIN_LENGTHS:
        raise BadIdentifier("length", text, "8, 12, 13 or 14")
    _checked(digits, text)
    return digits.zfill(14)


def under_prefix(gtin: str, prefixes: Iterable[str]) -> bool:
    """Whether a GTIN of 14 digits was made under one of an organisation's registered prefixes.

    A prefix of 4 to 12 digits is a GS1 company prefix, compared with the digits after the indicator. One of 14 digits
    is a GTIN that GS1 licensed singly, compared whole. A GTIN-8 is always licensed singly: no company prefix covers it.
    """
    single = gtin.startswith(_GTIN_8)
    return any(
        prefix == gtin if len(prefix) == 14 else 4 <= len(prefix) <= 12 and not single and gtin.startswith(prefix, 1)
        for prefix in prefixes
    )


def company_prefix(text: str) -> str:
    """A prefix as an organisation registers it (see ``under_prefix``): 4 to 12 digits, or a whole GTIN of 8 or 14.

    A GTIN-8 cannot be told from a company prefix of 8 digits, so it must be written with 14 digits.
    """
    digits = text.translate(_SEPARATORS)
    if not _DIGITS.match(digits):
        raise BadIdentifier("digits", text, "0-9")
    if len(digits) == 14:
        return normalise_gtin(digits)
    if not 4 <= len(digits) <= 12:
        raise BadIdentifier("length", text, "4-12, 14")
    return digits


def gtin14(text: str) -> str:
    """A GTIN as a Digital Link URI carries it: exactly 14 digits (GS1 Digital Link: URI Syntax, since 1.4.0)."""
    return _numeric(text, 14)


def gln(text: str) -> str:
    """A global location number: 13 digits; spaces and dashes between them are dropped."""
    return _numeric(text.translate(_SEPARATORS), 13)


def gln13(text: str) -> str:
    """A global location number as a Digital Link URI carries it: exactly 13 digits."""
    return _numeric(text, 13)


def sscc(text: str) -> str:
    """A serial shipping container code: 18 digits."""
    return _numeric(text, 18)


def gsrn(text: str) -> str:
    """A global service relation number: 18 digits."""
    return _numeric(text, 18)


def giai(text: str) -> str:
    """A global individual asset identifier: company prefix and up to 30 characters in all."""
    return _prefixed(characters(text, 30))


def grai(text: str) -> str:
    """A global returnable asset identifier: 0, 13 digits with check digit, and a serial of up to 16 characters."""
    if not text.startswith("0"):
        raise BadIdentifier("leading-zero", text, "0")
    _numeric(text[1:14], 13, text)
    if len(text) > 14:
        characters(text[14:], 16)
    return text


def gdti(text: str) -> str:
    """A global document type identifier: 13 digits with check digit and a serial of up to 17 characters."""
    _numeric(text[:13], 13, text)
    if len(text) > 13:
        characters(text[13:], 17)
    return text


def itip(text: str) -> str:
    """A piece of a trade item: GTIN of 14 digits, number of the piece and number of pieces (2 digits each)."""
    _all_digits(text, 18)
    _checked(text[:14], text)
    piece, total = int(text[14:16]), int(text[16:])
    if not 1 <= piece <= total:
        raise BadIdentifier("pieces", text, "01-99, not above the total")
    return text


def cpid(text: str) -> str:
    """A component or part identifier: company prefix and up to 30 characters of set 39 in all."""
    _bounded(text, 30)
    if not _SET_39.match(text):
        raise BadIdentifier("characters", text, "# - / 0-9 A-Z")
    return _prefixed(text)


def gmn(text: str) -> str:
    """A global model number: company prefix and up to 25 characters in all, the last two of them check characters."""
    characters(text, 25)
    _prefixed(text)
    expected = check_characters(text[:-2])
    if text[-2:] != expected:
        raise BadIdentifier("check-characters", text, expected)
    return text


def check_characters(text: str) -> str:
    """The pair of check characters behind ``text`` (GS1 General Specifications section 7.9.5; up to 23)."""
    weighted = (CHARACTER_SET_82.index(each) * prime for each, prime in zip(reversed(text), _PRIMES, strict=False))
    high, low = divmod(sum(weighted) % 1021, 32)
    return _PAIR[high] + _PAIR[low]


def serial(text: str) -> str:
    """A serial number (AI 21): 1 to 20 characters of set 82, case kept."""
    return characters(text, 20)


def batch(text: str) -> str:
    """A batch or lot number (AI 10): 1 to 20 characters of set 82, case kept."""
    return characters(text, 20)


def characters(text: str, longest: int) -> str:
    """A text of 1 to ``longest`` characters of set 82.

    ``.`` and ``..`` are refused though the set allows them: a web address cannot carry them as a part of its path
    (RFC 3986 section 5.2.4 removes them).
    """
    _bounded(text, longest)
    if not _SET_82.match(text):
        raise BadIdentifier("characters", text, CHARACTER_SET_82)
    if text in {".", ".."}:
        raise BadIdentifier("dot-segment", text, "no . or ..")
    return text


def counter(text: str, longest: int) -> str:
    """A number of 1 to ``longest`` digits without a leading zero."""
    _bounded(text, longest)
    if not _DIGITS.match(text):
        raise BadIdentifier("digits", text, "0-9")
    if text[0] == "0" and text != "0":
        raise BadIdentifier("leading-zero", text, "1-9")
    return text


def numeric(text: str, longest: int) -> str:
    """1 to ``longest`` digits; leading zeros count."""
    _bounded(text, longest)
    if not _DIGITS.match(text):
        raise BadIdentifier("digits", text, "0-9")
    return text


def importer(text: str) -> str:
    """A unique identification code with extensions and importer index (AI 7040): a digit and 3 characters."""
    if len(text) != 4:
        raise BadIdentifier("length", text, "4")
    if not _IMPORTER.match(text):
        raise BadIdentifier("characters", text, "0-9, two of set 82, one of - 0-9 A-Z _ a-z")
    return text


def lei(text: str) -> str:
    """A legal entity identifier (ISO 17442): 20 capital letters and digits whose number is 1 modulo 97."""
    code = text.translate(_SEPARATORS)
    if len(code) != 20:
        raise BadIdentifier("length", text, "20")
    if not code.isascii() or not _LEI.match(code := code.upper()):
        raise BadIdentifier("characters", text, "0-9 A-Z, 2 digits last")
    right = f"{98 - _number(code[:18] + '00') % 97:02d}"
    if code[18:] != right:
        raise BadIdentifier("check-digit", text, right)
    return code


def _number(code: str) -> int:
    return int("".join(str(int(each, 36)) for each in code))


def _numeric(digits: str, length: int, text: str | None = None) -> str:
    _all_digits(digits, length, text)
    _checked(digits, digits if text is None else text)
    return digits


def _all_digits(digits: str, length: int, text: str | None = None) -> None:
    shown = digits if text is None else text
    if digits and not _DIGITS.match(digits):
        raise BadIdentifier("digits", shown, "0-9")
    if len(digits) != length:
        raise BadIdentifier("length", shown, str(length))


def _checked(digits: str, text: str) -> None:
    right = check_digit(digits[:-1])
    if digits[-1] != right:
        raise BadIdentifier("check-digit", text, right)


def _bounded(text: str, longest: int) -> None:
    if not 1 <= len(text) <= longest:
        raise BadIdentifier("length", text, f"1-{longest}")


def _prefixed(text: str) -> str:
    if not _PREFIXED.match(text):
        _refuse_prefix(text)
    return text


def _refuse_prefix(text: str) -> NoReturn:
    raise BadIdentifier("company-prefix", text, "a GS1 company prefix first")
