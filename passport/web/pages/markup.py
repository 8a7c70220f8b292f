"""What a passport's page tells search engines: schema.org in JSON-LD, from public documents alone."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from passport.model.passport import Level
from passport.web.pages.sheet import Sheets, kind_of, name_of, picture_of
from passport.web.pages.views import PassportPage
from passport.web.pages.words import Words

_KINDS: Final = {Level.MODEL: "ProductModel", Level.BATCH: "Product", Level.ITEM: "IndividualProduct"}
_LENGTHS: Final = ("width", "height", "depth")
_SAFE: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def markup(words: Words, sheets: Sheets, view: PassportPage) -> Markup:
    """The JSON-LD of a page, safe inside a ``script`` element: no character of it begins a tag (T27).

    What a piece does not say itself is that of its batch or model, as on the page.
    """
    plan = sheets.plan(view.document, view.reading.level)
    every: tuple[Mapping[str, Any] | None, ...] = (view.document, view.batch_document, view.model_document)
    documents = [each for each in every if each is not None]

    def first(member: str) -> Any:
        return next((each[member] for each in documents if each.get(member)), None)

    document: Mapping[str, Any] = view.document
    address = f"{view.base}/passports/{view.reading.code}"
    kind = kind_of(words, documents, plan)
    picture = picture_of(words, documents, view.base)
    model = view.reading.model_code
    value: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _KINDS[view.reading.level],
        "@id": document.get("uniqueProductIdentifier"),
        "url": address,
        "hasDigitalProductPassport": address,
        "name": name_of(words, documents, view.reading.code, plan).value,
        "productID": view.reading.code,
        "category": kind.value if kind is not None else None,
        "description": _said(words, first("description")),
        "image": view.base + picture.address if picture is not None else None,
        "manufacturer": _organisation(first("manufacturer")),
        "brand": {"@type": "Brand", "name": first("brand")} if first("brand") else None,
        "model": first("modelNumber"),
        "gtin": document.get("gtin"),
        "serialNumber": document.get("serialNumber"),
        "productionDate": document.get("manufacturingDate"),
        "countryOfOrigin": first("productionCountry"),
        "color": _said(words, first("colour")),
        "material": list(_materials(words, documents)) or None,
        "weight": _quantity(first("netWeight"), "KGM"),
        **{side: _quantity((first("dimensions") or {}).get(side), "MMT") for side in _LENGTHS},
        "isVariantOf": f"{view.base}/passports/{model}" if model else None,
    }
    kept = {member: each for member, each in value.items() if each is not None}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).translate(_SAFE)
    return Markup(text)  # noqa: S704 - nothing in it begins a tag


def _said(words: Words, values: Any) -> str | None:
    """Texts with their languages in the page's language."""
    return " ".join(each.value for each in words.said(values)) if values else None


def _organisation(maker: Any) -> dict[str, Any] | None:
    if not isinstance(maker, Mapping) or not maker.get("name"):
        return None
    return {"@type": "Organization", "name": maker["name"]}


def _quantity(value: Any, unit: str) -> dict[str, Any] | None:
    """A QuantitativeValue; ``unit`` is a code of UN/CEFACT."""
    return None if value is None else {"@type": "QuantitativeValue", "value": value, "unitCode": unit}


def _materials(words: Words, documents: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """What materials the first document says that names any, each once."""
    for document in documents:
        parts = [document, *(document.get("components") or ())]
        codes = dict.fromkeys(
            str(each["materialClass"])
            for part in parts
            for each in part.get("materials") or ()
            if "materialClass" in each
        )
        if codes:
            return [words.code("material-class", code).value for code in codes]
    return ()
