"""What stands around every request: limits, headers, CORS, languages, logs, metrics."""

import gzip
import hashlib
import json
import tracemalloc

import pytest

from passport.adapters.asking import Asking
from passport.errors import NoGraph, QueriesBusy, QueryStopped, StoreFailing, TooMany
from passport.web.guard import CSP
from passport.web.limits import Window, client_of
from passport.web.pages.rendering import ASSETS
from tests.web.conftest import BASE, LEGACY, Client, World

KIB = 1024
LIMIT = 1024 * KIB


def _chunks(total: int, size: int = 16 * KIB) -> list[bytes]:
    return [b" " * size] * (total // size)


def test_t09_a_stated_length_beyond_the_limit_is_refused_unread(client: Client, world: World) -> None:
    headers = {"authorization": f"Bearer {world.tokens['maker']}", "content-length": str(LIMIT + 1)}
    got = client.send("POST", "/submissions", headers, _chunks(2 * LIMIT))
    assert got.status == 413
    assert got.json()["type"] == f"{BASE}/problems/too-large"
    assert client.taken == 0


@pytest.mark.parametrize("path", ["/submissions", "/media", "/submit", "/passports/{piece}/withdrawal"])
def test_t09_an_endless_chunked_body_is_cut_at_the_limit(client: Client, world: World, path: str) -> None:
    kind = "multipart/form-data; boundary=x" if path == "/submit" else "application/json"
    headers = {"authorization": f"Bearer {world.tokens['maker']}", "content-type": kind}
    start = [b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'] if path == "/submit" else []
    tracemalloc.start()
    got = client.send("POST", path.format(piece=world.piece), headers, [*start, *_chunks(64 * LIMIT)], length=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert got.status == 413
    assert client.taken <= LIMIT + 64 * KIB
    assert peak <= 3 * LIMIT


def test_t09_without_a_good_token_no_body_is_read(client: Client) -> None:
    got = client.send("POST", "/submissions", {}, _chunks(LIMIT), length=False)
    assert got.status == 401
    assert client.taken == 0


def test_t09_reads_do_not_take_a_body(client: Client, world: World) -> None:
    assert client.send("GET", f"/passports/{world.piece}", {}, _chunks(LIMIT)).status == 200
    assert client.taken == 0


@pytest.mark.parametrize("length", [b"-1", b"1e3", b"0x10", b"", b"1" * 40, b"12 34"])
def test_a_length_that_is_no_length_is_refused(client: Client, world: World, length: bytes) -> None:
    headers = [(b"authorization", f"Bearer {world.tokens['maker']}".encode()), (b"content-length", length)]
    assert client.send("POST", "/submissions", headers, b"{}").status in (400, 413)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "GZIP", "gzip, identity", "x"])
def test_t10_compressed_bodies_are_refused_unread(client: Client, world: World, coding: str) -> None:
    headers = {"authorization": f"Bearer {world.tokens['maker']}", "content-encoding": coding}
    got = client.send("POST", "/submissions", headers, _chunks(LIMIT), length=False)
    assert got.status == 415
    assert client.taken == 0


def test_t10_the_identity_coding_is_no_coding(client: Client, world: World) -> None:
    got = client.post("/submissions?dry_run=1", LEGACY, world.tokens["town"], content_encoding="identity")
    assert got.status == 200


def test_a_client_that_leaves_is_no_fault(client: Client, world: World) -> None:
    class Leaving(Client):
        pass

    headers = {"authorization": f"Bearer {world.tokens['maker']}", "content-length": "100"}
    got = client.send("POST", "/submissions", headers, [])
    assert got.status in (0, 499)


def test_every_answer_has_the_security_headers(client: Client, world: World) -> None:
    for got in (
        client.get(f"/passports/{world.piece}"),
        client.page(f"/passports/{world.piece}"),
        client.get("/nowhere"),
        client.page("/nowhere"),
        client.get(world.gs1),
        client.send("DELETE", "/"),
        client.post("/submissions", b"{"),
        client.get(world.picture),
        client.get("/assets/site.css"),
    ):
        assert CSP in got.all("content-security-policy")
        assert "unsafe" not in CSP
        assert got["x-content-type-options"] == "nosniff"
        assert got["referrer-policy"] == "same-origin"
        assert got["strict-transport-security"]
        assert got["x-request-id"]


def test_request_ids_differ(client: Client) -> None:
    assert len({client.get("/healthz")["x-request-id"] for _ in range(50)}) == 50


def test_reads_are_open_to_other_sites_and_writes_are_not(client: Client, world: World) -> None:
    for got in (client.get("/models"), client.get("/nowhere"), client.get("/01/1"), client.get(world.gs1)):
        assert got["access-control-allow-origin"] == "*"
        assert "ETag" in got["access-control-expose-headers"]
    assert "access-control-allow-origin" not in client.post("/submissions", LEGACY)
    preflight = client.send(
        "OPTIONS", "/submissions", {"origin": "https://e.example", "access-control-request-method": "POST"}
    )
    assert "POST" not in preflight["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in preflight


def test_t36_every_negotiated_answer_names_what_chose_it(client: Client, world: World) -> None:
    paths = [
        "/",
        "/models",
        "/organisations",
        "/organisations/maker",
        "/labels",
        "/submissions",
        "/schemas",
        "/contexts",
        "/vocab",
        "/problems",
        "/problems/malformed",
        f"/passports/{world.piece}",
        f"/p/{world.piece}",
        f"/passports/{world.piece}/versions/1",
        f"/passports/{world.piece}/events",
        f"/passports/{world.piece}/verification",
        "/nowhere",
        f"/passports/{world.withdrawn}",
    ]
    for path in paths:
        machine, page = client.get(path), client.page(path)
        assert machine["content-type"] != page["content-type"], path
        for got in (machine, page):
            assert {"Accept", "Accept-Language", "Cookie"} <= set(got["vary"].split(", ")), path
    for path in (world.gs1, "/status/0", "/.well-known/did.json"):
        assert "Accept" in client.get(path)["vary"]
    assert client.get("/assets/site.css")["vary"] == "Accept-Encoding"


def test_t36_headers_that_caches_do_not_key_on_change_nothing(client: Client, world: World) -> None:
    for path in (f"/passports/{world.piece}", world.gs1, "/", "/models", "/.well-known/gs1resolver", "/nowhere/"):
        for accept in ("*/*", "text/html"):
            plain = client.get(path, accept)
            other = client.get(
                path,
                accept,
                host="evil.example",
                x_forwarded_host="evil.example",
                x_forwarded_proto="javascript",
                x_original_url="/evil",
                forwarded="host=evil.example",
                user_agent="evil",
                referer="https://evil.example",
            )
            assert (plain.status, plain.body) == (other.status, other.body)
            strip = [each for each in other.headers if each[0] != b"x-request-id"]
            assert strip == [each for each in plain.headers if each[0] != b"x-request-id"]


@pytest.mark.parametrize(
    ("to", "place"),
    [
        ("/models?x=1", "/models?x=1"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/%5Cevil.example", "/"),
        ("/%09/evil.example", "/"),
        ("/%0d%0aLocation:%20x", "/"),
        ("", "/"),
    ],
)
def test_the_language_switch_stays_here(client: Client, to: str, place: str) -> None:
    got = client.get(f"/language?lang=da&to={to.replace('?', '%3F')}")
    assert got.status == 303
    assert got["location"] == BASE + place
    assert got["set-cookie"].startswith("lang=da; Path=/")
    assert "Secure" in got["set-cookie"]


def test_a_language_named_in_the_address_is_remembered(client: Client) -> None:
    got = client.page("/?lang=pl")
    assert got["content-language"] == "pl"
    assert got["set-cookie"].startswith("lang=pl;")
    assert client.page("/", cookie="lang=pl")["content-language"] == "pl"
    assert "set-cookie" not in client.page("/", cookie="lang=pl")
    assert "set-cookie" not in client.page("/?lang=xx")


def test_addresses_with_a_slash_too_many_lead_to_those_without(client: Client) -> None:
    got = client.get("/models/")
    assert (got.status, got["location"]) == (308, f"{BASE}/models")
    got = client.get("/models/?cursor=a%20b&lang=sv")
    assert (got.status, got["location"]) == (308, f"{BASE}/models?cursor=a%20b&lang=sv")
    assert client.get("/nowhere/").status == 404


def test_t33_logs_are_json_lines_without_tokens_names_or_control_characters(
    client: Client, world: World, capfd: pytest.CaptureFixture[str], fresh_client
) -> None:
    own = fresh_client()
    capfd.readouterr()
    token = world.tokens["town"]
    own.post(
        "/submissions", {**LEGACY, "description": [{"value": "anna@example.org\r\n\x1b[31m", "language": "en"}]}, token
    )
    own.post("/passports/anna@example.org%0d%0a/withdrawal", b"{}", "secret-token\x1b")
    own.send("P\r\nUT", "/submissions", {"authorization": f"Bearer {token}"}, b"")
    logged = capfd.readouterr().err
    lines = logged.splitlines()
    assert len(lines) == 3
    for each in lines:
        assert set(json.loads(each)) >= {"event", "request", "operation", "method", "status", "timestamp"}
    for secret in (token, "secret-token", "anna@", "\x1b", "\r"):
        assert secret not in logged


def test_a_problem_says_which_of_its_texts_are_english(client: Client, world: World) -> None:
    swedish = client.get("/nowhere", accept_language="sv")
    assert swedish["content-language"] == "sv, en"
    assert swedish.json()["title"] != client.get("/nowhere").json()["title"]
    assert swedish.json()["detail"] == client.get("/nowhere").json()["detail"]
    assert client.get("/nowhere")["content-language"] == "en"
    assert client.page("/nowhere", accept_language="sv")["content-language"] == "sv"


def test_the_language_switch_keeps_the_rest_of_the_query(client: Client, world: World) -> None:
    code = world.piece
    page = client.page(f"/labels?code={code}&lang=sv&code={world.legacy}")
    assert f'href="?code={code}&amp;code={world.legacy}&amp;lang=pl"' in page.text
    assert 'href="?view=merged&amp;lang=da"' in client.page(f"/passports/{code}?view=merged").text
    assert 'href="?lang=da"' in client.page(f"/passports/{code}?lang=sv").text
    hostile = client.page(f"/passports/{code}?x=%22%3E<script>\"'&y")
    assert hostile.status == 200
    assert "<script>" not in hostile.text
    assert 'href="?x=%22%3E%3Cscript%3E%22&#x27;&amp;y&amp;lang=da"' in hostile.text


def test_metrics_count_by_operation_without_values_of_requests(fresh_client, world: World) -> None:
    own = fresh_client()
    own.get(f"/passports/{world.piece}")
    own.get(f"/passports/{world.piece}", if_none_match="*")
    own.get("/models")
    own.send("HEAD", "/models")
    own.get("/nowhere/anna@example.org")
    own.send("BREW", "/models")
    text = own.get("/metrics").text
    assert 'passport_http_requests_total{method="GET",operation="passport",status="200"} 1.0' in text
    assert 'passport_http_requests_total{method="GET",operation="passport",status="304"} 1.0' in text
    assert 'passport_http_requests_total{method="HEAD",operation="models",status="200"} 1.0' in text
    assert 'passport_http_requests_total{method="other"' in text
    assert 'operation="unmatched",status="404"' in text
    assert 'passport_http_seconds_bucket{le="+Inf",operation="passport"} 2.0' in text
    assert "anna@" not in text
    assert world.piece not in text


def test_a_fault_is_told_without_its_reason_which_stands_in_the_log(
    fresh_client, monkeypatch: pytest.MonkeyPatch, world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    from passport.adapters.sql.history import SqlHistory

    own = fresh_client(log_level="error")

    def broken(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError("the secret of the house")

    for path in (f"/passports/{world.piece}", "/models"):
        with monkeypatch.context() as patched:
            patched.setattr(SqlHistory, "read", broken)
            patched.setattr(SqlHistory, "products", broken)
            capfd.readouterr()
            got = own.get(path)
        assert got.status == 500
        assert got.json()["type"] == f"{BASE}/problems/fault"
        assert "secret" not in got.text
        fault, request = map(json.loads, capfd.readouterr().err.splitlines())
        assert (fault["event"], fault["level"]) == ("fault", "error")
        assert "ZeroDivisionError: the secret of the house" in fault["exception"]
        assert "in broken" in fault["exception"]
        assert fault["request"] == request["request"] == got["x-request-id"]
        assert (request["event"], request["level"], request["status"]) == ("request", "error", 500)
        assert 'status="500"' in own.get("/metrics").text


def test_assets_are_compressed_kept_and_confined(client: Client) -> None:
    plain = client.get("/assets/site.css")
    squeezed = client.get("/assets/site.css", accept_encoding="br, gzip")
    assert squeezed["content-encoding"] == "gzip"
    assert len(squeezed.body) < len(plain.body)
    assert squeezed["etag"] != plain["etag"]
    assert "content-encoding" not in client.get("/assets/site.css", accept_encoding="gzip;q=0")
    assert client.get("/assets/site.css", if_none_match=plain["etag"]).status == 304
    assert plain["cache-control"] == "no-cache"
    digest = hashlib.sha256(plain.body).hexdigest()[:12]
    assert "immutable" in client.get(f"/assets/site.css?v={digest}")["cache-control"]
    assert client.get("/assets/site.css?v=0")["cache-control"] == "no-cache"
    for path in (
        "../app.py",
        "..%2fapp.py",
        "%2e%2e/app.py",
        ".hidden.css",
        "built/../../app.py",
        "site.css/",
        "nothing.css",
        "%00.css",
        "//etc/passwd",
        "app.py",
    ):
        assert client.get(f"/assets/{path}").status == 404, path


def test_the_built_stylesheet_is_sent_as_the_build_compressed_it(client: Client) -> None:
    built = ASSETS / "built" / "passport.css.gz"
    if not built.is_file():
        pytest.skip("the stylesheet is not built")
    got = client.get("/assets/built/passport.css", accept_encoding="gzip")
    assert got.body == built.read_bytes()
    assert gzip.decompress(got.body) == client.get("/assets/built/passport.css").body
    assert len(got.body) <= 60 * KIB


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize(
    ("refusal", "level"),
    [
        (QueryStopped("It took too long.", limit="time", seconds=1), "warning"),
        (QueriesBusy(), "warning"),
        (NoGraph("The graph's server does not answer."), "error"),
        (StoreFailing("The answer cannot be kept now."), "error"),
    ],
)
def test_a_strangers_query_that_passes_a_limit_is_no_error_of_the_service(
    fresh_client, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], refusal, level: str, accept: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise refusal

    own = fresh_client(log_level="warning")
    monkeypatch.setattr(Asking, "ask", refuse)
    capfd.readouterr()
    assert own.get("/sparql?query=ASK%20{}", accept).status == 503
    (line,) = map(json.loads, capfd.readouterr().err.splitlines())
    assert (line["event"], line["level"], line["status"]) == ("request", level, 503)


def test_websockets_are_closed(client: Client) -> None:
    sent = []

    async def send(message) -> None:
        sent.append(message)

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    client.run(client.app({"type": "websocket", "path": "/", "headers": []}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_a_window_counts_each_client_for_itself_and_forgets() -> None:
    now = 0.0
    window = Window(2, clock=lambda: now)
    for _ in range(2):
        window.check("a")
        window.count("a")
    with pytest.raises(TooMany) as refused:
        window.check("a")
    assert refused.value.retry_after == 60
    window.check("b")
    now = 60.0
    window.check("a")
    window.count("a")
    window.check("a")


def test_clients_are_networks_in_ipv6() -> None:
    assert client_of("2001:db8:1:2::1") == client_of("2001:db8:1:2:ffff::9")
    assert client_of("2001:db8:1:2::1") != client_of("2001:db8:1:3::1")
    assert client_of("::ffff:192.0.2.1") == client_of("192.0.2.1")
    assert client_of(None) == client_of("testclient") == "unknown"
