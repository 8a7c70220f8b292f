"""The write transaction: what it reads, the append that is the commit point, and slots that are never given twice."""

import secrets
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from passport.adapters.sql.driver import Connection, Driver, Row
from passport.adapters.sql.rows import answer_of, document_of, document_row, product_of, product_row, sealed
from passport.adapters.sql.slots import SIZE, slot
from passport.adapters.sql.statements import FIXED, Statements, statements
from passport.errors import Conflict, NotFound
from passport.model.passport import Document, Product
from passport.ports import Answer, Entry, Erasure, Node, Submission, Tree

_CHUNKS = (500, 50, 5, 1)
_SECRET_BYTES = 32


class Writer:
    """What all write transactions of one open store share.

    ``tree`` is the newest tree that this process saw committed: the frontier is read only after another's writing.
    """

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.sql = statements(driver.dialect)
        self.tree = Tree(0, ())


@contextmanager
def writing(writer: Writer) -> Iterator["SqlWriting"]:
    """One write transaction. When its block fails everything is undone, except that status slots stay burnt."""
    failure: BaseException | None = None
    with writer.driver.transaction() as connection:
        current = SqlWriting(writer, connection)
        connection.execute("SAVEPOINT block")
        try:
            yield current
            current.note_slots()
        except BaseException as error:
            if not current.slots_taken or not writer.driver.open(connection):
                raise
            connection.execute("ROLLBACK TO SAVEPOINT block")
            current.burn()
            failure = error
    if failure is not None:
        raise failure
    writer.tree = current.known_tree


