"""Operations for systems that take over lives: events in our terms and in those of EPCIS, and the feed."""

import re
from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import Path, Query, Request, Response

from passport.codecs import epcis
from passport.codecs.documents import served_with
from passport.codecs.forms import LINKED
from passport.errors import Malformed
from passport.model.access import Caller
from passport.model.passport import Document
from passport.service import exchange, feed, resolution
from passport.web import cursors
from passport.web.answers import HTML, JSON, Answer, Content, Header, Scope, header, reply, respond
from passport.web.cursors import Cursor
from passport.web.gathering import event_page, version_page
from passport.web.ledger import proof_link
from passport.web.pages.following import described
from passport.web.pages.kinds import SERVICE
from passport.web.representations import DOCUMENT, GRAPHS, represent
from passport.web.resolver import OFFERS
from passport.web.site import BY_READER, NEGOTIATED, PERMANENT, PRIVATE, UNFROZEN, Operation, Site

FEED = "application/feed+json"
PART_LENGTH = 100
"""Events in one part of a list of them."""

Code = Annotated[str, Path(max_length=64, description="The short code; any case, with or without dashes.")]
Skip = Annotated[int, Query(ge=0, le=1_000_000, description="Entries that the page passes over, the newest first.")]
Form = Annotated[
    str | None,
    Query(pattern="^epcis$", description="`epcis`: as an EPCIS 2.0 document; so does its context in Accept."),
]
Since = Annotated[
    int | None,
    Query(ge=0, lt=2**53, description="The first position of the log that is wanted: `_passport.next` of last time."),
]

_FORMS = (JSON, LINKED, HTML)
_EPCIS = (LINKED, JSON)
_PROFILE = re.compile(rb'profile="?https://ref\.gs1\.org/standards/epcis/')
_SOON = "public, max-age=2"
"""What chooses among answers that are fuller for readers with a right."""
_VERSIONS: tuple[Header, ...] = (
    (b"gs1-epcis-version", epcis.VERSION.encode("ascii")),
    (b"gs1-cbv-version", epcis.VERSION.encode("ascii")),
    (b"gs1-extensions", f"{epcis.PREFIX}={epcis.OWN_TERMS[epcis.PREFIX]}".encode("ascii")),
)


