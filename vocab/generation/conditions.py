"""What members of one thing must be to each other, as constraints of SHACL core."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from generation.source import VOCAB, Field, Group
from generation.writing import Pairs, blank, literal, together

_SAYS = {"maximum": "sh:maxInclusive", "above": "sh:minExclusive"}


class Conditions:
    """The conditions of a table; ``path`` gives the property of a member."""

    def __init__(self, group: Group, path: Callable[[str], str], table: Iterable[Mapping[str, Any]]) -> None:
        self._fields = {field["name"]: field for field in group.fields()}
        self._types = group.types
        self._property = path
        self._table = tuple(table)

    def of(self, thing: str, fields: Iterable[Field]) -> Pairs:
        """The constraints on an object, a passport or an event that has these members."""
        known = {field["name"] for field in fields}
        pairs: Pairs = []
        for each in (row for row in self._table if row["of"] == thing):
            when = each.get("when", {})
            then = [one for one in each["then"] if one["name"].split("/")[0] in known]
            if not then or not all(name.split("/")[0] in known for name in when):
                continue
            wanted = [("sh:property", self._wanted(one)) for one in then]
            if when:
                other = [blank([("sh:not", blank([("sh:property", self._has(*one))]))]) for one in when.items()]
                pairs.append(("sh:or", together([*other, blank(wanted)])))
            else:
                pairs += wanted
        return pairs

    def _has(self, name: str, value: Any) -> str:
        return blank([("sh:path", self._path(name)), ("sh:hasValue", self._value(name, value))])

    def _wanted(self, one: Mapping[str, Any]) -> str:
        name = one["name"]
        pairs = [("sh:path", self._path(name))]
        pairs += [(predicate, str(one[key])) for key, predicate in _SAYS.items() if key in one]
        if one.get("absent"):
            pairs.append(("sh:maxCount", "0"))
        if "most" in one:
            pairs.append(("sh:lessThanOrEquals", self._path(one["most"])))
        if "from" in one:
            pairs.append(("sh:minInclusive", f"{literal(one['from'])}^^xsd:dateTime"))
        if "in" in one:
            pairs.append(("sh:in", together(self._value(name, each) for each in one["in"])))
        if "pattern" in one:
            pairs.append(("sh:pattern", literal(one["pattern"])))
        if "never" in one:
            pairs.append(("sh:not", blank([("sh:hasValue", f"<{VOCAB}codes/{one['never']}>")])))
        return blank(pairs)

    def _path(self, name: str) -> str:
        steps = [self._property(each) for each in name.split("/")]
        return steps[0] if len(steps) == 1 else together(steps)

    def _value(self, name: str, value: Any) -> str:
        field = self._fields[name.rsplit("/", 1)[-1]]
        if isinstance(value, bool):
            return str(value).lower()
        if "codes" in field:
            return f"<{VOCAB}codes/{field['codes']}/{value}>"
        kind = self._types[field["type"]]["kind"]
        return literal(str(value)) + ("^^xsd:decimal" if kind == "decimal" else "")
