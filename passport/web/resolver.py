"""The hot reads: a scanned code, a passport and a GS1 key, answered before any framework sees the request."""

from collections.abc import Callable, Sequence
from urllib.parse import quote, unquote

from anyio import to_thread

from passport.codecs import documents, linkset
from passport.codecs.forms import LINKED
from passport.errors import Malformed, MethodNotAllowed, NotAcceptable, Refusal
from passport.model.digitallink import BadLink, Key, parse_path
from passport.model.epc import is_epc, parse_epc
from passport.ports import Reading
from passport.service import links, resolution
from passport.service.productlinks import anchor
from passport.web import negotiation
from passport.web.answers import (
    HTML,
    JSON,
    Answer,
    Content,
    Header,
    Scope,
    address,
    fields,
    header,
    matches,
    raw_path,
    reply,
)
from passport.web.gathering import newest_page
from passport.web.guard import Refuse, preflight
from passport.web.holdings import acts_on
from passport.web.ledger import RELATION
from passport.web.remembering import asks
from passport.web.representations import DOCUMENT, represent
from passport.web.site import NEGOTIATED, Site

Deferred = Callable[[], Answer]
"""Work that takes longer than the event loop should wait."""

READ_METHODS = ("GET", "HEAD", "OPTIONS")
OFFERS = (*DOCUMENT, HTML)
_VARY = (b"vary", ", ".join(NEGOTIATED).encode("ascii"))
_VARY_LINKS = (b"vary", b"Accept, Accept-Language")
_PROOF = f'/proof>; rel="{RELATION}"; type="text/plain"'
_GRAPH = '>; rel="describedby"; type="text/turtle"'
_CACHE = (b"cache-control", b"public, no-cache")
_JSON = {
    JSON: ((b"content-type", b"application/json"), "j"),
    LINKED: ((b"content-type", b"application/ld+json"), "l"),
}


class Resolver:
    """Answers ``/passports/{code}``, ``/p/{code}`` and GS1 paths at once, and leaves everything else alone."""

    def __init__(self, reader: "Reader", refuse: Refuse) -> None:
        """``refuse`` makes the answer to a refusal."""
        self._passport, self._product, self._by_key = reader.passport, reader.product, reader.by_key
        self._refuse = refuse

    def __call__(self, scope: Scope) -> Answer | Deferred | None:
        """The answer to a hot read, what gives it when that takes long, or None."""
        raw = scope.get("raw_path") or raw_path(scope)
        if raw.startswith(b"/passports/"):
            name, read, rest = "passport", self._passport, raw[11:]
        elif raw[1:2].isdigit() or is_epc(raw):
            name, read, rest = "product-by-gs1", self._by_key, b"1"
        elif raw.startswith((b"/p/", b"/P/")):
            name, read, rest = "product", self._product, raw[3:].removesuffix(b"/")
        else:
            return None
        query = scope["query_string"]
        if not rest or b"/" in rest or (query and asks(query)):
            return None
        scope["operation"] = name
        method = scope["method"]
        try:
            if method == "GET" or method == "HEAD":
                return read(scope, raw)
            if method == "OPTIONS":
                return preflight(READ_METHODS)
            raise MethodNotAllowed("This address can only be read.", READ_METHODS)
        except Refusal as refusal:
            return self._refuse(refusal, scope)


async def settled(answer: Answer | Deferred) -> Answer:
    """The answer itself; one that takes long is worked out in a thread."""
    return answer if isinstance(answer, Answer) else await to_thread.run_sync(answer)


