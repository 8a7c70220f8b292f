"""Where a field stands, who asks for it, and what it looks like in a real passport."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passport.model.shortcode import grouped
from passport.published import VOCAB, Field, Published, Use
from passport.web.pages import kinds
from passport.web.pages.describing import Describer
from passport.web.pages.reference import Entry, Part, Reference, in_language, list_path
from passport.web.pages.words import Text, Words

MOST_LINES = 5
"""Values that are shown of a real passport."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A passport of this service that says something of a field or code: its short code and public document."""

    code: str
    document: Mapping[str, Any]


def uses(published: Published, name: str) -> Iterator[Use]:
    """Every place where a name stands, in the newest version of each product group."""
    for group in published.groups():
        yield from (use for use in published.uses(group, published.current(group)) if use.path[-1] == name)


def use_at(published: Published, path: str) -> Use | None:
    """The field that a path such as ``furniture/1.0/model/components/mass`` means; None when it means none."""
    group, _, rest = path.partition("/")
    version, _, rest = rest.partition("/")
    level, _, names = rest.partition("/")
    if not names or group not in published.groups() or version not in published.versions(group):
        return None
    wanted = tuple(names.split("/"))
    return next((use for use in published.uses(group, version) if use.path == wanted and level in use.levels), None)


def plain(published: Published, use: Use) -> dict[str, Any]:
    """A field where it stands, as a JSON value."""
    term = published.term(use.field.name)
    return {
        "field": "/" + "/".join(use.path),
        "schema": [f"{VOCAB}schemas/{use.group}/{use.version}/{level}" for level in use.levels],
        "term": term.iri,
        "title": dict(term.labels),
        "description": dict(term.comments),
        "kind": use.field.kind,
        "many": use.field.many,
        "unit": use.field.unit,
        "codeList": f"{VOCAB}codes/{use.field.code_list}" if use.field.code_list else None,
        "tier": use.field.tier,
        "levels": use.levels,
        "required": use.required,
        "profiles": dict(use.profiles),
        **({"events": use.events, "neededBy": use.needed} if use.of_event else {}),
        "members": [each.name for each in use.field.fields],
        "example": term.example,
    }


def field(words: Words, published: Published, use: Use, seen: Seen | None) -> Reference:
    """One field where it stands in a schema."""
    _ = words.texts.gettext
    term = published.term(use.field.name)
    found = use.field
    facts: list[tuple[str, tuple[Text, ...]]] = [
        (_("Name in the data"), (Text("/" + "/".join(use.path)),)),
        (_("What to write"), (Text(_form(words, found)),)),
    ]
    if term.example:
        facts.append((_("For example"), (Text(term.example),)))
    if found.unit:
        facts.append((_("Unit"), (Text(found.unit),)))
    if found.code_list:
        facts.append((_("Code list"), (Text(found.code_list, href=list_path(published, found.code_list)),)))
    facts.append((_("Who may read it"), (words.code("tier", found.tier),)))
    facts.append((_("Where it may stand"), tuple(Text(kinds.level(words, each)) for each in use.levels)))
    if use.events:
        facts.append((_("Kinds of events"), _kinds_of_events(words, use.events)))
    facts.append((_("Who asks for it"), tuple(_askers(words, use)) or (Text(_("Nobody: it may be left out.")),)))
    facts.append((_("Meaning for programs"), (Text(term.iri, href=f"/vocab/{term.name}"),)))
    members = _members(words, published, use)
    parts = [Part(Text(_("Members")), members)] if members else []
    heading = " › ".join(words.field(name) for name in use.path)
    comments = (in_language(words, term.comments, ""),) if term.comments else ()
    up = Text(f"{use.group} {use.version}: {use.levels[0]}", href=f"/schemas/{use.group}/{use.version}/{use.levels[0]}")
    shown = (*parts, *shown_in(words, published, use.path[0], seen))
    return Reference(heading, comments, tuple(facts), shown, up, ("application/json",))


def where(words: Words, published: Published, name: str) -> tuple[Part, ...]:
    """The places where a term stands, each with a link to its page."""
    _ = words.texts.gettext
    return _places(words, _("Where it stands"), uses(published, name))


def listing(published: Published, code_list: str) -> Iterator[Use]:
    """Every place of a field that takes its codes from a list, in the newest version of each product group."""
    for group in published.groups():
        yield from (use for use in published.uses(group, published.current(group)) if use.field.code_list == code_list)


