"""Tables as CSV by RFC 4180, in UTF-8, with cells that no spreadsheet takes for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_FORMULA: Final = re.compile(r"[\t\r\n\0]|[\s\0\ufeff\u200b]*[=+\-@＝＋－＠]")
"""Spreadsheets pass over spaces and byte order marks, and read wide forms of signs as the signs."""


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: text that begins like one has an apostrophe before it."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows of cells as lines that end with CRLF."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8", "replace")
