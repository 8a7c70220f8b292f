"""What the published schemas say about a document: a fast engine judges and explains, a patient one what is large."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NoReturn

import jsonschema_rs

from passport.codecs.pointers import excerpt, follow, pointer
from passport.model.passport import Level
from passport.model.report import Finding
from passport.published import Published
from passport.validation.explaining import Fault, FormNames, Suggestions, explain
from passport.validation.forms import EVENT, EVERY, Form, form_of
from passport.validation.problems import finding

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

EXPLAINED: Final = 1_000
"""How many faulty documents of one submission are explained; of the rest it is said only that they are faulty too."""
EXPLAINED_VALUES: Final = 50_000
"""Nor is another one explained after documents with so many values in all."""
FAULTS: Final = 2_000
"""How many faults of one document are looked at; who mends those learns of the rest."""
LARGE: Final = 10_000
"""Values of a document from which on the talkative engine looks for faults, since it stops when it has enough."""
_TELLING: Final = frozenset({"products", "eventTime"})
"""Members that no passport has and nearly every event."""


@dataclass(slots=True)
class Patience:
    """What is left of the effort that one submission may cost: documents and values to explain, names to suggest."""

    documents: int = EXPLAINED
    values: int = EXPLAINED_VALUES
    suggestions: Suggestions = field(default_factory=Suggestions)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a document was judged as, a passport of a level or an event, and what is wrong with its structure."""

    level: Form
    findings: tuple[Finding, ...] = ()


class Structure:
    """The schemas of one version of a group, compiled once for both engines. Safe to share between threads."""

    def __init__(self, published: Published, group: str, version: str) -> None:
        self._profiles = {
            name: published.schema_iri(group, version, f"profiles/{name}")
            for name in published.profiles(group, version)
        }
        self._telling = _telling(published, group, version)
        self._forms = {form: published.schema_iri(group, version, form.value) for form in EVERY}
        self._names = FormNames.of(published, group, version)
        whole = published.schema_iri(group, version, "passport").removesuffix("passport")
        self._schemas = {iri: published.schema(iri) for iri in published.schema_iris() if iri.startswith(whole)}
        self._registry = published.registry()
        resources = [(iri, dict(schema)) for iri, schema in self._schemas.items()]
        self._compiled = jsonschema_rs.Registry(resources, retriever=_refuse)
        self._judges: dict[object, jsonschema_rs.Draft202012Validator] = {}

    def judge(self, value: dict[str, Any], document: int, patience: Patience) -> Verdict:
        """Judge one document against the schema of its form and of the profile that it declares."""
        stated = form_of(value)
        if stated is not None and self._passes(stated, value):
            return Verdict(stated)
        level, findings = (stated, []) if stated is not None else self._seeming(value, document)
        if patience.documents == 0 or patience.values <= 0:
            return Verdict(level, (finding("not-explained", "", document, limit=EXPLAINED),))
        patience.documents -= 1
        values = _values(value)
        patience.values -= values
        judged = _as(level, value) if findings else value
        findings.extend(self._explained(judged, level, document, patience.suggestions, values > LARGE))
        return Verdict(level, tuple(findings) or (finding("wrong-structure", "", document),))

    def is_valid(self, value: Mapping[str, Any]) -> bool:
        """What the fast engine says about a document that states its form."""
        return self._passes(_stated(value), value)

    def errors(self, value: Mapping[str, Any]) -> "Iterator[ValidationError]":
        """What the talkative engine says about a document that states its form."""
        for iri in self._iris(_stated(value), value.get("profile")):
            yield from self._explainer(iri).iter_errors(value)

    def _passes(self, form: Form, value: Mapping[str, Any]) -> bool:
        profile = value.get("profile")
        key = (form, profile if isinstance(profile, str) and profile in self._profiles else None)
        judge = self._judges.get(key)
        if judge is None:
            judge = self._judges[key] = self._compile(self._iris(*key))
        return judge.is_valid(value)

    def _iris(self, form: Form, profile: object) -> tuple[str, ...]:
        """The schema of a form and that of the profile, where one is declared; events have no profiles."""
        declared = self._profiles.get(profile) if isinstance(profile, str) and form is not EVENT else None
        return (self._forms[form], declared) if declared else (self._forms[form],)

    def _compile(self, iris: Sequence[str]) -> jsonschema_rs.Draft202012Validator:
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [{"$ref": iri} for iri in iris]}
        return jsonschema_rs.Draft202012Validator(
            schema, validate_formats=True, registry=self._compiled, retriever=_refuse
        )

    def _explainer(self, iri: str) -> "Draft202012Validator":
        from jsonschema import FormatChecker  # slow to load, and only faulty documents need it

        return talkative()(self._schemas[iri], registry=self._registry, format_checker=FormatChecker())

    def _seeming(self, value: Mapping[str, Any], document: int) -> tuple[Form, list[Finding]]:
        """The form that a document seems to mean which states none or two, with a finding that says so."""
        found = excerpt(value["granularity"]) if "granularity" in value else None
        if "eventType" in value:
            return EVENT, [finding("document-of-two-kinds", "/granularity", document, found)]
        if found is None and not _TELLING.isdisjoint(value):
            return EVENT, []
        level = next((level for level, names in self._telling.items() if not names.isdisjoint(value)), Level.MODEL)
        return level, [finding("level-unknown", "/granularity", document, found, level=level.value)]

    def _explained(
        self, value: Mapping[str, Any], level: Form, document: int, suggestions: Suggestions, large: bool
    ) -> Iterator[Finding]:
        faults = self._faults(value, self._forms[level], large)
        base = list(explain(faults, level, self._names, document, suggestions))
        yield from base
        profile = value.get("profile")
        for iri in self._iris(level, profile)[1:]:
            known = {each.pointer for each in base}
            yield from self._lacking(self._faults(value, iri, large), str(profile), document, known)

    def _lacking(self, faults: Iterable[Fault], profile: str, document: int, known: set[str]) -> Iterator[Finding]:
        for fault in faults:
            if fault.keyword == "anyOf":
                names = [option["required"][0] for option in fault.wanted]
                lacking = [(names[0], " / ".join(names))]
            else:
                lacking = [(name, name) for name in fault.wanted if name not in fault.value]
            for name, said in lacking:
                at = pointer((*fault.place, name))
                if at not in known:
                    known.add(at)
                    yield finding("profile-field-missing", at, document, None, field=said, profile=profile)

    def _faults(self, value: Mapping[str, Any], iri: str, large: bool) -> Iterator[Fault]:
        """What breaks one schema. The fast engine finds everything at once, so large documents are not left to it."""
        if large:
            yield from map(_told, islice(self._explainer(iri).iter_errors(value), FAULTS))
            return
        judge = self._judges.get(iri)
        if judge is None:
            judge = self._judges[iri] = self._compile((iri,))
        errors = [(tuple(error.instance_path), error) for error in judge.iter_errors(value)]
        kind = jsonschema_rs.ValidationErrorKind.MaxItems
        ends = {place: error.kind.limit for place, error in errors if isinstance(error.kind, kind)}
        yield from (self._seen(error, value) for place, error in errors if not (ends and _beyond(place, ends)))

    def _seen(self, error: jsonschema_rs.ValidationError, value: Mapping[str, Any]) -> Fault:
        """A fault as the fast engine has it, with the value as it was submitted."""
        place, path, kind = tuple(error.instance_path), tuple(error.schema_path), error.kind
        schema: Any = follow(self._schemas[str(error.absolute_keyword_location).partition("#")[0]], path[:-1])
        named = isinstance(kind, jsonschema_rs.ValidationErrorKind.PropertyNames)
        broken = kind.as_dict()["error"].instance if named else follow(value, place)
        return Fault(str(path[-1]), schema[path[-1]], schema, place, broken, named)


