"""Who asks, and whether the rights table lets them: the one place where a token is looked at."""

from collections.abc import Awaitable, Callable

from anyio import to_thread
from fastapi import Request

from passport.errors import Forbidden, Malformed, TooMany, Unauthenticated
from passport.model.access import RIGHTS, Caller
from passport.service import organisations
from passport.service.system import System
from passport.settings import Settings
from passport.web.answers import Scope
from passport.web.limits import Window, client_of

_LONGEST_TOKEN = 200


class Door:
    """Authenticates callers, counts failures (T08) and writes of each client, and asks the rights table."""

    def __init__(self, system: System, settings: Settings) -> None:
        self._system = system
        self._failures = Window(settings.failures_per_minute)
        self._writes = Window(settings.writes_per_minute)

    def permit(self, operation: str) -> Callable[[Request], Awaitable[None]]:
        """What a route of that operation depends on: it lets in, or raises a refusal before the body is read."""
        right = RIGHTS[operation]

        async def permitted(request: Request) -> None:
            if right.scope is not None:
                request.state.caller = await self.admit(operation, bearer(request.scope), request.scope)

        return permitted

    async def admit(self, operation: str, token: str | None, scope: Scope) -> Caller:
        """The caller with this token, if the operation's right allows it and none of the rates is used up."""
        caller = await self._authenticate(token, scope)
        if not RIGHTS[operation].allows(caller):
            raise Forbidden("This token's role or scope does not allow this.", operation=operation)
        if scope["method"] not in ("GET", "HEAD"):
            self._writes.check(caller.organisation)
            self._writes.count(caller.organisation)
        return caller

    async def known(self, scope: Scope) -> Caller | None:
        """The caller, where a token is welcome but not needed; a bad token is still refused."""
        token = bearer(scope)
        return None if token is None else await self._authenticate(token, scope)

    async def _authenticate(self, token: str | None, scope: Scope) -> Caller:
        if token is None:
            raise Unauthenticated("This needs a token: Authorization: Bearer …")
        client = client_of((scope.get("client") or ("",))[0])
        try:
            self._failures.check(client)
        except TooMany as refusal:
            raise TooMany("Too many tokens from here were not valid: wait.", refusal.retry_after) from None
        try:
            return await to_thread.run_sync(organisations.authenticate, self._system, token[:_LONGEST_TOKEN])
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


def caller_of(request: Request) -> Caller:
    """The caller that ``permit`` let in."""
    caller: Caller = request.state.caller
    return caller
