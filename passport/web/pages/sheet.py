"""A passport's page as sections: a piece together with its model, in the order that its product group lays down."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from passport.model.shortcode import grouped
from passport.published import Field, Group, Published
from passport.web.pages import composition
from passport.web.pages.describing import Describer
from passport.web.pages.formats import picture_address
from passport.web.pages.forms import Row
from passport.web.pages.presenting import Presenter
from passport.web.pages.views import PassportPage
from passport.web.pages.words import Meaning, Text, Words

FURTHER = "further"
"""The section of the fields that the layout of a group names nowhere."""

_ELSEWHERE = frozenset({"image", "evidence", "condition", "profile", "productGroup", "revision"})
_HEAD = frozenset({"uniqueProductIdentifier", "granularity", "modelPassport", "batchPassport"})
_OWN = frozenset({"economicOperatorId", "availableUntil", "responsibleSince", "dataCarriers"})
"""What a piece never takes from its model."""

_OPEN = 3
"""Sections that are unfolded at first."""

_EXPLAINED = frozenset(
    {
        *("formaldehydeEmission", "formaldehydeClass", "textileFormaldehyde", "vocEmission", "svhcDeclaration", "pfas"),
        *("substancesOfConcern", "noSubstancesOfConcern", "abrasionCycles", "lightfastness", "pilling", "en17902"),
        *("repairability", "recyclability", "priorityParts", "carbonFootprint", "epd", "secondaryMaterialUse"),
        *("commodityCode", "giai", "grai", "bisphenolA", "phthalates", "halogenatedPolymers", "bioBasedContent"),
    }
)
"""Fields whose names are jargon: what they mean stands at the end of their section."""

_PLAIN = frozenset({"presence", "tier", "granularity", "test-result", "evidence-type"})
"""Code lists whose labels say all."""


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


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that stand together: several lines, or one row with a form of its own."""

    rows: tuple[Row, ...]

    @property
    def form(self) -> str:
        """The name of the form, empty for lines."""
        return type(self.rows[0].form).__name__ if self.rows[0].form else ""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page; ``shares`` when the plot of material shares stands at its head."""

    id: str
    title: str
    rows: tuple[Row, ...]
    meanings: tuple[Meaning, ...] = ()
    shares: bool = False
    unfolded: bool = True

    @property
    def runs(self) -> tuple[Run, ...]:
        """The rows as they stand together."""
        found: list[Run] = []
        for row in self.rows:
            if found and row.form is None and not found[-1].form:
                found[-1] = Run((*found[-1].rows, row))
            else:
                found.append(Run((row,)))
        return tuple(found)

    @property
    def from_model(self) -> bool:
        """Whether all of it is said by the piece's model."""
        return bool(self.rows) and all(row.from_model for row in self.rows)

    @property
    def mixed(self) -> bool:
        """Whether the model says a part of it."""
        return any(row.from_model for row in self.rows) and not self.from_model


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page of one passport tells about the product itself."""

    name: Text
    category: Text | None
    maker: str
    picture: Picture | None
    bars: tuple[Bar, ...]
    bars_from_model: bool
    materials: tuple[Text, ...]
    sections: tuple[Section, ...]
    preview: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """How a group's passports of one level are laid out: fields by section, and the code list of kinds."""

    group: Group
    sections: tuple[tuple[str, tuple[Field, ...]], ...]
    kinds: str | None

    def title(self, section: str, words: Words) -> str:
        """What a section is called."""
        if section == FURTHER:
            return words.texts.gettext("Further information")
        titles = next(each.titles for each in self.group.sections if each.id == section)
        return titles.get(words.language) or titles["en"]


