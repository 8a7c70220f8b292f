"""The life of pieces: owners, offers, delegations, claims and erasures; checkpoints of the log; sessions."""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from passport.adapters.sql.protection import erasable, refuse_changes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LOOKED_UP = ("owner", "holder", "offered_to", "transfer")


def upgrade() -> None:
    """Create the new tables, give products and organisations their new columns, and seal their rows anew."""
    op.create_table(
        "claim",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.ForeignKeyConstraint(["code"], ["product.code"], name=op.f("fk_claim_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_claim")),
    )
    op.create_table(
        "contact",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.slug"], name=op.f("fk_contact_organisation")),
        sa.PrimaryKeyConstraint("organisation", name=op.f("pk_contact")),
    )
    op.create_table(
        "delegation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("delegate", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("revoked", sa.Text(), nullable=True),
        sa.Column("seal", LONG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index(op.f("ix_delegation_owner"), "delegation", ["owner"])
    op.create_index(op.f("ix_delegation_delegate"), "delegation", ["delegate"])
    op.create_table(
        "erasure",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name=op.f("fk_erasure_document")),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_erasure")),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("size", LONG, autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoint")),
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("expires", sa.Text(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
    )
    op.add_column("organisation", sa.Column("public", LONG, nullable=False, server_default="1"))
    for name in _LOOKED_UP:
        op.add_column("product", sa.Column(name, sa.Text(), nullable=True))
        given = sa.column(name).is_not(None)
        op.create_index(
            op.f(f"ix_product_{name}_code"), "product", [name, "code"], sqlite_where=given, postgresql_where=given
        )
    _seal_anew("organisation", _ORGANISATION, {})
    _seal_anew("product", _PRODUCT, {"owner": _owner})
    refuse_changes(op.get_bind(), kept=("erasure",), lasting=("log_checkpoint",))
    erasable(op.get_bind(), "document", emptied=("signature", "header", "payload"))


_ORGANISATION = ("slug", "name", "role", "kind", "country", "web", "created", "public")
_PRODUCT = (
    *("code", "key", "level", "product_group", "issuer", "operator", "version", "seq", "head", "current"),
    *("submitted", "standing", "model_code", "model_version", "model_digest", "verified", "state_version"),
    *("owner", "holder", "offered_to", "transfer", "state"),
)


def _owner(row: Mapping[str, Any]) -> str | None:
    owner: str | None = json.loads(row["state"]).get("owner")
    return owner


def _seal_anew(name: str, columns: Sequence[str], new: Mapping[str, Callable[[Mapping[str, Any]], Any]]) -> None:
    """Fill the new columns of every row, and seal it with them."""
    connection, table = op.get_bind(), sa.table(name, *(sa.column(each) for each in (*columns, "seal")))
    key = table.c[columns[0]]
    for row in connection.execute(sa.select(*(table.c[each] for each in columns))).mappings().all():
        filled = dict(row) | {each: made(dict(row)) for each, made in new.items()}
        values = tuple(filled[each] for each in columns)
        changed = {each: filled[each] for each in new} | {"seal": zlib.crc32(ascii(values).encode())}
        connection.execute(sa.update(table).where(key == values[0]).values(**changed))
