"""Every page type in a real browser: WCAG 2.2 AA rules, reflow, targets, keyboard, weight, plain stylesheet."""

import gzip

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from passport.model.languages import LANGUAGES
from passport.web.pages.rendering import ASSETS

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
SHORTEN = """() => document.querySelectorAll('.cards-list > li:nth-child(n + 12), tbody > tr:nth-child(n + 12)')
  .forEach(each => each.remove())"""
"""Long lists and tables repeat one kind of line; axe looks at the first of them, or it takes minutes."""

WIDTHS = {"sv": 1280}
"""Where axe looks at another width than that of a telephone, by language: one language shows what a width changes."""

LAYOUT = {**RULES, "rules": {"color-contrast": {"enabled": False}, "target-size": {"enabled": False}}}
"""Without colours, which depend on neither width nor language, and sizes, of which ``SMALL`` asks for more: these two
take most of the time."""

REPEATS = (
    *("passport-model", "passport-item", "passport-batched", "passport-data-office", "event-corrected"),
    *("search-instead", "search-nothing", "compare-form-one", "submit", "submit-accepted", "submit-refused"),
    *("miswritten", "unknown-code", "too-many", "log", "log-stopped", "schemas", "vocab", "field", "term"),
    *("code-list", "concept", "shapes", "shape", "contexts", "context", "linkset", "table-empty"),
)
"""Pages of a template that another page shows in every language: axe looks at each of them in one language.

Whether they fit, and whether what is to be touched is large enough, is looked at in every language.
"""

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll('a, button, input, summary, textarea')]
  .filter(each => !each.classList.contains('govuk-skip-link') && each.getClientRects().length)
  .map(each => {
    const own = each.getBoundingClientRect();
    const label = each.labels && each.labels[0] ? each.labels[0].getBoundingClientRect() : own;
    return [each.outerHTML.slice(0, 120), Math.max(own.width, label.width), Math.max(own.height, label.height)];
  })
  .filter(([, width, height]) => height < 43.5 || width < 43.5)"""


@pytest.fixture(scope="module")
def shown(every_page, shelf):
    """Put every page of a language on the shelf."""

    def put(language):
        shelf.pages = {f"/{name}": html for name, html in every_page(language).items()}
        return shelf.pages

    return put


def looked_at(language, names):
    """The pages to look at in a language, and whether with colours: in English, or because nowhere else."""
    others = [each for each in LANGUAGES if each != "en"]
    elsewhere = {name for place, name in enumerate(REPEATS) if others[place % len(others)] != language}
    return {name: language == "en" or name in REPEATS for name in names if name not in elsewhere}


def violations(page, rules):
    result = page.evaluate("options => axe.run(document, options)", rules)
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in result["violations"]]


def test_every_page_is_looked_at_in_some_language(every_page):
    names = set(every_page("en"))
    assert names >= set(REPEATS)
    assert set().union(*(looked_at(language, names) for language in LANGUAGES)) == names


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(chromium, shelf, shown, language):
    page = chromium.new_page()
    page.add_init_script(AXE_SCRIPT)
    trouble = []
    page.on("console", lambda message: trouble.append(message.text))
    found = {}
    names = [path[1:] for path in shown(language)]
    colours = looked_at(language, names)
    for name in names:
        page.goto(f"{shelf.base}/{name}")
        page.set_viewport_size({"width": 320, "height": 800})
        if overflow := page.evaluate(OVERFLOW):
            found[name, 320, "overflow"] = overflow
        if small := page.evaluate(SMALL):
            found[name, 320, "small"] = small
        page.set_viewport_size({"width": 1280, "height": 800})
        if overflow := page.evaluate(OVERFLOW):
            found[name, 1280, "overflow"] = overflow
        if name in colours:
            page.evaluate(SHORTEN)
            page.set_viewport_size({"width": WIDTHS.get(language, 320), "height": 800})
            if each := violations(page, RULES if colours[name] else LAYOUT):
                found[name] = each
    page.close()
    assert found == {}
    assert trouble == []


def test_wide_tables_never_scroll_sideways(chromium, shelf, shown):
    page = chromium.new_page()
    found = {}
    for language in LANGUAGES:
        shown(language)
        for name in ("passport-full", "compare", "compare-form-wrong"):
            page.goto(f"{shelf.base}/{name}")
            for width in (320, 360, 642, 768, 901, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                if overflow := page.evaluate(OVERFLOW):
                    found[language, name, width] = overflow
    page.close()
    assert found == {}


def test_targets_are_at_least_44_pixels(chromium, shelf, shown):
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    small = {}
    for path in shown("en"):
        page.goto(shelf.base + path)
        if each := page.evaluate(SMALL):
            small[path] = each
    page.close()
    assert small == {}


def test_keyboard_reaches_everything_and_shows_where_it_is(chromium, shelf, shown):
    shown("sv")
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"{shelf.base}/passport-item")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
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
    assert fold.get_attribute("open") is None
    page.locator("summary:has(#identity)").focus()
    page.keyboard.press("Enter")
    assert fold.get_attribute("open") == ""
    assert page.get_by_text("A-1001").is_visible()
    page.close()


def test_pages_work_without_scripts(chromium, shelf, shown):
    shown("en")
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{shelf.base}/passport-item")
    assert not page.get_by_text("A-1001").is_visible()
    page.get_by_role("heading", name="Maker and numbers").click()
    assert page.get_by_text("A-1001").is_visible()
    page.goto(f"{shelf.base}/submit")
    page.get_by_text("Paste the text instead of a file").click()
    assert page.get_by_label("Text", exact=True).is_visible()
    context.close()


def test_a_passport_page_weighs_little(every_page):
    html = every_page("pl")["passport-item"].encode()
    styles = [ASSETS / "site.css", ASSETS / "built" / "passport.css"]
    present = [each for each in styles if each.is_file()] if styles[1].is_file() else [styles[0], ASSETS / "plain.css"]
    packed = sum(len(gzip.compress(each.read_bytes())) for each in present)
    assert len(html) + packed < 60 * 1024


def test_the_plain_stylesheet_alone_is_accessible_too(chromium, shelf, shown):
    page = chromium.new_page()
    page.add_init_script(AXE_SCRIPT)
    page.route("**/built/passport.css*", lambda route: route.continue_(url=f"{shelf.base}/assets/plain.css"))
    shown("sv")
    found = {}
    for name in ("home", "passport-item", "submit-findings", "verification", "miswritten", "labels"):
        page.goto(f"{shelf.base}/{name}")
        for width, rules in ((320, RULES), (1280, LAYOUT)):
            page.set_viewport_size({"width": width, "height": 800})
            if each := violations(page, rules):
                found[name, width] = each
            if overflow := page.evaluate(OVERFLOW):
                found[name, width, "overflow"] = overflow
    page.close()
    assert found == {}
