"""A passport's page as sections: a piece together with its model, in the order that its product group lays down."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from markupsafe import Markup

from passport.model.composition import Composition
from passport.model.passport import Level
from passport.model.shortcode import grouped
from passport.published import Field, Group, Published
from passport.web.pages import composition
from passport.web.pages.describing import Describer
from passport.web.pages.formats import picture_address
from passport.web.pages.keeping import Kept, mark
from passport.web.pages.sections import section
from passport.web.pages.views import Origin, PassportPage
from passport.web.pages.words import Text, Words

FURTHER = "further"
"""The section of the fields that the layout of a group names nowhere."""

_ELSEWHERE = frozenset({"image", "evidence", "condition", "profile", "productGroup", "revision"})
_HEAD = frozenset({"uniqueProductIdentifier", "granularity", "modelPassport", "batchPassport"})
_OPEN = 3
"""Sections that are unfolded at first."""

_ROOM = 24_000_000
"""Symbols of rendered sections that are kept."""

_CHANGING = "economicOperatorId"
"""A field that is shown with the name of an organisation, which may change: its section is not kept."""


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
class Shares:
    """The material shares of a product: as a plot, or only the classes where the shares are not declared.

    ``changed`` are the components that events put in; where parts were changed, the shares are those of now.
    """

    bars: tuple[Bar, ...]
    classes: tuple[Text, ...]
    origin: Origin
    changed: tuple[composition.Changed, ...] = ()
    now: bool = False

    @property
    def striped(self) -> bool:
        """Whether some of the bars are striped alike."""
        return any(bar.tone > composition.TONES for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Fold:
    """One part of the page that folds, with its content as HTML."""

    id: str
    title: str
    content: Markup
    unfolded: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page of one passport tells about the product itself."""

    name: Text
    category: Text | None
    maker: str
    picture: Picture | None
    folds: tuple[Fold, ...]
    preview: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """How a group's passports of one level are laid out: fields by section, and the code list of kinds."""

    group: Group
    sections: tuple[tuple[str, tuple[Field, ...]], ...]
    kinds: str | None
    members: Mapping[str, frozenset[str]]
    """Of a document, by the section in which they say something."""

    def title(self, section: str, words: Words) -> str:
        """What a section is called."""
        if section == FURTHER:
            return words.texts.gettext("Further information")
        titles = next(each.titles for each in self.group.sections if each.id == section)
        return titles.get(words.language) or titles["en"]


class Sheets:
    """Makes sheets; kept with the pages, because the fields of each level are sorted into sections only once."""

    def __init__(self, published: Published, render: Callable[..., str]) -> None:
        """``render`` makes the HTML of a template in a language from its values."""
        self._published = published
        self._render = render
        self._plans: dict[tuple[Group, Group, str], Plan] = {}
        self._kept = Kept(_ROOM)

    def sheet(self, words: Words, view: PassportPage, *, unfolded: bool = False) -> Sheet:
        """The sheet of a passport; a piece's own word goes before that of its model."""
        told = view.documents
        documents = tuple(told.values())
        plan = self.plan(view.document, view.reading.level, model=view.model_document)
        marks = [mark(each) for each in documents]
        described = _Described(words, view, plan.group)
        folds: list[Fold] = []
        for name, fields in plan.sections:
            members = plan.members[name]
            make = partial(self._content, plan, name, fields, described)
            if (
                _CHANGING in members
                or (len(documents) > 1 and not members.isdisjoint(view.document))
                or ("materials" in members and described.now is not None)
            ):
                content = make()
            else:
                speaking = tuple(
                    (origin, marks[place], described.linked(origin))
                    for place, (origin, each) in enumerate(told.items())
                    if not members.isdisjoint(each)
                )
                content = self._kept.get((words.language, name, speaking), make)
            if content:
                html = Markup(content)  # noqa: S704 - rendered by a template that escapes
                folds.append(Fold(name, plan.title(name, words), html, unfolded or len(folds) < _OPEN))
        return Sheet(
            name=name_of(words, documents, view.reading.code, plan),
            category=kind_of(words, documents, plan),
            maker=next((str(m["name"]) for d in documents if isinstance(m := d.get("manufacturer"), Mapping)), ""),
            picture=picture_of(words, documents, view.base),
            folds=tuple(folds),
            preview=plan.group.preview,
        )

    def _content(self, plan: "Plan", name: str, fields: Sequence[Field], described: "_Described") -> str:
        """The HTML of one section; empty when the documents have nothing to say in it."""
        words = described.words
        shown = section(words, plan.group, name, fields, described.view, described.describers)
        shares = described.shares if any(f.name == "materials" for f in fields) else None
        if not shown.rows and shares is None:
            return ""
        return self._render("section.html", words.language, section=shown, shares=shares)

    def plan(self, document: Mapping[str, Any], level: str, *, model: Mapping[str, Any] | None = None) -> Plan:
        """How the passports of the document's group and of ``level`` are laid out.

        Its ``model`` may follow another version of the group's schema: the newer of the two says how both are shown.
        """
        own = self._published.group_of(document)
        key = (own, own if model is None else self._published.group_of(model), level)
        if key not in self._plans:
            self._plans[key] = self._plan(*key)
        return self._plans[key]

    def _plan(self, own: Group, of_model: Group, level: str) -> Plan:
        group = max(own, of_model, key=lambda each: tuple(map(int, each.version.split("."))))
        between = ((own, "batch"),) if level == Level.ITEM else ()
        places = dict.fromkeys(((own, level), *between, (of_model, "model")))
        shapes = [self._published.shape(each.name, each.version, at) for each, at in places]
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
        sections = (*sections, (FURTHER, tuple(further)))
        kind = fields.get(group.kind)
        members = {section: _members(within) for section, within in sections}
        return Plan(group, sections, kind.code_list if kind else None, members)


