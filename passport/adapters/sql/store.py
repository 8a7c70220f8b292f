"""A store as a whole: creating, opening, migrating, checking, backing up and restoring it.

A data folder holds one database file. Pictures and signing keys live beside it, in folders of their own; keys are
never part of a backup.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Table, bindparam, column, insert, select, table, update

from passport.adapters.files import PRIVATE_FILE, make_private, settle
from passport.adapters.sql import tables
from passport.adapters.sql.driver import prepare
from passport.adapters.sql.history import SqlHistory
from passport.adapters.sql.parties import SqlParties
from passport.adapters.sql.revisions import SCRIPTS, known_revisions
from passport.adapters.sql.rows import seal, sealed
from passport.adapters.sql.sqlite import SQLite, engine
from passport.errors import Damaged, StoreFailing, StoreRefused

DATABASE = "passport.sqlite"
"""The name of the database file in a data folder."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. ``base_url`` has no slash at its end."""

    folder: Path
    base_url: str
    history: SqlHistory
    parties: SqlParties
    database: SQLite

    def flaws(self) -> list[str]:
        """What is physically wrong: pages, indexes, references, the schema, rows that are not what was written.

        Empty when all is well. The history's meaning is the business of ``passport.service.audit``.
        """
        found = self.database.flaws()
        try:
            if _setting(self.database, "schema") != self.database.schema_digest():
                found.append("the schema is not the one that was set up")
            for each in tables.metadata.sorted_tables:
                if "seal" in each.c:
                    found += _broken_seals(self.database, each)
        except (Damaged, StoreFailing, sqlite3.DatabaseError) as error:
            found.append(str(error))
        return found

    def backup(self, target: Path) -> None:
        """Write everything that is committed now into one new file, while others write; durable on return."""
        if target.exists():
            raise StoreRefused(f"{target} exists already.", path=str(target))
        self.database.copy(target)

    def close(self) -> None:
        """Close all connections."""
        self.database.close()


def create_store(folder: Path, *, base_url: str) -> Store:
    """Make a new store in ``folder``, which others may not read. The base URL is fixed from then on.

    It gets its name when it is whole, so that a crash leaves no half-made one behind. Raises ``StoreRefused`` when
    there is one already.
    """
    from passport.adapters.sql.migrate import upgrade  # Alembic is slow to load and only needed here

    make_private(folder)
    with TemporaryDirectory(dir=folder) as scratch:
        file = Path(scratch) / DATABASE
        file.touch(mode=PRIVATE_FILE)
        upgrade(engine(file), SCRIPTS)
        database = SQLite(file)
        add = prepare(database, insert(tables.store), "name", "value", "seal")
        with database.transaction() as connection:
            connection.execute(add, sealed("base_url", base_url.rstrip("/")))
            connection.execute(add, sealed("schema", database.schema_digest()))
        try:
            database.copy(folder / DATABASE)
        except FileExistsError as error:
            raise StoreRefused(f"There is a store in {folder} already.", path=str(folder)) from error
        finally:
            database.close()
    settle(folder)
    return _opened_first(folder)


def open_store(folder: Path, *, base_url: str | None = None) -> Store:
    """Open the store in ``folder``. Reads nothing that grows with its content.

    Raises ``StoreRefused`` when there is none, when its schema is newer than this program or older (``passport
    migrate`` helps), or when ``base_url`` is given and is not the one of its creation.
    """
    database = _database(folder)
    try:
        _check_revision(database, folder)
        kept = _setting(database, "base_url")
        if base_url is not None and base_url.rstrip("/") != kept:
            raise StoreRefused(
                f"This store was created for {kept}, not for {base_url}: printed codes lead there.", kept=kept
            )
        return Store(folder, kept, SqlHistory(database), SqlParties(database), database)
    except StoreRefused:
        database.close()
        raise


def migrate_store(folder: Path) -> str:
    """Bring the store's schema to this program's; gives the revision it had. Raises ``StoreRefused`` when newer."""
    from passport.adapters.sql.migrate import upgrade  # Alembic is slow to load and only needed here

    database = _database(folder)
    before = _revision(database, folder)
    _refuse_newer(before)
    upgrade(engine(database.path), SCRIPTS)
    change = update(tables.store).where(tables.store.c.name == bindparam("its"))
    sql = prepare(database, change.values(value=bindparam("now"), seal=bindparam("mark")), "now", "mark", "its")
    with database.transaction() as connection:
        digest = database.schema_digest()
        connection.execute(sql, (digest, seal(("schema", digest)), "schema"))
    database.close()
    return before


def restore_store(backup: Path, folder: Path) -> Store:
    """Make a store in ``folder`` from a backup file and open it.

    Raises ``StoreRefused`` when the folder is not empty, or the file is no sound backup of a store.
    """
    if folder.exists() and any(folder.iterdir()):
        raise StoreRefused(f"{folder} is not empty.", path=str(folder))
    if not backup.is_file():
        raise StoreRefused(f"There is no backup at {backup}.", path=str(backup))
    source = SQLite(backup)
    try:
        flaws = source.flaws()
        if flaws:
            raise StoreRefused(f"{backup} is damaged: {flaws[0]}", path=str(backup))
        _revision(source, backup)
        make_private(folder)
        source.copy(folder / DATABASE)
    except (StoreFailing, sqlite3.DatabaseError) as error:
        raise StoreRefused(f"{backup} is no backup of a store.", path=str(backup)) from error
    finally:
        source.close()
    return _opened_first(folder)


def _opened_first(folder: Path) -> Store:
    """Open a file that was copied, and write nothing once: the first writer turns on the write-ahead log, alone."""
    store = open_store(folder)
    with store.database.transaction():
        return store


def _database(folder: Path) -> SQLite:
    file = folder / DATABASE
    if not file.is_file():
        raise StoreRefused(f"There is no store in {folder}: make one with passport init.", path=str(folder))
    return SQLite(file)


def _check_revision(database: SQLite, folder: Path) -> None:
    revision = _revision(database, folder)
    _refuse_newer(revision)
    if revision != known_revisions(SCRIPTS)[-1]:
        raise StoreRefused(f"The store in {folder} is older than this program: run passport migrate.", have=revision)


def _refuse_newer(revision: str) -> None:
    known = known_revisions(SCRIPTS)
    if revision not in known:
        raise StoreRefused(
            f"The store has schema {revision}, this program knows none newer than {known[-1]}: use a newer program.",
            have=revision,
        )


def _revision(database: SQLite, place: Path) -> str:
    sql = prepare(database, select(column("version_num")).select_from(table("alembic_version")))
    try:
        row = database.one(sql)
    except (sqlite3.DatabaseError, Damaged) as error:
        raise StoreRefused(f"{place} holds no store.", path=str(place)) from error
    if row is None:
        raise StoreRefused(f"The store in {place} was never finished.", path=str(place))
    return str(row[0])


def _setting(database: SQLite, name: str) -> str:
    row = database.one(
        prepare(database, select(tables.store.c.value).where(tables.store.c.name == bindparam("n")), "n"), (name,)
    )
    if row is None:
        raise StoreRefused(f"The store does not know its {name}: it was never finished.", name=name)
    return str(row[0])


def _broken_seals(database: SQLite, checked: Table) -> list[str]:
    names = [each.name for each in checked.c if each.name not in tables.UNSEALED]
    sql = prepare(database, select(*(checked.c[name] for name in (*names, "seal"))))
    return [
        f"{checked.name} {row[0]!r}: the row is not what was written"
        for row in database.each(sql)
        if seal(row[:-1]) != row[-1]
    ]
