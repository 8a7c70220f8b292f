"""The search index (``passport.ports.Search``) on SQLite: rebuildable, disposable, never the truth."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from passport.adapters.search import asking
from passport.adapters.search.files import Files
from passport.adapters.search.steps import Step
from passport.adapters.sql.sqlite import SQLite
from passport.errors import Damaged, StoreBusy, StoreFailing
from passport.model.search import Hits, Query
from passport.ports import Following

_T = TypeVar("_T")


class SqliteSearch:
    """An index in files of its own in one folder. What is damaged is thrown away and begins anew."""

    def __init__(self, folder: Path, *, stamp: str) -> None:
        """``stamp`` names what the index is made from: when it changes, the index begins anew."""
        self._files = Files(folder, stamp=stamp)

    def position(self) -> int:
        """Up to which log position it knows everything."""
        return self._sound(_position)

    def query(self, query: Query) -> Hits:
        """What fits."""
        return self._sound(lambda database: asking.answer(database, query))

    def example(self, key: str, value: str) -> str | None:
        """A product with this code."""
        return self._sound(lambda database: asking.example(database, key, value))

    def follow(self, step: Callable[[Following], None], *, wait: float = 0.0) -> bool:
        """Take the next step; False when somebody else still does."""
        trouble: list[Exception] = []

        def act(database: SQLite) -> bool:
            try:
                with database.transaction(wait=wait) as connection:
                    try:
                        step(Step(connection))
                    except sqlite3.DatabaseError:
                        raise
                    except Exception as wrong:
                        trouble.append(wrong)
                        raise _Stopped from wrong
            except (StoreBusy, _Stopped):
                return False
            return True

        done = self._sound(act)
        if trouble:
            raise trouble[0]
        return done

    def close(self) -> None:
        """Close all connections."""
        self._files.close()

    def _sound(self, act: Callable[[SQLite], _T]) -> _T:
        """Do it on the current file, and once more on a new one when that is damaged or was deleted meanwhile."""
        database = self._files.current()
        try:
            return act(database)
        except (Damaged, StoreFailing, sqlite3.OperationalError) as wrong:
            broken = isinstance(wrong, Damaged) or "no such table" in str(wrong)
            if not broken and not self._files.gone(database):
                raise
        self._files.discard(database)
        return act(self._files.current())


class _Stopped(Exception):
    """The step itself failed, for reasons that are not the index's."""


def _position(database: SQLite) -> int:
    row = database.one("SELECT position FROM progress")
    if row is None:
        raise Damaged("the search index does not know where it is")
    return int(row[0])
