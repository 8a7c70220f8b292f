"""The hot reads: a scanned code, a passport and a GS1 key, answered before any framework sees the request."""

from collections.abc import Sequence
from urllib.parse import unquote

from passport.codecs import documents, linkset
from passport.errors import Malformed, MethodNotAllowed, NotAcceptable, Refusal
from passport.model.digitallink import BadLink, parse_path
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
    Send,
    address,
    fields,
    header,
    matches,
    reply,
)
from passport.web.gathering import newest_page
from passport.web.guard import Application, Receive, Refuse, preflight
from passport.web.representations import DOCUMENT, LINKED, represent
from passport.web.site import NEGOTIATED, Site

READ_METHODS = ("GET", "HEAD", "OPTIONS")
OFFERS = (*DOCUMENT, HTML)
_MERGED = (JSON, LINKED, HTML)
_LINKSET = linkset.MEDIA_TYPE.encode("ascii")
_VARY = (b"vary", ", ".join(NEGOTIATED).encode("ascii"))
_VARY_LINKS = (b"vary", b"Accept, Accept-Language")
_CACHE = (b"cache-control", b"public, no-cache")
_JSON = {
    JSON: ((b"content-type", b"application/json"), "j"),
    LINKED: ((b"content-type", b"application/ld+json"), "l"),
}


class Resolver:
    """ASGI: answers ``/passports/{code}``, ``/p/{code}`` and GS1 paths itself, and hands on everything else."""

    def __init__(self, application: Application, *, site: Site, refuse: Refuse) -> None:
        """``refuse`` makes the answer to a refusal."""
        self._application = application
        self._reader = Reader(site)
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        operation = _operation(scope["raw_path"]) if scope["type"] == "http" else None
        if operation is None:
            await self._application(scope, receive, send)
            return
        scope["operation"] = operation
        try:
            answer = self._reader.answer(operation, scope)
        except Refusal as refusal:
            answer = self._refuse(refusal, scope)
        await answer.send(send, head=scope["method"] == "HEAD")


def _operation(raw: bytes) -> str | None:
    """Which of the hot operations a raw path asks for."""
    if raw.startswith(b"/passports/"):
        return "passport" if b"/" not in raw[11:] and len(raw) > 11 else None
    if raw.startswith((b"/p/", b"/P/")):
        return "product" if b"/" not in raw[3:-1] and len(raw) > 3 else None
    return "product-by-gs1" if raw[1:2].isdigit() else None


