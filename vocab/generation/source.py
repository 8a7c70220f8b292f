"""The source tables, read from TOML: fields, terms and code lists as plain values for the generators."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VOCAB = "https://w3id.org/furniturepassport/"
SOURCE = Path(__file__).parent.parent / "source"
LANGUAGES = ("en", "sv", "da", "pl")
LEVELS = {"M": "model", "B": "batch", "I": "item"}
PROFILES = ("basic", "supplier", "espr-draft")
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
}

Field = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """One product group in one version: the tables of its TOML file."""

    name: str
    version: str
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


def group() -> Group:
    """The furniture group, version 1.0."""
    raw = read(SOURCE / "furniture-1.0.toml")
    server = raw["server"]
    return Group(
        raw["group"],
        raw["version"],
        raw["types"],
        raw["enums"],
        raw["objects"],
        raw["fields"]["top"],
        raw["choices"],
        server["names"],
        server["head"],
        server["objects"],
        raw["restricted"]["top"],
        raw["event"]["top"],
    )


def terms() -> dict[str, dict[str, Any]]:
    """Every term by name: IRI, words in each language, alignments, example."""
    merged: dict[str, dict[str, Any]] = {}
    for path in sorted(SOURCE.glob("terms-*.toml")):
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


def code_lists() -> dict[str, dict[str, Any]]:
    """Every code list by name."""
    return {path.stem: read(path) for path in sorted((SOURCE / "codes").glob("*.toml"))}
