"""What the write transaction says to a database."""

from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, insert, literal_column, select, tuple_, update
from sqlalchemy.engine import Dialect

from passport.adapters.sql import tables
from passport.adapters.sql.prepared import Prepared, Text, Texts
from passport.adapters.sql.queries import DOCUMENT, ERASURE, EVENTS, PRODUCT, TRANSFERRING, VERSION, columns, content

FIXED = frozenset({"code", "key", "level", "product_group"})
"""Columns of a product that never change."""

_CHANGED = tuple(column.name for column in tables.product.c if column.name not in FIXED)
_PARTS = ("signature", "header", "payload")
"""What an erasure takes out of a document."""

_product, _document, _node = tables.product, tables.document, tables.log_node
_list, _revocation, _answer, _claim = tables.status_list, tables.revocation, tables.answer, tables.claim


def _adding(table: Table) -> Text:
    return Text(insert(table), *(column.name for column in table.c))


def _changing_product() -> Text:
    ours = _product.c.code == bindparam("its_code"), _product.c.state_version == bindparam("before")
    new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _CHANGED}
    return Text(update(_product).where(*ours).values(new), *(each.key for each in new.values()), "its_code", "before")


def _emptying() -> Text:
    none: dict[str, Any] = {name: bindparam(f"no_{name}") for name in _PARTS}
    emptied = update(_document).where(_document.c.id == bindparam("its_id")).values(none)
    return Text(emptied, *(each.key for each in none.values()), "its_id")


def _forgetting(table: Table) -> Text:
    key = tuple_(*table.primary_key)
    old = select(*table.primary_key).where(table.c.at < bindparam("before"))
    some = old.limit(bindparam("most")).offset(literal_column("0"))
    return Text(delete(table).where(key.in_(some)), "before", "most")


class Statements(Prepared):
    """Every statement of the write transaction."""

    size = Text(select(func.max(_document.c.position)))
    node = Text(
        select(_node.c.hash).where(_node.c.level == bindparam("level"), _node.c.idx == bindparam("idx")),
        "level",
        "idx",
    )
    version = Text(VERSION, "code", "number")
    events = Text(EVENTS, "code")
    document = Text(select(*DOCUMENT).where(_document.c.id == bindparam("id")), "id")
    transferring = Text(TRANSFERRING, "transfer")
    by_code = Texts(_product.c.code, PRODUCT)
    by_key = Texts(_product.c.key, PRODUCT)
    codes = Texts(_product.c.code, [_product.c.code])

    add_product, change_product = _adding(_product), _changing_product()
    add_document, add_node = _adding(_document), _adding(_node)

    answer = Text(
        select(*columns(_answer, content(_answer))).where(
            _answer.c.organisation == bindparam("organisation"), _answer.c.key == bindparam("key")
        ),
        "organisation",
        "key",
    )
    add_answer, forget_answers = _adding(_answer), _forgetting(_answer)
    add_submission, forget_submissions = _adding(tables.submission), _forgetting(tables.submission)

    last_list = Text(
        select(_list.c.number, _list.c.secret, _list.c.used).where(
            _list.c.number == select(func.max(_list.c.number)).scalar_subquery()
        )
    )
    add_list = _adding(_list)
    use_list = Text(
        update(_list)
        .where(_list.c.number == bindparam("its_number"))
        .values(used=bindparam("now_used"), seal=bindparam("now_seal")),
        "now_used",
        "now_seal",
        "its_number",
    )
    slot_of = Text(
        select(_document.c.status_list, _document.c.status_index).where(_document.c.id == bindparam("id")), "id"
    )
    revocation = Text(select(_revocation.c.at).where(_revocation.c.document == bindparam("document")), "document")
    add_revocation = _adding(_revocation)

    claim = Text(select(_claim.c.digest).where(_claim.c.code == bindparam("code")), "code")
    add_claim, drop_claim = _adding(_claim), Text(delete(_claim).where(_claim.c.code == bindparam("code")), "code")

    empty = _emptying()
    add_erasure = _adding(tables.erasure)
    erasures = Texts(tables.erasure.c.document, ERASURE)


@cache
def statements(dialect: Dialect) -> Statements:
    """The statements in a dialect; the same ones for every store."""
    return Statements(dialect)
