"""The files of the index: numbered, made whole before they get their name, thrown away when they are damaged.

A number is never used twice while anything of that name is left: a write-ahead log or journal that outlived its file
could otherwise be read into the next one. The file is not mapped into memory: it may be cut short under us by whoever
thinks that it can be thrown away, and that must not end the process.
"""

import contextlib
import re
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from passport.adapters.files import PRIVATE_FILE, make_private
from passport.adapters.sql.sqlite import SQLite
from passport.errors import Damaged

_NAME = re.compile(r"(\d{1,9})\.sqlite.*")

_SCHEMA = """
CREATE TABLE progress (position INTEGER NOT NULL, mark BLOB NOT NULL, stamp TEXT NOT NULL);
CREATE TABLE description (
  id INTEGER PRIMARY KEY, level INTEGER NOT NULL, products INTEGER NOT NULL, digest BLOB NOT NULL UNIQUE,
  names TEXT NOT NULL, kinds TEXT NOT NULL, words TEXT NOT NULL, others TEXT NOT NULL);
CREATE TABLE product (
  id INTEGER PRIMARY KEY, description INTEGER NOT NULL, code TEXT NOT NULL UNIQUE, identifiers TEXT NOT NULL);
CREATE INDEX product_of ON product (description, id);
CREATE TABLE identifier (value TEXT NOT NULL, product INTEGER NOT NULL, PRIMARY KEY (value, product)) WITHOUT ROWID;
CREATE TABLE code (
  key TEXT NOT NULL, value TEXT NOT NULL, description INTEGER NOT NULL,
  PRIMARY KEY (key, value, description)) WITHOUT ROWID;
CREATE INDEX code_of ON code (description, key, value);
CREATE TABLE measure (
  field TEXT NOT NULL, low REAL NOT NULL, high REAL NOT NULL, description INTEGER NOT NULL,
  PRIMARY KEY (field, low, high, description)) WITHOUT ROWID;
CREATE INDEX measure_of ON measure (description, field);
CREATE VIRTUAL TABLE words_of_models USING fts5 (names, kinds, words, others, content='', tokenize='ascii');
CREATE VIRTUAL TABLE words_of_others USING fts5 (
  names, kinds, words, others, content='', columnsize=0, detail=none, tokenize='ascii');
"""


_Identity = tuple[int, int] | None


def _identity(path: Path) -> _Identity:
    """Which file stands under a name now; another one may have taken the place of one that was deleted."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


class Files:
    """The folder of the index, and the file in it that is used now."""

    def __init__(self, folder: Path, *, stamp: str) -> None:
        """``stamp`` tells what the index is made from: a file with another one begins anew."""
        self._folder = folder
        self._stamp = stamp
        self._lock = threading.Lock()
        self._kept: tuple[SQLite, _Identity] | None = None

    def current(self) -> SQLite:
        """The newest file, made where there is none. Asked for each use, so that a deleted file is noticed."""
        kept = self._kept
        if kept is not None and _identity(kept[0].path) == kept[1]:
            return kept[0]
        with self._lock:
            kept = self._kept
            if kept is None or _identity(kept[0].path) != kept[1]:
                database = self._newest()
                kept = self._kept = database, _identity(database.path)
            return kept[0]

    def gone(self, database: SQLite) -> bool:
        """Whether this is not the file that is there now."""
        return self.current() is not database

    def discard(self, database: SQLite) -> None:
        """Throw a damaged file away, if it is still the one; other processes notice by themselves."""
        with self._lock:
            if self._kept is not None and self._kept[0] is database and _identity(database.path) == self._kept[1]:
                for path in (database.path, *database.path.parent.glob(f"{database.path.name}-*")):
                    path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file that is used now."""
        with self._lock:
            if self._kept is not None:
                self._kept[0].close()
            self._kept = None

    def _newest(self) -> SQLite:
        make_private(self._folder)
        numbers = [int(found[1]) for each in self._folder.iterdir() if (found := _NAME.fullmatch(each.name))]
        last = max(numbers, default=0)
        path = self._path(last)
        if path.exists():
            database = SQLite(path, mapped=False)
            if self._fits(database):
                return database
            database.close()
            for old in self._folder.glob(f"{path.name}*"):
                old.unlink(missing_ok=True)
        self._make(last + 1)
        return SQLite(self._path(last + 1), mapped=False)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:04}.sqlite"

    def _fits(self, database: SQLite) -> bool:
        try:
            row = database.one("SELECT stamp FROM progress")
        except (Damaged, sqlite3.DatabaseError):
            return False
        return row is not None and row[0] == self._stamp

    def _make(self, number: int) -> None:
        """Another process that makes the same one at the same time is as good."""
        part = self._folder / f"new-{threading.get_ident()}-{id(self)}"
        part.unlink(missing_ok=True)
        part.touch(mode=PRIVATE_FILE)
        with closing(sqlite3.connect(part)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(_SCHEMA)
            connection.execute("INSERT INTO progress VALUES (0, x'', ?)", (self._stamp,))
            connection.commit()
        with contextlib.suppress(FileExistsError):
            self._path(number).hardlink_to(part)
        part.unlink()
