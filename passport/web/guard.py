"""The one layer around everything: request id, body limit, security and CORS headers, timing, log."""

import secrets
import sys
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from typing import Any
from urllib.parse import quote

import structlog
from anyio import to_thread

from passport.errors import Malformed, Refusal, TooLarge, TooMany, UnsupportedMedia
from passport.service.links import with_query
from passport.web.answers import EMPTY, Answer, Header, Scope, Send, address
from passport.web.limits import Misses
from passport.web.metrics import Metrics
from passport.web.problems import fault

Receive = Callable[[], Awaitable[Any]]
Application = Callable[[Scope, Any, Any], Awaitable[None]]
Log = structlog.typing.FilteringBoundLogger
Refuse = Callable[[Refusal, Scope], Answer]
Quick = Callable[[Scope], Answer | Callable[[], Answer] | None]

CSP = (
    "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self'; manifest-src 'self'; script-src 'self'; style-src 'self'"
)
"""Content Security Policy of every answer: nothing inline, nothing from elsewhere."""

STYLES = "styles"
"""In the state of a request: sources of styles that the policy of its page allows beside our own files."""

LIMITED = "passport.limited"
"""In the scope of a request whose query was ended by a limit, or waited in vain: no fault of the service."""

QUESTIONS = "/sparql"
"""The address where a POST only reads: other sites' scripts may send it, and read its answer."""

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_HEADERS = 100
_SLOW = 1.0
_NOTHING: Header = (b"content-length", b"0")
_EXPOSED = b"ETag, Link, Location, Content-Location, Content-Language, Retry-After, X-Graph-Position, X-Request-ID"
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


