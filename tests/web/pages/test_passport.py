"""What the page of a passport tells, and in which order."""

import re
from dataclasses import replace

import pytest

from passport.model.access import Role
from passport.ports import Organisation
from passport.proofs.jose import Outcome

ORDER = (
    "passport__picture",
    "<h1",
    "7KX9-4M2Q-Z",
    "composition",
    "care",
    "repair",
    "safety",
    "environment",
    "end",
    "trust",
)


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_order_is_that_of_somebody_before_the_furniture(pages, make):
    html = pages.passport("en", make())
    body = html[html.index("<main") :]
    places = [body.index(each if each[0] in "<7p" else f'<section aria-labelledby="{each}"') for each in ORDER]
    assert places == sorted(places)


def test_material_shares_are_drawn_and_told(pages, make):
    html = pages.passport("sv", make())
    widths = [float(each) for each in re.findall(r'<rect class="tone[^>]*width="([\d.]+)" height="8"', html)]
    assert sum(widths) == pytest.approx(100, abs=0.05)
    assert (
        '<svg class="plot" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-labelledby="plot-title">'
        in html
    )
    assert "71,9\u00a0%" in html
    assert "71.9%" in pages.passport("en", make())


def test_empty_sections_are_not_shown(pages, make):
    bare = {"careAdvice", "careInstructions", "guarantee", "expectedLifetime", "spareParts", "sparePartsAvailableYears"}
    view = make()
    document = {name: value for name, value in view.document.items() if name not in bare}
    html = pages.passport("en", make(document=document))
    assert 'id="care"' not in html
    assert 'id="repair"' not in html
    assert 'id="environment"' in html


def test_a_piece_shows_its_model_and_marks_what_the_model_says(pages, make):
    html = pages.passport("en", make("item"))
    assert "Task chair Lund" in html
    assert "dark green" in html
    assert ">black<" not in html, "the piece's own colour goes before its model's"
    assert "This is said by the model’s passport." in html
    assert 'Weight <span class="badge">Model</span>' in html
    assert "Colour <span" not in html
    assert 'href="/passports/7KX94M2QZ">The model’s passport, version 1</a>' in html


def test_foreign_words_carry_their_language(pages, make):
    html = pages.passport("da", make())
    assert '<span lang="en">Task chair Lund</span>' in html, "no Danish name: English goes before Swedish"
    assert '<span lang="sv">' not in html
    only = make(modelName=[{"value": "Bürostuhl", "language": "de-AT"}])
    assert '<span lang="de-AT">Bürostuhl</span>' in pages.passport("pl", only)


def test_every_environment_figure_names_its_source(pages, make):
    html = pages.passport("en", make())
    environment = text(html[html.index('id="environment"') : html.index('id="end"')])
    assert "71.25 kg CO₂e" in environment
    assert "Source: EPD, EPD Norge, 31 May 2024" in environment.replace("\u00a0", " ")
    assert "stated by the issuer of this passport; no evidence is attached" in environment


def test_an_unverified_gtin_says_so_wherever_it_shows(pages, make):
    assert pages.passport("en", make()).count("unverified") == 2
    assert "unverified" not in pages.passport("en", make(gtinVerified=True))
    assert "unverified" in pages.passport("en", make("item")), "the model's GTIN shows on the piece's page"


def test_a_data_office_is_not_the_maker(pages, make):
    office = Organisation("data-office", "Example data office", Role.SUPPLIER, "data-office")
    html = text(pages.passport("en", make(issuer=office)))
    assert "Example data office issued this passport and is not the maker of the product." in html
    assert "not the maker" not in text(pages.passport("en", make()))


def test_the_signature_is_explained(pages, make):
    view = make()
    assert "The signature holds" in pages.passport("en", view)
    assert "who said this, not that it is true" in pages.passport("en", view)
    assert "The signature was not checked" in pages.passport("en", replace(view, verification=None))
    checks = view.verification.checks
    broken = replace(view.verification, checks=tuple(replace(each, outcome=Outcome.FAILED) for each in checks))
    assert "The signature does not hold" in pages.passport("en", replace(view, verification=broken))
    assert "1. Is the document of a reasonable size?" in pages.verification("en", view)


def test_an_old_version_leads_to_the_newest(pages, make):
    html = pages.passport("en", make(versions=3))
    assert "This is version 1. It was replaced by a newer one." in html
    assert 'href="/passports/7KX94M2QZ/versions/1" aria-current="true"' in html
    assert "replaced by" not in pages.passport("en", make())


def test_history_and_restricted_documents_are_named(pages, make):
    html = pages.passport("en", make("item"))
    assert 'href="/events/5a1e0000-0000-4000-8000-000000000001"' in html
    assert 'href="/credentials/2"' in html
    assert "only some people may read" in html
    assert text(html).count("Condition") >= 1


def test_machine_forms_and_the_qr_code_are_named(pages, make):
    html = pages.passport("en", make())
    for each in ("application/json", "application/ld+json", "application/vc+jwt", "text/turtle", "/qr.svg", "/qr.png"):
        assert each in html


def test_a_miswritten_code_is_shown_in_groups_to_read_again(every_page):
    html = every_page("en")["miswritten"]
    for group in ("7KX9", "4M2Q", "Y"):
        assert f'<span class="miswritten__group">{group}</span>' in html
    assert 'value="7KX9-4M2Q-Y"' in html


def test_a_tombstone_tells_when_who_and_why(every_page):
    html = text(every_page("pl")["withdrawn"])
    assert "03.11.2026" in html
    assert "Lund Möbler AB" in html
    assert "Issued twice." in html


def test_a_page_has_a_language_even_for_an_unknown_one(pages):
    assert '<html lang="en">' in pages.home("xx")
