"""Addresses and times as the documents of a history write them."""

import re
from datetime import UTC, datetime

_ADDRESS = re.compile(r"https?://[^/]+(/[A-Za-z0-9][A-Za-z0-9/._:~-]*)")

NEVER = datetime.min.replace(tzinfo=UTC)
"""Before every other time."""


def path_of(address: object) -> str:
    """The path of one of our own addresses; ``/`` for a text that is none."""
    match = _ADDRESS.fullmatch(str(address))
    return match[1] if match else "/"


def moment(value: object) -> datetime | None:
    """A time as it is written in documents; None for a text that is none."""
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
