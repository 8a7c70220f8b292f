"""Reading: a product's passport, its versions, its public life, and single documents by address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from passport.codecs.documents import inner, jws
from passport.errors import Gone, Miswritten, NotFound, UnknownCode
from passport.model.access import Caller
from passport.model.naming import id_at, reference_key
from passport.model.passport import Document, Kind, Level, Product, Standing, Tier
from passport.model.shortcode import BadCode, normalise
from passport.ports import Organisation, Reading
from passport.proofs.jose import Verification, VerificationKey, verify
from passport.service.disclosure import sees
from passport.service.organisations import SERVICE
from passport.service.system import System

CORRECTION = "correction"
"""The revision that holds for what was made before it, too (code list ``revision-type``)."""


def code_of(text: str) -> str:
    """A short code in its one spelling. Raises ``Miswritten`` when it cannot be one: the check symbol tells."""
    try:
        return normalise(text)
    except BadCode as wrong:
        raise Miswritten("This code was misread or mistyped.", code=text[:40], reason=str(wrong)) from wrong


def passport(system: System, code: str) -> Reading:
    """The newest public passport of a product, by its code in any spelling.

    Raises ``Miswritten``, ``UnknownCode`` and, for a withdrawn passport, ``Gone``.
    """
    return _standing(system, system.history.read(code_of(code)), code)


def _standing(system: System, reading: Reading | None, code: str) -> Reading:
    if reading is None:
        raise UnknownCode("No product has this code.", code=code[:40])
    if reading.standing is Standing.ARCHIVED:
        raise gone(system, reading.code)
    return reading


def gone(system: System, code: str) -> Gone:
    """The tombstone of a withdrawn passport: when it was withdrawn, by whom and why, and where its history stays."""
    values: dict[str, Any] = {"code": code, "versions": f"{system.passport_address(code)}/versions/1"}
    for document in reversed(life(system, code)):
        event = inner(document.payload, document.start)
        if event.get("eventType") == "dppArchived":
            organisation = system.parties.organisation(document.issuer)
            values |= {
                "at": event["eventTime"],
                **({"by": organisation.name} if organisation is not None and organisation.public else {}),
                "reason": event.get("reason"),
            }
            break
    return Gone("This passport was withdrawn.", **values)


def version(system: System, code: str, number: int) -> Document:
    """One version of a passport: permanent, also after a withdrawal. Raises ``UnknownCode`` or ``NotFound``."""
    code = code_of(code)
    document = system.history.version(code, number)
    if document is None:
        require_product(system, code)
        raise NotFound(f"This passport has no version {number}.", code=code, version=number)
    return document


def life(system: System, code: str, *, caller: Caller | None = None) -> tuple[Document, ...]:
    """The event documents of a product that ``caller`` may see, oldest first: of each event the public one first.

    Raises ``UnknownCode``.
    """
    product = product_of(system, code)
    return tuple(
        each for each in system.history.documents(product.code, kind=Kind.EVENT) if sees(each, product, caller)
    )


def reading_of(product: Product, document: Document) -> Reading:
    """One version of a passport as a scan reads the newest one; ``document`` is its public document."""
    named = inner(document.payload, document.start).get("modelPassport") if document.payload else None
    model = _MODEL_VERSION.search(named["id"]) if isinstance(named, dict) else None
    return Reading(
        code=product.code,
        key=product.key,
        level=product.level,
        standing=product.standing,
        version=document.version,
        payload=document.payload,
        start=document.start,
        digest=document.digest,
        model_code=model[1] if model else None,
        model_version=int(model[2]) if model else None,
    )


_MODEL_VERSION = re.compile(r"/passports/([0-9A-Z]+)/versions/(\d{1,7})\Z")


def require_product(system: System, code: str) -> Product:
    """The product with a code in its one spelling. Raises ``UnknownCode``."""
    product = system.history.product(code)
    if product is None:
        raise UnknownCode("No product has this code.", code=code)
    return product


def product_of(system: System, code: str) -> Product:
    """The product with a code in any spelling. Raises ``Miswritten`` and ``UnknownCode``."""
    return require_product(system, code_of(code))


def batch_of(
    system: System, reading: Reading, *, until: str | None = None, size: int | None = None
) -> dict[str, Any] | None:
    """What the batch says that a piece names, parsed; None where ``batch_document`` gives none."""
    batch = batch_document(system, reading, until=until, size=size)
    return inner(batch.payload, batch.start) if batch is not None else None


def batch_document(
    system: System, reading: Reading, *, until: str | None = None, size: int | None = None
) -> Reading | None:
    """The passport of a piece's batch, which pieces name without a version: the newest one, or that of a time.

    ``until`` is that time, ``size`` the size of the log then.
    None without a batch, for one that is withdrawn, and for one whose content of that time was erased.
    """
    if reading.level is not Level.ITEM:
        return None
    named = inner(reading.payload, reading.start).get("batchPassport")
    key = reference_key(named, base=system.base) if isinstance(named, str) else None
    if key is None or not key.startswith("p/"):
        return None
    batch = system.history.read(key.removeprefix("p/"))
    if batch is None or batch.standing is not Standing.ACTIVE or batch.level is not Level.BATCH:
        return None
    if until is None and (size is None or require_product(system, batch.code).current < size):
        return batch
    then = next((each for each in reversed(_versions(system, batch.code)) if _came(each, until, size)), None)
    return reading_of(require_product(system, batch.code), then) if then is not None and then.payload else None


def _versions(system: System, code: str) -> list[Document]:
    return [each for each in system.history.documents(code, kind=Kind.PASSPORT) if each.tier is Tier.PUBLIC]


def _came(document: Document, until: str | None, size: int | None) -> bool:
    """Whether a document was there at a time, in a log of a size."""
    return (until is None or document.at <= until) and (size is None or document.position < size)


def model_of(
    system: System, reading: Reading, *, known: str | None = None, size: int | None = None
) -> dict[str, Any] | None:
    """What is true of the model that a piece or batch was made to, parsed: its version, with later corrections."""
    document = model_document(system, reading, known=known, size=size)
    return inner(document.payload, document.start) if document is not None else None


def model_document(
    system: System, reading: Reading, *, known: str | None = None, size: int | None = None
) -> Document | None:
    """The version that a piece was made to, or the last of the corrections that follow it without a change between.

    A correction says what was true all along, so it holds for old pieces too; a change is about new ones, and what
    comes after it was written about those. ``known``, ``size``: corrections that came after that time, or when the log
    had grown to that size, do not count. None where the content of that version was erased.
    """
    if reading.model_code is None or reading.model_version is None:
        return None
    document = system.history.version(reading.model_code, reading.model_version)
    while document is not None:
        later = system.history.version(reading.model_code, document.version + 1)
        unknown = later is None or not later.payload or not _came(later, known, size)
        if later is None or unknown or not corrects(inner(later.payload, later.start)):
            return document if document.payload else None
        document = later
    return None


def corrects(passport: Mapping[str, Any]) -> bool:
    """Whether a version of a passport says that it corrects the one before it."""
    return bool(passport.get("revision", {}).get("revisionType") == CORRECTION)


def event(system: System, event_id: str) -> Document:
    """One public event. Raises ``NotFound``."""
    document = system.history.document(event_id)
    if document is None or document.kind is not Kind.EVENT or document.tier is not Tier.PUBLIC:
        raise NotFound("There is no such event.")
    return document


def beside(system: System, document: Document, caller: Caller | None) -> tuple[Document, ...]:
    """The restricted documents that a public one names, as far as ``caller`` may see them; none that was erased."""
    if caller is None or not document.payload:
        return ()
    listed = inner(document.payload, document.start).get("restrictedDocuments", ())
    found = (system.history.document(id_at(each["id"])) for each in listed)
    product = require_product(system, document.code)
    return tuple(each for each in found if each is not None and each.payload and sees(each, product, caller))


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of one document's signature gave, with what it was checked against."""

    document: Document
    verification: Verification
    issuer: Organisation | None
    revoked: bool


def check_signature(system: System, document: Document) -> Checked:
    """Verify a kept document as a stranger would, from its bytes and the issuer's published keys."""
    revoked = system.history.is_revoked(document.id)
    verification = verify(
        jws(document),
        lambda kid: verification_key(system, kid),
        system.clock.now(),
        status=lambda _: not revoked,
    )
    return Checked(document, verification, system.parties.organisation(document.issuer), revoked)


def verification_key(system: System, kid: str) -> VerificationKey | None:
    """The public key under a DID URL of this service; None for any other. Never asks the network."""
    did, _, fragment = kid.partition("#")
    slug = SERVICE if did == system.service_did else did.removeprefix(system.did(""))
    if did not in {system.service_did, system.did(slug)}:
        return None
    key = next((key for key in system.parties.keys(slug) if key.kid == fragment), None)
    return VerificationKey(key.public, did, key.revoked) if key is not None else None
