"""Comparing over HTTP: a page and JSON at one address, and clear answers for codes that lead nowhere."""

import pytest

from tests.web.conftest import BASE, MODEL, Client, World

OTHER = {
    **MODEL,
    "gtin": "09526543000020",
    "modelName": [{"value": "Birch chair", "language": "en"}],
    "netWeight": 8.1,
    "maxLoad": 110,
}


@pytest.fixture(scope="module")
def others(own_world) -> tuple[World, Client, str]:
    world, client, _ = own_world
    made = client.post("/submissions", OTHER, world.tokens["maker"])
    assert made.status == 201, made.text
    return world, client, made.json()["passports"][0]["code"]


def test_two_models_as_json_and_as_page(others) -> None:
    world, client, other = others
    address = f"/compare?model={world.model}&model={other}"
    value = client.get(address).json()
    assert [each["code"] for each in value["models"]] == [world.model, other]
    assert value["models"][0]["passport"] == f"{BASE}/passports/{world.model}"
    assert value["models"][0]["version"].endswith("/versions/2")
    fields = {each["field"]: each for section in value["sections"] for each in section["fields"]}
    assert fields["netWeight"] == {"field": "netWeight", "differs": True, "values": ["7.5", "8.1"]}
    assert fields["maxLoad"]["values"] == [None, "110"]
    assert fields["components"]["differs"] is False, "their own addresses are no difference"
    assert "id" not in fields["components"]["values"][0][0]
    assert "originCountry" not in str(value), "restricted members are in no public passport"
    page = client.page(address)
    assert page.status == 200
    assert "Birch chair" in page.text
    assert "Oak chair" in page.text


def test_only_the_differences(others) -> None:
    world, client, other = others
    address = f"/compare?model={world.model}&model={other}&show=differences"
    value = client.get(address).json()
    assert all(each["differs"] for section in value["sections"] for each in section["fields"])
    assert "show=differences" in client.page(f"/compare?model={world.model}&model={other}").text
    assert client.get(f"/compare?model={world.model}&show=nothing").status == 400


def test_a_piece_stands_for_its_model_and_an_address_for_its_code(others) -> None:
    world, client, other = others
    value = client.get(f"/compare?model={world.piece.lower()}&model={BASE}/passports/{other}").json()
    assert [each["code"] for each in value["models"]] == [world.model, other]


def test_one_model_names_those_alike_and_asks_for_the_other(others) -> None:
    world, client, other = others
    value = client.get(f"/compare?model={world.model}").json()
    assert [each["code"] for each in value["models"]] == [world.model]
    assert [each["code"] for each in value["alike"]] == [other]
    page = client.page(f"/compare?model={world.model}&model=")
    assert page.status == 200
    assert "Birch chair" in page.text
    assert client.get("/compare").json() == {"models": [], "alike": []}
    assert client.page("/compare").status == 200


@pytest.mark.parametrize(
    ("codes", "status", "said"),
    [
        (("{model}", "{model}"), 400, "Both codes lead to the same model."),
        (("{model}", "{piece}"), 400, "Both codes lead to the same model."),
        (("{model}", "{legacy}"), 400, "Only models can be compared, and this product has none."),
        (("{withdrawn}", "{model}"), 410, "This passport was withdrawn"),
        (("{model}", "7KX94M2Q4"), 404, "No furniture has this code"),
        (("7KX9-4M2Q-Y", "{model}"), 404, "This code was misread or mistyped"),
        (("../../etc/passwd", "%00<script>"), 404, "This code was misread or mistyped"),
    ],
)
def test_codes_that_lead_nowhere_are_answered_clearly(others, codes, status, said) -> None:
    world, client, _ = others
    known = {"model": world.model, "piece": world.piece, "legacy": world.legacy, "withdrawn": world.withdrawn}
    address = "/compare?" + "&".join(f"model={code.format(**known)}" for code in codes)
    refused = client.get(address)
    assert (refused.status, refused["content-type"]) == (status, "application/problem+json")
    page = client.page(address)
    assert page.status == status
    assert said in page.text
    assert "govuk-error-summary" in page.text
    assert "<script" not in page.text


def test_more_than_two_are_told_so(others) -> None:
    world, client, other = others
    page = client.page(f"/compare?model={world.model}&model={other}&model={world.piece}")
    assert page.status == 200
    assert "the first two are compared" in page.text
    assert client.get("/compare?" + "model=x&" * 21).status == 400


def test_a_model_without_others_says_so_and_links_lead_there(others) -> None:
    world, client, _ = others
    assert f'href="/compare?model={world.model}"' in client.page(f"/passports/{world.piece}").text
    assert "/compare" not in client.page(f"/passports/{world.legacy}").text


def test_the_language_switch_keeps_the_codes(others) -> None:
    world, client, other = others
    page = client.page(f"/compare?model={world.model}&model={other}&lang=sv")
    assert "Två modeller sida vid sida" in page.text
    assert f"?model={world.model}&amp;model={other}&amp;lang=pl" in page.text
