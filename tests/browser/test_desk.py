"""A signed-in organisation in a real browser: every act in three clicks without scripts, by keyboard, on a phone."""

import json
import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from passport.model.access import Role, Scope
from passport.model.languages import LANGUAGES
from passport.ports import Organisation
from passport.service.organisations import add_organisation, create_token
from passport.settings import Settings
from passport.web.app import create_app
from passport.web.pages import Pages
from passport.wiring import create_system
from tests.browser.looking import Lectern
from tests.ports import free_port

pytestmark = pytest.mark.browser

OTHERS = tuple(each for each in LANGUAGES if each != "en")


def slow(language: str) -> Any:
    """With axe, the other languages are looked at in the full run."""
    return pytest.param(language, True, marks=pytest.mark.slow)


TYPES = {
    *("sign-in-wrong", "desk", "/passports/X", "/passports/X/acts/parts", "/passports/X/acts/transfer", "/desk/owned"),
    *("repair-wrong", "saved", "/delegations", "/delegations/new", "delegation", "delegation-wrong", "/submissions"),
}
"""A page of each type, at which axe looks; in the full run it looks at all."""

ACTS = ("repair", "inspect", "move", "parts", "offer", "transfer", "lend", "end")
MORE_ACTS = ("care", "refurbish", "collect", "lost")

ORGANISATIONS = (
    ("town", "Exempelby kommun", Role.OWNER, "municipality"),
    ("village", "Eksempelby Kommune", Role.OWNER, "municipality"),
    ("workshop", "Verkstan i Exempelby", Role.REPAIRER, "workshop"),
)


@dataclass
class Place:
    """A service with two municipalities and a workshop."""

    base: str
    tokens: dict[str, str]

    def sent(self, *documents: dict[str, object], by: str = "town") -> dict[str, list[dict[str, str]]]:
        headers = {"authorization": f"Bearer {self.tokens[by]}", "content-type": "application/json"}
        request = urllib.request.Request(f"{self.base}/submissions", json.dumps(documents).encode(), headers)
        with urllib.request.urlopen(request) as answer:
            found: dict[str, list[dict[str, str]]] = json.load(answer)
        return found

    def piece(self, number: int = 1) -> list[str]:
        one = {"granularity": "item", "category": "desk", "isSecondHandLegacy": True, "owner": "town"}
        names = [{"value": "Writing desk", "language": "en"}, {"value": "Skrivbord", "language": "sv"}]
        made = self.sent(*({**one, "itemName": names, "condition": {"grade": "C"}} for _ in range(number)))
        return [each["code"] for each in made["passports"]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Place]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    folder = tmp_path_factory.mktemp("desk")
    settings = Settings(data=folder / "store", base_url=base, signing_secret="a secret for tests, long enough by far")
    running = create_system(settings)
    system = running.system
    tokens = {}
    for slug, name, role, kind in ORGANISATIONS:
        add_organisation(system, Organisation(slug, name, role, kind))
        made = create_token(system, slug, scopes=[Scope.READ, Scope.SUBMIT], label="test", valid_for=timedelta(days=1))
        tokens[slug] = made.secret
    app = create_app(system, Pages(system.published, base=base), settings=settings)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield Place(base, tokens)
    server.should_exit = True
    thread.join()
    running.store.close()


@dataclass
class Hand:
    """Somebody at a signed-in browser, whose clicks and typed fields are counted as the journeys count them."""

    page: Page
    base: str
    taps: int = 0
    trouble: list[str] = field(default_factory=list)

    def open(self, code: str) -> None:
        self.page.goto(f"{self.base}/passports/{code}")
        self.taps = 0

    def tap(self, role: str, name: str) -> None:
        self.page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]
        self.taps += 1

    def tick(self, name: str) -> None:
        self.page.get_by_label(name, exact=True).check(force=True)
        self.taps += 1

    def type(self, name: str, text: str) -> None:
        self.page.get_by_label(name, exact=True).fill(text)
        self.taps += 1

    def saved(self) -> None:
        expect(self.page.get_by_role("status")).to_be_visible()
        assert self.taps <= 3


