"""How the process that answers strangers and the one that starts it talk: framed messages over two pipes."""

import os
import struct
from typing import Final

HEAD: Final = struct.Struct(">cI")
OPENED, BEGUN, DATA, ENDED = b"O", b"B", b"D", b"E"
WRONG, LARGE, FAILED = b"W", b"L", b"F"
ASK, OPEN = b"Q", b"G"
OUT_OF_MEMORY: Final = 12
"""The exit status of a process that has no memory left for a question."""
PIECE: Final = 64 * 1024
"""The bytes of an answer come in pieces of about this size."""


def send(handle: int, kind: bytes, payload: bytes = b"") -> None:
    """Write one message, whole."""
    rest = memoryview(HEAD.pack(kind, len(payload)) + payload)
    while rest:
        rest = rest[os.write(handle, rest) :]


def receive(handle: int) -> tuple[bytes, bytes]:
    """Read one message, whole. Raises ``EOFError`` when the other side has ended."""
    kind, size = HEAD.unpack(_read(handle, HEAD.size))
    return kind, _read(handle, size)


def _read(handle: int, size: int) -> bytes:
    parts = []
    while size:
        part = os.read(handle, size)
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