class _Described:
    """The documents of a view put into words, once one of its sections is not kept."""

    def __init__(self, words: Words, view: PassportPage, group: Group) -> None:
        self.words = words
        self.view = view
        self._group = group

    @cached_property
    def describers(self) -> tuple[Describer, ...]:
        """Those of the documents of the view, in their order."""
        return tuple(
            Describer(self.words, document, origin=origin, linked=self.linked(origin))
            for origin, document in self.view.documents.items()
        )

    @cached_property
    def now(self) -> Composition | None:
        """What the piece consists of, once events changed that."""
        return composition.now_of(self.view)

    @property
    def shares(self) -> Shares | None:
        """The material shares: those of now where parts were changed, else those that a passport declares."""
        if self.now is None:
            return shares_of(self.words, self.view.documents)
        bars = _bars(self.words, composition.current(self.now))
        return Shares(bars, (), Origin.OWN, composition.changed(self.words, self.now, self.view), now=True)

    def linked(self, origin: Origin) -> tuple[str, ...]:
        """The lists of one document whose objects have cards on the page: those that it is the first to tell."""
        lists = (name for name, form in self._group.forms.items() if form == "parts")
        return tuple(name for name in lists if self._first(name) is origin)

    def _first(self, name: str) -> Origin | None:
        return next((origin for origin, document in self.view.documents.items() if document.get(name)), None)


def _members(fields: Iterable[Field]) -> frozenset[str]:
    """What a document has that says something in a section; the shares of materials come from its components too."""
    names = frozenset(field.name for field in fields)
    return names | {"components"} if "materials" in names else names


def shares_of(words: Words, documents: Mapping[Origin, Mapping[str, Any]]) -> Shares | None:
    """The material shares that the first document tells that tells any."""
    for origin, document in documents.items():
        if document.get("components") or document.get("materials"):
            bars = bars_of(words, document)
            named = () if bars else classes(words, document)
            return Shares(bars, named, origin) if bars or named else None
    return None


def bars_of(words: Words, document: Mapping[str, Any]) -> tuple[Bar, ...]:
    """The material shares of a document as a plot; empty when it does not say enough."""
    return _bars(words, composition.shares(document))


def _bars(words: Words, shares: Iterable[composition.Share]) -> tuple[Bar, ...]:
    bars: list[Bar] = []
    start = Decimal(0)
    undeclared = Text(words.texts.gettext("Not declared"))
    for place, share in enumerate(shares):
        label = undeclared if share.code is None else words.code("material-class", share.code)
        tone = composition.tone(place, share.code)
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
