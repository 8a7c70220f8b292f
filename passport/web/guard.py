"""The one layer around everything: request id, body limit, security and CORS headers, timing, log."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import structlog

from passport.errors import Malformed, Refusal, TooLarge, UnsupportedMedia
from passport.web.answers import Answer, Header, Scope, Send, address
from passport.web.metrics import Metrics
from passport.web.problems import Fault

Receive = Callable[[], Awaitable[Any]]
Application = Callable[[Scope, Any, Any], Awaitable[None]]
Refuse = Callable[[Refusal, Scope], Answer]

CSP = (
    "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self'; manifest-src 'self'; script-src 'self'; style-src 'self'"
)
"""Content Security Policy of every answer: nothing inline, nothing from elsewhere."""

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_HEADERS = 100
_EXPOSED = b"ETag, Link, Location, Content-Location, Content-Language, Retry-After, X-Request-ID"
_SECURITY: tuple[Header, ...] = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
_CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED),
)


class Disconnected(Exception):
    """The client went away before its body was whole: nobody is left to answer."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the web layer may be told. Rates are for each client and worker process.

    ``log_every`` writes one log line for that many successful reads; writes, faults and slow requests are always
    logged. 0 logs no reads.
    """

    body_bytes: int = 32 * 1024 * 1024
    failures_a_minute: int = 10
    writes_a_minute: int = 6000
    log_every: int = 100
    slow_seconds: float = 1.0


class Guard:
    """ASGI middleware. Whatever is refused here is refused before the application has seen a byte of the body."""

    def __init__(
        self, application: Application, *, base: str, settings: Bounds, metrics: Metrics, refuse: Refuse
    ) -> None:
        """``refuse`` makes the answer to a refusal."""
        self._application = application
        self._settings = settings
        self._metrics = metrics
        self._refuse = refuse
        self._log = structlog.get_logger("passport.web")
        self._prefix = secrets.token_hex(5).encode() + b"-"
        self._serial = 0
        secure = ((b"strict-transport-security", b"max-age=31536000"),) if base.startswith("https:") else ()
        self._writes = (*_SECURITY, *secure)
        self._reads = (*_CORS, *self._writes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        started = perf_counter()
        self._serial += 1
        identity = b"%b%x" % (self._prefix, self._serial)
        method = scope["method"]
        lines = self._reads if method in _READS else self._writes
        status = 0

        async def sending(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *lines, (b"x-request-id", identity)]
            await send(message)

        try:
            if method not in _READS or len(scope["headers"]) > _MOST_HEADERS:
                receive = self._inspected(scope, receive)
            await self._application(scope, receive, sending)
        except Refusal as refusal:
            await self._refuse(refusal, scope).send(sending, head=method == "HEAD")
        except Disconnected:
            status = 499
        except Exception:
            if status == 0:
                await self._refuse(Fault("Something failed on our side; it was noted."), scope).send(sending)
            raise
        finally:
            self._note(scope, status, perf_counter() - started, identity)

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._application(scope, receive, send)

    def _inspected(self, scope: Scope, receive: Receive) -> Receive:
        """Look at the request's framing; give back a ``receive`` that stops at the body limit (T09, T10)."""
        headers = scope["headers"]
        if len(headers) > _MOST_HEADERS:
            raise Malformed(f"More than {_MOST_HEADERS} header lines.")
        limit = self._settings.body_bytes
        for name, value in headers:
            if name == b"content-length":
                if not value.isdigit():
                    raise Malformed("Content-Length is no number.")
                if len(value) > 18 or int(value) > limit:
                    raise _too_large(limit)
            elif name == b"content-encoding" and value.strip().lower() not in (b"", b"identity"):
                raise UnsupportedMedia("Compressed bodies are not read: send the body as it is.")
        return _bounded(receive, limit)

    def _note(self, scope: Scope, status: int, seconds: float, identity: bytes) -> None:
        operation = scope.get("operation", "unmatched")
        method = scope["method"]
        self._metrics.note(operation, method, status, seconds)
        every = self._settings.log_every
        if (
            method not in _READS
            or status >= 500
            or seconds > self._settings.slow_seconds
            or (every and self._serial % every == 0)
        ):
            self._log.info(
                "request",
                request=identity.decode(),
                operation=operation,
                method=method if method.isalpha() and len(method) < 10 else "other",
                status=status,
                milliseconds=round(seconds * 1000, 2),
            )


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is larger than {limit} bytes.", limit=limit)


def _bounded(receive: Receive, limit: int) -> Receive:
    """``receive`` that raises ``TooLarge`` beyond ``limit`` bytes, and ``Disconnected`` when the body is cut short."""
    taken = 0
    whole = False

    async def receiving() -> Any:
        nonlocal taken, whole
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > limit:
                raise _too_large(limit)
            whole = not message.get("more_body", False)
        elif message["type"] == "http.disconnect" and not whole:
            raise Disconnected
        return message

    return receiving


def preflight(allowed: tuple[str, ...]) -> Answer:
    """The answer to OPTIONS: which methods there are, and what other sites' scripts may do (they may read)."""
    return Answer(
        204,
        (
            (b"allow", ", ".join(allowed).encode("ascii")),
            (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
            (b"access-control-allow-headers", b"Accept, Accept-Language, Authorization, If-None-Match"),
            (b"access-control-max-age", b"86400"),
        ),
    )


def slashless(base: str, path: str) -> Answer:
    """The permanent redirect from an address with a slash too many at its end."""
    return Answer(308, ((b"location", address(base + path.rstrip("/"))),))
