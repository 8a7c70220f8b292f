"""Rows and values: how products, documents and parties stand in tables, each row with its seal."""

import zlib
from typing import Any

from passport.adapters.sql.driver import Row
from passport.errors import Damaged
from passport.model.passport import Document, Kind, Level, ModelReference, Product, Standing, Tier
from passport.ports import Answer, Checkpoint

LEVELS = {level.value: level for level in Level}
STANDINGS = {standing.value: standing for standing in Standing}
_KINDS = {kind.value: kind for kind in Kind}
_TIERS = {tier.value: tier for tier in Tier}


def seal(values: Row) -> int:
    """The checksum of a row. Its values are text, bytes, integers or None, so that reading gives what was written."""
    return zlib.crc32(ascii(values).encode())


def sealed(*values: Any) -> Row:
    """A row with its seal at the end."""
    return (*values, seal(values))


def product_row(product: Product) -> Row:
    """A product in the order of its table's columns."""
    model = product.model
    return sealed(
        product.code,
        product.key,
        product.level.value,
        product.group,
        product.issuer,
        product.operator,
        product.version,
        product.seq,
        product.head,
        product.current,
        product.submitted,
        product.standing.value,
        model.code if model else None,
        model.version if model else None,
        model.digest if model else None,
        None if product.verified is None else int(product.verified),
        product.state_version,
        product.owner,
        product.holder,
        product.offered_to,
        product.transfer,
        product.state,
    )


def product_of(row: Row) -> Product:
    """The product of a row without its seal."""
    try:
        return Product(
            code=row[0],
            key=row[1],
            level=LEVELS[row[2]],
            group=row[3],
            issuer=row[4],
            operator=row[5],
            version=row[6],
            seq=row[7],
            head=row[8],
            current=row[9],
            submitted=row[10],
            standing=STANDINGS[row[11]],
            model=None if row[12] is None else ModelReference(row[12], row[13], row[14]),
            verified=None if row[15] is None else bool(row[15]),
            state_version=row[16],
            owner=row[17],
            holder=row[18],
            offered_to=row[19],
            transfer=row[20],
            state=row[21],
        )
    except (KeyError, TypeError) as error:
        raise Damaged(f"the row of product {row[0]!r} is damaged") from error


def document_row(document: Document, leaf: bytes) -> Row:
    """A document with its leaf in the order of its table's columns."""
    facts = (
        document.position,
        document.id,
        document.code,
        document.kind.value,
        document.tier.value,
        document.version,
        document.seq,
        document.at,
        document.issuer,
        document.digest,
        document.start,
        document.status_list,
        document.status_index,
        document.submission,
    )
    return (*facts, seal(facts), leaf, document.signature, document.header, document.payload)


def document_of(row: Row) -> Document:
    """The document of a row: the columns of its table without seal and leaf."""
    try:
        return Document(
            position=row[0],
            id=row[1],
            code=row[2],
            kind=_KINDS[row[3]],
            tier=_TIERS[row[4]],
            version=row[5],
            seq=row[6],
            at=row[7],
            issuer=row[8],
            digest=row[9],
            start=row[10],
            status_list=row[11],
            status_index=row[12],
            submission=row[13],
            signature=row[14],
            header=row[15],
            payload=row[16],
        )
    except (KeyError, TypeError) as error:
        raise Damaged(f"the row of document {row[0]!r} is damaged") from error


def checkpoint_of(row: Row) -> Checkpoint:
    """A checkpoint from its row without the seal."""
    size, root, note, at = row
    if not (isinstance(size, int) and isinstance(root, bytes) and isinstance(note, str) and isinstance(at, str)):
        raise Damaged(f"the row of checkpoint {size!r} is damaged")
    return Checkpoint(size, root, note, at)


def answer_of(row: Row) -> Answer:
    """A remembered answer from its row."""
    organisation, key, fingerprint, created, at, body = row
    return Answer(organisation, key, fingerprint, bool(created), body, at)