def sign_in(chromium: Browser, place: Place, slug: str, *, locale: str = "en", width: int = 360) -> Hand:
    context = chromium.new_context(viewport={"width": width, "height": 800}, locale=locale, java_script_enabled=False)
    page = context.new_page()
    hand = Hand(page, place.base)
    page.on("console", lambda each: hand.trouble.append(each.text) if each.type == "warning" else None)
    page.on("response", lambda answer: hand.trouble.append(answer.url) if answer.status >= 500 else None)
    page.goto(f"{place.base}/sign-in")
    page.locator("#token").fill(place.tokens[slug])
    page.locator("main button").click()
    expect(page).to_have_url(f"{place.base}/desk")
    return hand


@pytest.fixture(scope="module")
def town(chromium: Browser, place: Place) -> Iterator[Hand]:
    hand = sign_in(chromium, place, "town")
    yield hand
    assert hand.trouble == []
    hand.page.context.close()


@pytest.fixture(scope="module")
def village(chromium: Browser, place: Place) -> Iterator[Hand]:
    hand = sign_in(chromium, place, "village")
    yield hand
    assert hand.trouble == []
    hand.page.context.close()


def test_every_act_takes_three_clicks_without_scripts(place: Place, town: Hand, village: Hand) -> None:
    desk, chair = place.piece(2)
    town.open(desk)
    town.tap("link", "Register repair")
    town.tick("Tightened")
    town.tap("button", "Good")
    town.saved()
    town.open(desk)
    town.tap("link", "Inspect")
    town.page.locator("button", has_text="As new").click()
    town.taps += 1
    town.saved()
    town.open(desk)
    town.tap("link", "Clean or maintain")
    town.tap("button", "Cleaned")
    town.saved()
    town.open(desk)
    town.tap("link", "Replace a part")
    town.tick("Another part")
    town.tap("button", "Worn")
    town.saved()
    town.open(desk)
    town.tap("link", "Refurbish")
    town.tick("Reupholstered")
    town.tap("button", "As new")
    town.saved()
    town.open(desk)
    town.tap("link", "Move")
    town.type("Room", "B214")
    town.tap("button", "Save")
    town.saved()
    town.open(desk)
    town.tap("link", "Offer to others")
    town.page.locator("button", has_text="To everybody").click()
    town.taps += 1
    town.saved()
    town.open(desk)
    town.tap("link", "Book for somebody")
    town.tick("Eksempelby Kommune")
    town.tap("button", "Save")
    town.saved()
    for link, tile in (("Lend", "Verkstan i Exempelby"), ("It came back", None), ("It is lost", None)):
        town.open(desk)
        town.tap("link", link)
        if tile:
            town.tick(tile)
        town.tap("button", "Save")
        town.saved()
    town.open(desk)
    town.tap("link", "It was found")
    town.tap("button", "Save")
    town.saved()
    town.open(desk)
    town.tap("link", "Hand over")
    town.tick("Eksempelby Kommune")
    town.tap("button", "Save")
    town.saved()
    village.open(desk)
    village.tap("link", "Answer the offer")
    village.tap("button", "Accept")
    village.saved()
    village.open(desk)
    village.tap("link", "End of life")
    village.tick("Disposed of")
    village.tap("button", "Save")
    village.saved()
    town.open(chair)
    town.tap("link", "Hand over")
    town.page.locator("label", has_text="A private person").click()
    town.taps += 1
    town.tap("button", "Save")
    town.saved()
    secret = town.page.locator(".receipt__secret").inner_text()
    village.open(chair)
    village.tap("link", "Take over from a private person")
    village.type("Code on the receipt", secret)
    village.tap("button", "Save")
    village.saved()


def test_a_saved_act_can_be_undone(place: Place, town: Hand) -> None:
    (code,) = place.piece()
    town.open(code)
    town.tap("link", "Inspect")
    town.page.locator("button", has_text="Beyond repair").click()
    town.tap("button", "Undo")
    expect(town.page.locator("h1")).to_have_text("Undone")
    town.tap("link", "To the passport")
    expect(town.page.locator(".passport__top")).not_to_contain_text("Beyond repair")


