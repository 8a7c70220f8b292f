"""Hostile text through the real submission path: T27 and T28 on every answer that shows it."""

import html.parser
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest

from passport.published import Published
from passport.published.shapes import Field
from tests.web.conftest import LEGACY, MODEL, Client, World
from tests.web.test_submitting import _form

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</script><script>alert(1)</script>",
    "</title></style></textarea><iframe srcdoc='<b>'>",
    "{{7*7}}${7*7}<%= 7*7 %>{% raw %}",
    "javascript:alert(1)//<a href=javascript:alert(1)>",
    "<!--<script>-->&lt;b&gt;&#60;b&#62;",
    "\u202e\u2066<bdo dir=rtl>\u2028\u2029",
    "＜script＞alert(1)＜/script＞\u00ad",
    "]]><b xmlns='http://www.w3.org/1999/xhtml'>x</b><![CDATA[",
    '\\" \\n \\u003cscript\\u003e .\n<http://evil.example/s> <p> <o> .',
)
BREAKS = ("a\r\nLocation: https://evil.example", "a\n\nb", "å\u0085ö", "tab\tand\x7fdel")
PAGES = (
    "/passports/{code}",
    "/p/{code}",
    "/passports/{code}?view=merged",
    "/passports/{code}/versions/1",
    "/passports/{code}/events",
    "/passports/{code}/verification",
    "/passports/{code}/qr.svg",
    "/labels?code={code}",
    "/models",
    "/search?q={code}",
    "/compare?model={code}",
)
TYPES = ("text/html", "application/json", "application/ld+json", "text/turtle", "application/n-quads")


HARMLESS = {
    *("dl", "dt", "dd", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "td", "th"),
    *("div", "span", "p", "h2", "h3", "h4", "a", "strong", "br", "svg", "rect"),
}
"""Elements that pages also have where more is said than the samples say."""

PLAIN = {"decimal": "1", "integer": 1, "boolean": True, "date": "2026-01-01"}


def _filled(field: Field, payload: str, published: Published) -> Any:
    """A value of the field with the payload wherever text is free; None for what holds no text."""
    if field.server or field.opening or field.tier != "public":
        return None
    value: Any = None
    if field.kind == "language":
        return [{"value": payload, "language": "en"}, {"value": payload, "language": "sv"}]
    if field.code_list:
        value = next(iter(published.code_list(field.code_list).codes))
    elif field.kind == "string":
        value = payload
    elif field.kind == "iri":
        value = "https://furniture.example/document"
    elif field.kind in PLAIN:
        value = PLAIN[field.kind]
    elif field.kind == "object":
        value = {each.name: found for each in field.fields if (found := _filled(each, payload, published)) is not None}
    return [value] if field.many and value else value or None


def _wrong(client: Client, world: World, document: Mapping[str, Any]) -> list[str]:
    got = client.post("/submissions?dry_run=1", document, world.tokens["maker"])
    if got.status == 200:
        return []
    assert got.status == 422, got.text
    return [each["pointer"] for each in got.json()["report"]["findings"] if each["severity"] == "error"]


def _without(value: Any, path: list[str]) -> Any:
    """The value without the member at ``path``; an object or list that is left empty goes with it."""
    name, *rest = path
    if isinstance(value, list):
        kept = _without(value[int(name)], rest) if rest else None
        return [*value[: int(name)], *([kept] if kept else []), *value[int(name) + 1 :]]
    kept = _without(value[name], rest) if rest and name in value else None
    if name not in value:
        raise KeyError(name)
    others = {key: each for key, each in value.items() if key != name}
    return {**others, name: kept} if kept else others


def _accepted(client: Client, world: World, published: Published, payload: str) -> dict[str, Any]:
    """A model with the payload in every public text, less the members that the check does not let in with it."""
    shape = published.shape("furniture", "1.0", "model")
    filled = {field.name: _filled(field, payload, published) for field in shape.fields}
    document: dict[str, Any] = {name: value for name, value in filled.items() if value}
    document |= {"granularity": "model", "category": "visitor-chair", "extensions": {payload: payload}}
    document |= {"materials": [{"materialClass": "wood-solid", "materialDetail": payload}]}
    document["evidence"] = [{**document["evidence"][0], "claim": "/category"}]
    for name in ("profile", "components", "image"):
        document.pop(name, None)
    for _ in range(12):
        wrong = _wrong(client, world, document)
        if not wrong:
            return document
        for pointer in sorted(set(wrong), key=len, reverse=True):
            path = [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]
            while path:
                try:
                    document = _without(document, path)
                    break
                except (KeyError, IndexError):
                    path.pop()
    raise AssertionError(f"no document with {payload!r} was let in: {wrong}")


DATA = "a block of data"