class Guard:
    """ASGI middleware. Whatever is refused here is refused before the application has seen a byte of the body."""

    def __init__(
        self,
        application: Application,
        *,
        quick: Quick,
        base: str,
        body_bytes: int,
        metrics: Metrics,
        refuse: Refuse,
        log: Log,
        misses: int,
    ) -> None:
        """``quick`` answers the hot reads, gives what answers the slow ones in a thread, and None for the rest.

        ``refuse`` answers a refusal; ``misses`` is how many a minute one client may ask for what is not there.

        Writes, faults and requests of more than a second are logged; other reads are only counted.
        """
        self._application = application
        self._quick = quick
        self._body_bytes = body_bytes
        self._metrics = metrics
        self._refuse = refuse
        self._log = log
        self._misses = Misses(misses)
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
        mark = (b"x-request-id", b"%b%x" % (self._prefix, self._serial))
        method = scope["method"]
        status = 0
        try:
            answer = (self._impatient(scope) if self._misses.waiting else None) or self._quick(scope)
            if answer is not None and not isinstance(answer, Answer):
                answer = await to_thread.run_sync(answer)
            if answer is None:
                status = await self._slowly(scope, receive, send, mark)
            else:
                status, headers, body = answer
                lines = [*headers, *self._reads, mark]
                if status not in EMPTY:
                    lines.append((b"content-length", b"%d" % len(body)) if body else _NOTHING)
                await send({"type": "http.response.start", "status": status, "headers": lines})
                await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
        except Exception as wrong:
            self._tell_fault(wrong, scope, mark[1])
            begun = status != 0 or "answered" in scope
            status = 500
            if not begun:
                await self._fault(wrong, scope, send, mark)
            elif "whole" not in scope:
                raise
        finally:
            seconds = perf_counter() - started
            self._metrics.note(scope.get("operation", "unmatched"), method, status, seconds)
            if status == 404:
                self._misses.count(_host(scope))
            if status >= 500 or seconds > _SLOW or method not in _READS:
                self._tell(scope, status, seconds, mark[1])

    def _impatient(self, scope: Scope) -> Answer | None:
        """What a client is told that has asked too often for what is not there."""
        try:
            self._misses.check(_host(scope))
        except TooMany as refusal:
            return self._refuse(refusal, scope)
        return None

    async def _slowly(self, scope: Scope, receive: Receive, send: Send, mark: Header) -> int:
        """Answer with the application, behind the checks of the request's framing; gives the status."""
        method = scope["method"]
        lines = self._reads if method in _READS or scope["path"] == QUESTIONS else self._writes
        status = 0

        async def sending(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                scope["answered"] = status = message["status"]
                message["headers"] = [*message["headers"], *_styled(lines, scope.get("state", {}).get(STYLES)), mark]
            elif not message.get("more_body", False):
                scope["whole"] = True
            await send(message)

        try:
            if method not in _READS or len(scope["headers"]) > _MOST_HEADERS:
                receive = self._inspected(scope, receive)
            await self._application(scope, receive, sending)
        except Refusal as refusal:
            await self._refuse(refusal, scope).send(sending, head=method == "HEAD")
        except Disconnected:
            return 499
        return status

    async def _fault(self, wrong: Exception, scope: Scope, send: Send, mark: Header) -> None:
        answer = self._refuse(fault(wrong), scope)
        lines = [*answer.lines(), *self._reads, mark]
        await send({"type": "http.response.start", "status": answer.status, "headers": lines})
        await send({"type": "http.response.body", "body": answer.body})

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
        limit = self._body_bytes
        for name, value in headers:
            if name == b"content-length":
                if not value.isdigit():
                    raise Malformed("Content-Length is no number.")
                if len(value) > 18 or int(value) > limit:
                    raise _too_large(limit)
            elif name == b"content-encoding" and value.strip().lower() not in (b"", b"identity"):
                raise UnsupportedMedia("Compressed bodies are not read: send the body as it is.")
        return _bounded(receive, limit)

    def _tell(self, scope: Scope, status: int, seconds: float, identity: bytes) -> None:
        method = scope["method"]
        tell = self._log.error if status >= 500 else self._log.info
        if scope.get(LIMITED):
            tell = self._log.warning
        tell(
            "request",
            request=identity.decode("ascii"),
            operation=scope.get("operation", "unmatched"),
            method=method if method.isalpha() and len(method) < 10 else "other",
            status=status,
            milliseconds=round(seconds * 1000, 2),
        )

    def _tell_fault(self, wrong: Exception, scope: Scope, identity: bytes) -> None:
        """Log a fault with its traceback, under the request id that the client was given."""
        self._log.error(
            "fault",
            request=identity.decode("ascii"),
            operation=scope.get("operation", "unmatched"),
            exc_info=wrong,
        )


def json_log(level: str) -> Log:
    """A log of one JSON object a line on standard error; control characters in it are escaped (T33)."""
    log: Log = structlog.wrap_logger(
        structlog.WriteLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    return log


def _host(scope: Scope) -> str:
    return (scope.get("client") or ("",))[0]


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


def _styled(lines: Sequence[Header], styles: Sequence[str] | None) -> Sequence[Header]:
    """``lines`` with a policy that also allows these styles."""
    if not styles:
        return lines
    policy = CSP.replace("style-src 'self'", " ".join(("style-src 'self'", *styles)))
    return [(name, policy.encode("ascii") if name == b"content-security-policy" else value) for name, value in lines]


def preflight(allowed: tuple[str, ...], *, questions: bool = False) -> Answer:
    """The answer to OPTIONS: which methods there are, and what other sites' scripts may do (they may read).

    ``questions`` says that a POST to this address only reads, too.
    """
    methods, headers = "GET, HEAD, OPTIONS", "Accept, Accept-Language, Authorization, If-None-Match"
    if questions:
        methods, headers = "GET, HEAD, POST, OPTIONS", f"{headers}, Content-Type, X-Requested-With"
    return Answer(
        204,
        (
            (b"allow", ", ".join(allowed).encode("ascii")),
            (b"access-control-allow-methods", methods.encode("ascii")),
            (b"access-control-allow-headers", headers.encode("ascii")),
            (b"access-control-max-age", b"86400"),
        ),
    )


def slashless(base: str, path: str, query: bytes) -> Answer:
    """The permanent redirect from an address with a slash too many at its end; the query goes along."""
    return Answer(308, ((b"location", address(with_query(base + quote(path.rstrip("/")), query))),))
