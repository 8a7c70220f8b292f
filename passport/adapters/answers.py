"""An answer on its way from the engine that gives it to whoever reads it.

It lies in memory, and on the disk when it is long: so a slow reader holds up no engine, and the time that a query may
take is its own. What all answers together may fill is limited; who has not read for the longest time loses first.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from math import inf
from tempfile import SpooledTemporaryFile
from threading import Condition, Lock
from time import monotonic
from typing import Final

from passport.errors import QueryStopped
from passport.model.query import Form, Generation, Outline, Question

_IN_MEMORY: Final = 1024 * 1024
_PIECE: Final = 64 * 1024


class Room:
    """What the answers that are not read yet may fill together."""

    def __init__(self, most: int) -> None:
        """``most`` is in bytes."""
        self._most, self._lock = most, Lock()
        self._taken: dict[Answer, int] = {}

    def take(self, answer: "Answer", size: int) -> None:
        """Let an answer grow; others are ended when there is no room for it."""
        gone = []
        with self._lock:
            self._taken[answer] = self._taken.get(answer, 0) + size
            while sum(self._taken.values()) > self._most and len(self._taken) > 1:
                gone.append(min((each for each in self._taken if each is not answer), key=lambda each: each.touched))
                del self._taken[gone[-1]]
        for each in gone:
            each.finish(QueryStopped("The answer was not read in time.", limit="reading"), at_once=True)

    def leave(self, answer: "Answer") -> None:
        """An answer fills nothing any more."""
        with self._lock:
            self._taken.pop(answer, None)


class Answer:
    """What one thread writes and another one reads. Everything that both touch is under one lock."""

    def __init__(self, question: Question, *, client: str, outline: Outline, room: Room) -> None:
        self.question, self.client, self.outline = question, client, outline
        self.touched = monotonic()
        self._room = room
        self._changed = Condition()
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (closed when it is read or ended)
        self._written = self._read = 0
        self._about: tuple[Form, str, Generation] | None = None
        self._wrong: Exception | None = None
        self._begun = self._whole = self._closed = False
        self._stop: Callable[[], None] | None = None

    @property
    def form(self) -> Form:
        """What the query gives."""
        return self._told[0]

    @property
    def media_type(self) -> str:
        """How it is written."""
        return self._told[1]

    @property
    def generation(self) -> Generation:
        """What was asked."""
        return self._told[2]

    @property
    def closed(self) -> bool:
        """Whether nobody reads it any more."""
        return self._closed

    def __iter__(self) -> Iterator[bytes]:
        """The bytes as they come."""
        while piece := self._next():
            yield piece

    def close(self) -> None:
        """End it, and the query too if it runs still."""
        with self._changed:
            self._closed = True
            self._end()
        self._room.leave(self)

    def started(self, stop: Callable[[], None]) -> None:
        """A process works at it now; ``stop`` ends that."""
        with self._changed:
            self._begun = True
            if self._closed:
                stop()
            else:
                self._stop = stop
            self._changed.notify_all()

    def detach(self) -> None:
        """No process works at it any more: ``close`` ends nothing from now on."""
        with self._changed:
            self._stop = None

    def about(self, form: Form, media_type: str, generation: Generation) -> None:
        """Tell what it is."""
        self._about = form, media_type, generation

    def put(self, piece: bytes) -> bool:
        """Add bytes; False when nobody reads it any more."""
        self._room.take(self, len(piece))
        with self._changed:
            ended = self._closed or self._wrong is not None
            if not ended:
                self._file.seek(self._written)
                self._written += self._file.write(piece)
                self._changed.notify_all()
        if ended:
            self._room.leave(self)
        return not ended

    def finish(self, wrong: Exception | None = None, *, at_once: bool = False) -> None:
        """It is whole, or this stands against it, which who reads it gets: after what can be read, or ``at_once``."""
        with self._changed:
            self._whole = True
            self._wrong = self._wrong or wrong
            if at_once:
                self._end()
            self._stop = None
            self._changed.notify_all()

    def wait_begun(self, seconds: float = inf) -> bool:
        """Wait until there is something to read or to raise; False when no process has taken it up in time."""
        until = monotonic() + seconds
        with self._changed:
            while not (self._written or self._whole or self._closed):
                left = until - monotonic()
                if left <= 0 and not self._begun:
                    return False
                self._changed.wait(None if self._begun or left == inf else left)
            if self._wrong is None or self._written:
                return True
        self.close()
        raise self._wrong

    @property
    def _told(self) -> tuple[Form, str, Generation]:
        if self._about is None:
            raise RuntimeError("an answer is looked at before there is one")
        return self._about

    def _next(self) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._read < self._written or self._whole or self._closed)
            if self._read < self._written:
                self._file.seek(self._read)
                piece = self._file.read(_PIECE)
                self._read += len(piece)
                self.touched = monotonic()
                return piece
        self.close()
        if self._wrong is not None:
            raise self._wrong
        return b""

    def _end(self) -> None:
        with suppress(OSError):
            self._file.close()
        self._read = self._written = 0
        if self._stop is not None:
            self._stop()
            self._stop = None
        self._changed.notify_all()
