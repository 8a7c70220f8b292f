"""Answers of queries on their way: asked for and read in threads, sent as they come, ended when the client goes."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, Final, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.responses import Response

from passport.errors import QueriesBusy, Refusal
from passport.model.query import Form, Generation
from passport.ports.graph import Answering
from passport.web.answers import Header, Scope
from passport.web.guard import Disconnected, Receive

T = TypeVar("T")
MOST: Final = 128
"""Queries of all clients that one server process has at hand, those that wait for their turn included."""

EACH: Final = 40
"""Queries of one client among them."""

STALL: Final = 60.0
"""Seconds for a client to take the next piece of an answer."""

PIECE: Final = 64 * 1024
"""Bytes that are sent at once when there is as much."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The beginning of an answer, or the ``whole`` of it."""

    form: Form
    body: bytes
    whole: bool
    generation: Generation


class Presence:
    """Whether the client of one request is still there. The request's body must have been read."""

    def __init__(self, receive: Receive) -> None:
        self._left = asyncio.ensure_future(_departure(receive))

    async def during(self, work: Awaitable[T], give_up: Callable[[], Awaitable[object]]) -> T:
        """What ``work`` gives. When the client goes away, ``give_up`` is called to shorten it.

        Raises ``Disconnected`` then, after the work has come to its end.
        """
        task = asyncio.ensure_future(work)
        await asyncio.wait((task, self._left), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            await give_up()
            with suppress(Refusal):
                await task
            raise Disconnected
        return task.result()

    def close(self) -> None:
        """Look no longer."""
        self._left.cancel()


class Threads:
    """Threads for queries alone, so that those who wait for them take none from anybody else."""

    def __init__(self) -> None:
        self._asking = CapacityLimiter(MOST)
        self._quick = CapacityLimiter(4)
        self._held: Counter[str] = Counter()

    def enter(self, client: str) -> None:
        """Take a place for one query of a client until ``leave``. Raises ``QueriesBusy`` when there is none for it."""
        if self._held.total() >= MOST or self._held[client] >= EACH:
            raise QueriesBusy()
        self._held[client] += 1

    def leave(self, client: str) -> None:
        """Give the place back."""
        self._held[client] -= 1
        if not self._held[client]:
            del self._held[client]

    async def run(self, work: Callable[[], T]) -> T:
        """Do what blocks, for who has a place."""
        return await to_thread.run_sync(work, limiter=self._asking)

    async def quickly(self, work: Callable[[], T]) -> T:
        """Do what blocks for a moment only; there is always a thread for that."""
        return await to_thread.run_sync(work, limiter=self._quick)


class Streamed(Response):
    """The answer of a query, sent as it comes, no faster than the client takes it.

    When a limit is passed in the middle, the connection breaks off: a client never takes a part for the whole. So it
    does when the client takes nothing for a while, since others may wait for its place.
    """

    def __init__(
        self,
        answering: Answering,
        lines: Sequence[Header],
        *,
        presence: Presence,
        threads: Threads,
        client: str,
        ended: Callable[[str], None],
    ) -> None:
        """``lines`` are the header lines; ``client`` has a place among ``threads``, which is given back.

        ``ended`` is told the end: ``answered``, ``left``, or a refusal's code.
        """
        super().__init__()
        self.raw_headers = list(lines)
        self._answering = answering
        self._presence = presence
        self._threads = threads
        self._client = client
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Send it; without its end when it was broken off."""
        how = "fault"
        pieces = iter(self._answering)
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            while piece := await self._presence.during(self._threads.run(partial(_piece, pieces)), self._end):
                taken = send({"type": "http.response.body", "body": piece, "more_body": True})
                await asyncio.wait_for(taken, STALL)
            how = "answered"
            await send({"type": "http.response.body", "body": b""})
        except Refusal as refusal:
            how = refusal.code
        except (Disconnected, OSError):
            how = "left"
        finally:
            self._ended(how)
            self._presence.close()
            try:
                await self._end()
            finally:
                self._threads.leave(self._client)

    async def _end(self) -> None:
        await self._threads.quickly(self._answering.close)


class Call:
    """One question that is being asked, which may be given up from another thread while it is."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answering: Answering | None = None
        self._given_up = False

    def make(self, ask: Callable[[Callable[[Answering], object]], Answering]) -> Answering | None:
        """Ask; None when it was given up meanwhile. ``ask`` is given what hears of the answer before it is there."""
        answering = ask(self._hear)
        with self._lock:
            given_up = self._given_up
        if given_up:
            answering.close()
        return None if given_up else answering

    def give_up(self) -> None:
        """End the question."""
        with self._lock:
            self._given_up = True
            answering = self._answering
        if answering is not None:
            answering.close()

    def _hear(self, answering: Answering) -> None:
        with self._lock:
            self._answering = answering
            given_up = self._given_up
        if given_up:
            answering.close()


def gathered(answering: Answering, limit: int) -> Gathered:
    """The first ``limit`` bytes of an answer; closes it."""
    found = bytearray()
    whole = True
    try:
        for chunk in answering:
            found += chunk
            if len(found) > limit:
                whole = False
                break
    finally:
        answering.close()
    return Gathered(answering.form, bytes(found[:limit]), whole, answering.generation)


def _piece(pieces: Iterator[bytes]) -> bytes:
    """The next bytes; none at the end."""
    found = bytearray()
    for chunk in pieces:
        found += chunk
        if len(found) >= PIECE:
            break
    return bytes(found)


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
