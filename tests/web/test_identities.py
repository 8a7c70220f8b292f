"""Identities over HTTP: nobody takes another's, no spelling makes a second one, none is ever used again."""

from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from passport.model.identifiers import check_digit
from passport.published import Published
from passport.service import passports
from tests.web.conftest import BASE, LEGACY, MODEL, Client, World

SERIAL = "Ab-1/2"
ESCAPED = quote(SERIAL, safe="")


def _gtin(number: int) -> str:
    body = f"095265431{number:04d}"
    return body + str(check_digit(body))


@pytest.fixture(scope="module")
def piece(_world: tuple[World, Client]) -> tuple[str, str]:
    """GTIN and short code of a piece of the maker's with an awkward serial number."""
    world, client = _world
    gtin = _gtin(1)
    item = {"granularity": "item", "gtin": gtin, "serialNumber": SERIAL, "modelPassport": "#0"}
    made = client.post("/submissions", [{**MODEL, "gtin": gtin}, item], world.tokens["maker"])
    assert made.status == 201, made.text
    return gtin, made.json()["passports"][1]["code"]


def _spellings(gtin: str, code: str) -> list[dict[str, Any]]:
    """Every way to name that piece in a submission."""
    short = gtin.lstrip("0")
    lower = ESCAPED.replace("%2F", "%2f")
    every = "".join(f"%{ord(each):02x}" for each in SERIAL)
    names = [
        f"https://id.gs1.org/01/{gtin}/21/{ESCAPED}",
        f"https://ID.GS1.org/01/{gtin}/21/{lower}",
        f"HTTPS://other.example/01/{gtin}/21/{every}",
        f"http://other.example/01/{gtin}/21/{every.upper()}?x=1",
        f"https://other.example/01/{gtin}/10/LOT/21/{ESCAPED}",
        f"{BASE}/01/{gtin}/21/{ESCAPED}",
        f"{BASE}/p/{code}",
        f"{BASE}/P/{code.lower()}",
        f"{BASE.upper()}/P/{code}",
        f"{BASE}/passports/{code}",
        f"{BASE}/passports/{code[:4]}-{code[4:8]}-{code[8]}/versions/1",
        code,
        code.lower(),
        f"{code[:3]}-{code[3:]}".lower(),
    ]
    plain = {"granularity": "item", "category": "sofa"}
    return [
        *({**plain, "uniqueProductIdentifier": name} for name in names),
        {**plain, "gtin": gtin, "serialNumber": SERIAL},
        {**plain, "gtin": short, "serialNumber": SERIAL},
        {**plain, "gtin": short, "serialNumber": SERIAL, "uniqueProductIdentifier": names[0]},
    ]


def test_t05_no_spelling_of_an_identity_lets_another_organisation_in(
    client: Client, world: World, piece: tuple[str, str]
) -> None:
    size = world.system.history.size()
    for document in _spellings(*piece):
        got = client.post("/submissions", document, world.tokens["rival"])
        assert got.status == 403, (document, got.text)
        assert got.json()["type"] == f"{BASE}/problems/identity-taken"
    assert world.system.history.size() == size


def test_t05_every_spelling_by_its_issuer_is_the_next_version(
    client: Client, world: World, piece: tuple[str, str]
) -> None:
    gtin, code = piece
    for number, document in enumerate(_spellings(gtin, code), 1):
        revised = {**document, "extensions": {"number": number}}
        got = client.post("/submissions", revised, world.tokens["maker"])
        assert got.status == 201, (document, got.text)
        (passport,) = got.json()["passports"]
        assert (passport["code"], passport["outcome"]) == (code, "revised")
    assert client.get(f"/passports/{code}").json()["version"] == len(_spellings(gtin, code)) + 1


@pytest.mark.parametrize("length", [8, 12, 13, 14])
def test_t05_a_gtin_of_any_length_is_one_identity(client: Client, world: World, length: int) -> None:
    digits = f"{9_000_000 + length}"
    gtin = digits + str(check_digit(digits))
    made = client.post("/submissions", {**MODEL, "gtin": gtin.zfill(length)}, world.tokens["maker"])
    assert made.status == 201, made.text
    size = world.system.history.size()
    for other in (8, 12, 13, 14):
        for name in ("gtin", "uniqueProductIdentifier"):
            if name == "uniqueProductIdentifier" and other != 14:
                continue
            value = gtin.zfill(other) if name == "gtin" else f"https://id.gs1.org/01/{gtin.zfill(14)}"
            document = {key: each for key, each in MODEL.items() if key != "gtin"} | {name: value}
            assert client.post("/submissions", document, world.tokens["rival"]).status == 403, (other, name)
    assert world.system.history.size() == size


@pytest.mark.parametrize("first", [0x0660, 0x0966, 0xFF10, 0x1D7CE])
def test_t05_digits_of_other_scripts_make_no_identity(client: Client, world: World, first: int) -> None:
    size = world.system.history.size()
    other = MODEL["gtin"].translate({ord("0") + digit: first + digit for digit in range(10)})
    for document in (
        {**MODEL, "gtin": other},
        {**MODEL, "uniqueProductIdentifier": f"https://id.gs1.org/01/{other}"},
        {"granularity": "item", "category": "sofa", "gtin": other, "serialNumber": "A-0001"},
        {"granularity": "item", "category": "sofa", "uniqueProductIdentifier": other},
    ):
        got = client.post("/submissions", document, world.tokens["rival"])
        assert got.status in (403, 422), got.text
    assert world.system.history.size() == size
    assert client.get(f"/01/{quote(other)}").status in (400, 404)


