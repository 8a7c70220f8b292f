"""Submitting over HTTP: documents, findings, the form, pictures, withdrawals."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.web.conftest import BASE, LEGACY, MODEL, PNG, Client, World

BOUNDARY = "0123456789"


def _form(fields: dict[str, str], file: bytes | None = None, name: str = "file.json") -> tuple[dict[str, str], bytes]:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    if file is not None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        parts.append(head.encode() + file + b"\r\n")
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    return {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}, body


def test_a_submission_is_accepted_with_its_location(client: Client, world: World) -> None:
    got = client.post("/submissions", {**LEGACY, "inventoryNumber": "K-100"}, world.tokens["town"])
    assert got.status == 201
    assert got["location"] == got.json()["submission"]
    assert got["cache-control"] == "no-store"
    passport = got.json()["passports"][0]["passport"]
    assert client.get(passport).status == 200
    kept = client.get(got["location"], authorization=f"Bearer {world.tokens['town']}")
    assert kept.json() == got.json()


def test_findings_are_422_with_all_of_them_in_the_readers_language(client: Client, world: World) -> None:
    wrong = {**LEGACY, "category": "cheir", "surprise": 1}
    got = client.post("/submissions", [wrong, wrong], world.tokens["town"], accept_language="sv")
    assert got.status == 422
    assert got["content-type"] == "application/problem+json"
    assert got["content-language"] == "sv, en"
    problem = got.json()
    assert problem["type"] == f"{BASE}/problems/findings"
    assert problem["report"]["documents"] == 2
    assert {each["document"] for each in problem["report"]["findings"]} == {0, 1}
    assert {"/category", "/surprise"} <= {each["pointer"] for each in problem["report"]["findings"]}
    (category,) = {each["field"] for each in problem["report"]["findings"] if each["pointer"] == "/category"}
    assert category == f"{BASE}/schemas/furniture/1.0/model/category"
    assert client.page(category.removeprefix(BASE)).status == 200
    english = client.post("/submissions", wrong, world.tokens["town"]).json()
    assert english["title"] != problem["title"]


def test_a_dry_run_keeps_nothing(client: Client, world: World) -> None:
    size = world.system.history.size()
    got = client.post("/submissions?dry_run=true", {**LEGACY, "inventoryNumber": "K-101"}, world.tokens["town"])
    assert got.status == 200
    assert got.json()["report"]["ok"] is True
    assert world.system.history.size() == size


def test_ndjson_is_read_line_by_line(client: Client, world: World) -> None:
    lines = "\n".join(json.dumps({**LEGACY, "inventoryNumber": f"N-{number}"}) for number in range(3))
    got = client.post("/submissions", lines.encode(), world.tokens["town"], content_type="application/x-ndjson")
    assert got.status == 201
    assert len(got.json()["passports"]) == 3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"a":' * 100 + b"1" + b"}" * 100,
        b'{"a":NaN}',
        b'{"a":1e400}',
        b'{"a":9007199254740993}',
        b'{"a":1,"a":2}',
        b'{"a":"\\ud800"}',
        b"\xff\xfe",
        b"null",
        b"[1]",
    ],
)
def test_t12_unsafe_json_is_400_and_never_500(client: Client, world: World, body: bytes) -> None:
    got = client.post("/submissions", body, world.tokens["town"])
    assert got.status == 400, got.text
    assert got.json()["type"] == f"{BASE}/problems/unreadable"


def test_other_media_types_are_415(client: Client, world: World) -> None:
    got = client.post("/submissions", b"a;b", world.tokens["town"], content_type="text/csv")
    assert got.status == 415


def test_t04_the_same_key_gives_the_same_answer(client: Client, world: World) -> None:
    document = {**LEGACY, "inventoryNumber": "K-102"}
    first = client.post("/submissions", document, world.tokens["town"], idempotency_key="once")
    again = client.post("/submissions", document, world.tokens["town"], idempotency_key="once")
    assert (again.status, again.body, again["location"]) == (first.status, first.body, first["location"])
    assert again["idempotency-replayed"] == "true"
    other = client.post("/submissions", LEGACY, world.tokens["town"], idempotency_key="once")
    assert other.status == 422
    assert other.json()["type"] == f"{BASE}/problems/idempotency-key-reused"
    assert client.post("/submissions", document, world.tokens["town"], idempotency_key="x" * 300).status == 400


def test_t04_parallel_repetitions_issue_once(fresh_client, world: World) -> None:
    size = world.system.history.size()
    document = {**LEGACY, "inventoryNumber": "K-103"}

    def one(client: Client) -> tuple[int, bytes]:
        got = client.post("/submissions", document, world.tokens["town"], idempotency_key="parallel")
        return got.status, got.body

    clients = [fresh_client() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = {answer for _ in range(4) for answer in pool.map(one, clients)}
    assert len(answers) == 1
    first = world.system.history.size() - size
    assert first > 0
    one(clients[0])
    assert world.system.history.size() - size == first


def test_t01_another_organisations_identity_is_refused(client: Client, world: World) -> None:
    size = world.system.history.size()
    got = client.post("/submissions", {**MODEL, "netWeight": 9}, world.tokens["rival"])
    assert got.status == 403
    assert got.json()["type"] == f"{BASE}/problems/identity-taken"
    assert world.system.history.size() == size


def test_the_form_does_the_same_without_script(client: Client, world: World) -> None:
    document = json.dumps({**LEGACY, "inventoryNumber": "K-104"}).encode()
    headers, body = _form({"token": world.tokens["town"]}, document)
    got = client.send("POST", "/submit", headers | {"sec-fetch-site": "same-origin", "accept-language": "da"}, body)
    assert got.status == 201, got.text
    assert got["content-type"] == "text/html; charset=utf-8"
    assert got["content-language"] == "da"
    assert got["cache-control"] == "private, no-store"
    headers, body = _form({"token": world.tokens["town"], "dry_run": "true"}, document)
    assert client.send("POST", "/submit", headers, body).status == 200
    headers, body = _form({"token": world.tokens["town"], "text": document.decode()})
    assert client.send("POST", "/submit", headers, body).status == 201
    from urllib.parse import urlencode

    plain = urlencode({"token": world.tokens["town"], "text": document.decode(), "dry_run": "on"}).encode()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert client.send("POST", "/submit", kind, plain).status == 200


def _key(page: str) -> str:
    found = re.search(r'<input type="hidden" name="key" value="([^"]+)"', page)
    assert found, page
    return found[1]


def test_t04_a_form_sent_twice_issues_once(client: Client, world: World) -> None:
    unmarked = {name: value for name, value in LEGACY.items() if name != "isSecondHandLegacy"}
    warned = json.dumps({**unmarked, "inventoryNumber": "K-105"}).encode()
    opened = [_key(client.page("/submissions").text) for _ in range(2)]
    assert len(set(opened)) == 2

    def send(key: str, document: bytes) -> tuple[int, list[str], int]:
        headers, body = _form({"token": world.tokens["town"], "key": key}, document)
        got = client.send("POST", "/submit", headers, body)
        assert _key(got.text) not in opened
        return got.status, re.findall(r'href="/passports/(\w+)"', got.text), got.text.count('class="finding"')

    size = world.system.history.size()
    first = send(opened[0], warned)
    grown = world.system.history.size()
    assert first[0] == 201
    assert (len(first[1]), first[2]) == (1, 1)
    assert grown > size
    assert send(opened[0], warned) == first, "the remembered passports and the remembered report"
    assert world.system.history.size() == grown
    other = send(opened[0], json.dumps({**LEGACY, "inventoryNumber": "K-106"}).encode())
    assert other[0] == 201
    assert other[1] != first[1]
    again = send(opened[1], warned)
    assert again[0] == 201
    assert again[1] != first[1]


def test_the_form_shows_what_is_wrong(client: Client, world: World) -> None:
    good = {"token": world.tokens["town"]}
    for fields, file, status in (
        ({}, b"{}", 401),
        ({"token": "wrong"}, b"{}", 401),
        ({"token": world.tokens["reader"]}, b"{}", 403),
        (good, None, 400),
        (good, b"{", 400),
        (good, b'{"granularity":"item"}', 422),
    ):
        headers, body = _form(fields, file)
        got = client.send("POST", "/submit", headers, body)
        assert got.status == status
        assert got["content-type"] == "text/html; charset=utf-8"
        assert world.tokens["town"] not in got.text
    assert client.send("POST", "/submit", {"content-type": "multipart/form-data"}, b"x").status == 400
    assert client.send("POST", "/submit", {"content-type": "application/json"}, b"{}").status == 415


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": BASE}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://localhost:8000", "host": "localhost:8000"}, True),
    ],
)
def test_the_form_is_only_taken_from_its_own_page(
    client: Client, world: World, headers: dict[str, str], allowed: bool
) -> None:
    lines, body = _form({"token": world.tokens["town"], "dry_run": "1"}, b"{}")
    assert (client.send("POST", "/submit", lines | headers, body).status != 403) is allowed


def test_pictures_must_be_what_they_say(client: Client, world: World) -> None:
    token = world.tokens["maker"]
    assert client.post("/media", PNG, token, content_type="image/jpeg").status == 400
    assert client.post("/media", b"<svg/>", token, content_type="image/svg+xml").status == 400
    assert client.post("/media", b"<html>", token, content_type="image/png").status == 400
    again = client.post("/media", PNG, token, content_type="image/png")
    assert (again.status, again["location"]) == (201, BASE + world.picture)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"reason":1}', b'{"reason":""}', b'{"reason":"a","b":1}', b"null"]
)
def test_a_withdrawal_needs_a_reason(client: Client, world: World, body: bytes) -> None:
    got = client.post(f"/passports/{world.piece}/withdrawal", body, world.tokens["maker"])
    assert got.status == 400
    assert client.get(f"/passports/{world.piece}").status == 200


def test_a_withdrawal_is_for_the_issuer_and_only_once(client: Client, world: World) -> None:
    reason = {"reason": "Test."}
    assert client.post(f"/passports/{world.piece}/withdrawal", reason, world.tokens["rival"]).status == 403
    assert client.post(f"/passports/{world.withdrawn}/withdrawal", reason, world.tokens["town"]).status == 409
    assert client.post("/passports/000000000/withdrawal", reason, world.tokens["town"]).status == 404


def test_submissions_are_for_their_senders(client: Client, world: World) -> None:
    def read(slug: str) -> int:
        return client.get(world.submission, authorization=f"Bearer {world.tokens[slug]}").status

    assert read("maker") == 200
    assert read("keeper") == 200
    assert read("rival") == 404
    assert client.get(world.submission).status == 401


def test_the_form_tells_how_complete_a_passport_is(client: Client, world: World) -> None:
    document = json.dumps({**MODEL, "gtin": "09526543000990", "netWeight": 7.9}).encode()
    headers, body = _form({"token": world.tokens["maker"], "dry_run": "true"}, document)
    got = client.send("POST", "/submit", headers | {"accept-language": "sv"}, body)
    assert got.status == 200, got.text
    assert "Hur komplett det är" in got.text
    assert "<code>/modelNumber</code>" in got.text or "Modellnummer" in got.text


def test_a_dry_run_tells_how_complete_a_passport_is_and_a_submission_does_not(client: Client, world: World) -> None:
    document = {**LEGACY, "inventoryNumber": "K-140"}
    dry = client.post("/submissions?dry_run=true", document, world.tokens["town"]).json()["report"]
    assert {each["profile"] for each in dry["completeness"]} == {"basic", "supplier", "espr-draft"}
    refused = client.post("/submissions?dry_run=true", {"granularity": "item"}, world.tokens["town"])
    assert refused.status == 422
    assert refused.json()["report"]["completeness"]
    assert "completeness" not in client.post("/submissions", document, world.tokens["town"]).json()["report"]
