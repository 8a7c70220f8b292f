"""The picture of one's own answer in a real browser: without scripts, and behind a button of the editor."""

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from passport.model.languages import LANGUAGES
from passport.settings import Settings
from passport.web.pages.querying import EDITOR
from passport.web.pages.rendering import ASSETS
from passport.wiring import create_system
from tests.browser.looking import DESK, LAYOUT, PHONE, RULES, faults, misfits, shorten
from tests.conftest import SECRET
from tests.ports import free_port
from tests.web.live import filled, served

pytestmark = pytest.mark.browser

HOSTILE = "</svg><img src=x onerror=alert(1)>"
VALUES = {
    "bars": f'(?kind ?n) {{ ("stol" 3) ("{HOSTILE}" -2) ("כיסא משרדי ארוך מאוד" 1) ("{"椅子" * 60}" 0.5) }}',
    "groups": '(?kind ?pieces ?mass) { ("stol" 3 400.5) ("bord" 2 120) }',
    "lines": '(?month ?n) { ("2025-01" 3) ("2025-09" 2) ("2026-11" 12) }',
    "points": "(?mass ?width) { (1 20) (300 4000) (1e300 -5) }",
}
QUERIES = {name: f"SELECT * {{ VALUES {each} }}" for name, each in VALUES.items()}
NAMES = "SELECT * { VALUES ?kind { 'stol' 'bord' } }"
editor = pytest.mark.skipif(
    not all((ASSETS / name).is_file() for name in EDITOR), reason="the editor was not fetched in this tree"
)


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = Settings(data=tmp_path_factory.mktemp("picture") / "store", base_url=address, signing_secret=SECRET)
    with closing(create_system(settings)) as running:
        filled(settings, {"urn:x:graph": b"<urn:x:a> <urn:x:b> <urn:x:c> .\n"})
        with served(running, port):
            yield address


@pytest.fixture
def visit(chromium, base) -> Iterator:
    made = []

    def visiting(width, query=None, language="en", *, scripts=True) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        made.append(context)
        page = context.new_page()
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        asked = f"&query={quote(query, safe='')}" if query else ""
        page.goto(f"{base}/sparql?lang={language}{asked}")
        return page

    yield visiting
    for each in made:
        each.close()


def within(page: Page, selector: str) -> list[str]:
    """The texts of a picture that stand out of it."""
    return page.evaluate(
        """selector => {
          const picture = document.querySelector(selector), frame = picture.getBoundingClientRect();
          return [...picture.querySelectorAll('text')].filter(each => {
            const own = each.getBoundingClientRect();
            return own.left < frame.left - 1 || own.right > frame.right + 1 || own.bottom > frame.bottom + 1;
          }).map(each => each.textContent);
        }""",
        selector,
    )


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", QUERIES)
def test_without_scripts_the_picture_stands_above_the_table_and_fits(visit, name, width):
    page = visit(width, QUERIES[name], scripts=False)
    picture = page.get_by_role("img", name="Picture of the answer")
    expect(picture).to_be_visible()
    box, table = picture.bounding_box(), page.locator("table.answer").bounding_box()
    assert 0 < box["width"] <= min(width, 720)
    assert box["y"] + box["height"] <= table["y"]
    assert page.locator("figure img, figure script").count() == 0


@pytest.mark.parametrize("name", QUERIES)
def test_every_kind_fits_a_phone_and_axe_finds_nothing(visit, name):
    page = visit(PHONE, QUERIES[name], LANGUAGES[len(name) % len(LANGUAGES)])
    assert misfits(page) == []
    assert within(page, "figure svg") == []
    shorten(page)
    assert faults(page, RULES, "#answer") == []


@editor
def test_the_editor_shows_the_picture_by_keyboard_and_says_why_there_is_none(visit):
    page = visit(PHONE, QUERIES["bars"], "sv")
    page.locator(".query-form button[type=submit]").click()
    expect(page.locator(".yasr tbody tr")).to_have_count(4)
    page.get_by_role("button", name="Tabell").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Bild", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    picture = page.get_by_role("img", name="Bild av svaret")
    expect(picture).to_be_visible()
    expect(page.get_by_role("button", name="Bild", exact=True)).to_have_attribute("aria-pressed", "true")
    assert misfits(page) == []
    assert within(page, ".query__picture svg") == []
    assert faults(page, LAYOUT) == []
    alone = page.get_by_role("link", name="Bild (SVG)").get_attribute("href")
    got = page.request.get(page.url.partition("/sparql")[0] + alone)
    assert (got.status, got.headers["content-type"]) == (200, "image/svg+xml")
    page.get_by_role("button", name="Tabell").click()
    expect(page.locator(".yasr tbody tr")).to_have_count(4)
    page.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", NAMES)
    page.locator(".query-form button[type=submit]").click()
    expect(page.locator(".yasr tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Bild", exact=True).click()
    expect(page.locator(".query__picture")).to_contain_text("En bild behöver en kolumn med tal")


@editor
def test_a_picture_stays_chosen_for_the_next_answer(visit):
    page = visit(DESK, QUERIES["lines"])
    page.locator(".query-form button[type=submit]").click()
    page.get_by_role("button", name="Picture").click()
    expect(page.locator(".query__picture desc")).to_have_text("Lines: n over month.")
    page.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", QUERIES["points"])
    page.locator(".query-form button[type=submit]").click()
    said = "A point for each row: mass to the right, width upwards. Logarithmic scale: mass."
    expect(page.locator(".query__picture desc")).to_have_text(said)
    expect(page.locator(".query__picture svg")).to_have_count(1)


def test_the_form_gives_the_picture_alone(visit):
    page = visit(DESK, QUERIES["groups"], scripts=False)
    page.get_by_label("Show the answer as").select_option("svg")
    with page.expect_response(lambda answer: "format=svg" in answer.url) as found:
        page.locator(".query-form button[type=submit]").click()
    assert found.value.headers["content-type"] == "image/svg+xml"
