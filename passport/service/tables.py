"""The worked example queries as tables: run as any other question, and kept for as long as they are worth it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from threading import Lock
from typing import Final, TypeAlias

import orjson

from passport.codecs import workedqueries
from passport.codecs.canonical import decimal_text
from passport.codecs.workedqueries import QUANTITIES, WorkedQuery
from passport.errors import NotFound, QueriesBusy
from passport.model.query import Form, Generation, Question
from passport.ports.graph import Queries
from passport.published import Published

Row: TypeAlias = tuple[str | None, ...]
"""The values of a line by column, as text: numbers are exact decimals, IRIs bare; None where there is nothing."""

MOST_ROWS: Final = 5_000
"""Lines of an answer that are kept; the examples give some dozens."""

_RESULTS = "application/sparql-results+json"
_WORTH = 20
"""An answer is asked for anew after this many times as long as it took: all tables together cost little."""

_WAIT = 5.0
"""Seconds to wait for another reader's run of the same query."""


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a worked query in one language, and the generation of the graph that it is of."""

    query: WorkedQuery
    language: str
    rows: Sequence[Row]
    generation: Generation

    def cells(self, row: Row) -> Mapping[str, str | None]:
        """A line by the names of its columns."""
        return dict(zip((each.name for each in self.query.columns), row, strict=True))


@dataclass(frozen=True, slots=True)
class _Kept:
    table: Table
    good_until: float


class Tables:
    """The tables. Made once; any number of threads may ask."""

    def __init__(self, published: Published, *, base: str) -> None:
        self._published = published
        self._base = base
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._locks: dict[tuple[str, str], Lock] = {}

    @property
    def queries(self) -> Mapping[str, WorkedQuery]:
        """The worked queries by name, in the order of their names."""
        return workedqueries.published(self._published.examples())

    def query(self, name: str) -> WorkedQuery:
        """One worked query; raises ``NotFound``."""
        found = self.queries.get(name)
        if found is None:
            raise NotFound("There is no such table.")
        return found

    def table(self, name: str, language: str, *, queries: Queries, client: str) -> Table:
        """The answer to a worked query with labels in ``language``, a language of the interface.

        It is of the newest generation, or of one that was the newest a moment ago: twenty times as long as the query
        took. Raises what ``Queries.ask`` raises, and ``NotFound``.
        """
        query = self.query(name)
        key = name, language
        generation = queries.generation()
        kept = self._good(key, generation)
        if kept is not None:
            return kept
        with self._turn(key):
            kept = self._good(key, generation)
            if kept is not None:
                return kept
            start = time.monotonic()
            table = ask(query, language, queries=queries, client=client, base=self._base)
            end = time.monotonic()
            self._kept[key] = _Kept(table, end + _WORTH * (end - start))
            return table

    def _good(self, key: tuple[str, str], generation: Generation | None) -> Table | None:
        kept = self._kept.get(key)
        if kept is None or (kept.table.generation != generation and time.monotonic() > kept.good_until):
            return None
        return kept.table

    @contextmanager
    def _turn(self, key: tuple[str, str]) -> Iterator[None]:
        lock = self._locks.setdefault(key, Lock())
        if not lock.acquire(timeout=_WAIT):
            raise QueriesBusy("Others are waiting for the same table.")
        try:
            yield
        finally:
            lock.release()


def ask(query: WorkedQuery, language: str, *, queries: Queries, client: str, base: str) -> Table:
    """Run a worked query now. Raises what ``Queries.ask`` raises."""
    question = Question(query.in_language(language), f"{base}/", {Form.TABLE: _RESULTS})
    answering = queries.ask(question, client=client)
    try:
        body = b"".join(answering)
    finally:
        answering.close()
    return Table(query, language, rows_of(query, body), answering.generation)


def rows_of(query: WorkedQuery, results: bytes) -> tuple[Row, ...]:
    """The lines of an answer in the SPARQL 1.1 Query Results JSON Format, by the columns of the query."""
    bindings: list[dict[str, dict[str, str]]] = orjson.loads(results)["results"]["bindings"]
    return tuple(
        tuple(_cell(binding.get(column.name), column.kind) for column in query.columns)
        for binding in bindings[:MOST_ROWS]
    )


def _cell(term: Mapping[str, str] | None, kind: str) -> str | None:
    if term is None:
        return None
    value = term["value"]
    return _exact(value) if kind in QUANTITIES else value or None


def _exact(value: str) -> str | None:
    """A number in the one spelling that all engines' answers get; None for what is no number."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return decimal_text(number) if number.is_finite() else None
