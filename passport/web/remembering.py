"""A product with everything that is known of it together, now or at another time, for whoever may see how much."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import parse_qs

from anyio import to_thread
from fastapi import Request, Response

from passport.codecs.forms import LINKED
from passport.errors import Malformed, NotAcceptable
from passport.model.access import Caller
from passport.model.moments import written
from passport.model.passport import Standing
from passport.service import past, resolution, together
from passport.service.past import Then
from passport.web import negotiation
from passport.web.answers import HTML, JSON, Answer, Content, Scope, header, reply, respond
from passport.web.gathering import past_page
from passport.web.site import BY_READER, BY_TOKEN, PRIVATE, Site

OFFERS: Final = (JSON, LINKED, HTML)
_MOMENT: Final = {"type": "string", "maxLength": 40}
TIMES: Final[tuple[Mapping[str, object], ...]] = (
    {
        "name": "view",
        "in": "query",
        "description": "merged: with its batch and model, its state and what it consists of.",
        "schema": {"type": "string", "enum": ["merged"]},
    },
    {"name": "at", "in": "query", "description": "What was true then: a time or a date.", "schema": _MOMENT},
    {"name": "known", "in": "query", "description": "What was known then: a time or a date.", "schema": _MOMENT},
)
"""The parameters of a passport's address, for its description."""
_ASKING: Final = (b"view=merged", b"at=", b"known=")


def asks(query: bytes) -> bool:
    """Whether a query asks for more than the newest passport: all together, or another time."""
    return any(part.startswith(_ASKING) for part in query.split(b"&")) if query else False


class Remembering:
    """Answers ``/passports/{code}`` with ``?view=merged``, ``?at=`` and ``?known=``."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system

    async def passport(self, request: Request, code: str) -> Response:
        """A passport with batch, model, state and composition; for those with a right also what is restricted."""
        scope = request.scope
        media = negotiation.choose(header(scope, b"accept"), OFFERS)
        if media is None:
            raise NotAcceptable(f"All together is served as {', '.join(OFFERS)}.", offered=OFFERS)
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        at, known = (_moment(asked, name) for name in ("at", "known"))
        caller = await self._site.door.known(scope)
        found = await to_thread.run_sync(partial(past.then, self._system, code, at=at, known=known, caller=caller))
        if found.product.standing is Standing.ARCHIVED and at is None and known is None:
            raise resolution.gone(self._system, found.product.code)
        if media == HTML:
            return respond(await to_thread.run_sync(self._page, scope, found, caller))
        body = await to_thread.run_sync(partial(together.document, self._system, found, caller=caller))
        return respond(reply(_content(body, media, caller), scope))

    def _page(self, scope: Scope, found: Then, caller: Caller | None) -> Answer:
        view = past_page(self._system, found)
        everything = negotiation.unfolded(scope["query_string"])
        return self._site.page(
            scope,
            lambda language: self._site.pages.passport(language, view, unfolded=everything),
            BY_TOKEN,
            cache="no-cache" if caller is None else PRIVATE,
        )


def _content(body: bytes, media: str, caller: Caller | None) -> Content:
    cache = "public, no-cache" if caller is None else PRIVATE
    return Content(body, media, cache=cache, negotiated=BY_READER)


def _moment(asked: Mapping[str, list[str]], name: str) -> str | None:
    """A time of a query in UTC: RFC 3339, or a date, which means its end. Raises ``Malformed``."""
    if name not in asked:
        return None
    stated = asked[name][-1].strip().replace(" ", "+")
    try:
        if len(stated) == len("2026-03-01"):
            moment = datetime.fromisoformat(f"{stated}T23:59:59+00:00")
        else:
            moment = datetime.fromisoformat(stated)
        if moment.tzinfo is None:
            raise ValueError("a time without its zone")
        return written(moment)
    except (ValueError, OverflowError) as wrong:
        raise Malformed(f"{name} is a time like 2026-03-01T12:00:00Z, or a date.", parameter=name) from wrong
