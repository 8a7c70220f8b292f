"""A walk through all that a store has to say, which looks for marks in whatever comes back."""

import base64
import gzip
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes, urlencode

from passport.model.passport import Tier
from passport.service import sitemap, snapshots
from passport.service.following import Follower
from tests.web.conftest import BASE, GTIN, Client, Got
from tests.web.corpus import Corpus

LANGUAGES = ("en", "sv", "da", "pl")
PAGE = "text/html"
JSON = "application/json"
LINKED = "application/ld+json"
FORMS = (
    *("application/json", LINKED, "application/vc+jwt", "application/vc"),
    *("text/turtle", "application/n-quads", "application/n-triples", "application/rdf+xml"),
)
SIGNED = re.compile(rb"eyJ[A-Za-z0-9_-]+\.(eyJ[A-Za-z0-9_-]+)\.")
PACKED = b"\x1f\x8b"
LINKS = (re.compile(r'="(/[^"#]*)'), re.compile(rf'{re.escape(BASE)}(/[^\s"\'<>\\#;,)]*)'))
"""Addresses as the values of attributes, and whole ones wherever they stand."""
ELSEWHERE = ("/vocab", "/schemas", "/contexts", "/published", "/assets", "/problems", "/openapi", "/docs", "/language")
"""Documents of the project itself: they name every field, and nothing of any product."""

Found = list[tuple[str, str, Tier, str]]


class Walker:
    """Asks for addresses and looks for marks in whatever comes back."""

    def __init__(self, made: Corpus, client: Client | None = None) -> None:
        self.made = made
        self.client = client or made.client
        self.found: Found = []
        self.been: set[str] = set()
        self.asked = 0
        self.members: set[str] = set()
        self.links: dict[str, None] = {}
        self.tags: list[tuple[str, str, Got]] = []

    def get(self, address: str, accept: str = PAGE, method: str = "GET", **headers: str) -> Got:
        lines = {"accept": accept, **{name.replace("_", "-"): value for name, value in headers.items()}}
        got = self.client.send(method, quote(address, safe="/:?&=%.,+~@#-_"), lines)
        self.been.add(address)
        self.asked += 1
        self.look(f"{method} {address} as {accept}", got)
        if got.status == 200 and "etag" in got:
            self.tags.append((address, accept, got))
        return got

    def look(self, where: str, got: Got) -> None:
        for text in spoken(got):
            for hit in self.made.canaries.found(text):
                if hit not in where:
                    self.found.append((where, hit, *self.made.canaries.meant[hit]))
        if b"{" in got.body[:1] and not where.startswith(tuple(f"GET {each}" for each in ELSEWHERE)):
            for document in (got.body, *unsealed(got.body)):
                json.loads(document, object_hook=self.members.update)
        self.links |= dict.fromkeys(self._links(got))

    def _links(self, got: Got) -> Iterator[str]:
        text = "\n".join([got.body.decode("utf-8", "replace"), *(value.decode() for _, value in got.headers)])
        for found in (each for form in LINKS for each in form.findall(text)):
            address = html.unescape(found)
            if not address.startswith(ELSEWHERE) and "{" not in address:
                yield address


def unsealed(body: bytes) -> list[bytes]:
    """What signed documents within an answer say."""
    return [base64.urlsafe_b64decode(each + b"=" * (-len(each) % 4)) for each in SIGNED.findall(body)]


def spoken(got: Got) -> Iterator[bytes]:
    """Everything that an answer says: body, headers, and what is wrapped in them."""
    yield b"\n".join(name + b": " + value for name, value in got.headers)
    yield got.body
    if got.body.startswith(PACKED):
        yield gzip.decompress(got.body)
    yield from unsealed(got.body)
    if b"&#" in got.body or b"%" in got.body:
        yield unquote_to_bytes(html.unescape(got.body.decode("utf-8", "replace")))


def walk(made: Corpus) -> Walker:
    """A walk through everything that is there for everybody, without a token; then along the links it met."""
    walker = Walker(made)
    for address, *accepts in addresses(made):
        for accept in accepts:
            walker.get(address, accept)
    asked = {"content-type": "application/sparql-query", "accept": "text/csv"}
    walker.look("POST /sparql", made.client.send("POST", "/sparql", asked, EVERYTHING.encode()))
    for address in hostile(made):
        walker.get(address, PAGE, accept_language="da")
        walker.get(address, "application/json")
    kinds: dict[str, int] = {}
    for address in [each for each in walker.links if each not in walker.been]:
        kind = re.sub(r"[0-9A-Z]{8,9}\b|[0-9a-f-]{36,}|\d+", "*", address)
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] <= ALIKE:
            walker.get(address)
    return walker


