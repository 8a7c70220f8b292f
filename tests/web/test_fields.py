"""Every schema field, term and code has a page that says what it means, who asks for it, and shows a real passport."""

import pytest

from passport.published import Published, Use
from passport.service import search
from tests.web.conftest import BASE, MODEL, Client, World

ROOT = "/schemas/furniture/1.0"


def _every_use(published: Published) -> list[Use]:
    return [
        use
        for group in published.groups()
        for version in published.versions(group)
        for use in published.uses(group, version)
    ]


def test_every_field_of_every_group_has_a_page_and_a_twin(client: Client, published: Published) -> None:
    every = _every_use(published)
    assert len(every) >= 300
    for use in every[::7]:
        page, twin = client.page(use.address), client.get(use.address, "application/json")
        assert (page.status, twin.status) == (200, 200), use.address
        assert published.term(use.field.name).comments["en"] in page.text.replace("&#39;", "'")
        assert twin.json()["field"] == "/" + "/".join(use.path)


def test_the_page_says_who_asks_for_a_field(client: Client) -> None:
    text = client.page(f"{ROOT}/model/components/function").text
    assert "Component" in text
    assert "profile Supplier: Model" in text
    assert 'href="/vocab/codes/component-function"' in text
    twin = client.get(f"{ROOT}/model/components/function", "application/json").json()
    assert twin["profiles"]["supplier"] == ["model"]
    assert client.get(f"{ROOT}/model/category", "application/json").json()["required"] == ["model"]
    assert client.get(f"{ROOT}/item/owner", "application/json").json()["tier"] == "legitimate-interest"


@pytest.mark.parametrize(
    "path",
    [
        *(f"{ROOT}/model/components", "/vocab/components"),
        *("/vocab/codes/material-class", "/vocab/codes/material-class/wood-solid"),
    ],
)
def test_it_is_shown_in_a_real_passport(client: Client, world: World, path: str) -> None:
    search.catch_up(world.system, seconds=20)
    page = client.page(path, accept_language="en")
    assert page.status == 200
    assert "In a real passport" in page.text
    assert f'href="/passports/{world.model}"' in page.text


def test_no_page_waits_for_the_index(client: Client, world: World) -> None:
    late = {**MODEL, "gtin": "09526543000037", "modelName": [{"value": "Late chair", "language": "en"}]}
    assert client.post("/submissions", late, world.tokens["maker"]).status == 201
    behind = search.lag(world.system)
    assert behind > 0
    assert client.page(f"{ROOT}/model/components").status == 200
    assert search.lag(world.system) == behind


def test_t07_a_restricted_value_is_not_shown_as_an_example(client: Client, world: World) -> None:
    search.catch_up(world.system, seconds=20)
    for path in (f"{ROOT}/item/owner", f"{ROOT}/item/inventoryNumber", "/vocab/inventoryNumber"):
        text = client.page(path).text
        assert "K-77" not in text
        assert "In a real passport" not in text


def test_a_code_list_names_the_fields_that_use_it(client: Client) -> None:
    assert f'href="{ROOT}/model/components/materials/materialClass"' in client.page("/vocab/codes/material-class").text


def test_a_term_names_every_place_where_it_stands(client: Client) -> None:
    text = client.page("/vocab/mass").text
    for path in ("components/mass", "components/materials/mass", "packaging/mass"):
        assert f'href="{ROOT}/model/{path}"' in text


@pytest.mark.parametrize(
    "path", ["model/colour/red", "model/components/wheel", "planet/components", "model//mass", "item/tests"]
)
def test_what_is_no_field_is_not_found(client: Client, path: str) -> None:
    got = client.get(f"{ROOT}/{path}")
    assert got.status == 404
    assert got.json()["type"] == f"{BASE}/problems/not-found"


def test_the_page_of_a_member_of_events_says_which_events_ask_for_it(client: Client) -> None:
    text = client.page(f"{ROOT}/event/repairTypes", accept_language="en").text
    assert "Kinds of events" in text
    assert "events of these kinds:" in text
    assert "Parts replaced" in text
    twin = client.get(f"{ROOT}/event/repairTypes", "application/json").json()
    assert (twin["levels"], twin["neededBy"], twin["profiles"]) == (["event"], ["repaired"], {})
    assert "partsReplaced" in twin["events"]
    assert "every event" in client.page(f"{ROOT}/event/eventType", accept_language="en").text
    inner = client.get(f"{ROOT}/event/partsUsed/partPassport", "application/json").json()
    assert (inner["events"], inner["neededBy"]) == (twin["events"], [])
    assert "neededBy" not in client.get(f"{ROOT}/item/owner", "application/json").json()


def test_a_code_of_events_names_the_members_that_take_it(client: Client) -> None:
    assert f'href="{ROOT}/event/repairTypes"' in client.page("/vocab/codes/repair-type").text
    assert f'href="{ROOT}/event"' in client.page("/schemas").text
