"""The tables, in types that SQLite and PostgreSQL share.

``seal`` is a checksum over the other columns of its row, except those in ``UNSEALED``, which the document's digest and
the Merkle tree cover; it finds rot, not fraud. The log is the documents in order of position: ``leaf`` is the data of
its leaf, ``log_node`` the tree over them. Long values stand last in a row.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy import UniqueConstraint as Unique

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_LONG = BigInteger().with_variant(Integer(), "sqlite")


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _number(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, _LONG, nullable=null)


def _bytes(name: str, *, null: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=null)


def _key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _position(name: str) -> Column[int]:
    return Column(name, _LONG, primary_key=True, autoincrement=False)


def _seal() -> Column[int]:
    return _number("seal")


UNSEALED = frozenset({"leaf", "header", "payload", "signature", "seal"})

store = Table("store", metadata, _key("name"), _text("value"), _seal())

organisation = Table(
    "organisation",
    metadata,
    _key("slug"),
    _text("name"),
    _text("role"),
    _text("kind"),
    _text("country", null=True),
    _text("web", null=True),
    _text("created"),
    _number("public"),
    _seal(),
)

organisation_identifier = Table(
    "organisation_identifier",
    metadata,
    Column("organisation", Text, ForeignKey("organisation.slug"), primary_key=True),
    _position("place"),
    _text("identifier"),
    _seal(),
)

organisation_prefix = Table(
    "organisation_prefix",
    metadata,
    Column("organisation", Text, ForeignKey("organisation.slug"), primary_key=True),
    _position("place"),
    _text("prefix"),
    _seal(),
)

organisation_key = Table(
    "organisation_key",
    metadata,
    _key("kid"),
    Column("organisation", Text, nullable=False, index=True),
    _number("place"),
    _bytes("public"),
    _text("created"),
    _text("retired", null=True),
    _text("revoked", null=True),
    _seal(),
)

token = Table(
    "token",
    metadata,
    _key("id"),
    Column("digest", LargeBinary, nullable=False, unique=True),
    _text("organisation"),
    _text("scopes"),
    _text("label"),
    _text("created"),
    _text("expires"),
    _text("revoked", null=True),
    _text("last_used", null=True),
    _seal(),
)

session = Table(
    "session",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    _text("token"),
    _text("organisation"),
    _text("created"),
    _text("expires"),
    _seal(),
)

delegation = Table(
    "delegation",
    metadata,
    _key("id"),
    Column("owner", Text, nullable=False, index=True),
    Column("delegate", Text, nullable=False, index=True),
    _text("events"),
    _text("starts"),
    _text("until"),
    _text("created"),
    _text("codes"),
    _text("revoked", null=True),
    _seal(),
)

contact = Table(
    "contact",
    metadata,
    Column("organisation", Text, ForeignKey("organisation.slug"), primary_key=True),
    _text("name"),
    _text("email"),
    _text("phone"),
    _seal(),
)

product = Table(
    "product",
    metadata,
    _key("code"),
    Column("key", Text, nullable=False, unique=True),
    _text("level"),
    _text("product_group"),
    _text("issuer"),
    _text("operator"),
    _number("version"),
    _number("seq"),
    _bytes("head"),
    _number("current"),
    _bytes("submitted"),
    _text("standing"),
    _text("model_code", null=True),
    _number("model_version", null=True),
    _bytes("model_digest", null=True),
    _number("verified", null=True),
    _number("state_version"),
    _text("owner", null=True),
    _text("holder", null=True),
    _text("offered_to", null=True),
    _text("transfer", null=True),
    _text("state"),
    _seal(),
)

for _name in ("owner", "holder", "offered_to", "transfer"):
    _given = product.c[_name].is_not(None)
    Index(None, product.c[_name], product.c.code, sqlite_where=_given)

document = Table(
    "document",
    metadata,
    _position("position"),
    Column("id", Text, nullable=False, unique=True),
    Column("code", Text, ForeignKey("product.code"), nullable=False),
    _text("kind"),
    _text("tier"),
    _number("version"),
    _number("seq"),
    _text("at"),
    _text("issuer"),
    _bytes("digest"),
    _number("start"),
    _number("status_list"),
    _number("status_index"),
    _text("submission"),
    _seal(),
    _bytes("leaf"),
    _bytes("signature"),
    _bytes("header"),
    _bytes("payload"),
    Unique("code", "seq"),
)

log_node = Table("log_node", metadata, _position("level"), _position("idx"), _bytes("hash"), sqlite_with_rowid=False)

erasure = Table(
    "erasure",
    metadata,
    Column("document", Text, ForeignKey("document.id"), primary_key=True),
    _text("at"),
    _text("act"),
    _text("effects"),
    _seal(),
)

log_checkpoint = Table(
    "log_checkpoint", metadata, _position("size"), _bytes("root"), _text("note"), _text("at"), _seal()
)

claim = Table(
    "claim",
    metadata,
    Column("code", Text, ForeignKey("product.code"), primary_key=True),
    _bytes("digest"),
    _seal(),
)

answer = Table(
    "answer",
    metadata,
    _key("organisation"),
    _key("key"),
    _bytes("fingerprint"),
    _number("created"),
    _text("at"),
    _bytes("body"),
    _seal(),
)

submission = Table(
    "submission",
    metadata,
    _key("id"),
    _text("organisation"),
    _text("at"),
    _number("documents"),
    _number("accepted"),
    _bytes("answer"),
    _seal(),
)

status_list = Table("status_list", metadata, _position("number"), _bytes("secret"), _number("used"), _seal())

revocation = Table(
    "revocation",
    metadata,
    Column("document", Text, ForeignKey("document.id"), primary_key=True),
    _number("status_list"),
    _number("status_index"),
    _text("at"),
    _seal(),
    Unique("status_list", "status_index"),
)
