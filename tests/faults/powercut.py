"""A disk in memory that loses power: what was synced stays, of the rest each sector stays or not, by chance.

``connect`` opens a database on such a disk with the connection's methods that the adapter uses. SQLite is told to lock
the file for itself, because the disk has no memory that connections could share.
"""

import sqlite3
from itertools import count

import apsw

SECTOR = 512
_names = count()


class PowerCut(Exception):
    """The power is gone: nothing reaches the disk any more."""


class Disk(apsw.VFS):
    """A file system in memory. The power goes at the write with the number ``cut``."""

    def __init__(self, image, *, cut):
        self.name = f"powercut-{next(_names)}"
        self.files = {name: File(data) for name, data in image.items()}
        self.writes = 0
        self.syncs = 0
        self.cut = cut
        super().__init__(self.name, "")

    def act(self, *, writes):
        """Count a write; raise ``PowerCut`` when the power is gone."""
        if self.cut is not None and self.writes >= self.cut:
            raise PowerCut
        self.writes += writes

    def excepthook(self, *details):
        """What cannot be reported to SQLite, in cleaning up after the power has gone, is of no interest."""

    def xFullPathname(self, name):  # noqa: N802
        return name

    def xAccess(self, name, flags):  # noqa: N802
        return name in self.files

    def xDelete(self, name, sync):  # noqa: N802
        self.act(writes=1)
        self.files.pop(name, None)

    def xOpen(self, name, flags):  # noqa: N802
        self.act(writes=0)
        if name is None:
            return Handle(self, File(b""))
        plain = name.filename() if isinstance(name, apsw.URIFilename) else name
        return Handle(self, self.files.setdefault(plain, File(b"")))

    def survived(self, choice):
        """What is on the disk when the power comes back, by name."""
        return {name: file.survived(choice) for name, file in self.files.items()}


class File:
    """What the system sees of a file, what is safe, and what was done since."""

    def __init__(self, data):
        self.seen = bytearray(data)
        self.safe = bytes(data)
        self.since = []

    def survived(self, choice):
        data = bytearray(self.safe)
        for offset, written in self.since:
            if written is None:
                if choice.random() < 0.5:
                    del data[offset:]
                continue
            for start in range(0, len(written), SECTOR):
                if choice.random() < 0.5:
                    _put(data, offset + start, written[start : start + SECTOR])
        return bytes(data)


class Handle:
    """An open file, with the methods that APSW asks for."""

    def __init__(self, disk, file):
        self._disk, self._file = disk, file

    def excepthook(self, *details):
        """As that of the disk."""

    def xRead(self, amount, offset):  # noqa: N802
        return bytes(self._file.seen[offset : offset + amount])

    def xWrite(self, data, offset):  # noqa: N802
        self._disk.act(writes=1)
        _put(self._file.seen, offset, data)
        self._file.since.append((offset, bytes(data)))

    def xTruncate(self, size):  # noqa: N802
        self._disk.act(writes=1)
        del self._file.seen[size:]
        self._file.since.append((size, None))

    def xSync(self, flags):  # noqa: N802
        self._disk.act(writes=0)
        self._disk.syncs += 1
        self._file.safe, self._file.since = bytes(self._file.seen), []

    def xFileSize(self):  # noqa: N802
        return len(self._file.seen)

    def xSectorSize(self):  # noqa: N802
        return SECTOR

    def xDeviceCharacteristics(self):  # noqa: N802
        return 0

    def xFileControl(self, operation, pointer):  # noqa: N802
        return False

    def xCheckReservedLock(self):  # noqa: N802
        return False

    def xLock(self, level):  # noqa: N802
        return None

    def xUnlock(self, level):  # noqa: N802
        return None

    def xClose(self):  # noqa: N802
        return None


class Session:
    """A connection to a database on such a disk, as far as the adapter uses one, with the standard library's errors."""

    def __init__(self, disk, name, pragmas):
        self._connection = apsw.Connection(name, vfs=disk.name)
        self.execute("PRAGMA locking_mode=EXCLUSIVE")
        for pragma in pragmas:
            self.execute(pragma)

    @property
    def in_transaction(self):
        return self._connection.in_transaction

    def execute(self, sql, parameters=()):
        return self._run(lambda cursor: cursor.execute(sql, tuple(parameters)))

    def executemany(self, sql, parameters):
        return self._run(lambda cursor: cursor.executemany(sql, parameters))

    def close(self):
        self._connection.close()

    def _run(self, act):
        cursor = self._connection.cursor()
        before = self._connection.total_changes()
        try:
            rows = act(cursor).fetchall()
        except PowerCut as error:
            raise _error(sqlite3.OperationalError, "the power is gone", sqlite3.SQLITE_IOERR) from error
        except apsw.ConstraintError as error:
            raise _error(sqlite3.IntegrityError, str(error), sqlite3.SQLITE_CONSTRAINT) from error
        except apsw.Error as error:
            raise _error(sqlite3.OperationalError, str(error), getattr(error, "extendedresult", 1)) from error
        return _Result(rows, self._connection.total_changes() - before)


class _Result:
    def __init__(self, rows, changed):
        self._rows = rows
        self.rowcount = changed

    def fetchone(self):
        return self._rows[0] if self._rows else None

    def fetchall(self):
        return self._rows


def _error(kind, text, code):
    error = kind(text)
    error.sqlite_errorcode = code
    return error


def _put(data, offset, written):
    if len(data) < offset:
        data.extend(bytes(offset - len(data)))
    data[offset : offset + len(written)] = written
