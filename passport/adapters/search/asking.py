"""Reading the index: which descriptions fit, their products in parts, and what they have in common.

Descriptions are matched, not products: a hundred thousand pieces of one model are one row. What is matched, ranked and
counted is bounded, so that no question costs much.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from passport.adapters.search.steps import WORDS
from passport.adapters.search.words import LONGEST, MOST, in_full, match, squeezed, words
from passport.adapters.sql.sqlite import SQLite
from passport.errors import Malformed
from passport.model.search import Hits, Query

BOUNDS = (2000, 1000)
"""Descriptions that are looked at: the best models, the newest others."""

VALUES = 50
"""Most values of a key that are counted."""

NUMBERED = 50
"""Products found by a number of their own."""

_WEIGHTS = "8.0, 6.0, 1.0, 0.5"
_AFTER = re.compile(r"([0-9]{1,9})\.([0-9]{1,18})")
_LAST = 10**18 - 1
_INFINITE = float("inf")
_SHORTEST, _BEGINNING = 3, 5


@dataclass(frozen=True, slots=True)
class _Fitting:
    """Descriptions that fit, best first, as (id, products); whether some were left out."""

    found: tuple[tuple[int, int], ...]
    bounded: bool

    def total(self) -> int:
        return sum(products for _, products in self.found)

    def listed(self) -> str:
        return json.dumps([number for number, _ in self.found])


def answer(database: SQLite, query: Query) -> Hits:
    """What fits (``passport.ports.Search.query``)."""
    start, below = _place(query.after)
    fitting = _fitting(database, query)
    numbered = _numbered(database, query)
    first = [code for code in numbered if query.after is None]
    codes, after = _part(database, fitting, start, below, max(1, query.limit - len(first)))
    shown = (*first, *(code for code in codes if code not in numbered))
    described = {number for number, _ in fitting.found}
    return Hits(
        codes=shown,
        total=fitting.total() + sum(description not in described for description in numbered.values()),
        bounded=fitting.bounded,
        after=after,
        counts=_counts(database, query, fitting),
        spans=_spans(database, fitting) if query.counted else {},
        made=_made(database, shown),
    )


def example(database: SQLite, key: str, value: str) -> str | None:
    """A product with this code, of a model where there is one."""
    sql = (
        "SELECT p.code FROM code c CROSS JOIN description d ON d.id = c.description "
        "CROSS JOIN product p ON p.description = d.id WHERE c.key = ? AND c.value = ? AND d.level = ? LIMIT 1"
    )
    for level in WORDS:
        row = database.one(sql, (key, value, level))
        if row is not None:
            return str(row[0])
    return None


def _place(after: str | None) -> tuple[int, int]:
    if after is None:
        return 0, _LAST
    found = _AFTER.fullmatch(after)
    if found is None:
        raise Malformed("This place in a list is not one of ours: start the list anew.")
    return int(found[1]), int(found[2])


def _fitting(database: SQLite, query: Query) -> _Fitting:
    asked = words(query.text)[:MOST]
    if query.text.strip() and not asked:
        return _Fitting((), False)
    found: list[tuple[int, int]] = []
    bounded = False
    for level in WORDS:
        sql, parameters = _statement(query, asked, level)
        rows = database.all(sql, parameters)
        bounded |= len(rows) > BOUNDS[level]
        found += [(row[0], row[1]) for row in rows[: BOUNDS[level]]]
    return _Fitting(tuple(found), bounded)


def _statement(query: Query, asked: list[str], level: int) -> tuple[str, list[Any]]:
    """Words are looked up first; without any the first other condition is, and the rest are asked of each row."""
    conditions, parameters = _conditions(query, driven=bool(asked))
    table = WORDS[level]
    if not asked:
        sql = f"SELECT d.id, d.products FROM description d WHERE d.level = ?{conditions} ORDER BY d.id DESC LIMIT ?"  # noqa: S608 - names of ours
        return sql, [level, *parameters, BOUNDS[level] + 1]
    order = f"bm25({table}, {_WEIGHTS}), d.id DESC" if level == 0 else f"{table}.rowid DESC"
    sql = (
        f"SELECT d.id, d.products FROM {table} CROSS JOIN description d ON d.id = {table}.rowid "  # noqa: S608 - names of ours
        f"WHERE {table} MATCH ?{conditions} ORDER BY {order} LIMIT ?"
    )
    return sql, [match(asked), *parameters, BOUNDS[level] + 1]


def _conditions(query: Query, *, driven: bool) -> tuple[str, list[Any]]:
    sql: list[str] = []
    parameters: list[Any] = []
    for key, values in query.codes.items():
        marks = ", ".join("?" * len(values))
        inner = f"key = ? AND value IN ({marks})"
        sql.append(_exists("code", inner, driven=driven))
        parameters += [key, *sorted(values)]
        driven = True
    for field, (low, high) in query.ranges.items():
        sql.append(_exists("measure", "field = ? AND low <= ? AND high >= ?", driven=driven))
        parameters += [
            field,
            float("inf") if high is None else float(high),
            float("-inf") if low is None else float(low),
        ]
        driven = True
    return "".join(f" AND {each}" for each in sql), parameters


def _exists(table: str, condition: str, *, driven: bool) -> str:
    if driven:
        return f"EXISTS (SELECT 1 FROM {table} WHERE {table}.description = d.id AND {condition})"  # noqa: S608 - names of ours
    return f"d.id IN (SELECT description FROM {table} WHERE {condition})"  # noqa: S608 - names of ours


def _part(database: SQLite, fitting: _Fitting, start: int, below: int, limit: int) -> tuple[list[str], str | None]:
    """Short codes from a place on, and the place after them."""
    sql = "SELECT id, code FROM product WHERE description = ? AND id < ? ORDER BY id DESC LIMIT ?"
    codes: list[str] = []
    for place in range(start, len(fitting.found)):
        number, _ = fitting.found[place]
        rows = database.all(sql, (number, below, limit - len(codes) + 1))
        for identity, code in rows:
            if len(codes) == limit:
                return codes, f"{place}.{below}"
            codes.append(code)
            below = identity
        below = _LAST
    return codes, None


def _numbered(database: SQLite, query: Query) -> dict[str, int]:
    """Products that bear one of the numbers in the question, if the rest of the question fits what is said of them.

    By short code, with their descriptions.
    """
    chunks = query.text.split()[:MOST]
    for place, chunk in enumerate((query.text[: 4 * LONGEST], *chunks)):
        number = squeezed(chunk)
        if len(number) < _SHORTEST:
            continue
        rest = "" if place == 0 else " ".join(chunks[: place - 1] + chunks[place:])
        found = _bearing(database, number)
        codes = _of_those(database, found, replace(query, text=rest)) if found else {}
        if codes:
            return codes
    return {}


def _bearing(database: SQLite, number: str) -> list[int]:
    sql = "SELECT id FROM product WHERE code = ? UNION SELECT product FROM identifier WHERE value IN (?, ?) LIMIT ?"
    rows = database.all(sql, (number.upper(), number, in_full(number), NUMBERED))
    if not rows and len(number) >= _BEGINNING and any(each.isdigit() for each in number):
        sql = "SELECT product FROM identifier WHERE value >= ? AND value < ? LIMIT ?"
        rows = database.all(sql, (number, number + "\U0010ffff", NUMBERED))
    return [row[0] for row in rows]


def _of_those(database: SQLite, products: Iterable[int], query: Query) -> dict[str, int]:
    asked = words(query.text)[:MOST]
    conditions, parameters = _conditions(query, driven=True)
    listed = json.dumps(sorted(products))
    codes: dict[str, int] = {}
    for table in WORDS.values():
        lookup = f" AND d.id IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)" if asked else ""  # noqa: S608 - names of ours
        rows = database.all(
            "SELECT p.code, d.id FROM json_each(?) j CROSS JOIN product p ON p.id = j.value "  # noqa: S608 - names of ours
            f"CROSS JOIN description d ON d.id = p.description WHERE 1{lookup}{conditions} ORDER BY d.level, p.id DESC",
            [listed, *([match(asked)] if asked else []), *parameters],
        )
        codes |= dict(rows)
    return codes


def _counts(database: SQLite, query: Query, fitting: _Fitting) -> dict[str, tuple[tuple[str, int], ...]]:
    counts: dict[str, tuple[tuple[str, int], ...]] = {}
    free = [key for key in query.counted if key not in query.codes]
    counts |= _counted(database, fitting, free)
    for key in query.counted:
        if key in query.codes:
            wider = {other: values for other, values in query.codes.items() if other != key}
            counts |= _counted(database, _fitting(database, replace(query, codes=wider)), [key])
    return counts


def _counted(database: SQLite, fitting: _Fitting, keys: Sequence[str]) -> dict[str, tuple[tuple[str, int], ...]]:
    sql = (
        "SELECT c.key, c.value, sum(d.products) AS number FROM json_each(?) k CROSS JOIN json_each(?) j "
        "CROSS JOIN code c ON c.description = j.value AND c.key = k.value CROSS JOIN description d ON d.id = j.value "
        "GROUP BY c.key, c.value ORDER BY number DESC, c.value"
    )
    counts: dict[str, list[tuple[str, int]]] = {}
    for key, value, number in database.all(sql, (json.dumps(keys), fitting.listed())):
        if number:
            counts.setdefault(key, []).append((value, number))
    return {key: tuple(values[:VALUES]) for key, values in counts.items()}


def _spans(database: SQLite, fitting: _Fitting) -> dict[str, tuple[Decimal, Decimal, int]]:
    sql = (
        "SELECT m.field, min(m.low), max(m.high), sum(d.products) AS number FROM json_each(?) j "
        "CROSS JOIN measure m ON m.description = j.value CROSS JOIN description d ON d.id = j.value "
        "GROUP BY m.field ORDER BY number DESC, m.field"
    )
    rows = database.all(sql, (fitting.listed(),))
    return {field: (Decimal(str(low)), Decimal(str(high)), number) for field, low, high, number in rows}


def _made(database: SQLite, codes: Sequence[str]) -> dict[str, int]:
    sql = (
        "SELECT c.value, sum(d.products) AS number FROM json_each(?) j CROSS JOIN code c ON c.key = 'model' "
        "AND c.value = j.value CROSS JOIN description d ON d.id = c.description GROUP BY c.value"
    )
    return {code: number for code, number in database.all(sql, (json.dumps(codes),)) if number}
