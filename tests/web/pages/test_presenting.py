"""A passport that says everything: each field in the form that suits it, and nothing empty, in every language."""

import re
from dataclasses import replace

import pytest

from passport.model.languages import LANGUAGES
from passport.published import Published
from tests.web.pages.sample_documents import FULL, FULL_ITEM, MODEL
from tests.web.pages.samples import Make, Pages


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ")


def section(html: str, name: str) -> str:
    found = re.search(rf'<section aria-labelledby="{name}".*?</section>', html, re.S)
    assert found is not None, name
    return found[0]


def test_every_public_field_is_shown(pages: Pages, make: Make, published: Published) -> None:
    shape = published.shape("furniture", "1.0", "model")
    elsewhere = {"granularity", "category", "image", "modelName", "evidence", "profile", "uniqueProductIdentifier"}
    answers = {"noSubstancesOfConcern", "svhcDeclaration"}
    shown = plain(pages.passport("en", make(document=FULL), unfolded=True))
    for field in shape.fields:
        if field.tier == "public" and not field.server and field.name in FULL and field.name not in elsewhere | answers:
            assert published.label(field.name, "en") in shown, field.name


def test_the_sections_come_from_the_layout_and_fold(pages: Pages, make: Make, published: Published) -> None:
    html = pages.passport("pl", make(document=FULL))
    layout = published.group("furniture", "1.0").sections
    assert re.findall(r'class="fold">', html) == ['class="fold">'] * len(layout)
    assert [each.titles["pl"] for each in layout] == re.findall(r"fold__title[^>]*>([^<]+)<", html)
    assert html.count("<details open>") == 3
    unfolded = pages.passport("pl", make(document=FULL), unfolded=True)
    assert unfolded.count("<details open>") == len(layout)
    for each in layout:
        assert f'href="#{each.id}"' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_empty_is_shown(pages: Pages, make: Make, language: str) -> None:
    for document in (FULL, MODEL):
        html = pages.passport(language, make(document=document), unfolded=True)
        assert not re.search(r"<(dd|dt|th|li|p|dl|ul|ol|h[1-6]|caption)\b[^>]*>\s*</\1>", html)
        assert "None" not in html
        assert "{'" not in html


def test_components_tell_what_they_are_made_of(pages: Pages, make: Make) -> None:
    html = pages.passport("sv", make(document=FULL))
    parts = re.findall(r'<li class="part"[^>]*>.*?</div>\s*</li>', section(html, "composition"), re.S)
    assert len(parts) == 4
    screen = plain(parts[3])
    assert "Bordsskärm" in screen
    assert "2,9 kg" in screen
    assert re.search(r"Ylletyg 40 %.*Ull, 80 % ; Polyamid|Ylletyg 40 %.*Ull, 80 %.*Polyamid[^0-9]*20 %", screen)
    assert "35 kg/m³" in screen


def test_disassembly_is_a_numbered_list_with_tools_and_joints(pages: Pages, make: Make) -> None:
    html = section(pages.passport("en", make(document=FULL)), "end")
    steps = [plain(each) for each in re.findall(r'<li class="steps__step">.*?</li>', html, re.S)]
    assert len(steps) == 3
    assert "screwdriver, T20" in steps[1]
    assert "Motor and control box" in steps[1]
    assert "8 min" in steps[1]
    assert "Table top + Frame" in plain(html)


def test_substances_say_where_they_are_and_what_that_means(pages: Pages, make: Make, published: Published) -> None:
    html = plain(section(pages.passport("en", make(document=FULL)), "substances"))
    meaning = published.code_list("threshold-basis").codes["reach-svhc-0.1"].definitions["en"]
    assert meaning in html
    assert "Motor and control box" in html
    assert "cannot be touched in use" in html
    assert "At least one part contains a substance of very high concern" in html
    assert re.search(r"PFAS\s+Not known", html)
    assert re.search(r"Bisphenol A\s+No", html)


def test_the_absence_of_substances_is_a_plain_sentence(pages: Pages, make: Make) -> None:
    clean = {name: value for name, value in FULL.items() if name != "substancesOfConcern"}
    clean |= {"noSubstancesOfConcern": True, "svhcDeclaration": {"noneAboveThreshold": True}}
    html = plain(pages.passport("en", make(document=clean)))
    assert "The issuer declares that it contains no substances of concern." in html
    assert "no part contains a substance of very high concern above the threshold." in html


def test_words_are_explained_at_the_end_of_their_section_and_lead_to_their_pages(pages: Pages, make: Make) -> None:
    html = section(pages.passport("da", make(document=FULL)), "end")
    assert "Hvad betyder ordene?" in html
    assert 'href="/vocab/codes/end-of-life-route/material-recycling"' in html


def test_grades_name_their_scale(pages: Pages, make: Make) -> None:
    html = plain(section(pages.passport("en", make(document=FULL)), "durability"))
    assert "6 of 8" in html
    assert "4 of 5" in html
    assert "60 000 cycles" in html


def test_a_piece_names_its_batch_its_carriers_and_its_former_passports(pages: Pages, make: Make) -> None:
    html = pages.passport("en", make("item", document=FULL_ITEM, model=FULL))
    identity = plain(section(html, "identity"))
    assert "under the top" in identity
    assert "4 May 2026" in identity
    assert "/passports/7KX94M2QZ" in identity
    assert 'href="/passports/9C2TQ6XN8">The batch’s passport</a>' in html
    assert "This is said by the model’s passport." in section(html, "composition")
    assert '<span class="badge">Model</span>' in section(html, "identity")


