"""Turtle: the vocabulary and the code lists."""

from collections.abc import Mapping
from typing import Any

from generation.source import LANGUAGES, PREFIXES, VOCAB, Field, Group, expand, iri_of
from generation.writing import LICENCE, Pairs, block, document, literal

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


def code_list(name: str, table: Mapping[str, Any], items: Mapping[str, str]) -> bytes:
    """One code list as a SKOS concept scheme; ``items`` are the labels of Wikidata's items by IRI.

    Items have numbers for names, so that the list says what those that it links to are called.
    """
    scheme = f"{VOCAB}codes/{name}"
    titles = [("skos:prefLabel", literal(table["title"][each], each)) for each in LANGUAGES]
    blocks = [block(scheme, [("a", "skos:ConceptScheme"), *titles, ("dcterms:license", f"<{LICENCE}>")])]
    blocks += [_concept(scheme, code, each, table["status"]) for code, each in table["codes"].items()]
    blocks += [_collection(scheme, name, words, table["codes"]) for name, words in table.get("groups", {}).items()]
    return document(blocks + _items(table["codes"], items))


def _items(codes: Table, items: Mapping[str, str]) -> list[str]:
    """The names of the items that some codes are aligned with; a ``KeyError`` for one of which nothing is known."""
    linked = {expand(text.split(" ")[1]) for each in codes.values() for text in each.get("align", ())}
    named = sorted(iri for iri in linked if iri.startswith(PREFIXES["wd"]))
    return [block(iri, [("rdfs:label", literal(items[iri], "en"))]) for iri in named]


def _collection(scheme: str, group: str, words: Mapping[str, str], codes: Table) -> str:
    """The heading that some codes of a list stand under."""
    pairs = [("a", "skos:Collection"), ("skos:notation", literal(group))]
    pairs += [("skos:prefLabel", literal(words[language], language)) for language in LANGUAGES]
    pairs += [("skos:member", f"<{scheme}/{code}>") for code, each in codes.items() if each.get("group") == group]
    return block(f"{scheme}#{group}", pairs)


def _concept(scheme: str, code: str, each: Mapping[str, Any], status: str) -> str:
    certainty = each.get("status", status)
    pairs = [("a", "skos:Concept"), ("skos:inScheme", f"<{scheme}>"), ("skos:topConceptOf", f"<{scheme}>")]
    pairs += [("skos:notation", literal(code))]
    pairs += [("skos:prefLabel", literal(each[language][0], language)) for language in LANGUAGES]
    pairs += [("skos:definition", literal(each[language][1], language)) for language in LANGUAGES]
    pairs += [(f"<{VOCAB}certainty>", literal(certainty))]
    if "group" in each:
        pairs.append((f"<{VOCAB}group>", literal(each["group"])))
    pairs += [("skos:altLabel", literal(name, "la")) for name in each.get("latin", ())]
    for notation in each.get("notation", ()):
        pairs += _notation(notation)
    pairs += _facts(each)
    if "note" in each:
        pairs.append(("skos:note", literal(each["note"], "en")))
    doubts = [f"{_UNCONFIRMED}: {what}." for what in each.get("unconfirmed", ())]
    if certainty == "unconfirmed":
        doubts.append(f"{_UNCONFIRMED}.")
    pairs += [("skos:editorialNote", literal(doubt, "en")) for doubt in doubts]
    return block(f"{scheme}/{code}", pairs + _alignments(each))


def _notation(notation: str) -> Pairs:
    """``system:value``, with a question mark behind it if unconfirmed, as a notation typed by its system.

    A system is a classification, or a code of another list as ``list/code``.
    """
    system, _, value = notation.partition(":")
    place = system if "/" in system else f"classification-scheme/{system}"
    typed = f"{literal(value.removesuffix('?'))}^^<{VOCAB}codes/{place}>"
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
    return document(blocks + _terms(group, terms))


def own_terms(group: Group, terms: Table) -> bytes:
    """The terms that a group brings beside those of the ontology."""
    return document(_terms(group, terms))


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
    return [(f"<{VOCAB}termName>", literal(name))]


def _ontology() -> str:
    titles = [("dcterms:title", literal(words[0], language)) for language, words in _TITLE.items()]
    descriptions = [("dcterms:description", literal(words[1], language)) for language, words in _TITLE.items()]
    pairs = [("a", "owl:Ontology"), *titles, *descriptions, ("dcterms:license", f"<{LICENCE}>")]
    pairs += [("vann:preferredNamespacePrefix", literal("fp")), ("vann:preferredNamespaceUri", literal(VOCAB))]
    return block(VOCAB, pairs)


def _minted(name: str, each: Mapping[str, Any], pairs: Pairs) -> str:
    words = [("rdfs:label", literal(each[language][0], language)) for language in LANGUAGES]
    words += [("rdfs:comment", literal(each[language][1], language)) for language in LANGUAGES]
    defined = [("rdfs:isDefinedBy", f"<{VOCAB}>")]
    return block(VOCAB + name, pairs + words + _example(each) + _alignments(each) + defined)


def _taken(name: str, each: Mapping[str, Any], pairs: Pairs) -> str:
    words = [("skos:prefLabel", literal(each[language][0], language)) for language in LANGUAGES]
    words += [("skos:scopeNote", literal(each[language][1], language)) for language in LANGUAGES]
    return block(iri_of(name, each), pairs + words + _example(each) + _alignments(each))


def _certainty(each: Mapping[str, Any]) -> Pairs:
    """How certain a term is, where its table says so: as for codes."""
    if "status" not in each:
        return []
    doubts = [("skos:editorialNote", literal(f"{_UNCONFIRMED}.", "en"))] if each["status"] == "unconfirmed" else []
    return [(f"<{VOCAB}certainty>", literal(each["status"])), *doubts]


def _example(each: Mapping[str, Any]) -> Pairs:
    return [("skos:example", literal(each["example"]))] if "example" in each else []


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
        pairs.append((f"<{VOCAB}unitSymbol>", literal(unit)))
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