class Sheets:
    """Makes sheets; kept with the pages, because the fields of each level are sorted into sections only once."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._plans: dict[tuple[str, str, str], Plan] = {}

    def sheet(self, words: Words, view: PassportPage, *, unfolded: bool = False) -> Sheet:
        """The sheet of a passport; a piece's own word goes before that of its model."""
        documents: list[Mapping[str, Any]] = [view.document]
        describers = [Describer(words, view.document)]
        if view.model_document is not None:
            documents.append(view.model_document)
            describers.append(Describer(words, view.model_document, from_model=True))
        plan = self.plan(view.document, view.reading.level)
        declared = next((each for each in documents if each.get("components") or each.get("materials")), None)
        bars = bars_of(words, declared) if declared else ()
        materials = () if bars or not declared else classes(words, declared)
        sections: list[Section] = []
        for name, fields in plan.sections:
            rows = self._rows(words, view, describers, fields)
            shares = bool(bars or materials) and any(each.name == "materials" for each in fields)
            if rows or shares:
                meanings = _meanings(words, describers, rows)
                first = unfolded or len(sections) < _OPEN
                sections.append(Section(name, plan.title(name, words), rows, meanings, shares, first))
        return Sheet(
            name=name_of(words, documents, view.reading.code, plan),
            category=kind_of(words, documents, plan),
            maker=next((str(m["name"]) for d in documents if isinstance(m := d.get("manufacturer"), Mapping)), ""),
            picture=picture_of(words, documents, view.base),
            bars=bars,
            bars_from_model=declared is not view.document,
            materials=materials,
            sections=tuple(sections),
            preview=plan.group.preview,
        )

    def plan(self, document: Mapping[str, Any], level: str) -> Plan:
        """How the passports of the document's group and of ``level`` are laid out."""
        group = self._published.group_of(document)
        key = (group.name, group.version, level)
        if key not in self._plans:
            self._plans[key] = self._plan(group, level)
        return self._plans[key]

    def _plan(self, group: Group, level: str) -> Plan:
        shapes = [self._published.shape(group.name, group.version, each) for each in dict.fromkeys((level, "model"))]
        fields = {field.name: field for shape in reversed(shapes) for field in shape.fields}
        placed = {name for section in group.sections for name in section.fields}
        known = placed | _ELSEWHERE | _HEAD | {group.kind, *group.names, "materials"}
        further = (
            field
            for field in fields.values()
            if not (field.server or field.opening or field.name in known or field.tier != "public")
        )
        sections = tuple(
            (section.id, tuple(fields[name] for name in section.fields if name in fields)) for section in group.sections
        )
        kind = fields.get(group.kind)
        return Plan(group, (*sections, (FURTHER, tuple(further))), kind.code_list if kind else None)

    def _rows(
        self, words: Words, view: PassportPage, describers: Sequence[Describer], fields: Iterable[Field]
    ) -> tuple[Row, ...]:
        for each in describers:
            each.met.clear()
        found = Presenter(words, describers).rows(fields)
        documents = (view.document, view.model_document or {})
        return tuple(
            _named(_flagged(words, row, documents), view) for row in found if not (row.from_model and row.name in _OWN)
        )


def _flagged(words: Words, row: Row, documents: Sequence[Mapping[str, Any]]) -> Row:
    """The row; that of a GTIN whose prefix its issuer has not registered with a warning."""
    if row.name != "gtin" or documents[int(row.from_model)].get("gtinVerified") is not False:
        return row
    doubtful = words.texts.gettext("unverified: the issuer has not shown that this number is theirs to use")
    return replace(row, warning=doubtful)


def _named(row: Row, view: PassportPage) -> Row:
    """The row; that of the responsible operator with the name of an organisation of ours in the place of its DID."""
    if row.name != "economicOperatorId" or view.operator is None:
        return row
    return replace(row, texts=(Text(view.operator.name, href=f"/organisations/{view.operator.slug}"),))


def _meanings(words: Words, describers: Sequence[Describer], rows: Sequence[Row]) -> tuple[Meaning, ...]:
    """What the jargon of a section means: its fields first, then the codes that occur in it."""
    fields = [words.about(row.name) for row in rows if row.name in _EXPLAINED]
    met = dict.fromkeys(code for each in describers for code in each.met)
    codes = [words.explained(*code) for code in met if code[0] not in _PLAIN]
    return tuple(each for each in (*fields, *codes) if each)


def bars_of(words: Words, document: Mapping[str, Any]) -> tuple[Bar, ...]:
    """The material shares of a document as a plot; empty when it does not say enough."""
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


def name_of(words: Words, documents: Sequence[Mapping[str, Any]], code: str, plan: Plan) -> Text:
    """What a passport calls its product: a piece's own name, its model's, its kind, or else its code."""
    for document in documents:
        for member in plan.group.names:
            if document.get(member):
                return words.said(document[member])[0]
    return kind_of(words, documents, plan) or Text(grouped(code))


def kind_of(words: Words, documents: Sequence[Mapping[str, Any]], plan: Plan) -> Text | None:
    """What kind of thing a product is, by the field that its group names for that."""
    code = next((code for each in documents if (code := each.get(plan.group.kind))), None)
    if code is None:
        return None
    return words.code(plan.kinds, str(code)) if plan.kinds else Text(str(code))


def picture_of(words: Words, documents: Sequence[Mapping[str, Any]], base: str) -> Picture | None:
    """The first picture of the documents that this service itself holds."""
    for document in documents:
        for image in document.get("image") or ():
            address = picture_address(image.get("url"), base)
            if address:
                texts = words.said(image.get("alternativeText") or ())
                return Picture(address, texts[0] if texts else None)
    return None


def classes(words: Words, document: Mapping[str, Any]) -> tuple[Text, ...]:
    """The material classes of a document without their shares, each once."""
    lists = [
        document.get("materials") or (),
        *(each.get("materials") or () for each in document.get("components") or ()),
    ]
    codes = dict.fromkeys(str(each.get("materialClass")) for each in (m for materials in lists for m in materials))
    return tuple(words.code("material-class", code) for code in codes)