def test_a_repair_by_keyboard_alone(place: Place, town: Hand) -> None:
    (code,) = place.piece()
    page = town.page
    page.goto(f"{place.base}/passports/{code}/acts/repair")
    page.locator("#repairTypes-2").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page, "Enter in a tile chooses no result").to_have_title(re.compile("^Error:"))
    page.locator(".govuk-error-summary a").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#result-1$"))
    page.locator("#result-2").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()


def test_several_pieces_are_ticked_by_keyboard_and_moved_at_once(place: Place, town: Hand) -> None:
    place.piece(2)
    page = town.page
    page.goto(f"{place.base}/desk/owned")
    ticks = page.locator(".tick__input")
    for number in range(2):
        ticks.nth(number).focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Move").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Room", exact=True).fill("C3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("2 pieces")


def test_a_delegation_by_keyboard_alone(place: Place, town: Hand) -> None:
    page = town.page
    page.goto(f"{place.base}/delegations/new")
    page.locator("#delegate-1").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.locator(".govuk-error-summary a").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#events-1$"))
    page.locator("#events-1").focus()
    for _ in range(2):
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Withdraw the delegation").focus()
    expect(page.locator("main li")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Withdrawn")).to_be_visible()


@pytest.mark.parametrize(("language", "full"), [("en", False), ("pl", False), *(slow(each) for each in OTHERS)])
def test_pages_are_accessible_fit_a_phone_and_have_large_targets(
    chromium: Browser, place: Place, language: str, full: bool
) -> None:
    (code, lent, offered) = place.piece(3)
    place.sent({"eventType": "lent", "borrower": "workshop", "products": [lent]})
    transfer = place.sent({"eventType": "transferOffered", "receiver": "village", "products": [offered]})["events"][0]
    context = chromium.new_context(viewport={"width": 320, "height": 800})
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None)
    lectern = Lectern(chromium, f"{place.base}/sign-in")
    found: dict[tuple[str, str], object] = {}

    def click(selector: str) -> None:
        with page.expect_navigation():
            page.locator(selector).click()

    def look(path: str) -> None:
        html = page.content()
        if misfits := lectern.misfits(html, unfolded=True):
            found[path, "fits"] = misfits
        if (full or (language == "en" and path in TYPES)) and (faults := lectern.faults(html)):
            found[path, "axe"] = faults

    page.goto(f"{place.base}/desk?lang={language}")
    look("sign-in")
    page.locator("#token").fill("wrong")
    click("main button")
    look("sign-in-wrong")
    page.locator("#token").fill(place.tokens["town"])
    click("main button")
    look("desk")
    acts = (*ACTS, *MORE_ACTS) if full else ACTS
    paths = [f"/passports/{code}", *(f"/passports/{code}/acts/{act}" for act in acts)]
    for path in (*paths, "/desk/owned", "/desk/owned?act=move", "/desk/outgoing", "/submissions"):
        page.goto(place.base + path)
        look(path.replace(code, "X"))
    page.goto(transfer["transfer"])
    look("/transfers/X")
    page.goto(f"{place.base}/passports/{code}/acts/repair")
    click("#result-1")
    look("repair-wrong")
    page.locator("label[for=repairTypes-1]").click()
    click("#result-1")
    look("saved")
    for path in ("/delegations/new", "/delegations"):
        page.goto(place.base + path)
        look(path)
    page.goto(f"{place.base}/delegations/new")
    page.locator("#which-2").check(force=True)
    click(".act__save")
    look("delegation-wrong")
    page.locator("#delegate-1").check(force=True)
    page.locator("#events-2").check(force=True)
    page.locator("#passports").fill(code)
    click(".act__save")
    look("delegation")
    page.goto(f"{place.base}/delegations")
    look("/delegations")
    context.close()
    lectern.close()
    assert found == {}
    assert lectern.trouble == []
    assert [each for each in trouble if "401" not in each and "422" not in each] == []
