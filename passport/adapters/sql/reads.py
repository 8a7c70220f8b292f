"""What reading the history says to a database."""

from functools import cache
from typing import Any

from sqlalchemy import (
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
from sqlalchemy.engine import Dialect

from passport.adapters.sql import tables
from passport.adapters.sql.prepared import Prepared, Text
from passport.adapters.sql.queries import (
    CHECKPOINT,
    DOCUMENT,
    ERASURE,
    EVENTS_BETWEEN,
    PRODUCT,
    TRANSFERRING,
    VERSION,
    columns,
    content,
)

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
_OURS = or_(
    _product.c.owner == bindparam("owner"),
    and_(
        _product.c.owner.is_(None),
        or_(_product.c.issuer == bindparam("issuer"), _product.c.operator == bindparam("operator")),
    ),
)
_OWNED, _HELD = _product.c.owner == bindparam("its"), _product.c.holder == bindparam("its")
_OFFERED_TO = _product.c.offered_to == bindparam("its")
_OFFERED_BY = and_(_product.c.transfer.is_not(None), _OURS)
_TRANSFERS = func.count(_product.c.transfer.distinct())


def _location(column: Column[str]) -> Text:
    chosen: Select[Any] = select(*columns(_product, ("code", "level", "standing")))
    return Text(chosen.where(column == bindparam("sought")), "sought")


def _slice(*names: str, of: ColumnElement[bool] | None = None) -> Text:
    after = _product.c.code > bindparam("after")
    chosen = select(*PRODUCT).where(after if of is None else and_(of, after))
    part = chosen.order_by(_product.c.code).limit(bindparam("number")).offset(bindparam("skip"))
    return Text(part, *names, "after", "number", "skip")


def _newest() -> Text:
    newest = select(*CHECKPOINT).order_by(_checkpoint.c.size.desc())
    return Text(newest.limit(literal_column("1")).offset(literal_column("0")))


def _signing() -> Text:
    new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("note", "at", "seal")}
    signed = update(_checkpoint).where(_checkpoint.c.size == bindparam("size")).values(new)
    return Text(signed, *(each.key for each in new.values()), "size")


class Reads(Prepared):
    """Every statement that reads the history, and those that keep checkpoints."""

    read = Text(_READ, "code")
    by_code = _location(_product.c.code)
    by_key = _location(_product.c.key)
    product = Text(select(*PRODUCT).where(_product.c.code == bindparam("code")), "code")
    products = _slice()
    products_of = _slice("level", of=_product.c.level == bindparam("level"))

    owned, held = _slice("its", of=_OWNED), _slice("its", of=_HELD)
    offered_to = _slice("its", of=_OFFERED_TO)
    offered_by = _slice("owner", "issuer", "operator", of=_OFFERED_BY)
    count_owned = Text(select(func.count()).select_from(_product).where(_OWNED), "its")
    count_held = Text(select(func.count()).select_from(_product).where(_HELD), "its")
    count_to = Text(select(_TRANSFERS).where(_OFFERED_TO), "its")
    count_by = Text(select(_TRANSFERS).where(_OFFERED_BY), "owner", "issuer", "operator")
    transferring = Text(TRANSFERRING, "transfer")

    version = Text(VERSION, "code", "number")
    document = Text(select(*DOCUMENT).where(_document.c.id == bindparam("id")), "id")
    documents = Text(select(*DOCUMENT).where(_document.c.code == bindparam("code")).order_by(_document.c.seq), "code")
    documents_of = Text(
        select(*DOCUMENT)
        .where(_document.c.code == bindparam("code"), _document.c.kind == bindparam("kind"))
        .order_by(_document.c.seq),
        "code",
        "kind",
    )
    events_between = Text(EVENTS_BETWEEN, "since", "until", "number", "skip")
    erasures = Text(select(*ERASURE))

    checkpoint = _newest()
    checkpoints = Text(select(*CHECKPOINT).order_by(_checkpoint.c.size))
    checkpoint_at = Text(select(*CHECKPOINT).where(_checkpoint.c.size == bindparam("size")), "size")
    add_checkpoint = Text(insert(_checkpoint), *(column.name for column in _checkpoint.c))
    sign_checkpoint = _signing()
    scan = Text(
        select(*DOCUMENT, _document.c.leaf)
        .where(_document.c.position >= bindparam("start"), _document.c.position < bindparam("stop"))
        .order_by(_document.c.position),
        "start",
        "stop",
    )
    size = Text(select(func.max(_document.c.position)))
    nodes = Text(
        select(_node.c.idx, _node.c.hash)
        .where(_node.c.level == bindparam("level"), _node.c.idx >= bindparam("start"), _node.c.idx < bindparam("stop"))
        .order_by(_node.c.idx),
        "level",
        "start",
        "stop",
    )

    revoked = Text(select(_revocation.c.status_index).where(_revocation.c.status_list == bindparam("number")), "number")
    is_revoked = Text(select(_revocation.c.at).where(_revocation.c.document == bindparam("document")), "document")
    lists = Text(select(func.max(_list.c.number)))
    submission = Text(select(*columns(_inbox, content(_inbox))).where(_inbox.c.id == bindparam("id")), "id")


@cache
def reads(dialect: Dialect) -> Reads:
    """The statements in a dialect; the same ones for every store."""
    return Reads(dialect)
