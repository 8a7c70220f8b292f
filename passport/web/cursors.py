"""Opaque cursors of paged lists: where a list goes on, for nobody to read or write."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Final

from fastapi import Query

from passport.errors import Malformed

PAGE_LENGTH: Final = 50
"""Entries of one part."""

Cursor = Annotated[str | None, Query(max_length=100, description="Where to go on, from `next` of the part before.")]


def give(listed: str, last: str) -> str:
    """The cursor after the entry ``last`` of the list called ``listed``."""
    return urlsafe_b64encode(f"{listed}:{last}".encode()).rstrip(b"=").decode("ascii")


def take(listed: str, cursor: str | None) -> str | None:
    """The last entry that a cursor of this list stands for, None without one; raises ``Malformed`` for any other."""
    if cursor is None:
        return None
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    name, _, last = text.partition(":")
    if name != listed or not last or give(listed, last) != cursor:
        raise Malformed("This cursor is not one of ours. Start the list again.")
    return last
