"""What is true of every page in every language: its language, policy and links, and what hostile text does to it."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

import pytest

from passport.model.languages import LANGUAGES, NAMES
from passport.web.pages.views import LabelRow, ModelRow, Outcome
from tests.web.pages.sample_documents import FULL
from tests.web.pages.sample_life import LIFE
from tests.web.pages.samples import event_page

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</title></script><svg onload=alert(1)>",
    "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
    "{{ 7*7 }}{% raw %}%(name)s{0}",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "\u202etxt.exe\u0000\r\nSet-Cookie: a=b",
    "&lt;b&gt;&#39;",
)
ADDRESSES = (
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.example/x",
    "https://a@evil.example/",
    "vbscript:x",
    "https:",
)
VOID = {"meta", "link", "img", "input", "br", "rect"}


class Elements(HTMLParser):
    """Every element of a page with its attributes, and whether tags are balanced."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in {self.get_starttag_text()}"
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open[-1] == tag, f"{tag} closes {self.open[-1]}"
        self.open.pop()


@cache
def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parsed = Elements(html)
    assert parsed.open == []
    return parsed.found


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_say_their_language_and_title(every_page, language):
    for name, html in every_page(language).items():
        found = elements(html)
        assert ("html", {"lang": language}) in found, name
        assert len([tag for tag, _ in found if tag == "h1"]) == 1, name
        assert re.search(r"<title>\S[^<]* – [^<]+</title>", html), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_hold_no_inline_style_script_or_handler_and_load_nothing_from_elsewhere(every_page, language):
    for name, html in every_page(language).items():
        for tag, attributes in elements(html):
            data = (tag, attributes) == ("script", {"type": "application/ld+json"})
            assert data or tag not in ("script", "style", "iframe", "object", "embed", "base"), name
            assert "style" not in attributes, name
            assert not [each for each in attributes if each.startswith("on")], name
            loaded = attributes.get("src") or (attributes.get("href") if tag == "link" and loads(attributes) else None)
            assert loaded is None or re.match(r"/[a-z]", loaded), name


def loads(attributes: dict[str, str | None]) -> bool:
    return attributes.get("rel") in ("stylesheet", "icon", "preload")


@pytest.mark.parametrize("language", LANGUAGES)
def test_ids_are_unique_and_references_lead_somewhere(every_page, language):
    for name, html in every_page(language).items():
        found = elements(html)
        ids = [attributes["id"] for _, attributes in found if "id" in attributes]
        assert len(ids) == len(set(ids)), name
        for _, attributes in found:
            href = attributes.get("href") or ""
            assert not href.startswith("#") or href[1:] in ids, (name, href)
            for pointer in (
                attributes.get("aria-labelledby"),
                attributes.get("aria-describedby"),
                attributes.get("for"),
            ):
                assert set((pointer or "").split()) <= set(ids), (name, pointer)


def test_the_switch_names_each_language_in_itself(pages):
    html = pages.home("sv")
    for tag, name in NAMES.items():
        current = ' aria-current="true"' if tag == "sv" else ""
        assert f'href="?lang={tag}" lang="{tag}" hreflang="{tag}"{current}>{name}</a>' in html
    assert 'href="/submissions?lang=pl"' in pages.submit("sv"), "the answer to a sent form has no address of its own"


def test_an_error_stands_first_in_title_and_on_top(every_page):
    assert "<title>Fel: " in every_page("sv")["submit-findings"]
    html = every_page("en")["submit-findings"]
    assert html.index("govuk-error-summary") < html.index("<h1")
    assert 'href="#finding-1"' in html
    assert 'href="/problems/gtin-check-digit"' in html
    assert html.count("/schemas/furniture/1.0/model/gtin") == html.count(">About this field<") == 1
    refused = every_page("en")["submit-refused"]
    assert 'href="#token"' in refused
    assert 'id="token-error"' in refused


def test_issued_passports_are_named_in_the_readers_language(every_page):
    assert "Arbetsstol Lund</td>" in every_page("sv")["submit-accepted"]
    assert '<span lang="en">Task chair Lund</span></td>' in every_page("da")["submit-accepted"]


def hostile(value: object, payload: str) -> object:
    """The value with the payload in every text that a supplier may write."""
    if isinstance(value, dict):
        fixed = {
            "language",
            "id",
            "eventTime",
            "granularity",
            "digitalProductPassportId",
            "shortCode",
            "contentSpecificationIds",
        }
        return {name: each if name in fixed else hostile(each, payload) for name, each in value.items()}
    if isinstance(value, list):
        return [hostile(each, payload) for each in value]
    return payload if isinstance(value, str) else value


def spoilt(event: dict) -> dict:
    """A hostile event whose type and address are good, so that it is told as that."""
    kept = {"id", "eventType", "eventTime", "supersedes"}
    return {**event, **{name: each for name, each in LIFE[3].items() if name in kept}}


def hostile_pages(pages, make, payload: str) -> Iterator[str]:
    samples = make("model")
    document = hostile(dict(samples.document), payload)
    piece = hostile(dict(make("item").document), payload)
    events = tuple(hostile(dict(each), payload) for each in LIFE) + tuple(map(spoilt, hostile(list(LIFE), payload)))
    full = hostile(dict(FULL), payload)
    for language in ("en", "pl"):
        yield pages.passport(language, make(document=document))
        yield pages.passport(language, make(document=full), unfolded=True)
        lived = make("item", document=piece, model=document, events=events)
        yield pages.passport(language, lived)
        yield pages.events(language, lived)
        yield pages.event(language, event_page(lived, 3))
        yield pages.event(language, event_page(lived, len(LIFE) + 3))
        yield pages.models(language, [ModelRow("7KX94M2QZ", document, payload)], payload)
        yield pages.labels(
            language, [LabelRow("7KX94M2QZ", payload, [{"value": payload, "language": language}], payload)]
        )
        finding = {"code": payload, "severity": "error", "document": 0, "pointer": payload, "found": payload}
        report = {"documents": 1, "findings": [{**finding, "message": payload, "expected": payload}], "suppressed": {}}
        yield pages.submit(language, Outcome(report))


@pytest.fixture(scope="module")
def harmless(pages, make) -> list[set[str]]:
    """The elements of each page with a harmless text in every place."""
    return [{tag for tag, _ in elements(html)} for html in hostile_pages(pages, make, "harmless")]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t27_hostile_text_is_shown_as_text(pages, make, harmless, payload):
    for html, expected in zip(hostile_pages(pages, make, payload), harmless, strict=True):
        for tag, attributes in elements(html):
            assert tag in expected
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
            for name in ("href", "src", "action"):
                assert re.match(r"/(?!/)|#|\?(?:lang|open)=|https://", attributes.get(name) or "/"), attributes[name]
        if set(payload) & set("<>"):
            assert payload not in html


@pytest.mark.parametrize("address", ADDRESSES)
def test_t27_only_web_addresses_become_links(pages, make, address):
    html = pages.passport(
        "en",
        make(
            takeBack={"url": address},
            careInstructions=[{"url": address, "resourceTitle": "Care"}],
            manufacturer={"name": "A", "web": address},
            image=[{"url": address}],
        ),
    )
    assert all(address not in (attributes.get("href"), attributes.get("src")) for _, attributes in elements(html))
    assert "Care" in html


def test_t27_pictures_come_from_this_service_alone(pages, make):
    elsewhere = make(image=[{"url": "https://evil.example/media/0123"}, {"url": "https://pass.example.org/media/../x"}])
    assert "passport__picture" not in pages.passport("en", elsewhere)
    assert 'src="/media/0123abcd"' in pages.passport("en", make())
