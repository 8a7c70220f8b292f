"""What one event did to a piece: its facts as labelled lines, its photos, and who acted."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import Any

from passport.errors import NotFound
from passport.model.shortcode import grouped
from passport.model.state import PRIVATE_PARTY
from passport.ports import Organisation
from passport.published import Field, Published
from passport.web.pages.describing import Describer
from passport.web.pages.formats import picture_address
from passport.web.pages.forms import Anatomy, Component, Part
from passport.web.pages.history import moment, path_of
from passport.web.pages.presenting import component
from passport.web.pages.views import Happened
from passport.web.pages.words import Text, Words

SMALL = 320
"""The longer edge, in pixels, of a photo among other things."""

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")

_TOLD = (
    *("ownerType", "owner", "previousOwnerType", "previousOwner", "holderType", "holder", "borrower", "collector"),
    *("receiverType", "receiver", "reservedFor", "transferSubject", "transferType", "price", "expires", "channel"),
    *("askingPrice", "until", "location", "facilityId", "batchNumber", "productionCountry", "careAction"),
    *("careProduct", "repairTypes", "cause", "causeText", "components", "partsUsed", "replacedComponents"),
    *("removedComponents", "parts", "workMinutes", "cost", "warrantyClaim", "repairer", "guarantee", "route"),
    *("masses", "wasteCode", "treatmentCode", "successors", "economicOperatorId", "availability", "condition"),
    *("defects", "remainingLifeEstimate", "notes", "documents", "reason"),
)
"""What the timeline tells of an event, in this order: what all may see, then what only some are given."""

_ASIDE = frozenset(
    {
        *("eventType", "eventTime", "timeZoneOffset", "deviceTime", "products", "productGroup", "photos", "outputs"),
        *("supersedes", "correctionReason", "claimSecret", "transfer"),
    }
)
"""Members that a schema of events knows and the timeline tells in another way, or not at all."""

_PARTIES: Mapping[str, str] = {"owner": "ownerType", "previousOwner": "previousOwnerType", "receiver": "receiverType"}
"""Organisations by slug, with the member that says of the same one what kind it is; the name says more."""

_SLUGS = frozenset({*_PARTIES, "holder", "borrower", "collector", "reservedFor", "repairer", "actor"})
BUILT = ("replacedComponents", "partsUsed")
"""Members that tell of parts that came in: briefly among other things, with everything on the event's own page."""

_NAMED = 3
"""Materials of a part that are named where it is told briefly."""

_LINKS = frozenset({"successors", "supersedes", "transfer", "offer", "act", "erased", "passport", "product"})
_CODED: Mapping[str, str] = {
    **dict.fromkeys(("ownerType", "previousOwnerType", "holderType", "receiverType"), "owner-type"),
    "availability": "availability",
}
"""Members that the schema of events does not know, with their code lists."""

