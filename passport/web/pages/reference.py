"""Pages that explain what is published: schemas, vocabulary, code lists and contexts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from passport.published import VOCAB, Concept, Field, Published, Term
from passport.published.namespaces import WIKIDATA
from passport.web.pages.formats import web_address
from passport.web.pages.words import Text, Words


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: a title, its name in the data, short marks, and further lines."""

    title: Text
    name: str = ""
    tags: tuple[str, ...] = ()
    lines: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A list under its own heading."""

    title: Text | None
    entries: tuple[Entry, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A page that explains something published; ``machine`` are the media types at the same address."""

    heading: str
    intro: tuple[Text, ...] = ()
    facts: tuple[tuple[str, tuple[Text, ...]], ...] = ()
    parts: tuple[Part, ...] = ()
    up: Text | None = None
    machine: tuple[str, ...] = ()


_TURTLE = ("text/turtle", "application/ld+json")


def local(iri: str) -> str:
    """The path at which this service explains one of the vocabulary's IRIs; the IRI itself for others'."""
    if not iri.startswith(VOCAB):
        return iri
    rest = iri.removeprefix(VOCAB)
    return f"/{rest}" if rest.startswith(("schemas/", "contexts/")) else f"/vocab/{rest}"


def in_language(words: Words, texts: Mapping[str, str], name: str) -> Text:
    """A label in the page's language, else in English, else the bare name."""
    if words.language in texts:
        return Text(texts[words.language])
    return Text(texts["en"], "en") if "en" in texts else Text(name)


def schemas(words: Words, published: Published, folder: str = "") -> Reference:
    """All schemas by product group and version, or those of one folder."""
    _ = words.texts.gettext
    by_version: dict[str, list[Entry]] = {}
    root = f"{VOCAB}schemas/{folder}/" if folder else f"{VOCAB}schemas/"
    for iri in (each for each in published.schema_iris() if each.startswith(root)):
        group, version, name = iri.removeprefix(f"{VOCAB}schemas/").split("/", 2)
        entry = Entry(Text(name, href=local(iri)), lines=(Text(iri),))
        by_version.setdefault(f"{group} {version}", []).append(entry)
    return Reference(
        _("Schemas"),
        (
            Text(_("A submission is checked against the schema of its level: model, batch or item.")),
            Text(_("A published schema never changes; a change is a new version.")),
        ),
        parts=tuple(Part(Text(title), tuple(entries)) for title, entries in by_version.items()),
        up=Text(_("All schemas"), href="/schemas") if folder else None,
        machine=("application/json",),
    )


def schema(words: Words, published: Published, iri: str) -> Reference:
    """One schema with its fields."""
    _ = words.texts.gettext
    value = published.schema(iri)
    group, version, name = iri.removeprefix(f"{VOCAB}schemas/").split("/", 2)
    parts: tuple[Part, ...] = ()
    if name in ("model", "batch", "item"):
        shape = published.shape(group, version, name)
        entries = tuple(
            _field(words, published, each, each.name in shape.required, local(iri)) for each in shape.fields
        )
        parts = (Part(Text(_("Fields")), tuple(entries)),)
    intro = tuple(
        Text(str(value[key]), "" if words.language == "en" else "en") for key in ("description",) if key in value
    )
    title = str(value.get("title", name))
    return Reference(
        f"{group} {version}: {name}",
        intro,
        ((_("Address"), (Text(iri),)), (_("Title"), (Text(title, "" if words.language == "en" else "en"),))),
        parts,
        Text(_("All schemas"), href="/schemas"),
        ("application/schema+json", "application/json"),
    )


def _field(words: Words, published: Published, field: Field, required: bool, root: str) -> Entry:
    _ = words.texts.gettext
    known = published.terms()
    tags = [_("required")] if required else []
    if field.tier != "public":
        tags.append(words.code("tier", field.tier).value)
    if field.unit:
        tags.append(field.unit)
    lines: list[Text] = []
    if field.name in known and known[field.name].comments:
        lines.append(in_language(words, known[field.name].comments, ""))
    if field.code_list:
        lines.append(Text(_("Code list") + f": {field.code_list}", href=list_path(published, field.code_list)))
    members = ", ".join(words.field(each.name) for each in field.fields)
    if members:
        lines.append(Text(_("Members") + f": {members}"))
    href = "" if field.server else f"{root}/{field.name}"
    return Entry(Text(words.field(field.name), href=href), field.name, tuple(tags), tuple(lines))


