"""The query page of the real service in a real browser: with scripts and without, by keyboard, in every language."""

import re
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

from passport.model.languages import LANGUAGES
from passport.published import VOCAB
from passport.settings import Settings
from passport.web.pages.querying import EDITOR
from passport.web.pages.rendering import ASSETS
from passport.wiring import create_system
from tests.browser.looking import DESK, LAYOUT, PHONE, RULES, faults, misfits, shorten
from tests.conftest import SECRET
from tests.ports import free_port
from tests.web.live import filled, served

pytestmark = pytest.mark.browser

ROWS = f"""PREFIX fp: <{VOCAB}>
SELECT ?passport ?name ?mass ?kind ?odd WHERE {{
  ?passport fp:modelName ?name ; fp:mass ?mass ; fp:category ?kind ; fp:odd ?odd .
}} ORDER BY ?mass"""
WRONG = f"PREFIX fp: <{VOCAB}>\nSELECT * WHERE {{ ?a fp:mass }}"
ANSWERS = {
    "table": ROWS,
    "nothing": "SELECT * { ?s <urn:nothing> ?o }",
    "truth": "ASK { ?s ?p ?o }",
    "graph": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 20",
}
PIECES = 60
OTHERS = tuple(each for each in LANGUAGES if each != "en")
editor = pytest.mark.skipif(
    not all((ASSETS / name).is_file() for name in EDITOR), reason="the editor was not fetched in this tree"
)


def _graphs(base: str) -> dict[str, bytes]:
    """Small passports, each with a value that would be markup or a script if anybody took it for that."""
    found = {}
    odd = ("<javascript:alert(1)>", '"<img src=x onerror=alert(1)>"', "<https://x.example/?'onclick='alert(1)>")
    for number in range(PIECES):
        name = f"{base}/passports/7K2M{number:05d}"
        about = (
            f'<{VOCAB}modelName> "Stol {number}"@sv',
            f'<{VOCAB}mass> "{number}.50"^^<http://www.w3.org/2001/XMLSchema#decimal>',
            f"<{VOCAB}category> <{VOCAB}codes/furniture-category/office-chair>",
            f"<{VOCAB}odd> {odd[number % 3]}",
        )
        found[name] = "".join(f"<{name}> {each} .\n" for each in about).encode()
    return found


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = Settings(data=tmp_path_factory.mktemp("query") / "store", base_url=address, signing_secret=SECRET)
    with closing(create_system(settings)) as running:
        filled(settings, _graphs(address))
        with served(running, port):
            yield address


class Visit:
    """One window, and what went wrong in it: console messages, and requests to other hosts."""

    def __init__(self, chromium, base, *, scripts=True, width=1280):
        self.context = chromium.new_context(
            java_script_enabled=scripts, viewport={"width": width, "height": 900}, accept_downloads=True
        )
        self.page = self.context.new_page()
        self.base = base
        self.trouble: list[str] = []
        self.page.on("console", lambda message: self.trouble.append(message.text))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("dialog", lambda dialog: self.trouble.append(dialog.message))
        self.page.on("request", self._asked)

    def _asked(self, request):
        if urlsplit(request.url).scheme in ("http", "https") and not request.url.startswith(self.base + "/"):
            self.trouble.append(request.url)

    def open(self, query=None, language="en"):
        asked = "" if query is None else f"&query={quote(query, safe='')}"
        self.page.goto(f"{self.base}/sparql?lang={language}{asked}")

    def run(self):
        self.page.locator(".query-form button[type=submit]").click()

    def fits(self, *widths):
        """At each of these widths, at the first of which it is."""
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": 900})
            assert misfits(self.page) == []

    def clean(self, rules=RULES):
        shorten(self.page)
        assert faults(self.page, rules) == []


@pytest.fixture
def visit(chromium, base) -> Iterator:
    made = []

    def visiting(**options):
        made.append(Visit(chromium, base, **options))
        return made[-1]

    yield visiting
    for each in made:
        each.context.close()


