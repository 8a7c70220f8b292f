"""Every page type in a real browser: WCAG 2.2 AA rules, reflow, targets, keyboard, weight, plain stylesheet."""

import gzip
import re

import pytest
from playwright.sync_api import expect

from passport.model.languages import LANGUAGES
from passport.web.pages.rendering import ASSETS
from tests.browser.looking import DESK, LAYOUT, PHONE, RULES, Lectern, faults

pytestmark = pytest.mark.browser

WIDTHS = (PHONE, 360, 642, 768, 901, DESK)
REPEATS = (
    *("passport-model", "passport-item", "passport-batched", "passport-data-office", "event-corrected"),
    *("search-instead", "search-nothing", "compare-form-one", "submit", "submit-accepted", "submit-refused"),
    *("miswritten", "unknown-code", "too-many", "log", "log-stopped", "schemas", "vocab", "field", "term"),
    *("code-list", "concept", "shapes", "shape", "contexts", "context", "linkset", "table-empty"),
)
"""Pages of a template that another page shows: axe looks at them on a telephone, and in the full run on a desk too."""

_BULLETS = """() => [...document.querySelectorAll(".govuk-list--bullet > li > .target")].map(link => {
  const mark = link.parentElement.insertBefore(document.createElement("span"), link);
  mark.style.display = "inline-block";
  const text = document.createRange();
  text.selectNodeContents(link);
  const baseline = mark.getBoundingClientRect().bottom, rows = [...text.getClientRects()];
  return { lines: rows.length, at: rows.findIndex(row => row.top < baseline && baseline < row.bottom) };
})"""
"""Of each link beside a bullet how many lines it has, and at which of them the bullet stands."""


@pytest.fixture(scope="module")
def shown(every_page, shelf):
    """Put every page of a language on the shelf."""

    def put(language):
        shelf.pages = {f"/{name}": html for name, html in every_page(language).items()}
        return shelf.pages

    return put


@pytest.fixture(scope="module")
def lectern(chromium, shelf, every_page):
    shelf.pages = {"/home": every_page("en")["home"]}
    lectern = Lectern(chromium, f"{shelf.base}/home")
    yield lectern
    assert lectern.trouble == []
    lectern.close()


def looks(language, names):
    """At which pages axe looks in a language, in windows of which width, and by which rules.

    Each page has its turn in one language on a telephone, and each template in another language on a desk.
    """
    turn, others = LANGUAGES.index(language), len(LANGUAGES)
    found = [(name, PHONE, RULES) for at, name in enumerate(names) if at % others == turn]
    templates = [name for name in names if name not in REPEATS]
    return found + [(name, DESK, LAYOUT) for at, name in enumerate(templates) if at % others == turn]


def test_axe_looks_at_every_page_in_some_language(every_page):
    names = list(every_page("en"))
    assert set(names) >= set(REPEATS)
    looked_at = [each for language in LANGUAGES for each in looks(language, names)]
    assert sorted(name for name, width, _ in looked_at if width == PHONE) == sorted(names)
    assert {name for name, width, _ in looked_at if width == DESK} == set(names) - set(REPEATS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(lectern, every_page, language):
    pages = every_page(language)
    found = {}
    for name, html in pages.items():
        if each := lectern.misfits(html, WIDTHS):
            found[name] = each
    for name, width, rules in looks(language, pages):
        if each := lectern.faults(pages[name], rules, width):
            found[name, width] = each
    assert found == {}
    assert lectern.trouble == []


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_page_in_any_language_at_any_width(lectern, every_page, language):
    found = {}
    for name, html in every_page(language).items():
        for width, rules in ((PHONE, RULES), (DESK, LAYOUT)):
            if each := lectern.faults(html, rules, width, every=True):
                found[name, width] = each
    assert found == {}
    assert lectern.trouble == []


def test_text_that_is_paler_than_others_of_its_kind_is_found(chromium, shelf, shown):
    shown("en")
    page = chromium.new_page(viewport={"width": PHONE, "height": 800})
    page.goto(f"{shelf.base}/passport-item")
    assert faults(page) == []
    page.evaluate(
        """() => [...document.querySelectorAll('dd')].filter(each => !each.children.length && each.checkVisibility())
            .at(-1).style.color = '#aaaaaa'"""
    )
    found = faults(page)
    assert {name for name, _ in found} == {"color-contrast"}
    assert found == faults(page, every=True)
    page.close()


def test_keyboard_reaches_everything_and_shows_where_it_is(chromium, shelf, shown):
    shown("sv")
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"{shelf.base}/passport-item")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.goto(f"{shelf.base}/passport-item")
    focusable = page.evaluate(
        """() => { const all = [...document.querySelectorAll('a[href], button, input, summary')]
            .filter(each => each.checkVisibility());
            all.forEach((each, place) => each.dataset.place = place); return all.length; }"""
    )
    reached = set()
    for _ in range(focusable):
        page.keyboard.press("Tab")
        mark = page.evaluate(
            """() => { const it = document.activeElement, look = getComputedStyle(it);
                return [it.outerHTML, look.outlineStyle + look.boxShadow + look.backgroundColor]; }"""
        )
        reached.add(mark[0])
        assert mark[1] != "nonenonergba(0, 0, 0, 0)", mark[0]
    assert len(reached) >= focusable - 3
    fold = page.locator("details:has(#identity)")
    expect(fold).not_to_have_attribute("open", "")
    page.locator("summary:has(#identity)").focus()
    page.keyboard.press("Enter")
    expect(fold).to_have_attribute("open", "")
    expect(page.get_by_text("A-1001")).to_be_visible()
    page.close()


def test_pages_work_without_scripts(chromium, shelf, shown):
    shown("en")
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{shelf.base}/passport-item")
    expect(page.get_by_text("A-1001")).to_be_hidden()
    page.get_by_role("heading", name="Maker and numbers").click()
    expect(page.get_by_text("A-1001")).to_be_visible()
    page.goto(f"{shelf.base}/submit")
    page.get_by_text("Paste the text instead of a file").click()
    expect(page.get_by_label("Text", exact=True)).to_be_visible()
    context.close()


def test_a_bullet_stands_at_the_first_line_of_its_link(chromium, shown, shelf):
    shown("en")
    page = chromium.new_page(viewport={"width": PHONE, "height": 800})
    page.goto(f"{shelf.base}/data")
    lines = page.evaluate(_BULLETS)
    page.close()
    assert any(each["lines"] > 1 for each in lines)
    assert all(each["at"] == 0 for each in lines)


def test_a_passport_page_weighs_little(every_page):
    html = every_page("pl")["passport-item"].encode()
    styles = [ASSETS / "site.css", ASSETS / "built" / "passport.css"]
    present = [each for each in styles if each.is_file()] if styles[1].is_file() else [styles[0], ASSETS / "plain.css"]
    packed = sum(len(gzip.compress(each.read_bytes())) for each in present)
    assert len(html) + packed < 60 * 1024


def test_the_plain_stylesheet_alone_is_accessible_too(lectern, every_page):
    found = {}
    for name in ("home", "passport-item", "submit-findings", "verification", "miswritten", "labels"):
        html, replaced = re.subn(r"/assets/built/passport\.css[^\"]*", "/assets/plain.css", every_page("sv")[name])
        assert replaced == 1
        if each := lectern.misfits(html, WIDTHS):
            found[name] = each
        for width, rules in ((PHONE, RULES), (DESK, LAYOUT)):
            if each := lectern.faults(html, rules, width):
                found[name, width] = each
    assert found == {}
