"""The pages of a passport's old versions, of a life that has gone on since."""

import pytest

from tests.web.conftest import BASE, MODEL, Client, World

Own = tuple[World, Client, object]


@pytest.fixture(scope="module")
def moved(own_world: Own) -> str:
    """A piece whose second version names another model than its first."""
    world, client, _ = own_world
    plain = {name: value for name, value in MODEL.items() if name != "gtin"}
    models = [{**plain, "modelName": [{"value": name, "language": "en"}]} for name in ("Alpha", "Beta")]
    made = client.post("/submissions", models, world.tokens["maker"])
    assert made.status == 201, made.text
    alpha, beta = (each["code"] for each in made.json()["passports"])
    piece = client.post("/submissions", {"granularity": "item", "modelPassport": alpha}, world.tokens["maker"])
    code: str = piece.json()["passports"][0]["code"]
    again = {"granularity": "item", "modelPassport": beta, "uniqueProductIdentifier": code}
    revised = client.post("/submissions", again, world.tokens["maker"])
    assert revised.status == 201, revised.text
    return code


def test_the_page_of_an_old_version_shows_the_model_that_it_named(own_world: Own, moved: str) -> None:
    _, client, _ = own_world
    for number, name, other in ((1, "Alpha", "Beta"), (2, "Beta", "Alpha")):
        machine = client.get(f"/passports/{moved}/versions/{number}").json()
        model = machine["modelPassport"]["passport"].removeprefix(BASE)
        page = client.page(f"/passports/{moved}/versions/{number}")
        assert name in page.text
        assert other not in page.text
        assert f'href="{model}"' in page.text


@pytest.mark.parametrize(("language", "word"), [("en", "archived"), ("sv", "arkiverat")])
def test_the_pages_of_a_withdrawn_passport_say_so(own_world: Own, language: str, word: str) -> None:
    world, client, _ = own_world
    page = client.page(f"/passports/{world.withdrawn}/versions/1", accept_language=language)
    assert page.status == 200
    assert word in page.text.lower()
    assert word not in client.page(f"/passports/{world.legacy}/versions/1", accept_language=language).text.lower()