def _stated(value: Mapping[str, Any]) -> Form:
    form = form_of(value)
    if form is None:
        raise ValueError("a document that states no form, or two")
    return form


def _as(form: Form, value: Mapping[str, Any]) -> dict[str, Any]:
    """A document with nothing said of its level but what it is checked as."""
    others = {name: each for name, each in value.items() if name != "granularity"}
    return others if form is EVENT else {**others, "granularity": form.value}


def _told(error: "ValidationError") -> Fault:
    """A fault as the talkative engine has it."""
    named = "propertyNames" in error.absolute_schema_path
    place = tuple(error.absolute_path)
    return Fault(str(error.validator), error.validator_value, error.schema, place, error.instance, named)


def _beyond(place: tuple[str | int, ...], ends: Mapping[tuple[str | int, ...], int]) -> bool:
    """Whether a place is in an entry after the last one that its list may have."""
    return any(place[:depth] in ends and int(part) >= ends[place[:depth]] for depth, part in enumerate(place))


def _telling(published: Published, group: str, version: str) -> Mapping[Level, frozenset[str]]:
    """The fields that tell a level: those of pieces alone, and those of batches that models do not have."""
    names = {
        level: frozenset(each.name for each in published.shape(group, version, level).fields if not each.server)
        for level in Level
    }
    own = names[Level.ITEM] - names[Level.BATCH] - names[Level.MODEL]
    return {Level.ITEM: own, Level.BATCH: names[Level.BATCH] - names[Level.MODEL]}


@lru_cache(maxsize=64)
def structure_of(published: Published, group: str, version: str) -> Structure:
    """The compiled schemas of one version of a group."""
    return Structure(published, group, version)


@lru_cache(maxsize=1)
def talkative() -> "type[Draft202012Validator]":
    """The talkative engine, with two changes.

    Patterns are what JSON Schema means by them: ``$`` is the end, not also before a last line feed. And of a list that
    is too long only so many entries are looked at as it may have: it is refused for its length (T14).
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend

    def pattern(_: object, wanted: str, instance: object, __: object) -> "Iterator[ValidationError]":
        if isinstance(instance, str) and not _compiled(wanted).search(instance):
            yield ValidationError(f"{instance!r} does not match {wanted!r}")

    def items(
        validator: Any, wanted: object, instance: object, schema: Mapping[str, Any]
    ) -> "Iterator[ValidationError]":
        if isinstance(instance, list):
            for number, each in enumerate(instance[: schema.get("maxItems")]):
                yield from validator.descend(each, wanted, path=number)

    engine: type[Draft202012Validator] = extend(Draft202012Validator, {"pattern": pattern, "items": items})
    return engine


@lru_cache(maxsize=512)
def _compiled(wanted: str) -> re.Pattern[str]:
    return re.compile(f"{wanted[:-1]}\\Z" if wanted.endswith("$") else wanted)


def _refuse(iri: str) -> NoReturn:
    raise LookupError(iri)


def _values(document: Any) -> int:
    """How many values a document has in all: what the talkative engine takes is in proportion to it."""
    number, waiting = 0, [document]
    while waiting:
        value = waiting.pop()
        number += 1
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return number
