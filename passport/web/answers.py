"""Answers as values: status, header lines that are safe to send, and a body."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

import orjson
from starlette.responses import Response

Header = tuple[bytes, bytes]
Scope = Any
HTML = "text/html"
JSON = "application/json"

EMPTY = frozenset({204, 304})
"""Statuses without content, which have no length either."""
_PRINTABLE = "".join(chr(number) for number in range(0x21, 0x7F))
_URI = "".join(each for each in _PRINTABLE if each not in '<>"\\^`{|}')


class Send(Protocol):
    """ASGI's ``send``."""

    async def __call__(self, message: Any, /) -> None:
        """Send one message."""


class Answer(NamedTuple):
    """One whole HTTP answer. ``headers`` hold every line but ``content-length``, each safe to send as it is."""

    status: int
    headers: tuple[Header, ...] = ()
    body: bytes = b""

    def lines(self) -> list[Header]:
        """The header lines with the body's length (an answer without content has none)."""
        if self.status in EMPTY:
            return [*self.headers]
        return [*self.headers, (b"content-length", b"%d" % len(self.body))]

    async def send(self, send: Send, *, head: bool = False) -> None:
        """Send it; for HEAD with the same header lines and no body."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.lines()})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


def line(text: str) -> bytes:
    """``text`` as a header value: anything but printable ASCII becomes ``?``, so that no value can end the line."""
    if text.isascii() and text.isprintable():
        return text.encode("ascii")
    return "".join(each if each.isascii() and each.isprintable() else "?" for each in text).encode("ascii")


def address(uri: str) -> bytes:
    """``uri`` as it may stand in ``Location`` and ``Link``: what is no URI character is percent-encoded."""
    return quote(uri, safe=_URI).encode("ascii")


@dataclass(frozen=True, slots=True)
class Content:
    """What to send with status 200: the body, its media type, and how it may be kept.

    ``tag`` is the strong entity tag without its quotes; None makes it from the body. ``negotiated`` names the request
    headers that chose this representation.
    """

    body: bytes
    media_type: str
    tag: str | None = None
    cache: str = "public, no-cache"
    negotiated: tuple[str, ...] = ()
    language: str | None = None
    more: tuple[Header, ...] = ()


def content_type(media_type: str) -> bytes:
    """The ``Content-Type`` line of a media type: text says that it is UTF-8."""
    return line(f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type)


def tag_of(body: bytes) -> str:
    """A strong entity tag's text for these bytes."""
    return blake2b(body, digest_size=16).hexdigest()


def matches(if_none_match: bytes | None, tag: bytes) -> bool:
    """Whether ``If-None-Match`` names ``tag`` (with quotes); weak comparison, ``*`` matches (RFC 9110 §13.1.2)."""
    if if_none_match is None:
        return False
    if if_none_match == tag or if_none_match.strip() == b"*":
        return True
    return any(each.strip().removeprefix(b"W/") == tag for each in if_none_match.split(b","))


def reply(content: Content, scope: Scope) -> Answer:
    """200 with ``content``, or 304 when the client has it already."""
    tag = b'"%b"' % line(content.tag or tag_of(content.body))
    lines: list[Header] = [(b"content-type", content_type(content.media_type)), (b"etag", tag)]
    lines.append((b"cache-control", line(content.cache)))
    if content.negotiated:
        lines.append((b"vary", line(", ".join(content.negotiated))))
    if content.language:
        lines.append((b"content-language", line(content.language)))
    lines.extend(content.more)
    if matches(header(scope, b"if-none-match"), tag):
        return Answer(304, tuple(each for each in lines if each[0] != b"content-type"))
    return Answer(200, tuple(lines), content.body)


def json_body(value: object) -> bytes:
    """``value`` as compact UTF-8 JSON."""
    return orjson.dumps(value)


def redirect(to: str, status: int = 307, *lines: Header) -> Answer:
    """A redirect to ``to``."""
    return Answer(status, ((b"location", address(to)), *lines))


def header(scope: Scope, name: bytes) -> bytes | None:
    """A request header's value; several lines of it are joined as one list (RFC 9110 §5.3)."""
    found: bytes | None = None
    for key, value in scope["headers"]:
        if key == name:
            found = value if found is None else b"%b, %b" % (found, value)
    return found


def fields(headers: Sequence[Header]) -> dict[bytes, bytes]:
    """Request headers by name, several lines of one name joined as one list."""
    together = dict(headers)
    if len(together) != len(headers):
        together = {}
        for key, value in headers:
            together[key] = b"%b, %b" % (together[key], value) if key in together else value
    return together


def raw_path(scope: Scope) -> bytes:
    """The path as it came, still percent-encoded."""
    raw: bytes | None = scope.get("raw_path")
    return raw if raw else quote(scope["path"]).encode("ascii")


def respond(answer: Answer) -> Response:
    """The same answer as the framework wants it."""
    response = Response(answer.body, answer.status)
    response.raw_headers = answer.lines()
    return response
