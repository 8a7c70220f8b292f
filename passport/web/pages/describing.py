"""Fields of a document as rows to read: label, values, where they come from, and what backs them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passport.published import Field
from passport.web.pages.formats import web_address
from passport.web.pages.words import Text, Words

_COUNTRIES = frozenset({"country", "productionCountry"})
_REFERENCES = frozenset({"component"})
_PLAIN = frozenset({"mass", "massShare"})
"""Figures that need no label beside what they measure."""


@dataclass(frozen=True, slots=True)
class Source:
    """What backs a figure: the kind of evidence, who gave it and when, and the document to read."""

    kind: Text
    issuer: str = ""
    date: str = ""
    valid_until: str = ""
    document: Text | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One member of an object: its label and its values."""

    label: str
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One object of a field: what it is called, and its members."""

    title: Text | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One field. Either ``texts`` or ``groups`` hold its values; ``from_model`` when a piece's model says it."""

    name: str
    label: str
    texts: tuple[Text, ...] = ()
    groups: tuple[Group, ...] = ()
    from_model: bool = False
    sources: tuple[Source, ...] = ()
    warning: str = ""


class Describer:
    """Turns the fields of one document into rows of one language."""

    def __init__(self, words: Words, document: Mapping[str, Any], *, from_model: bool = False) -> None:
        self._words = words
        self._document = document
        self._from_model = from_model
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
        if field.kind == "object" and not _is_document(field):
            groups = tuple(self._group(field, each) for each in values)
        else:
            texts = self._texts(field, value)
        if not texts and not any(group.parts or group.title for group in groups):
            return None
        sources = self._evidence.get(field.name, ())
        return Row(field.name, self._words.field(field.name), texts, groups, self._from_model, sources)

    def _group(self, field: Field, value: Mapping[str, Any]) -> Group:
        title: Text | None = None
        parts: list[Part] = []
        for member in field.fields:
            held = value.get(member.name)
            if held is None or held == [] or (member.name == field.key and field.name == "components"):
                continue
            if member.kind == "object" and not _is_document(member):
                texts = self._flat(member, held)
            else:
                texts = self._texts(member, held)
            if not texts:
                continue
            if title is None and member.name in ("name", "description"):
                title = texts[0]
            else:
                parts.append(Part(self._words.field(member.name), texts))
        return Group(title, tuple(parts))

    def _flat(self, field: Field, value: Any) -> tuple[Text, ...]:
        """Objects inside an object, each as one line; a figure that does not explain itself carries its label."""
        values = value if isinstance(value, list) else [value]
        lines = (
            ", ".join(self._said(part, each[part.name]) for part in field.fields if part.name in each)
            for each in values
        )
        return tuple(Text(line) for line in lines if line)

    def _said(self, field: Field, value: Any) -> str:
        nested = field.kind == "object" and not _is_document(field)
        texts = self._flat(field, value) if nested else self._texts(field, value)
        line = "; ".join(text.value for text in texts)
        plain = field.name in _PLAIN or not (nested or field.kind in ("decimal", "integer", "boolean"))
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
            return (words.code(field.code_list, str(value)),)
        if field.name in _REFERENCES:
            return self._components.get(str(value)) or (Text(str(value)),)
        if field.name in _COUNTRIES:
            return (Text(words.country(str(value))),)
        if field.kind in ("decimal", "integer"):
            return (Text(words.quantity(value, field.unit)),)
        if field.kind == "boolean":
            return (Text(words.yes_or_no(value)),)
        if field.kind == "date":
            return (Text(words.date(value)),)
        if field.kind == "iri":
            return (Text(str(value), href=web_address(value) or ""),)
        return (Text(str(value)),)

    def _sources(self, evidence: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Source, ...]]:
        found: dict[str, tuple[Source, ...]] = {}
        for each in evidence:
            name = str(each.get("claim", "")).partition("/")[2].partition("/")[0]
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


def document_link(words: Words, document: Mapping[str, Any]) -> Text:
    """A document beside the passport as a link that says its title, form and language."""
    address = str(document["url"])
    tag = str(document.get("language", ""))
    title = str(document.get("resourceTitle") or address.rstrip("/").rpartition("/")[2] or address)
    form = str(document.get("contentType", "")).rpartition("/")[2].partition("+")[0].upper()
    notes = [form, words.tongue(tag) if tag and tag.partition("-")[0] != words.language else ""]
    note = ", ".join(each for each in notes if each)
    lang = tag if tag and "resourceTitle" in document and tag.partition("-")[0] != words.language else ""
    return Text(title, lang, web_address(address) or "", note)


def _is_document(field: Field) -> bool:
    names = {each.name for each in field.fields}
    return "url" in names and ("contentType" in names or "resourceTitle" in names)


def rows(describers: Iterable[Describer], fields: Iterable[Field]) -> tuple[Row, ...]:
    """The rows of ``fields``, each from the first document that speaks of it."""
    sources = tuple(describers)
    found = (next((row for each in sources if (row := each.row(field))), None) for field in fields)
    return tuple(row for row in found if row)
