"""Copying a whole store to another place, of the same or the other kind: all of it, compared and sound, or nothing."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from sqlalchemy import Table, func, insert, select

from passport.adapters.sql import tables
from passport.adapters.sql.building import Building, building
from passport.adapters.sql.driver import Connection, Driver, Place, Row
from passport.adapters.sql.prepared import prepare
from passport.adapters.sql.store import Store
from passport.adapters.sql.writing import SqlWriting, Writer
from passport.errors import StoreRefused

_BATCH = 1000
_COPIED = tuple(table for table in tables.metadata.sorted_tables if table is not tables.store)


def copy_store(source: Store, place: Place, *, progress: Callable[[int, int], None] = lambda _done, _all: None) -> int:
    """Copy every row of ``source`` into a new store; gives the number of documents. The source can be read meanwhile.

    Nobody writes to the source until it is done. The copy is one transaction: at its end the numbers of rows, the size
    and root of the log, and the seals of all rows are compared. ``progress`` is told rows done and rows in all. Raises
    ``StoreRefused`` when there is a store in ``place`` already, or when the copy is not the same; nothing is kept then.
    """
    with source.database.transaction() as held:
        numbers = _numbers(source.database, held)
        done, total = 0, sum(numbers.values())
        with building(place, base_url=source.base_url) as made:
            for table in _COPIED:
                names = [column.name for column in table.c]
                add = prepare(made.database.dialect, insert(table), *names)
                rows = source.database.each(prepare(source.database.dialect, select(*table.c)))
                for batch in _batches(rows):
                    _add(made, add, batch)
                    held.execute("SELECT 1")
                    done += len(batch)
                    progress(done, total)
            if _numbers(made.database, made.connection) != numbers:
                raise StoreRefused("The copy has other numbers of rows than the store. Nothing was kept of it.")
            tree = SqlWriting(Writer(made.database), made.connection).tree()
            if tree != SqlWriting(Writer(source.database), held).tree():
                raise StoreRefused(
                    "The log of the copy has another root than that of the store. Nothing was kept of it."
                )
    return tree.size


def _add(made: Building, sql: str, rows: list[Row]) -> None:
    try:
        made.connection.executemany(sql, rows)
    except made.database.integrity_errors as error:
        raise StoreRefused("The store has rows that refer to none, or twice the same. Nothing was kept.") from error


def _numbers(driver: Driver, connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {table.name: _number(driver, connection, table) for table in _COPIED}


def _number(driver: Driver, connection: Connection, table: Table) -> int:
    return int(connection.execute(prepare(driver.dialect, select(func.count()).select_from(table))).fetchone()[0])


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH)):
        yield batch
