"""Who asks, and whether the rights table lets them: the one place where a token or a session is looked at."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from anyio import to_thread
from fastapi import Request
from starlette.datastructures import FormData

from passport.errors import Forbidden, Malformed, TooMany, Unauthenticated, UnsupportedMedia
from passport.model.access import RIGHTS, Caller
from passport.service import organisations, sessions
from passport.service.sessions import SignedIn
from passport.service.system import System
from passport.settings import Settings
from passport.web.answers import Header, Scope, header
from passport.web.limits import Window, client_of

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
"""What a browser sends a form as."""

WORD = "word"
"""The field of every form of a session that carries the session's word."""

_LONGEST_TOKEN = 200
_LONGEST_FIELD = 64 * 1024
_MOST_FIELDS = 200
_READS = frozenset({"GET", "HEAD"})
_SECRET = re.compile(rb"[A-Za-z0-9_-]{43}")
_UNASKED: Final = object()
Found = TypeVar("Found")


class Door:
    """Authenticates callers, counts failures (T08) and writes of each client, and asks the rights table.

    A caller is whoever bears a token (machines), or whoever has the cookie of a session that began with one (people).
    A cookie comes along with whatever a browser sends, so a session reads anything but writes only by forms of its own.
    """

    def __init__(self, system: System, settings: Settings) -> None:
        self._system = system
        self._failures = Window(settings.failures_per_minute)
        self._writes = Window(settings.writes_per_minute)
        self._secure = system.base.startswith("https:")

    def permit(self, operation: str) -> Callable[[Request], Awaitable[None]]:
        """What a route of that operation depends on: it lets in, or raises a refusal before the body is read."""
        right = RIGHTS[operation]

        async def permitted(request: Request) -> None:
            if right.scope is not None:
                scope = request.scope
                caller = await self.known(scope) if scope["method"] in _READS else None
                request.state.caller = self._let(operation, caller or await self._bearing(scope), scope)

        return permitted

    def permit_form(self, operation: str) -> Callable[[Request], AsyncIterator[None]]:
        """The same for a route that reads a form: of a session, sent by a page of its own with the session's word.

        ``form_of`` then gives what was sent. Another site's page knows no word, and cannot lie about where it is from.
        """

        async def permitted(request: Request) -> AsyncIterator[None]:
            scope = request.scope
            signed = None if bearer(scope) is not None else await self._signed(scope)
            caller = signed.caller if signed is not None else await self._bearing(scope)
            request.state.caller = self._let(operation, caller, scope)
            if signed is not None:
                require_same_origin(scope, self._system.base)
            if not request.headers.get("content-type", "").startswith(FORMS):
                raise UnsupportedMedia("The form is sent as multipart/form-data.")
            limits: dict[str, Any] = {"max_files": 8, "max_fields": _MOST_FIELDS, "max_part_size": _LONGEST_FIELD}
            async with request.form(**limits) as sent:
                if signed is not None:
                    signed.require(text_of(sent, WORD))
                request.state.sent = sent
                yield

        return permitted

    async def admit(self, operation: str, token: str | None, scope: Scope) -> Caller:
        """The caller with this token, if the operation's right allows it and none of the rates is used up."""
        return self._let(operation, await self._authenticate(token, scope), scope)

    async def admit_form(self, operation: str, sent: FormData, scope: Scope) -> Caller:
        """The caller of a form for anybody: by the session with its word, or by the token in the field ``token``."""
        token, signed = text_of(sent, "token").strip(), await self._signed(scope)
        if signed is None or token:
            if not token:
                raise Unauthenticated("The form needs your token.")
            return await self.admit(operation, token, scope)
        signed.require(text_of(sent, WORD))
        return self._let(operation, signed.caller, scope)

    async def known(self, scope: Scope) -> Caller | None:
        """The caller, where a token or a session is welcome but not needed; a bad token is still refused."""
        token = bearer(scope)
        if token is not None:
            return await self._authenticate(token, scope)
        signed = await self._signed(scope) if scope["method"] in _READS else None
        return None if signed is None else signed.caller

    async def enter(self, token: str, scope: Scope) -> tuple[str, SignedIn]:
        """Begin a session with a token; the one that the browser had ends. Failures count as those of any token."""
        former = secret_of(scope, secure=self._secure)
        return await self._counting(scope, lambda: sessions.begin(self._system, token[:_LONGEST_TOKEN], former=former))

    async def leave(self, scope: Scope) -> None:
        """End the session that the browser has, if it has one."""
        secret = secret_of(scope, secure=self._secure)
        if secret is not None:
            await to_thread.run_sync(sessions.end, self._system, secret)

    def signed(self, scope: Scope) -> SignedIn | None:
        """Whose session a request belongs to, if any; looked up once in a request."""
        found: Any = scope.get("signed", _UNASKED)
        if found is _UNASKED:
            secret = secret_of(scope, secure=self._secure)
            found = scope["signed"] = None if secret is None else sessions.resume(self._system, secret)
        signed: SignedIn | None = found
        return signed

    def cookie(self, secret: str | None) -> Header:
        """The header line that gives the browser its session, or takes it away.

        ``Lax`` and not ``Strict``: a label scanned with the phone's camera opens the passport from outside, and whoever
        does so in a workshop is to stay signed in. Nothing is written by a GET, and forms carry the session's word.
        """
        name = cookie_name(secure=self._secure)
        secure = b"; Secure" if self._secure else b""
        value = b"" if secret is None else secret.encode("ascii")
        ending = b"; Max-Age=0" if secret is None else b"; Max-Age=%d" % sessions.LONGEST.total_seconds()
        return (b"set-cookie", b"%b=%b; Path=/; HttpOnly; SameSite=Lax%b%b" % (name, value, secure, ending))

    def _let(self, operation: str, caller: Caller, scope: Scope) -> Caller:
        if not RIGHTS[operation].allows(caller):
            raise Forbidden("This token's role or scope does not allow this.", operation=operation)
        if scope["method"] not in _READS:
            self._writes.check(caller.organisation)
            self._writes.count(caller.organisation)
        return caller

    async def _bearing(self, scope: Scope) -> Caller:
        return await self._authenticate(bearer(scope), scope)

    async def _signed(self, scope: Scope) -> SignedIn | None:
        signed = await to_thread.run_sync(self.signed, scope)
        if signed is not None:
            secret = secret_of(scope, secure=self._secure) or ""
            await to_thread.run_sync(sessions.prolong, self._system, secret)
        return signed

    async def _authenticate(self, token: str | None, scope: Scope) -> Caller:
        if token is None:
            raise Unauthenticated("This needs a token: Authorization: Bearer …")
        return await self._counting(scope, lambda: organisations.authenticate(self._system, token[:_LONGEST_TOKEN]))

    async def _counting(self, scope: Scope, look: Callable[[], Found]) -> Found:
        client = client_of((scope.get("client") or ("",))[0])
        try:
            self._failures.check(client)
        except TooMany as refusal:
            raise TooMany("Too many tokens from here were not valid: wait.", refusal.retry_after) from None
        try:
            return await to_thread.run_sync(look)
        except Unauthenticated:
            self._failures.count(client)
            raise


