"""All that is particular to SQLite: connections, pragmas, the write lock, triggers, online copies, integrity.

Settings: write-ahead log with ``synchronous=FULL`` (an acknowledged write survives a power cut), foreign keys on, and
``BEGIN IMMEDIATE`` for every write, so that what a transaction reads does not change before it writes. Writers of one
process that wait share a transaction and thus one wait for the disk; each block in it can still fail on its own.
"""

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection as CoreConnection
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import NullPool

from passport.adapters.files import PRIVATE_FILE, settle
from passport.adapters.sql.driver import Connection, Row
from passport.adapters.sql.grouping import Group, Line, Turnstile
from passport.errors import Damaged, StoreBusy, StoreFailing, StoreFull, StoreUnsure

_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_OCCUPIED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_FAILING = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL})
_RETRY = 0.0005
_WRITING = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=0",
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA cache_size=-65536",
    "PRAGMA secure_delete=ON",
)
_READING = ("PRAGMA busy_timeout=5000", "PRAGMA query_only=ON")
_MAPPED = "PRAGMA mmap_size=1073741824"


class _Session(sqlite3.Connection):
    """A connection that can be referred to weakly, so that those of ended threads go away."""


class SQLite:
    """One database file: a kept read-only connection for each thread, and one writer."""

    dialect: Dialect = pysqlite.dialect(paramstyle="qmark")
    integrity_errors: tuple[type[Exception], ...] = (sqlite3.IntegrityError,)

    def __init__(self, path: Path, *, mapped: bool = True) -> None:
        """``mapped`` reads through a memory map: faster, but the process ends when somebody cuts the file short."""
        self.path = path
        self._reading = (*_READING, _MAPPED) if mapped else _READING
        self._line = Line()
        self._turnstile: Turnstile | None = None
        self._local = threading.local()
        self._sessions: WeakSet[_Session] = WeakSet()
        self._writer: _Session | None = None

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row among committed data."""
        try:
            row: Row | None = self._reader().execute(sql, parameters).fetchone()
        except sqlite3.DatabaseError as error:
            raise _translated(error) from error
        return row

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows among committed data."""
        try:
            return self._reader().execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise _translated(error) from error

    def each(self, sql: str) -> Iterator[Row]:
        """All rows among committed data, one after another; what is committed meanwhile is not seen."""
        try:
            yield from self._reader().execute(sql)
        except sqlite3.DatabaseError as error:
            raise _translated(error) from error

    @contextmanager
    def transaction(self, *, wait: float = 30.0) -> Iterator[Connection]:
        """The one write transaction, across threads and processes; durable when the block has been left.

        Blocks of threads that wait for each other share one transaction: one that fails is undone alone, and none is
        left before the commit of all. Raises ``StoreBusy``, ``StoreFull`` and ``StoreFailing`` for what the disk and
        other writers do to it.
        """
        deadline = time.monotonic() + wait
        try:
            group = self._line.enter(wait)
        except TimeoutError:
            raise _busy() from None
        joined = group.blocks > 0
        try:
            connection = self._joined() if joined else self._begun(deadline)
            yield connection
            if not connection.in_transaction:
                raise StoreFailing("The disk has ended the transaction.")
            if joined:
                connection.execute("RELEASE joined")
        except BaseException as error:
            self._fail(group, error, joined=joined)
            if isinstance(error, sqlite3.DatabaseError):
                raise _translated(error, writing=True) from error
            raise
        if self._line.leave(group):
            self._commit(group)
        group.settled.wait()
        if group.wrong is not None:
            raise _told(group.wrong) from group.wrong

    def _begun(self, deadline: float) -> _Session:
        """The writer's connection with a new transaction."""
        if self._writer is None:
            self._turnstile = self._turnstile or Turnstile(self.path.absolute().parent)
            self._writer = self._connect("rw", _WRITING)
        if self._turnstile is None or not self._turnstile.enter(deadline):
            raise _busy()
        try:
            _begin(self._writer, deadline)
        finally:
            self._turnstile.leave()
        return self._writer

    def _joined(self) -> _Session:
        """The writer's connection with the open transaction of the blocks before."""
        if self._writer is None:
            raise sqlite3.ProgrammingError("The transaction was closed.")
        self._writer.execute("SAVEPOINT joined")
        return self._writer

    def _fail(self, group: Group, error: BaseException, *, joined: bool) -> None:
        """Undo a block that failed, and let those before it in its transaction be committed."""
        if joined and self._undone():
            if self._line.leave(group):
                self._commit(group)
            return
        self._roll_back()
        self._line.settle(group, error)

    def _undone(self) -> bool:
        """Undo the last block of the open transaction; False when the disk has ended the whole of it."""
        if self._writer is None or not self._writer.in_transaction:
            return False
        try:
            self._writer.execute("ROLLBACK TO joined")
            self._writer.execute("RELEASE joined")
        except sqlite3.DatabaseError:
            return False
        return True

    def _commit(self, group: Group) -> None:
        """Commit what all blocks did, and tell them."""
        wrong: BaseException | None = None
        try:
            if self._writer is None:
                raise sqlite3.ProgrammingError("The transaction was closed.")
            self._writer.execute("COMMIT")
        except BaseException as error:
            wrong = _unsure(error)
            self._roll_back()
        self._line.settle(group, wrong)

    def _roll_back(self) -> None:
        """Undo the open transaction if there is one; a connection that cannot do that is given up."""
        if self._writer is None or not self._writer.in_transaction:
            return
        try:
            self._writer.execute("ROLLBACK")
        except sqlite3.DatabaseError:
            self._writer.close()
            self._writer = None

    def scrub(self) -> None:
        """Empty the write-ahead log, which still has the rows as they were; in the file they were overwritten.

        Readers that are still at work may keep it from being emptied: then the next commits do it.
        """
        try:
            with closing(self._connect("rw", ("PRAGMA busy_timeout=5000",))) as session:
                session.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.DatabaseError as error:
            raise _translated(error, writing=True) from error

    def open(self, connection: Connection) -> bool:
        """Whether the transaction still stands."""
        return isinstance(connection, sqlite3.Connection) and connection.in_transaction

    def flaws(self) -> list[str]:
        """What SQLite's own integrity check says, in its words; empty when all is well."""
        try:
            rows = self.all("PRAGMA integrity_check") + self.all("PRAGMA foreign_key_check")
        except (Damaged, StoreFailing) as error:
            return [str(error)]
        return [" ".join(map(str, row)) for row in rows if row != ("ok",)]

    def schema_digest(self) -> str:
        """The SHA-256 of the schema's text, in hex."""
        rows = self.all("SELECT name, sql FROM sqlite_master ORDER BY name")
        return hashlib.sha256(ascii(rows).encode()).hexdigest()

    def copy(self, target: Path) -> None:
        """Copy the database as it is now into one new file, whatever is being written meanwhile; durable on return.

        Raises ``FileExistsError`` rather than put it in the place of another.
        """
        part = target.with_name(target.name + ".part")
        part.unlink(missing_ok=True)
        part.touch(mode=PRIVATE_FILE)
        with closing(self._connect("ro", self._reading)) as source, closing(sqlite3.connect(part)) as copied:
            source.backup(copied)
            copied.execute("PRAGMA journal_mode=DELETE")
        settle(part)
        try:
            os.link(part, target)
        finally:
            part.unlink()
        settle(target.parent)

    def close(self) -> None:
        """Close every connection; threads that still read lose theirs."""
        group = self._line.enter(-1)
        try:
            for session in list(self._sessions):
                session.close()
            self._writer = None
            self._local = threading.local()
            if self._turnstile is not None:
                self._turnstile.close()
                self._turnstile = None
        finally:
            self._line.settle(group)

    def _reader(self) -> _Session:
        try:
            session: _Session = self._local.session
        except AttributeError:
            session = self._local.session = self._connect("ro", self._reading)
        return session

    def _connect(self, mode: str, pragmas: Sequence[str]) -> _Session:
        try:
            session = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
                factory=_Session,
            )
        except sqlite3.DatabaseError as error:
            raise _translated(error) from error
        try:
            for pragma in pragmas:
                session.execute(pragma)
        except sqlite3.DatabaseError as error:
            session.close()
            raise _translated(error) from error
        self._sessions.add(session)
        return session


