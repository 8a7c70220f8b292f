"""Fields of a document as rows to read: label, values, where they come from, and what backs them."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from passport.published import Field
from passport.web.pages.formats import web_address
from passport.web.pages.forms import Group, Part, Row, Source
from passport.web.pages.views import Origin
from passport.web.pages.words import Text, Words

_COUNTRIES = frozenset({"country", "productionCountry", "countryOfProduction", "originCountry"})
_PLAIN = frozenset({"mass", "massShare"})
"""Figures that need no label beside what they measure."""

_UNCLEAR = frozenset({"decimal", "integer", "boolean", "date"})
"""Kinds of values that do not explain themselves."""

_TITLES = frozenset({"name", "substanceName", "commonName"})
"""Members that say what an object is called."""

_SCALES: Mapping[str, int] = {"lightfastness": 8, "pilling": 5}
"""The best grade of what is graded from 1 upwards."""

_EXPLAINED = frozenset({"thresholdBasis", "route", "formaldehydeClass"})
"""Fields whose codes are explained where they stand."""

_DIGEST = re.compile(r"(sha256-)?[0-9a-f]{64}")


class Describer:
    """Turns the fields of one document into rows of one language."""

    def __init__(
        self,
        words: Words,
        document: Mapping[str, Any],
        *,
        origin: Origin = Origin.OWN,
        linked: Collection[str] = (),
    ) -> None:
        """``linked`` names the lists of the document whose objects have cards on the page: references lead there."""
        self._words = words
        self._document = document
        self._linked = linked
        self.origin = origin
        self.met: dict[tuple[str, str], None] = {}
        """Code list and code of every code that was put into words, in order."""
        self._evidence: Mapping[str, tuple[Source, ...]] = self._sources(document.get("evidence") or ())
        self._components = {
            str(each.get("componentId")): words.said(each.get("name") or ())
            for each in document.get("components") or ()
        }

    def row(self, field: Field) -> Row | None:
        """The row of a field, or None when the document does not speak of it."""
        value = self._document.get(field.name)
        if value is None or value == [] or value == {}:
            return None
        texts: tuple[Text, ...] = ()
        groups: tuple[Group, ...] = ()
        values = value if isinstance(value, list) else [value]
        if field.kind == "object" and not is_document(field):
            groups = tuple(self._group(field, each) for each in values)
        else:
            texts = self._texts(field, value)
        if not texts and not any(group.parts or group.title for group in groups):
            return None
        label, meaning = self._words.field(field.name), self.meaning(field, value)
        return Row(field.name, label, texts, groups, self.origin, self.sources(field.name), meaning=meaning)

    def value(self, name: str) -> Any:
        """What the document says of a top-level field; None when it does not speak of it."""
        held = self._document.get(name)
        return None if held in ([], {}) else held

    def sources(self, name: str) -> tuple[Source, ...]:
        """What backs a top-level field."""
        return self._evidence.get(name, ())

    def meaning(self, field: Field, value: Any) -> Text | None:
        """What the code of a field means, for fields whose codes are explained where they stand."""
        if field.name not in _EXPLAINED or not field.code_list or not isinstance(value, str):
            return None
        return self._words.meaning(field.code_list, value)

    def parts(self, fields: Iterable[Field], value: Mapping[str, Any]) -> tuple[Part, ...]:
        """Members of an object as labelled lines, those that it has."""
        found: list[Part] = []
        for member in fields:
            held = value.get(member.name)
            texts = () if held is None or held == [] else self.said(member, held)
            if texts:
                found.append(Part(self._words.field(member.name), texts, self.meaning(member, held)))
        return tuple(found)

    def component(self, name: str) -> Text | None:
        """What the component of this id is called, if it has a name."""
        names = self._components.get(name)
        return names[0] if names else None

    def said(self, field: Field, value: Any) -> tuple[Text, ...]:
        """The values of a field as lines to read, wherever it stands; an object is one line."""
        nested = field.kind == "object" and not is_document(field)
        return self._flat(field, value) if nested else self._texts(field, value)

    def _group(self, field: Field, value: Mapping[str, Any]) -> Group:
        titles = [each for each in field.fields if each.name in _TITLES and value.get(each.name)]
        title = next((texts[0] for each in titles[:1] if (texts := self._texts(each, value[each.name]))), None)
        lead = self._words.said(value["description"]) if isinstance(value.get("description"), list) else ()
        others = [each for each in field.fields if each not in titles[:1] and not (lead and each.name == "description")]
        return Group(title, self.parts(others, value), lead)

    def _flat(self, field: Field, value: Any) -> tuple[Text, ...]:
        """Objects inside an object, each as one line; a figure that does not explain itself carries its label."""
        values = value if isinstance(value, list) else [value]
        return tuple(line for line in (self._line(field, each) for each in values) if line.value)

    def _line(self, field: Field, value: Mapping[str, Any]) -> Text:
        """One object as a line, which leads to the document that the object names."""
        held = {part.name: part for part in field.fields if part.name in value}
        if held.keys() == {"amount", "currency"}:
            return Text(self._words.quantity(value["amount"], str(value["currency"])))
        if held.keys() == {"total"}:
            return self._texts(held["total"], value["total"])[0]
        papers = [self.said(part, value[name]) for name, part in held.items() if is_document(part)]
        link = next((texts[0] for texts in papers if texts), Text(""))
        said = [self._said(part, value[name]) for name, part in held.items() if not is_document(part)]
        return Text(", ".join(each for each in said if each), href=link.href) if any(said) else link

    def _said(self, field: Field, value: Any) -> str:
        nested = field.kind == "object" and not is_document(field)
        line = "; ".join(text.value for text in self.said(field, value))
        plain = field.name in _PLAIN or not (nested or field.kind in _UNCLEAR)
        return line if plain else f"{self._words.field(field.name)}: {line}"

    def _texts(self, field: Field, value: Any) -> tuple[Text, ...]:
        if field.kind == "language":
            return self._words.said(value) if isinstance(value, list) else ()
        if field.kind == "untouched":
            return ()
        values = value if isinstance(value, list) else [value]
        return tuple(text for each in values for text in self._one(field, each))

    def _one(self, field: Field, value: Any) -> tuple[Text, ...]:
        words = self._words
        if field.kind == "object":
            return (document_link(words, value),) if isinstance(value, Mapping) and "url" in value else ()
        if field.code_list:
            self.met[field.code_list, str(value)] = None
            return (words.code(field.code_list, str(value)),)
        if field.refers:
            named = self._components.get(str(value)) or (Text(str(value)),)
            known = field.refers in self._linked and str(value) in self._components
            return (replace(named[0], href=f"#{anchor(value)}"), *named[1:]) if known else named
        if field.kind == "iri":
            return (Text(str(value), href=web_address(value) or ""),)
        return (Text(self._plain(field, value)),)

    def _plain(self, field: Field, value: Any) -> str:
        words = self._words
        if field.name in _SCALES:
            return words.texts.gettext("%(number)s of %(most)s") % {"number": value, "most": _SCALES[field.name]}
        if field.kind in ("decimal", "integer"):
            return words.quantity(value, field.unit)
        if field.kind == "boolean":
            return words.yes_or_no(value)
        if field.kind == "date":
            return words.date(value)
        if field.name in _COUNTRIES:
            return words.country(str(value))
        return words.field(_claimed(value)) if field.name == "claim" else str(value)

    def _sources(self, evidence: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Source, ...]]:
        found: dict[str, tuple[Source, ...]] = {}
        for each in evidence:
            name = _claimed(each.get("claim", ""))
            found[name] = (*found.get(name, ()), self._source(each))
        return found

    def _source(self, evidence: Mapping[str, Any]) -> Source:
        words, document = self._words, evidence.get("document")
        return Source(
            words.code("evidence-type", str(evidence.get("evidenceType", ""))),
            str(evidence.get("issuer", "")),
            words.date(evidence["date"]) if "date" in evidence else "",
            words.date(evidence["validUntil"]) if "validUntil" in evidence else "",
            document_link(words, document) if isinstance(document, Mapping) and "url" in document else None,
        )


def _claimed(pointer: object) -> str:
    """The top-level field that a JSON Pointer leads into."""
    return str(pointer).partition("/")[2].partition("/")[0]


def anchor(component: object) -> str:
    """The id of the card of a component, by its own id."""
    return f"part-{quote(str(component), safe='')}"


def document_link(words: Words, document: Mapping[str, Any]) -> Text:
    """A document beside the passport as a link that says its title, form and language."""
    address = str(document["url"])
    tag = str(document.get("language", ""))
    last = address.rstrip("/").rpartition("/")[2]
    unnamed = words.texts.gettext("Document") if _DIGEST.fullmatch(last) else last
    title = str(document.get("resourceTitle") or unnamed or address)
    form = str(document.get("contentType", "")).rpartition("/")[2].partition("+")[0].upper()
    notes = [form, words.tongue(tag) if tag and tag.partition("-")[0] != words.language else ""]
    note = ", ".join(each for each in notes if each)
    lang = tag if tag and "resourceTitle" in document and tag.partition("-")[0] != words.language else ""
    return Text(title, lang, web_address(address) or "", note)


def is_document(field: Field) -> bool:
    """Whether the objects of a field are documents beside the passport, which are shown as links."""
    names = {each.name for each in field.fields}
    return "url" in names and ("contentType" in names or "resourceTitle" in names)