def bearer(scope: Scope) -> str | None:
    """The token of the ``Authorization`` header (RFC 6750); None without one."""
    found: list[bytes] = [value for name, value in scope["headers"] if name == b"authorization"]
    if not found:
        return None
    if len(found) > 1:
        raise Malformed("More than one Authorization header.")
    scheme, _, token = found[0].decode("latin-1").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Only bearer tokens are read: Authorization: Bearer …")
    return token.strip()


def cookie_name(*, secure: bool) -> bytes:
    """What the session's cookie is called; ``__Host-`` keeps neighbours under the same domain from setting it."""
    return b"__Host-session" if secure else b"session"


def secret_of(scope: Scope, *, secure: bool) -> str | None:
    """The session's secret from the cookies of a request; None for anything that cannot be one."""
    cookies = header(scope, b"cookie")
    name = cookie_name(secure=secure)
    if cookies is None or name not in cookies:
        return None
    for each in cookies.replace(b",", b";").split(b";"):
        key, _, value = each.strip().partition(b"=")
        if key == name and _SECRET.fullmatch(value):
            return value.decode("ascii")
    return None


def require_same_origin(scope: Scope, base: str) -> None:
    """Refuse a form that another site's page sent: what the browser says of its origin decides."""
    site = header(scope, b"sec-fetch-site")
    if site is not None and site not in (b"same-origin", b"none"):
        raise Forbidden("This form can only be sent from its own page.")
    origin = header(scope, b"origin")
    if site is None and origin is not None:
        own = {urlsplit(base).netloc.encode(), header(scope, b"host")}
        if origin.partition(b"://")[2] not in own:
            raise Forbidden("This form can only be sent from its own page.")


def caller_of(request: Request) -> Caller:
    """The caller that ``permit`` let in."""
    caller: Caller = request.state.caller
    return caller


def form_of(request: Request) -> FormData:
    """The form that ``permit_form`` read."""
    sent: FormData = request.state.sent
    return sent


def text_of(sent: FormData, name: str) -> str:
    """A field of a form as text; empty where there is none, or a file."""
    value = sent.get(name)
    return value if isinstance(value, str) else ""
