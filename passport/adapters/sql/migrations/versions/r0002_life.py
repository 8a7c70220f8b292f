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
    came = _came(op.get_bind())
    _seal_anew("organisation", _ORGANISATION, lambda row: {})
    _seal_anew("product", _PRODUCT, lambda row: _living(row, came.get(row["code"], {})))
    refuse_changes(op.get_bind(), kept=("erasure",), lasting=("log_checkpoint",))
    erasable(op.get_bind(), "document", emptied=("signature", "header", "payload"))


_ORGANISATION = ("slug", "name", "role", "kind", "country", "web", "created", "public")
_PRODUCT = (
    *("code", "key", "level", "product_group", "issuer", "operator", "version", "seq", "head", "current"),
    *("submitted", "standing", "model_code", "model_version", "model_digest", "verified", "state_version"),
    *("owner", "holder", "offered_to", "transfer", "state"),
)


_WORST = 3
"""The structure score of a piece that is unsafe."""


def _came(connection: sa.Connection) -> Mapping[str, dict[str, Any]]:
    """By product, what its opening event says of its condition and availability, in its documents of every tier."""
    document = sa.table("document", *(sa.column(name) for name in ("position", "code", "kind", "payload")))
    events = sa.select(document.c.code, document.c.payload).where(document.c.kind == "event")
    found: dict[str, dict[str, Any]] = {}
    for code, payload in connection.execute(events.order_by(document.c.position)):
        said = json.loads(payload)["credentialSubject"]["event"]
        if said["eventType"] == "dppCreated":
            condition = found.get(code, {}).get("condition", {}) | said.get("condition", {})
            found[code] = {"eventTime": said["eventTime"], "condition": condition}
    return found


def _living(row: Mapping[str, Any], came: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a product for its state, and the state with the times of what is known of the piece."""
    kept = json.loads(row["state"])
    state = {name: value for name, value in kept.items() if value is not None and (name, value) != _USUAL}
    if "grade" in state:
        stated = came["condition"].get("assessedOn")
        state |= {
            "assessed_on": stated or came["eventTime"][:10],
            "graded": f"{stated}T00:00:00Z" if stated else came["eventTime"],
        }
        if came["condition"].get("structureScore") == _WORST:
            state["unsafe"] = True
    if "availability" in state:
        state["available"] = came["eventTime"]
    return {"owner": state.get("owner"), "state": json.dumps(state, separators=(",", ":"))}


_USUAL = ("standing", "active")


def _seal_anew(name: str, columns: Sequence[str], filled: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
    """Set in every row what ``filled`` says of it, and seal it with that."""
    connection, table = op.get_bind(), sa.table(name, *(sa.column(each) for each in (*columns, "seal")))
    key = table.c[columns[0]]
    for row in connection.execute(sa.select(*(table.c[each] for each in columns))).mappings().all():
        kept = dict(row)
        told = filled(kept)
        values = tuple((kept | told)[each] for each in columns)
        seal = zlib.crc32(ascii(values).encode())
        connection.execute(sa.update(table).where(key == values[0]).values({**told, "seal": seal}))
