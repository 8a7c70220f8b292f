"""Operations for search engines: what to leave alone, and which pages there are."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Annotated, Final
from xml.sax.saxutils import escape, quoteattr

from anyio import to_thread
from fastapi import Path, Request, Response

from passport.errors import NotFound
from passport.model.languages import LANGUAGES
from passport.service import sitemap, snapshots
from passport.service.sitemap import Listed
from passport.web.answers import Content, reply, respond
from passport.web.pages.reference import local
from passport.web.site import Operation, Site

XML: Final = "application/xml"
_TEXT: Final = "text/plain"
_HOUR: Final = "public, max-age=3600"
_DAY: Final = "public, max-age=86400"
_LEFT_ALONE: Final = ("/submissions", "/credentials/", "/metrics", "/sparql?", "/sparql/", "/sign-in", "/desk")
_NAMESPACES: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
_DOORS: Final = ("", "/models", "/organisations", "/feed", "/data", "/data/tables", "/sparql", "/vocab", "/schemas")
_ABOUT: Final = ("/contexts", "/problems", "/log", "/docs", "/accessibility", "/compare", "/search")
Number = Annotated[int, Path(ge=0, lt=10**9, description="The number of the part, from 0.")]


class Crawling:
    """Being found."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        tag, xml = "About", (XML,)
        return (
            Operation("robots", "GET", "/robots.txt", self.robots, tag, (_TEXT,)),
            Operation("sitemap", "GET", "/sitemap.xml", self.sitemap, tag, xml),
            Operation("sitemap-pages", "GET", "/sitemaps/pages.xml", self.general, tag, xml),
            Operation("sitemap-part", "GET", "/sitemaps/{number}.xml", self.part, tag, xml, refuses=(400, 404)),
        )

    async def robots(self, request: Request) -> Response:
        """What harvesters should leave alone, and where the pages are listed."""
        lines = ("User-agent: *", *(f"Disallow: {path}" for path in _LEFT_ALONE))
        body = "\n".join((*lines, "", f"Sitemap: {self._site.base}/sitemap.xml", ""))
        return respond(reply(Content(body.encode(), _TEXT, cache=_DAY), request.scope))

    async def sitemap(self, request: Request) -> Response:
        """The parts of the site map (sitemaps.org 0.9)."""
        base = self._site.base
        number = await to_thread.run_sync(sitemap.parts, self._system)
        names = ("pages", *map(str, range(number)))
        entries = (f"<sitemap><loc>{escape(f'{base}/sitemaps/{name}.xml')}</loc></sitemap>" for name in names)
        body = _document("sitemapindex", entries)
        return respond(reply(Content(body, XML, cache=_HOUR), request.scope))

    async def general(self, request: Request) -> Response:
        """The pages that are not of one product: doors, vocabulary, code lists, organisations, snapshots."""
        return await self._urls(request, lambda: (Listed(each, "") for each in self._pages()))

    def _pages(self) -> Iterator[str]:
        system, base = self._system, self._site.base
        published = system.published
        yield from (base + (path or "/") for path in (*_DOORS, *_ABOUT))
        yield from (base + local(iri) for iri in published.schema_iris())
        yield from (f"{base}/vocab/{name}" for name in published.terms())
        yield from (f"{base}/vocab/codes/{name}" for name in published.code_lists())
        yield from (f"{base}/organisations/{each.slug}" for each in system.parties.organisations() if each.public)
        yield from (f"{base}/data/{name}" for name in snapshots.names(system))

    async def part(self, request: Request, number: Number) -> Response:
        """Passports that are in force, each with its languages and the time of its newest version."""
        if number >= await to_thread.run_sync(sitemap.parts, self._system):
            raise NotFound("The site map has no such part.")
        return await self._urls(request, partial(sitemap.part, self._system, number))

    async def _urls(self, request: Request, find: Callable[[], Iterable[Listed]]) -> Response:
        body = await to_thread.run_sync(lambda: _document("urlset", map(_url, find())))
        return respond(reply(Content(body, XML, cache=_HOUR), request.scope))


def _document(root: str, entries: Iterable[str]) -> bytes:
    lines = ('<?xml version="1.0" encoding="UTF-8"?>', f"<{root} {_NAMESPACES}>", *entries, f"</{root}>", "")
    return "\n".join(lines).encode()


def _url(listed: Listed) -> str:
    """One address with those of its languages."""
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href={quoteattr(f"{listed.address}?lang={language}")}/>'
        for language in LANGUAGES
    )
    at = f"<lastmod>{listed.at}</lastmod>" if listed.at else ""
    return f"<url><loc>{escape(listed.address)}</loc>{at}{others}</url>"
