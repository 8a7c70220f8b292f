"""Statements as attributes: each is compiled when it is first used, and once in a process for each kind of database."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ClauseElement, ColumnElement, bindparam, select
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler


class Prepared:
    """Statements in one dialect, which stand in the class as ``Text`` and ``Texts``.

    Compiling takes a thousand times as long as using what was compiled: one of these is made for a dialect, not for a
    store.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect


class Text:
    """A statement as text. ``names`` are its parameters in the order in which they will be given."""

    def __init__(self, statement: ClauseElement, *names: str) -> None:
        self._statement, self._names = statement, names

    def __set_name__(self, owner: type[Prepared], name: str) -> None:
        self._name = name

    def __get__(self, holder: Prepared, owner: type[Prepared]) -> str:
        made: str = prepare(holder.dialect, self._statement, *self._names)
        vars(holder)[self._name] = made
        return made


class Texts:
    """The texts of one statement, by how many values it is given: the rows where ``column`` has any of them."""

    def __init__(self, column: ColumnElement[str], chosen: Sequence[ColumnElement[Any]]) -> None:
        self._column, self._chosen = column, chosen

    def __set_name__(self, owner: type[Prepared], name: str) -> None:
        self._name = name

    def __get__(self, holder: Prepared, owner: type[Prepared]) -> Callable[[int], str]:
        @cache
        def made(number: int) -> str:
            places = [f"v{place}" for place in range(number)]
            found = self._column.in_([bindparam(each) for each in places])
            return prepare(holder.dialect, select(*self._chosen).where(found), *places)

        vars(holder)[self._name] = made
        return made


def prepare(dialect: Dialect, statement: ClauseElement, *names: str) -> str:
    """Compile a Core statement. ``names`` are its parameters in the order in which they will be given."""
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler) or tuple(compiled.positiontup or ()) != names:
        found = getattr(compiled, "positiontup", None)
        raise TypeError(f"the statement takes {found}, not {names}")
    return str(compiled)
