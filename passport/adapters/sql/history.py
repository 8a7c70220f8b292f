"""The history as it is read: the two hot reads of a scan, products, documents, the log and its tree."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager

from passport.adapters.sql.driver import Driver
from passport.adapters.sql.reads import reads
from passport.adapters.sql.rows import LEVELS, STANDINGS, answer_of, checkpoint_of, document_of, product_of, sealed
from passport.adapters.sql.writing import Writer, found_by, within, writing
from passport.errors import Conflict, Damaged
from passport.model.passport import Document, Kind, Level, Product
from passport.ports import Answer, Checkpoint, Counts, Entry, Erasure, Location, Node, Reading, Submission, Writing

_BATCH = 128


class SqlHistory:
    """The append-only record in SQL (``passport.ports.History``)."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._sql = reads(driver.dialect)
        self._writer = Writer(driver)

    def writing(self) -> AbstractContextManager[Writing]:
        """Open the one write transaction; waits for another one at most 30 s, then raises ``StoreBusy``."""
        return writing(self._writer)

    def read(self, code: str) -> Reading | None:
        """The scan path: the newest public passport by short code."""
        row = self._driver.one(self._sql.read, (code,))
        if row is None:
            return None
        try:
            return Reading(
                code, row[0], LEVELS[row[1]], STANDINGS[row[2]], row[3], row[8], row[6], row[7], row[4], row[5]
            )
        except (KeyError, TypeError) as error:
            raise Damaged(f"the row of product {code} is damaged") from error

    def locate(self, key: str) -> Location | None:
        """The product that bears a canonical key."""
        if key.startswith("p/"):
            row = self._driver.one(self._sql.by_code, (key[2:],))
        else:
            row = self._driver.one(self._sql.by_key, (key,))
        if row is None:
            return None
        try:
            return Location(row[0], LEVELS[row[1]], STANDINGS[row[2]])
        except (KeyError, TypeError) as error:
            raise Damaged(f"the row of product {key} is damaged") from error

    def product(self, code: str) -> Product | None:
        """One product by its short code."""
        row = self._driver.one(self._sql.product, (code,))
        return None if row is None else product_of(row)

    def find(self, keys: Collection[str]) -> Mapping[str, Product]:
        """The products that bear any of ``keys``, by that key."""
        return found_by(keys, self._writer.sql, self._driver.all)

    def products(self, *, level: Level | None, after: str | None, limit: int) -> Sequence[Product]:
        """Products in order of their short code."""
        if level is None:
            rows = self._driver.all(self._sql.products, (after or "", limit, 0))
        else:
            rows = self._driver.all(self._sql.products_of, (level.value, after or "", limit, 0))
        return [product_of(row) for row in rows]

    def pieces(self, organisation: str, *, held: bool, after: str | None, limit: int) -> Sequence[Product]:
        """What an organisation owns, or with ``held`` holds for others, in order of the short code."""
        sql = self._sql.held if held else self._sql.owned
        return [product_of(row) for row in self._driver.all(sql, (organisation, after or "", limit, 0))]

    def transfers(self, organisation: str, *, incoming: bool, after: str | None, limit: int) -> Sequence[Product]:
        """Products with an open offer to the organisation, or, not ``incoming``, from it."""
        sql, asked = (self._sql.offered_to, 1) if incoming else (self._sql.offered_by, 3)
        rows = self._driver.all(sql, (*(organisation,) * asked, after or "", limit, 0))
        return [product_of(row) for row in rows]

    def counts(self, organisation: str) -> Counts:
        """How many pieces an organisation owns and holds, and how many transfers to and from it are open."""
        sql = self._sql
        asked = ((sql.count_owned, 1), (sql.count_held, 1), (sql.count_to, 1), (sql.count_by, 3))
        rows = (self._driver.one(each, (organisation,) * number) for each, number in asked)
        return Counts(*(0 if row is None else row[0] for row in rows))

    def transferring(self, transfer: str) -> Sequence[Product]:
        """The products with an open offer of that id, by short code."""
        return [product_of(row) for row in self._driver.all(self._sql.transferring, (transfer,))]

    def erasures(self, documents: Collection[str] | None = None) -> Mapping[str, Erasure]:
        """The erasures of the given documents, or of all, by document."""
        if documents is None:
            rows = self._driver.all(self._sql.erasures)
        else:
            rows = list(within(self._writer.sql.erasures, list(documents), self._driver.all))
        return {row[0]: Erasure(*row) for row in rows}

    def checkpoint(self) -> Checkpoint | None:
        """The newest checkpoint that is kept."""
        row = self._driver.one(self._sql.checkpoint)
        return None if row is None else checkpoint_of(row)

    def checkpoints(self) -> Iterator[Checkpoint]:
        """All kept checkpoints, smallest first."""
        return map(checkpoint_of, self._driver.all(self._sql.checkpoints))

    def keep_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint; one of the same size is replaced only by one with the same root."""
        row = sealed(checkpoint.size, checkpoint.root, checkpoint.note, checkpoint.at)
        with self._driver.transaction() as connection:
            before = connection.execute(self._sql.checkpoint_at, (checkpoint.size,)).fetchone()
            if before is not None and before[1] != checkpoint.root:
                raise Conflict(f"There is a checkpoint of size {checkpoint.size} with another root.")
            if before is None:
                connection.execute(self._sql.add_checkpoint, row)
            else:
                connection.execute(self._sql.sign_checkpoint, (*row[2:], checkpoint.size))

    def scrub(self) -> None:
        """See to it that nothing erased is left on the disk, as far as the store can."""
        self._driver.scrub()

    def version(self, code: str, number: int) -> Document | None:
        """The public passport document of one version."""
        row = self._driver.one(self._sql.version, (code, number))
        return None if row is None else document_of(row)

    def document(self, document_id: str) -> Document | None:
        """One document of any tier by its id."""
        row = self._driver.one(self._sql.document, (document_id,))
        return None if row is None else document_of(row)

    def documents(self, code: str, *, kind: Kind | None = None) -> Sequence[Document]:
        """All documents of one product, of every tier, oldest first; those of one kind where it is given."""
        if kind is None:
            rows = self._driver.all(self._sql.documents, (code,))
        else:
            rows = self._driver.all(self._sql.documents_of, (code, kind.value))
        return [document_of(row) for row in rows]

    def events_between(self, since: str, until: str, *, limit: int) -> Sequence[Document]:
        """The first public events with ids from ``since`` up to, not including, ``until``, in order of their ids."""
        return [document_of(row) for row in self._driver.all(self._sql.events_between, (since, until, limit, 0))]

    def scan(self, start: int, stop: int) -> Iterator[Entry]:
        """Documents with their leaves from ``start`` up to ``stop``; no transaction stays open while they are used."""
        for first in range(start, stop, _BATCH):
            for row in self._driver.all(self._sql.scan, (first, min(first + _BATCH, stop))):
                yield Entry(document_of(row), row[-1])

    def size(self) -> int:
        """How many documents the log has."""
        row = self._driver.one(self._sql.size)
        return 0 if row is None or row[0] is None else row[0] + 1

    def nodes(self, level: int, start: int, stop: int) -> Sequence[Node]:
        """Stored tree nodes of one level, by index."""
        return [Node(level, row[0], row[1]) for row in self._driver.all(self._sql.nodes, (level, start, stop))]

    def revoked(self, status_list: int) -> frozenset[int]:
        """The revoked indexes of one status list."""
        return frozenset(row[0] for row in self._driver.all(self._sql.revoked, (status_list,)))

    def is_revoked(self, document_id: str) -> bool:
        """Whether one document's revocation bit is set."""
        return self._driver.one(self._sql.is_revoked, (document_id,)) is not None

    def status_lists(self) -> int:
        """How many status lists are in use."""
        row = self._driver.one(self._sql.lists)
        return 0 if row is None or row[0] is None else row[0] + 1

    def answer(self, organisation: str, key: str) -> Answer | None:
        """The remembered answer under an idempotency key."""
        row = self._driver.one(self._writer.sql.answer, (organisation, key))
        return None if row is None else answer_of(row)

    def submission(self, submission_id: str) -> Submission | None:
        """One submission from the inbox."""
        row = self._driver.one(self._sql.submission, (submission_id,))
        return None if row is None else Submission(row[0], row[1], row[2], row[3], bool(row[4]), row[5])
