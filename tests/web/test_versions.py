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


@pytest.fixture(scope="module")
def corrected(own_world: Own) -> tuple[str, str]:
    """A piece, and its model whose second version is a correction."""
    world, client, _ = own_world
    model = {name: value for name, value in MODEL.items() if name != "gtin"}
    made = client.post("/submissions", [model, {"granularity": "item", "modelPassport": "#0"}], world.tokens["maker"])
    code, piece = (each["code"] for each in made.json()["passports"])
    reason = [{"value": "The scale was wrong.", "language": "en"}, {"value": "Vågen visade fel.", "language": "sv"}]
    revision = {"revisionType": "correction", "reason": reason}
    later = {**model, "netWeight": 7.7, "revision": revision, "uniqueProductIdentifier": code}
    again = client.post("/submissions", later, world.tokens["maker"])
    assert again.status == 201, again.text
    return code, piece


def test_what_a_version_changed_is_told_to_machines(own_world: Own, corrected: tuple[str, str]) -> None:
    _, client, _ = own_world
    code, _ = corrected
    told = client.get(f"/passports/{code}/versions/2/changes").json()
    assert told["since"] == f"{BASE}/passports/{code}/versions/1"
    assert told["revision"]["revisionType"] == "correction"
    assert {"pointer": "/netWeight", "change": "changed", "before": "7.4", "after": "7.7"} in told["changes"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("The scale was wrong.", "7.4", "7.7")), ("sv", ("Vågen visade fel.", "7,4", "7,7"))],
)
def test_what_a_version_changed_is_told_to_people(
    own_world: Own, corrected: tuple[str, str], language: str, words: tuple[str, ...]
) -> None:
    _, client, _ = own_world
    page = client.page(f"/passports/{corrected[0]}/versions/2/changes", accept_language=language)
    assert page.status == 200
    assert all(word in page.text for word in words)
    assert f'href="/passports/{corrected[0]}/versions/2/changes"' in client.page(f"/passports/{corrected[0]}").text


def test_what_a_version_says_of_itself_is_no_change_of_the_product(own_world: Own, corrected: tuple[str, str]) -> None:
    _, client, _ = own_world
    page = client.page(f"/passports/{corrected[0]}/versions/2/changes").text
    assert "One value differs." in page
    assert page.count('class="card"') == 1


def test_several_versions_are_not_called_what_only_the_last_one_is(own_world: Own) -> None:
    world, client, _ = own_world
    model = {name: value for name, value in MODEL.items() if name != "gtin"}
    code = client.post("/submissions", model, world.tokens["maker"]).json()["passports"][0]["code"]
    model["uniqueProductIdentifier"] = code
    for weight, kind in ((7.7, "correction"), (8, "change")):
        later = {**model, "netWeight": weight, "revision": {"revisionType": kind}}
        assert client.post("/submissions", later, world.tokens["maker"]).status == 201
    keep = "Pieces that were made to an earlier version keep what that version says."
    assert keep in client.page(f"/passports/{code}/versions/3/changes").text
    together = client.page(f"/passports/{code}/versions/3/changes?since=1").text
    assert keep not in together
    assert "These are several versions." in together


def test_a_piece_shows_the_correction_and_says_so(own_world: Own, corrected: tuple[str, str]) -> None:
    _, client, _ = own_world
    model, piece = corrected
    page = client.page(f"/passports/{piece}").text
    assert "7.7" in page
    assert "7.4" not in page
    assert f'href="/passports/{model}/versions/2/changes?since=1"' in page
    assert client.get(f"/passports/{piece}?view=merged").json()["model"]["netWeight"] == "7.7"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("versions/1/changes", 404),
        ("versions/9/changes", 404),
        ("versions/2/changes?since=2", 400),
        ("versions/2/changes?since=0", 400),
        ("versions/2/changes?since=x", 400),
    ],
)
def test_what_cannot_be_compared_is_refused(own_world: Own, corrected: tuple[str, str], path: str, status: int) -> None:
    _, client, _ = own_world
    for accept in ("application/json", "text/html"):
        assert client.get(f"/passports/{corrected[0]}/{path}", accept).status == status
