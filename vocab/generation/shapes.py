"""SHACL core shapes of public documents as RDF, passports of each level and events, and of the graph made of them.

A level is found by the schema that passports conform to, an event by its type: the shape's target is the schema or the
code, and an inverse path leads to what it holds for, so that every fault is told by itself. Objects and codes are
shapes of their own. Passports and objects are closed: members that are not public have no place in them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generation.conditions import Conditions
from generation.source import LANGUAGES, LEVELS, SOURCE, VOCAB, Field, Group, iri_of, read
from generation.writing import LICENCE, Pairs, blank, block, document, literal, together

Terms = Mapping[str, Mapping[str, Any]]

_TURTLE = "https://www.iana.org/assignments/media-types/text/turtle"
_XSD = {"date": "xsd:date", "dateTime": "xsd:dateTime"}
_KINDS = {"decimal": "xsd:decimal", "integer": "xsd:integer", "boolean": "xsd:boolean", "untouched": "rdf:JSON"}
_BOUNDS = {
    "minimum": "sh:minInclusive",
    "maximum": "sh:maxInclusive",
    "minLength": "sh:minLength",
    "maxLength": "sh:maxLength",
}
_CONDITIONS = "conditions-1.0.toml"
_ALWAYS = ("eventType", "eventTime", "recordedAt", "product", "passport", "actorRole")
"""What every public event document says."""
_REPLACED = ("modelPassport", "batchPassport")
"""Members that the contexts take from the head of documents; the others that also stand there are as submitted."""
_BESIDE = {
    "passport": ("rdf:type", "fp:product", "fp:productGroup", "fp:model", "fp:now"),
    "modelVersion": (
        "rdf:type",
        "prov:specializationOf",
        "prov:wasRevisionOf",
        "prov:generatedAtTime",
        "prov:wasAttributedTo",
        "schema:version",
    ),
}
"""What the graph may say of the same nodes beyond their documents."""


def described(group: Group, terms: Terms, basis: Group) -> dict[str, bytes]:
    """Name to Turtle: passports, events and the graph of ``basis``; for a group that extends it, one of all it adds."""
    titles = read(SOURCE / "shapes.toml")
    if group.home != SOURCE:
        name = f"{group.name}-{group.version}"
        shapes = _Shapes(group, terms, name)
        known = {field["name"] for field in basis.event}
        own = [field for field in group.event if field["name"] not in known]
        title = {each: [group.layout["title"][each], titles["group"][each]] for each in LANGUAGES}
        return {name: shapes.document(title, [*shapes.levels(), *shapes.event(own)])}
    names = {kind: f"{kind}-{group.version}" for kind in ("passport", "event", "graph")}
    passport, event, graph = (_Shapes(group, terms, name) for name in names.values())
    return {
        names["passport"]: passport.document(titles["passport"], [passport.any_passport(), *passport.levels()]),
        names["event"]: event.document(titles["event"], [*event.event(group.event), *event.needs()]),
        names["graph"]: graph.document(titles["graph"], graph.derived(read(SOURCE / f"graph-{group.version}.toml"))),
    }


class _Shapes:
    """Builds the shapes of one file."""

    def __init__(self, group: Group, terms: Terms, name: str) -> None:
        self._group = group
        self._terms = terms
        self._types: Mapping[str, Any] = group.types
        self._iri = f"{VOCAB}shapes/{name}"
        self._name = name
        self._lists: set[str] = set()
        self._objects: dict[str, None] = {}
        self._conditions = Conditions(group, self._path, read(SOURCE / _CONDITIONS)["condition"])

    def document(self, title: Mapping[str, list[str]], blocks: Iterable[str]) -> bytes:
        """The file: what it is as a profile of the vocabulary, then its shapes, and those that they refer to."""
        made = list(blocks)
        made += self._referred()
        made += [self._code(name) for name in sorted(self._lists)]
        return document([*self._profile(title), *made])

    def _profile(self, title: Mapping[str, list[str]]) -> Iterator[str]:
        pairs = [("a", "prof:Profile, owl:Ontology")]
        pairs += [("dcterms:title", literal(title[each][0], each)) for each in LANGUAGES]
        pairs += [("dcterms:description", literal(title[each][1], each)) for each in LANGUAGES]
        pairs += [("dcterms:license", f"<{LICENCE}>"), ("prof:hasToken", literal(self._name))]
        pairs += [("prof:isProfileOf", f"<{VOCAB}>"), ("prof:hasResource", f"<{self._iri}#resource>")]
        pairs += [("dcterms:requires", f"<{VOCAB}codes/{name}>") for name in sorted(self._lists)]
        yield block(self._iri, pairs)
        resource = [("a", "prof:ResourceDescriptor"), ("prof:hasRole", "role:validation")]
        resource += [("prof:hasArtifact", f"<{self._iri}>"), ("dcterms:format", f"<{_TURTLE}>")]
        yield block(f"{self._iri}#resource", [*resource, ("dcterms:conformsTo", "<http://www.w3.org/ns/shacl#>")])

    def any_passport(self) -> str:
        """A passport of any group: it conforms to a published schema, or was withdrawn and says that alone."""
        path, archived = self._path("dppStatus"), f"<{VOCAB}codes/dpp-status/archived>"
        withdrawn = [("sh:path", path), ("sh:hasValue", archived)]
        silent = [("sh:path", self._path("shortCode")), ("sh:maxCount", "0")]
        states = [("sh:path", self._path("contentSpecificationIds")), ("sh:minCount", "1")]
        gone = [("sh:property", blank(withdrawn)), ("sh:property", blank(silent))]
        choice = together([blank(gone), blank([("sh:property", blank(states))])])
        target = [("sh:targetClass", "fp:ProductPassport"), ("sh:targetSubjectsOf", self._path("shortCode"))]
        return block(f"{self._iri}#Passport", [("a", "sh:NodeShape"), *target, ("sh:or", choice)])

    def levels(self) -> Iterator[str]:
        """Passports of each level: what they may have, and what they must."""
        submitted = {field["name"]: field for field in self._group.top}
        written = {name: field for name, field in submitted.items() if name not in _REPLACED}
        heads = {
            name: field | {"type": written[name]["type"]} if name in written else field
            for name, field in ((field["name"], field) for field in self._group.head)
            if self._is_said(field)
        }
        body = {name: field for name, field in submitted.items() if _shown(field) and name not in heads}
        for field in (*heads.values(), *body.values()):
            yield self._field(field)
        for mark, level in LEVELS.items():
            allowed = {field["name"] for field in self._group.at(mark)} | (heads.keys() - submitted.keys())
            fields = [field for name, field in (heads | body).items() if name in allowed]
            yield from self._level(mark, level, fields)

    def _is_said(self, field: Field) -> bool:
        """Whether it is a statement, and not the address of what the statements are about."""
        return self._terms[field["name"]].get("iri") != "@id"

    def _level(self, mark: str, level: str, fields: list[Field]) -> Iterator[str]:
        target = f"<{self._group.iri(level)}>"
        inverse = blank([("sh:inversePath", self._path("contentSpecificationIds"))])
        own, of, only = (f"{self._iri}#{start}{level}" for start in ("", "every-", "only-"))
        yield block(own, [("a", "sh:NodeShape"), ("sh:targetNode", target), ("sh:property", f"<{of}>")])
        pairs = [("a", "sh:PropertyShape"), ("sh:path", inverse), ("sh:nodeKind", "sh:IRI"), ("sh:node", f"<{only}>")]
        pairs += [("sh:property", f"<{self._iri}#field.{field['name']}>") for field in fields]
        needed = [field["name"] for field in fields if mark in field.get("need", {}).get("base", "")]
        pairs += [("sh:property", self._present(name)) for name in needed]
        value = [("sh:path", self._path("granularity")), ("sh:hasValue", f"<{VOCAB}codes/granularity/{level}>")]
        pairs.append(("sh:property", blank(value)))
        choices = [each for each in self._group.choices if each["profile"] == "base" and mark in each["levels"]]
        for choice in choices:
            either = [blank([("sh:property", self._present(name))]) for name in choice["of"]]
            pairs.append(("sh:or", together(either)))
        yield block(of, pairs + self._conditions.of("passport", fields))
        closed = [("a", "sh:NodeShape"), ("sh:closed", "true")]
        closed.append(("sh:ignoredProperties", together(_BESIDE["passport"])))
        paths = [("sh:property", blank([("sh:path", self._path(field["name"]))])) for field in fields]
        yield block(only, closed + paths)

    def event(self, fields: list[Field]) -> Iterator[str]:
        """Events: what each member is, which are not public, and to which types of event the others belong."""
        shown = [field for field in fields if _public(field) and field["name"] not in ("tier", "salt")]
        for field in shown:
            yield self._field(field)
        target = [("sh:targetClass", f"fp:{name}") for name in ("LifeEvent", "CorrectedEvent", "Cancellation")]
        pairs = [("a", "sh:NodeShape"), *target, ("sh:targetSubjectsOf", self._path("eventType"))]
        pairs.append(("sh:nodeKind", "sh:IRI"))
        pairs += [("sh:property", f"<{self._iri}#field.{field['name']}>") for field in shown]
        pairs += [("sh:property", self._present(field["name"])) for field in shown if field["name"] in _ALWAYS]
        names = [field["name"] for field in fields if not _public(field)]
        pairs += [("sh:property", self._absent(name)) for name in names]
        for types, members in _by_types(shown).items():
            codes = together(f"<{VOCAB}codes/event-type/{each}>" for each in types)
            right = [("sh:property", blank([("sh:path", self._path("eventType")), ("sh:in", codes)]))]
            without = [("sh:property", self._absent(name)) for name in members]
            pairs.append(("sh:or", together([blank(right), blank(without)])))
        yield block(f"{self._iri}#Event", pairs + self._conditions.of("event", shown))

    def needs(self) -> Iterator[str]:
        """What an event of each type must say, unless it only takes another one back."""
        known = {field["name"]: field for field in self._group.event}
        types: dict[str, list[str]] = {}
        for name, field in known.items():
            for each in field.get("need", {}).get("events", ()) if _public(field) else ():
                types.setdefault(each, []).append(name)
        cancels = [
            ("sh:path", self._path("correctionReason")),
            ("sh:hasValue", f"<{VOCAB}codes/correction-reason/did-not-occur>"),
        ]
        back = blank([("sh:property", blank(cancels))])
        for each, names in types.items():
            inverse = blank([("sh:inversePath", self._path("eventType"))])
            told = blank([("sh:property", self._present(name)) for name in names])
            pairs = [("sh:path", inverse), ("sh:or", together([back, told]))]
            target = f"<{VOCAB}codes/event-type/{each}>"
            shape = [("a", "sh:NodeShape"), ("sh:targetNode", target), ("sh:property", blank(pairs))]
            yield block(f"{self._iri}#{each}", shape)

    def derived(self, table: Mapping[str, Any]) -> Iterator[str]:
        """What is said beyond the documents, from a table of its own."""
        self._types = table["types"]
        for shape in table["shape"]:
            pairs = [("a", "sh:NodeShape")]
            for key, relation in (("of", "Class"), ("objects", "ObjectsOf"), ("subjects", "SubjectsOf")):
                if key in shape:
                    pairs.append((f"sh:target{relation}", _prefixed(shape[key])))
            pairs.append(("sh:nodeKind", "sh:IRI"))
            if shape.get("closed"):
                pairs += [("sh:closed", "true"), ("sh:ignoredProperties", together(["rdf:type"]))]
            pairs += [("sh:property", self._statement(field)) for field in shape["fields"]]
            yield block(f"{self._iri}#{shape['name']}", pairs)

    def _statement(self, field: Field) -> str:
        path = field["path"] if "path" in field else self._path(field["name"])
        if field.get("many") == 0:
            return blank([("sh:path", path), ("sh:maxCount", "0")])
        pairs = [("sh:path", path), *self._values(field), ("sh:maxCount", str(field.get("many", 1)))]
        pairs += [("sh:minCount", "1")] if field.get("needed") else []
        pairs += [("sh:class", _prefixed(field["class"]))] if "class" in field else []
        if "value" in field:
            pairs.append(("sh:hasValue", f"<{VOCAB}codes/{field['codes']}/{field['value']}>"))
        return blank(pairs)

    def _referred(self) -> Iterator[str]:
        """The shapes of objects, and of those in them; each has its IRI."""
        done: set[str] = set()
        while waiting := [name for name in self._objects if name not in done]:
            for name in waiting:
                done.add(name)
                shown = [field for field in self._group.object(name) if _public(field)]
                pairs = [("a", "sh:NodeShape"), ("sh:nodeKind", "sh:IRI"), ("sh:closed", "true")]
                if name in _BESIDE:
                    pairs.append(("sh:ignoredProperties", together(_BESIDE[name])))
                for field in shown:
                    needed = [("sh:minCount", "1")] if "base" in field.get("need", {}) else []
                    pairs.append(("sh:property", blank([*self._property(field), *needed])))
                yield block(f"{self._iri}#object.{name}", pairs + self._conditions.of(name, shown))

    def _code(self, name: str) -> str:
        """A code of one list: it stands in the list's graph, under the list's address."""
        scheme = f"{VOCAB}codes/{name}"
        member = blank([("sh:path", "skos:inScheme"), ("sh:hasValue", f"<{scheme}>")])
        pairs = [("a", "sh:NodeShape"), ("sh:nodeKind", "sh:IRI")]
        pairs.append(("sh:pattern", literal(f"^{scheme.replace('.', '[.]')}/[^/#]+$")))
        return block(f"{self._iri}#code.{name}", [*pairs, ("sh:property", member)])

    def _field(self, field: Field) -> str:
        title = self._terms[field["name"]]
        words = [("sh:name", literal(title[each][0], each)) for each in LANGUAGES]
        pairs = [("a", "sh:PropertyShape"), *self._property(field), *words]
        return block(f"{self._iri}#field.{field['name']}", pairs)

    def _property(self, field: Field) -> Pairs:
        pairs = [("sh:path", self._path(field["name"])), *self._values(field)]
        if self._is_language(field):
            return pairs if field.get("several") else [*pairs, ("sh:uniqueLang", "true")]
        return [*pairs, ("sh:maxCount", str(field.get("many", 1)))]

    def _is_language(self, field: Field) -> bool:
        of = field.get("served", field.get("type", ""))
        return bool(self._types.get(of, {}).get("kind") == "language")

    def _values(self, field: Field) -> Pairs:
        """What each value is, as the contexts make it."""
        if "of" in field:
            self._objects[field["of"]] = None
            return [("sh:node", f"<{self._iri}#object.{field['of']}>")]
        if "codes" in field:
            self._lists.add(field["codes"])
            return [("sh:node", f"<{self._iri}#code.{field['codes']}>")]
        of = field.get("served", field["type"])
        each = self._types[of]
        schema = each.get("schema", {})
        if each["kind"] == "language":
            return _language(each)
        pairs = [("sh:nodeKind", "sh:IRI")] if each["kind"] == "iri" else []
        if not pairs:
            pairs.append(("sh:datatype", _XSD.get(of) or _KINDS.get(each["kind"], "xsd:string")))
        known = schema | ({"maximum": field["max"]} if "max" in field else {})
        spelt = pairs[0][1] in ("xsd:string", "sh:IRI")
        pairs += [(_BOUNDS[name], str(known[name])) for name in _BOUNDS if name in known and spelt is _of_text(name)]
        if spelt and "pattern" in known:
            pairs.append(("sh:pattern", literal(known["pattern"])))
        return pairs

    def _path(self, name: str) -> str:
        term = self._terms.get(name, {})
        return f"fp:{name}" if iri_of(name, term).startswith(VOCAB) else str(term["iri"])

    def _present(self, name: str) -> str:
        return blank([("sh:path", self._path(name)), ("sh:minCount", "1")])

    def _absent(self, name: str) -> str:
        return blank([("sh:path", self._path(name)), ("sh:maxCount", "0")])


def _of_text(bound: str) -> bool:
    """Whether a bound is about how a value is spelt, which engines may change where it has a type."""
    return bound.endswith("Length")


def _language(each: Mapping[str, Any]) -> Pairs:
    if "length" not in each:
        kinds = together(blank([("sh:datatype", kind)]) for kind in ("rdf:langString", "xsd:string"))
        return [("sh:or", kinds)]
    return [("sh:datatype", "rdf:langString"), ("sh:minLength", "1"), ("sh:maxLength", str(each["length"]))]


def _by_types(fields: Iterable[Field]) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for field in fields:
        if "events" in field:
            found.setdefault(tuple(field["events"]), []).append(field["name"])
    return found


def _prefixed(name: str) -> str:
    return name if ":" in name else f"fp:{name}"


def _public(field: Field) -> bool:
    """Whether everybody may read it, as far as it stands in documents at all."""
    return bool(field.get("tier", "public") == "public" and field.get("kept", True))


def _shown(field: Field) -> bool:
    return _public(field) and not field.get("opening") and field["name"] not in ("profile", "productGroup")
