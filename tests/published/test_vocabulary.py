import re
from collections.abc import Iterator

import pyoxigraph

from passport.published import VOCAB, Field, Published

LANGUAGES = {"en", "sv", "da", "pl"}


def every(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from every(field.fields)


def all_fields(published: Published) -> list[Field]:
    levels = ("model", "batch", "item")
    return [field for level in levels for field in every(published.shape("furniture", "1.0", level).fields)]


def test_the_values_of_the_enums_are_the_codes_of_their_lists(published: Published) -> None:
    definitions = published.schema(published.schema_iri("furniture", "1.0", "fields"))["$defs"]
    for name in ("granularity", "profile"):
        assert tuple(definitions[name]["enum"]) == tuple(published.code_list(name).codes)


def test_every_field_has_a_term_with_words_and_an_example_or_parts(published: Published) -> None:
    for field in all_fields(published):
        if field.server:
            continue
        term = published.term(field.name)
        assert term.iri == field.term
        assert set(term.labels) == set(term.comments) == LANGUAGES, field.name
        assert term.example or field.kind in {"object", "untouched"}, field.name


def test_every_code_list_of_a_field_exists(published: Published) -> None:
    used = {field.code_list for field in all_fields(published) if field.code_list}
    assert len(used) >= 12
    assert used <= set(published.code_lists())


def test_terms_have_neither_hash_nor_hyphen_and_no_two_share_an_iri(published: Published) -> None:
    terms = published.terms()
    assert len(terms) >= 160
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name) for name in terms)
    assert all("-" not in term.iri for term in terms.values() if term.iri.startswith(VOCAB))
    assert len({term.iri for term in terms.values()}) == len(terms)


def test_a_term_knows_its_unit_list_row_and_relations(published: Published) -> None:
    weight = published.term("netWeight")
    assert (weight.unit, weight.row, weight.tier) == ("kg", 31, "public")
    assert ("closeMatch", "https://ref.gs1.org/voc/netWeight") in weight.aligned
    assert published.term("category").code_list == "furniture-category"
    assert published.term("name").iri == "https://schema.org/name"
    assert published.term("digitalProductPassportId").iri == f"{VOCAB}digitalProductPassportId"


def test_labels_fall_back_to_english(published: Published) -> None:
    assert published.label("guarantee", "sv") == "Garanti"
    assert published.label("guarantee", "de") == "Warranty"


def test_minted_properties_say_what_kind_they_are(published: Published) -> None:
    rdf_type = pyoxigraph.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    turtle = published.file("vocab", "furniture-passport")
    kinds = {
        quad.subject.value.removeprefix(VOCAB): quad.object.value.rsplit("#")[-1]
        for quad in pyoxigraph.parse(turtle, format=pyoxigraph.RdfFormat.TURTLE)
        if quad.predicate == rdf_type
    }
    expected = {"materials": "ObjectProperty", "netWeight": "DatatypeProperty", "category": "ObjectProperty"}
    expected |= {"partPassport": "ObjectProperty", "components": "Property"}
    assert expected.items() <= kinds.items()
    assert (kinds["ProductPassport"], kinds["termName"], kinds[""]) == ("Class", "AnnotationProperty", "Ontology")
