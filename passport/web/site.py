"""What every request handler shares: the system, the pages, the language, and one way to answer with each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from gzip import compress
from html import escape
from typing import Any
from urllib.parse import quote

from passport.errors import NotAcceptable
from passport.service.system import System
from passport.web import negotiation
from passport.web.answers import (
    HTML,
    JSON,
    Answer,
    Content,
    Header,
    Scope,
    header,
    json_body,
    line,
    reply,
    tag_of,
)
from passport.web.auth import Door
from passport.web.pages.site import Pages

NEGOTIATED = ("Accept", "Accept-Language", "Cookie")
"""The request headers that choose among a page, its languages, and its machine twins."""

BY_READER = (*NEGOTIATED, "Authorization")
BY_TOKEN: Header = (b"vary", b"Authorization")
"""What a page adds that shows more to who asks with a token."""

_UNPACKED = 1024
"""Bytes of a page that are not worth packing."""

_LEVEL = 5
_QUERY = "!$&'()*+,-./:;=?@_~%[]"
PRIVATE = "private, no-store"
"""For everything that is shown to a signed-in organisation."""

PERMANENT = "public, max-age=31536000, immutable"

UNFROZEN = "public, max-age=3600"
"""For schemas, contexts and what follows them: they are frozen with the project's version 1.0.0, not before."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the service: a row of the route table and of the OpenAPI document.

    ``name`` is its row in the rights table; the handler's docstring is its documentation. ``media`` are the media types
    it answers with; ``reads`` those of the body that it takes; ``status`` is that of success, ``refuses`` the others.
    ``schema`` is the JSON Schema of its JSON answer. ``form`` says that it reads a form of a session's own pages.
    """

    name: str
    method: str
    path: str
    handler: Callable[..., Any]
    tag: str
    media: tuple[str, ...] = (JSON,)
    reads: tuple[str, ...] = ()
    status: int = 200
    refuses: tuple[int, ...] = ()
    parameters: tuple[Mapping[str, object], ...] = field(default=())
    schema: Mapping[str, object] | None = None
    form: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """The web layer's own surroundings."""

    system: System
    pages: Pages
    door: Door

    @property
    def base(self) -> str:
        """The service's address without a slash at its end; every link is made from it, never from ``Host``."""
        return self.system.base

    def language(self, scope: Scope) -> str:
        """The language of a page for this request."""
        return negotiation.language(
            accept=header(scope, b"accept-language"),
            cookie=header(scope, b"cookie"),
            query=scope["query_string"],
        )

    def chosen(self, scope: Scope, offers: negotiation.Offers) -> str:
        """The media type to answer with; raises ``NotAcceptable``."""
        chosen = negotiation.choose(header(scope, b"accept"), offers)
        if chosen is None:
            raise NotAcceptable(f"This address is served as {', '.join(offers)}.", offered=offers)
        return chosen

    def page(self, scope: Scope, render: Callable[[str], str], *more: Header, cache: str = "no-cache") -> Answer:
        """A page in the reader's language, as gzip for who takes that.

        A language named in the query is remembered in a cookie. What a signed-in organisation sees is kept by no cache.
        """
        language = self.language(scope)
        lines = (*more, *self._remembering(scope))
        signed = self.door.signed(scope)
        if signed is not None:
            cache = PRIVATE
        body = _switching(self.dressed(scope, language, render(language)), scope["query_string"]).encode()
        packed = len(body) > _UNPACKED and negotiation.takes_gzip(header(scope, b"accept-encoding"))
        content = Content(
            body,
            HTML,
            tag=f"{tag_of(body)}-z" if packed else None,
            cache=cache,
            negotiated=(*NEGOTIATED, "Accept-Encoding"),
            language=language,
            more=lines,
        )
        return _packed(reply(content, scope)) if packed else reply(content, scope)

    def dressed(self, scope: Scope, language: str, page: str) -> str:
        """``page`` with the name of the organisation that is signed in, its desk and the way out; else as it is."""
        signed = self.door.signed(scope)
        return page if signed is None else self.pages.signed_in(language, page, signed.organisation, signed.word)

    def sent(self, scope: Scope, page: str, *more: Header, status: int = 200) -> Answer:
        """The page that answers a form: kept by no cache."""
        language = self.language(scope)
        lines: tuple[Header, ...] = (
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-language", line(language)),
            (b"cache-control", PRIVATE.encode()),
        )
        return Answer(status, (*lines, *more), self.dressed(scope, language, page).encode())

    def either(
        self, scope: Scope, value: object, render: Callable[[str], str], *more: Header, cache: str = "no-cache"
    ) -> Answer:
        """``value`` as JSON for machines, or its page for browsers."""
        if self.chosen(scope, (JSON, HTML)) == HTML:
            return self.page(scope, render, *more, cache=cache)
        return reply(Content(json_body(value), JSON, cache=cache, negotiated=NEGOTIATED, more=more), scope)

    def _remembering(self, scope: Scope) -> tuple[Header, ...]:
        wish = negotiation.asked(scope["query_string"])
        return (language_cookie(wish, secure=self.base.startswith("https:")),) if wish else ()


def _packed(answer: Answer) -> Answer:
    """A page as gzip; a 304 as it is."""
    if answer.status != 200:
        return answer
    lines = (*answer.headers, (b"content-encoding", b"gzip"))
    return answer._replace(headers=lines, body=compress(answer.body, compresslevel=_LEVEL, mtime=0))


def _switching(page: str, query: bytes) -> str:
    """``page`` with the rest of the request's query in the links of its language switch."""
    rest = b"&".join(each for each in query.split(b"&") if each and not each.startswith(b"lang="))
    if not rest:
        return page
    kept = escape(quote(rest, safe=_QUERY))
    return page.replace('href="?lang=', f'href="?{kept}&amp;lang=')


def language_cookie(language: str, *, secure: bool) -> Header:
    """The header line that remembers a language for a year, and nothing else about anybody."""
    ending = b"; Secure" if secure else b""
    return (b"set-cookie", b"lang=%b; Path=/; Max-Age=31536000; SameSite=Lax%b" % (language.encode("ascii"), ending))
