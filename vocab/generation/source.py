"""The source tables, read from TOML: fields, terms and code lists as plain values for the generators."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VOCAB = "https://w3id.org/furniturepassport/"
SOURCE = Path(__file__).parent.parent / "source"
LANGUAGES = ("en", "sv", "da", "pl")
CONTEXTS = ("passport", "event", "credential")
LEVELS = {"M": "model", "B": "batch", "I": "item"}
PREFIXES = {
    "cbv": "https://ref.gs1.org/cbv/",
    "cred": "https://www.w3.org/2018/credentials#",
    "dcterms": "http://purl.org/dc/terms/",
    "epcis": "https://ref.gs1.org/epcis/",
    "eudpp": "https://w3id.org/eudpp#",
    "gs1": "https://ref.gs1.org/voc/",
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "https://schema.org/",
    "untp": "https://vocabulary.uncefact.org/untp/",
    "wd": "http://www.wikidata.org/entity/",
}

Field = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """One product group in one version: the tables of its TOML files.

    ``contexts`` says where its JSON-LD contexts stand, by ``passport``, ``event`` and ``credential``; ``home`` is the
    folder of its source, in which its own terms and code lists stand.
    """

    name: str
    version: str
    home: Path
    contexts: Mapping[str, str]
    layout: Mapping[str, Any]
    kinds: Mapping[str, Any]
    types: Mapping[str, Any]
    enums: Mapping[str, list[str]]
    objects: Mapping[str, list[Field]]
    top: list[Field]
    choices: list[Field]
    server_names: list[str]
    head: list[Field]
    server_objects: Mapping[str, list[Field]]
    restricted: list[Field]
    event: list[Field]
    event_choices: list[Field]

    def iri(self, name: str) -> str:
        """The IRI of one schema of this group and version."""
        return f"{VOCAB}schemas/{self.name}/{self.version}/{name}"

    def at(self, level: str) -> list[Field]:
        """The top fields of one level (M, B or I)."""
        return [field for field in self.top if level in field["levels"]]

    def object(self, name: str) -> list[Field]:
        """The fields of one object, of suppliers or of the service."""
        return self.objects[name] if name in self.objects else self.server_objects[name]

    def fields(self) -> Iterator[Field]:
        """Every field of every place: tops, heads, event and objects."""
        yield from self.head
        yield from self.top
        yield from self.restricted
        yield from self.event
        for fields in (*self.objects.values(), *self.server_objects.values()):
            yield from fields


def read(path: Path) -> dict[str, Any]:
    """One TOML file."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def expand(name: str) -> str:
    """The IRI of a prefixed name such as ``schema:name``."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def iri_of(name: str, term: Mapping[str, Any]) -> str:
    """The IRI of a term: that of the vocabulary it is taken from, or ours."""
    taken = term.get("iri", "@id")
    return VOCAB + name if taken == "@id" else expand(taken)


def groups() -> list[Group]:
    """Every version of every product group that has a source; those that the others may extend come first."""
    layouts = sorted(SOURCE.rglob("*.layout.toml"), key=lambda path: (len(path.parts), path.name))
    return [_group(path.with_name(path.name.replace(".layout", ""))) for path in layouts]


def _group(path: Path) -> Group:
    raw = _extended(read(path))
    server = raw["server"]
    top = raw["fields"]["top"]
    contexts = {kind: f"{VOCAB}contexts/{raw['contexts'].format(kind=kind)}" for kind in CONTEXTS}
    objects = raw["objects"] | server["objects"]
    reached = _reached([*server["head"], *top, *raw["restricted"]["top"], *raw["event"]["top"]], objects)
    return Group(
        raw["group"],
        raw["version"],
        path.parent,
        contexts,
        read(path.with_name(path.name.replace(".toml", ".layout.toml"))),
        read(path.with_name(path.name.replace(".toml", ".kinds.toml"))),
        raw["types"],
        raw["enums"],
        {name: fields for name, fields in raw["objects"].items() if name in reached},
        top,
        raw["choices"],
        server["names"],
        server["head"],
        {name: fields for name, fields in server["objects"].items() if name in reached},
        raw["restricted"]["top"],
        raw["event"]["top"],
        raw["event"]["choices"],
    )


def _extended(raw: dict[str, Any]) -> dict[str, Any]:
    """A group's tables on top of those of the group that it extends; rows are the other group's and fall away."""
    if "extends" not in raw:
        return raw
    other = _rowless(read(SOURCE / f"{raw['extends']}.toml"))
    merged = {table: other[table] | raw.get(table, {}) for table in ("types", "enums", "objects", "server")}
    own = raw.get("event", {})
    event = {part: other["event"][part] + own.get(part, []) for part in ("top", "choices")}
    return raw | merged | {"restricted": other["restricted"], "event": event}


_OF_ITS_LIST = ("row", "draft")
"""Keys of a field that say where it stands in the field list of its group."""


def _rowless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rowless(each) for name, each in value.items() if name not in _OF_ITS_LIST}
    return [_rowless(each) for each in value] if isinstance(value, list) else value


def _reached(fields: list[Field], objects: Mapping[str, list[Field]]) -> set[str]:
    """The names of the objects that the fields have in them, however deep."""
    found: dict[str, None] = {}
    waiting = list(fields)
    while waiting:
        name = waiting.pop().get("of")
        if name is not None and name not in found:
            found[name] = None
            waiting += objects[name]
    return set(found)


def terms(home: Path = SOURCE) -> dict[str, dict[str, Any]]:
    """Every term of a source folder by name: IRI, words in each language, alignments, example."""
    merged: dict[str, dict[str, Any]] = {}
    for path in sorted(home.glob("terms-*.toml")):
        for name, term in read(path).items():
            if name in merged:
                raise ValueError(f"{name} stands twice")
            merged[name] = term
    return merged


def classes() -> dict[str, dict[str, Any]]:
    """Classes by name."""
    return read(SOURCE / "classes.toml")


def annotations() -> dict[str, dict[str, Any]]:
    """Properties that say something about a term or a code."""
    return read(SOURCE / "annotations.toml")


def items() -> dict[str, str]:
    """The items of Wikidata that codes may be aligned with: the English label of each by its IRI."""
    return {
        expand(f"wd:{number}"): str(each["label"]) for number, each in read(SOURCE / "wikidata.toml")["items"].items()
    }


def code_lists(home: Path = SOURCE) -> dict[str, dict[str, Any]]:
    """Every code list of a source folder by name."""
    return {path.stem: read(path) for path in sorted((home / "codes").glob("*.toml"))}
