"""The first schema: history, parties, inbox."""

import sqlalchemy as sa
from alembic import op

from passport.adapters.sql.protection import refuse_changes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table, and the triggers that keep the record append-only."""
    op.create_table(
        "answer",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("created", LONG, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "key", name=op.f("pk_answer")),
    )
    op.create_table(
        "log_node",
        sa.Column("level", LONG, autoincrement=False, nullable=False),
        sa.Column("idx", LONG, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "idx", name=op.f("pk_log_node")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "organisation",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("web", sa.Text(), nullable=True),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_organisation")),
    )
    op.create_table(
        "organisation_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("place", LONG, nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("retired", sa.Text(), nullable=True),
        sa.Column("revoked", sa.Text(), nullable=True),
        sa.Column("seal", LONG, nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_organisation_key")),
    )
    op.create_index(op.f("ix_organisation_key_organisation"), "organisation_key", ["organisation"], unique=False)
    op.create_table(
        "product",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("product_group", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("version", LONG, nullable=False),
        sa.Column("seq", LONG, nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("current", LONG, nullable=False),
        sa.Column("submitted", sa.LargeBinary(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("model_code", sa.Text(), nullable=True),
        sa.Column("model_version", LONG, nullable=True),
        sa.Column("model_digest", sa.LargeBinary(), nullable=True),
        sa.Column("verified", LONG, nullable=True),
        sa.Column("state_version", LONG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_product")),
        sa.UniqueConstraint("key", name=op.f("uq_product_key")),
    )
    op.create_table(
        "status_list",
        sa.Column("number", LONG, autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("used", LONG, nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_status_list")),
    )
    op.create_table(
        "store",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_store")),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("documents", LONG, nullable=False),
        sa.Column("accepted", LONG, nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("expires", sa.Text(), nullable=False),
        sa.Column("revoked", sa.Text(), nullable=True),
        sa.Column("last_used", sa.Text(), nullable=True),
        sa.Column("seal", LONG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_token_digest")),
    )
    op.create_table(
        "document",
        sa.Column("position", LONG, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("version", LONG, nullable=False),
        sa.Column("seq", LONG, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("start", LONG, nullable=False),
        sa.Column("status_list", LONG, nullable=False),
        sa.Column("status_index", LONG, nullable=False),
        sa.Column("submission", sa.Text(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["product.code"], name=op.f("fk_document_code")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_document")),
        sa.UniqueConstraint("code", "seq", name=op.f("uq_document_code_seq")),
        sa.UniqueConstraint("id", name=op.f("uq_document_id")),
    )
    op.create_table(
        "organisation_identifier",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("place", LONG, autoincrement=False, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.slug"], name=op.f("fk_organisation_identifier_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation", "place", name=op.f("pk_organisation_identifier")),
    )
    op.create_table(
        "organisation_prefix",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("place", LONG, autoincrement=False, nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.slug"], name=op.f("fk_organisation_prefix_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation", "place", name=op.f("pk_organisation_prefix")),
    )
    op.create_table(
        "revocation",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("status_list", LONG, nullable=False),
        sa.Column("status_index", LONG, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("seal", LONG, nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name=op.f("fk_revocation_document")),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_revocation")),
        sa.UniqueConstraint("status_list", "status_index", name=op.f("uq_revocation_status_list_status_index")),
    )
    refuse_changes(
        op.get_bind(),
        kept=("document", "log_node", "revocation"),
        lasting=("product", "organisation_key", "status_list"),
    )
