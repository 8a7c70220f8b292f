"""HEAD, OPTIONS and 405 for the framework's routes, and addresses with a slash too many."""

from collections.abc import Sequence
from typing import Any

from starlette.routing import BaseRoute, Match, Route

from passport.web.answers import Scope, Send
from passport.web.guard import QUESTIONS, Application, Receive, preflight, slashless

_ORDER = ("GET", "HEAD", "POST", "PUT", "OPTIONS")


class Methods:
    """ASGI around the framework: every GET route also has HEAD and OPTIONS."""

    def __init__(self, application: Application, *, routes: Sequence[BaseRoute], base: str) -> None:
        self._application = application
        self._routes = [route for route in routes if isinstance(route, Route)]
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        path: str = scope["path"]
        if len(path) > 1 and path.endswith("/") and not self.allowed(path) and self.allowed(path.rstrip("/")):
            await slashless(self._base, path, scope["query_string"]).send(send)
        elif scope["method"] == "OPTIONS" and (allowed := self.allowed(path)):
            await preflight(allowed, questions=path == QUESTIONS).send(send)
        elif scope["method"] == "HEAD":
            inner = {**scope, "method": "GET", "head": True}
            await self._named(scope, inner, receive, _headless(send))
        else:
            await self._named(scope, scope, receive, send)

    async def _named(self, scope: Scope, inner: Scope, receive: Receive, send: Send) -> None:
        """Hand on, and tell the guard which operation it was."""
        try:
            await self._application(inner, receive, send)
        finally:
            scope["operation"] = getattr(inner.get("route"), "operation_id", None) or "unmatched"

    def allowed(self, path: str) -> tuple[str, ...]:
        """The methods of an address; empty when there is no such address."""
        probe = {"type": "http", "path": path, "method": "GET", "headers": [], "root_path": ""}
        found = {
            method
            for route in self._routes
            if route.matches(probe)[0] is not Match.NONE
            for method in route.methods or ()
        }
        if not found:
            return ()
        if "GET" in found:
            found.add("HEAD")
        return tuple(method for method in _ORDER if method in found or method == "OPTIONS")


def _headless(send: Send) -> Send:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sending
