"""What the database itself refuses to do to a record that is kept for ever: triggers, in each product's own words."""

from collections.abc import Sequence

from sqlalchemy import Connection

from passport.adapters.sql import sqlite


def refuse_changes(connection: Connection, *, kept: Sequence[str], lasting: Sequence[str]) -> None:
    """Make the database itself refuse to delete rows of both kinds of tables and to update those of ``kept``."""
    if connection.dialect.name == "sqlite":
        sqlite.refuse_changes(connection, kept=kept, lasting=lasting)
        return
    from passport.adapters.sql.postgresql import schema  # its driver is only loaded where it is used

    schema.refuse_changes(connection, kept=kept, lasting=lasting)


def erasable(connection: Connection, table: str, *, emptied: Sequence[str]) -> None:
    """Let rows of ``table`` be updated in one way only: that all of ``emptied`` become empty, and nothing else changes.

    In the place of the refusal that ``refuse_changes`` made.
    """
    if connection.dialect.name == "sqlite":
        sqlite.erasable(connection, table, emptied=emptied)
        return
    from passport.adapters.sql.postgresql import schema  # its driver is only loaded where it is used

    schema.erasable(connection, table, emptied=emptied)