_DATES = frozenset({"expires", "reportedTime", "recordedAt", "eventTime", "deviceTime"})


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that the reader may see: the address of its small form and of itself, and its text alternative."""

    small: str
    whole: str
    text: Text


class Deed:
    """One event put into the words of one language."""

    def __init__(
        self,
        words: Words,
        happened: Happened,
        fields: Mapping[str, Field],
        *,
        base: str,
        components: Sequence[Mapping[str, Any]] = (),
        names: Mapping[str, Organisation] | None = None,
    ) -> None:
        """``fields`` are those of events by name; ``components`` those of the product, for what events refer to."""
        self._words = words
        self._happened = happened
        self._fields = fields
        self._base = base
        self._components = components
        self._names = names or {}
        self.document = happened.document

    @property
    def kind(self) -> Text:
        """What happened."""
        return self._words.code("event-type", str(self.document.get("eventType", "")))

    @property
    def path(self) -> str:
        """The path of the event's own page."""
        return path_of(self.document.get("id"))

    @property
    def date(self) -> str:
        """The day when it happened, by the clock of the place where it did."""
        return self._words.date(self._local.strftime("%Y-%m-%d")) if self._local else self.when

    @property
    def when(self) -> str:
        """When it happened, to the minute, by the clock of that place, with how far that was from UTC."""
        if self._local is None:
            return str(self.document.get("eventTime", ""))
        offset = str(self.document.get("timeZoneOffset", ""))
        shown = self._words.date(self._local.strftime("%Y-%m-%dT%H:%MZ"))
        return shown.replace("UTC", f"UTC{offset}") if _OFFSET.fullmatch(offset) else shown

    @cached_property
    def _local(self) -> datetime | None:
        time = moment(self.document.get("eventTime"))
        match = _OFFSET.fullmatch(str(self.document.get("timeZoneOffset", "")))
        if time is None or match is None:
            return time
        away = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return time.astimezone(timezone(-away if match[1] == "-" else away)) if away < timedelta(hours=24) else time

    @property
    def recorded(self) -> str:
        """When it was recorded, as a date; empty where the recording followed within a day."""
        time, recorded = moment(self.document.get("eventTime")), moment(self.document.get("recordedAt"))
        late = time is not None and recorded is not None and recorded - time > timedelta(days=1)
        return self._words.date(str(self.document["recordedAt"])[:10]) if late else ""

    @property
    def role(self) -> Text | None:
        """In which role somebody acted."""
        return self._words.code("role", str(self.document["actorRole"])) if "actorRole" in self.document else None

    @property
    def actor(self) -> Text | None:
        """The organisation that acted: by its name where the reader may know it, else by its role."""
        issuer = self._happened.issuer or self._names.get(str(self.document.get("actor", "")))
        if issuer is None:
            return self.role
        return Text(issuer.name, href=f"/organisations/{issuer.slug}", note=self.role.value if self.role else "")

    @property
    def facts(self) -> tuple[Part, ...]:
        """What the event says of what was done and what came of it, as far as the reader may know."""
        return self.parts((*_TOLD, *self._own))

    @property
    def _own(self) -> tuple[str, ...]:
        """The members that a product group adds to events, in the order of its schema."""
        return tuple(
            name
            for name, field in self._fields.items()
            if name in self.document and name not in _TOLD and name not in _ASIDE and not field.server
        )

    def anatomies(self) -> tuple[tuple[str, Anatomy], ...]:
        """The parts that came in as cards, as the passport tells of its components, each list with its label."""
        found = []
        for name in BUILT:
            field = self._fields.get(name)
            held = _objects(self.document.get(name))
            if field is not None and held:
                cards = tuple(self._card(field, each) for each in held)
                found.append((self._words.field(name), Anatomy(cards)))
        return tuple(found)

    def _card(self, field: Field, value: Mapping[str, Any]) -> Component:
        card = component(self._words, self.describer, field, value)
        title = self._title(value)
        return card if title is None else replace(card, name=title)

    def parts(self, names: Iterable[str]) -> tuple[Part, ...]:
        """Members of the event as labelled lines, those that it has, in the order of ``names``."""
        return tuple(part for name in names if (part := self._fact(name)) is not None)

    def _fact(self, name: str) -> Part | None:
        value = self.document.get(name)
        if value is None or value == [] or value == {} or self._said_better(name):
            return None
        texts = self._texts(name, value)
        return Part(self._words.field(name), texts) if texts else None

    def _said_better(self, name: str) -> bool:
        """Whether another member says the same with more in it: a name instead of a kind, a new thing for a part."""
        better = next((slug for slug, kind in _PARTIES.items() if kind == name), None)
        return better is not None and str(self.document.get(better, "")) in self._names

    def _texts(self, name: str, value: Any) -> tuple[Text, ...]:
        if name in _SLUGS:
            return self._party(str(value))
        if name in _CODED:
            return (self._words.code(_CODED[name], str(value)),)
        if name in _LINKS:
            return tuple(address_link(each) for each in (value if isinstance(value, list) else [value]))
        if name in _DATES:
            return (Text(self._words.date(value)),)
        if name == "condition":
            return self._condition(value)
        if name == "guarantee":
            return self._guarantee(value)
        field = self._fields.get(name)
        if field is None:
            return () if isinstance(value, dict | list) else (Text(str(value)),)
        if field.kind == "object" and isinstance(value, list):
            tell = self._brief if name in BUILT else self._object
            return tuple(text for each in value for text in tell(field, each))
        return self.describer.said(field, value)

    @cached_property
    def describer(self) -> Describer:
        """Puts fields of events into words, with the components of the piece by their names."""
        return Describer(self._words, {"components": self._components})

    def _party(self, slug: str) -> tuple[Text, ...]:
        if slug == PRIVATE_PARTY:
            return (self._words.code("owner-type", slug),)
        known = self._names.get(slug)
        return (Text(known.name, href=f"/organisations/{slug}"),) if known else ()

    def _condition(self, value: Any) -> tuple[Text, ...]:
        if not isinstance(value, Mapping) or "grade" not in value:
            return ()
        grade = self._words.code("condition-grade", str(value["grade"]))
        assessed = str(value.get("assessedOn", ""))
        other = assessed and assessed != str(self.document.get("eventTime", ""))[:10]
        return (replace(grade, note=self._words.date(assessed)) if other else grade,)

    def _guarantee(self, value: Any) -> tuple[Text, ...]:
        if not isinstance(value, Mapping) or "years" not in value:
            return ()
        scope = self._words.said(value.get("scope") or ())
        years = Text(self._words.quantity(value["years"], "year"))
        return (years, *scope)

    def _object(self, field: Field, value: Any) -> tuple[Text, ...]:
        """One object as one line: what it is first; an address of ours in it becomes where the line leads."""
        if not isinstance(value, Mapping):
            return ()
        lines = self.describer.said(field, [_without_names(value)])
        title = self._title(value)
        href = next((path_of(value[name]) for name in ("partPassport",) if name in value), "")
        told = "" if href == "/" else href
        return tuple(_joined(title, line, told or line.href) for line in lines or (Text(""),))

    def _brief(self, field: Field, value: Mapping[str, Any]) -> tuple[Text, ...]:
        """A part that came in, in a few words: how many, what it is called, whether it is new, what it is made of."""
        members = {each.name: each for each in field.fields}
        title = self._title(value)
        if title is None:
            function = value.get("function")
            title = self._words.code("component-function", str(function)) if function else Text("")
        count = f"{value['quantity']} × " if (value.get("quantity") or 1) != 1 else ""
        origin = self.describer.said(members["partOrigin"], value["partOrigin"]) if "partOrigin" in value else ()
        notes = [*(_low(each.value) for each in origin), self._classes(value)]
        note = "; ".join(each for each in notes if each)
        href = path_of(value["partPassport"]) if "partPassport" in value else ""
        if not title.value:
            return (Text(f"{count}{note}", href=href),)
        said = f"{title.value} ({note})" if note else title.value
        return (Text(f"{count}{said}", title.lang, href),)

    def _classes(self, value: Mapping[str, Any]) -> str:
        """The materials of a part with their shares, the first of them."""
        held = _objects(value.get("materials"))
        said = [self._class(each) for each in held[:_NAMED]]
        return ", ".join((*said, "…") if len(held) > _NAMED else said)

    def _class(self, material: Mapping[str, Any]) -> str:
        name = _low(self._words.code("material-class", str(material.get("materialClass", ""))).value)
        share = material.get("massShare")
        return name if share is None or str(share) == "100" else f"{name} {self._words.quantity(share, '%')}"

    def _title(self, value: Mapping[str, Any]) -> Text | None:
        """What a part is called: by the event itself, or by the passport that tells of the component."""
        names = self._words.said(value.get("name") or ())
        if names:
            return names[0]
        component = value.get("componentId") or value.get("component")
        return self.describer.component(str(component)) if component is not None else None

    @property
    def photos(self) -> tuple[Photo, ...]:
        """The photos of the event that this service holds and the reader may see."""
        condition = self.document.get("condition")
        more = condition.get("photos") if isinstance(condition, Mapping) else None
        defects = [each["photo"] for each in _objects(self.document.get("defects")) if "photo" in each]
        found = []
        for image in (*_objects(self.document.get("photos")), *_objects(more), *_objects(defects)):
            address = picture_address(image.get("url"), self._base)
            if address:
                texts = self._words.said(image.get("alternativeText") or ())
                otherwise = Text(self._words.texts.gettext("Photo: %(what)s").replace("%(what)s", self.kind.value))
                found.append(Photo(f"{address}?edge={SMALL}", address, texts[0] if texts else otherwise))
        return tuple(found)


