"""T28: no text gets raw into a header, and requests of any bytes make no fault."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passport.web.answers import address, line
from tests.web.conftest import BASE, Client, World


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_t28_no_text_can_end_a_header_line(text: str) -> None:
    for made in (line(text), address(text.encode("utf-8", "replace").decode())):
        assert all(0x20 <= each < 0x7F for each in made)
    assert b" " not in address(text.encode("utf-8", "replace").decode())


def _hostile() -> st.SearchStrategy[bytes]:
    nasty = st.sampled_from(
        [
            b"%0d%0a",
            b"\r\n",
            b"%00",
            b"\x00",
            b"%ff",
            b"\xff",
            b"..",
            b"/",
            b"//",
            b"%2f",
            b"%5c",
            b"\\",
            b"<script>",
            b'"',
            b"%E2%80%AE",
            b"\xe2\x80\xae",
            b";",
            b"*",
            b"%",
            b"%zz",
            b"a" * 300,
            b"lang=",
            b"linkType=",
            b"Location:",
        ]
    )
    return st.lists(nasty | st.binary(max_size=12), max_size=6).map(b"".join)


STARTS = [
    b"/",
    b"/p/",
    b"/P/",
    b"/passports/",
    b"/01/",
    b"/01/09526543000013/21/",
    b"/8004/",
    b"/414/",
    b"/eh",
    b"/ex",
    b"/events/",
    b"/credentials/",
    b"/status/",
    b"/organisations/",
    b"/submissions/",
    b"/media/",
    b"/schemas/",
    b"/vocab/",
    b"/vocab/codes/",
    b"/vocab/codes/material-class/",
    b"/contexts/",
    b"/problems/",
    b"/assets/",
    b"/language?lang=sv&to=",
    b"/labels?code=",
    b"/models?cursor=",
    b"/submissions?dry_run=",
    b"/docs/",
    b"/.well-known/",
]


@settings(max_examples=500, deadline=None, suppress_health_check=[*HealthCheck])
@given(
    method=st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "TRACE", "\x00", "G E T"]),
    start=st.sampled_from(STARTS),
    rest=_hostile(),
    query=_hostile(),
    headers=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    b"accept",
                    b"accept-language",
                    b"cookie",
                    b"if-none-match",
                    b"authorization",
                    b"content-type",
                    b"content-length",
                    b"idempotency-key",
                    b"origin",
                    b"sec-fetch-site",
                    b"host",
                    b"accept-encoding",
                    b"x-junk",
                    b"content-encoding",
                    b"range",
                    b"expect",
                ]
            ),
            _hostile() | st.sampled_from([b"text/html", b"*/*", b"Bearer x", b"gzip", b"0", b"application/json"]),
        ),
        max_size=6,
    ),
    body=st.binary(max_size=40),
)
def test_t28_hostile_requests_never_make_a_fault_or_a_raw_header(
    client: Client,
    world: World,
    method: str,
    start: bytes,
    rest: bytes,
    query: bytes,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
) -> None:
    got = client.send(method, start + rest + (b"?" + query if query else b""), headers, body)
    assert 200 <= got.status < 500, (got.status, got.body)
    for name, value in got.headers:
        assert name == name.lower()
        assert all(0x20 <= each < 0x7F for each in value), (name, value)
        if name == b"location":
            assert value.startswith(BASE.encode() + b"/")
    if got["content-type"].endswith("json") if "content-type" in got and got.body else False:
        json.loads(got.body)
