"""Snapshots as folders of files: each is made beside its place, made durable, and renamed into it."""

import fcntl
import os
import re
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from passport.adapters.files import PRIVATE_FILE, make_private, settle, write_durably
from passport.errors import Conflict, Malformed, StoreBusy

NOTICE: Final = "withdrawn"
"""The one file of a snapshot that was struck out. No file of a snapshot is called so."""
RELEASED: Final = "released"
"""Stands among the files that are left of a snapshot that was released. No other file is called so."""

_OURS = (NOTICE, RELEASED)
_LOCK = ".lock"
_PART = ".part"
_NAME = re.compile(r"\d{4}-\d\d-\d\d(-\d{1,6})?")
_FILE = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


class FolderDraft:
    """A folder beside the others (``passport.ports.Draft``)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, file: str) -> BinaryIO:
        """A new file in it."""
        if not _FILE.fullmatch(file) or file in _OURS:
            raise Malformed(f"A file of a snapshot cannot be called {file[:100]!r}.")
        return os.fdopen(os.open(self._folder / file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb")


class FolderSnapshots:
    """Snapshots in a folder (``passport.ports.Snapshots``)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @contextmanager
    def making(self, name: str) -> Iterator[FolderDraft]:
        """Make a snapshot in a folder that is renamed at the end; whatever a crash has left is taken away before."""
        if not _NAME.fullmatch(name):
            raise Malformed("A snapshot is called by its date, as 2026-03-01 or 2026-03-01-2.")
        make_private(self._directory)
        with self._alone():
            for left in self._directory.glob(f"*{_PART}"):
                shutil.rmtree(left)
            place = self._directory / name
            if place.exists():
                raise Conflict(f"There is a snapshot {name} already.")
            part = self._directory / f"{name}{_PART}"
            make_private(part)
            try:
                yield FolderDraft(part)
                for each in part.iterdir():
                    settle(each)
                settle(part)
                part.rename(place)
            finally:
                if part.exists():
                    shutil.rmtree(part)
            settle(self._directory)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        handle = os.open(self._directory / _LOCK, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreBusy("A snapshot is being made at this moment.") from None
            yield
        finally:
            os.close(handle)

    def names(self) -> Sequence[str]:
        """All names, the oldest first: by date, then by number."""
        found = self._directory.iterdir() if self._directory.is_dir() else iter(())
        return sorted((each.name for each in found if _NAME.fullmatch(each.name)), key=_order)

    def open(self, name: str, file: str) -> BinaryIO | None:
        """A file to read; none of a snapshot that was struck out."""
        if not _NAME.fullmatch(name) or not _FILE.fullmatch(file) or file in _OURS:
            return None
        if (self._directory / name / NOTICE).exists():
            return None
        try:
            return (self._directory / name / file).open("rb")
        except FileNotFoundError:
            return None

    def strike(self, name: str, notice: bytes) -> None:
        """First the notice, by which nothing is read any more; then the files go."""
        if name not in self.names():
            return
        place = self._directory / name
        write_durably(place / NOTICE, notice, replace=False)
        _clear(place, (NOTICE,))

    def release(self, name: str, notice: bytes, *, kept: Collection[str]) -> None:
        """First the notice, by which the rest is not read any more; then the files go."""
        if name not in self.names() or self.notice(name) is not None:
            return
        place = self._directory / name
        write_durably(place / RELEASED, notice, replace=False)
        _clear(place, (RELEASED, NOTICE, *kept))

    def released(self, name: str) -> bytes | None:
        """What the file says that was put beside those that are left."""
        return self._said(name, RELEASED) if self.notice(name) is None else None

    def notice(self, name: str) -> bytes | None:
        """What the one file says that is left."""
        return self._said(name, NOTICE)

    def _said(self, name: str, file: str) -> bytes | None:
        if not _NAME.fullmatch(name):
            return None
        try:
            return (self._directory / name / file).read_bytes()
        except FileNotFoundError:
            return None


def _clear(place: Path, kept: Collection[str]) -> None:
    for each in place.iterdir():
        if each.name not in kept:
            each.unlink(missing_ok=True)
    settle(place)


def _order(name: str) -> tuple[str, int]:
    return name[:10], int(name[11:] or 1)
