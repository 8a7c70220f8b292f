"""Files in the making, which are packed, counted and measured while they are written."""

import hashlib
from gzip import GzipFile
from typing import BinaryIO

from passport.model.dataset import DataFile
from passport.ports import Draft

_LEVEL = 6


class Output:
    """One file in the making: what is written to it is packed, counted and measured."""

    def __init__(self, draft: Draft, name: str, media_type: str) -> None:
        self._name = name
        self._media_type = media_type
        self._file = _Measured(draft.create(name))
        self._packed = GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=self._file, mtime=0)
        self._plain = hashlib.sha256()
        self._size = self._rows = 0

    def write(self, data: bytes, rows: int) -> None:
        """Add to it."""
        self._packed.write(data)
        self._plain.update(data)
        self._size += len(data)
        self._rows += rows

    def close(self) -> None:
        """End it; asked twice is no trouble."""
        self._packed.close()
        self._file.close()

    def told(self) -> DataFile:
        """What it is, after its end."""
        size, digest = self._file.size, self._file.digest.hexdigest()
        plain = self._plain.hexdigest()
        return DataFile(self._name, self._media_type, size, digest, self._rows, self._size, plain)


class _Measured:
    """A file that knows how long it is and the digest of its bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write on."""
        self.size += len(data)
        self.digest.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        """Let go of what is held back."""
        self._file.flush()

    def close(self) -> None:
        """End it."""
        self._file.close()
