"""Column lists, and the queries that reading and writing share."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, literal_column, select

from passport.adapters.sql import tables


def columns(table: Table, names: Sequence[str]) -> list[ColumnElement[Any]]:
    """The columns of these names, in this order."""
    return [table.c[name] for name in names]


def content(table: Table) -> tuple[str, ...]:
    """The names of all columns but seal and leaf."""
    return tuple(column.name for column in table.c if column.name not in {"seal", "leaf"})


PRODUCT = columns(tables.product, content(tables.product))
DOCUMENT = columns(tables.document, content(tables.document))

VERSION = (
    select(*DOCUMENT)
    .where(
        tables.document.c.code == bindparam("code"),
        tables.document.c.version == bindparam("number"),
        tables.document.c.kind == literal_column("'passport'"),
        tables.document.c.tier == literal_column("'public'"),
    )
    .order_by(tables.document.c.seq)
)
"""The public passport document of one version; parameters ``code`` and ``number``."""

EVENTS = (
    select(*DOCUMENT)
    .where(tables.document.c.code == bindparam("code"), tables.document.c.kind == literal_column("'event'"))
    .order_by(tables.document.c.seq)
)
"""All event documents of one product; parameter ``code``."""

EVENTS_BETWEEN = (
    select(*DOCUMENT)
    .where(
        tables.document.c.id >= bindparam("since"),
        tables.document.c.id < bindparam("until"),
        tables.document.c.kind == literal_column("'event'"),
        tables.document.c.tier == literal_column("'public'"),
    )
    .order_by(tables.document.c.id)
    .limit(bindparam("number"))
    .offset(bindparam("skip"))
)
"""Public events by a range of ids; parameters ``since``, ``until``, ``number`` and ``skip``."""

TRANSFERRING = (
    select(*PRODUCT).where(tables.product.c.transfer == bindparam("transfer")).order_by(tables.product.c.code)
)
"""The products with one open offer; parameter ``transfer``."""

ERASURE = columns(tables.erasure, content(tables.erasure))
CHECKPOINT = columns(tables.log_checkpoint, content(tables.log_checkpoint))
