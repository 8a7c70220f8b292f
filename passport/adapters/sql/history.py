"""The history as it is read: the two hot reads of a scan, products, documents, the log and its tree."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import (
    ClauseElement,
    Column,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from passport.adapters.sql import tables
from passport.adapters.sql.driver import Driver, prepare
from passport.adapters.sql.queries import (
    CHECKPOINT,
    DOCUMENT,
    ERASURE,
    PRODUCT,
    TRANSFERRING,
    VERSION,
    columns,
    content,
)
from passport.adapters.sql.rows import LEVELS, STANDINGS, answer_of, checkpoint_of, document_of, product_of, sealed
from passport.adapters.sql.statements import Statements
from passport.adapters.sql.writing import found_by, within, writing
from passport.errors import Conflict, Damaged
from passport.model.passport import Document, Kind, Level, Product
from passport.ports import Answer, Checkpoint, Counts, Entry, Erasure, Location, Node, Reading, Submission, Writing

_BATCH = 128

_product, _document, _node = tables.product, tables.document, tables.log_node
_revocation, _list, _inbox = tables.revocation, tables.status_list, tables.submission
_checkpoint = tables.log_checkpoint

_READ = (
    select(
        *columns(_product, ("key", "level", "standing", "version", "model_code", "model_version")),
        *columns(_document, ("start", "digest", "payload")),
    )
    .join(_document, _document.c.position == _product.c.current)
    .where(_product.c.code == bindparam("code"))
)


def _location(column: Column[str]) -> Select[Any]:
    return select(*columns(_product, ("code", "level", "standing"))).where(column == bindparam("sought"))


def _products(*, of_level: bool) -> Select[Any]:
    chosen = select(*PRODUCT).where(_product.c.code > bindparam("after"))
    if of_level:
        chosen = chosen.where(_product.c.level == bindparam("level"))
    return chosen.order_by(_product.c.code).limit(bindparam("number")).offset(bindparam("skip"))


def _after(condition: ColumnElement[bool]) -> Select[Any]:
    chosen = select(*PRODUCT).where(condition, _product.c.code > bindparam("after"))
    return chosen.order_by(_product.c.code).limit(bindparam("number")).offset(bindparam("skip"))


_OURS = or_(
    _product.c.owner == bindparam("owner"),
    and_(
        _product.c.owner.is_(None),
        or_(_product.c.issuer == bindparam("issuer"), _product.c.operator == bindparam("operator")),
    ),
)


class SqlHistory:
    """The append-only record in SQL (``passport.ports.History``)."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._statements = Statements(driver)
        self._read = self._sql(_READ, "code")
        self._by_code = self._sql(_location(_product.c.code), "sought")
        self._by_key = self._sql(_location(_product.c.key), "sought")
        self._product = self._sql(select(*PRODUCT).where(_product.c.code == bindparam("code")), "code")
        self._products = self._sql(_products(of_level=False), "after", "number", "skip")
        self._products_of = self._sql(_products(of_level=True), "after", "level", "number", "skip")
        owned, held = _product.c.owner == bindparam("its"), _product.c.holder == bindparam("its")
        self._owned = self._slice(owned, "its")
        self._held = self._slice(held, "its")
        to, by = _product.c.offered_to == bindparam("its"), and_(_product.c.transfer.is_not(None), _OURS)
        self._offered_to = self._slice(to, "its")
        self._offered_by = self._slice(by, "owner", "issuer", "operator")
        transfers = func.count(_product.c.transfer.distinct())
        self._count_owned = self._sql(select(func.count()).select_from(_product).where(owned), "its")
        self._count_held = self._sql(select(func.count()).select_from(_product).where(held), "its")
        self._count_to = self._sql(select(transfers).where(to), "its")
        self._count_by = self._sql(select(transfers).where(by), "owner", "issuer", "operator")
        self._transferring = self._sql(TRANSFERRING, "transfer")
        self._erasures = self._sql(select(*ERASURE))
        newest = (
            select(*CHECKPOINT)
            .order_by(_checkpoint.c.size.desc())
            .limit(literal_column("1"))
            .offset(literal_column("0"))
        )
        self._checkpoint = self._sql(newest)
        self._checkpoints = self._sql(select(*CHECKPOINT).order_by(_checkpoint.c.size))
        of_size = _checkpoint.c.size == bindparam("size")
        self._checkpoint_at = self._sql(select(*CHECKPOINT).where(of_size), "size")
        again: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("note", "at", "seal")}
        self._sign_checkpoint = self._sql(
            update(_checkpoint).where(of_size).values(again), *(each.key for each in again.values()), "size"
        )
        self._add_checkpoint = self._sql(insert(_checkpoint), *(column.name for column in _checkpoint.c))
        self._version = self._sql(VERSION, "code", "number")
        self._document = self._sql(select(*DOCUMENT).where(_document.c.id == bindparam("id")), "id")
        self._documents = self._sql(
            select(*DOCUMENT).where(_document.c.code == bindparam("code")).order_by(_document.c.seq), "code"
        )
        self._documents_of = self._sql(
            select(*DOCUMENT)
            .where(_document.c.code == bindparam("code"), _document.c.kind == bindparam("kind"))
            .order_by(_document.c.seq),
            "code",
            "kind",
        )
        self._scan = self._sql(
            select(*DOCUMENT, _document.c.leaf)
            .where(_document.c.position >= bindparam("start"), _document.c.position < bindparam("stop"))
            .order_by(_document.c.position),
            "start",
            "stop",
        )
        self._size = self._sql(select(func.max(_document.c.position)))
        self._nodes = self._sql(
            select(_node.c.idx, _node.c.hash)
            .where(
                _node.c.level == bindparam("level"), _node.c.idx >= bindparam("start"), _node.c.idx < bindparam("stop")
            )
            .order_by(_node.c.idx),
            "level",
            "start",
            "stop",
        )
        self._revoked = self._sql(
            select(_revocation.c.status_index).where(_revocation.c.status_list == bindparam("number")), "number"
        )
        self._is_revoked = self._sql(
            select(_revocation.c.at).where(_revocation.c.document == bindparam("document")), "document"
        )
        self._lists = self._sql(select(func.max(_list.c.number)))
        self._submission = self._sql(
            select(*columns(_inbox, content(_inbox))).where(_inbox.c.id == bindparam("id")), "id"
        )

    def _sql(self, statement: ClauseElement, *names: str) -> str:
        return prepare(self._driver, statement, *names)

    def _slice(self, condition: ColumnElement[bool], *names: str) -> str:
        return self._sql(_after(condition), *names, "after", "number", "skip")

    def writing(self) -> AbstractContextManager[Writing]:
        """Open the one write transaction; waits for another one at most 30 s, then raises ``StoreBusy``."""
        return writing(self._statements)

    def read(self, code: str) -> Reading | None:
        """The scan path: the newest public passport by short code."""
        row = self._driver.one(self._read, (code,))
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
            row = self._driver.one(self._by_code, (key[2:],))
        else:
            row = self._driver.one(self._by_key, (key,))
        if row is None:
            return None
        try:
            return Location(row[0], LEVELS[row[1]], STANDINGS[row[2]])
        except (KeyError, TypeError) as error:
            raise Damaged(f"the row of product {key} is damaged") from error

    def product(self, code: str) -> Product | None:
        """One product by its short code."""
        row = self._driver.one(self._product, (code,))
        return None if row is None else product_of(row)

    def find(self, keys: Collection[str]) -> Mapping[str, Product]:
        """The products that bear any of ``keys``, by that key."""
        return found_by(keys, self._statements, self._driver.all)

    def products(self, *, level: Level | None, after: str | None, limit: int) -> Sequence[Product]:
        """Products in order of their short code."""
        if level is None:
            rows = self._driver.all(self._products, (after or "", limit, 0))
        else:
            rows = self._driver.all(self._products_of, (after or "", level.value, limit, 0))
        return [product_of(row) for row in rows]

    def pieces(self, organisation: str, *, held: bool, after: str | None, limit: int) -> Sequence[Product]:
        """What an organisation owns, or with ``held`` holds for others, in order of the short code."""
        sql = self._held if held else self._owned
        return [product_of(row) for row in self._driver.all(sql, (organisation, after or "", limit, 0))]

    def transfers(self, organisation: str, *, incoming: bool, after: str | None, limit: int) -> Sequence[Product]:
        """Products with an open offer to the organisation, or, not ``incoming``, from it."""
        sql, asked = (self._offered_to, 1) if incoming else (self._offered_by, 3)
        rows = self._driver.all(sql, (*(organisation,) * asked, after or "", limit, 0))
        return [product_of(row) for row in rows]

    def counts(self, organisation: str) -> Counts:
        """How many pieces an organisation owns and holds, and how many transfers to and from it are open."""
        asked = ((self._count_owned, 1), (self._count_held, 1), (self._count_to, 1), (self._count_by, 3))
        rows = (self._driver.one(sql, (organisation,) * number) for sql, number in asked)
        return Counts(*(0 if row is None else row[0] for row in rows))

    def transferring(self, transfer: str) -> Sequence[Product]:
        """The products with an open offer of that id, by short code."""
        return [product_of(row) for row in self._driver.all(self._transferring, (transfer,))]

    def erasures(self, documents: Collection[str] | None = None) -> Mapping[str, Erasure]:
        """The erasures of the given documents, or of all, by document."""
        if documents is None:
            rows = self._driver.all(self._erasures)
        else:
            rows = list(within(self._statements.erasures, list(documents), self._driver.all))
        return {row[0]: Erasure(*row) for row in rows}

    def checkpoint(self) -> Checkpoint | None:
        """The newest checkpoint that is kept."""
        row = self._driver.one(self._checkpoint)
        return None if row is None else checkpoint_of(row)

    def checkpoints(self) -> Iterator[Checkpoint]:
        """All kept checkpoints, smallest first."""
        return map(checkpoint_of, self._driver.all(self._checkpoints))

    def keep_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint; one of the same size is replaced only by one with the same root."""
        row = sealed(checkpoint.size, checkpoint.root, checkpoint.note, checkpoint.at)
        with self._driver.transaction() as connection:
            before = connection.execute(self._checkpoint_at, (checkpoint.size,)).fetchone()
            if before is not None and before[1] != checkpoint.root:
                raise Conflict(f"There is a checkpoint of size {checkpoint.size} with another root.")
            if before is None:
                connection.execute(self._add_checkpoint, row)
            else:
                connection.execute(self._sign_checkpoint, (*row[2:], checkpoint.size))

    def scrub(self) -> None:
        """See to it that nothing erased is left on the disk, as far as the store can."""
        self._driver.scrub()

    def version(self, code: str, number: int) -> Document | None:
        """The public passport document of one version."""
        row = self._driver.one(self._version, (code, number))
        return None if row is None else document_of(row)

    def document(self, document_id: str) -> Document | None:
        """One document of any tier by its id."""
        row = self._driver.one(self._document, (document_id,))
        return None if row is None else document_of(row)

    def documents(self, code: str, *, kind: Kind | None = None) -> Sequence[Document]:
        """All documents of one product, of every tier, oldest first; those of one kind where it is given."""
        if kind is None:
            rows = self._driver.all(self._documents, (code,))
        else:
            rows = self._driver.all(self._documents_of, (code, kind.value))
        return [document_of(row) for row in rows]

    def scan(self, start: int, stop: int) -> Iterator[Entry]:
        """Documents with their leaves from ``start`` up to ``stop``; no transaction stays open while they are used."""
        for first in range(start, stop, _BATCH):
            for row in self._driver.all(self._scan, (first, min(first + _BATCH, stop))):
                yield Entry(document_of(row), row[-1])

    def size(self) -> int:
        """How many documents the log has."""
        row = self._driver.one(self._size)
        return 0 if row is None or row[0] is None else row[0] + 1

    def nodes(self, level: int, start: int, stop: int) -> Sequence[Node]:
        """Stored tree nodes of one level, by index."""
        return [Node(level, row[0], row[1]) for row in self._driver.all(self._nodes, (level, start, stop))]

    def revoked(self, status_list: int) -> frozenset[int]:
        """The revoked indexes of one status list."""
        return frozenset(row[0] for row in self._driver.all(self._revoked, (status_list,)))

    def is_revoked(self, document_id: str) -> bool:
        """Whether one document's revocation bit is set."""
        return self._driver.one(self._is_revoked, (document_id,)) is not None

    def status_lists(self) -> int:
        """How many status lists are in use."""
        row = self._driver.one(self._lists)
        return 0 if row is None or row[0] is None else row[0] + 1

    def answer(self, organisation: str, key: str) -> Answer | None:
        """The remembered answer under an idempotency key."""
        row = self._driver.one(self._statements.answer, (organisation, key))
        return None if row is None else answer_of(row)

    def submission(self, submission_id: str) -> Submission | None:
        """One submission from the inbox."""
        row = self._driver.one(self._submission, (submission_id,))
        return None if row is None else Submission(row[0], row[1], row[2], row[3], bool(row[4]), row[5])
