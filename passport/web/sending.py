"""Files as answers: sent in pieces as they are read, whole or a part of them (RFC 9110 clause 14), never held whole."""

import re
from collections.abc import Sequence
from typing import BinaryIO, Final

from anyio import to_thread
from starlette.responses import Response

from passport.web.answers import Header, Scope, content_type, header, line, matches

PIECE: Final = 256 * 1024
"""Bytes that are read at once."""

_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")


class Sending(Response):
    """An open file as an answer. It is closed in the end, whatever happens."""

    def __init__(self, file: BinaryIO, lines: Sequence[Header], *, status: int = 200, left: int | None = None) -> None:
        """``left`` is how many bytes to send from where the file stands; None for all that come."""
        super().__init__(status_code=status)
        self.raw_headers = list(lines)
        self._file = file
        self._left = left

    async def __call__(self, scope: Scope, receive: object, send: object) -> None:
        """Send it."""
        if not callable(send):
            raise TypeError("There is nobody to send to.")
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            while not scope.get("head") and (piece := await to_thread.run_sync(self._next)):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._file.close()

    def _next(self) -> bytes:
        if self._left is None:
            return self._file.read(PIECE)
        piece = self._file.read(min(PIECE, self._left))
        self._left -= len(piece)
        return piece


def sending(
    file: BinaryIO,
    scope: Scope,
    *,
    size: int | None,
    tag: str,
    media_type: str,
    cache: str,
    more: Sequence[Header] = (),
) -> Response:
    """An open file of ``size`` bytes, or the one part of it that is asked for; 304 for who has it already.

    Without ``size`` its length is not known before, and there are no parts. Several parts at once are not given: the
    whole file is. A part that begins behind the end is refused with 416. ``If-Range`` must name the entity tag.
    """
    etag = b'"%b"' % line(tag)
    lines: list[Header] = [(b"etag", etag), (b"cache-control", line(cache)), *more]
    if matches(header(scope, b"if-none-match"), etag):
        file.close()
        unchanged = Response(status_code=304)
        unchanged.raw_headers = lines
        return unchanged
    lines.append((b"content-type", content_type(media_type)))
    if size is None:
        return Sending(file, lines)
    lines.append((b"accept-ranges", b"bytes"))
    part = _part(scope, etag, size)
    if part is None:
        return Sending(file, [*lines, (b"content-length", b"%d" % size)], left=size)
    start, stop = part
    if start >= stop:
        file.close()
        refused = Response(status_code=416)
        refused.raw_headers = [(b"content-range", b"bytes */%d" % size), (b"content-length", b"0")]
        return refused
    file.seek(start)
    lines += [
        (b"content-range", b"bytes %d-%d/%d" % (start, stop - 1, size)),
        (b"content-length", b"%d" % (stop - start)),
    ]
    return Sending(file, lines, status=206, left=stop - start)


def _part(scope: Scope, etag: bytes, size: int) -> tuple[int, int] | None:
    """From where up to where the client wants it; None when it wants everything, or in a way that is not known."""
    asked = _RANGE.fullmatch((header(scope, b"range") or b"").strip())
    condition = header(scope, b"if-range")
    if asked is None or not any(asked.groups()) or (condition is not None and condition.strip() != etag):
        return None
    first, last = asked.groups()
    if not first:
        return max(0, size - int(last)), size
    stop = min(size, int(last) + 1) if last else size
    if last and int(last) < int(first):
        return None
    return int(first), stop