def test_form_answer_and_mistake_fit_and_axe_finds_nothing(visit):
    it = visit(width=PHONE)
    for query in (None, *ANSWERS.values(), WRONG):
        it.open(query)
        it.fits(PHONE)
        it.clean(RULES)
        it.fits(DESK)
        it.clean(LAYOUT)
        it.page.set_viewport_size({"width": PHONE, "height": 900})
    assert len(it.trouble) == 1, "the status of a refused query, and nothing else"


def in_language(visit, language, rules=None):
    it = visit(width=PHONE)
    for query in (None, ROWS, WRONG):
        it.open(query, language)
        it.fits(PHONE)
        if rules:
            it.clean(rules)
    assert len(it.trouble) == 1, "the status of a refused query, and nothing else"


@pytest.mark.parametrize("language", OTHERS)
def test_form_answer_and_mistake_fit_in_every_language(visit, language):
    in_language(visit, language)


@pytest.mark.slow
@pytest.mark.parametrize("language", OTHERS)
def test_axe_finds_nothing_in_any_language(visit, language):
    in_language(visit, language, LAYOUT)


@editor
def test_axe_finds_nothing_on_the_editors_own_answer(visit):
    it = visit(width=PHONE)
    for query, selector in ((ROWS, ".yasr tbody td"), (ANSWERS["truth"], ".yasr .booleanResult")):
        it.open(None, "sv")
        it.page.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", query)
        it.run()
        it.page.wait_for_selector(selector)
        it.page.wait_for_selector("#query-status:not(:empty)")
        it.fits(PHONE)
        it.clean(RULES)
        it.fits(DESK)
        it.clean(LAYOUT)
        it.page.set_viewport_size({"width": PHONE, "height": 900})
    assert it.trouble == []


