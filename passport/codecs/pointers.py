"""Places in a JSON document: JSON Pointers (RFC 6901) written and followed, and values shown in short."""

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal

EXCERPT = 80
"""Most characters of a value that a finding shows."""


def pointer(parts: Iterable[str | int]) -> str:
    """The JSON Pointer through these member names and array positions (RFC 6901 clause 3)."""
    texts = ["", *map(str, parts)]
    joined = "/".join(texts)
    if "~" not in joined and joined.count("/") == len(texts) - 1:
        return joined
    return "/".join(text.replace("~", "~0").replace("/", "~1") for text in texts)


def parts_of(text: str) -> tuple[str, ...]:
    """The parts of a JSON Pointer; a text that is none raises ``ValueError``."""
    if text and not text.startswith("/"):
        raise ValueError(text)
    parts = text.split("/")[1:]
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts) if "~" in text else tuple(parts)


def follow(document: object, parts: Sequence[str | int]) -> object:
    """The value at the end of these parts; ``LookupError`` where there is none (RFC 6901 clause 4)."""
    value = document
    for part in parts:
        if isinstance(value, dict):
            value = value[str(part)]
        elif isinstance(value, list):
            text = str(part)
            if not (text.isascii() and text.isdigit()) or (text != "0" and text.startswith("0")) or len(text) > 9:
                raise LookupError(text)
            value = value[int(text)]
        else:
            raise LookupError(part)
    return value


def excerpt(value: object) -> str:
    """A value on one line as it stood in the document, shortened to ``EXCERPT`` characters, unprintables replaced."""
    text = value if isinstance(value, str) else _compact(value)
    text = text[: EXCERPT + 1]
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


def _compact(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        return "[…]" if value else "[]"
    return json.dumps(value)
