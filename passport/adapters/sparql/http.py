"""Requests to a SPARQL 1.1 server: forms that are posted, answers that are read as they come, until a deadline."""

import socket
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from time import monotonic
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

_CONNECT = 5.0
_PIECE = 64 * 1024


class Endpoint:
    """One address of a server. What its userinfo names is sent as Basic credentials and is told to nobody else."""

    def __init__(self, address: str) -> None:
        """``address`` has http or https; parameters in it go along with every request, as they are."""
        self._place: SplitResult = urlsplit(address)
        if self._place.scheme not in ("http", "https") or not self._place.hostname:
            raise ValueError("the address of a SPARQL server begins with http:// or https://")

    def __repr__(self) -> str:
        return f"Endpoint({self._place.scheme}://{self._place.hostname}{self._place.path})"

    def post(
        self,
        fields: Sequence[tuple[str, str]],
        *,
        accept: str,
        seconds: float,
        began: Callable[[Callable[[], None]], None] = lambda stop: None,
    ) -> "Reply":
        """Post a form (SPARQL 1.1 Protocol, clauses 2.1.2 and 2.2.1). No redirect is followed.

        The reply's head is there; its body comes as it is read, until ``seconds`` after now. ``began`` is told how
        another thread breaks it off. Raises ``OSError`` when the server does not answer so long, or speaks no HTTP.
        """
        until = monotonic() + seconds
        connection = self._connection(min(_CONNECT, seconds))
        try:
            connection.connect()
            connection.sock.settimeout(seconds)
            held = connection.sock
            began(partial(_break_off, held))
            connection.request("POST", self._target(), urlencode(fields).encode(), self._headers(accept))
            return Reply(connection, held, connection.getresponse(), until)
        except HTTPException as wrong:
            connection.close()
            raise OSError(f"the server does not speak HTTP: {type(wrong).__name__}") from wrong
        except BaseException:
            connection.close()
            raise

    def _connection(self, seconds: float) -> HTTPConnection:
        kind = HTTPSConnection if self._place.scheme == "https" else HTTPConnection
        return kind(str(self._place.hostname), self._place.port, timeout=seconds)

    def _target(self) -> str:
        return (self._place.path or "/") + (f"?{self._place.query}" if self._place.query else "")

    def _headers(self, accept: str) -> dict[str, str]:
        headers = {
            "Accept": accept,
            "Accept-Encoding": "identity",
            "Connection": "close",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        if self._place.username is not None:
            pair = f"{unquote(self._place.username)}:{unquote(self._place.password or '')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        return headers


class Reply:
    """An answer on its way. Whoever has it closes it."""

    def __init__(self, connection: HTTPConnection, held: socket.socket, response: HTTPResponse, until: float) -> None:
        self._connection = connection
        self._held = held
        self._response = response
        self._until = until
        self.status = response.status
        self.media_type = response.headers.get_content_type()

    def pieces(self) -> Iterator[bytes]:
        """The body as it comes. Raises ``TimeoutError`` at the deadline and ``OSError`` when it breaks off."""
        while True:
            left = self._until - monotonic()
            if left <= 0:
                raise TimeoutError("the answer took too long")
            try:
                self._held.settimeout(left)
                piece = self._response.read1(_PIECE)
                if not piece and self._response.length:
                    raise IncompleteRead(b"")
            except (HTTPException, ValueError) as wrong:
                raise OSError("the answer broke off") from wrong
            if not piece:
                return
            yield piece

    def body(self, most: int) -> bytes:
        """All of it. Raises ``OSError`` for more than ``most`` bytes, too."""
        parts, size = [], 0
        for piece in self.pieces():
            size += len(piece)
            if size > most:
                raise OSError("the answer is too large")
            parts.append(piece)
        return b"".join(parts)

    def close(self) -> None:
        """Let go of it; a server that notices ends what it was doing."""
        _break_off(self._held)
        self._response.close()
        self._connection.close()


def _break_off(held: socket.socket) -> None:
    with suppress(OSError):
        held.shutdown(socket.SHUT_RDWR)
