"""Connections to PostgreSQL: where it is, how one is made and used, the few that are kept for reading, its errors."""

import logging
import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper
from psycopg.types.string import StrBinaryDumper

from passport.adapters.sql.driver import Cursor, Row
from passport.errors import Damaged, StoreBusy, StoreFailing, StoreFull, StoreRefused

READERS = 8
"""So many connections of one process read at a time."""

_TURN = 30.0
_PREPARED = 1000
_MANY = 24
_STREAMED = 256
_DEFAULTS = {
    "application_name": "passport",
    "client_encoding": "utf8",
    "connect_timeout": "3",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
_WRITING = "SET synchronous_commit = on; SET idle_in_transaction_session_timeout = '60s'"
_READING = "SET default_transaction_read_only = on"
_OCCUPIED = frozenset({"55P03", "40001", "40P01", "53300"})
_FULL = "53100"
_BROKEN = frozenset({"XX000", "XX001", "XX002"})
_GONE = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03"})
_OURS = frozenset({"25P02"})
_LACKING = frozenset({"42P01", "42703"})
_FORBIDDEN = "42501"
_INSERT = re.compile(r"INSERT INTO (\S+ \([^)]*\)) VALUES \([%s, ]*\)\Z")


logging.getLogger("psycopg").setLevel(logging.ERROR)  # it warns of each connection that breaks: refusals tell that


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is. ``place`` says it to people, without the password; ``conninfo`` is for libpq alone."""

    place: str
    conninfo: str = field(repr=False)

    @classmethod
    def read(cls, text: str) -> "Address":
        """From a URL ``postgresql://…``; raises ``StoreRefused`` for one that libpq cannot read, never repeating it."""
        try:
            given = {name: str(value) for name, value in conninfo_to_dict(text).items() if value is not None}
        except psycopg.Error:
            raise StoreRefused("The address of the database is none that PostgreSQL reads: postgresql://…") from None
        name, host = given.get("dbname") or given.get("user") or "its default", given.get("host") or "this machine"
        return cls(f"database {name} at {host}", make_conninfo("", **(_DEFAULTS | given)))


class Session:
    """One connection: prepared statements, answers in binary, and inserts that do not end their transaction.

    Where SQLite only refuses an insert, PostgreSQL ends the whole transaction. So inserts step aside for a key that is
    taken, and are refused here when they did.
    """

    def __init__(self, raw: psycopg.Connection[Row]) -> None:
        raw.prepare_threshold, raw.prepared_max = 0, _PREPARED
        raw.adapters.register_dumper(int, Int8BinaryDumper)
        raw.adapters.register_dumper(str, StrBinaryDumper)
        self._raw = raw

    def __del__(self) -> None:
        self.close()

    @property
    def status(self) -> TransactionStatus:
        """Whether a transaction is open, and stands."""
        return TransactionStatus(self._raw.info.transaction_status)

    @property
    def whole(self) -> bool:
        """Whether the connection can still be used."""
        return not self._raw.closed

    @property
    def version(self) -> int:
        """The server's major version."""
        return self._raw.info.server_version // 10_000

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Cursor:
        """Run one statement. An insert whose key is taken leaves the transaction as it was before."""
        text, insert = _text(sql)
        if not parameters and not sql.startswith("SELECT"):
            return self._raw.execute(text, prepare=False)
        cursor = self._raw.cursor(binary=True).execute(text, parameters)
        if insert:
            _require(cursor, 1)
        return cursor

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Cursor:
        """Run one statement for many sets of parameters. An insert with a key that is taken adds some rows or none."""
        rows = iter(parameters)
        first = list(islice(rows, _MANY))
        text, insert = _text(sql)
        cursor = self._raw.cursor(binary=True)
        if insert and len(first) == _MANY:
            self._copy(cursor, insert, chain(first, rows))
        else:
            given = [*first, *rows]
            cursor.executemany(text, given)
            if insert and given:
                _require(cursor, len(given))
        return cursor

    def _copy(self, cursor: psycopg.Cursor[Row], table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Add many rows in one go, or none."""
        self._raw.execute(b"SAVEPOINT copying", prepare=False)
        try:
            with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)".encode()) as copy:
                for row in rows:
                    copy.write_row(row)
        except psycopg.IntegrityError:
            self._raw.execute(b"ROLLBACK TO SAVEPOINT copying", prepare=False)
            raise
        self._raw.execute(b"RELEASE SAVEPOINT copying", prepare=False)

    def each(self, sql: str) -> Iterator[Row]:
        """All rows of a query, a few at a time, inside the open transaction."""
        with self._raw.cursor(name="each", binary=True) as cursor:
            cursor.itersize = _STREAMED
            yield from cursor.execute(sql.encode())

    def begin(self, sql: str) -> None:
        """Run the statements that begin a write transaction; the last one must find the row that is its lock."""
        cursor = self._raw.execute(sql.encode(), prepare=False)
        while cursor.nextset():
            pass
        if cursor.fetchone() is None:
            raise StoreFailing("The database holds no store any more.")

    def commit(self) -> None:
        """Commit. PostgreSQL answers to the commit of a failed transaction by undoing it, which is an error here."""
        if self._raw.execute(b"COMMIT", prepare=False).statusmessage != "COMMIT":
            raise StoreFailing("The database has undone the transaction.")

    def close(self) -> None:
        """Close the connection, whatever state it is in."""
        with suppress(psycopg.Error):
            self._raw.close()


class Readers:
    """The connections for reading: each is one thread's for as long as one query lasts."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._free = threading.BoundedSemaphore(READERS)
        self._idle: deque[Session] = deque()

    @contextmanager
    def borrowed(self) -> Iterator[Session]:
        """A connection; thrown away when its use fails. Raises what psycopg does when none can be made."""
        if not self._free.acquire(timeout=_TURN):
            raise StoreBusy("Other reads are still running; try again.")
        try:
            session = self._taken() or connect(self._address, reading=True)
            try:
                yield session
            except BaseException:
                session.close()
                raise
            self._idle.append(session)
        finally:
            self._free.release()

    def drop(self) -> None:
        """Close those that nobody uses."""
        while (session := self._taken()) is not None:
            session.close()

    def _taken(self) -> Session | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None


def connect(address: Address, *, reading: bool = False) -> Session:
    """A new connection. Raises ``psycopg.OperationalError`` when the server does not answer or lets nobody in."""
    raw: psycopg.Connection[Row] = psycopg.connect(address.conninfo, autocommit=True)
    session = Session(raw)
    session.execute(_READING if reading else _WRITING)
    return session


@lru_cache(maxsize=_PREPARED)
def _text(sql: str) -> tuple[bytes, str | None]:
    """A statement as it is sent, and where it inserts to if it does: table and columns."""
    insert = _INSERT.fullmatch(sql)
    return (f"{sql} ON CONFLICT DO NOTHING" if insert else sql).encode(), insert and insert[1]


def _require(cursor: psycopg.Cursor[Row], number: int) -> None:
    if cursor.rowcount != number:
        raise psycopg.errors.UniqueViolation("a key is taken")


def lost(error: psycopg.Error) -> bool:
    """Whether the connection is what failed, so that a new one may do better."""
    state = error.sqlstate
    return isinstance(error, psycopg.OperationalError) and (state is None or state in _GONE or state.startswith("08"))


def translated(error: psycopg.Error) -> Exception:
    """The error in the service's words, naming nothing of the server; what is a fault of our own stays as it is."""
    state = error.sqlstate or ""
    if state in _OCCUPIED:
        return StoreBusy("Other writes are still running; try again.")
    if state == _FULL:
        return StoreFull("The disk of the store is full.")
    if state in _BROKEN:
        return Damaged(f"the database is damaged: {error.diag.message_primary}")
    if state in _LACKING:
        return Damaged(f"the database lacks what a store has: {error.diag.message_primary}")
    if state == _FORBIDDEN or (
        isinstance(error, psycopg.OperationalError | psycopg.InternalError) and state not in _OURS
    ):
        return StoreFailing(f"The database does not do what is asked of it: {type(error).__name__}.")
    return error
