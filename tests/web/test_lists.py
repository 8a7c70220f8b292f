"""Long lists: every entry is reached part by part, and only by cursors that this service gave."""

from collections.abc import Iterator

from passport.model.access import Role
from passport.model.passport import Standing
from passport.ports import Organisation
from passport.service.organisations import add_organisation
from passport.web.cursors import PAGE_LENGTH
from passport.web.visitors import SHEET_LENGTH
from tests.web.conftest import BASE, LEGACY, Client, World

Own = tuple[World, Client, object]


def _parts(client: Client, path: str) -> Iterator[tuple[dict, str]]:
    """Each part of a list as JSON and as its page."""
    following: str | None = path
    while following is not None:
        got = client.get(following)
        assert got.status == 200
        yield got.json(), client.page(following).text
        following = got.json().get("next")


def test_every_label_is_reached(own_world: Own) -> None:
    world, client, _ = own_world
    made = client.post("/submissions", [LEGACY] * (2 * SHEET_LENGTH), world.tokens["town"])
    assert made.status == 201
    parts = list(_parts(client, "/labels"))
    assert len(parts) == 3
    codes = [each["code"] for value, _ in parts for each in value["labels"]]
    products = world.system.history.products(level=None, after=None, limit=1000)
    assert codes == [each.code for each in products if each.standing is Standing.ACTIVE]
    for value, page in parts:
        assert ("next" in value) is ('rel="next"' in page)
        if "next" in value:
            assert value["next"].removeprefix(BASE) in page


def test_every_organisation_is_reached(own_world: Own) -> None:
    world, client, _ = own_world
    for number in range(PAGE_LENGTH):
        add_organisation(world.system, Organisation(f"workshop-{number}", f"W {number}", Role.SUPPLIER, "workshop"))
    parts = list(_parts(client, "/organisations"))
    assert len(parts) == 2
    listed = [each["id"] for value, _ in parts for each in value["organisations"]]
    assert listed == [f"{BASE}/organisations/{each.slug}" for each in world.system.parties.organisations()]
    assert all(each.removeprefix(BASE) in page for value, page in parts for each in [value["organisations"][0]["id"]])


def test_cursors_tell_nothing_and_others_are_refused(own_world: Own) -> None:
    world, client, _ = own_world
    cursor = client.get("/labels").json()["next"].rpartition("=")[2]
    assert cursor.isascii()
    for path in ("/models", "/organisations"):
        for wrong in (cursor, world.model, "x", "%00", "bW9kZWxzOg", "a" * 100):
            assert client.get(f"{path}?cursor={wrong}").status == 400, (path, wrong)


def test_the_forms_answer_names_the_first_passports_and_counts_all(own_world: Own) -> None:
    import json

    world, client, _ = own_world
    text = json.dumps([LEGACY] * 205)
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name, value)
        for name, value in ((b"token", world.tokens["town"].encode()), (b"text", text.encode()))
    )
    got = client.send("POST", "/submit", {"content-type": "multipart/form-data; boundary=x"}, body + b"--x--\r\n")
    assert got.status == 201
    assert "Accepted: 205 passports" in got.text
    assert got.text.count('href="/passports/') == 200
    assert "The first 200 are listed." in got.text
