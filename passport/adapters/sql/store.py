"""A store as a whole: creating, opening, migrating, checking, backing up and restoring it.

It is one database file in a data folder, or one PostgreSQL database. Pictures and signing keys live in folders of
their own; keys are never part of a backup.
"""

import sqlite3
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, bindparam, column, select, table, update
from sqlalchemy.engine import Dialect

from passport.adapters.files import make_private
from passport.adapters.sql import soundness, sqlite, tables
from passport.adapters.sql.building import DATABASE, building
from passport.adapters.sql.driver import Database, Place
from passport.adapters.sql.history import SqlHistory
from passport.adapters.sql.parties import SqlParties
from passport.adapters.sql.prepared import prepare
from passport.adapters.sql.revisions import SCRIPTS, known_revisions
from passport.adapters.sql.rows import seal
from passport.adapters.sql.sqlite import SQLite
from passport.errors import Damaged, StoreFailing, StoreRefused

if TYPE_CHECKING:
    from passport.adapters.sql.postgresql.driver import PostgreSQL


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. ``base_url`` has no slash at its end."""

    place: Place
    base_url: str
    history: SqlHistory
    parties: SqlParties
    database: Database

    @property
    def folder(self) -> Path:
        """The data folder of a store that is a file."""
        if not isinstance(self.place, Path):
            raise TypeError("this store is no file in a folder")
        return self.place

    def flaws(self) -> list[str]:
        """What is physically wrong: pages, indexes, references, the schema, rows that are not what was written.

        Empty when all is well. The history's meaning is the business of ``passport.service.audit``.
        """
        return soundness.flaws(self.database)

    def backup(self, target: Path) -> None:
        """Write everything that is committed now into one new file, while others write; durable on return.

        Raises ``StoreRefused`` for a store in PostgreSQL, which has means of its own.
        """
        if not isinstance(self.database, SQLite):
            raise StoreRefused(
                "The store is in PostgreSQL: back it up with pg_dump --format=custom, or continuously with its WAL "
                "archive; passport copy --to FOLDER makes a store in a file of it."
            )
        if target.exists():
            raise StoreRefused(f"{target} exists already.", path=str(target))
        self.database.copy(target)

    def close(self) -> None:
        """Close all connections."""
        self.database.close()


def create_store(place: Place, *, base_url: str) -> Store:
    """Make a new store; a folder is one that others may not read. The base URL is fixed from then on.

    A crash leaves no half-made one behind. Raises ``StoreRefused`` when there is one already.
    """
    with building(place, base_url=base_url):
        pass
    return _opened_first(place)


def has_store(place: Place) -> bool:
    """Whether there is a store, finished or not. Raises ``StoreRefused`` when the database does not let it be seen."""
    if isinstance(place, Path):
        return (place / DATABASE).exists()
    database = _postgresql(place)
    try:
        return database.has_store()
    finally:
        database.close()


def open_store(place: Place, *, base_url: str | None = None) -> Store:
    """Open a store. Reads nothing that grows with its content.

    Raises ``StoreRefused`` when there is none, when its schema is newer than this program or older (``passport
    migrate`` helps), or when ``base_url`` is given and is not the one of its creation.
    """
    database = _database(place)
    try:
        _check_revision(database, place)
        kept = soundness.setting(database, "base_url")
        if base_url is not None and base_url.rstrip("/") != kept:
            raise StoreRefused(
                f"This store was created for {kept}, not for {base_url}: printed codes lead there.", kept=kept
            )
        return Store(place, kept, SqlHistory(database), SqlParties(database), database)
    except StoreRefused:
        database.close()
        raise


def migrate_store(place: Place) -> str:
    """Bring the store's schema to this program's; gives the revision it had. Raises ``StoreRefused`` when newer."""
    from passport.adapters.sql.migrate import upgrade  # Alembic is slow to load and only needed here

    database = _database(place)
    try:
        before = _revision(database, place)
        _refuse_newer(before)
        with _engine(database).begin() as connection:
            upgrade(connection, SCRIPTS)
        ours = update(tables.store).where(tables.store.c.name == bindparam("its"))
        change = ours.values(value=bindparam("now"), seal=bindparam("mark"))
        sql = prepare(database.dialect, change, "now", "mark", "its")
        with database.transaction() as writing:
            digest = database.schema_digest()
            writing.execute(sql, (digest, seal(("schema", digest)), "schema"))
    finally:
        database.close()
    return before


def restore_store(backup: Path, place: Place) -> Store:
    """Make a store in a folder from a backup file and open it.

    Raises ``StoreRefused`` when the folder is not empty, the file is no sound backup of a store, or the store's place
    is PostgreSQL, which has means of its own.
    """
    if not isinstance(place, Path):
        raise StoreRefused(
            "The store's place is PostgreSQL: restore a pg_dump with pg_restore; or restore this backup to a folder, "
            "without PASSPORT_DATABASE, and passport copy it from there."
        )
    if place.exists() and any(place.iterdir()):
        raise StoreRefused(f"{place} is not empty.", path=str(place))
    if not backup.is_file():
        raise StoreRefused(f"There is no backup at {backup}.", path=str(backup))
    source = SQLite(backup)
    try:
        flaws = source.flaws()
        if flaws:
            raise StoreRefused(f"{backup} is damaged: {flaws[0]}", path=str(backup))
        _revision(source, backup)
        make_private(place)
        source.copy(place / DATABASE)
    except (StoreFailing, sqlite3.DatabaseError) as error:
        raise StoreRefused(f"{backup} is no backup of a store.", path=str(backup)) from error
    finally:
        source.close()
    return _opened_first(place)


def _opened_first(place: Place) -> Store:
    """Open a file that was copied, and write nothing once: the first writer turns on the write-ahead log, alone."""
    store = open_store(place)
    with store.database.transaction():
        return store


def _database(place: Place) -> Database:
    if not isinstance(place, Path):
        database = _postgresql(place)
        if not database.has_store():
            database.close()
            raise StoreRefused(f"There is no store in {database.address.place}: make one with passport init.")
        return database
    file = place / DATABASE
    if not file.is_file():
        raise StoreRefused(f"There is no store in {place}: make one with passport init.", path=str(place))
    return SQLite(file)


def _postgresql(address: str) -> "PostgreSQL":
    from passport.adapters.sql.postgresql.driver import PostgreSQL  # psycopg is only loaded where it is used

    database = PostgreSQL(address)
    database.check()
    return database


def _engine(database: Database) -> Engine:
    if isinstance(database, SQLite):
        return sqlite.engine(database.path)
    from passport.adapters.sql.postgresql import schema
    from passport.adapters.sql.postgresql.driver import PostgreSQL

    if not isinstance(database, PostgreSQL):
        raise TypeError(f"no migrations for {type(database).__name__}")
    return schema.engine(database.address)


def _check_revision(database: Database, place: Place) -> None:
    revision = _revision(database, place)
    _refuse_newer(revision)
    if revision != known_revisions(SCRIPTS)[-1]:
        raise StoreRefused(
            f"The store in {_said(place)} is older than this program: run passport migrate.", have=revision
        )


def _refuse_newer(revision: str) -> None:
    known = known_revisions(SCRIPTS)
    if revision not in known:
        raise StoreRefused(
            f"The store has schema {revision}, this program knows none newer than {known[-1]}: use a newer program.",
            have=revision,
        )


def _revision(database: Database, place: Place) -> str:
    try:
        row = database.one(_numbered(database.dialect))
    except (sqlite3.DatabaseError, Damaged) as error:
        raise StoreRefused(f"{_said(place)} holds no store.", path=_said(place)) from error
    if row is None:
        raise StoreRefused(f"The store in {_said(place)} was never finished.", path=_said(place))
    return str(row[0])


@cache
def _numbered(dialect: Dialect) -> str:
    return prepare(dialect, select(column("version_num")).select_from(table("alembic_version")))


def _said(place: Place) -> str:
    """A place in words: never an address, which may have a password in it."""
    return str(place) if isinstance(place, Path) else "this database"