class SqlWriting:
    """What may be done inside a write transaction (``passport.ports.Writing``)."""

    def __init__(self, writer: Writer, connection: Connection) -> None:
        self._writer = writer
        self._sql = writer.sql
        self._connection = connection
        self._tree: Tree | None = None
        self._lists: dict[int, tuple[bytes, int]] = {}

    @property
    def known_tree(self) -> Tree:
        """The tree as this transaction leaves it, or the one known before when it was not asked for."""
        return self._tree or self._writer.tree

    @property
    def slots_taken(self) -> bool:
        """Whether status slots were given in this transaction."""
        return bool(self._lists)

    def products(self, keys: Collection[str]) -> Mapping[str, Product]:
        """The products that bear any of ``keys``, by that key."""
        return found_by(keys, self._sql, self._all)

    def taken(self, codes: Collection[str]) -> frozenset[str]:
        """Which of ``codes`` are in use."""
        return frozenset(row[0] for row in self._within(self._sql.codes, list(codes)))

    def tree(self) -> Tree:
        """Where the log stands."""
        if self._tree is None:
            last = self._one(self._sql.size)[0]
            size = 0 if last is None else last + 1
            known = self._writer.tree
            if known.size != size:
                known = Tree(size, tuple(self._one(self._sql.node, place)[0] for place in _frontier(size)))
            self._tree = known
        return self._tree

    def version(self, code: str, number: int) -> Document | None:
        """The public passport document of one version."""
        row = self._connection.execute(self._sql.version, (code, number)).fetchone()
        return None if row is None else document_of(row)

    def events(self, code: str) -> Sequence[Document]:
        """All event documents of one product, of every tier, oldest first."""
        return [document_of(row) for row in self._connection.execute(self._sql.events, (code,)).fetchall()]

    def document(self, document_id: str) -> Document | None:
        """One document of any tier by its id."""
        row = self._connection.execute(self._sql.document, (document_id,)).fetchone()
        return None if row is None else document_of(row)

    def transferring(self, transfer: str) -> Sequence[Product]:
        """The products with an open offer of that id, by short code."""
        return [product_of(row) for row in self._connection.execute(self._sql.transferring, (transfer,)).fetchall()]

    def claim(self, code: str) -> bytes | None:
        """The SHA-256 of the secret that proves a receipt from a private owner."""
        row = self._connection.execute(self._sql.claim, (code,)).fetchone()
        return None if row is None else row[0]

    def set_claims(self, claims: Mapping[str, bytes | None]) -> None:
        """Set, by short code, the digests of such secrets; None takes one away."""
        self._connection.executemany(self._sql.drop_claim, [(code,) for code in claims])
        kept = [sealed(code, digest) for code, digest in claims.items() if digest is not None]
        self._connection.executemany(self._sql.add_claim, kept)

    def erase(self, erasures: Sequence[Erasure]) -> None:
        """Take header, payload and signature out of documents for ever."""
        before = self.erasures([each.document for each in erasures])
        for each in erasures:
            if each.document in before:
                continue
            if self._connection.execute(self._sql.empty, (b"", b"", b"", each.document)).rowcount == 0:
                raise NotFound(f"There is no document {each.document[:60]}.", document=each.document)
            row = sealed(each.document, each.at, each.act, each.effects)
            self._connection.execute(self._sql.add_erasure, row)

    def erasures(self, documents: Collection[str]) -> Mapping[str, Erasure]:
        """The erasures of those of the given documents that were erased, by document."""
        return {row[0]: Erasure(*row) for row in self._within(self._sql.erasures, list(documents))}

    def status_slots(self, number: int) -> Sequence[tuple[int, int]]:
        """That many unused (list, index) pairs."""
        slots: list[tuple[int, int]] = []
        while len(slots) < number:
            current, secret, used = self._status_list()
            count = min(number - len(slots), SIZE - used)
            slots += [(current, slot(secret, each)) for each in range(used, used + count)]
            self._lists[current] = (secret, used + count)
        return slots

    def note_slots(self) -> None:
        """Note the slots that were given, once for all of the transaction."""
        for number, (secret, used) in self._lists.items():
            self._connection.execute(self._sql.use_list, self._used(number, secret, used))

    def burn(self) -> None:
        """Note the slots that were given, after everything else of the transaction was undone."""
        for number, (secret, used) in self._lists.items():
            if self._connection.execute(self._sql.use_list, self._used(number, secret, used)).rowcount == 0:
                self._connection.execute(self._sql.add_list, sealed(number, secret, used))

    def append(self, entries: Sequence[Entry], nodes: Sequence[Node], products: Sequence[Product]) -> None:
        """Append documents in order of position, with their nodes, and set the products' new heads."""
        start = self.tree().size
        self._check_places(start, entries, nodes)
        self._add_products([product for product in products if product.state_version == 0])
        self._change_products([product for product in products if product.state_version != 0])
        sql, connection = self._sql, self._connection
        try:
            connection.executemany(sql.add_document, [document_row(entry.document, entry.leaf) for entry in entries])
        except self._writer.driver.integrity_errors as error:
            raise Conflict(
                "A document's id or number within its product is taken, or its product is unknown."
            ) from error
        rows = sorted([(node.level, node.index, node.hash) for node in nodes])
        connection.executemany(sql.add_node, rows)
        self._grow(start + len(entries), rows)

    def revoke(self, documents: Collection[str], at: str) -> None:
        """Set the revocation bit of these documents; one that is revoked already keeps its time."""
        for document in documents:
            place = self._connection.execute(self._sql.slot_of, (document,)).fetchone()
            if place is None:
                raise NotFound(f"There is no document {document[:60]}.", document=document)
            if self._connection.execute(self._sql.revocation, (document,)).fetchone() is None:
                self._connection.execute(self._sql.add_revocation, sealed(document, *place, at))

    def answer(self, organisation: str, key: str) -> Answer | None:
        """The remembered answer under an idempotency key of that organisation."""
        row = self._connection.execute(self._sql.answer, (organisation, key)).fetchone()
        return None if row is None else answer_of(row)

    def remember(self, answer: Answer) -> None:
        """Keep an answer under its idempotency key."""
        row = sealed(answer.organisation, answer.key, answer.fingerprint, int(answer.created), answer.at, answer.body)
        try:
            self._connection.execute(self._sql.add_answer, row)
        except self._writer.driver.integrity_errors as error:
            raise Conflict("This Idempotency-Key has an answer already.", key=answer.key) from error

    def receive(self, submission: Submission) -> None:
        """Keep a submission in the inbox."""
        row = sealed(
            submission.id,
            submission.organisation,
            submission.at,
            submission.documents,
            int(submission.accepted),
            submission.answer,
        )
        self._connection.execute(self._sql.add_submission, row)

    def forget(self, before: str, *, limit: int) -> int:
        """Remove what is older from the inbox, up to ``limit`` submissions and as many remembered answers."""
        forgetting = (self._sql.forget_submissions, self._sql.forget_answers)
        return sum(self._connection.execute(sql, (before, limit)).rowcount for sql in forgetting)

    def _check_places(self, start: int, entries: Sequence[Entry], nodes: Sequence[Node]) -> None:
        for place, entry in enumerate(entries, start):
            if entry.document.position != place:
                raise Conflict(f"Position {entry.document.position} is not the next one, {place}.", position=place)
        stop = start + len(entries)
        expected = 2 * (stop - start) - stop.bit_count() + start.bit_count()
        if len(nodes) != expected:
            raise ValueError(f"{len(entries)} entries after {start} make {expected} nodes, not {len(nodes)}")

    def _add_products(self, products: Sequence[Product]) -> None:
        try:
            self._connection.executemany(self._sql.add_product, sorted(map(product_row, products)))
        except self._writer.driver.integrity_errors as error:
            raise self._taken(products) from error

    def _taken(self, products: Sequence[Product]) -> Conflict:
        codes = sorted(self.taken([product.code for product in products]))
        keys = sorted(self.products([product.key for product in products]))
        return Conflict("An identity is taken already.", codes=codes, keys=keys)

    def _change_products(self, products: Sequence[Product]) -> None:
        skip = len(FIXED)
        rows = [(*product_row(each)[skip:], each.code, each.state_version - 1) for each in products]
        if rows and self._connection.executemany(self._sql.change_product, rows).rowcount != len(rows):
            raise Conflict("A product was changed meanwhile, or is not known.")

    def _grow(self, size: int, added: Sequence[tuple[int, int, bytes]]) -> None:
        """Note the tree as it is with the rows of nodes ``added``, which are in order."""
        before = self.tree()
        known = dict(zip(_frontier(before.size), before.frontier, strict=True))
        places = _frontier(size)
        self._tree = Tree(
            size, tuple(known[each] if each in known else added[bisect_left(added, (*each, b""))][2] for each in places)
        )

    def _status_list(self) -> tuple[int, bytes, int]:
        last = max(self._lists, default=None)
        if last is not None:
            row: Row | None = (last, *self._lists[last])
        else:
            row = self._connection.execute(self._sql.last_list).fetchone()
        if row is not None and row[2] < SIZE:
            return row[0], row[1], row[2]
        number, secret = 0 if row is None else row[0] + 1, secrets.token_bytes(_SECRET_BYTES)
        self._connection.execute(self._sql.add_list, sealed(number, secret, 0))
        return number, secret, 0

    def _used(self, number: int, secret: bytes, used: int) -> Row:
        return used, sealed(number, secret, used)[-1], number

    def _one(self, sql: str, parameters: Sequence[object] = ()) -> Row:
        row: Row = self._connection.execute(sql, parameters).fetchone()
        return row

    def _all(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        return self._connection.execute(sql, parameters).fetchall()

    def _within(self, statement: Callable[[int], str], values: Sequence[str]) -> Iterable[Row]:
        return within(statement, values, self._all)


def found_by(keys: Collection[str], sql: Statements, read: "_Read") -> Mapping[str, Product]:
    """The products that bear any of ``keys``, by that key; ``read`` runs a statement."""
    codes = [key[2:] for key in keys if key.startswith("p/")]
    others = [key for key in keys if not key.startswith("p/")]
    found = {f"p/{row[0]}": product_of(row) for row in within(sql.by_code, codes, read)}
    found |= {row[1]: product_of(row) for row in within(sql.by_key, others, read)}
    return found


_Read: TypeAlias = Callable[[str, Sequence[str]], Sequence[Row]]


def within(statement: Callable[[int], str], values: Sequence[str], read: _Read) -> Iterator[Row]:
    """The rows of a statement with a list of values, in parts of a few lengths, so that few statements are compiled."""
    place = 0
    for chunk in _CHUNKS:
        while len(values) - place >= chunk:
            yield from read(statement(chunk), values[place : place + chunk])
            place += chunk


def _frontier(size: int) -> list[tuple[int, int]]:
    """Where the perfect subtrees stand that make up a tree of ``size`` leaves, as (level, index), widest first."""
    return [(level, (size >> level) - 1) for level in reversed(range(size.bit_length())) if size >> level & 1]
