"""The published files, found beside the source tree or in the installed package, and read when first asked for."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self, TypeVar

from referencing import Registry
from referencing.jsonschema import DRAFT202012

from passport.errors import NotFound
from passport.published.constraints import ShapeFile, read_constraints
from passport.published.groups import Group, KindFacts, read_group, read_kinds
from passport.published.namespaces import VOCAB
from passport.published.profiles import EVENT, LEVELS, Asked, Use, asked, happening, uses
from passport.published.shapes import Shape, read_shape
from passport.published.vocabulary import CodeList, Term, read_code_list, read_terms

CONTEXT = f"{VOCAB}contexts/passport/1.0"
"""The JSON-LD context of served passport documents."""

CREDENTIAL_CONTEXT = f"{VOCAB}contexts/credential/1.0"
"""The JSON-LD context of credentials, to stand after that of the W3C."""

GROUP: Final = "furniture"
"""The product group of documents that do not name one themselves."""

_ABOUT: Final = ("group", "kinds")
"""Files of a group that are no schemas."""
_PACKAGE = Path(__file__).resolve().parents[1]
_T = TypeVar("_T")


class Published:
    """Everything published, read-only. Get it with ``load``: what is read and compiled of it is kept with it.

    Nothing is fetched, ever: an IRI that is not ours raises ``NotFound``, in the schema registry
    ``referencing.exceptions.NoSuchResource`` (its registry retrieves nothing unless told how).
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._shapes: dict[tuple[str, str, str], Shape] = {}
        self._code_lists: dict[str, CodeList] = {}
        self._constraints: dict[str, ShapeFile] = {}
        self._context_digests: dict[str, str] = {}
        self._current: dict[str, str] = {}
        self._groups: dict[tuple[str, str], Group] = {}
        self._uses: dict[tuple[str, str], tuple[Use, ...]] = {}
        self._kinds: dict[tuple[str, str], Mapping[str, KindFacts]] = {}
        self._schemas = MappingProxyType(
            {
                VOCAB + path.relative_to(root).with_suffix("").as_posix(): path
                for path in sorted((root / "schemas").glob("*/*/**/*.json"))
                if path.stem not in _ABOUT
            }
        )

    @classmethod
    def load(cls, root: Path | None = None) -> Self:
        """The files under ``root``, read afresh; without it the project's own, the same object for a whole process."""
        return cls(root) if root is not None else cls._own()

    @classmethod
    @cache
    def _own(cls) -> Self:
        """The source tree's files where there is one, else the installed package's."""
        tree = _PACKAGE.parent
        inside = (tree / "pyproject.toml").is_file() and (tree / "schemas").is_dir()
        return cls(tree if inside else _PACKAGE / "_data")

    def groups(self) -> tuple[str, ...]:
        """The product groups (``furniture``)."""
        return tuple(sorted({iri.removeprefix(f"{VOCAB}schemas/").split("/")[0] for iri in self._schemas}))

    def versions(self, group: str) -> tuple[str, ...]:
        """The versions of a group's schemas, oldest first."""
        start = f"{VOCAB}schemas/{group}/"
        found = {iri.removeprefix(start).split("/")[0] for iri in self._schemas if iri.startswith(start)}
        return tuple(sorted(found, key=lambda version: tuple(map(int, version.split(".")))))

    def current(self, group: str) -> str:
        """The version that submissions of a group are checked against and that its passports follow: the newest."""
        if group not in self._current:
            self._current[group] = self.versions(group)[-1]
        return self._current[group]

    def group(self, name: str, version: str) -> Group:
        """One version of a product group; ``NotFound`` if there is none."""
        if (name, version) not in self._groups:
            about = read_group(name, version, _json(self._about(name, version, "group")))
            self._groups[name, version] = about
        return self._groups[name, version]

    def group_of(self, document: Mapping[str, Any]) -> Group:
        """The version of the group that a passport document names first among its ``contentSpecificationIds``."""
        group, version, _ = document["contentSpecificationIds"][0].removeprefix(f"{VOCAB}schemas/").split("/", 2)
        return self.group(group, version)

    def kinds(self, group: str, version: str) -> Mapping[str, KindFacts]:
        """What is known of each kind of thing in a group, by its code; ``NotFound`` if there is no such group."""
        if (group, version) not in self._kinds:
            self._kinds[group, version] = read_kinds(_json(self._about(group, version, "kinds")))
        return self._kinds[group, version]

    def _about(self, group: str, version: str, name: str) -> Path:
        path = self._schemas.get(f"{VOCAB}schemas/{group}/{version}/passport")
        if path is None:
            raise NotFound(f"There is no product group {group} {version}.", name=group)
        return path.with_name(f"{name}.json")

    def group_for(self, submitted: Mapping[str, Any], context: str | None) -> Group | None:
        """The version of a group that a submitted document follows; None where it names a group that is not there.

        ``context`` is the JSON-LD context that it stated, if any: one of a group version's own, that of passports or
        that of events, means exactly that version.
        Else its ``productGroup`` counts, by default ``GROUP``, in its newest version.
        """
        if context in self._by_context:
            return self._by_context[context]
        stated = submitted.get("productGroup", GROUP)
        return self._newest.get(stated if isinstance(stated, str) else GROUP)

    @cached_property
    def _newest(self) -> Mapping[str, Group]:
        return {name: self.group(name, self.current(name)) for name in self.groups()}

    @cached_property
    def _by_context(self) -> Mapping[str | None, Group]:
        groups = [self.group(name, version) for name in self.groups() for version in self.versions(name)]
        return {context: group for group in groups for context in (group.context, group.event_context)}

    @property
    def stated_contexts(self) -> Collection[str | None]:
        """The IRIs of the contexts that submissions may state."""
        return self._by_context.keys()

    def profiles(self, group: str, version: str) -> tuple[str, ...]:
        """The names of a version's profiles."""
        start = f"{VOCAB}schemas/{group}/{version}/profiles/"
        return tuple(iri.removeprefix(start) for iri in self._schemas if iri.startswith(start))

    def asked(self, group: str, version: str, level: str) -> Mapping[str, tuple[Asked, ...]]:
        """What each profile asks of submissions of a level, the profile that asks least first."""
        base = self.schema(self.schema_iri(group, version, level))
        found = {name: asked(base, profile, level) for name, profile in self._profiles(group, version).items()}
        return dict(sorted(((name, each) for name, each in found.items() if each), key=lambda each: len(each[1])))

    def uses(self, group: str, version: str) -> tuple[Use, ...]:
        """Every place of every field in a group version, in the order of its schemas; those of events come last."""
        if (group, version) not in self._uses:
            shapes = [self.shape(group, version, level) for level in LEVELS]
            schemas = {level: self.schema(self.schema_iri(group, version, level)) for level in LEVELS}
            found = uses(group, version, shapes, schemas, self._profiles(group, version))
            self._uses[group, version] = (*found, *happening(group, version, self.shape(group, version, EVENT)))
        return self._uses[group, version]

    def _profiles(self, group: str, version: str) -> Mapping[str, Mapping[str, Any]]:
        names = self.profiles(group, version)
        return {name: self.schema(self.schema_iri(group, version, f"profiles/{name}")) for name in names}

    def schema_iris(self) -> tuple[str, ...]:
        """The IRIs of all schemas."""
        return tuple(self._schemas)

    def schema_iri(self, group: str, version: str, name: str) -> str:
        """The IRI of one schema (``model``, ``passport``, ``profiles/basic`` …); ``NotFound`` if there is none."""
        iri = f"{VOCAB}schemas/{group}/{version}/{name}"
        _known(self._schemas, iri)
        return iri

    def schema(self, iri: str) -> Mapping[str, Any]:
        """One schema, parsed afresh; ``NotFound`` for an unknown IRI."""
        return _json(_known(self._schemas, iri))

    def registry(self) -> Registry[Any]:
        """All schemas for ``$ref``; it refuses to retrieve any other."""
        return self._registry

    @cached_property
    def _registry(self) -> Registry[Any]:
        resources = [(iri, DRAFT202012.create_resource(_json(path))) for iri, path in self._schemas.items()]
        registry: Registry[Any] = Registry()
        return registry.with_resources(resources).crawl()

    def shape(self, group: str, version: str, level: str) -> Shape:
        """What a submission of ``level`` (``model``, ``batch``, ``item``, or ``event``) may hold; else ``NotFound``."""
        place = (group, version, level)
        if place not in self._shapes:
            iri = self.schema_iri(group, version, level)
            resolver = self._registry.resolver(iri)
            self._shapes[place] = read_shape(level, self.schema(iri), lambda ref: resolver.lookup(ref).contents)
        return self._shapes[place]

    def code_lists(self) -> tuple[str, ...]:
        """The names of all code lists."""
        return tuple(sorted(self._code_files))

    @cached_property
    def _code_files(self) -> Mapping[str, list[Path]]:
        """The files of each list: that of the vocabulary, and those of groups, which may add codes to it."""
        files: dict[str, list[Path]] = {}
        for pattern in ("vocab/codes/*.ttl", "schemas/*/*/codes/*.ttl"):
            for path in sorted(self._root.glob(pattern)):
                files.setdefault(path.stem, []).append(path)
        return files

    def code_list(self, name: str) -> CodeList:
        """One code list by name; ``NotFound`` if there is none."""
        if name not in self._code_lists:
            if name not in self._code_files:
                raise NotFound(f"There is no code list {name}.", name=name)
            self._code_lists[name] = read_code_list(name, self.file("codes", name))
        return self._code_lists[name]

    def links_to(self, namespace: str) -> Mapping[str, int]:
        """How many links of each relation, by name, lead from codes to a namespace."""
        concepts = (each for name in self.code_lists() for each in self.code_list(name).codes.values())
        found = Counter(relation for each in concepts for relation, iri in each.aligned if iri.startswith(namespace))
        return MappingProxyType(dict(sorted(found.items())))

    def terms(self) -> Mapping[str, Term]:
        """All terms by name."""
        return self._terms

    @cached_property
    def _terms(self) -> Mapping[str, Term]:
        return read_terms(self.vocabulary())

    def vocabularies(self) -> Collection[str]:
        """The names of the files that the vocabulary consists of."""
        return self._vocabularies.keys()

    def vocabulary(self) -> bytes:
        """The Turtle of all terms: those of the ontology, and those that groups bring."""
        return _joined(self._vocabularies.values())

    @cached_property
    def _vocabularies(self) -> Mapping[str, Path]:
        """The files with terms, by the name that each is served under."""
        main = sorted((self._root / "vocab").glob("*.ttl"))
        own = sorted(self._root.glob("schemas/*/*/terms.ttl"))
        return {path.stem: path for path in main} | {f"{p.parts[-3]}-{p.parts[-2]}": p for p in own}

    def shapes(self) -> tuple[str, ...]:
        """The names of the files of SHACL shapes: ``passport-1.0``, ``event-1.0``, and those that groups bring."""
        return tuple(self._shape_files)

    def shape_file(self, name: str) -> ShapeFile:
        """What a file of shapes asks; ``NotFound`` if there is none of that name."""
        if name not in self._constraints:
            self._constraints[name] = read_constraints(name, f"{VOCAB}shapes/{name}", self.file("shapes", name))
        return self._constraints[name]

    @cached_property
    def _shape_files(self) -> Mapping[str, Path]:
        main = {path.stem: path for path in sorted((self._root / "vocab" / "shapes").glob("*.ttl"))}
        own = sorted(self._root.glob("schemas/*/*/shapes.ttl"))
        return main | {f"{path.parts[-3]}-{path.parts[-2]}": path for path in own}

    def term(self, name: str) -> Term:
        """One term by name; ``NotFound`` if there is none."""
        return _known(self._terms, name)

    def label(self, name: str, language: str) -> str:
        """What a term is called in ``language``, in English where it has no such label."""
        labels = self.term(name).labels
        return labels.get(language) or labels["en"]

    def context_iris(self) -> tuple[str, ...]:
        """The IRIs of our JSON-LD contexts."""
        return tuple(self._contexts)

    def context_digest(self, iri: str) -> str:
        """The hex SHA-256 of one JSON-LD context's file; ``NotFound`` for an unknown IRI."""
        if iri not in self._context_digests:
            self._context_digests[iri] = hashlib.sha256(_known(self._contexts, iri).read_bytes()).hexdigest()
        return self._context_digests[iri]

    @cached_property
    def _contexts(self) -> Mapping[str, Path]:
        """The files of the contexts by IRI: those of the vocabulary, and those that groups bring in their folders."""
        shared = sorted((self._root / "vocab" / "contexts").glob("*.jsonld"))
        found = {
            "{}contexts/{}/{}".format(VOCAB, *path.name.removesuffix(".jsonld").rsplit("-", 1)): path for path in shared
        }
        for path in sorted(self._root.glob("schemas/*/*/context.jsonld")):
            group = self.group(path.parts[-3], path.parts[-2])
            found[group.context] = path
            found[group.event_context] = path.with_name("event.jsonld")
            found[group.credential_context] = path.with_name("credential.jsonld")
        return found

    def context(self, iri: str) -> Mapping[str, Any]:
        """One JSON-LD context document (``{"@context": …}``), parsed afresh; ``NotFound`` for an unknown IRI."""
        return _json(_known(self._contexts, iri))

    def manifest(self) -> Mapping[str, str]:
        """Published file, as a path like ``schemas/furniture/1.0/model.json``, to the hex SHA-256 of its bytes."""
        return MappingProxyType(_json(self._root / "schemas" / "manifest.json"))

    def examples(self) -> Path:
        """The folder of the examples."""
        return self._root / "examples"

    def file(self, kind: str, path: str) -> bytes:
        """The bytes of one published file as served; ``NotFound`` if there is none.

        ``kind`` and ``path``: ``schemas`` with ``furniture/1.0/model`` or ``furniture/1.0/group``, ``contexts`` with
        ``passport/1.0``, ``codes`` with a list's name, ``vocab`` with ``furniture-passport`` or, for the terms that a
        group brings, its name and version (``boats-0.1``); ``shapes`` with a name of ``shapes()``. The last three are
        Turtle.
        """
        if kind == "codes":
            return _joined(_known(self._code_files, path))
        if kind == "shapes":
            return _known(self._shape_files, path).read_bytes()
        if kind == "vocab":
            return _known(self._vocabularies, path).read_bytes()
        if kind == "schemas" and path.rpartition("/")[2] in _ABOUT:
            return self._about(*_group_and_version(path), path.rpartition("/")[2]).read_bytes()
        files = {"schemas": self._schemas, "contexts": self._contexts}.get(kind, {})
        return _known(files, f"{VOCAB}{kind}/{path}").read_bytes()

    def served_as(self, path: str) -> str:
        """The address, without the service's own, under which a file of the manifest is served."""
        name = path.rpartition(".")[0]
        if path.endswith(".jsonld"):
            return self._served_contexts[self._root / path]
        if path.startswith("vocab/") or not path.endswith(".ttl"):
            return name
        _, group, version, *rest = name.split("/")
        if rest == ["shapes"]:
            return f"vocab/shapes/{group}-{version}"
        return f"vocab/{'/'.join(rest)}" if len(rest) > 1 else f"vocab/{group}-{version}"

    @cached_property
    def _served_contexts(self) -> Mapping[Path, str]:
        return {path: iri.removeprefix(VOCAB) for iri, path in self._contexts.items()}


def _group_and_version(path: str) -> tuple[str, str]:
    parts = path.split("/")
    return (parts[0], parts[1]) if len(parts) == 3 else ("", "")


def _joined(paths: Iterable[Path]) -> bytes:
    return b"\n".join(path.read_bytes() for path in paths)


def _known(found: Mapping[str, _T], name: str) -> _T:
    if name not in found:
        raise NotFound(f"Nothing is published as {name}.", name=name)
    return found[name]


def _json(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_bytes())
    return value