class Reader:
    """Answers the three hot operations; also called by their routes in the framework, so that both are one."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system
        self._passports = f"{site.base}/passports/"
        self._origin = f"<{site.base}/"
        self._products = f"<{site.base}/p/"
        self._graphs = f"<{site.base}/sparql/graph?graph={quote(self._passports, safe='')}"
        self._locate = site.system.history.locate
        self._linkset = f'?linkType=linkset>; rel="linkset"; type="{linkset.MEDIA_TYPE}"'

    def passport(self, scope: Scope, raw: bytes) -> Answer | Deferred:
        """``/passports/{code}``: the newest passport; another spelling of the code is sent to the canonical one."""
        text = _text(raw[11:])
        reading = resolution.passport(self._system, text)
        if text != reading.code:
            query = scope["query_string"]
            place = links.with_query(self._system.passport_address(reading.code), query)
            return Answer(308, ((b"location", address(place)),))
        return self._reading(scope, reading, ())

    def product(self, scope: Scope, raw: bytes) -> Answer | Deferred:
        """``/p/{code}``: the product by its code in any spelling; answers with its passport, or with its linkset."""
        reading = resolution.passport(self._system, _text(raw[3:].removesuffix(b"/")))
        query = scope["query_string"]
        if query and links.wanted(query) in ("linkset", "all"):
            return self._linkset_of(scope, reading)
        if links.wants_linkset(_latin(header(scope, b"accept")) or ""):
            return self._linkset_of(scope, reading)
        place = self._system.passport_address(reading.code).encode("ascii")
        return self._reading(scope, reading, ((b"content-location", place),))

    def _linkset_of(self, scope: Scope, reading: Reading) -> Answer:
        asked = header(scope, b"accept-language")
        base = self._site.base
        level = anchor(f"{base}/{reading.key}", reading, base=base, languages=_latin(asked))
        media_type = links.linkset_type(_latin(header(scope, b"accept")))
        return self._linked(scope, (level,), media_type, status=200)

    def by_key(self, scope: Scope, raw: bytes) -> Answer:
        """A GS1 path: a redirect to where its key leads, or its links (GS1-Conformant Resolver 1.2.1)."""
        query = scope["query_string"]
        accept = header(scope, b"accept")
        if (not query or b"linkType=" not in query) and (accept is None or b"linkset" not in accept):
            path = raw[1:].decode("latin-1")
            known = self._locate(path)
            if known is not None:
                place = self._passports + known.code
                return self._redirect(links.with_query(place, query) if query else place, path)
        key, more = self._key(raw)
        found = links.answer(
            self._system.history,
            key,
            base=self._site.base,
            query=query,
            accept=_latin(accept),
            languages=_latin(header(scope, b"accept-language")),
        )
        if isinstance(found, links.Redirect):
            answer = self._redirect(found.location, key.canonical)
        else:
            status = 300 if isinstance(found, links.Choices) else 200
            answer = self._linked(scope, found.levels, found.media_type, status=status)
        return answer._replace(headers=(*answer.headers, *more))

    def _key(self, raw: bytes) -> tuple[Key, tuple[Header, ...]]:
        """The key of a GS1 path or of an EPC binary string, whose answer tells the plain address."""
        try:
            if not is_epc(raw):
                return parse_path(raw), ()
            key = parse_epc(raw)
        except BadLink as wrong:
            raise Malformed(
                "This is not a GS1 Digital Link that can be read here.",
                reason=wrong.reason,
                about=wrong.about,
                expected=wrong.expected,
            ) from None
        return key, ((b"link", links.same_as_header(self._site.base, key).encode("ascii")),)

    def _redirect(self, to: str, path: str) -> Answer:
        link = f"{self._origin}{path}{self._linkset}".encode("ascii")
        return Answer(307, ((b"location", to.encode("ascii")), _CACHE, _VARY_LINKS, (b"link", link)))

    def _linked(self, scope: Scope, levels: Sequence[linkset.Anchor], media_type: str, *, status: int) -> Answer:
        if media_type == HTML:
            document = linkset.document(levels)
            answer = self._site.page(scope, lambda language: self._site.pages.references.linkset(language, document))
            return answer._replace(status=status) if answer.status == 200 else answer
        body = linkset.linkset_ld(levels) if media_type == LINKED else linkset.linkset(levels)
        context = (b"link", links.context_header(self._site.base).encode("ascii"))
        answer = reply(Content(body, media_type, more=(_VARY_LINKS, context)), scope)
        return answer._replace(status=status) if answer.status == 200 else answer

    def _reading(self, scope: Scope, reading: Reading, more: tuple[Header, ...]) -> Answer | Deferred:
        asked = fields(scope["headers"])
        media = negotiation.choose(asked.get(b"accept"), OFFERS)
        if media is None:
            raise NotAcceptable(f"A passport is served as {', '.join(OFFERS)}.", offered=OFFERS)
        code = reading.code
        place = f"<{self._passports}{code}"
        link = (
            f'{place}>; rel="canonical", {place}/versions/{reading.version}>; rel="bookmark", '
            f'{place}>; rel="alternate"; type="application/vc+jwt", {self._products}{code}{self._linkset}, '
            f"{place}/versions/{reading.version}{_PROOF}, {self._graphs}{code}{_GRAPH}"
        )
        lines = (_VARY, (b"link", link.encode("ascii")), *more)
        if media == HTML:
            if b"session=" in asked.get(b"cookie", b""):
                return lambda: self._page(scope, reading, lines)
            return self._page(scope, reading, lines)
        plain = _JSON.get(media)
        if plain is None:
            return lambda: reply(represent(self._system, reading, media, more=lines), scope)
        kind, mark = plain
        tag = f'"{reading.digest.hex()}-{mark}"'.encode("ascii")
        if b"if-none-match" in asked and matches(asked[b"if-none-match"], tag):
            return Answer(304, ((b"etag", tag), _CACHE, *lines))
        body = documents.served(reading.payload, reading.start)
        return Answer(200, (kind, (b"etag", tag), _CACHE, *lines), body)

    def _page(self, scope: Scope, reading: Reading, lines: tuple[Header, ...]) -> Answer:
        signed = self._site.door.signed(scope)
        view = newest_page(self._system, reading, signed.caller if signed is not None else None)
        everything = negotiation.unfolded(scope["query_string"])
        pages = self._site.pages
        deeds = acts_on(self._system, reading.code, signed.caller) if signed is not None else None

        def render(language: str) -> str:
            acts = pages.desk.acts(language, reading.code, *deeds) if deeds is not None else ()
            return pages.passport(language, view, unfolded=everything, acts=acts)

        return self._site.page(scope, render, *lines[1:])


def _text(raw: bytes) -> str:
    """One segment of a raw path as text."""
    return unquote(raw.decode("latin-1"), errors="replace") if b"%" in raw else raw.decode("latin-1")


def _latin(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
