"""All that is particular to PostgreSQL: its connections, the row lock of the one writer, healing, triggers, integrity.

Every write transaction first locks one row of the table ``store``, so that what it reads does not change before it
writes, and positions follow each other without gaps and in commit order, whatever the number of processes. It is READ
COMMITTED: after the lock each statement sees all that the writers before have committed. A connection that broke is
thrown away and made anew; nothing here needs a restart when the server had one.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.engine import Dialect

from passport.adapters.sql.driver import Connection, Row
from passport.adapters.sql.grouping import Group, Line
from passport.adapters.sql.postgresql import schema
from passport.adapters.sql.postgresql.sessions import Address, Readers, Session, connect, lost, translated
from passport.errors import Damaged, Refusal, StoreBusy, StoreFailing, StoreRefused, StoreUnsure

_T = TypeVar("_T")
_dialect: Callable[..., Dialect] = PGDialect
_PATIENCE = 1.0
_STEP = 0.05
_CHECKSUMS = "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
_STANDING = frozenset({TransactionStatus.INTRANS, TransactionStatus.INERROR})


class PostgreSQL:
    """One database: a few kept connections for reading, shared by all threads, and one writer."""

    dialect = _dialect(paramstyle="format")
    integrity_errors: tuple[type[Exception], ...] = (psycopg.IntegrityError,)

    def __init__(self, address: str) -> None:
        """``address`` is a URL ``postgresql://…`` as libpq reads it. Raises ``StoreRefused`` when it cannot."""
        self.address = Address.read(address)
        self._readers = Readers(self.address)
        self._line = Line()
        self._writer: Session | None = None
        self._trouble: float | None = None

    def check(self) -> None:
        """Raise ``StoreRefused``, saying why, when the database does not answer or is not fit to hold a store."""
        try:
            with self._readers.borrowed() as session:
                unfit = schema.unfit(session)
        except psycopg.Error as error:
            reason = str(error).strip().partition("\n")[0]
            raise StoreRefused(f"The {self.address.place} cannot be used: {reason}") from error
        if unfit:
            self.close()
            raise StoreRefused(f"The {self.address.place} cannot be used: {unfit}")

    def has_store(self) -> bool:
        """Whether the tables of a store are there."""
        return self.one("SELECT to_regclass('alembic_version') IS NOT NULL") == (True,)

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row among committed data."""
        if _unstorable(parameters):
            return None
        row: Row | None = self._reading(lambda session: session.execute(sql, parameters).fetchone())
        return row

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows among committed data."""
        if _unstorable(parameters):
            return []
        return self._reading(lambda session: session.execute(sql, parameters).fetchall())

    def each(self, sql: str) -> Iterator[Row]:
        """All rows among committed data, one after another; what is committed meanwhile is not seen."""
        try:
            session = connect(self.address, reading=True)
            try:
                session.execute("BEGIN")
                yield from session.each(sql)
            finally:
                session.close()
        except psycopg.Error as error:
            raise translated(error) from error

    @contextmanager
    def transaction(self, *, wait: float = 30.0) -> Iterator[Connection]:
        """The one write transaction, across threads and processes; durable when the block has been left.

        Blocks of threads that wait for each other share one transaction: one that fails is undone alone, and none is
        left before the commit of all. Raises ``StoreBusy``, ``StoreFull`` and ``StoreFailing`` for what the server and
        other writers do to it, and ``StoreUnsure`` when the answer to its commit was lost.
        """
        deadline = time.monotonic() + wait
        try:
            group = self._line.enter(wait)
        except TimeoutError:
            raise _busy() from None
        joined = group.blocks > 0
        try:
            session = self._joined() if joined else self._begun(deadline)
            yield session
            if session.status is not TransactionStatus.INTRANS:
                raise StoreFailing("The database has ended the transaction.")
            if joined:
                session.execute("RELEASE SAVEPOINT joined")
        except BaseException as error:
            self._fail(group, joined=joined)
            if isinstance(error, psycopg.Error):
                raise translated(error) from error
            raise
        if self._line.leave(group):
            self._commit(group)
        group.settled.wait()
        if group.wrong is not None:
            raise _lost(group.wrong) from group.wrong

    def scrub(self) -> None:
        """Free the space of rows as they were, to be written over; the server keeps its own log as long as it does."""
        try:
            with closing(connect(self.address, reading=False)) as session:
                session.execute("VACUUM document")
        except psycopg.Error as error:
            raise translated(error) from error

    def open(self, connection: Connection) -> bool:
        """Whether the transaction still stands; it may have to go back to a savepoint."""
        return isinstance(connection, Session) and connection.status in _STANDING

    def flaws(self) -> list[str]:
        """What PostgreSQL itself has found wrong with its pages, in words; empty when all is well.

        It checks keys and references at each write, and pages by its data checksums where the cluster has them.
        """
        try:
            row = self.one(_CHECKSUMS)
        except (Damaged, StoreFailing) as error:
            return [str(error)]
        return [f"PostgreSQL has met {row[0]} pages that are not what was written"] if row and row[0] else []

    def schema_digest(self, connection: Connection | None = None) -> str:
        """The SHA-256 of all tables, constraints, indexes and triggers, in hex; as ``connection`` sees them."""
        rows = self.all(schema.DIGESTED) if connection is None else connection.execute(schema.DIGESTED).fetchall()
        return schema.digest(rows)

    def close(self) -> None:
        """Close every connection; threads that still read lose theirs."""
        self._readers.drop()
        self._drop()

    def _reading(self, act: Callable[[Session], _T]) -> _T:
        """Read on a kept connection; on new ones while the server has not been in trouble for long."""
        while True:
            try:
                with self._readers.borrowed() as session:
                    found = act(session)
            except psycopg.Error as error:
                if not lost(error) or not self._patient():
                    raise translated(error) from error
            else:
                self._trouble = None
                return found

    def _patient(self) -> bool:
        """Whether to try once more after a connection was lost: at once the first time, then for a second in all.

        All readers share this second, so that they do not hold up a server process while the database is away.
        """
        self._readers.drop()
        now = time.monotonic()
        if self._trouble is None:
            self._trouble = now
            return True
        time.sleep(_STEP)
        return now < self._trouble + _PATIENCE

    def _begun(self, deadline: float) -> Session:
        """The writer with a new transaction that holds the lock; on a new connection when the old one is lost."""
        patient = min(deadline, time.monotonic() + _PATIENCE)
        while True:
            kept = self._writer is not None
            try:
                session = self._writer = self._writer or connect(self.address)
                session.begin(_lock(deadline))
            except psycopg.errors.LockNotAvailable as error:
                raise _busy() from error
            except psycopg.Error as error:
                self._drop()
                if not lost(error) or time.monotonic() >= patient:
                    raise
                if not kept:
                    time.sleep(_STEP)
            else:
                return session

    def _joined(self) -> Session:
        """The writer with the open transaction of the blocks before."""
        if self._writer is None:
            raise StoreFailing("The transaction was closed.")
        self._writer.execute("SAVEPOINT joined")
        return self._writer

    def _fail(self, group: Group, *, joined: bool) -> None:
        """Undo a block that failed, and let those before it in its transaction be committed."""
        if joined and self._undone():
            if self._line.leave(group):
                self._commit(group)
            return
        self._roll_back()
        self._line.settle(group, StoreFailing("Another write of the same transaction ended it."))

    def _undone(self) -> bool:
        """Undo the last block of the open transaction; False when the whole of it has ended."""
        if self._writer is None or self._writer.status not in _STANDING:
            return False
        try:
            self._writer.execute("ROLLBACK TO SAVEPOINT joined")
            self._writer.execute("RELEASE SAVEPOINT joined")
        except psycopg.Error:
            return False
        return True

    def _commit(self, group: Group) -> None:
        """Commit what all blocks did, and tell them."""
        wrong: BaseException | None = None
        try:
            if self._writer is None:
                raise StoreFailing("The transaction was closed.")
            self._writer.commit()
        except psycopg.Error as error:
            wrong = StoreUnsure("The database did not say whether this was kept.") if lost(error) else translated(error)
            wrong.__cause__ = error
        except BaseException as error:
            wrong = error
        if wrong is not None:
            self._roll_back()
        self._line.settle(group, wrong)

    def _roll_back(self) -> None:
        """Undo the open transaction if there is one; a connection that cannot do that is given up."""
        if self._writer is None or self._writer.status is TransactionStatus.IDLE:
            return
        try:
            if self._writer.status in _STANDING:
                self._writer.execute("ROLLBACK")
                return
        except psycopg.Error:
            pass
        self._drop()

    def _drop(self) -> None:
        session, self._writer = self._writer, None
        if session is not None:
            session.close()


def _lock(deadline: float) -> str:
    """The beginning of a write transaction, in one message: it waits for the lock until then."""
    left = int((deadline - time.monotonic()) * 1000)
    if left <= 0:
        return f"BEGIN; {schema.LOCK} NOWAIT"
    return f"BEGIN; SET LOCAL lock_timeout = {left}; {schema.LOCK}"


def _unstorable(parameters: Sequence[Any]) -> bool:
    """Whether a text is among them that no row can have: PostgreSQL keeps no NUL."""
    return any(isinstance(each, str) and "\0" in each for each in parameters)


def _busy() -> StoreBusy:
    return StoreBusy("Other writes are still running; try again.")


def _lost(wrong: BaseException) -> Exception:
    """What each block of a transaction is told that was not committed, or perhaps not."""
    if isinstance(wrong, Refusal):
        return type(wrong)(wrong.detail)
    return StoreUnsure("The write was broken off while it was committed.")
