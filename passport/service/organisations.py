"""Organisations, their keys and their tokens: who issues, and who may ask."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any

from passport.errors import Conflict, Forbidden, Malformed, NotFound, Unauthenticated
from passport.model.access import Caller, Scope
from passport.model.identifiers import BadIdentifier, company_prefix
from passport.model.moments import written
from passport.model.state import PRIVATE_PARTY
from passport.ports import Contact, Key, Organisation, Token
from passport.proofs.did import did_document as _did_document
from passport.service.log import LOG
from passport.service.system import System

TOKEN_PREFIX = "fp_"  # noqa: S105 - the fixed beginning by which a leaked token can be recognised
_AT_ONCE = 1000
_LONGEST_NAME = 200
_EMAIL = re.compile(r"(?=.{3,254}\Z)[^\s@<>\"',;]+@[^\s@<>\"',;.]+(?:\.[^\s@<>\"',;.]+)*")
_PHONE = re.compile(r"(?:\+?[0-9][0-9 ()/-]{2,30})?")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token at the only moment it is known: ``secret`` is shown once and stored nowhere."""

    secret: str
    record: Token


def add_organisation(system: System, organisation: Organisation) -> Organisation:
    """Register an organisation and make its first signing key.

    Raises ``Malformed`` for a slug or prefix of a wrong form, ``Conflict`` when the slug is taken.
    """
    if not _SLUG.fullmatch(organisation.slug) or organisation.slug in (PRIVATE_PARTY, LOG):
        raise Malformed("A slug has lower-case letters, digits and single dashes, and is not reserved.")
    if not organisation.name.strip():
        raise Malformed("An organisation needs a name.")
    prefixes = _checked_prefixes(system, organisation.slug, organisation.prefixes)
    if system.parties.organisation(organisation.slug) is not None:
        raise Conflict(f"An organisation {organisation.slug} exists already.", slug=organisation.slug)
    now = system.now()
    kept = replace(organisation, prefixes=prefixes, created=now)
    system.parties.add_organisation(kept, system.signer.create(kept.slug, now))
    return kept


def show_name(system: System, slug: str) -> Organisation:
    """Let everybody see the name of an organisation from now on; what it did before goes on showing its role alone."""
    changed = replace(known(system, slug), public=True)
    system.parties.change_organisation(changed)
    return changed


def hide_name(system: System, slug: str) -> Organisation:
    """Show the name of an organisation to nobody from now on; what it signed before goes on naming it.

    Raises ``Conflict`` where passports name it as their issuer or as responsible, which they must.
    """
    organisation = known(system, slug)
    after: str | None = None
    while products := system.history.products(level=None, after=after, limit=_AT_ONCE):
        if any(slug in (each.issuer, each.operator) for each in products):
            raise Conflict(f"Passports name {slug} as their issuer or as responsible for them.", slug=slug)
        after = products[-1].code
    changed = replace(organisation, public=False)
    system.parties.change_organisation(changed)
    return changed


def set_contact(system: System, contact: Contact) -> Contact:
    """Keep whom to ask in an organisation, instead of whom was kept before, of whom nothing stays.

    Who signs in sees it while an offer between the two is open, and nobody else does. Raises ``NotFound`` for an
    unknown organisation and ``Malformed`` for what is no name, address or number.
    """
    kept = Contact(contact.organisation, contact.name.strip(), contact.email.strip(), contact.phone.strip())
    known(system, kept.organisation)
    if not 0 < len(kept.name) <= _LONGEST_NAME or not kept.name.isprintable():
        raise Malformed(f"A contact has a name of at most {_LONGEST_NAME} characters.")
    if not _EMAIL.fullmatch(kept.email):
        raise Malformed("A contact has an e-mail address, like desk@example.org.")
    if not _PHONE.fullmatch(kept.phone):
        raise Malformed("A telephone number has digits, blanks, dashes, brackets, and perhaps a plus before them.")
    system.parties.set_contact(kept)
    system.history.scrub()
    return kept


def erase_contact(system: System, slug: str) -> None:
    """Forget whom to ask in an organisation: nothing of it stays in the store."""
    known(system, slug)
    system.parties.erase_contact(slug)
    system.history.scrub()


def register_prefixes(system: System, slug: str, prefixes: Iterable[str]) -> Organisation:
    """Register GS1 company prefixes of an organisation, beside those it has."""
    organisation = known(system, slug)
    wanted = _checked_prefixes(system, slug, prefixes)
    changed = replace(organisation, prefixes=tuple(dict.fromkeys((*organisation.prefixes, *wanted))))
    system.parties.change_organisation(changed)
    return changed


