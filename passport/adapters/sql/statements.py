"""What the write transaction says to a database: statements that are compiled once, and the tree they lead to."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    update,
)

from passport.adapters.sql import tables
from passport.adapters.sql.driver import Driver, prepare
from passport.adapters.sql.queries import DOCUMENT, ERASURE, EVENTS, PRODUCT, TRANSFERRING, VERSION, columns, content
from passport.ports import Tree

FIXED = frozenset({"code", "key", "level", "product_group"})
"""Columns of a product that never change."""

_PARTS = ("signature", "header", "payload")
"""What an erasure takes out of a document."""


class Statements:
    """Every statement of the write transaction, compiled once for a driver.

    ``tree`` is the newest tree that this process saw committed: the frontier is read only after another's writing.
    """

    def __init__(self, driver: Driver) -> None:
        product, node, lists = tables.product, tables.log_node, tables.status_list
        self.driver = driver
        self.tree = Tree(0, ())
        self.size = self._sql(select(func.max(tables.document.c.position)))
        self.node = self._sql(
            select(node.c.hash).where(node.c.level == bindparam("level"), node.c.idx == bindparam("idx")),
            "level",
            "idx",
        )
        self.version = self._sql(VERSION, "code", "number")
        self.add_product, self.add_document = self._adding(product), self._adding(tables.document)
        self.add_node = self._adding(node)
        self.add_answer, self.add_submission = self._adding(tables.answer), self._adding(tables.submission)
        self.forget = tuple(self._forgetting(each) for each in (tables.submission, tables.answer))
        self.add_list, self.add_revocation = self._adding(lists), self._adding(tables.revocation)
        self.changed = tuple(column.name for column in product.c if column.name not in FIXED)
        self.change_product = self._sql(
            update(product)
            .where(product.c.code == bindparam("its_code"), product.c.state_version == bindparam("before"))
            .values({name: bindparam(f"new_{name}") for name in self.changed}),
            *(f"new_{name}" for name in self.changed),
            "its_code",
            "before",
        )
        self.last_list = self._sql(
            select(lists.c.number, lists.c.secret, lists.c.used).where(
                lists.c.number == select(func.max(lists.c.number)).scalar_subquery()
            )
        )
        self.use_list = self._sql(
            update(lists)
            .where(lists.c.number == bindparam("its_number"))
            .values(used=bindparam("now_used"), seal=bindparam("now_seal")),
            "now_used",
            "now_seal",
            "its_number",
        )
        self.slot_of = self._sql(
            select(tables.document.c.status_list, tables.document.c.status_index).where(
                tables.document.c.id == bindparam("id")
            ),
            "id",
        )
        self.revocation = self._sql(
            select(tables.revocation.c.at).where(tables.revocation.c.document == bindparam("document")), "document"
        )
        self.answer = self._sql(
            select(*columns(tables.answer, content(tables.answer))).where(
                tables.answer.c.organisation == bindparam("organisation"), tables.answer.c.key == bindparam("key")
            ),
            "organisation",
            "key",
        )
        document = tables.document
        self.events = self._sql(EVENTS, "code")
        self.document = self._sql(select(*DOCUMENT).where(document.c.id == bindparam("id")), "id")
        self.transferring = self._sql(TRANSFERRING, "transfer")
        claim = tables.claim
        self.claim = self._sql(select(claim.c.digest).where(claim.c.code == bindparam("code")), "code")
        self.add_claim = self._adding(claim)
        self.drop_claim = self._sql(delete(claim).where(claim.c.code == bindparam("code")), "code")
        emptied: dict[str, Any] = {name: bindparam(f"no_{name}") for name in _PARTS}
        self.empty = self._sql(
            update(document).where(document.c.id == bindparam("its_id")).values(emptied),
            *(f"no_{name}" for name in _PARTS),
            "its_id",
        )
        self.add_erasure = self._adding(tables.erasure)
        self.erasures = cache(self._within(tables.erasure.c.document, ERASURE))
        self.by_code = cache(self._within(product.c.code, PRODUCT))
        self.by_key = cache(self._within(product.c.key, PRODUCT))
        self.codes = cache(self._within(product.c.code, [product.c.code]))

    def _sql(self, statement: ClauseElement, *names: str) -> str:
        return prepare(self.driver, statement, *names)

    def _adding(self, table: Table) -> str:
        return self._sql(insert(table), *(column.name for column in table.c))

    def _forgetting(self, table: Table) -> str:
        key = tuple_(*table.primary_key)
        old = select(*table.primary_key).where(table.c.at < bindparam("before"))
        some = old.limit(bindparam("most")).offset(literal_column("0"))
        return self._sql(delete(table).where(key.in_(some)), "before", "most")

    def _within(self, column: ColumnElement[str], chosen: Sequence[ColumnElement[Any]]) -> Callable[[int], str]:
        def made(number: int) -> str:
            places = [f"v{place}" for place in range(number)]
            return self._sql(select(*chosen).where(column.in_([bindparam(each) for each in places])), *places)

        return made