def listed_in(words: Words, published: Published, code_list: str) -> tuple[Part, ...]:
    """The fields that take their codes from a list."""
    _ = words.texts.gettext
    return _places(words, _("Fields that use this list"), listing(published, code_list))


def _places(words: Words, title: str, found: Iterable[Use]) -> tuple[Part, ...]:
    entries = tuple(
        Entry(
            Text(" › ".join(words.field(each) for each in use.path), href=use.address),
            f"{use.group} {use.version}",
            tuple(kinds.level(words, level) for level in use.levels),
            tuple(_askers(words, use)),
        )
        for use in found
    )
    return (Part(Text(title), entries),) if entries else ()


def shown_in(words: Words, published: Published, top: str, seen: Seen | None) -> tuple[Part, ...]:
    """What a real passport says in the field ``top`` of its document."""
    if seen is None or top not in seen.document:
        return ()
    _ = words.texts.gettext
    group = published.group_of(seen.document)
    shape = published.shape(group.name, group.version, str(seen.document["granularity"]))
    found = next((each for each in shape.fields if each.name == top), None)
    lines = Describer(words, seen.document).said(found, seen.document[top]) if found is not None else ()
    names = next((seen.document[each] for each in group.names if seen.document.get(each)), ())
    name = words.said(names)[0] if names else Text(grouped(seen.code))
    entry = Entry(Text(name.value, name.lang, f"/passports/{seen.code}"), "", (), tuple(lines[:MOST_LINES]))
    return (Part(Text(_("In a real passport")), (entry,), words.field(top)),)


def coded(words: Words, published: Published, code_list: str, code: str, seen: Seen | None) -> tuple[Part, ...]:
    """The fields that take a code, and what a real passport says with it."""
    fields = listed_in(words, published, code_list)
    tops = (use.path[0] for use in listing(published, code_list))
    shown = seen and next((top for top in tops if code in _codes(seen.document.get(top))), None)
    return (*fields, *(shown_in(words, published, shown, seen) if shown else ()))


def _codes(value: Any) -> Iterator[str]:
    """Every string in a value of a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _codes(each)
    elif isinstance(value, list):
        for each in value:
            yield from _codes(each)


def _members(words: Words, published: Published, use: Use) -> tuple[Entry, ...]:
    known = published.terms()
    path = "/".join(use.path)
    root = f"/schemas/{use.group}/{use.version}/{use.levels[0]}/{path}"
    return tuple(
        Entry(
            Text(words.field(each.name), href=f"{root}/{each.name}"),
            each.name,
            _marks(words, each, each.name in use.field.required),
            (in_language(words, known[each.name].comments, ""),) if each.name in known else (),
        )
        for each in use.field.fields
    )


def _marks(words: Words, found: Field, required: bool) -> tuple[str, ...]:
    marks = [words.texts.gettext("required")] if required else []
    if found.tier != "public":
        marks.append(words.code("tier", found.tier).value)
    return (*marks, *([found.unit] if found.unit else []))


def _askers(words: Words, use: Use) -> Iterator[Text]:
    _ = words.texts.gettext
    if use.needed:
        yield Text(_("events of these kinds:"))
        yield from _kinds_of_events(words, use.needed)
    if use.required and use.of_event:
        yield Text(_("every event"))
    elif use.required:
        yield Text(_("every passport: %(levels)s") % {"levels": _said(words, use.required)})
    for profile, levels in use.profiles.items():
        text = _("profile %(name)s: %(levels)s")
        yield Text(text % {"name": words.code("profile", profile).value, "levels": _said(words, levels)})


def _kinds_of_events(words: Words, types: Sequence[str]) -> tuple[Text, ...]:
    return tuple(words.code("event-type", each) for each in types)


def _said(words: Words, levels: Sequence[str]) -> str:
    return ", ".join(kinds.level(words, each) for each in levels)


def _form(words: Words, found: Field) -> str:
    """What kind of value a field takes, in plain words."""
    _ = words.texts.gettext
    if found.code_list:
        one = _("a code of the list")
    else:
        one = {
            "string": _("a short text"),
            "decimal": _("a number, with a point before decimals"),
            "integer": _("a whole number"),
            "boolean": _("true or false"),
            "language": _("a text in each language that you have"),
            "object": _("a group of members"),
            "untouched": _("anything; it is kept as it comes"),
            "date": _("a date"),
            "iri": _("a web address"),
        }[found.kind]
    return _("a list, each: %(what)s") % {"what": one} if found.many else one
