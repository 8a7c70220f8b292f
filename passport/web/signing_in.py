"""Signing in and out in a browser: a token is shown once and gives a session."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Query, Request, Response

from passport.errors import Damaged, Refusal, Unauthenticated, UnsupportedMedia
from passport.web import problems
from passport.web.answers import HTML, Header, Scope, address, header, raw_path, redirect, respond
from passport.web.auth import FORMS, WORD, require_same_origin, text_of
from passport.web.site import PRIVATE, Operation, Site

DESK = "/desk"
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_LONGEST = 2000
_NO_STORE: Header = (b"cache-control", PRIVATE.encode())

Back = Annotated[str, Query(description="Where to go afterwards: a path of this service.")]


class SigningIn:
    """The sign-in page, what it sends, and the way out."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        tag = "Sign in"
        return (
            Operation("sign-in-page", "GET", "/sign-in", self.page, tag, (HTML,), refuses=(303,)),
            Operation(
                "sign-in", "POST", "/sign-in", self.enter, tag, (HTML,), FORMS, 303, (400, 401, 403, 413, 415, 429)
            ),
            Operation("sign-out", "POST", "/sign-out", self.leave, tag, (HTML,), FORMS, 303, (400, 403, 413, 415)),
        )

    async def page(self, request: Request, back: Back = "") -> Response:
        """The page on which an organisation signs in with its token."""
        scope = request.scope
        wanted = returning(back or _from_here(request, self._site.base))
        if self._site.door.signed(scope) is not None:
            return respond(redirect(self._site.base + wanted, 303, _NO_STORE))
        answer = self._site.page(scope, lambda language: self._site.pages.sign_in(language, wanted), cache=PRIVATE)
        return respond(answer)

    async def enter(self, request: Request) -> Response:
        """Sign in: the token gives a session, which ends after four hours without use and twelve in all.

        The token itself is not kept. A session ends at once when its token is revoked or expires.
        """
        scope = request.scope
        require_same_origin(scope, self._site.base)
        _require_form(request)
        async with request.form(max_files=0, max_fields=10, max_part_size=4096) as sent:
            token, back = text_of(sent, "token").strip(), returning(text_of(sent, "back"))
        try:
            if not token:
                raise Unauthenticated("The form needs your token.")
            secret, _ = await self._site.door.enter(token, scope)
        except Refusal as refusal:
            page = self._site.pages.sign_in(self._site.language(scope), back, refusal)
            return respond(
                self._site.sent(scope, page, *problems.lines_of(refusal), status=problems.status_of(refusal))
            )
        return respond(redirect(self._site.base + back, 303, _NO_STORE, self._site.door.cookie(secret)))

    async def leave(self, request: Request) -> Response:
        """Sign out: the session ends here, not only in the browser."""
        scope = request.scope
        require_same_origin(scope, self._site.base)
        signed = self._site.door.signed(scope)
        if signed is not None:
            _require_form(request)
            async with request.form(max_files=0, max_fields=10, max_part_size=4096) as sent:
                signed.require(text_of(sent, WORD))
            await self._site.door.leave(scope)
        return respond(redirect(f"{self._site.base}/", 303, _NO_STORE, self._site.door.cookie(None)))


class Doorkeeper:
    """The pages of refusals for one request: who lacks a session is shown where to sign in, and comes back."""

    def __init__(self, site: Site, scope: Scope) -> None:
        self._site = site
        self._scope = scope

    def refusal(self, lang: str, status: int, refusal: Refusal, /) -> str:
        """A whole HTML page."""
        pages, scope = self._site.pages, self._scope
        if isinstance(refusal, Unauthenticated) and header(scope, b"authorization") is None:
            return pages.sign_in(lang, returning(_asked(scope)))
        page = pages.refusal(lang, status, refusal)
        try:
            return self._site.dressed(scope, lang, page)
        except (Refusal, Damaged):
            return page


def returning(wanted: str) -> str:
    """Where to go after signing in: a path of this service as it was asked for, or the desk (T24: never elsewhere)."""
    path = wanted.partition("#")[0]
    if len(path) > _LONGEST or not _PATH.fullmatch(path) or path.startswith(("/sign-in", "/sign-out")):
        return DESK
    return path


def _asked(scope: Scope) -> str:
    """The path and query of a request."""
    path, query = address(raw_path(scope).decode("latin-1")), address(scope.get("query_string", b"").decode("latin-1"))
    return (b"%b?%b" % (path, query) if query else path).decode("ascii")


def _from_here(request: Request, base: str) -> str:
    """The page from which somebody came, if it is one of ours."""
    came = urlsplit((header(request.scope, b"referer") or b"").decode("latin-1"))
    if f"{came.scheme}://{came.netloc}" != base or came.path == "/":
        return ""
    return f"{came.path}?{came.query}" if came.query else came.path


def _require_form(request: Request) -> None:
    if not request.headers.get("content-type", "").startswith(FORMS):
        raise UnsupportedMedia("The form is sent as multipart/form-data.")