def _checked_prefixes(system: System, slug: str, prefixes: Iterable[str]) -> tuple[str, ...]:
    """GS1 gives a prefix to one company: none may cover, or lie under, one of another organisation."""
    try:
        wanted = tuple(company_prefix(prefix) for prefix in prefixes)
    except BadIdentifier as wrong:
        raise Malformed(
            "A GS1 company prefix has 4 to 12 digits; a GTIN licensed singly is written with 14."
        ) from wrong
    for other in system.parties.organisations():
        for prefix, theirs in product(wanted, other.prefixes if other.slug != slug else ()):
            if prefix.startswith(theirs) or theirs.startswith(prefix):
                raise Conflict(f"{prefix} and {theirs}, registered by {other.slug}, are not of two companies.")
    return wanted


def known(system: System, slug: str) -> Organisation:
    """The organisation, or ``NotFound``."""
    organisation = system.parties.organisation(slug)
    if organisation is None:
        raise NotFound(f"There is no organisation {slug[:60]}.", slug=slug)
    return organisation


def shown(system: System, slug: str) -> Organisation:
    """The organisation, if its name may be shown to anybody, or ``NotFound``: whether there is another is not told."""
    organisation = known(system, slug)
    if not organisation.public:
        raise NotFound(f"There is no organisation {slug[:60]}.", slug=slug)
    return organisation


def create_token(system: System, slug: str, *, scopes: Iterable[Scope], label: str, valid_for: timedelta) -> NewToken:
    """Make a token of 256 random bits for an organisation; only its SHA-256 is kept (T08)."""
    known(system, slug)
    granted = frozenset(scopes)
    if not granted:
        raise Malformed("A token needs at least one scope.")
    if valid_for <= timedelta(0):
        raise Malformed("A token must be valid for some time.")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    now = system.clock.now()
    record = Token(
        id=secrets.token_hex(8),
        digest=_digest(secret),
        organisation=slug,
        scopes=granted,
        label=label,
        created=written(now),
        expires=written(now + valid_for),
    )
    system.parties.add_token(record)
    return NewToken(secret, record)


def authenticate(system: System, secret: str) -> Caller:
    """Who bears this token. Raises ``Unauthenticated`` for all that is not good, without saying which it was.

    The token's SHA-256 is looked up, so that comparing tells nothing about the token itself (T08).
    """
    token = system.parties.token(_digest(secret))
    now = system.now()
    if token is None or token.revoked is not None or token.expires <= now:
        raise Unauthenticated("This token is not valid here.")
    organisation = system.parties.organisation(token.organisation)
    if organisation is None:
        raise Unauthenticated("This token is not valid here.")
    system.parties.used(token.id, now)
    return Caller(token.id, organisation.slug, organisation.role, token.scopes)


def rotate_key(system: System, slug: str) -> Key:
    """Give an organisation a new signing key; the old one stays published and goes on verifying what it signed.

    ``log`` stands for the keys of the log's checkpoints.
    """
    if slug != LOG:
        known(system, slug)
    key = system.signer.create(slug, system.now())
    system.parties.add_key(key)
    return key


def revoke_key(system: System, slug: str, kid: str) -> None:
    """Mark a key as compromised, from now on. A key that still signs must be rotated first."""
    keys = {key.kid: key for key in system.parties.keys(slug)}
    if kid not in keys:
        raise NotFound(f"{slug} has no key {kid}.", kid=kid)
    if keys[kid].retired is None:
        raise Conflict("This key still signs: rotate first.", kid=kid)
    system.parties.revoke_key(kid, system.now())


def did_document(system: System, slug: str) -> dict[str, Any]:
    """The DID document of an organisation (``did:web``), with every key it ever signed with."""
    known(system, slug)
    return _did_document(system.did(slug), system.parties.keys(slug))


def service_did_document(system: System) -> dict[str, Any]:
    """The DID document of the service itself, which signs the status lists."""
    return _did_document(system.service_did, system.parties.keys(SERVICE))


SERVICE = "service"
"""The slug of the service's own organisation: its key signs the status lists, its tokens are the administrators'."""


def require_relation(allowed: bool) -> None:
    """The second question of every write (design 3.14): does the relation to this product allow it?"""
    if not allowed:
        raise Forbidden("Your organisation is neither the issuer of this passport nor responsible for it.")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
