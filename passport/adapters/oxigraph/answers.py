"""An answer on its way from the process that gives it to whoever reads it, held back while nobody reads."""

from collections import deque
from collections.abc import Callable, Iterator
from math import inf
from threading import Condition
from time import monotonic
from typing import Final

from passport.errors import Refusal
from passport.model.query import Form, Generation, Question

_AHEAD: Final = 4 * 1024 * 1024


class Answer:
    """What one thread writes and another one reads. Everything that both touch is under one lock."""

    def __init__(self, question: Question, *, client: str, own_dataset: bool) -> None:
        self.question, self.client, self.own_dataset = question, client, own_dataset
        self._changed = Condition()
        self._pieces: deque[bytes] = deque()
        self._size = 0
        self._about: tuple[Form, str, Generation] | None = None
        self._wrong: Refusal | None = None
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
    def _told(self) -> tuple[Form, str, Generation]:
        if self._about is None:
            raise RuntimeError("an answer is looked at before there is one")
        return self._about

    def __iter__(self) -> Iterator[bytes]:
        """The bytes as they come."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._pieces or self._whole or self._wrong or self._closed)
                if self._closed:
                    return
                if not self._pieces:
                    if self._wrong is not None:
                        raise self._wrong
                    return
                piece = self._pieces.popleft()
                self._size -= len(piece)
                self._changed.notify_all()
            yield piece

    def close(self) -> None:
        """End it, and the query too if it runs still."""
        with self._changed:
            stop, self._stop = self._stop, None
            self._closed = True
            self._pieces.clear()
            self._changed.notify_all()
            if stop is not None:
                stop()

    @property
    def closed(self) -> bool:
        """Whether nobody reads it any more."""
        return self._closed

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

    def wait_begun(self, seconds: float) -> bool:
        """Wait until there is something to read or to raise; False when no process has taken it up in time."""
        until = monotonic() + seconds
        with self._changed:
            while not (self._pieces or self._whole or self._wrong or self._closed):
                left = until - monotonic()
                if left <= 0 and not self._begun:
                    return False
                self._changed.wait(None if self._begun or left == inf else left)
            if self._wrong is not None and not self._pieces:
                raise self._wrong
        return True

    def about(self, form: Form, media_type: str, generation: Generation) -> None:
        """Tell what it is."""
        self._about = form, media_type, generation

    def put(self, piece: bytes, until: float) -> bool:
        """Add bytes; waits while too much lies unread. False when nobody reads it, or not until then."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._size < _AHEAD, timeout=until - monotonic())
            if self._closed or self._size >= _AHEAD:
                return False
            self._pieces.append(piece)
            self._size += len(piece)
            self._changed.notify_all()
        return True

    def finish(self, wrong: Refusal | None = None) -> None:
        """It is whole, or this stands against it."""
        with self._changed:
            self._stop = None
            if wrong is None:
                self._whole = True
            else:
                self._wrong = wrong
            self._changed.notify_all()
