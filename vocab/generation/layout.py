"""What is published of a product group beside its schemas: how it is shown, and what is known of each kind of thing."""

from collections.abc import Mapping
from typing import Any

from generation.source import LANGUAGES, Group

_FACTS: dict[str, Any] = {"standards": [], "headings": [], "ranges": {}}


def described(group: Group) -> dict[str, Any]:
    """The group's own description: its titles, its contexts, and the sections in which its fields are shown."""
    layout, names = group.layout, {field["name"] for field in group.fields()}
    sections = [_section(each, names) for each in layout["sections"]]
    return {
        "group": group.name,
        "version": group.version,
        "status": layout["status"],
        "title": _titles(layout["title"]),
        "context": group.contexts["passport"],
        "credentialContext": group.contexts["credential"],
        "kind": layout["kind"],
        "names": layout["names"],
        "sections": sections,
        "forms": _known(layout.get("forms", {}), names),
        "explained": _known(layout.get("explained", []), names),
        "brief": _known(layout.get("brief", {}), names),
        "incomparable": _known(layout.get("incomparable", []), names),
        "search": _search(layout.get("search", {}), names),
    }


def kinds(group: Group, codes: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of each kind by its code; ``codes`` are those of the list that the group's kinds come from."""
    strangers = group.kinds.keys() - codes.keys()
    if strangers:
        raise ValueError(f"no such kinds: {sorted(strangers)}")
    return {
        code: {name: each.get(name, nothing) for name, nothing in _FACTS.items()} for code, each in group.kinds.items()
    }


def _section(section: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    told = {"id": section["id"], "title": _titles(section["title"]), "fields": _known(section["fields"], names)}
    return told | ({"sources": True} if section.get("sources") else {})


def _search(search: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    """What a search can be narrowed by: each facet with the code list or the one field that its values come from."""
    facets = []
    for each in search.get("facets", []):
        (source,) = {"codeList", "field"} & each.keys()
        if source == "field":
            _known([each["field"].split("/")[0]], names)
        facets.append({"id": each["id"], "title": _titles(each["title"]), source: each[source]})
    return {"facets": facets, "beside": _known(search.get("beside", []), names)}


def _known(marks: Any, names: set[str]) -> Any:
    """The marks as they are: a list or a table of the group's own fields. Raises ``ValueError`` for any other."""
    strangers = [name for name in marks if name not in names]
    if strangers:
        raise ValueError(f"no such fields: {strangers}")
    return marks


def _titles(words: Mapping[str, str]) -> dict[str, str]:
    return {language: words[language] for language in LANGUAGES}
