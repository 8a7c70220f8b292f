"""Disclosure: which documents a reader may see. A document is shown whole or not at all."""

from passport.codecs.documents import inner
from passport.model.access import Caller, Role, Scope
from passport.model.passport import Document, Product, Tier
from passport.model.rights import READS


def sees(document: Document, product: Product, caller: Caller | None) -> bool:
    """Whether ``caller`` may see a document of ``product``.

    1. What is public everybody may see; nothing else without a token that may read.
    2. An organisation sees what it signed itself.
    3. What only an owner may see is for the owner of the time it is about, whoever owns the piece now.
    4. Who issued the passport or answers for it sees all the rest; who owns or holds the piece what a legitimate
       interest opens.
    5. Otherwise the reader's role decides.
    """
    if document.tier is Tier.PUBLIC:
        return True
    if caller is None or Scope.READ not in caller.scopes:
        return False
    own = caller.organisation
    if own == document.issuer:
        return True
    if document.tier is Tier.OWNER:
        return audience(document) == own
    if document.tier is Tier.LEGITIMATE_INTEREST:
        return is_interested(product, caller)
    if own in {product.issuer, product.operator} and caller.role is Role.SUPPLIER:
        return True
    return document.tier in READS[caller.role]


def is_interested(product: Product, caller: Caller | None) -> bool:
    """Whether ``caller`` reads what a legitimate interest opens of ``product``: by its role, or as one of its parties.

    What is said of a product without being a document, such as its state, names parties to such readers only.
    """
    if caller is None or Scope.READ not in caller.scopes:
        return False
    related = caller.organisation in {product.issuer, product.operator, product.owner, product.holder}
    return related or Tier.LEGITIMATE_INTEREST in READS[caller.role]


def audience(document: Document) -> str | None:
    """The owner for whom a document was written; None where it names none, or was erased."""
    if not document.payload:
        return None
    named: str | None = inner(document.payload, document.start).get("audience")
    return named
