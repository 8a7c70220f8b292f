"""Rules about what a product and its operator are called: GS1 keys, short codes, operator identifiers."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from passport.model import identifiers, shortcode
from passport.model.digitallink import BadLink, Key, parse_path
from passport.model.identifiers import BadIdentifier
from passport.model.naming import field_key, link_key, reference_key, sibling
from passport.model.passport import Level
from passport.model.report import Finding
from passport.model.shortcode import BadCode
from passport.validation.forms import EVENT, EVERY
from passport.validation.rules.pieces import NAMING, named_products
from passport.validation.rules.registry import rule
from passport.validation.subject import Subject, inner

_ITEM: Final = frozenset({Level.ITEM})
_BELOW_MODEL: Final = frozenset({Level.BATCH, Level.ITEM})
_MADE_UP: Final = frozenset({Level.MODEL, Level.ITEM})


@lru_cache(maxsize=4096)
def _fault(read: Callable[[str], str], text: str) -> BadIdentifier | None:
    try:
        read(text)
    except BadIdentifier as fault:
        return fault
    return None


@rule("gtin-length", "gtin")
def gtin_length(subject: Subject) -> Iterator[Finding]:
    """A GTIN has 8, 12, 13 or 14 digits (GS1 General Specifications, clause 3.3.2; V07): MUST."""
    text = subject.text("gtin")
    fault = _fault(identifiers.normalise_gtin, text) if text else None
    if fault and fault.code == "length":
        yield subject.finding("gtin-length", ("gtin",), text)


@rule("gtin-check-digit", "gtin")
def gtin_check_digit(subject: Subject) -> Iterator[Finding]:
    """The last digit of a GTIN is the check digit of the others (GS1 General Specifications 7.9.1; V07): MUST."""
    text = subject.text("gtin")
    fault = _fault(identifiers.normalise_gtin, text) if text else None
    if fault and fault.code == "check-digit":
        yield subject.finding("gtin-check-digit", ("gtin",), text, expected=fault.expected)


@rule("gln-check-digit", "manufacturer", levels=_MADE_UP)
def gln_check_digit(subject: Subject) -> Iterator[Finding]:
    """The last digit of a GLN is its modulo 10 check digit (GS1 General Specifications 7.9.1): MUST."""
    text = inner(subject.value, "manufacturer").get("gln")
    fault = _fault(identifiers.gln, text) if isinstance(text, str) else None
    if fault and fault.code == "check-digit":
        yield subject.finding("gln-check-digit", ("manufacturer", "gln"), text, expected=fault.expected)


_SCHEMES: Final[dict[str, Callable[[str], str] | None]] = {
    "gln": identifiers.gln,
    "lei": identifiers.lei,
    "vat": None,
    "did": None,
    "eori": None,
    "iso6523": None,
}


@rule("operator-identifier", "economicOperatorId")
def operator_identifier(subject: Subject) -> Iterator[Finding]:
    """The operator is named by a scheme of EN 18219 and a value with right check digits (LEI: ISO 17442): MUST."""
    text = subject.text("economicOperatorId")
    scheme, colon, rest = (text or "").partition(":")
    if not text or not colon:
        return
    if scheme not in _SCHEMES:
        yield subject.finding(
            "operator-identifier", ("economicOperatorId",), text, expected=", ".join(f"{each}:…" for each in _SCHEMES)
        )
        return
    read = _SCHEMES[scheme]
    fault = _fault(read, rest) if read else None
    if fault:
        right = text[: -len(fault.expected)] + fault.expected if fault.code.startswith("check-") else fault.expected
        yield subject.finding("operator-identifier", ("economicOperatorId",), text, expected=right)


_UNREGISTERED: Final = frozenset({"gln", "did"})


@rule("operator-not-in-registry", "economicOperatorId")
def operator_not_in_registry(subject: Subject) -> Iterator[Finding]:
    """The EU registry names operators by register number, LEI, VAT number or eID (DPP-ID-009; V13): SHOULD have one.

    EN 18219 allows a GLN or DID all the same, and only who registers products needs another. Silent about an identifier
    that is wrong anyway.
    """
    text = subject.text("economicOperatorId")
    scheme, _, rest = (text or "").partition(":")
    if scheme in _UNREGISTERED:
        read = _SCHEMES[scheme]
        if not (read and _fault(read, rest)):
            yield subject.finding("operator-not-in-registry", ("economicOperatorId",), text)


_KEYS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("serialNumber", identifiers.serial),
    ("batchNumber", identifiers.batch),
    ("giai", identifiers.giai),
    ("grai", identifiers.grai),
)


@rule("identifier-characters", *(name for name, _ in _KEYS), levels=_BELOW_MODEL)
def identifier_characters(subject: Subject) -> Iterator[Finding]:
    """Serial, batch and asset numbers keep to GS1 character set 82 (GS1 General Specifications 7.11): MUST."""
    for name, read in _KEYS:
        text = subject.text(name)
        fault = _fault(read, text) if text else None
        if fault:
            yield subject.finding("identifier-characters", (name,), text, field=name, expected=fault.expected)


_OWN: Final = re.compile(r"/(?:p|passports)/", re.IGNORECASE)


def _base(subject: Subject, text: str) -> str:
    """Our own address; off line any host may be ours whose address has the form of ours."""
    base = subject.facts.known.base
    own = _OWN.search(text) if base is None else None
    return base or (text[: own.start()] if own else "")


def _link(subject: Subject) -> Key | None:
    """The GS1 key in the document's identifier, if that is a GS1 Digital Link."""
    text = subject.text("uniqueProductIdentifier")
    try:
        return link_key(text, base=_base(subject, text)) if text and "://" in text else None
    except BadLink:
        return None


