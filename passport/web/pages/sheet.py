"""A passport's page as sections: a piece together with its model, in the order of somebody who stands before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from passport.model.shortcode import grouped
from passport.published import Field, Published, Shape
from passport.web.pages import composition
from passport.web.pages.describing import Describer, Row, rows
from passport.web.pages.formats import picture_address
from passport.web.pages.views import PassportPage
from passport.web.pages.words import Text, Words

_LAYOUT: Mapping[str, tuple[str, ...]] = {
    "composition": ("components", "recycledContent", "renewableContent"),
    "details": (
        *("description", "features", "dimensions", "netWeight", "packagingWeight", "colour", "finish", "maxLoad"),
        *("intendedEnvironment", "adjustable", "foldable", "stackable", "modular"),
    ),
    "care": (
        *("careAdvice", "careInstructions", "repairInstructions", "repairService", "assemblyInstructions"),
        *("guarantee", "expectedLifetime"),
    ),
    "spare-parts": ("spareParts", "sparePartsAvailableYears"),
    "safety": ("safetyInformation", "complianceDocuments"),
    "environment": ("carbonFootprint", "epd", "labels"),
    "end": ("disassembly", "disassemblyInstructions", "takeBack", "endOfLife"),
    "identity": (
        *("manufacturer", "importer", "brand", "series", "modelNumber", "articleNumber", "gtin", "serialNumber"),
        *("batchNumber", "giai", "grai", "manufacturingDate", "productionCountry", "commodityCode", "classification"),
        *("isSecondHandLegacy", "economicOperatorId"),
    ),
}
"""Which fields stand in which section, in order; a field that stands nowhere here comes at the end, under "further"."""

_PLACED = frozenset(name for names in _LAYOUT.values() for name in names)
_ELSEWHERE = frozenset({"modelName", "itemName", "category", "image", "materials", "evidence", "condition", "profile"})
_HEAD = frozenset({"uniqueProductIdentifier", "granularity", "modelPassport"})
_OWN = frozenset({"economicOperatorId"})
"""What a piece never takes from its model."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that this service holds, with its text alternative."""

    address: str
    text: Text | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of the plot of material shares: where it starts and how wide it is (of 100), and its table row."""

    label: Text
    percent: str
    start: str
    width: str
    tone: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page."""

    rows: tuple[Row, ...]

    @property
    def from_model(self) -> bool:
        """Whether all of it is said by the piece's model."""
        return all(row.from_model for row in self.rows)

    @property
    def mixed(self) -> bool:
        """Whether the model says a part of it."""
        return any(row.from_model for row in self.rows) and not self.from_model


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page of one passport tells about the furniture itself."""

    name: Text
    category: Text | None
    maker: str
    picture: Picture | None
    bars: tuple[Bar, ...]
    bars_from_model: bool
    materials: tuple[Text, ...]
    sections: Mapping[str, Section]


@dataclass(frozen=True, slots=True)
class _Plan:
    """The fields of a level by section, worked out once."""

    sections: Mapping[str, tuple[Field, ...]]


class Sheets:
    """Makes sheets; kept with the pages, because the fields of each level are sorted into sections only once."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._plans: dict[tuple[str, str], _Plan] = {}

    def sheet(self, words: Words, view: PassportPage) -> Sheet:
        """The sheet of a passport; a piece's own word goes before that of its model."""
        documents: list[Mapping[str, Any]] = [view.document]
        describers = [Describer(words, view.document)]
        if view.model_document is not None:
            documents.append(view.model_document)
            describers.append(Describer(words, view.model_document, from_model=True))
        sections: dict[str, Section] = {}
        for name, fields in self._plan(view.document, view.reading.level).sections.items():
            found = self._flagged(words, rows(describers, fields), documents)
            found = tuple(_named(row, view) for row in found if not (row.from_model and row.name in _OWN))
            if found:
                sections[name] = Section(found)
        declared = next((each for each in documents if each.get("components") or each.get("materials")), None)
        bars = self._bars(words, declared) if declared else ()
        return Sheet(
            name=name_of(words, documents, view.reading.code),
            category=next((words.code("furniture-category", c) for d in documents if (c := d.get("category"))), None),
            maker=next((str(m["name"]) for d in documents if isinstance(m := d.get("manufacturer"), Mapping)), ""),
            picture=picture_of(words, documents, view.base),
            bars=bars,
            bars_from_model=declared is not view.document,
            materials=() if bars or not declared else _classes(words, declared),
            sections=sections,
        )

    def _plan(self, document: Mapping[str, Any], level: str) -> _Plan:
        group, version = _specification(document)
        plan = self._plans.get((f"{group}/{version}", level))
        if plan is None:
            wanted = dict.fromkeys((level, "model"))
            shapes = [self._published.shape(group, version, each) for each in wanted]
            plan = self._plans[f"{group}/{version}", level] = _plan(shapes)
        return plan

    def _flagged(self, words: Words, found: Sequence[Row], documents: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
        """The rows, with "unverified" at a GTIN whose prefix its issuer has not registered."""
        doubtful = words.texts.gettext("unverified: the issuer has not shown that this number is theirs to use")
        return tuple(
            replace(row, warning=doubtful)
            if row.name == "gtin" and documents[int(row.from_model)].get("gtinVerified") is False
            else row
            for row in found
        )

    def _bars(self, words: Words, document: Mapping[str, Any]) -> tuple[Bar, ...]:
        bars: list[Bar] = []
        start = Decimal(0)
        undeclared = Text(words.texts.gettext("Not declared"))
        for place, share in enumerate(composition.shares(document)):
            label = undeclared if share.code is None else words.code("material-class", share.code)
            tone = 0 if share.code is None else place % 8 + 1
            shown = words.quantity(f"{share.shown.normalize():f}", "%")
            bars.append(Bar(label, shown, f"{start:.2f}", f"{share.percent:.2f}", tone))
            start += share.percent
        return tuple(bars)


def _named(row: Row, view: PassportPage) -> Row:
    """The row; that of the responsible operator with the name of an organisation of ours in the place of its DID."""
    if row.name != "economicOperatorId" or view.operator is None:
        return row
    return replace(row, texts=(Text(view.operator.name, href=f"/organisations/{view.operator.slug}"),))


def _plan(shapes: Sequence[Shape]) -> _Plan:
    fields = {field.name: field for shape in reversed(shapes) for field in shape.fields}
    sections = {name: tuple(fields[each] for each in names if each in fields) for name, names in _LAYOUT.items()}
    further = (
        field
        for field in fields.values()
        if not (field.server or field.opening or field.name in _PLACED | _ELSEWHERE | _HEAD or field.tier != "public")
    )
    return _Plan({**sections, "further": tuple(further)})


def _specification(document: Mapping[str, Any]) -> tuple[str, str]:
    """The product group and its schema version that a document names."""
    names = document.get("contentSpecificationIds") or ["schemas/furniture/1.0/model"]
    parts = str(names[0]).split("/")
    place = parts.index("schemas") if "schemas" in parts else -4
    return parts[place + 1], parts[place + 2]


def name_of(words: Words, documents: Sequence[Mapping[str, Any]], code: str) -> Text:
    """What a passport calls its product: a piece's own name, its model's, its category, or else its code."""
    for document in documents:
        for member in ("itemName", "modelName"):
            if document.get(member):
                return words.said(document[member])[0]
    for document in documents:
        if document.get("category"):
            return words.code("furniture-category", str(document["category"]))
    return Text(grouped(code))


def picture_of(words: Words, documents: Sequence[Mapping[str, Any]], base: str) -> Picture | None:
    """The first picture of the documents that this service itself holds."""
    for document in documents:
        for image in document.get("image") or ():
            address = picture_address(image.get("url"), base)
            if address:
                texts = words.said(image.get("alternativeText") or ())
                return Picture(address, texts[0] if texts else None)
    return None


def _classes(words: Words, document: Mapping[str, Any]) -> tuple[Text, ...]:
    """The material classes without shares, each once."""
    lists = [
        document.get("materials") or (),
        *(each.get("materials") or () for each in document.get("components") or ()),
    ]
    codes = dict.fromkeys(str(each.get("materialClass")) for each in (m for materials in lists for m in materials))
    return tuple(words.code("material-class", code) for code in codes)
