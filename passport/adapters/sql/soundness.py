"""Whether a database holds what was written to it: its own checks, its schema, and the seal of every row."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import cache

from sqlalchemy import Table, bindparam, select
from sqlalchemy.engine import Dialect

from passport.adapters.sql import tables
from passport.adapters.sql.driver import Database, Driver, Row
from passport.adapters.sql.prepared import prepare
from passport.adapters.sql.rows import seal
from passport.errors import Damaged, StoreFailing, StoreRefused


def flaws(database: Database) -> list[str]:
    """What is physically wrong: pages, indexes, references, the schema, rows. Empty when all is well."""
    found = database.flaws()
    try:
        if setting(database, "schema") != database.schema_digest():
            found.append("the schema is not the one that was set up")
        found += broken_seals(database, database.each)
    except (Damaged, StoreFailing, sqlite3.DatabaseError) as error:
        found.append(str(error))
    return found


def broken_seals(driver: Driver, each: Callable[[str], Iterator[Row]]) -> list[str]:
    """Rows that are not what was written, in words; ``each`` gives the rows of a query."""
    checked = [table for table in tables.metadata.sorted_tables if "seal" in table.c]
    return [flaw for table in checked for flaw in _broken(driver, each, table)]


def _broken(driver: Driver, each: Callable[[str], Iterator[Row]], table: Table) -> Iterator[str]:
    for row in each(_sealed(driver.dialect, table)):
        if seal(row[:-1]) != row[-1]:
            yield f"{table.name} {row[0]!r}: the row is not what was written"


def setting(database: Database, name: str) -> str:
    """What the store keeps about itself under that name; raises ``StoreRefused`` when it is not there."""
    row = database.one(_named(database.dialect), (name,))
    if row is None:
        raise StoreRefused(f"The store does not know its {name}: it was never finished.", name=name)
    return str(row[0])


@cache
def _named(dialect: Dialect) -> str:
    return prepare(dialect, select(tables.store.c.value).where(tables.store.c.name == bindparam("n")), "n")


@cache
def _sealed(dialect: Dialect, table: Table) -> str:
    """The rows of a table with what was sealed of them, and the seal."""
    names = [column.name for column in table.c if column.name not in tables.UNSEALED]
    return prepare(dialect, select(*(table.c[name] for name in (*names, "seal"))))
