"""What a value of a field looks like: the examples of the vocabulary, as they stand in a document."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from passport.published import Field, Published

_LANGUAGE: Final = "sv"
"""The language of texts in examples that are made of what was submitted."""
_LONGEST: Final = 60
"""Characters of a submitted text that may become part of an example."""
_PLAIN: Final = frozenset({"decimal", "integer", "boolean", "untouched"})
"""Kinds whose examples are spelled as JSON."""
_DEEPEST: Final = 4
Place = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples of the values of a level's documents, from the terms of its fields."""

    fields: tuple[Field, ...]
    terms: Mapping[str, str]

    @classmethod
    def of(cls, published: Published, fields: tuple[Field, ...]) -> "Examples":
        """Those of fields at the top of a document and of all within."""
        terms = {name: term.example for name, term in published.terms().items() if term.example is not None}
        return cls(fields, terms)

    def text(self, place: Place, found: object) -> str | None:
        """An example of the text at a place; None where nothing is known of it. ``found`` is what stands there."""
        field, rest = self._at(place)
        if field is None or (field.kind == "object" and not rest):
            return None
        return _LANGUAGE if rest[-1:] == ["language"] else self.terms.get(field.name)

    def value(self, place: Place, found: object) -> str | None:
        """An example of the value at a place, as JSON; where a text was ``found`` that fits inside, made of that."""
        field, rest = self._at(place)
        if field is None:
            return None
        whole = self._one(field, found if isinstance(found, str) and 0 < len(found) <= _LONGEST else None, 0)
        for part in rest:
            whole = whole.get(part) if isinstance(whole, dict) else None
        if (field.many or field.kind == "language") and not rest and isinstance(place[-1], str):
            whole = [whole]
        return None if whole is None else json.dumps(whole, ensure_ascii=False)

    def _at(self, place: Place) -> tuple[Field | None, list[str]]:
        """The innermost field that a place is in, and the names from there on."""
        found, fields = None, self.fields
        names = [part for part in place if isinstance(part, str)]
        for number, name in enumerate(names):
            inner = next((each for each in fields if each.name == name), None)
            if inner is None:
                return found, names[number:]
            found, fields = inner, inner.fields
        return found, []

    def _one(self, field: Field, text: str | None, depth: int) -> Any:
        """One value of a field, or of its entries."""
        known = self.terms.get(field.name)
        if field.kind == "language":
            return {"value": text or known, "language": _LANGUAGE if text else "en"}
        if field.kind == "object":
            return self._object(field, text, depth + 1)
        return json.loads(known) if known is not None and field.kind in _PLAIN else known

    def _object(self, field: Field, text: str | None, depth: int) -> dict[str, Any]:
        """An object with the members that it must have, or else its first; a text is what the only one says."""
        names = field.required or tuple(each.name for each in field.fields[:1])
        members = [each for each in field.fields if each.name in names] if depth <= _DEEPEST else []
        said = text if len(members) == 1 and members[0].kind == "string" else None
        made = {each.name: said or self._one(each, None, depth) for each in members}
        lists = {each.name for each in members if each.many or each.kind == "language"}
        return {name: [value] if name in lists else value for name, value in made.items()}