class Exchanging:
    """Reading lives, for people and for other systems."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        scan = "Scan and read"
        refuses = (400, 401, 404, 406, 429)
        return (
            Operation("passport-events", "GET", "/passports/{code}/events", self.events, scan, _FORMS, refuses=refuses),
            Operation("event", "GET", "/events/{id}", self.event, scan, OFFERS, refuses=refuses),
            Operation("feed", "GET", "/feed", self.feed, "Browse", (FEED, JSON, HTML), refuses=(400, 406)),
        )

    async def events(
        self, request: Request, code: Code, form: Form = None, cursor: Cursor = None, skip: Skip = 0
    ) -> Response:
        """The public life of a product, in parts: JSON-LD with the newest event first, or an EPCIS 2.0 document.

        `events` holds each event as it was signed, `records` its credential, its proof, and what corrects it. The EPCIS
        document begins with the oldest event; a `Link` header leads to its next part. Offers and versions of passports
        have no meaning in EPCIS and are left out. For readers with a right `restricted` holds the documents of these
        events that they may see.
        """
        if _wants_epcis(request.scope, form):
            return respond(await to_thread.run_sync(self._epcis, request.scope, code, cursor))
        caller = await self._site.door.known(request.scope)
        return respond(await to_thread.run_sync(self._events, request.scope, code, cursor, skip, caller))

    def _events(self, scope: Scope, code: str, cursor: str | None, skip: int, caller: Caller | None) -> Answer:
        media_type = self._site.chosen(scope, _FORMS)
        life = exchange.life(self._system, code, limit=PART_LENGTH, after=_after("events", code, cursor))
        if media_type == HTML:
            newest = resolution.version(self._system, code, life.product.version)
            signed = self._site.door.signed(scope)
            view = version_page(self._system, newest, signed.caller if signed is not None else None)
            return self._site.page(scope, lambda language: self._site.pages.events(language, view, skip=skip))
        following, link = self._following("events", life, "")
        beside = exchange.restricted(self._system, life, caller)
        body = exchange.listed(self._system, life, following=following, restricted=beside)
        cache = PRIVATE if beside else "public, no-cache"
        return reply(Content(body, media_type, cache=cache, negotiated=BY_READER, more=link), scope)

    def _epcis(self, scope: Scope, code: str, cursor: str | None) -> Answer:
        media_type = self._site.chosen(scope, _EPCIS)
        after = _after("epcis", code, cursor)
        life = exchange.life(self._system, code, limit=PART_LENGTH, after=after, newest_first=False)
        here = f"{self._system.passport_address(life.product.code)}/events?form=epcis"
        body = exchange.in_epcis(self._system, life, address=f"{here}&cursor={cursor}" if cursor else here)
        _, link = self._following("epcis", life, "form=epcis&")
        return reply(Content(body, media_type, negotiated=NEGOTIATED, more=(*_VERSIONS, *link)), scope)

    def _following(self, listed: str, life: exchange.Life, query: str) -> tuple[str | None, tuple[Header, ...]]:
        """The address of the next part and the header line that leads to it, where there is one."""
        if life.last is None:
            return None, ()
        cursor = cursors.give(listed, f"{life.product.code}.{life.last}")
        address = f"{self._system.passport_address(life.product.code)}/events?{query}cursor={cursor}"
        return address, ((b"link", f'<{address}>; rel="next"'.encode("ascii")),)

    async def event(self, request: Request, id: str, form: Form = None) -> Response:  # noqa: A002 - the name in the address
        """One event, permanent; with `?form=epcis` as an EPCIS 2.0 document.

        As JSON and JSON-LD readers with a right find its restricted documents in `restricted`. Where another event
        corrects it a `Link` header (`rel="successor-version"`, RFC 5829) leads there: the event itself never changes.
        """
        kept = resolution.event(self._system, id)
        if _wants_epcis(request.scope, form):
            media_type = self._site.chosen(request.scope, _EPCIS)
            address = f"{self._site.base}/events/{kept.id}?form=epcis"
            body = await to_thread.run_sync(partial(exchange.event_in_epcis, self._system, kept, address=address))
            return respond(reply(Content(body, media_type, negotiated=NEGOTIATED, more=_VERSIONS), request.scope))
        if self._site.chosen(request.scope, OFFERS) == HTML:
            signed = self._site.door.signed(request.scope)
            caller = signed.caller if signed is not None else None
            view = await to_thread.run_sync(event_page, self._system, kept, caller)
            return respond(self._site.page(request.scope, lambda language: self._site.pages.event(language, view)))
        media_type = self._site.chosen(request.scope, DOCUMENT)
        links = await to_thread.run_sync(self._links, kept)
        caller = await self._site.door.known(request.scope)
        beside = await to_thread.run_sync(resolution.beside, self._system, kept, caller)
        if beside and media_type in (JSON, LINKED):
            body = served_with(kept, beside)
            own = Content(body, media_type, cache=PRIVATE, negotiated=BY_READER, more=links)
            return respond(reply(own, request.scope))
        cache = UNFROZEN if media_type in GRAPHS or len(links) > 1 else PERMANENT
        more = (*links, (b"vary", ", ".join(BY_READER).encode("ascii")))
        content = await to_thread.run_sync(partial(represent, self._system, kept, media_type, cache=cache, more=more))
        return respond(reply(content, request.scope))

    def _links(self, kept: Document) -> tuple[Header, ...]:
        """Where an event is proved to be in the log, and where it was corrected."""
        proof = proof_link(f"{self._site.base}/events/{kept.id}")
        later = exchange.corrected_by(self._system, kept)
        return (proof,) if later is None else (proof, (b"link", f'<{later}>; rel="successor-version"'.encode("ascii")))

    async def feed(self, request: Request, since: Since = None) -> Response:
        """Everything public in the order of the log, as a JSON Feed 1.1 in parts: passports, events, corrections.

        Begin without `since`, follow `next_url` while there is one, and ask for `_passport.next` as `since` the next
        time: every public document comes exactly once. Parts with a `next_url` never change, but that items whose
        content was erased say so; an item tells of each erasure (`erases`) and revocation (`revokes`) that follows.
        """
        return respond(await to_thread.run_sync(self._feed, request.scope, since))

    def _feed(self, scope: Scope, since: int | None) -> Answer:
        media_type = self._site.chosen(scope, (FEED, JSON, HTML))
        if media_type == HTML:
            part = feed.newest(self._system) if since is None else feed.feed(self._system, since)
            return self._site.page(scope, lambda language: self._site.pages.references.feed(language, part))
        part = feed.feed(self._system, since or 0)
        describe = described(self._system.published)
        body = feed.feed_json(part, base=self._site.base, title=SERVICE, describe=describe)
        cache = PERMANENT if part.complete else _SOON
        return reply(Content(body, media_type, cache=cache, negotiated=NEGOTIATED), scope)


def _wants_epcis(scope: Scope, form: str | None) -> bool:
    """Whether EPCIS is asked for: in the query, or by its context as a profile of JSON (EPCIS 2.0)."""
    return form == "epcis" or _PROFILE.search(header(scope, b"accept") or b"") is not None


def _after(listed: str, code: str, cursor: str | None) -> int | None:
    """The log position that a cursor of this product's list stands for; raises ``Malformed`` for any other."""
    last = cursors.take(listed, cursor)
    if last is None:
        return None
    whose, _, position = last.partition(".")
    if whose != resolution.code_of(code) or not position.isdecimal():
        raise Malformed("This cursor is not one of ours. Start the list again.")
    return int(position)
