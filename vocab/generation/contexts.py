"""JSON-LD contexts: of passport documents, and of the credentials that carry passports and events."""

from collections.abc import Iterable, Mapping
from typing import Any

from generation.source import VOCAB, Field, Group, iri_of

_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPED = {"date": f"{_XSD}date", "dateTime": f"{_XSD}dateTime", "url": "@id", "iri": "@id"}
_LANGUAGE = {"value": "@value", "language": "@language"}
_HEAD: dict[str, Any] = {"@version": 1.1, "@protected": True, "id": "@id", "type": "@type"}

Context = dict[str, Any]
Codes = Mapping[str, Iterable[str]]


class Contexts:
    """Builds the contexts of ``group``; ``terms`` gives the IRIs, ``classes`` the credential types.

    A name that means the same wherever it stands is defined once; one that does not (``scheme``) is defined in the
    scope of each object that has it. A code that is also a term's name (``owner``) is defined in the scope of its list,
    or it would be taken for the term; such terms are not protected, because pyoxigraph 0.5 lets no scope of a plain
    value redefine a protected term.
    """

    def __init__(self, group: Group, terms: Mapping[str, Any], classes: Iterable[str], codes: Codes) -> None:
        self._group = group
        self._terms = terms
        self._classes = tuple(classes)
        self._codes = codes

    def passport(self) -> Context:
        """The context of passport documents; no term is caught by a default vocabulary."""
        group = self._group
        return self._context(
            [
                *group.head,
                *(each for each in group.top if each["name"] not in ("modelPassport", "batchPassport")),
                *group.restricted,
            ]
        )

    def event(self) -> Context:
        """The context of event documents."""
        return self._context(self._group.event)

    def credential(self) -> Context:
        """The context of credentials; it stands after that of the W3C and redefines none of its terms."""
        types = {name: VOCAB + name for name in self._classes if name.endswith("Credential")}
        passport = {"@id": f"{VOCAB}passport", "@type": "@id", "@context": self._group.contexts["passport"]}
        event = {"@id": f"{VOCAB}event", "@type": "@id", "@context": self._group.contexts["event"]}
        return {"@context": {"@version": 1.1, "@protected": True} | types | {"passport": passport, "event": event}}

    def _context(self, top: Iterable[Field]) -> Context:
        fields = {field["name"]: field for field in top}
        uses: dict[str, list[Context | str]] = {}
        for field in self._reached(fields.values()):
            definition = self._definition(field)
            if definition not in uses.setdefault(field["name"], []):
                uses[field["name"]].append(definition)
        shared = {name: found[0] for name, found in uses.items() if len(found) == 1 or name in fields}
        scoped = {name for name, found in uses.items() if len(found) > 1}
        for field in self._reached(fields.values()):
            own = [inner for inner in self._members(field) if inner["name"] in scoped]
            outer = shared.get(field["name"])
            if own and isinstance(outer, dict):
                outer["@context"] = {inner["name"]: self._definition(inner) for inner in own}
        for name in self._redefined(fields.values()) & shared.keys():
            definition = shared[name]
            if isinstance(definition, dict):
                definition["@protected"] = False
        simple = {name: _simple(definition) for name, definition in shared.items()}
        return {"@context": _HEAD | simple}

    def _redefined(self, fields: Iterable[Field]) -> set[str]:
        """Names of terms that are also codes of the lists in use."""
        lists = {field["codes"] for field in self._reached(fields) if "codes" in field}
        return {code for each in lists for code in self._codes[each]} & set(self._terms)

    def _members(self, field: Field) -> list[Field]:
        return self._group.object(field["of"]) if "of" in field else []

    def _reached(self, fields: Iterable[Field]) -> list[Field]:
        """The fields and those of the objects in them, outermost first."""
        found = list(fields)
        for field in found:
            found += [inner for inner in self._members(field) if inner not in found]
        return found

    def _definition(self, field: Field) -> Context | str:
        name = field["name"]
        if self._terms[name].get("iri") == "@id":
            return "@id"
        made: Context = {"@id": iri_of(name, self._terms[name])} | self._typing(field)
        if "many" in field or made.get("@context") == _LANGUAGE:
            made["@container"] = "@set"
        return made

    def _typing(self, field: Field) -> Context:
        if "of" in field:
            return {}
        if "codes" in field:
            scheme = f"{VOCAB}codes/{field['codes']}/"
            terms = {code: scheme + code for code in self._codes[field["codes"]] if code in self._terms}
            return {"@type": "@vocab", "@context": {"@vocab": scheme} | terms}
        of = field.get("served", field["type"])
        if of in _TYPED:
            return {"@type": _TYPED[of]}
        kind = self._group.types[of]["kind"]
        if kind == "language":
            return {"@context": _LANGUAGE}
        typed = {"decimal": f"{_XSD}decimal", "untouched": "@json"}
        return {"@type": typed[kind]} if kind in typed else {}


def _simple(definition: Context | str) -> Context | str:
    return str(definition["@id"]) if isinstance(definition, dict) and len(definition) == 1 else definition
