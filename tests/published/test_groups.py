"""What is published of a product group beside its schemas."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import pytest

from passport.errors import NotFound
from passport.model.languages import LANGUAGES
from passport.published import CONTEXT, CREDENTIAL_CONTEXT, GROUP, Field, KindFacts, Published
from passport.published.groups import FORMS, read_group, read_kinds


@pytest.fixture(scope="module")
def published() -> Published:
    return Published.load()


def test_every_group_is_described_in_every_language(published: Published) -> None:
    for name in published.groups():
        for version in published.versions(name):
            group = published.group(name, version)
            assert (group.name, group.version) == (name, version)
            assert {*LANGUAGES} <= {*group.titles}
            for section in group.sections:
                assert {*LANGUAGES} <= {*section.titles}
                assert section.fields
            shapes = [published.shape(name, version, level) for level in ("model", "batch", "item")]
            names = {field.name for shape in shapes for field in shape.fields}
            placed = [field for section in group.sections for field in section.fields]
            assert len(placed) == len(set(placed))
            assert {*placed, *group.names, group.kind} <= names


def test_the_furniture_group(published: Published) -> None:
    group = published.group(GROUP, "1.0")
    assert not group.preview
    assert group.titles["sv"] == "Möbler"
    assert (group.context, group.credential_context) == (CONTEXT, CREDENTIAL_CONTEXT)
    assert (group.kind, group.names) == ("category", ("itemName", "modelName"))


def test_the_group_of_a_document(published: Published) -> None:
    names = [published.schema_iri(GROUP, "1.0", "item"), published.schema_iri(GROUP, "1.0", "profiles/basic")]
    assert published.group_of({"contentSpecificationIds": names}) is published.group(GROUP, "1.0")


def test_kinds_are_codes_of_the_list_of_kinds(published: Published) -> None:
    for name in published.groups():
        for version in published.versions(name):
            field = {f.name: f for f in published.shape(name, version, "model").fields}[
                published.group(name, version).kind
            ]
            assert field.code_list is not None
            assert published.kinds(name, version).keys() <= published.code_list(field.code_list).codes.keys()


def test_facts_of_a_kind_are_exact() -> None:
    facts = read_kinds({"stool": {"standards": ["EN 1"], "ranges": {"netWeight": [0.1, 4]}}})
    assert facts == {"stool": KindFacts(("EN 1",), {"netWeight": (Decimal("0.1"), Decimal(4))})}


def test_a_group_that_is_not_published(published: Published) -> None:
    for wanted in (published.group, published.kinds):
        with pytest.raises(NotFound):
            wanted("boats", "1.0")
        with pytest.raises(NotFound):
            wanted(GROUP, "0.7")


def test_what_other_groups_share_is_not_described_as_furniture(published: Published) -> None:
    """A garment's page names and explains its fields; of furniture only examples may speak."""
    of_furniture = re.compile(r"furniture|möbel|møbel|møbl|mebel|mebl|upholster|obiciow", re.IGNORECASE)
    exemplary = {"productGroup", "grai", "itemName", "pfas"}
    for group in published.groups()[1:]:
        names = {use.path[-1] for use in published.uses(group, published.current(group))} - exemplary
        terms = [published.term(name) for name in sorted(names)]
        texts = [(each.name, text) for each in terms for text in (*each.labels.values(), *each.comments.values())]
        assert len(texts) > 100
        assert [each for each in texts if of_furniture.search(each[1])] == []


def test_references_lead_to_lists_that_the_group_has(published: Published) -> None:
    for name in published.groups():
        for version in published.versions(name):
            for level in ("model", "batch", "item"):
                fields = published.shape(name, version, level).fields
                known = {field.name for field in fields}
                assert {field.refers for field in _nested(fields)} <= {None, *known}


def _nested(fields: Iterable[Field]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _nested(field.fields)


def test_how_fields_are_shown_and_found_is_marked_in_the_layout(published: Published) -> None:
    for name in published.groups():
        version = published.current(name)
        group = published.group(name, version)
        shapes = [published.shape(name, version, level) for level in ("item", "model")]
        fields = {field.name: field for shape in shapes for field in shape.fields}
        assert {*group.forms, *group.explained, *group.brief, *group.incomparable} <= fields.keys()
        assert {*group.forms.values()} <= FORMS
        for field, members in group.brief.items():
            assert {*members} <= {each.name for each in fields[field].fields}
        assert any(section.sources for section in group.sections)
        for facet in group.facets:
            assert {*LANGUAGES} <= {*facet.titles}
            assert bool(facet.path) != bool(facet.code_list)
            assert facet.code_list is None or published.code_list(facet.code_list).codes
            assert not facet.path or facet.path[0] in fields


def test_a_form_that_nobody_knows_is_refused_and_marks_may_be_absent() -> None:
    bare = {
        "status": "preview",
        "title": {},
        "context": "https://a.example/passport/1",
        "credentialContext": "https://a.example/credential/1",
        "kind": "kind",
        "names": [],
        "sections": [],
    }
    group = read_group("lamps", "0.1", bare)
    assert (group.forms, group.brief, group.facets, group.explained) == ({}, {}, (), frozenset())
    with pytest.raises(ValueError, match="no such forms"):
        read_group("lamps", "0.1", bare | {"forms": {"shade": "hologram"}})
