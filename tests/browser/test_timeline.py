"""The timeline of a long life in a real browser: folds by keyboard and without scripts, at 320 px, and its colours."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import PHONE, faults, misfits
from tests.web.pages.sample_life import LIFE, REMADE

pytestmark = pytest.mark.browser

UNFOLD = "() => document.querySelectorAll('details').forEach(each => { each.open = true; })"
STRUCK = "each => getComputedStyle(each).textDecorationLine"


@pytest.fixture
def life(shelf, pages, make):
    def put(language, events=LIFE):
        shelf.pages = {"/life": pages.passport(language, make("item", events=events))}
        return f"{shelf.base}/life"

    return put


@pytest.mark.parametrize(("language", "events"), [("pl", LIFE), ("sv", REMADE)], ids=["long", "ended"])
def test_unfolded_it_is_accessible_and_fits_a_small_phone(chromium, life, language, events):
    page = chromium.new_page(viewport={"width": PHONE, "height": 800})
    page.goto(life(language, events))
    page.evaluate(UNFOLD)
    assert misfits(page) == []
    assert faults(page, within="#main") == []
    page.close()


def test_older_years_unfold_by_keyboard_and_without_scripts(chromium, life):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(life("en"))
    oldest = page.locator(".timeline__older").last
    created = page.get_by_role("link", name="Passport created")
    expect(created).to_be_hidden()
    oldest.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(created).to_be_visible()
    context.close()


def test_what_does_not_hold_is_struck_and_said_to_be(chromium, life):
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    page.goto(life("en"))
    page.evaluate(UNFOLD)
    struck = page.locator(".timeline__event--struck")
    expect(struck).to_have_count(2)
    for place in range(2):
        entry = struck.nth(place)
        expect(entry.get_by_text("Corrected", exact=True)).to_be_visible()
        assert entry.locator("del").first.evaluate(STRUCK) == "line-through"
    page.close()
