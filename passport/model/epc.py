"""EPC binary strings in web addresses: the tags of pieces, read back to GTIN and serial number.

GS1 Digital Link URI: Compression for EPC binary strings 1.0.0 (``eh`` and lower-case hexadecimal, ``ex`` and base64url)
over the SGTIN-96 and SGTIN-198 schemes of the EPC Tag Data Standard.
"""

import re
from typing import Final

from passport.model.digitallink import BadLink, Key, make
from passport.model.identifiers import BadIdentifier, check_digit

_STRING: Final = re.compile(r"/?(?:eh([0-9a-f]{1,64})|ex([A-Za-z0-9_-]{1,44}))/?")
_PREFIXES: Final = ((40, 12), (37, 11), (34, 10), (30, 9), (27, 8), (24, 7), (20, 6))
"""Bits and digits of the company prefix by partition; the item reference has the rest of 44 bits and 13 digits."""

_SGTIN_96: Final = 0x30
_SGTIN_198: Final = 0x36
_REFERENCE_START: Final = 14
_SERIAL_START: Final = 58
_BASE64: Final = {
    symbol: value for value, symbol in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
}


def is_epc(raw_path: bytes | str) -> bool:
    """Whether a raw path has the form of an EPC binary string: no Digital Link path has it."""
    path = raw_path if isinstance(raw_path, str) else raw_path.decode("latin-1")
    return _STRING.fullmatch(path) is not None


def parse_epc(raw_path: bytes | str) -> Key:
    """The key (GTIN and serial number) of an EPC binary string. Raises ``BadLink``, also for other schemes."""
    path = raw_path if isinstance(raw_path, str) else raw_path.decode("latin-1")
    found = _STRING.fullmatch(path)
    if found is None:
        raise BadLink("structure", path[:80])
    bits = _bits_of_hex(found[1]) if found[1] is not None else _bits_of_base64(found[2])
    header = int(bits[:8], 2) if len(bits) >= 8 else -1
    try:
        if header == _SGTIN_96 and _is_long(bits, 96):
            return make("01", _gtin(bits), ("21", str(int(bits[_SERIAL_START:96], 2))))
        if header == _SGTIN_198 and _is_long(bits, 198):
            return make("01", _gtin(bits), ("21", _text(bits[_SERIAL_START:198])))
    except BadIdentifier as bad:
        raise BadLink(bad.code, path[:80], bad.expected) from None
    raise BadLink("unknown-key", path[:80], "SGTIN-96 or SGTIN-198")


def _bits_of_hex(text: str) -> str:
    return "".join(f"{int(each, 16):04b}" for each in text)


def _bits_of_base64(text: str) -> str:
    return "".join(f"{_BASE64[each]:06b}" for each in text)


def _is_long(bits: str, length: int) -> bool:
    """Whether there are ``length`` bits, padded with less than 16 zeros (a whole word of a tag's memory)."""
    return length <= len(bits) < length + 16 and "1" not in bits[length:]


def _gtin(bits: str) -> str:
    partition = int(bits[11:_REFERENCE_START], 2)
    if partition >= len(_PREFIXES):
        raise BadLink("structure", f"partition {partition}")
    width, digits = _PREFIXES[partition]
    middle = _REFERENCE_START + width
    prefix = f"{int(bits[_REFERENCE_START:middle], 2):0{digits}d}"
    reference = f"{int(bits[middle:_SERIAL_START], 2):0{13 - digits}d}"
    if len(prefix) != digits or len(reference) != 13 - digits:
        raise BadLink("structure", f"partition {partition}")
    body = reference[0] + prefix + reference[1:]
    return body + check_digit(body)


def _text(bits: str) -> str:
    """Characters of 7 bits up to the first zero, behind which only zeros may stand."""
    codes = [int(bits[at : at + 7], 2) for at in range(0, len(bits), 7)]
    end = codes.index(0) if 0 in codes else len(codes)
    if any(codes[end:]):
        raise BadLink("structure", "serial number")
    return "".join(map(chr, codes[:end]))
