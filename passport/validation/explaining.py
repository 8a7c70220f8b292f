"""Faults of structure turned into findings with stable codes, one for each value that is wrong."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from passport.codecs.pointers import excerpt, pointer
from passport.model.report import Finding
from passport.published import Field, Published
from passport.validation.exemplifying import Examples
from passport.validation.forms import EVENT, EVERY, PASSPORTS, SECRETS, Form
from passport.validation.problems import finding

_NESTED_SERVER: Final = frozenset({"id", "type", "@id", "@type"})
_PRECEDENCE: Final = (
    "not",
    "type",
    "const",
    "enum",
    "format",
    "maxLength",
    "minLength",
    "pattern",
    "minimum",
    "maximum",
)
KIND_WORDS: Final[Mapping[str, str]] = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "true or false",
    "array": "list",
    "object": "object",
    "null": "nothing",
}
"""What the types of JSON are called; reports say it in their own language."""
_FORMATS: Final[Mapping[str, str]] = {
    "date": "2026-11-21",
    "date-time": "2026-11-21T09:30:00Z",
    "uri": "https://example.com/care.pdf",
}
"""A value in each format that the schemas ask for."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One keyword of a schema that a value breaks: ``wanted`` is what ``schema`` has for the keyword.

    ``named``: the value is the name of a member of what is at ``place``.
    """

    keyword: str
    wanted: Any
    schema: Mapping[str, Any]
    place: tuple[str | int, ...]
    value: Any
    named: bool = False


@dataclass(slots=True)
class Suggestions:
    """Nearest known names, looked for a bounded number of times: the search is slow and its input hostile."""

    left: int = 200
    seen: dict[tuple[str, frozenset[str]], str | None] = field(default_factory=dict)

    def nearest(self, name: str, known: frozenset[str]) -> str | None:
        """The known name most like ``name``, or None where nothing is near."""
        if (name, known) in self.seen:
            return self.seen[name, known]
        if not self.left or not 1 < len(name) <= 60:
            return None
        self.left -= 1
        folded = {each.casefold(): each for each in sorted(known)}
        found = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.7)
        self.seen[name, known] = folded[found[0]] if found else None
        return self.seen[name, known]


@dataclass(frozen=True, slots=True)
class FormNames:
    """The members of each form's documents, those that open an item's life, those that the service sets; examples.

    In events nobody but the service sets what it sets in passports either.
    """

    members: Mapping[Form, frozenset[str]]
    opening: frozenset[str]
    server: Mapping[Form, frozenset[str]]
    examples: Mapping[Form, Examples]

    @classmethod
    def of(cls, published: Published, group: str, version: str) -> "FormNames":
        """Read from the published shapes."""
        shapes = {form: published.shape(group, version, form.value).fields for form in EVERY}
        passports = [shapes[level] for level in PASSPORTS]
        set_there = _named(passports, lambda each: each.server)
        set_anywhere = _named(shapes.values(), lambda each: each.server)
        return cls(
            {form: frozenset(each.name for each in fields if not each.server) for form, fields in shapes.items()},
            _named(passports, lambda each: each.opening),
            {form: set_anywhere if form is EVENT else set_there for form in EVERY},
            {form: Examples.of(published, fields) for form, fields in shapes.items()},
        )


def _named(shapes: Iterable[tuple[Field, ...]], wanted: Callable[[Field], bool]) -> frozenset[str]:
    return frozenset(each.name for fields in shapes for each in fields if wanted(each))


@dataclass(frozen=True, slots=True)
class _Explanation:
    form: Form
    names: FormNames
    document: int
    suggestions: Suggestions

    def of(self, fault: Fault) -> Iterator[Finding]:
        match fault.keyword:
            case "required":
                yield from self._missing(fault)
            case "unevaluatedProperties" | "additionalProperties":
                yield from self._unknown(fault)
            case "anyOf":
                yield from self._one_of(fault)
            case _:
                yield self._value(fault)

    def _missing(self, fault: Fault) -> Iterator[Finding]:
        for name in fault.wanted:
            if name not in fault.value:
                yield finding("missing-field", pointer((*fault.place, name)), self.document, None, field=name)

    def _one_of(self, fault: Fault) -> Iterator[Finding]:
        names = [name for option in fault.wanted for name in option.get("required", ())]
        if names:
            at = pointer((*fault.place, names[0]))
            yield finding("missing-field", at, self.document, None, field=" / ".join(names))
        else:
            yield self._value(fault)

    def _unknown(self, fault: Fault) -> Iterator[Finding]:
        known = frozenset(fault.schema.get("properties", ()))
        top = not fault.place
        for name, value in fault.value.items():
            if name not in known:
                yield self._stranger(name, value, (*fault.place, name), known, top)

    def _stranger(
        self, name: str, value: object, place: tuple[str | int, ...], known: frozenset[str], top: bool
    ) -> Finding:
        at, found, said = pointer(place), _shown(value, place), excerpt(name)
        server = self.names.server[self.form]
        if name in _NESTED_SERVER or name in server:
            return finding("server-owned-field", at, self.document, found, field=said)
        if top:
            others = sorted(form.value for form, names in self.names.members.items() if name in names)
            if others:
                return self._misplaced(name, others, at, found)
        candidates = known - server - {"@context"}
        near = self.suggestions.nearest(name, candidates)
        nearest = near or ", ".join(sorted(candidates)[:5]) or "…"
        found = None if near in SECRETS else found
        return finding("unknown-field", at, self.document, found, field=said, nearest=nearest)

    def _misplaced(self, name: str, others: Sequence[str], at: str, found: str | None) -> Finding:
        """A member that documents of other forms have."""
        form, levels = self.form.value, ", ".join(each for each in others if each != EVENT.value)
        if self.form is EVENT:
            return finding("passport-field-in-event", at, self.document, found, field=name, levels=levels)
        if not levels:
            return finding("event-field-in-passport", at, self.document, found, field=name)
        if name in self.names.opening:
            return finding("opening-field-misplaced", at, self.document, found, field=name, level=form)
        return finding("field-of-other-level", at, self.document, found, field=name, level=form, levels=levels)

    def _value(self, fault: Fault) -> Finding:
        """One value that is wrong in itself."""
        code, values = _judgement(fault)
        at = pointer((*fault.place, fault.value) if fault.named else fault.place)
        name = _name(fault)
        if code in _EXEMPLIFIED:
            examples = self.names.examples[self.form]
            written = examples.value if code == "wrong-type" else examples.text
            values["example"] = written(fault.place, fault.value) or "…"
        return finding(code, at, self.document, _shown(fault.value, fault.place), field=name, **values)


def _shown(value: object, place: tuple[str | int, ...]) -> str | None:
    """A value as reports show it; nothing of secrets, since reports are kept."""
    return None if not SECRETS.isdisjoint(place) else excerpt(value)


def _name(fault: Fault) -> str:
    """The field that a value belongs to: of language values the field, not its member ``value``."""
    names = [part for part in fault.place if isinstance(part, str)]
    if len(names) > 1 and names[-1] == "value":
        names.pop()
    return names[-1] if names else ""


def _judgement(fault: Fault) -> tuple[str, dict[str, str]]:
    """The code for a broken keyword, and what its texts need to know."""
    limit = fault.wanted
    match fault.keyword:
        case "not":
            return "server-owned-field", {}
        case "type":
            kinds = limit if isinstance(limit, list) else [limit]
            return "wrong-type", {"expected": " / ".join(KIND_WORDS[kind] for kind in kinds)}
        case "const" | "enum":
            allowed = [limit] if fault.keyword == "const" else limit
            return "not-allowed-value", {"expected": ", ".join(map(str, allowed))}
        case "format":
            return "wrong-format", {"expected": str(limit), "example": _FORMATS.get(str(limit), "…")}
        case "pattern":
            return "wrong-pattern", {"expected": str(limit)}
        case "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties" | "minProperties":
            return _SIZES[fault.keyword], {"limit": str(limit)}
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            return "out-of-range", {"expected": _range(fault.schema)}
        case "uniqueItems":
            return "repeated-value", {}
        case _:
            return "wrong-structure", {}


_EXEMPLIFIED: Final = frozenset({"wrong-type", "wrong-pattern", "too-long", "too-short"})
_SIZES: Final[Mapping[str, str]] = {
    "maxLength": "too-long",
    "minLength": "too-short",
    "maxItems": "too-many",
    "minItems": "too-few",
    "maxProperties": "too-many",
    "minProperties": "too-few",
}


def _range(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{low} … {high}"
    return f"≥ {low}" if low is not None else f"≤ {high}"


def _rank(fault: Fault) -> int:
    return _PRECEDENCE.index(fault.keyword) if fault.keyword in _PRECEDENCE else len(_PRECEDENCE)


def explain(
    faults: Iterable[Fault], form: Form, names: FormNames, document: int, suggestions: Suggestions
) -> Iterator[Finding]:
    """One finding for each place, the most basic fault first where a value breaks several keywords."""
    explanation = _Explanation(form, names, document, suggestions)
    places: set[str] = set()
    for fault in sorted(faults, key=_rank):
        for each in explanation.of(fault):
            if each.pointer not in places:
                places.add(each.pointer)
                yield each
