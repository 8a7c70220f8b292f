"""Batches: a page of their own, and what they say of the pieces that name them."""

import pytest

from tests.web.conftest import BASE, GTIN, MODEL, PIECE, Client, World

BATCH = {
    "granularity": "batch",
    "gtin": GTIN,
    "batchNumber": "L-7",
    "modelPassport": "#0",
    "manufacturingDate": "2026-04",
    "productionCountry": "LT",
}
OF_IT = {**PIECE, "serialNumber": "A-0700", "batchPassport": "#1"}


@pytest.fixture(scope="module")
def made(own_world: tuple[World, Client, object]) -> tuple[Client, World, str, str, str]:
    """A piece that says when it was made, its batch, and a piece that leaves that to the batch."""
    world, client, _ = own_world
    silent = {name: value for name, value in OF_IT.items() if name != "manufacturingDate"} | {"serialNumber": "A-0701"}
    got = client.post("/submissions", [MODEL, BATCH, OF_IT, silent], world.tokens["maker"])
    assert got.status == 201, got.text
    batch, piece, other = (each["code"] for each in got.json()["passports"][1:])
    return client, world, batch, piece, other


def test_a_batch_has_a_page_that_names_its_model(made: tuple[Client, World, str, str, str]) -> None:
    client, world, batch, _, _ = made
    for language, said in (("en", "Lithuania"), ("sv", "Litauen"), ("da", "Litauen"), ("pl", "Litwa")):
        page = client.page(f"/passports/{batch}?lang={language}")
        assert page.status == 200
        assert said in page.text
        assert f'href="/passports/{world.model}"' in page.text
    assert client.get(f"/passports/{batch}").json()["batchNumber"] == "L-7"
    body = client.get(f"/passports/{batch}?view=merged").json()
    assert (body["passport"]["shortCode"], body["batch"], body["model"]["shortCode"]) == (batch, None, world.model)


def test_a_piece_names_its_batch_and_shows_what_it_says(made: tuple[Client, World, str, str, str]) -> None:
    client, _, batch, piece, other = made
    text = client.page(f"/passports/{piece}?lang=en").text
    assert f'href="/passports/{batch}">The batch’s passport</a>' in text
    assert "Lithuania" in text
    assert "What is marked “Batch” is said by the batch’s passport." in text
    assert "May 2026" in text, "the piece's own word goes before its batch's"
    assert "April 2026" in client.page(f"/passports/{other}?lang=en").text


def test_the_merged_view_has_piece_batch_and_model_whole(made: tuple[Client, World, str, str, str]) -> None:
    client, world, batch, piece, _ = made
    body = client.get(f"/passports/{piece}?view=merged").json()
    assert list(body) == ["passport", "batch", "model", "restricted", "state", "composition", "hidden"]
    assert (body["restricted"], body["hidden"]) == ([], [])
    assert body["batch"] == client.get(f"/passports/{batch}").json()
    assert body["passport"]["batchPassport"] == body["batch"]["digitalProductPassportId"] == f"{BASE}/passports/{batch}"
    assert body["model"]["shortCode"] == world.model
    assert client.get(f"/passports/{world.piece}?view=merged").json()["batch"] is None
    assert client.get(f"/passports/{world.legacy}?view=merged").json()["batch"] is None


def test_a_withdrawn_batch_says_nothing_more(made: tuple[Client, World, str, str, str]) -> None:
    client, world, batch, piece, _ = made
    gone = client.post(f"/passports/{batch}/withdrawal", {"reason": "Never made."}, world.tokens["maker"])
    assert gone.status == 201, gone.text
    assert client.get(f"/passports/{piece}?view=merged").json()["batch"] is None
    assert "Lithuania" not in client.page(f"/passports/{piece}").text
