"""Every statement that is kept as text: it can be said to both kinds of database, and is compiled once."""

from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.engine import Dialect

from passport.adapters.sql import tables
from passport.adapters.sql.postgresql.driver import PostgreSQL
from passport.adapters.sql.prepared import Prepared, Text, Texts, prepare
from passport.adapters.sql.reads import Reads, reads
from passport.adapters.sql.sqlite import SQLite
from passport.adapters.sql.statements import Statements, statements

DIALECTS = pytest.mark.parametrize("dialect", [SQLite.dialect, PostgreSQL.dialect], ids=["sqlite", "postgresql"])
PLACES = {"sqlite": "?", "postgresql": "%s"}


@DIALECTS
@pytest.mark.parametrize("kind", [Reads, Statements])
def test_every_statement_takes_the_parameters_that_it_names(kind: type[Prepared], dialect: Dialect) -> None:
    made = kind(dialect)
    names = [name for name, value in vars(kind).items() if isinstance(value, Text)]
    several = [name for name, value in vars(kind).items() if isinstance(value, Texts)]
    assert len(names) > 20
    for text in (getattr(made, name) for name in names):
        assert text.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))
    for text in (getattr(made, name)(3) for name in several):
        assert text.count(PLACES[dialect.name]) == 3


@DIALECTS
def test_a_statement_is_compiled_once_for_all_stores(dialect: Dialect) -> None:
    for kept in (reads, statements):
        assert kept(dialect) is kept(dialect)
    found = statements(dialect)
    assert found.version is found.version
    assert found.by_code(5) is found.by_code(5)


def test_all_databases_of_one_kind_speak_one_dialect(tmp_path: Path) -> None:
    assert SQLite(tmp_path / "one").dialect is SQLite(tmp_path / "other").dialect
    made = [PostgreSQL(f"postgresql://nobody@/{name}?host={tmp_path}") for name in ("one", "other")]
    assert made[0].dialect is made[1].dialect


def test_parameters_in_another_order_are_refused() -> None:
    with pytest.raises(TypeError, match="value"):
        prepare(SQLite.dialect, insert(tables.store), "value", "name", "seal")