def list_path(published: Published, name: str) -> str:
    """Where this service explains a code list; nowhere if it has none of that name."""
    return f"/vocab/codes/{name}" if name in published.code_lists() else ""


def vocabulary(words: Words, published: Published) -> Reference:
    """All terms and code lists."""
    _ = words.texts.gettext
    lists = []
    for name in published.code_lists():
        found = published.code_list(name)
        count = words.texts.ngettext("%(num)s code", "%(num)s codes", len(found.codes))
        title = in_language(words, found.labels, name)
        line = Text(count.replace("%(num)s", str(len(found.codes))))
        lists.append(Entry(Text(title.value, title.lang, f"/vocab/codes/{name}"), name, (), (line,)))
    return Reference(
        _("Vocabulary"),
        (Text(_("Every field and every code has an address that explains it, in every language of this service.")),),
        ((_("Address"), (Text(VOCAB),)),),
        (
            Part(Text(_("Terms")), tuple(_term(words, name, each) for name, each in published.terms().items())),
            Part(Text(_("Code lists")), tuple(lists)),
            Part(Text(_("Shapes")), tuple(shape_entries(words, published))),
        ),
        machine=_TURTLE,
    )


def shape_entries(words: Words, published: Published) -> Iterator[Entry]:
    """The files of shapes."""
    for name in published.shapes():
        found = published.shape_file(name)
        title = in_language(words, found.titles, name)
        yield Entry(
            Text(title.value, title.lang, f"/vocab/shapes/{name}"),
            name,
            lines=(in_language(words, found.descriptions, ""),),
        )


def _term(words: Words, name: str, term: Term) -> Entry:
    title = in_language(words, term.labels, name)
    return Entry(Text(title.value, title.lang, f"/vocab/{name}"), name)


def term(words: Words, published: Published, name: str) -> Reference:
    """One term."""
    _ = words.texts.gettext
    found = published.term(name)
    facts: list[tuple[str, tuple[Text, ...]]] = [
        (_("Name in the data"), (Text(name),)),
        (_("Address"), (Text(found.iri, href=_outside(found.iri)),)),
    ]
    if found.unit:
        facts.append((_("Unit"), (Text(found.unit),)))
    if found.code_list:
        facts.append((_("Code list"), (Text(found.code_list, href=list_path(published, found.code_list)),)))
    if found.tier:
        facts.append((_("Who may read it"), (words.code("tier", found.tier),)))
    facts += _shared(words, found.labels, found.aligned)
    comments = (in_language(words, found.comments, ""),) if found.comments else ()
    heading = in_language(words, found.labels, name).value
    return Reference(heading, comments, tuple(facts), (), Text(_("Vocabulary"), href="/vocab"), _TURTLE)


def code_list(words: Words, published: Published, name: str) -> Reference:
    """One code list with its codes, under the headings that they have."""
    _ = words.texts.gettext
    found = published.code_list(name)
    groups: dict[str | None, list[Entry]] = {}
    for concept in found.codes.values():
        groups.setdefault(concept.group, []).append(_concept(words, name, concept))
    headings = {group: in_language(words, labels, group) for group, labels in found.groups.items()}
    parts = tuple(Part(headings.get(group or ""), tuple(entries)) for group, entries in groups.items())
    heading = in_language(words, found.labels, name).value
    facts = ((_("Address"), (Text(found.iri),)),)
    return Reference(heading, (), facts, parts, Text(_("Vocabulary"), href="/vocab"), _TURTLE)


def _concept(words: Words, name: str, concept: Concept) -> Entry:
    title = in_language(words, concept.labels, concept.code)
    lines = (in_language(words, concept.definitions, ""),) if concept.definitions else ()
    return Entry(Text(title.value, title.lang, f"/vocab/codes/{name}/{concept.code}"), concept.code, (), lines)


