"""Codes lead to items of Wikidata of which sources name both the number and the name."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from passport.published import Concept, Published
from passport.published.namespaces import WIKIDATA

SOURCE = Path(__file__).parents[2] / "vocab" / "source" / "wikidata.toml"

Read = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def read() -> Read:
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def links(published: Published) -> list[tuple[str, Concept, str, str]]:
    """List, code, relation and number of the item."""
    return [
        (name, concept, relation, iri.removeprefix(WIKIDATA))
        for name in published.code_lists()
        for concept in published.code_list(name).codes.values()
        for relation, iri in concept.aligned
        if iri.startswith(WIKIDATA)
    ]


def test_every_link_leads_to_an_item_that_was_read_about(
    links: list[tuple[str, Concept, str, str]], read: Read
) -> None:
    numbers = {number for _, _, _, number in links}
    assert all(re.fullmatch(r"Q[1-9]\d*", number) for number in numbers)
    assert numbers == set(read["items"])
    lists = Counter(name for name, _, _, _ in links)
    assert set(lists) == {"fibre", "furniture-category", "material-class", "plating-metal", "timber-species"}
    assert len(links) >= 70


def test_an_item_was_read_about_in_an_extract_or_in_two_sources(read: Read) -> None:
    for number, each in read["items"].items():
        sources = [read["sources"][name] for name in each["read"]]
        assert len(set(each["read"])) == len(each["read"]), number
        assert len(sources) >= 2 or any(source.get("extract") for source in sources), number
    assert {name for each in read["items"].values() for name in each["read"]} == set(read["sources"])


def test_no_two_items_or_sources_are_called_the_same(read: Read) -> None:
    for told in (
        [each["label"] for each in read["items"].values()],
        [each["what"] for each in read["sources"].values()],
    ):
        assert all(told)
        assert len(set(told)) == len(told)


def test_a_code_knows_what_its_items_are_called(links: list[tuple[str, Concept, str, str]], read: Read) -> None:
    for _, concept, _, number in links:
        assert concept.called[WIKIDATA + number] == read["items"][number]["label"]
    assert all(set(concept.called) <= {iri for _, iri in concept.aligned} for _, concept, _, _ in links)


def test_no_two_codes_are_the_same_as_one_item(links: list[tuple[str, Concept, str, str]]) -> None:
    same = Counter(number for _, _, relation, number in links if relation == "exactMatch")
    near = Counter((name, number) for name, _, relation, number in links if relation in ("exactMatch", "closeMatch"))
    assert {number for number, times in same.items() if times > 1} == set()
    assert {each for each, times in near.items() if times > 1} == set()


def test_a_code_stands_in_one_relation_only_to_an_item(links: list[tuple[str, Concept, str, str]]) -> None:
    pairs = Counter((concept.iri, number) for _, concept, _, number in links)
    assert set(pairs.values()) == {1}
    assert {relation for _, _, relation, _ in links} <= {"exactMatch", "closeMatch", "broadMatch", "narrowMatch"}


def test_a_timber_of_several_species_is_wider_than_each_of_them(
    links: list[tuple[str, Concept, str, str]], read: Read
) -> None:
    """One of a single species is near to it, under its scientific name."""
    for name, concept, relation, number in links:
        if name == "timber-species":
            assert read["items"][number]["label"] in concept.latin
            assert relation == ("closeMatch" if len(concept.latin) == 1 else "narrowMatch"), concept.code


def test_the_links_are_counted_by_relation(published: Published, links: list[tuple[str, Concept, str, str]]) -> None:
    assert published.links_to(WIKIDATA) == Counter(relation for _, _, relation, _ in links)
    assert published.links_to("https://elsewhere.example/") == {}