class Reader:
    """Answers the three hot operations; also called by their routes in the framework, so that both are one."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system
        self._link = (
            f'<{site.base}/passports/%s>; rel="canonical", <{site.base}/passports/%s/versions/%d>; rel="bookmark", '
            f'<{site.base}/passports/%s>; rel="alternate"; type="application/vc+jwt", '
            f'<{site.base}/p/%s?linkType=linkset>; rel="linkset"; type="{linkset.MEDIA_TYPE}"'
        )

    def answer(self, operation: str, scope: Scope) -> Answer:
        """The answer to one hot request. Raises refusals."""
        method = scope["method"]
        if method not in READ_METHODS:
            raise MethodNotAllowed("This address can only be read.", READ_METHODS)
        if method == "OPTIONS":
            return preflight(READ_METHODS)
        raw = scope["raw_path"]
        if operation == "passport":
            return self.passport(scope, _text(raw[11:]))
        if operation == "product":
            return self.product(scope, _text(raw[3:].removesuffix(b"/")))
        return self.by_key(scope, raw)

    def passport(self, scope: Scope, text: str) -> Answer:
        """``/passports/{code}``: the newest passport; another spelling of the code is sent to the canonical one."""
        reading = resolution.passport(self._system, text)
        if text != reading.code:
            query = scope["query_string"]
            place = links.with_query(self._system.passport_address(reading.code), query)
            return Answer(308, ((b"location", address(place)),))
        return self._reading(scope, reading, ())

    def product(self, scope: Scope, text: str) -> Answer:
        """``/p/{code}``: the product by its code in any spelling; answers with its passport, or with its linkset."""
        reading = resolution.passport(self._system, text)
        query = scope["query_string"]
        if query and links.wanted(query) in ("linkset", "all"):
            return self._linkset_of(scope, reading)
        if _LINKSET in (header(scope, b"accept") or b""):
            return self._linkset_of(scope, reading)
        place = self._system.passport_address(reading.code).encode("ascii")
        return self._reading(scope, reading, ((b"content-location", place),))

    def _linkset_of(self, scope: Scope, reading: Reading) -> Answer:
        asked = header(scope, b"accept-language")
        base = self._site.base
        level = anchor(f"{base}/{reading.key}", reading, base=base, languages=_latin(asked))
        accept = header(scope, b"accept") or b""
        offers = links.LINKSET_TYPES
        media_type = linkset.MEDIA_TYPE if _LINKSET in accept else negotiation.choose(accept or None, offers)
        return self._linked(scope, (level,), media_type or linkset.MEDIA_TYPE, status=200)

    def by_key(self, scope: Scope, raw: bytes) -> Answer:
        """A GS1 path: a redirect to where its key leads, or its links (GS1-Conformant Resolver 1.2.1)."""
        try:
            key = parse_path(raw)
        except BadLink as wrong:
            raise Malformed(
                "This is no GS1 Digital Link that can be read here.",
                reason=wrong.reason,
                about=wrong.about,
                expected=wrong.expected,
            ) from None
        asked = fields(scope["headers"])
        found = links.answer(
            self._system.history,
            key,
            base=self._site.base,
            query=scope["query_string"],
            accept=_latin(asked.get(b"accept")),
            languages=_latin(asked.get(b"accept-language")),
        )
        if isinstance(found, links.Redirect):
            link = links.linkset_header(self._site.base, key).encode("ascii")
            return Answer(307, ((b"location", found.location.encode("ascii")), _CACHE, _VARY_LINKS, (b"link", link)))
        return self._linked(scope, found.levels, found.media_type, status=300 if _several(found) else 200)

    def _linked(self, scope: Scope, levels: Sequence[linkset.Anchor], media_type: str, *, status: int) -> Answer:
        if media_type == HTML:
            document = linkset.document(levels)
            answer = self._site.page(scope, lambda language: self._site.pages.linkset(language, document))
            return Answer(status, answer.headers, answer.body) if answer.status == 200 else answer
        body = linkset.linkset_ld(levels) if media_type == LINKED else linkset.linkset(levels)
        context = (b"link", links.context_header(self._site.base).encode("ascii"))
        answer = reply(Content(body, media_type, more=(_VARY_LINKS, context)), scope)
        return Answer(status, answer.headers, answer.body) if answer.status == 200 else answer

    def _reading(self, scope: Scope, reading: Reading, more: tuple[Header, ...]) -> Answer:
        asked = fields(scope["headers"])
        query = scope["query_string"]
        merged = b"view=merged" in query and b"view=merged" in query.split(b"&")
        media = negotiation.choose(asked.get(b"accept"), _MERGED if merged else OFFERS)
        if media is None:
            raise NotAcceptable(f"A passport is served as {', '.join(OFFERS)}.", offered=OFFERS)
        code = reading.code
        lines = (_VARY, (b"link", (self._link % (code, code, reading.version, code, code)).encode("ascii")), *more)
        if media == HTML:
            return self._page(scope, reading, lines)
        if merged:
            body = resolution.merged(self._system, reading)
            return reply(Content(body, media, more=lines), scope)
        plain = _JSON.get(media)
        if plain is None:
            return reply(represent(self._system, reading, media, more=lines), scope)
        kind, mark = plain
        tag = f'"{reading.digest.hex()}-{mark}"'.encode("ascii")
        if b"if-none-match" in asked and matches(asked[b"if-none-match"], tag):
            return Answer(304, ((b"etag", tag), _CACHE, *lines))
        body = documents.served(reading.payload, reading.start)
        return Answer(200, (kind, (b"etag", tag), _CACHE, *lines), body)

    def _page(self, scope: Scope, reading: Reading, lines: tuple[Header, ...]) -> Answer:
        view = newest_page(self._system, reading)
        return self._site.page(scope, lambda language: self._site.pages.passport(language, view), *lines[1:])


def _several(found: links.Linkset | links.Choices) -> bool:
    return isinstance(found, links.Choices)


def _text(raw: bytes) -> str:
    """One segment of a raw path as text."""
    return unquote(raw.decode("latin-1"), errors="replace") if b"%" in raw else raw.decode("latin-1")


def _latin(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
