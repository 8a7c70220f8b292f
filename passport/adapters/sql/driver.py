"""What the SQL adapters need of one database product, and how Core statements become text that its driver takes."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import ClauseElement
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Row = tuple[Any, ...]


class Cursor(Protocol):
    """A DB-API cursor, as far as it is used here."""

    @property
    def rowcount(self) -> int:
        """Rows that the last statement changed, over all sets of parameters."""

    def fetchone(self) -> Any:
        """The next row as a tuple, or None."""

    def fetchall(self) -> list[Any]:
        """All remaining rows."""


class Connection(Protocol):
    """A DB-API connection inside the one write transaction."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor:
        """Run one statement."""

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Cursor:
        """Run one statement for many sets of parameters."""


class Driver(Protocol):
    """One database. Statements are text in the driver's own parameter style, made by ``prepare``."""

    @property
    def dialect(self) -> Dialect:
        """SQLAlchemy's dialect, with positional parameters."""

    @property
    def integrity_errors(self) -> tuple[type[Exception], ...]:
        """What the driver raises when a key or constraint is violated."""

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row among committed data, on a connection that this thread keeps. Raises ``Damaged``."""

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows among committed data, on a connection that this thread keeps. Raises ``Damaged``."""

    def transaction(self, *, wait: float = 30.0) -> AbstractContextManager[Connection]:
        """The one write transaction; ``StoreBusy`` after ``wait`` seconds. Committed at its end, undone by an error."""

    def open(self, connection: Connection) -> bool:
        """Whether the transaction still stands; some errors of the disk end it at once."""


def prepare(driver: Driver, statement: ClauseElement, *names: str) -> str:
    """Compile a Core statement once. ``names`` are its parameters in the order in which they will be given."""
    compiled = statement.compile(dialect=driver.dialect)
    if not isinstance(compiled, SQLCompiler) or tuple(compiled.positiontup or ()) != names:
        found = getattr(compiled, "positiontup", None)
        raise TypeError(f"the statement takes {found}, not {names}")
    return str(compiled)