def test_what_is_kept_of_one_piece_is_never_shown_of_another(pages: Pages, make: Make) -> None:
    one = pages.passport("en", make("item", model=FULL, colour=[{"value": "blue", "language": "en"}]))
    other = pages.passport("en", make("item", model={**FULL, "netWeight": "40"}, colour=[]))
    assert "blue" in one
    assert "46.5" in one
    assert "blue" not in other
    assert "40\u00a0kg" in other


def test_materials_without_components_are_told_in_full(pages: Pages, make: Make) -> None:
    materials = [{"materialClass": "textile-cotton", "massShare": "100", "recycledContent": {"total": "20"}}]
    document = {name: value for name, value in MODEL.items() if name != "components"}
    html = section(pages.passport("en", make(document={**document, "materials": materials})), "composition")
    assert "20%" in html
    bare = [{"materialClass": "textile-cotton", "massShare": "100"}]
    html = section(pages.passport("en", make(document={**document, "materials": bare})), "composition")
    assert '<li class="part">' not in html


def test_a_reference_to_a_component_leads_to_its_card(pages: Pages, make: Make) -> None:
    html = pages.passport("en", make(document=FULL))
    cards = set(re.findall(r'<li class="part" id="([^"]+)"', html))
    assert len(cards) == len(FULL["components"])
    led = set(re.findall(r'href="#(part-[^"]+)"', html))
    assert led
    assert led <= cards
    piece = make("item", model=FULL, components=[{"componentId": "other", "function": "frame"}])
    html = pages.passport("en", piece)
    assert 'id="part-other"' in html
    assert 'href="#part-' not in html, "the model's components have no cards beside the piece's own"


def test_a_version_says_whether_it_corrects_or_changes_and_why(pages: Pages, make: Make) -> None:
    reason = [{"value": "The weight was wrong.", "language": "en"}]
    for kind, said in (("correction", "Correction"), ("change", "Change of the product")):
        html = pages.passport("en", make(version=2, versions=2, revision={"revisionType": kind, "reason": reason}))
        assert f"<strong>{said}</strong>: The weight was wrong." in html
    assert "<strong>Correction</strong></p>" in pages.passport("en", make(revision={"revisionType": "correction"}))
    assert "<strong>Change" not in pages.passport("en", make(version=2, versions=2))


def test_a_batch_speaks_between_a_piece_and_its_model(pages: Pages, make: Make, published: Published) -> None:
    batch = {name: MODEL[name] for name in ("contentSpecificationIds", "version") if name in MODEL} | {
        "granularity": "batch",
        "productionCountry": "LT",
        "manufacturingDate": "2026-04",
        "renewableContent": "61",
    }
    piece = make("item", model={**FULL, "productionCountry": "SE"}, manufacturingDate="2026-05-04")
    html = pages.passport("en", replace(piece, batch_document=batch), unfolded=True)
    identity = plain(section(html, "identity"))
    assert "Lithuania" in identity
    assert "Sweden" not in re.sub(r"Made by.*", "", identity.partition("Country of production")[2])[:40]
    assert "4 May 2026" in identity, "the piece's own word goes first"
    assert '<span class="badge">Batch</span>' in section(html, "identity")
    assert "What is marked “Batch” is said by the batch’s passport." in section(html, "identity")
    other = pages.passport("en", replace(piece, batch_document={**batch, "productionCountry": "EE"}))
    assert "Estonia" in plain(section(other, "identity"))
    assert "Lithuania" not in other
    assert "Lithuania" not in pages.passport("en", piece)


def test_a_material_beyond_the_colours_is_striped_and_said_to_be(
    pages: Pages, make: Make, published: Published
) -> None:
    codes = sorted(published.code_list("material-class").codes)[:11]
    few = [{"materialClass": code, "massShare": "12.5"} for code in codes[:8]]
    many = [{"materialClass": code, "massShare": str(20 - place)} for place, code in enumerate(codes)]
    document = {name: value for name, value in MODEL.items() if name != "components"}
    html = pages.passport("en", make(document={**document, "materials": many}))
    tones = re.findall(r'tone-(\d+)"', re.search(r'<svg class="plot".*?</svg>', html)[0])
    assert tones == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "9", "9"]
    assert html.count('id="stripes"') == 1
    assert "the smaller shares are striped alike" in html
    assert "stripes" not in pages.passport("en", make(document={**document, "materials": few}))


def test_another_group_gets_the_forms_that_its_layout_marks(pages: Pages, make: Make, published: Published) -> None:
    (group,) = (name for name in published.groups() if published.group(name, published.current(name)).preview)
    version = published.current(group)
    garment = {name: value for name, value in MODEL.items() if name not in ("category", "components", "materials")}
    garment |= {
        "contentSpecificationIds": [published.schema_iri(group, version, "model")],
        "substancesOfConcern": [{"substanceName": "Formaldehyde", "casNumber": "50-00-0"}],
        "pfas": {"contained": "no"},
        "textileFormaldehyde": "16",
    }
    html = section(pages.passport("en", make(document=garment), unfolded=True), "environment")
    assert 'class="govuk-table cards answers"' in html
    assert '<p class="fact__title">Formaldehyde</p>' in html
    assert "What do these words mean?" in html
    assert "stated by the issuer of this passport; no evidence is attached" in html