ALIKE = 3
"""Links of one kind that are followed, beside the addresses that are known to be there."""
TIMES = ("at=2099-01-01", "known=2099-01-01T00:00:00Z", "at=2099-01-01&known=2099-01-01")


def addresses(made: Corpus) -> Iterator[tuple[str, ...]]:
    """Every public address of the store, each with the media types to ask for."""
    for part in (_products, _once, _events, _beside, _data, _asked):
        yield from part(made)


def _products(made: Corpus) -> Iterator[tuple[str, ...]]:
    for number, (name, code) in enumerate(made.codes.items()):
        place, tongue = f"/passports/{code}", LANGUAGES[number % 4]
        many = name in ("model", "made", "shown")
        for language in LANGUAGES if many else (tongue,):
            yield f"{place}?lang={language}", PAGE
        yield place, *(FORMS if many or number % 4 == 0 else (JSON, FORMS[number % 8]))
        yield f"/p/{code}", FORMS[number % 8]
        yield f"{place}/versions/1", PAGE, FORMS[number % 8]
        yield f"{place}?view=merged", JSON
        yield f"{place}?{TIMES[number % 3]}", JSON, PAGE
        yield f"{place}/events", JSON, *((PAGE,) if many else ())
        yield f"{place}/events?form=epcis", LINKED
        yield f"{place}/verification", JSON, *((PAGE,) if many else ())


def _once(made: Corpus) -> Iterator[tuple[str, ...]]:
    place = f"/passports/{made.codes['shown']}"
    yield f"{place}?open=all", PAGE
    yield f"{place}?view=merged", LINKED, PAGE
    yield f"{place}/versions/1/proof", "*/*"
    yield f"{place}/qr.svg", "*/*"
    yield f"{place}/qr.png", "*/*"
    yield f"/p/{made.codes['shown']}?linkType=linkset", "application/linkset+json", LINKED, PAGE
    yield f"/find?code={made.codes['shown']}", PAGE
    yield f"/labels?code={made.codes['shown']}", PAGE, JSON
    yield f"/compare?model={made.codes['model']}", PAGE, JSON
    yield f"/passports/{made.codes['model']}/versions/2/changes", PAGE, JSON
    yield f"/passports/{made.codes['model']}/versions/3/changes", PAGE, JSON
    yield f"/01/{GTIN}?linkType=linkset", "application/linkset+json"
    yield f"/01/{GTIN}/21/A-1", "*/*"


def _events(made: Corpus) -> Iterator[tuple[str, ...]]:
    for number, event in enumerate(made.events()):
        place = f"/events/{event.id}"
        yield f"{place}?lang={LANGUAGES[number % 4]}", PAGE
        yield place, JSON, FORMS[number % 8]
        if number % 8 == 0:
            yield f"{place}?form=epcis", LINKED
            yield f"{place}/proof", "*/*"
            yield f"/credentials/{event.id}", "application/vc+jwt", JSON, "text/turtle", PAGE
    for number, document in enumerate(made.restricted()):
        yield f"/credentials/{document.id}", JSON
        yield f"/credentials/{document.id}?lang={LANGUAGES[number % 4]}", PAGE, FORMS[number % 8]
        if number % 8 == 0:
            yield f"/credentials/{document.id}/proof", "*/*"
            yield f"/events/{document.id}", JSON
    for address in made.transfers:
        place = address.removeprefix(BASE)
        yield place, JSON, LINKED, "text/turtle", "application/n-triples", "application/rdf+xml"
        for language in LANGUAGES:
            yield f"{place}?lang={language}", PAGE
    for address in (*made.submissions[-3:], *made.pictures):
        yield address.removeprefix(BASE), JSON


