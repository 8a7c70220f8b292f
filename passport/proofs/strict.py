"""JSON objects read strictly before anything in them is believed: no duplicates, no NaN, bounded depth."""

import json
from typing import Any

import orjson

_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


class NotStrictError(ValueError):
    """Bytes that are no JSON object, or none that every reader would read alike."""

    def __init__(self, reason: str, *, too_deep: bool = False) -> None:
        super().__init__(reason)
        self.too_deep = too_deep


def strict_object(data: bytes, *, depth: int) -> dict[str, Any]:
    """Read a JSON object in UTF-8. Raises ``NotStrictError``; ``too_deep`` says that it nests beyond ``depth``."""
    if _depth(data) > depth:
        raise NotStrictError(f"nested deeper than {depth}", too_deep=True)
    try:
        orjson.loads(data)
        value = json.loads(data, object_pairs_hook=_unique)
    except NotStrictError:
        raise
    except ValueError as error:
        raise NotStrictError("not valid JSON") from error
    if not isinstance(value, dict):
        raise NotStrictError("not a JSON object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise NotStrictError("a member occurs twice")
    return value


def _depth(data: bytes) -> int:
    """How deep brackets nest outside of strings: between quotes that no backslash escapes."""
    outside = b"".join(data.replace(rb"\\", b"").replace(rb"\"", b"").split(b'"')[::2])
    deepest = level = 0
    for bracket in outside.translate(None, _NO_BRACKETS):
        if bracket in b"[{":
            level += 1
            deepest = max(deepest, level)
        else:
            level -= 1
    return deepest
