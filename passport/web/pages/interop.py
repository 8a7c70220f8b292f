"""Pages for those who connect other systems: the operations of the service, and the links of a product."""

from collections.abc import Mapping
from typing import Any

from passport.web.pages.formats import web_address
from passport.web.pages.reference import Entry, Part, Reference
from passport.web.pages.sayings import link_title
from passport.web.pages.words import Text, Words

_METHODS = ("get", "post", "put", "delete", "patch")
_ENGLISH = "en"


def docs(words: Words, openapi: Mapping[str, Any]) -> Reference:
    """Every operation of an OpenAPI document, under its tag."""
    _ = words.texts.gettext
    lang = "" if words.language == _ENGLISH else _ENGLISH
    groups: dict[str, list[Entry]] = {}
    for path, methods in openapi.get("paths", {}).items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                tag = next(iter(operation.get("tags", ())), "")
                groups.setdefault(tag, []).append(_operation(words, method, path, operation, lang))
    parts = tuple(Part(Text(tag, lang) if tag else None, tuple(entries)) for tag, entries in groups.items())
    intro = (
        Text(_("Every address below answers people with a page and programs with data, by what they accept.")),
        Text(_("The same as an OpenAPI document"), href="/openapi.json"),
        *((Text(_("What each operation does is described in English.")),) if lang else ()),
    )
    facts = (
        (_("Version"), (Text(str(openapi.get("info", {}).get("version", ""))),)),
        (_("To submit"), (Text(_("Send your token in the header Authorization: Bearer …")),)),
        (_("More"), (Text(_("Contexts"), href="/contexts"), Text(_("Problems"), href="/problems"))),
    )
    return Reference(_("Documentation for programmers"), intro, facts, parts)


def _operation(words: Words, method: str, path: str, operation: Mapping[str, Any], lang: str) -> Entry:
    _ = words.texts.gettext
    told = str(operation.get("description") or operation.get("summary") or "").replace("`", "")
    lines = [Text(each.strip(), lang) for each in told.split("\n\n") if each.strip()]
    parameters = ", ".join(
        f"{each['name']} ({each['in']})" for each in operation.get("parameters", ()) if "name" in each
    )
    if parameters:
        lines.append(Text(_("Parameters") + f": {parameters}"))
    answers = ", ".join(operation.get("responses", {}))
    if answers:
        lines.append(Text(_("Answers") + f": {answers}"))
    return Entry(Text(f"{method.upper()} {path}"), lines=tuple(lines))


def linkset(words: Words, document: Mapping[str, Any]) -> Reference:
    """The links of a linkset document (RFC 9264), one part for each link relation."""
    _ = words.texts.gettext
    anchors: list[str] = []
    relations: dict[str, list[Entry]] = {}
    for context in document.get("linkset", ()):
        anchors.append(str(context.get("anchor", "")))
        for relation, targets in context.items():
            if isinstance(targets, list):
                entries = (_target(words, each) for each in targets if isinstance(each, Mapping))
                relations.setdefault(relation, []).extend(entries)
    parts = tuple(Part(_relation(words, relation), tuple(entries)) for relation, entries in relations.items())
    facts = tuple((_("Product"), (Text(each),)) for each in dict.fromkeys(anchors) if each)
    intro = (Text(_("These addresses tell more about the product.")),)
    return Reference(_("Links of this product"), intro, facts, parts, machine=("application/linkset+json",))


def _relation(words: Words, relation: str) -> Text:
    """What a link relation is about; the name of one that is not known here stands for itself."""
    _ = words.texts.gettext
    known = {
        "defaultLink": _("Where a scan leads"),
        "dpp": _("Product passport"),
        "pip": _("Product information"),
        "masterData": _("Product data"),
        "jws": _("Signed passport"),
        "traceability": _("History"),
        "instructions": _("Instructions"),
        "consumerHandlingStorageInfo": _("Care"),
        "serviceInfo": _("Repair and service"),
        "certificationInfo": _("Certificates and evidence"),
        "sustainabilityInfo": _("Environment"),
        "purchaseSuppliesOrAccessories": _("Spare parts"),
        "relatedImage": _("Pictures"),
    }
    name = relation.rstrip("/").rpartition("/")[2] or relation
    return Text(known.get(name, name))


def _target(words: Words, target: Mapping[str, Any]) -> Entry:
    address = str(target.get("href", ""))
    title = link_title(words, str(target.get("title") or address))
    href = web_address(address) or ""
    tags = [str(target["type"])] if "type" in target else []
    languages = target.get("hreflang") or ()
    tags += [words.tongue(str(each)) for each in languages] if isinstance(languages, list) else []
    return Entry(Text(title, href=href), tags=tuple(tags), lines=(Text(address),))
