"""What a text or the fields of a document name: products, from every spelling to one canonical key, and ids."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from passport.model.digitallink import BadLink, Key, make, parse_uri
from passport.model.identifiers import BadIdentifier, normalise_gtin
from passport.model.passport import Level
from passport.model.shortcode import BadCode, normalise

_OWN = ("/p/", "/passports/")
_REMEMBERED = 500
"""References no longer than this are remembered with what they mean."""


def code_key(code: str) -> str:
    """The key of a product by its short code, which every product has."""
    return f"p/{code}"


def id_at(address: str) -> str:
    """The id of an event, document or transfer, by its address: the last part, or the whole of what has no parts."""
    return address.rpartition("/")[2]


def sibling(reference: str) -> int | None:
    """The place in the same submission that a reference like ``#3`` means; None for every other reference."""
    number = reference.removeprefix("#")
    return int(number) if number != reference and number.isascii() and number.isdigit() and len(number) < 9 else None


def reference_key(text: str, *, base: str) -> str | None:
    """The canonical key that a reference means, or None when it is in no form that is understood.

    Understood are a short code in any spelling, an address of this service (product, passport or version), a GTIN of
    8, 12, 13 or 14 digits, and a GS1 Digital Link URI of any host.
    """
    return _key(text, base) if len(text) > _REMEMBERED else _known_key(text, base)


@lru_cache(maxsize=4096)
def _known_key(text: str, base: str) -> str | None:
    """A submission names the same few models and batches in thousands of pieces."""
    return _key(text, base)


def _key(text: str, base: str) -> str | None:
    text = text.strip()
    if "://" in text:
        return _address_key(text, base=base)
    if text.isascii() and text.replace(" ", "").replace("-", "").isdigit():
        try:
            return f"01/{normalise_gtin(text)}"
        except BadIdentifier:
            pass
    try:
        return code_key(normalise(text))
    except BadCode:
        return None


def _address_key(text: str, *, base: str) -> str | None:
    try:
        parts, home = urlsplit(text), urlsplit(base)
    except ValueError:
        return None
    ours = parts.netloc.lower() == home.netloc.lower()
    path = parts.path.removeprefix(home.path.rstrip("/")) if ours else parts.path
    own = next((each for each in _OWN if path.lower().startswith(each)), None)
    try:
        if ours and own is not None:
            return code_key(normalise(path[len(own) :].split("/", 1)[0]))
        return link_key(text, base=base).registered.canonical
    except (BadCode, BadLink):
        return None


def link_key(text: str, *, base: str) -> Key:
    """The GS1 key, with all qualifiers, in a Digital Link URI of any host; ours may have a stem. Raises ``BadLink``."""
    try:
        parts, home = urlsplit(text), urlsplit(base)
    except ValueError as fault:
        raise BadLink("not-a-web-address", text[:80]) from fault
    stem = home.path.rstrip("/") if parts.netloc.lower() == home.netloc.lower() else ""
    return parse_uri(text, stem=stem if parts.path.startswith(f"{stem}/") else "")


def own_key(document: Mapping[str, Any], *, base: str) -> str | None:
    """The canonical key that a submitted document bears itself; None means that it names no product yet.

    GTIN and serial number, GTIN and batch number, GIAI and GRAI are read from their fields at the level where they
    identify; otherwise ``uniqueProductIdentifier`` decides. What is misspelled names nothing: that, and whether the two
    agree, is for the validation to say.
    """
    try:
        key = field_key(document)
    except (BadIdentifier, BadLink, AttributeError, TypeError):
        return None
    if key is not None:
        return key
    stated = document.get("uniqueProductIdentifier")
    return reference_key(stated, base=base) if isinstance(stated, str) else None


def field_key(document: Mapping[str, Any]) -> str | None:
    """The canonical key in the fields of a document, None where they name no single product.

    Raises ``BadIdentifier`` and ``BadLink`` for fields that are misspelled.
    """
    level = document.get("granularity")
    gtin = document.get("gtin")
    if gtin is not None:
        if level == Level.MODEL:
            return make("01", normalise_gtin(gtin)).canonical
        qualifier = _QUALIFIER.get(level)
        if qualifier is not None and qualifier[1] in document:
            value = document[qualifier[1]]
            return make("01", normalise_gtin(gtin), (qualifier[0], value)).canonical
    if level == Level.ITEM:
        for ai, name in (("8004", "giai"), ("8003", "grai")):
            if name in document:
                return make(ai, document[name]).canonical
    return None


_QUALIFIER: Mapping[Any, tuple[str, str]] = {Level.BATCH: ("10", "batchNumber"), Level.ITEM: ("21", "serialNumber")}
