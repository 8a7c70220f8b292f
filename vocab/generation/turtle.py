"""Turtle: the vocabulary and the code lists."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from generation.source import LANGUAGES, PREFIXES, VOCAB, Field, Group, expand, iri_of

_PREFIXES = PREFIXES | {
    "owl": "http://www.w3.org/2002/07/owl#",
    "qudt": "http://qudt.org/schema/qudt/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vann": "http://purl.org/vocab/vann/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_UNITS = {
    "kg": "KiloGM",
    "mm": "MilliM",
    "%": "PERCENT",
    "year": "YR",
    "min": "MIN",
    "s": "SEC",
    "kg CO2e": "KiloGM",
    "kg/m³": "KiloGM-PER-M3",
    "mg/m³": "MilliGM-PER-M3",
    "µg/m³": "MicroGM-PER-M3",
    "g/l": "GM-PER-L",
    "g/m²": "GM-PER-M2",
    "mg/kg": "MilliGM-PER-KiloGM",
    "V": "V",
    "°C": "DEG_C",
    "W": "W",
    "cycle": "NUM",
}
_LICENCE = "http://www.apache.org/licenses/LICENSE-2.0"
_TITLE = {
    "en": (
        "Furniture passport vocabulary",
        "Terms of digital product passports for furniture that other vocabularies lack.",
    ),
    "sv": ("Vokabulär för möbelpass", "Termer för digitala produktpass för möbler som saknas i andra vokabulärer."),
    "da": ("Vokabular for møbelpas", "Termer til digitale produktpas for møbler, som andre vokabularer mangler."),
    "pl": (
        "Słownik paszportu mebli",
        "Terminy cyfrowych paszportów produktów dla mebli, których brakuje w innych słownikach.",
    ),
}
_UNCONFIRMED = "Not confirmed; verify before relying on it"

Table = Mapping[str, Mapping[str, Any]]
Pairs = list[tuple[str, str]]


def code_list(name: str, table: Mapping[str, Any]) -> bytes:
    """One code list as a SKOS concept scheme."""
    scheme = f"{VOCAB}codes/{name}"
    titles = [("skos:prefLabel", _text(table["title"][each], each)) for each in LANGUAGES]
    blocks = [_block(scheme, [("a", "skos:ConceptScheme"), *titles, ("dcterms:license", f"<{_LICENCE}>")])]
    blocks += [_concept(scheme, code, each, table["status"]) for code, each in table["codes"].items()]
    blocks += [_collection(scheme, name, words, table["codes"]) for name, words in table.get("groups", {}).items()]
    return _document(blocks)


def _collection(scheme: str, group: str, words: Mapping[str, str], codes: Table) -> str:
    """The heading that some codes of a list stand under."""
    pairs = [("a", "skos:Collection"), ("skos:notation", _text(group))]
    pairs += [("skos:prefLabel", _text(words[language], language)) for language in LANGUAGES]
    pairs += [("skos:member", f"<{scheme}/{code}>") for code, each in codes.items() if each.get("group") == group]
    return _block(f"{scheme}#{group}", pairs)


def _concept(scheme: str, code: str, each: Mapping[str, Any], status: str) -> str:
    certainty = each.get("status", status)
    pairs = [("a", "skos:Concept"), ("skos:inScheme", f"<{scheme}>"), ("skos:topConceptOf", f"<{scheme}>")]
    pairs += [("skos:notation", _text(code))]
    pairs += [("skos:prefLabel", _text(each[language][0], language)) for language in LANGUAGES]
    pairs += [("skos:definition", _text(each[language][1], language)) for language in LANGUAGES]
    pairs += [(f"<{VOCAB}certainty>", _text(certainty))]
    if "group" in each:
        pairs.append((f"<{VOCAB}group>", _text(each["group"])))
    pairs += [("skos:altLabel", _text(name, "la")) for name in each.get("latin", ())]
    for notation in each.get("notation", ()):
        pairs += _notation(notation)
    pairs += _facts(each)
    if "note" in each:
        pairs.append(("skos:note", _text(each["note"], "en")))
    doubts = [f"{_UNCONFIRMED}: {what}." for what in each.get("unconfirmed", ())]
    if certainty == "unconfirmed":
        doubts.append(f"{_UNCONFIRMED}.")
    pairs += [("skos:editorialNote", _text(doubt, "en")) for doubt in doubts]
    return _block(f"{scheme}/{code}", pairs + _alignments(each))


def _notation(notation: str) -> Pairs:
    """``system:value``, with a question mark behind it if unconfirmed, as a notation typed by its system.

    A system is a classification, or a code of another list as ``list/code``.
    """
    system, _, value = notation.partition(":")
    place = system if "/" in system else f"classification-scheme/{system}"
    typed = f"{_text(value.removesuffix('?'))}^^<{VOCAB}codes/{place}>"
    pairs = [("skos:notation", typed)]
    return [*pairs, (f"<{VOCAB}unconfirmedNotation>", typed)] if value.endswith("?") else pairs


def _facts(each: Mapping[str, Any]) -> Pairs:
    """What rules and pages need to know of a code: traits, usual route at the end of life, waste codes."""
    pairs = [(f"<{VOCAB}trait>", f"<{VOCAB}codes/trait/{trait}>") for trait in each.get("traits", ())]
    if "route" in each:
        pairs.append((f"<{VOCAB}usualRoute>", f"<{VOCAB}codes/end-of-life-route/{each['route']}>"))
    return pairs + [(f"<{VOCAB}wasteCode>", f"<{VOCAB}codes/waste-code/{code}>") for code in each.get("waste", ())]


def vocabulary(group: Group, terms: Table, classes: Table, annotations: Table) -> bytes:
    """The ontology: what we mint, and how we use what we take from elsewhere."""
    blocks = [_ontology()]
    blocks += [_minted(name, each, [("a", "owl:Class"), *_name(name)]) for name, each in classes.items()]
    blocks += [
        _minted(name, each, [("a", "owl:AnnotationProperty"), *_name(name)]) for name, each in annotations.items()
    ]
    return _document(blocks + _terms(group, terms))


def own_terms(group: Group, terms: Table) -> bytes:
    """The terms that a group brings beside those of the ontology."""
    return _document(_terms(group, terms))


def _terms(group: Group, terms: Table) -> list[str]:
    blocks = []
    uses: dict[str, list[Field]] = {}
    for field in group.fields():
        uses.setdefault(field["name"], []).append(field)
    for name, each in terms.items():
        used = uses.get(name) or ([each["derived"]] if "derived" in each else [])
        pairs = [*_name(name), *_usage(used), *_certainty(each)]
        if each.get("iri", "@id") == "@id":
            blocks.append(_minted(name, each, [("a", _kind(used, group)), *pairs]))
        else:
            blocks.append(_taken(name, each, pairs))
    return blocks


def _name(name: str) -> Pairs:
    return [(f"<{VOCAB}termName>", _text(name))]


def _ontology() -> str:
    titles = [("dcterms:title", _text(words[0], language)) for language, words in _TITLE.items()]
    descriptions = [("dcterms:description", _text(words[1], language)) for language, words in _TITLE.items()]
    pairs = [("a", "owl:Ontology"), *titles, *descriptions, ("dcterms:license", f"<{_LICENCE}>")]
    pairs += [("vann:preferredNamespacePrefix", _text("fp")), ("vann:preferredNamespaceUri", _text(VOCAB))]
    return _block(VOCAB, pairs)


def _minted(name: str, each: Mapping[str, Any], pairs: Pairs) -> str:
    words = [("rdfs:label", _text(each[language][0], language)) for language in LANGUAGES]
    words += [("rdfs:comment", _text(each[language][1], language)) for language in LANGUAGES]
    defined = [("rdfs:isDefinedBy", f"<{VOCAB}>")]
    return _block(VOCAB + name, pairs + words + _example(each) + _alignments(each) + defined)


def _taken(name: str, each: Mapping[str, Any], pairs: Pairs) -> str:
    words = [("skos:prefLabel", _text(each[language][0], language)) for language in LANGUAGES]
    words += [("skos:scopeNote", _text(each[language][1], language)) for language in LANGUAGES]
    return _block(iri_of(name, each), pairs + words + _example(each) + _alignments(each))


def _certainty(each: Mapping[str, Any]) -> Pairs:
    """How certain a term is, where its table says so: as for codes."""
    if "status" not in each:
        return []
    doubts = [("skos:editorialNote", _text(f"{_UNCONFIRMED}.", "en"))] if each["status"] == "unconfirmed" else []
    return [(f"<{VOCAB}certainty>", _text(each["status"])), *doubts]


def _example(each: Mapping[str, Any]) -> Pairs:
    return [("skos:example", _text(each["example"]))] if "example" in each else []


def _alignments(each: Mapping[str, Any]) -> Pairs:
    pairs = [tuple(text.split(" ")) for text in each.get("align", ())]
    return [(f"{'rdfs' if kind.startswith('sub') else 'skos'}:{kind}", f"<{expand(iri)}>") for kind, iri in pairs]


def _kind(uses: list[Field], group: Group) -> str:
    iris = {
        "of" in use
        or "codes" in use
        or group.types.get(use.get("served", use.get("type", "")), {}).get("kind") == "iri"
        for use in uses
    }
    if iris == {False}:
        return "owl:DatatypeProperty"
    return "rdf:Property" if len(iris) == 2 else "owl:ObjectProperty"


def _usage(uses: list[Field]) -> Pairs:
    """Row, unit, list, status in the draft and tier, where every use of the name has the same."""
    pairs: Pairs = []
    row, unit, codes = (_same(uses, key) for key in ("row", "unit", "codes"))
    draft = _same([use for use in uses if "row" in use], "draft")
    tiers = {use.get("tier", "public") for use in uses}
    if row:
        pairs.append((f"<{VOCAB}row>", row))
    if unit:
        pairs.append((f"<{VOCAB}unitSymbol>", _text(unit)))
        pairs.append(("qudt:hasUnit", f"<http://qudt.org/vocab/unit/{_UNITS[unit]}>"))
    if codes:
        pairs.append((f"<{VOCAB}codeList>", f"<{VOCAB}codes/{codes}>"))
    if draft:
        pairs.append((f"<{VOCAB}draftStatus>", f"<{VOCAB}codes/draft-status/{draft}>"))
    if len(tiers) == 1:
        pairs.append((f"<{VOCAB}tier>", f"<{VOCAB}codes/tier/{tiers.pop()}>"))
    return pairs


def _same(uses: list[Field], key: str) -> str | None:
    values = {use.get(key) for use in uses if key in use} if key == "row" else {use.get(key) for use in uses}
    return values.pop() if len(values) == 1 else None


def _text(value: str, language: str | None = None) -> str:
    return json.dumps(value, ensure_ascii=False) + (f"@{language}" if language else "")


def _block(subject: str, pairs: Iterable[tuple[str, str]]) -> str:
    return f"<{subject}>\n    " + " ;\n    ".join(f"{predicate} {value}" for predicate, value in pairs) + " .\n"


def _document(blocks: list[str]) -> bytes:
    body = "\n".join(blocks)
    used = [f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(_PREFIXES.items()) if f"{name}:" in body]
    return ("".join(used) + "\n" + body).encode()
