"""What the SQL adapters need of one database product."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.engine import Dialect

Row = tuple[Any, ...]

Place = Path | str
"""Where a store is: the folder of a database file, or the address ``postgresql://…`` of a database."""


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
        """SQLAlchemy's dialect, with positional parameters; the same object for every database of this kind."""

    @property
    def integrity_errors(self) -> tuple[type[Exception], ...]:
        """What the driver raises when a key or constraint is violated."""

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row among committed data, on a connection that this thread keeps. Raises ``Damaged``."""

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows among committed data, on a connection that this thread keeps. Raises ``Damaged``."""

    def transaction(self, *, wait: float = 30.0) -> AbstractContextManager[Connection]:
        """The one write transaction; ``StoreBusy`` after ``wait`` seconds. Committed at its end, undone by an error."""

    def scrub(self) -> None:
        """Overwrite on the disk what was taken out of rows, as far as the database can; may take seconds."""

    def open(self, connection: Connection) -> bool:
        """Whether the transaction still stands; some errors of the disk end it at once."""


class Database(Driver, Protocol):
    """A database as a whole, as far as stores need it."""

    def each(self, sql: str) -> Iterator[Row]:
        """All rows among committed data, one after another; what is committed meanwhile is not seen."""

    def flaws(self) -> list[str]:
        """What the database itself finds wrong with what it keeps, in words; empty when all is well."""

    def schema_digest(self) -> str:
        """A digest of all tables, constraints, indexes and triggers."""

    def close(self) -> None:
        """Close every connection."""


def place_of(text: str) -> Place:
    """What a text names: an address of a database, or else a folder."""
    return text if text.startswith(("postgresql://", "postgres://")) else Path(text)
