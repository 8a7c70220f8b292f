"""What is particular to a schema in PostgreSQL: collation, triggers that refuse changes, its digest, migrations."""

import hashlib
from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.dialects.postgresql.base import PGTypeCompiler
from sqlalchemy.pool import NullPool

from passport.adapters.sql.driver import Row
from passport.adapters.sql.postgresql.sessions import Address, Session

OLDEST = 15
"""The oldest version of PostgreSQL that is supported."""

DIGESTED = """
SELECT c.relname::text, 'column', a.attname::text,
       format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull::text || ' ' || coalesce(l.collname::text, '')
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_collation l ON l.oid = a.attcollation
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT c.relname::text, 'constraint', k.conname::text, pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE c.relnamespace = current_schema()::regnamespace AND k.contype IN ('p', 'u', 'f', 'c')
UNION ALL
SELECT c.relname::text, 'index', i.relname::text,
       pg_get_indexdef(x.indexrelid, 1, true) || ' ' || coalesce(pg_get_expr(x.indpred, x.indrelid), '')
  FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
 WHERE c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT c.relname::text, 'trigger', t.tgname::text, t.tgtype::text || ' ' || t.tgenabled::text
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
"""
"""What the digest of a schema is over: tables, constraints, indexes and triggers, by name."""

_FUNCTION = """
CREATE OR REPLACE FUNCTION kept_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: rows are kept for ever', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class _Collating(PGTypeCompiler):
    """Texts are compared by their code points, as SQLite does, whatever the language of the database."""

    def visit_TEXT(self, type_: Any, **options: Any) -> str:  # noqa: N802 - SQLAlchemy's name
        """The type of a text column."""
        return f'{super().visit_TEXT(type_, **options)} COLLATE "C"'


LOCK = "SELECT value FROM store WHERE name = 'base_url' FOR UPDATE"
"""What every write transaction begins with: the row that is held by one writer at a time."""


def engine(address: Address) -> Engine:
    """A SQLAlchemy engine on the database, for migrations. Their connections can write."""
    made = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(address.conninfo), poolclass=NullPool)
    made.dialect.type_compiler_instance = _Collating(made.dialect)
    return made


def unfit(session: Session) -> str | None:
    """Why a server is too old, or a database cannot keep every text; None when it is fit to hold a store."""
    if session.version < OLDEST:
        return f"PostgreSQL {OLDEST} or newer is needed."
    if session.execute("SELECT current_setting('server_encoding')").fetchone() != ("UTF8",):
        return "its encoding must be UTF8."
    return None


def digest(rows: Sequence[Row]) -> str:
    """The SHA-256 over the rows of ``DIGESTED``, in hex."""
    return hashlib.sha256(ascii(sorted(rows)).encode()).hexdigest()


def refuse_changes(connection: Connection, *, kept: Sequence[str], lasting: Sequence[str]) -> None:
    """Make the database itself refuse to delete rows of both kinds of tables and to update those of ``kept``."""
    connection.exec_driver_sql(_FUNCTION.replace("%", "%%"))
    for table in (*kept, *lasting):
        connection.exec_driver_sql(_refusal(table, "DELETE", "EACH ROW"))
        connection.exec_driver_sql(_refusal(table, "TRUNCATE", "EACH STATEMENT"))
    for table in kept:
        connection.exec_driver_sql(_refusal(table, "UPDATE", "EACH ROW"))


def erasable(connection: Connection, table: str, *, emptied: Sequence[str]) -> None:
    """Let rows of ``table`` be updated in one way only: that all of ``emptied`` become empty, and nothing else changes.

    In the place of the refusal that ``refuse_changes`` made.
    """
    columns = [each["name"] for each in inspect(connection).get_columns(table)]
    same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in columns if name not in emptied)
    empty = " AND ".join(f"length(NEW.{name}) = 0" for name in emptied)
    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_update ON {table}")
    connection.exec_driver_sql(_refusal(table, "UPDATE", "EACH ROW", f"WHEN (NOT ({same} AND {empty})) "))


def _refusal(table: str, act: str, each: str, unless: str = "") -> str:
    return (
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} FOR {each} {unless}"
        "EXECUTE FUNCTION kept_for_ever()"
    )
