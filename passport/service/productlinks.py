"""The links that lead from one product: to its passport, and to what its issuer registered in it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from passport.codecs.documents import inner
from passport.codecs.linkset import DEFAULT_LINK, GS1, Anchor, Link, is_web_address
from passport.model.languages import LANGUAGES
from passport.model.passport import Standing
from passport.model.shortcode import grouped
from passport.ports import Reading
from passport.service.preferences import of_languages, weights

MOST_LINKS: Final = 200
"""Links of one product that are listed."""

_NAMES: Final = ("itemName", "modelName")
DOCUMENTS: Final = (
    ("assemblyInstructions", "instructions", "Assembly instructions"),
    ("disassemblyInstructions", "instructions", "Disassembly instructions"),
    ("careInstructions", "consumerHandlingStorageInfo", "Care instructions"),
    ("repairInstructions", "serviceInfo", "Repair instructions"),
    ("complianceDocuments", "certificationInfo", "Compliance document"),
    ("labels", "certificationInfo", "Label"),
    ("evidence", "certificationInfo", "Evidence"),
    ("epd", "sustainabilityInfo", "Environmental product declaration"),
    ("carbonFootprint", "sustainabilityInfo", "Carbon footprint"),
    ("repairService", "serviceInfo", "Repair service"),
    ("takeBack", "sustainabilityInfo", "Take-back"),
    ("spareParts", "purchaseSuppliesOrAccessories", "Spare part"),
    ("image", "relatedImage", "Picture"),
)
"""Fields that link to documents, GS1's link type of each, and what a link's title calls it."""


def name_of(passport: Mapping[str, Any], languages: str | None) -> str | None:
    """The product's name in the language that suits an ``Accept-Language`` value best, else the first one given."""
    accepted = weights(languages)
    for field in _NAMES:
        values = passport.get(field)
        if values:
            best = max(values, key=lambda value: of_languages((str(value["language"]),), accepted))
            return str(best["value"])
    return None


def anchor(uri: str, reading: Reading, *, base: str, languages: str | None = None, name: str | None = None) -> Anchor:
    """One level of a linkset: the links of the product that was read, for the address ``uri`` that identifies it.

    ``name`` serves where the passport has none of its own (a piece's model). Only https addresses are linked, and
    those of this service. A withdrawn passport keeps the link to itself, where its tombstone stands, and no other.
    """
    passport = inner(reading.payload, reading.start)
    title = name_of(passport, languages) or name or grouped(reading.code)
    address = f"{base}/passports/{reading.code}"
    links = list(_own(address, title))
    if reading.standing is Standing.ACTIVE:
        links += _services(address, title)
        links += _registered(passport, title, base)
    return Anchor(uri, title, tuple(dict.fromkeys(links))[:MOST_LINKS])


def _own(address: str, title: str) -> Iterator[Link]:
    yield Link(DEFAULT_LINK, address, title)
    yield Link(GS1 + "dpp", address, f"{title}: product passport", "text/html", LANGUAGES)
    yield Link(GS1 + "dpp", address, f"{title}: product passport", "application/ld+json")


def _services(address: str, title: str) -> Iterator[Link]:
    yield Link(GS1 + "pip", address, f"{title}: product information", "text/html", LANGUAGES)
    yield Link(GS1 + "masterData", address, f"{title}: product data", "application/json")
    yield Link(GS1 + "jws", address, f"{title}: signed passport", "application/vc+jwt")
    yield Link(GS1 + "traceability", f"{address}/events", f"{title}: events", "application/json")


def _registered(passport: Mapping[str, Any], title: str, base: str) -> Iterator[Link]:
    for field, kind, what in DOCUMENTS:
        value = passport.get(field)
        for entry in value if isinstance(value, list) else [value]:
            link = _document(entry, GS1 + kind, f"{title}: {what.lower()}", base) if isinstance(entry, dict) else None
            if link is not None:
                yield link


def _document(entry: Mapping[str, Any], relation: str, title: str, base: str) -> Link | None:
    """The link to an entry's document, or to the entry itself when it is one; None when it leads nowhere safe."""
    nested = entry.get("document")
    document = nested if isinstance(nested, dict) else entry
    url = document.get("url")
    if not isinstance(url, str) or not is_web_address(url) or not url.startswith(("https://", base + "/")):
        return None
    language = document.get("language")
    try:
        return Link(
            relation,
            url,
            str(document.get("resourceTitle") or title),
            document.get("contentType"),
            (language,) if isinstance(language, str) else (),
        )
    except ValueError:
        return Link(relation, url, title)