def concept(words: Words, published: Published, name: str, code: str) -> Reference:
    """One code."""
    _ = words.texts.gettext
    found = published.code_list(name)
    each = found.codes[code]
    certainty = {
        "confirmed": _("read in a named public source"),
        "proposed": _("proposed by this project"),
        "unconfirmed": _("to be verified before anybody relies on it"),
    }
    facts = [
        (_("Code"), (Text(code),)),
        (_("Address"), (Text(each.iri),)),
        (_("How certain it is"), (Text(certainty.get(each.status, each.status)),)),
        *(
            (scheme, (Text(value, note=certainty["unconfirmed"] if (scheme, value) in each.unconfirmed else ""),))
            for scheme, value in each.notations
        ),
        *_shared(words, each.labels, each.aligned, each.called),
    ]
    definitions = (in_language(words, each.definitions, ""),) if each.definitions else ()
    up = in_language(words, found.labels, name)
    heading = in_language(words, each.labels, code).value
    return Reference(heading, definitions, tuple(facts), (), Text(up.value, up.lang, f"/vocab/codes/{name}"), _TURTLE)


def _shared(
    words: Words,
    labels: Mapping[str, str],
    aligned: Iterable[tuple[str, str]],
    called: Mapping[str, str] = MappingProxyType({}),
) -> list[tuple[str, tuple[Text, ...]]]:
    _ = words.texts.gettext
    others = tuple(Text(text, tag, note=words.tongue(tag)) for tag, text in labels.items() if tag != words.language)
    facts = [(_("In other languages"), others)] if others else []
    links = tuple(_elsewhere(words, relation, iri, called.get(iri)) for relation, iri in aligned)
    return [*facts, (_("Corresponds to"), links)] if links else facts


def _elsewhere(words: Words, relation: str, iri: str, name: str | None) -> Text:
    """What a term or code corresponds to, by its address; by its English name where the address is only a number."""
    if name is None or not iri.startswith(WIKIDATA):
        return Text(iri, href=_outside(iri), note=_related(words, relation))
    known = f"Wikidata: {name} ({iri.removeprefix(WIKIDATA)})"
    return Text(known, "" if words.language == "en" else "en", _outside(iri), _related(words, relation))


def _related(words: Words, relation: str) -> str:
    """How what a term or code corresponds to is related to it: in plain words, and as data has it."""
    _ = words.texts.gettext
    plain = {
        "exactMatch": _("the same"),
        "closeMatch": _("nearly the same"),
        "broadMatch": _("wider"),
        "narrowMatch": _("narrower"),
        "relatedMatch": _("related"),
        "subClassOf": _("more general"),
        "subPropertyOf": _("more general"),
    }
    return f"{plain[relation]}, {relation}"


def contexts(words: Words, published: Published) -> Reference:
    """All JSON-LD contexts."""
    _ = words.texts.gettext
    entries = tuple(
        Entry(Text(iri.removeprefix(VOCAB), href=local(iri)), lines=(Text(iri),)) for iri in published.context_iris()
    )
    intro = Text(_("A JSON-LD context tells what each name in a passport means, as an address."))
    return Reference(_("Contexts"), (intro,), (), (Part(None, entries),), machine=("application/ld+json",))


def context(words: Words, published: Published, iri: str) -> Reference:
    """One JSON-LD context: the names that it defines."""
    _ = words.texts.gettext
    value = published.context(iri)["@context"]
    parts: list[Part] = []
    names: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    known = published.terms()
    entries = tuple(
        Entry(Text(name, href=f"/vocab/{name}" if name in known else "")) for name in names if not name.startswith("@")
    )
    if entries:
        parts.append(Part(Text(_("Names")), entries))
    facts = ((_("Address"), (Text(iri),)),)
    up = Text(_("Contexts"), href="/contexts")
    return Reference(iri.removeprefix(VOCAB), (), facts, tuple(parts), up, ("application/ld+json",))


def _outside(iri: str) -> str:
    return "" if iri.startswith(VOCAB) else web_address(iri) or ""
