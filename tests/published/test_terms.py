"""The words of every term: four languages, labels that tell siblings apart, examples that its own schema accepts."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema
import pytest

from passport.published import VOCAB, Published, Term

LANGUAGES = ("en", "sv", "da", "pl")
FORMS = ("model", "batch", "item", "event")
SAME_IN_ALL = {"GTIN", "GLN", "GIAI", "GRAI", "Leasing"}
LABEL = range(2, 61)
DESCRIPTION = range(15, 301)

Node = Mapping[str, Any]


def nodes(published: Published, group: str, version: str) -> Iterator[tuple[str, Mapping[str, Node]]]:
    """Every object of a group and the properties that stand side by side in it, as its schemas say."""
    for form in FORMS:
        yield form, published.schema(published.schema_iri(group, version, form))["properties"]
    fields = published.schema(published.schema_iri(group, version, "fields"))
    for name, definition in fields["$defs"].items():
        if "properties" in definition:
            yield name, definition["properties"]


def places(published: Published, group: str = "furniture", version: str = "1.0") -> Iterator[tuple[str, str, Node]]:
    """Every place where suppliers may put a value: object, name and property."""
    for place, properties in nodes(published, group, version):
        for name, value in properties.items():
            if "term" in value and "const" not in value and not value.get("server"):
                yield place, name, value


@pytest.fixture(scope="module")
def terms(published: Published) -> Mapping[str, Term]:
    return published.terms()


def everywhere(published: Published) -> list[tuple[str, str]]:
    """Every version of every product group."""
    return [(group, version) for group in published.groups() for version in published.versions(group)]


def plain(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()


def test_every_term_has_words_of_its_own_in_every_language(terms: Mapping[str, Term]) -> None:
    assert len(terms) >= 320
    for name, term in terms.items():
        assert set(term.labels) == set(term.comments) == set(LANGUAGES), name
        for language in LANGUAGES:
            label, comment = term.labels[language], term.comments[language]
            assert len(label) in LABEL, (name, language, label)
            assert len(comment) in DESCRIPTION, (name, language, comment)
            assert plain(label) != plain(comment), (name, language)
            assert comment.endswith((".", "…", "?")), (name, language)
            assert not label.endswith((".", " ")), (name, language)


def test_no_description_was_left_in_another_language(terms: Mapping[str, Term]) -> None:
    for name, term in terms.items():
        assert len(set(term.comments.values())) == len(LANGUAGES), name
        if len(set(term.labels.values())) == 1:
            assert term.labels["en"] in SAME_IN_ALL, name


def test_numbers_with_a_unit_name_it(published: Published, terms: Mapping[str, Term]) -> None:
    words = {
        "kg": "kilogram", "mm": "millimet", "%": "per cent", "mg/m³": "mg/m³", "kg/m³": "kilograms per cubic metre",
        "µg/m³": "micrograms per cubic metre", "g/l": "grams per litre", "g/m²": "grams per square metre",
        "mg/kg": "milligrams per kilogram", "V": "volts", "W": "watts", "year": "year", "min": "minutes",
        "cycle": "cycles", "kg CO2e": "kg of carbon dioxide",
    }  # fmt: skip
    seen = set()
    for _, name, value in places(published):
        if "unit" in value:
            seen.add(value["unit"])
            assert words[value["unit"]] in terms[name].comments["en"], name
    assert seen == set(words)


def test_restricted_fields_say_who_sees_them(published: Published, terms: Mapping[str, Term]) -> None:
    """A supplier has to know before writing; the state of a piece is told apart on its page."""
    says = {"legitimate-interest": "legitimate interest", "authority": "nly authorities", "owner": "nly the owner"}
    tiers: dict[str, set[str]] = {}
    for _, name, value in places(published):
        if value["tier"] == "owner" or not value.get("opening"):
            tiers.setdefault(name, set()).add(value["tier"])
    restricted = {name: found.pop() for name, found in tiers.items() if len(found) == 1 and "public" not in found}
    state = {"functionScore", "structureScore", "surfaceScore", "hygieneScore", "remarks", "notes"}
    state |= {"assessorRole", "photos", "defects", "remainingLifeEstimate"}
    silent = [name for name, tier in restricted.items() if says[tier] not in terms[name].comments["en"]]
    assert len(restricted) >= 25
    assert set(silent) <= state


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_fields_of_one_object_are_called_the_same(
    published: Published, terms: Mapping[str, Term], language: str
) -> None:
    objects = [each for group in everywhere(published) for each in nodes(published, *group)]
    for place, properties in objects:
        labels: dict[str, str] = {}
        for name, value in properties.items():
            if "term" in value:
                label = terms[name].labels[language]
                assert label not in labels, (place, name, labels[label], label)
                labels[label] = name


def written(published: Published, value: Node, example: str) -> Any:
    """The example as a submission would carry it."""
    reference = (value["items"] if value.get("type") == "array" else value)["$ref"]
    iri, _, name = reference.partition("#/$defs/")
    kind = published.schema(iri)["$defs"][name]["kind"]
    readers: Mapping[str, Callable[[str], Any]] = {
        "integer": int,
        "boolean": json.loads,
        "untouched": json.loads,
        "language": lambda text: [{"value": text, "language": "en"}],
    }
    one = readers.get(kind, str)(example)
    return [one] if value.get("type") == "array" else one


def test_every_example_is_valid_wherever_its_term_stands(published: Published, terms: Mapping[str, Term]) -> None:
    checked = 0
    objects: set[str] = set()
    for place, name, value in (each for group in everywhere(published) for each in places(published, *group)):
        reference = (value["items"] if value.get("type") == "array" else value)["$ref"]
        iri, _, definition = reference.partition("#/$defs/")
        if "properties" in published.schema(iri)["$defs"][definition]:
            assert terms[name].example is None, (place, name)
            objects.add(name)
            continue
        if place == "event" and name in objects:
            continue  # the identifiers of what the passport describes
        example = terms[name].example
        assert example is not None, (place, name)
        instance = written(published, value, example)
        validator = jsonschema.Draft202012Validator(
            value, registry=published.registry(), format_checker=jsonschema.FormatChecker()
        )
        assert [error.message for error in validator.iter_errors(instance)] == [], (place, name)
        checked += 1
    assert checked >= 300


def test_an_example_of_a_code_is_a_code_of_its_list(published: Published, terms: Mapping[str, Term]) -> None:
    """A name that has several lists (``scheme``) shows a code of one of them."""
    lists: dict[str, set[str]] = {}
    for _, name, value in places(published):
        if "codeList" in value:
            lists.setdefault(name, set()).update(published.code_list(value["codeList"].rsplit("/", 1)[1]).codes)
    assert len(lists) >= 35
    assert [name for name, codes in lists.items() if terms[name].example not in codes] == []


def test_fields_of_the_draft_say_so_and_where_it_was_read(published: Published) -> None:
    statuses = published.code_list("draft-status")
    assert all(concept.status == "unconfirmed" for concept in statuses.codes.values())
    marked = {(place, name): value["draft"] for place, name, value in places(published) if "draft" in value}
    assert len(marked) >= 200
    assert set(marked.values()) == set(statuses.codes)
    assert (marked["model", "spareParts"], marked["model", "epd"], marked["item", "owner"]) == ("M", "T", "V")
    assert ("model", "isSecondHandLegacy") not in marked
    parts = next(field for field in published.shape("furniture", "1.0", "model").fields if field.name == "spareParts")
    assert (parts.draft, published.term("joints").draft, published.term("padding").draft) == ("M", "PM", None)
    turtle = published.file("vocab", "furniture-passport").decode()
    assert f"<{VOCAB}draftStatus> <{VOCAB}codes/draft-status/PM>" in turtle


def test_the_draft_profile_asks_for_every_row_the_draft_makes_mandatory(published: Published) -> None:
    apart = {
        2: "the service gives it",
        22: "imported products",
        23: "makers outside the EU",
        46: "textiles",
        83: "hazards",
    }
    profile = published.schema(published.schema_iri("furniture", "1.0", "profiles/espr-draft"))["allOf"][0]["then"]
    always = published.schema(published.schema_iri("furniture", "1.0", "model"))["required"]
    names = {*members(profile), *always}
    rows: dict[int, set[str]] = {}
    for place, name, value in places(published):
        if value.get("draft") in {"PM", "M"} and place not in {"batch", "item"} and "row" in value:
            rows.setdefault(value["row"], set()).add(name)
    assert len(rows) >= 28
    assert {row for row, found in rows.items() if not found & names} <= set(apart)


def members(schema: Node) -> Iterator[str]:
    """Every name that a profile requires, at any depth; of alternatives, each."""
    yield from schema.get("required", ())
    for choice in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from members(choice)
    for value in schema.get("properties", {}).values():
        yield from members(value.get("items", value))


def test_a_term_that_nobody_confirmed_says_so(published: Published) -> None:
    assert (published.term("maxLoad").status, published.term("netWeight").status) == ("unconfirmed", None)
    turtle = published.file("vocab", "furniture-passport").decode()
    for name in ("maxLoad", "scipNumber", "materialCode"):
        block = turtle.split(f"<{VOCAB}{name}>\n", 1)[1].split(" .\n", 1)[0]
        assert f'<{VOCAB}certainty> "unconfirmed"' in block, name
        assert "Not confirmed; verify before relying on it." in block, name
