"""Pages that say in words what the published SHACL shapes ask."""

from passport.published import VOCAB, Constraint, Published, ShapeOf
from passport.published.namespaces import RDF, XSD
from passport.web.pages.reference import Entry, Part, Reference, in_language, list_path, local, shape_entries
from passport.web.pages.words import Text, Words

_MACHINE = ("text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml")


def listing(words: Words, published: Published) -> Reference:
    """All files of shapes."""
    _ = words.texts.gettext
    intro = (
        Text(_("A shape says what must be true of data, so that a program can check it (SHACL).")),
        Text(_("Every public passport and event of this service fits these shapes.")),
        Text(_("Load the code lists together with the data: shapes look codes up in them.")),
    )
    up = Text(_("Vocabulary"), href="/vocab")
    return Reference(
        _("Shapes"), intro, (), (Part(None, tuple(shape_entries(words, published))),), up, ("application/json",)
    )


def shapes(words: Words, published: Published, name: str) -> Reference:
    """One file of shapes: what each asks of the things that it is about."""
    _ = words.texts.gettext
    found = published.shape_file(name)
    parts = tuple(_part(words, published, each) for each in found.shapes if each.constraints and not _aside(each.name))
    heading = in_language(words, found.titles, name).value
    intro = (in_language(words, found.descriptions, ""),) if found.descriptions else ()
    facts = ((_("Address"), (Text(found.iri),)),)
    return Reference(heading, intro, facts, parts, Text(_("Shapes"), href="/vocab/shapes"), _MACHINE)


def _aside(name: str) -> bool:
    """Whether a shape says only what the others refer to: that a code is of its list, that nothing else is said."""
    return _code(name) or name.startswith("only-")


def _code(name: str) -> bool:
    return name.startswith("code.")


def _part(words: Words, published: Published, shape: ShapeOf) -> Part:
    _ = words.texts.gettext
    about = ", ".join(each.removeprefix(VOCAB) for each in shape.targets)
    notes = [_("About: %(things)s") % {"things": about}] if about else []
    if shape.closed:
        notes.append(_("Nothing else may be said about it."))
    entries = tuple(_entry(words, published, each) for each in shape.constraints)
    return Part(Text(shape.name), entries, " ".join(notes))


def _entry(words: Words, published: Published, asked: Constraint) -> Entry:
    _ = words.texts.gettext
    name = next((term.name for term in published.terms().values() if term.iri == asked.path), "")
    title = Text(words.field(name), href=f"/vocab/{name}") if name else Text(asked.path)
    if asked.most == 0:
        return Entry(title, name, (_("must not be given"),))
    tags = [_("required")] if asked.least else []
    if asked.most is not None and asked.most > 1:
        tags.append(_("at most %(num)s") % {"num": asked.most})
    return Entry(title, name, tuple(tags), tuple(_kind(words, published, asked)))


def _kind(words: Words, published: Published, asked: Constraint) -> list[Text]:
    _ = words.texts.gettext
    kinds = {
        f"{XSD}string": _("A text"),
        f"{XSD}decimal": _("A decimal number"),
        f"{XSD}integer": _("A whole number"),
        f"{XSD}boolean": _("Yes or no (true or false)"),
        f"{XSD}date": _("A date"),
        f"{XSD}dateTime": _("A date and time"),
        f"{RDF}langString": _("Texts with their language"),
        f"{RDF}JSON": _("Any JSON"),
        "http://www.w3.org/ns/shacl#IRI": _("An address (IRI)"),
    }
    inside = asked.kind.rpartition("#")[2]
    if _code(inside):
        name = inside.removeprefix("code.")
        title = in_language(words, published.code_list(name).labels, name)
        return [Text(_("A code of the list %(name)s") % {"name": title.value}, href=list_path(published, name))]
    if inside.startswith("object."):
        return [
            Text(
                _("An object that fits the shape %(name)s") % {"name": inside},
                href=f"{local(asked.kind.partition('#')[0])}",
            )
        ]
    said = kinds.get(asked.kind, "")
    if asked.low and asked.high:
        said = _("%(kind)s from %(low)s to %(high)s") % {"kind": said, "low": asked.low, "high": asked.high}
    elif asked.low:
        said = _("%(kind)s, at least %(low)s") % {"kind": said, "low": asked.low}
    return [Text(said)] if said else []