_NAMES = frozenset({"id", "name", "componentId", "component", "partPassport"})


def _without_names(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: held for name, held in value.items() if name not in _NAMES}


def _joined(title: Text | None, line: Text, href: str) -> Text:
    if title is None:
        return replace(line, href=href)
    return Text(f"{title.value}: {line.value}" if line.value else title.value, title.lang, href)


def _low(name: str) -> str:
    """A name inside a sentence: its first letter small, unless it is an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def address_link(address: object) -> Text:
    """One of our own addresses as a link that shows its last part; a passport by its code as it is printed."""
    path = path_of(address)
    if path == "/":
        return Text(str(address))
    last = path.rpartition("/")[2]
    return Text(grouped(last) if path == f"/passports/{last}" else last, href=path)


def components_of(documents: Collection[Mapping[str, Any]], events: Iterable[Happened]) -> list[Mapping[str, Any]]:
    """The components that a piece has or had, those that events brought first: what events refer to by their ids."""
    brought = [each for event in events for each in _objects(event.document.get("replacedComponents"))]
    own = [each for document in documents for each in _objects(document.get("components"))]
    found = {str(each.get("componentId")): each for each in (*own, *brought) if each.get("name")}
    return list(found.values())


def fields_of(published: Published, passport: Mapping[str, Any]) -> Mapping[str, Field]:
    """The fields of events about a product by name, from the schema of its group; none where that has no events."""
    group = published.group_of(passport)
    try:
        shape = published.shape(group.name, group.version, "event")
    except NotFound:
        return {}
    return {field.name: field for field in shape.fields}
