"""The newest published checkpoint as a file beside the signing keys, which no copy of the database holds."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from passport.adapters.files import PRIVATE_FILE, make_private, settle, write_durably
from passport.errors import Damaged

NAME = "log-checkpoint"
"""The name of the file. Those of logs that have ended have a number after it."""

_LOCK = f"{NAME}.lock"


class FileMarks:
    """Marks in a folder (``passport.ports.Marks``)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path = directory / NAME
        self._threads = Lock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Only one thread of one process on this machine is inside."""
        with self._threads:
            make_private(self._directory)
            handle = os.open(self._directory / _LOCK, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield
            finally:
                os.close(handle)

    def read(self) -> str | None:
        """The note that was written last; raises ``Damaged`` for bytes that are no text."""
        return _text(self._path) if self._path.exists() else None

    def write(self, note: str) -> None:
        """Keep a note in the place of the one before."""
        make_private(self._directory)
        write_durably(self._path, note.encode(), replace=True)

    def retire(self, number: int) -> None:
        """Put the note away as the last one of the log with that number; a note that is there already stays."""
        if self._path.exists():
            write_durably(self._directory / f"{NAME}.{number}", self._path.read_bytes(), replace=False)
            self._path.unlink()
            settle(self._directory)

    def former(self) -> Mapping[int, str]:
        """The last notes of logs that have ended, by their numbers."""
        endings = ((path, path.suffix[1:]) for path in self._directory.glob(f"{NAME}.*"))
        return {int(number): _text(path) for path, number in endings if number.isdecimal()}


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise Damaged(f"the file {path.name} is not what was stored") from error
