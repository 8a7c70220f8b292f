"""JSON Schemas (2020-12) of one group: fields, levels, submission, document and profiles."""

from collections.abc import Mapping
from typing import Any

from generation.source import LEVELS, VOCAB, Field, Group, iri_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LANGUAGE_ENTRIES = 40
_MARKS = ("unit", "several", "free", "refers", "opening", "key", "draft", "kept", "events")

Schema = dict[str, Any]
Terms = Mapping[str, Mapping[str, Any]]


class Schemas:
    """Builds every schema of ``group``; ``terms`` gives the words and IRIs."""

    def __init__(self, group: Group, terms: Terms) -> None:
        self.group = group
        self._terms = terms
        self._title = group.layout["title"]["en"].lower()

    def all(self) -> dict[str, Schema]:
        """Schema name to schema."""
        made = {"fields": self._fields(), "passport": self._passport(), "document": self._document()}
        made |= {level: self._level(mark) for mark, level in LEVELS.items()}
        return made | {f"profiles/{profile}": self._profile(profile) for profile in self.group.enums["profile"]}

    def head(self, name: str, title: str, description: str) -> Schema:
        """How a schema begins: its dialect, its IRI, and what it is, in English."""
        return {"$schema": DIALECT, "$id": self.group.iri(name), "title": title, "description": description}

    def ref(self, name: str) -> Schema:
        """A reference to one of the types and objects of the group's ``fields``."""
        return {"$ref": f"{self.group.iri('fields')}#/$defs/{name}"}

    def _words(self, name: str) -> Schema:
        title, description = self._terms[name]["en"]
        return {"title": title, "description": description}

    def member(self, field: Field, prefix: str = "") -> Schema:
        """One property, with its words, its term and what else is known of it."""
        reference = self.ref(prefix + (field["of"] if "of" in field else field["type"]))
        made = dict(self._words(field["name"]))
        if "many" in field:
            made |= {"type": "array", "minItems": 1, "maxItems": field["many"], "items": reference}
        else:
            made |= reference
        made["term"] = iri_of(field["name"], self._terms[field["name"]])
        made |= {"tier": field.get("tier", "public")}
        made |= {key: field[key] for key in _MARKS if key in field}
        if "events" in field.get("need", {}):
            made["neededBy"] = field["need"]["events"]
        if "codes" in field:
            made["codeList"] = f"{VOCAB}codes/{field['codes']}"
        if field.get("row"):
            made["row"] = int(field["row"])
        return made

    def closed(self, fields: list[Field], prefix: str = "") -> Schema:
        """An object that has these members and no others."""
        made: Schema = {"type": "object", "kind": "object"}
        required = [field["name"] for field in fields if "base" in field.get("need", {})]
        properties = {field["name"]: self.member(field, prefix if "of" in field else "") for field in fields}
        made["properties"] = properties
        if required:
            made["required"] = required
        return made | {"unevaluatedProperties": False}

    def _fields(self) -> Schema:
        group = self.group
        definitions: Schema = {}
        for name, each in group.types.items():
            marks = {key: each[key] for key in ("kind", "free") if key in each}
            definitions[name] = marks | (self._language(each) if "length" in each else each["schema"])
        for name, values in group.enums.items():
            definitions[name] = {"kind": "string", "type": "string", "enum": values}
        definitions["serverOwned"] = {
            "kind": "string",
            "description": "Set by the service; a submission must not carry it.",
            "not": {},
        }
        definitions["context"] = {"const": self.group.contexts["passport"]}
        definitions["eventContext"] = {"const": self.group.contexts["event"]}
        for name, fields in group.objects.items():
            definitions[name] = self.closed(fields)
        text = "Types of the values and objects that passports of this group are made of."
        return self.head("fields", f"Fields of passports: {self._title}", text) | {"$defs": definitions}

    def _language(self, each: Mapping[str, Any]) -> Schema:
        value = {"type": "string", "minLength": 1, "maxLength": each["length"]}
        entry = {
            "type": "object",
            "properties": {"value": value, "language": self.ref("languageTag")},
            "required": ["value", "language"],
            "unevaluatedProperties": False,
        }
        return {"type": "array", "minItems": 1, "maxItems": _LANGUAGE_ENTRIES, "items": entry}

    def _level(self, mark: str) -> Schema:
        level = LEVELS[mark]
        fields = self.group.at(mark)
        text = f"What a supplier sends about a {level}: complete, no other members. Code membership and sums are rules."
        made = self.head(level, f"Submission of a {level}", text) | {"type": "object", "kind": "object"}
        properties = {"@context": self.ref("context")}
        properties |= {field["name"]: self.member(field) for field in fields}
        properties["granularity"] |= {"const": level}
        properties |= {name: self.ref("serverOwned") | {"server": True} for name in self.group.server_names}
        made["properties"] = properties
        made["required"] = [field["name"] for field in fields if mark in field.get("need", {}).get("base", "")]
        made |= _choice(self._choices("base", mark, None))
        return made | {"unevaluatedProperties": False}

    def _choices(self, profile: str, mark: str, within: str | None) -> list[list[str]]:
        return [
            choice["of"]
            for choice in self.group.choices
            if choice["profile"] == profile and mark in choice["levels"] and choice.get("within") == within
        ]

    def _passport(self) -> Schema:
        text = "Any submission: the level that granularity names decides which schema applies."
        made = self.head("passport", f"Submission of a passport: {self._title}", text)
        made |= {"type": "object", "required": ["granularity"]}
        made["properties"] = {"granularity": self.ref("granularity")}
        return made | {"allOf": [_when(level, {"$ref": self.group.iri(level)}) for level in LEVELS.values()]}

    def _profile(self, profile: str) -> Schema:
        title = f"Profile {profile}"
        text = (
            "What this profile requires beyond the schema of submissions: apply both. "
            "Fields of later versions that the field list requires too are not part of it."
        )
        made = self.head(f"profiles/{profile}", title, text) | {"type": "object", "profile": profile}
        rules = [_when(level, self._needs(profile, mark, self.group.at(mark), None)) for mark, level in LEVELS.items()]
        return made | {"allOf": rules}

    def _needs(self, profile: str, mark: str, fields: list[Field], within: str | None) -> Schema:
        required = [field["name"] for field in fields if mark in field.get("need", {}).get(profile, "")]
        properties: Schema = {}
        for field in fields:
            if "of" in field:
                inner = self._needs(profile, mark, self.group.object(field["of"]), field["name"])
                if inner:
                    properties[field["name"]] = {"items": inner} if "many" in field else inner
        made: Schema = {"required": required} if required else {}
        if properties:
            made["properties"] = properties
        return made | _choice(self._choices(profile, mark, within))

    def _document(self) -> Schema:
        group = self.group
        text = "The public passport document as served. Numbers are decimal strings; every object has an IRI."
        made = self.head("document", f"Passport document: {self._title}", text) | {"type": "object", "kind": "object"}
        heads = {field["name"] for field in group.head}
        body = [field for field in group.top if _shown(field) and field["name"] not in heads]
        whole = self.served([*group.head, *body])
        own = ("digitalProductPassportId", *group.server_names)
        for name in whole["properties"]:
            if name in own:
                whole["properties"][name]["server"] = True
        whole["properties"] = {"@context": self.ref("context")} | whole["properties"]
        whole["required"] = [field["name"] for field in group.head if "need" in field]
        return made | whole | {"$defs": self.named([*group.head, *body])}

    def named(self, fields: list[Field]) -> Schema:
        """The objects that public documents have in ``fields``, each with its IRI and without restricted members."""
        definitions: Schema = {}
        waiting = [field["of"] for field in fields if "of" in field]
        for name in waiting:
            if name not in definitions:
                shown = [field for field in self.group.object(name) if field.get("tier", "public") == "public"]
                inner = self.served(shown)
                inner["properties"] = {"id": self.ref("iri")} | inner["properties"]
                inner["required"] = ["id", *inner.get("required", [])]
                definitions[name] = inner
                waiting += [field["of"] for field in shown if "of" in field]
        return definitions

    def served(self, fields: list[Field]) -> Schema:
        """An object as public documents have it: numbers are decimal strings, objects those of ``named``."""
        made = self.closed(fields)
        for field in fields:
            served = made["properties"][field["name"]]
            holder = served["items"] if "many" in field else served
            if "of" in field:
                holder["$ref"] = f"#/$defs/{field['of']}"
            elif "served" in field:
                holder["$ref"] = self.ref(field["served"])["$ref"]
            elif self.group.types.get(field["type"], {}).get("kind") == "decimal":
                holder.pop("$ref")
                holder |= {"kind": "decimal", "type": "string"}
                holder |= {key: self.group.types[field["type"]]["schema"][key] for key in ("pattern", "maxLength")}
        return made


_ABOUT = ("profile", "productGroup")
"""Fields that say how a submission is to be read."""


def _shown(field: Field) -> bool:
    """Whether a field stands in the public passport document."""
    return field.get("tier", "public") == "public" and not field.get("opening") and field["name"] not in _ABOUT


def _when(level: str, then: Schema) -> Schema:
    test = {"properties": {"granularity": {"const": level}}, "required": ["granularity"]}
    return {"if": test, "then": then}


def _choice(choices: list[list[str]]) -> Schema:
    if not choices:
        return {}
    rules: list[Schema] = [{"anyOf": [{"required": [name]} for name in names]} for names in choices]
    return rules[0] if len(rules) == 1 else {"allOf": rules}