class Tags(html.parser.HTMLParser):
    """Every element of a page with its attributes, its text, and its blocks of data, which no browser runs."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.blocks: list[str] = []
        self._in_data = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_data = (tag, attrs) == ("script", [("type", "application/ld+json")])
        self.found.append((DATA if self._in_data else tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self._in_data = False

    def handle_data(self, data: str) -> None:
        (self.blocks if self._in_data else self.text).append(data)


def _assert_harmless(page: str, allowed: set[str]) -> None:
    read = Tags(page)
    assert all("<" not in block and json.loads(block) for block in read.blocks)
    for tag, attributes in read.found:
        assert tag in allowed, tag
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcdoc")]
        for name in ("href", "src", "action"):
            assert re.match(r"/(?!/)|#|\?|https?://", attributes.get(name) or "/"), attributes[name]


def _headers_are_printable(got: Any) -> None:
    for name, value in got.headers:
        assert all(0x20 <= each < 0x7F for each in name + value), (name, value)


@pytest.fixture(scope="module")
def tags(_world: tuple[World, Client]) -> set[str]:
    """The elements that pages have without anything hostile in them."""
    world, client = _world
    pages = [each.format(code=world.model) for each in PAGES] + [
        f"/passports/{world.piece}",
        "/submissions",
        "/nowhere",
    ]
    found = {tag for path in pages if "qr.svg" not in path for tag, _ in Tags(client.page(path).text).found}
    assert not found & {"script", "iframe", "object", "embed", "base"}
    return found | HARMLESS


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t27_what_was_submitted_is_shown_as_text_on_every_answer(
    client: Client, world: World, published: Published, tags: set[str], payload: str
) -> None:
    document = _accepted(client, world, published, payload)
    assert json.dumps(document).count(json.dumps(payload)) >= 12
    made = client.post("/submissions", document, world.tokens["maker"])
    assert made.status == 201, made.text
    code = made.json()["passports"][0]["code"]
    seen = 0
    for path in PAGES:
        for accept in TYPES:
            got = client.get(path.format(code=code), accept)
            assert got.status in (200, 406), (path, accept)
            _headers_are_printable(got)
            assert got["x-content-type-options"] == "nosniff"
            policy = " ".join(got.all("content-security-policy"))
            assert policy
            assert "unsafe" not in policy
            if got["content-type"].startswith("text/html"):
                _assert_harmless(got.text, tags)
                seen += payload.split("\n")[0].strip() in " ".join(Tags(got.text).text)
            elif "json" in got["content-type"]:
                json.loads(got.body)
    assert seen >= 3, "the payload was on no page at all"
    served = client.get(f"/passports/{code}").json()
    assert served["extensions"] == {payload: payload}
    assert served["description"][0]["value"] == payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t27_comparisons_and_changes_show_hostile_text_as_text(
    client: Client, world: World, tags: set[str], payload: str
) -> None:
    plain = {name: each for name, each in MODEL.items() if name != "gtin"} | {"articleNumber": "A-1"}
    names = [{"value": payload, "language": "en"}]
    hostile = {**plain, "modelName": names, "series": payload, "manufacturer": {"name": payload}}
    made = client.post("/submissions", hostile, world.tokens["maker"])
    assert made.status == 201, made.text
    code = made.json()["passports"][0]["code"]
    revised = {**hostile, "uniqueProductIdentifier": code, "series": f"{payload} 2", "description": names}
    assert client.post("/submissions", revised, world.tokens["maker"]).status == 201
    for path in (f"/compare?model={code}&model={world.model}", f"/passports/{code}/versions/2/changes"):
        got = client.page(path)
        assert got.status == 200
        _headers_are_printable(got)
        _assert_harmless(got.text, tags)
        assert payload.split("\n")[0].strip() in " ".join(Tags(got.text).text)
        json.loads(client.get(path, "application/json").body)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t27_reports_and_refusals_show_hostile_text_as_text(
    client: Client, world: World, tags: set[str], payload: str
) -> None:
    allowed = tags | {tag for tag, _ in Tags(client.page("/passports/000000001").text).found}
    name = payload.replace("://", "")
    wrong = {**LEGACY, "category": payload, name: payload, "condition": {"grade": payload}}
    got = client.post("/submissions", wrong, world.tokens["town"], accept="text/html")
    assert got.status == 422
    _headers_are_printable(got)
    machine = client.post("/submissions", wrong, world.tokens["town"])
    assert machine["content-type"] == "application/problem+json"
    assert machine["x-content-type-options"] == "nosniff"
    shown = "".join(each if each.isprintable() else "\ufffd" for each in payload)
    assert shown in {each.get("found") for each in machine.json()["report"]["findings"]}
    lines, body = _form({"token": world.tokens["town"]}, json.dumps(wrong).encode(), name='"><b>.json')
    page = client.send("POST", "/submit", lines, body)
    assert page.status == 422
    plain = client.send("POST", "/submit", *_form({"token": world.tokens["town"]}, b'{"granularity":"item"}'))
    _assert_harmless(page.text, allowed | {tag for tag, _ in Tags(plain.text).found})
    for path in ("/passports/{}", "/p/{}", "/problems/{}", "/vocab/{}", "/organisations/{}", "/find?code={}", "/01/{}"):
        got = client.page(path.format(quote(payload, safe="")))
        assert 400 <= got.status < 500
        _headers_are_printable(got)
        _assert_harmless(got.text, allowed | {tag for tag, _ in Tags(client.page(path.format("zzz")).text).found})


@pytest.mark.parametrize("text", BREAKS)
def test_t28_stored_line_breaks_reach_no_header(client: Client, world: World, published: Published, text: str) -> None:
    document = _accepted(client, world, published, text)
    made = client.post("/submissions", document, world.tokens["maker"])
    assert made.status == 201, made.text
    code = made.json()["passports"][0]["code"]
    for path in (*PAGES, "/passports/{code}/qr.png", "/p/{code}?linkType=linkset", "/p/{code}?linkType=all"):
        for accept in ("*/*", *TYPES, "application/vc+jwt", "application/linkset+json"):
            got = client.get(path.format(code=code), accept)
            assert got.status < 500
            _headers_are_printable(got)
            assert "evil.example" not in str(got.headers)