@pytest.mark.parametrize("width", [320, 1280])
def test_without_scripts_a_query_is_asked_and_answered(visit, width):
    it = visit(scripts=False, width=width)
    it.open()
    field = it.page.get_by_label("Query in SPARQL")
    expect(field).to_be_visible()
    field.fill(ROWS)
    it.run()
    expect(it.page).to_have_url(re.compile("#result$"))
    expect(it.page.locator(".answer tbody tr")).to_have_count(PIECES)
    expect(it.page.get_by_text("60 rows in")).to_be_visible()
    assert it.page.locator(".answer td").nth(0).inner_text() == "7K2M-0000-0"
    expect(it.page.get_by_role("link", name="Office chair").first).to_be_visible()
    assert it.page.locator(".answer a[href^='javascript' i]").count() == 0
    assert field.input_value() == ROWS
    field.fill(WRONG)
    it.run()
    expect(it.page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(it.page.locator("#query-error")).to_contain_text("Line 2, column")
    assert field.input_value() == WRONG
    assert [each for each in it.trouble if "400" not in each] == []


def test_a_format_gives_a_file(visit):
    it = visit(scripts=False)
    it.open(ROWS)
    it.page.get_by_label("Show the answer as").select_option("csv")
    with it.page.expect_response(lambda answer: "format=csv" in answer.url) as found:
        it.run()
    assert found.value.headers["content-type"].startswith("text/csv")


@editor
def test_the_editor_asks_our_own_endpoint_and_shows_what_comes(visit):
    it = visit()
    posted = []
    it.page.on("request", lambda request: request.method == "POST" and posted.append(request))
    it.open(ROWS)
    expect(it.page.locator("textarea[name=query]")).to_be_hidden()
    it.run()
    it.page.wait_for_selector(".yasr tbody td")
    expect(it.page.locator(".yasr tbody tr")).to_have_count(50)
    expect(it.page.get_by_text("Rows 1 to 50 of 60")).to_be_visible()
    expect(it.page.locator(".yasr_response_chip")).to_have_text(re.compile("^60 rows in"))
    expect(it.page.locator(".answer")).to_have_count(0)
    assert [(each.url, each.headers["content-type"]) for each in posted] == [
        (f"{it.base}/sparql", "application/x-www-form-urlencoded")
    ]
    expect(it.page).to_have_url(re.compile(re.escape(quote("fp:modelName", safe=""))))
    assert it.page.locator(".yasr a[href^='javascript' i], .yasr [onclick], .yasr [onerror], .yasr img").count() == 0
    # in quotes, since the port of the addresses in every row may have a 5 and a 9 side by side
    it.page.get_by_label("Filter the rows").press_sequentially('"Stol 59"')
    expect(it.page.locator(".yasr tbody tr")).to_have_count(1)
    it.page.get_by_role("button", name="Raw answer").click()
    it.page.wait_for_selector(".yasr .CodeMirror")
    it.page.get_by_role("button", name="Table").click()
    it.page.wait_for_selector(".yasr tbody td")
    with it.page.expect_download() as download:
        it.page.get_by_role("button", name="Download as CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    it.page.reload()
    expect(it.page.locator(".answer tbody tr")).to_have_count(PIECES)
    assert it.trouble == []


@editor
def test_a_mistake_is_shown_by_the_page_with_its_place_in_the_editor(visit):
    it = visit()
    it.open(None, "pl")
    it.page.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", WRONG)
    it.run()
    expect(it.page.locator("#query-error")).to_contain_text("Wiersz 2, kolumna")
    expect(it.page.locator(".query__bad-line")).to_have_count(1)
    assert it.page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()") == WRONG
    it.page.locator(".govuk-error-summary a").click()
    expect(it.page.locator("#query-editor")).to_be_focused()


@editor
def test_everything_is_done_by_keyboard_alone(visit):
    it = visit(width=640)
    it.open(None, "en")
    it.page.locator("a[href='/vocab']").first.focus()
    it.page.keyboard.press("Tab")
    expect(it.page.locator("#query-editor")).to_be_focused()
    it.page.keyboard.press("Tab")
    expect(it.page.locator("#format")).to_be_focused()
    it.page.keyboard.press("Shift+Tab")
    it.page.keyboard.press("Control+a")
    it.page.keyboard.insert_text(ROWS)
    it.page.keyboard.press("Control+Enter")
    it.page.wait_for_selector(".yasr tbody td")
    expect(it.page.locator("#query-status")).to_have_text("The answer is below the form.")
    it.page.keyboard.press("Tab")
    it.page.keyboard.press("Tab")
    it.page.keyboard.press("Tab")
    expect(it.page.locator(".select_table")).to_be_focused()
    assert it.trouble == []


@editor
def test_names_are_completed_from_our_own_vocabulary(visit):
    it = visit()
    it.open("PREFIX fp: <https://w3id.org/furniturepassport/>\nSELECT * WHERE { ?s fp:modelNa")
    it.page.evaluate(
        "(() => { const it = document.querySelector('.CodeMirror').CodeMirror; it.focus(); "
        "it.setCursor(it.lastLine(), 999); })()"
    )
    it.page.keyboard.press("Control+Space")
    expect(it.page.locator(".CodeMirror-hint")).to_have_text(["fp:modelName"])
    it.page.keyboard.press("Enter")
    it.page.wait_for_function("document.querySelector('.CodeMirror').CodeMirror.getValue().endsWith('fp:modelName')")
    assert [each for each in it.trouble if "400" not in each] == []


def test_an_example_is_one_step_from_its_answer(visit):
    it = visit()
    it.open(None, "sv")
    assert it.page.locator(".query__examples h3").count() >= 12
    it.page.locator(".query__examples h3 a").first.click()
    it.page.wait_for_selector("#result")
    expect(it.page.locator(".query-form")).to_be_visible()
    assert it.trouble == []
