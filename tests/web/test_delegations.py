"""Delegations over HTTP: as JSON for machines, as pages and forms for whoever is signed in."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from passport.model.access import Role
from passport.model.languages import LANGUAGES
from passport.model.rights import DELEGABLE
from passport.ports import Organisation
from passport.service.organisations import add_organisation
from passport.settings import Settings
from passport.web.app import create_app
from passport.web.pages import Pages
from passport.wiring import create_system
from tests.web.conftest import BASE, Client, Got, _token
from tests.web.town import SITE, Browser, Town, saved

PARTIES = (
    ("town", "Exempelby kommun", Role.OWNER, True),
    ("village", "Eksempelby Kommune", Role.OWNER, True),
    ("workshop", "Verkstan", Role.REPAIRER, True),
    ("scrapyard", "Återvinning AB", Role.RECYCLER, True),
    ("quiet", "Hemliga huset", Role.REPAIRER, False),
    ("watch", "Marknadskontrollen", Role.AUTHORITY, True),
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, web_settings: Settings) -> Iterator[Town]:
    settings = web_settings.model_copy(update={"data": tmp_path_factory.mktemp("delegations") / "store"})
    running = create_system(settings)
    system = running.system
    client = Client(create_app(system, Pages(system.published, base=system.base), settings=settings))
    for slug, name, role, public in PARTIES:
        add_organisation(system, Organisation(slug, name, role, "company", public=public))
    yield Town(client, {slug: _token(system, slug) for slug, *_ in PARTIES}, system)
    client.close()
    running.store.close()


@pytest.fixture(scope="module")
def owner(town: Town) -> Browser:
    return town.browser("town")


def day(ahead: int) -> str:
    return (datetime.now(UTC) + timedelta(days=ahead)).date().isoformat()


def add(browser: Browser, **fields: Any) -> Got:
    usual = {"delegate": "workshop", "events": ["repaired", "inspected"], "until": day(30), "which": "all"}
    typed = {name: each for name, each in {**usual, **fields}.items() if each}
    return browser.send("/delegations/new", {**browser.hidden("/delegations/new"), **typed})


def words(got: Got) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", got.text.partition("<main")[2])))


def asked(town: Town, path: str, slug: str) -> Got:
    return town.client.get(path, authorization=f"Bearer {town.tokens[slug]}")


def repair(town: Town, slug: str, *codes: str) -> int:
    event = {"eventType": "repaired", "products": codes, "repairTypes": ["tighten"]}
    return town.client.post("/submissions", event, town.tokens[slug]).status


class TestJson:
    def test_one_is_added_read_by_both_and_taken_back(self, town: Town) -> None:
        (code,) = town.pieces(1, "village")
        body = {"delegate": "workshop", "events": ["repaired"], "until": f"{day(9)}T00:00:00Z", "passports": [code]}
        made = town.client.post("/delegations", body, town.tokens["village"])
        assert made.status == 201
        path = made["location"].removeprefix(BASE)
        value = made.json()
        assert value["passports"] == [f"{BASE}/passports/{code}"]
        assert (value["owner"], value["delegate"], value["revoked"]) == ("village", "workshop", None)
        for slug, side in (("village", "given"), ("workshop", "received")):
            assert asked(town, path, slug).json() == value
            got = asked(town, "/delegations", slug)
            assert got.json()[side][0] == value
            assert got["cache-control"] == "private, no-store"
        assert asked(town, path, "watch").status == 404
        assert repair(town, "workshop", code) == 201
        bearer = {"authorization": f"Bearer {town.tokens['village']}"}
        assert town.client.send("DELETE", path, {"authorization": f"Bearer {town.tokens['workshop']}"}).status == 404
        assert town.client.send("DELETE", path, bearer).status == 204
        assert asked(town, path, "village").json()["revoked"]
        assert repair(town, "workshop", code) == 403

    @pytest.mark.parametrize(
        "change",
        [
            {"until": None},
            {"events": "repaired"},
            {"events": ["painted"]},
            {"passports": ["nothing"]},
            {"colour": "green"},
            {"until": "tomorrow"},
            {"events": [1]},
        ],
    )
    def test_what_makes_no_sense_is_refused(self, town: Town, change: dict[str, Any]) -> None:
        body = {"delegate": "workshop", "events": ["repaired"], "until": f"{day(9)}T00:00:00Z"} | change
        got = town.client.post("/delegations", body, town.tokens["town"])
        assert (got.status, got.json()["type"]) == (400, f"{BASE}/problems/malformed")

    def test_t24_a_session_writes_by_forms_only(self, owner: Browser) -> None:
        got = owner.client.send("POST", "/delegations", {"cookie": owner.cookie, **SITE}, b"{}")
        assert got.status == 401


class TestPages:
    def test_an_owner_delegates_and_takes_back(self, town: Town, owner: Browser) -> None:
        one, other = town.pieces(2)
        assert "/delegations" in owner.get("/desk").text
        path = saved(add(owner, which="some", passports=f"{one}\n"))
        page = owner.get(path)
        assert page["cache-control"] == "private, no-store"
        assert "For Verkstan" in words(page)
        assert "One piece" in words(page)
        assert f"/passports/{one}" in page.text
        assert "For Verkstan" in words(owner.get("/delegations"))
        workshop = town.browser("workshop")
        assert "From Exempelby kommun" in words(workshop.get("/delegations"))
        assert "Withdraw the delegation" not in workshop.get(path).text
        assert f"/passports/{one}/acts/repair" in workshop.acts(one)
        saved(workshop.act(one, "repair", repairTypes=["tighten"], result="B"))
        assert workshop.acts(other) == []
        assert repair(town, "workshop", other) == 403
        assert saved(owner.send(path, owner.hidden(path))) == path
        assert "Withdrawn" in words(owner.get(path))
        assert "Withdraw the delegation" not in owner.get(path).text
        assert workshop.acts(one) == []

    def test_the_last_day_is_in_it(self, town: Town, owner: Browser) -> None:
        path = saved(add(owner, until=day(0), events=["cleaned"]))
        told = asked(town, path, "town").json()
        assert told["until"] == f"{day(1)}T00:00:00Z"
        assert "Until" in words(owner.get(path))

    def test_the_form_offers_who_may_be_named_and_what_can_be_delegated(self, owner: Browser) -> None:
        page = owner.get("/delegations/new").text
        assert "Hemliga" not in page
        assert 'value="town"' not in page, "not oneself"
        assert 'value="watch"' not in page, "no role of which anything can be delegated"
        codes = re.findall(r'name="events" value="(\w+)"', page)
        assert codes[:3] == ["puttingIntoService", "inspected", "conditionAssessed"]
        assert set(codes) == set(DELEGABLE)
        assert len(codes) == len(DELEGABLE)
        groups = re.findall(r'tiles-group__name">([^<]+)<', page)
        assert groups == ["Making and selling", "Care and repair", "Places, loans and offers", "End of life"]

    @pytest.mark.parametrize(
        ("fields", "target", "message"),
        [
            ({"delegate": ""}, "delegate-1", "Choose an organisation."),
            ({"delegate": "nobody"}, "delegate-1", "Choose an organisation."),
            ({"delegate": "town"}, "delegate-1", "Choose an organisation."),
            ({"events": ""}, "events-1", "Choose at least one event."),
            ({"events": ["preparedForReuse"]}, "events-1", "does not allow: Prepared for reuse."),
            ({"until": ""}, "until", "Choose a day"),
            ({"until": "2020-01-01"}, "until", "Choose a day"),
            ({"until": "9999-12-31"}, "until", "Choose a day"),
            ({"until": "<b>"}, "until", "Choose a day"),
            ({"which": "some"}, "passports", "Write the code"),
            (
                {"which": "some", "passports": "<script> 7KX9-4M2Q-Z"},
                "passports",
                "pieces are not yours: <script>, 7KX9",
            ),
        ],
    )
    def test_what_is_wrong_stands_beside_its_field(
        self, town: Town, owner: Browser, fields: dict[str, Any], target: str, message: str
    ) -> None:
        before = len(asked(town, "/delegations", "town").json()["given"])
        got = add(owner, **fields)
        assert got.status == 422
        assert f'href="#{target}"' in got.text
        assert f'id="{target}"' in got.text
        assert words(got).count(message) == 2
        assert "<script>" not in got.text
        assert "<title>Error:" in got.text
        assert f'value="{day(30)}"' in got.text or "until" in fields
        assert len(asked(town, "/delegations", "town").json()["given"]) == before

    def test_t24_another_sites_form_and_a_wrong_word_do_nothing(self, town: Town, owner: Browser) -> None:
        path = saved(add(owner, events=["maintained"]))
        fields = {**owner.hidden("/delegations/new"), "delegate": "workshop", "events": "cleaned", "until": day(3)}
        for where, sent in (("/delegations/new", fields), (path, owner.hidden(path))):
            assert owner.send(where, {**sent, "word": "x"}).status == 403
            assert (
                owner.send(where, sent, origin="https://evil.example", **{"sec-fetch-site": "cross-site"}).status == 403
            )
        assert asked(town, path, "town").json()["revoked"] is None

    def test_t02_others_neither_see_nor_take_back(self, town: Town, owner: Browser) -> None:
        path = saved(add(owner, events=["lost"]))
        village = town.browser("village")
        assert village.get(path).status == 404
        word = village.hidden("/delegations/new")
        assert village.send(path, word).status == 404
        assert town.browser("workshop").send(path, town.browser("workshop").hidden("/delegations/new")).status in (
            403,
            404,
        )
        assert asked(town, path, "town").json()["revoked"] is None

    def test_who_may_delegate_nothing_has_no_form(self, town: Town) -> None:
        watch = town.browser("watch")
        page = watch.get("/delegations")
        assert page.status == 200
        assert "/delegations/new" not in page.text
        assert watch.get("/delegations/new").status == 403
        assert town.client.page("/delegations").status == 401

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_language_has_its_words(self, town: Town, owner: Browser, language: str) -> None:
        browser = town.browser("town", language)
        path = saved(add(browser, events=["found"]))
        pages = [browser.get(each) for each in ("/delegations", "/delegations/new", path)]
        assert all(f'<html lang="{language}"' in page.text for page in pages)
        english = [owner.get(each) for each in ("/delegations", "/delegations/new", path)]
        if language != "en":
            assert not any(
                re.findall("<h1[^>]*>([^<]+)", a.text) == re.findall("<h1[^>]*>([^<]+)", b.text)
                for a, b in zip(pages[:2], english[:2], strict=True)
            )
