"""How far a document fills each profile is counted from the published schemas; the advice is in the reader's words."""

import json
from typing import Any

import pytest

from passport.codecs.strictjson import Limits, read
from passport.model.languages import LANGUAGES
from passport.model.report import Completeness
from passport.published import Published
from passport.validation.completeness import DOCUMENTS, NEXT, completeness

MINIMAL: dict[str, Any] = {
    "granularity": "model",
    "modelName": [{"value": "Chair", "language": "en"}],
    "manufacturer": {"name": "Maker"},
    "category": "office-chair",
    "components": [{"componentId": "seat", "materials": [{"materialClass": "wood-solid"}]}],
}


def _told(
    published: Published, *documents: dict[str, Any], language: str = "en"
) -> dict[tuple[int, str], Completeness]:
    raws = read(json.dumps(documents).encode(), media_type=None, limits=Limits(), published=published)
    return {(each.document, each.profile): each for each in completeness(raws, published, language=language)}


def test_filling_a_field_moves_it_from_missing_to_filled(published: Published) -> None:
    before = _told(published, MINIMAL)[0, "supplier"]
    after = _told(published, {**MINIMAL, "modelNumber": "M-1"})[0, "supplier"]
    assert "/modelNumber" in before.missing
    assert set(before.missing) - set(after.missing) == {"/modelNumber"}
    assert (after.filled, after.asked) == (before.filled + 1, before.asked)
    assert before.filled + len(before.missing) == before.asked


def test_a_member_counts_only_when_every_object_has_it(published: Published) -> None:
    seat = MINIMAL["components"][0]
    named = {**seat, "name": [{"value": "Seat", "language": "en"}]}
    parts = [named, {**seat, "componentId": "back"}]
    missing = _told(published, {**MINIMAL, "components": parts})[0, "supplier"].missing
    assert "/components/name" in missing
    assert "/components" not in missing
    assert "/components/name" not in _told(published, {**MINIMAL, "components": [named]})[0, "supplier"].missing


def test_one_of_several_fields_is_enough(published: Published) -> None:
    advice = [{"value": "Dust it.", "language": "en"}]
    assert "/careAdvice" in _told(published, MINIMAL)[0, "supplier"].missing
    for filled in ({"careAdvice": advice}, {"careInstructions": [{"url": "https://maker.example/care.pdf"}]}):
        assert "/careAdvice" not in _told(published, {**MINIMAL, **filled})[0, "supplier"].missing


def test_members_of_what_may_be_left_out_are_not_asked(published: Published) -> None:
    """The importer's address is required where there is an importer, and an importer need not be."""
    missing = _told(published, MINIMAL)[0, "espr-draft"].missing
    assert not any(each.startswith("/importer") for each in missing)


def test_what_more_profiles_ask_comes_first(published: Published) -> None:
    told = _told(published, MINIMAL)
    basic = set(told[0, "supplier"].missing)
    order = [each in basic for each in told[0, "espr-draft"].missing]
    assert order == sorted(order, reverse=True)


def test_the_draft_asks_more_than_the_supplier_profile(published: Published) -> None:
    told = _told(published, MINIMAL)
    supplier, draft = told[0, "supplier"], told[0, "espr-draft"]
    assert set(supplier.missing) <= set(draft.missing)
    assert supplier.asked < draft.asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_advice_is_in_the_language_of_the_reader(published: Published, language: str) -> None:
    told = _told(published, MINIMAL, language=language)[0, "supplier"]
    assert len(told.next) == NEXT
    assert [each.pointer for each in told.next] == list(told.missing[:NEXT])
    for each in told.next:
        name = each.pointer.rpartition("/")[2]
        assert published.label(name, language) in each.label
        assert each.description == published.term(name).comments[language]


def test_only_the_first_documents_are_told(published: Published) -> None:
    told = _told(published, *[MINIMAL] * (DOCUMENTS + 5))
    assert {document for document, _ in told} == set(range(DOCUMENTS))


def test_a_piece_is_asked_what_its_level_needs(published: Published) -> None:
    told = _told(published, {"granularity": "item", "category": "desk"})[0, "basic"]
    assert {"/owner", "/condition", "/availability", "/isSecondHandLegacy"} <= set(told.missing)
    assert not any(each.startswith("/components") for each in told.missing)


@pytest.mark.parametrize("odd", [{"granularity": "planet"}, {"granularity": 3}, {}, {"components": 7}])
def test_faulty_documents_do_no_harm(published: Published, odd: dict[str, Any]) -> None:
    for each in _told(published, {"granularity": "model", **odd} if "components" in odd else odd).values():
        assert each.filled <= each.asked