def engine(path: Path) -> Engine:
    """A SQLAlchemy engine on the file, for migrations: each transaction holds the write lock from its beginning."""
    made = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    @event.listens_for(made, "connect")
    def connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in _WRITING:
            connection.execute(pragma)

    @event.listens_for(made, "begin")
    def began(connection: CoreConnection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return made


def refuse_changes(connection: CoreConnection, *, kept: Sequence[str], lasting: Sequence[str]) -> None:
    """Make the database itself refuse to delete rows of both kinds of tables and to update those of ``kept``."""
    for table in (*kept, *lasting):
        connection.exec_driver_sql(_refusal(table, "DELETE"))
    for table in kept:
        connection.exec_driver_sql(_refusal(table, "UPDATE"))


def erasable(connection: CoreConnection, table: str, *, emptied: Sequence[str]) -> None:
    """Let rows of ``table`` be updated in one way only: that all of ``emptied`` become empty, and nothing else changes.

    In the place of the refusal that ``refuse_changes`` made.
    """
    columns = [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in columns if name not in emptied)
    empty = " AND ".join(f"length(NEW.{name}) = 0" for name in emptied)
    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_update")
    connection.exec_driver_sql(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({same} AND {empty}) "
        f"BEGIN SELECT RAISE(ABORT, '{table}: rows are kept for ever'); END"
    )


def _refusal(table: str, act: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: rows are kept for ever'); END"
    )


def _begin(connection: sqlite3.Connection, deadline: float) -> None:
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            if time.monotonic() >= deadline:
                raise _busy() from error
            time.sleep(_RETRY)
        else:
            return


def _unsure(error: BaseException) -> BaseException:
    """What became of a commit that failed: a disk that fails in it may still have kept it."""
    if isinstance(error, sqlite3.DatabaseError) and getattr(error, "sqlite_errorcode", 0) & 0xFF not in _FAILING:
        return error
    unsure = StoreUnsure(f"The store broke off while it committed: {error}.")
    unsure.__cause__ = error
    return unsure


def _told(error: BaseException) -> Exception:
    """What is told to each block of a transaction that was not committed; an exception of its own for every thread."""
    if isinstance(error, StoreUnsure):
        return StoreUnsure(error.detail)
    if isinstance(error, sqlite3.DatabaseError):
        return _translated(error, writing=True)
    return StoreFailing("The transaction was broken off by another write in it.")


def _busy() -> StoreBusy:
    return StoreBusy("Other writes are still running; try again.")


def _translated(error: sqlite3.DatabaseError, *, writing: bool = False) -> Exception:
    """The error in the service's words; what is a fault of our own stays as it is."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _OCCUPIED:
        return _busy()
    if code == sqlite3.SQLITE_FULL:
        return StoreFull("The disk of the store is full.")
    if code in _FAILING or (writing and code == sqlite3.SQLITE_READONLY):
        return StoreFailing(f"The store does not answer: {error}.")
    if code in _BROKEN or "Could not decode" in str(error):
        return Damaged(f"the database is damaged: {error}")
    return error