def _beside(made: Corpus) -> Iterator[tuple[str, ...]]:
    size = made.system.history.size()
    for since in range(0, size + 100, 100):
        yield f"/feed?since={since}", "application/feed+json", PAGE
    for tile in range(size // 256 + 1):
        width = "" if tile < size // 256 else f".p/{size % 256}"
        yield f"/log/tile/entries/{tile:03d}{width}", "*/*"
        yield f"/log/tile/0/{tile:03d}{width}", "*/*"
    for address in (
        *("/", "/models", "/organisations", "/labels", "/search", "/search?q=desk", "/log", "/sign-in", "/submissions"),
        *("/accessibility", "/docs", "/language", "/vocab", "/vocab/netWeight", "/vocab/codes/material-class"),
        *(
            "/vocab/codes/material-class/wood-solid",
            "/vocab/shapes",
            "/vocab/shapes/event-1.0",
            "/organisations/upholsterer",
        ),
    ):
        yield address, PAGE, JSON
    for address in (
        *("/log/checkpoint", "/log/vkey", "/log/inclusion?leaf=3", "/log/consistency?from=3", "/status/0"),
        *("/.well-known/did.json", "/.well-known/gs1resolver", "/metrics", "/healthz", "/readyz", "/robots.txt"),
        *("/openapi.json", "/schemas", "/contexts", "/problems", "/problems/malformed", "/published/manifest.json"),
        *("/log/verify.py", "/schemas/furniture/1.0/model", "/contexts/passport/1.0", "/assets/site.css"),
        *("/organisations/upholsterer/did.json", "/organisations/service/did.json"),
    ):
        yield address, "*/*"


def _data(made: Corpus) -> Iterator[tuple[str, ...]]:
    """The data sets, with every file of a snapshot, whatever is in it."""
    snapshot, _ = snapshots.take(made.system)
    place = f"/data/{snapshot.name}"
    for language in LANGUAGES:
        yield f"/data?lang={language}", PAGE
        yield f"{place}?lang={language}", PAGE
    yield "/data", LINKED, "text/turtle", "application/n-triples", "application/rdf+xml"
    yield place, JSON, LINKED, "text/turtle", "application/n-triples", "application/rdf+xml"
    for address in ("/data/latest", "/.well-known/void", f"{place}/manifest.json", "/sitemap.xml"):
        yield address, "*/*"
    yield "/sitemaps/pages.xml", "*/*"
    for number in range(sitemap.parts(made.system)):
        yield f"/sitemaps/{number}.xml", "*/*"
    for file in snapshot.files:
        yield f"{place}/{file.name}", "*/*"
        if file.name.endswith(".csv.gz"):
            yield f"{place}/{file.name.removesuffix('.gz')}", "*/*"


def _asked(made: Corpus) -> Iterator[tuple[str, ...]]:
    """The graph: everything in it by questions, and each part of it by its name."""
    follower = Follower(made.system)
    assert follower.step()
    follower.publish()
    forms = ("text/turtle", "application/n-triples", LINKED, "application/rdf+xml")
    everything, copy = (quote(each, safe="") for each in (EVERYTHING, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"))
    yield "/sparql", PAGE, *forms
    yield f"/sparql?query={everything}", PAGE
    for form in ("json", "xml", "csv", "tsv"):
        yield f"/sparql?{urlencode({'query': EVERYTHING, 'format': form})}", "*/*"
    yield f"/sparql?query={copy}", *forms
    yield f"/sparql?query={quote('ASK {', safe='')}", PAGE, JSON
    yield f"/sparql?query={quote('ASK { SERVICE <urn:a> {} }', safe='')}", JSON
    for number, code in enumerate(made.codes.values()):
        yield f"/sparql/graph?graph={quote(f'{BASE}/passports/{code}', safe='')}", forms[number % 4]
    for name in (f"{BASE}/organisations", "urn:example:none"):
        yield f"/sparql/graph?graph={quote(name, safe='')}", "text/turtle"


EVERYTHING = "SELECT * { GRAPH ?g { ?s ?p ?o } }"


def hostile(made: Corpus) -> Iterator[str]:
    """Addresses that are refused, or ask for what is not to be had."""
    code = made.codes["shown"]
    for text in (
        "?at=yesterday",
        "?known=2024-13-01",
        "?at=1700-01-01",
        "?view=everything",
        "?at=",
        "/versions/99",
        "x",
    ):
        yield f"/passports/{code}{text}"
    yield from (f"/passports/{code}/events?cursor=YQ", "/passports/00000000", "/feed?since=-1", "/search?sort=owner")
    yield from ("/desk", "/desk/owned", "/delegations", "/transfers/x", "/submissions/x", "/media/x", "/status/7")
    for slug in made.hidden.values():
        yield f"/organisations/{slug}"
