"""Writing the index: products, the descriptions that they share, and how far along the log it is."""

from collections import Counter
from collections.abc import Sequence

from passport.adapters.search.words import exact, squeezed, variants
from passport.adapters.sql.driver import Connection
from passport.model.passport import Level
from passport.model.search import Description, Findable

WORDS = {0: "words_of_models", 1: "words_of_others"}
"""The two word tables by level: models are ranked, everything else is listed by age."""

_LONGEST_TEXT = 20_000
_EMPTIED = ("product", "description", "identifier", "code", "measure")


class Step:
    """One step inside a write transaction (``passport.ports.Following``)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.position, self.mark = connection.execute("SELECT position, mark FROM progress").fetchone()
        self._known: dict[Description, int] = {}
        self._gained: Counter[int] = Counter()

    def clear(self) -> None:
        """Forget everything."""
        for table in _EMPTIED:
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours
        for table in WORDS.values():
            self._connection.execute(f"INSERT INTO {table}({table}) VALUES ('delete-all')")  # noqa: S608 - names of ours
        self._known.clear()
        self._gained.clear()
        self.reach(0, b"")

    def put(self, product: Findable) -> None:
        """Let a product be found by this."""
        description = self._described(product.description)
        identifiers = " ".join(sorted({squeezed(each) for each in product.identifiers} - {""}))
        old = self._product(product.code)
        if old is None:
            added = "INSERT INTO product (description, code, identifiers) VALUES (?, ?, ?) RETURNING id"
            (number,) = self._connection.execute(added, (description, product.code, identifiers)).fetchone()
            self._identify(number, identifiers)
        else:
            number, before, known = old
            if known != identifiers:
                self._unidentify(number, known)
                self._identify(number, identifiers)
            changed = "UPDATE product SET description = ?, identifiers = ? WHERE id = ?"
            self._connection.execute(changed, (description, identifiers, number))
            self._gained[before] -= 1
        self._gained[description] += 1

    def remove(self, code: str) -> None:
        """Let a product not be found any more."""
        old = self._product(code)
        if old is not None:
            number, description, identifiers = old
            self._unidentify(number, identifiers)
            self._connection.execute("DELETE FROM product WHERE id = ?", (number,))
            self._gained[description] -= 1

    def shared(self, key: str, value: str) -> Sequence[str]:
        """The short code of one product of each description that has this code."""
        sql = (
            "SELECT (SELECT p.code FROM product p WHERE p.description = c.description LIMIT 1) "
            "FROM code c WHERE c.key = ? AND c.value = ?"
        )
        return [code for (code,) in self._connection.execute(sql, (key, value)).fetchall() if code is not None]

    def restate(self, code: str, description: Description) -> None:
        """Say this of a product, and of all of whom the same was said."""
        old = self._product(code)
        new = self._described(description)
        if old is not None and old[1] != new:
            moved = self._connection.execute(
                "UPDATE product SET description = ? WHERE description = ?", (new, old[1])
            ).rowcount
            self._gained[old[1]] -= moved
            self._gained[new] += moved

    def reach(self, position: int, mark: bytes) -> None:
        """Everything before ``position`` is known now."""
        self._settle()
        self._connection.execute("UPDATE progress SET position = ?, mark = ?", (position, mark))
        self.position, self.mark = position, mark

    def _product(self, code: str) -> tuple[int, int, str] | None:
        sql = "SELECT id, description, identifiers FROM product WHERE code = ?"
        row: tuple[int, int, str] | None = self._connection.execute(sql, (code,)).fetchone()
        return row

    def _identify(self, number: int, identifiers: str) -> None:
        rows = [(each, number) for each in identifiers.split()]
        self._connection.executemany("INSERT INTO identifier VALUES (?, ?)", rows)

    def _unidentify(self, number: int, identifiers: str) -> None:
        rows = [(each, number) for each in identifiers.split()]
        self._connection.executemany("DELETE FROM identifier WHERE value = ? AND product = ?", rows)

    def _described(self, description: Description) -> int:
        found = self._known.get(description)
        if found is None:
            digest = description.digest()
            row = self._connection.execute("SELECT id FROM description WHERE digest = ?", (digest,)).fetchone()
            found = self._known[description] = row[0] if row else self._describe(description, digest)
        return found

    def _describe(self, description: Description, digest: bytes) -> int:
        level = int(description.level is not Level.MODEL)
        names, kinds = exact(description.names), exact(description.kinds)
        words = exact(description.words)[:_LONGEST_TEXT]
        texts = (names, kinds, words, variants(f"{names} {kinds}", words))
        (number,) = self._connection.execute(
            "INSERT INTO description (level, products, digest, names, kinds, words, others) "
            "VALUES (?, 0, ?, ?, ?, ?, ?) RETURNING id",
            (level, digest, *texts),
        ).fetchone()
        self._connection.execute(
            f"INSERT INTO {WORDS[level]} (rowid, names, kinds, words, others) VALUES (?, ?, ?, ?, ?)",  # noqa: S608 - names of ours
            (number, *texts),
        )
        codes = [(key, value, number) for key, value in set(description.codes)]
        self._connection.executemany("INSERT INTO code VALUES (?, ?, ?)", codes)
        measures = [(field, float(low), float(high), number) for field, low, high in set(description.measures)]
        self._connection.executemany("INSERT INTO measure VALUES (?, ?, ?, ?)", measures)
        return int(number)

    def _settle(self) -> None:
        """Count the products of each description, and forget those that have none."""
        gains = [(gain, number) for number, gain in self._gained.items() if gain]
        self._connection.executemany("UPDATE description SET products = products + ? WHERE id = ?", gains)
        for number in [number for gain, number in gains if gain < 0]:
            self._forget(number)
        self._gained.clear()

    def _forget(self, number: int) -> None:
        sql = "DELETE FROM description WHERE id = ? AND products = 0 RETURNING level, names, kinds, words, others"
        row = self._connection.execute(sql, (number,)).fetchone()
        if row is None:
            return
        level, *texts = row
        table = WORDS[level]
        self._connection.execute(
            f"INSERT INTO {table} ({table}, rowid, names, kinds, words, others) VALUES ('delete', ?, ?, ?, ?, ?)",  # noqa: S608 - names of ours
            (number, *texts),
        )
        self._connection.execute("DELETE FROM code WHERE description = ?", (number,))
        self._connection.execute("DELETE FROM measure WHERE description = ?", (number,))
        self._known = {each: kept for each, kept in self._known.items() if kept != number}