def test_t05_a_withdrawn_identity_is_never_used_again(client: Client, world: World) -> None:
    gtin, tokens = _gtin(2), world.tokens
    item = {"granularity": "item", "gtin": gtin, "serialNumber": SERIAL, "category": "sofa"}
    code = client.post("/submissions", item, tokens["maker"]).json()["passports"][0]["code"]
    assert client.post(f"/passports/{code}/withdrawal", {"reason": "Test."}, tokens["maker"]).status == 201
    size = world.system.history.size()
    for document in _spellings(gtin, code):
        own = client.post("/submissions", document, tokens["maker"])
        assert own.status == 422, (document, own.text)
        assert "identity-withdrawn" in {each["code"] for each in own.json()["report"]["findings"]}
        assert client.post("/submissions", document, tokens["rival"]).status == 403
        assert client.post("/submissions", document, tokens["keeper"]).status == 403
    assert world.system.history.size() == size
    assert client.get(f"/p/{code}").status == 410
    leads = client.get(f"/01/{gtin}/21/{ESCAPED}")
    assert leads.status == 410 or client.get(leads["location"].removeprefix(BASE)).status == 410


def test_t05_a_code_that_is_taken_is_drawn_again(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = [world.withdrawn, world.piece, world.withdrawn]
    real = passports.draw
    monkeypatch.setattr(passports, "draw", lambda: drawn.pop() if drawn else real())
    got = client.post("/submissions", [LEGACY, LEGACY], world.tokens["town"])
    assert got.status == 201
    codes = [each["code"] for each in got.json()["passports"]]
    assert drawn == []
    assert len({*codes, world.withdrawn, world.piece}) == 4


def test_t04_a_hundred_parallel_repetitions_issue_once(fresh_client: Any, world: World) -> None:
    size = world.system.history.size()
    document = {**LEGACY, "inventoryNumber": "K-104"}
    clients = [fresh_client() for _ in range(10)]

    def ten(client: Client) -> list[tuple[int, bytes, bool]]:
        answers = [
            client.post("/submissions", document, world.tokens["town"], idempotency_key="hundred") for _ in range(10)
        ]
        return [(got.status, got.body, "idempotency-replayed" in got) for got in answers]

    with ThreadPoolExecutor(10) as pool:
        answers = [answer for some in pool.map(ten, clients) for answer in some]
    assert len(answers) == 100
    assert len({(status, body) for status, body, _ in answers}) == 1
    assert sum(not replayed for _, _, replayed in answers) == 1
    code = clients[0].post("/submissions", document, world.tokens["town"], idempotency_key="hundred").json()
    documents = world.system.history.documents(code["passports"][0]["code"])
    assert world.system.history.size() - size == len(documents) == 4


def test_t06_what_the_service_owns_is_refused_with_its_place_and_never_stored(
    client: Client, world: World, published: Published
) -> None:
    size = world.system.history.size()
    names = [each.name for each in published.shape("furniture", "1.0", "item").fields if each.server]
    names += ["proof", "issuer", "id", "type", "status", "hash", "digest", "credentialStatus", "salt", "dppStatus"]
    names += ["version", "shortCode", "gtinVerified", "restrictedDocuments", "surprise", "__proto__", "constructor"]
    for name in names:
        got = client.post("/submissions", {**LEGACY, name: "x"}, world.tokens["town"])
        assert got.status == 422, name
        assert f"/{name}" in {each["pointer"] for each in got.json()["report"]["findings"]}
        nested = {**LEGACY, "condition": {"grade": "C", name: "x"}}
        got = client.post("/submissions", nested, world.tokens["town"])
        if name != "id":
            assert got.status == 422, name
            assert f"/condition/{name}" in {each["pointer"] for each in got.json()["report"]["findings"]}
    assert world.system.history.size() == size


def test_t18_t19_other_contexts_are_400_over_http(client: Client, world: World) -> None:
    size = world.system.history.size()
    ours = "https://w3id.org/furniturepassport/contexts/passport/1.0"
    for context in (
        "http://127.0.0.1:9/context",
        "https://schema.org/",
        [ours, {"category": "https://evil.example/other"}],
        {"@vocab": "https://evil.example/"},
        {"@base": "https://evil.example/"},
        f"{ours}#x",
    ):
        for media_type in ("application/ld+json", "application/json"):
            document = {**LEGACY, "@context": context}
            got = client.post("/submissions", document, world.tokens["town"], content_type=media_type)
            assert got.status == 400, (context, got.text)
            codes = {each["code"] for each in got.json()["report"]["findings"]}
            assert codes & {"context-unknown", "context-inline"}
    assert world.system.history.size() == size


def test_what_is_signed_is_what_was_stored(client: Client, world: World) -> None:
    """T19: the payload of the signature is byte for byte the kept one; nothing is serialised a second time."""
    for code in (world.model, world.piece, world.legacy):
        for document in world.system.history.documents(code):
            if document.tier != "public":
                continue
            signed = client.get(f"/credentials/{document.id}", "application/vc+jwt").body
            payload = signed.split(b".")[1]
            assert urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)) == document.payload