def _is_code(text: str) -> bool:
    try:
        shortcode.normalise(text)
    except BadCode:
        return False
    return True


@rule("identifier-unreadable", "uniqueProductIdentifier", *NAMING, levels=EVERY)
def identifier_unreadable(subject: Subject) -> Iterator[Finding]:
    """A product is named by a GS1 key, an address of ours or a short code (EN 18219): MUST, else nobody finds it."""
    if subject.level is EVENT:
        for place, each in subject.once(named_products):
            if sibling(each) is None and reference_key(each, base=_base(subject, each)) is None:
                yield subject.finding("identifier-unreadable", place, each)
        return
    text = subject.text("uniqueProductIdentifier")
    if text is None:
        return
    readable = reference_key(text, base=_base(subject, text)) if "://" in text else _is_code(text)
    if not readable:
        yield subject.finding("identifier-unreadable", ("uniqueProductIdentifier",), text)


@rule("granularity-identifier", "uniqueProductIdentifier")
def granularity_identifier(subject: Subject) -> Iterator[Finding]:
    """A GS1 Digital Link says its level itself: 01 model, 10 batch, 21 item (EN 18219; DPP-CFG-005; V03): MUST."""
    key = _link(subject)
    if key and key.level is not None and key.level != subject.level:
        place = ("uniqueProductIdentifier",)
        text = subject.text("uniqueProductIdentifier")
        yield subject.finding("granularity-identifier", place, text, level=subject.level, expected=key.level)


_PARTS: Final[Mapping[str, tuple[str, Callable[[str], str]]]] = {
    "01": ("gtin", identifiers.normalise_gtin),
    "10": ("batchNumber", identifiers.batch),
    "21": ("serialNumber", identifiers.serial),
    "8004": ("giai", identifiers.giai),
    "8003": ("grai", identifiers.grai),
}


@rule("identifier-mismatch", "uniqueProductIdentifier")
def identifier_mismatch(subject: Subject) -> Iterator[Finding]:
    """What the identifier and the fields say about one key is the same (EN 18219; V03): MUST."""
    link = _link(subject)
    named = link.registered.canonical if link else _own_product(subject)
    if named is None:
        return
    key = link or (None if named.startswith("p/") else parse_path(named))
    different = list(_different(subject, key)) if key else []
    stated = _field_key(subject) if not different else None
    if stated is not None and stated.canonical != named:
        name = _PARTS[stated.qualifiers[-1][0] if stated.qualifiers else stated.ai][0]
        different.append((name, named))
    for name, expected in different:
        yield subject.finding("identifier-mismatch", (name,), subject.text(name), field=name, expected=expected)


def _own_product(subject: Subject) -> str | None:
    """The key of the known product that the document names by its short code or by an address of ours."""
    text = subject.text("uniqueProductIdentifier")
    product = subject.facts.known.product(text) if text else None
    return product.key if product else None


def _different(subject: Subject, key: Key) -> Iterator[tuple[str, str]]:
    """The fields that say something else than the parts of a key, each with what that says."""
    for ai, value in ((key.ai, key.value), *key.qualifiers):
        name, read = _PARTS.get(ai, ("", str))
        written = subject.text(name)
        if written and not _fault(read, written) and read(written) != value:
            yield name, value


def _field_key(subject: Subject) -> Key | None:
    """The key in the fields, where they are spelled well and name one product."""
    fields = {name: text for name, _ in _PARTS.values() if (text := subject.text(name))}
    try:
        key = field_key({**fields, "granularity": subject.level})
        return parse_path(key) if key else None
    except (BadIdentifier, BadLink):
        return None
