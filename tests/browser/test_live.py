"""The real service in a real browser: `passport demo`, a scan, the form, and what a page weighs."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.looking import faults, misfits

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory, chromium):
    folder = tmp_path_factory.mktemp("demo")
    program = "from passport.cli import main; main()"
    command = [sys.executable, "-c", program, "demo", "--data", str(folder / "store"), "--port", "0", "--json"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PASSPORT_")}
    with subprocess.Popen(command, env=kept, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield json.loads(server.stdout.readline())
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=120)


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 360, "height": 800}, locale="sv-SE")
    page = context.new_page()
    page.trouble = []
    page.on("console", lambda message: page.trouble.append(message.text))
    page.on("response", lambda answer: answer.status >= 500 and page.trouble.append(answer.url))
    yield page
    context.close()


def clean(page) -> None:
    page.wait_for_load_state()
    assert misfits(page) == []
    assert faults(page) == []


@pytest.mark.parametrize("which", ["piece", "gs1_piece", "model"])
def test_a_scan_shows_the_passport_in_the_phones_language_and_weighs_little(demo, page, which):
    received = {}
    page.on("response", lambda answer: received.setdefault(answer.url, answer))
    page.goto(demo[which], wait_until="networkidle")
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    assert page.locator("#trust").count() == 1
    assert "Signaturen stämmer" in page.content()
    weights = [
        answer.request.sizes()["responseBodySize"]
        for answer in [*received.values()]
        if answer.ok and answer.request.resource_type in ("document", "stylesheet")
    ]
    assert len(weights) >= 3
    assert sum(weights) <= 60 * 1024
    clean(page)
    assert page.trouble == []


def test_the_language_switch_is_remembered(demo, page):
    page.goto(demo["piece"])
    page.get_by_role("link", name="Polski").click()
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    page.goto(demo["model"])
    expect(page.locator("html")).to_have_attribute("lang", "pl")


def test_a_faulty_file_comes_back_with_every_finding(demo, page, tmp_path):
    file = tmp_path / "faulty.json"
    file.write_text(json.dumps([{"granularity": "model", "gtin": "09506000134353"}, {"granularity": "item"}]))
    page.goto(f"{demo['base']}/submissions")
    page.get_by_label("Token").fill(demo["tokens"]["supplier"])
    page.get_by_label("Fil", exact=True).set_input_files(file)
    page.get_by_role("button", name="Skicka in").click()
    expect(page).to_have_title(re.compile("^Fel: "))
    page.wait_for_load_state()
    assert page.locator(".govuk-error-summary li").count() >= 3
    assert page.locator(".finding").count() >= 3
    clean(page)
    with page.expect_navigation():
        page.locator(".finding a").first.click()
    assert page.locator("h1").inner_text()
    clean(page)


def test_without_a_token_the_form_says_so_at_its_field(demo, page, tmp_path):
    file = tmp_path / "any.json"
    file.write_text("{}")
    page.goto(f"{demo['base']}/submissions")
    page.get_by_label("Token").fill("wrong")
    page.get_by_label("Fil", exact=True).set_input_files(file)
    page.get_by_role("button", name="Skicka in").click()
    expect(page.locator("#token-error")).to_be_visible()
    clean(page)


def test_a_miswritten_code_gets_its_own_page(demo, page):
    code = demo["piece"].rpartition("/")[2]
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    answer = page.goto(f"{demo['base']}/p/{wrong}")
    assert answer.status == 404
    assert page.locator(".miswritten__group").count() == 3
    clean(page)


@pytest.mark.parametrize("language", ["en", "sv", "da", "pl"])
def test_t25_every_label_shows_its_code_and_host_whole(demo, page, language):
    page.goto(f"{demo['base']}/labels?lang={language}")
    assert page.locator(".label").count() > 20
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.label')].filter(label => {
            const edge = label.getBoundingClientRect();
            return ['.label__code', '.label__host', '.label__symbol'].some(name => {
                const part = label.querySelector(name).getBoundingClientRect();
                return part.bottom > edge.bottom || part.right > edge.right;
            });
        }).map(label => label.innerText)"""
    )
    assert cut == []
