"""Making a new store: it gets its name, or is committed, when it is whole and sound; an error leaves nothing behind."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from passport.adapters.files import PRIVATE_FILE, make_private, settle
from passport.adapters.sql import tables
from passport.adapters.sql.driver import Connection, Database, Place
from passport.adapters.sql.prepared import prepare
from passport.adapters.sql.revisions import SCRIPTS
from passport.adapters.sql.rows import sealed
from passport.adapters.sql.soundness import broken_seals, flaws
from passport.adapters.sql.sqlite import SQLite, engine
from passport.errors import StoreRefused

DATABASE = "passport.sqlite"
"""The name of the database file in a data folder."""


@dataclass(frozen=True, slots=True)
class Building:
    """A store that is being made: all that ``connection`` does belongs to one transaction."""

    database: Database
    connection: Connection


def building(place: Place, *, base_url: str) -> AbstractContextManager[Building]:
    """A new store for that base URL, empty but for its schema. Other rows may be added until the block ends.

    Raises ``StoreRefused`` when there is a store already, or when what was added is not sound.
    """
    base_url = base_url.rstrip("/")
    return _in_folder(place, base_url) if isinstance(place, Path) else _in_database(place, base_url)


@contextmanager
def _in_folder(folder: Path, base_url: str) -> Iterator[Building]:
    from passport.adapters.sql.migrate import upgrade  # Alembic is slow to load and only needed here

    make_private(folder)
    if (folder / DATABASE).exists():
        raise _there_is_one(folder)
    with TemporaryDirectory(dir=folder) as scratch:
        file = Path(scratch) / DATABASE
        file.touch(mode=PRIVATE_FILE)
        with engine(file).begin() as connection:
            upgrade(connection, SCRIPTS)
        database = SQLite(file)
        try:
            with database.transaction() as writing:
                _name(database, writing, base_url, database.schema_digest())
                yield Building(database, writing)
            _refuse(flaws(database))
            database.copy(folder / DATABASE)
        except FileExistsError as error:
            raise _there_is_one(folder) from error
        finally:
            database.close()
    settle(folder)


@contextmanager
def _in_database(address: str, base_url: str) -> Iterator[Building]:
    import psycopg  # only loaded where it is used

    from passport.adapters.sql.migrate import upgrade
    from passport.adapters.sql.postgresql import schema
    from passport.adapters.sql.postgresql.driver import PostgreSQL
    from passport.adapters.sql.postgresql.sessions import Session, translated

    database = PostgreSQL(address)
    try:
        database.check()
        if database.has_store():
            raise _there_is_one(database.address.place)
        with schema.engine(database.address).begin() as connection:
            upgrade(connection, SCRIPTS)
            raw = connection.connection.driver_connection
            if not isinstance(raw, psycopg.Connection):
                raise TypeError("the engine is none of psycopg's")
            session = Session(raw)
            _name(database, session, base_url, database.schema_digest(session))
            yield Building(database, session)
            _refuse(broken_seals(database, session.each))
    except psycopg.errors.DuplicateTable as error:
        raise _there_is_one(database.address.place) from error
    except psycopg.DataError as error:
        raise StoreRefused("PostgreSQL cannot keep a text or number of this store. Nothing was kept.") from error
    except psycopg.Error as error:
        raise translated(error) from error
    finally:
        database.close()


def _name(database: Database, connection: Connection, base_url: str, digest: str) -> None:
    add = prepare(database.dialect, insert(tables.store), "name", "value", "seal")
    connection.execute(add, sealed("base_url", base_url))
    connection.execute(add, sealed("schema", digest))


def _refuse(found: list[str]) -> None:
    if found:
        raise StoreRefused(f"The new store is not sound: {found[0]}. Nothing was kept of it.")


def _there_is_one(place: Place) -> StoreRefused:
    return StoreRefused(f"There is a store in {place} already.", path=str(place))
