"""Processes that wait for questions: started, brought to the newest generation and replaced off the questions' way."""

from collections import deque
from contextlib import suppress
from pathlib import Path
from threading import Condition, Thread
from time import monotonic
from typing import Final

from passport.adapters.oxigraph.generations import current, path_of
from passport.adapters.oxigraph.process import Ended, Process
from passport.errors import NoGraph, QueriesBusy

_LOOKS: Final = 0.25
_FRESH: Final = 60.0
_REST: Final = 600.0
_AGAIN: Final = 0.5
_PATIENCE: Final = 10.0


class Stock:
    """A number of processes, of which some wait here and others are out at work.

    One thread starts them all, and lives as long as they do: on Linux they end with the thread that started them.
    """

    def __init__(self, folder: Path, *, size: int, memory: int) -> None:
        """Nothing is started before the first one is taken."""
        self._folder, self._size, self._memory = folder, size, memory
        self._changed = Condition()
        self._ready: deque[Process] = deque()
        self._out: set[Process] = set()
        self._used = 0.0
        self._started = self._closed = False
        self._keeper = Thread(target=self._keep, name="queries-keeper", daemon=True)

    def take(self) -> Process:
        """A process that looks at the newest generation. ``give`` must follow.

        Raises ``NoGraph`` when there is none, or none that can be opened; ``QueriesBusy`` when all are ended.
        """
        until = monotonic() + _PATIENCE
        while True:
            process = self._wait(until)
            if self._renew(process):
                return process
            self.give(process, whole=False)

    def give(self, process: Process, *, whole: bool) -> None:
        """Put it back; when it is not ``whole`` any more it is ended, and replaced by another."""
        if not whole:
            process.end()
        with self._changed:
            self._out.discard(process)
            if whole and not self._closed:
                self._ready.append(process)
            self._changed.notify_all()
        if whole and self._closed:
            process.end()

    def processes(self) -> tuple[int, ...]:
        """The process numbers of those that run."""
        with self._changed:
            return tuple(each.pid for each in (*self._ready, *self._out))

    def confined(self) -> tuple[tuple[str, ...], ...]:
        """What each of those that have opened the graph has given up."""
        with self._changed:
            return tuple(each.confined for each in (*self._ready, *self._out) if each.generation is not None)

    def close(self) -> None:
        """End all of them; those at work are killed, and ended by who has them."""
        with self._changed:
            self._closed = True
            started, ready = self._started, [*self._ready]
            self._ready.clear()
            for each in self._out:
                each.kill()
            self._changed.notify_all()
        for each in ready:
            each.end()
        if started:
            self._keeper.join()

    def _wait(self, until: float) -> Process:
        with self._changed:
            self._used = monotonic()
            if not self._started and not self._closed:
                self._started = True
                self._keeper.start()
            self._changed.notify_all()
            while not self._ready:
                left = until - monotonic()
                if self._closed:
                    raise QueriesBusy("The service is ending.")
                if left <= 0:
                    raise NoGraph("The graph cannot be opened now.")
                self._changed.wait(left)
            process = self._ready.popleft()
            self._out.add(process)
            return process

    def _renew(self, process: Process) -> bool:
        with suppress(Ended, OSError):
            now = current(self._folder)
            if now is not None and process.alive:
                return process.generation == now or process.open(path_of(self._folder, now.number), now)
        return False

    def _keep(self) -> None:
        while not self._closed:
            try:
                self._look()
            except OSError:
                self._pause()

    def _look(self) -> None:
        """Do the next thing that is to be done. Raises ``OSError`` when the machine has no room for it now."""
        self._rest()
        process = self._lacking() or self._stale()
        if process is None:
            with self._changed:
                used = monotonic() - self._used < _FRESH
                if not self._closed and len(self._ready) + len(self._out) >= self._size:
                    self._changed.wait(_LOOKS if used else _REST)
        else:
            whole = self._renew(process)
            self.give(process, whole=whole)
            if not whole:
                self._pause()

    def _rest(self) -> None:
        """End the processes that wait when nobody has asked for a while, and wait for who does."""
        with self._changed:
            if self._closed or self._out or monotonic() - self._used < _REST:
                return
            resting = [*self._ready]
            self._ready.clear()
        for each in resting:
            each.end()
        with self._changed:
            if not self._closed and monotonic() - self._used >= _REST:
                self._changed.wait()

    def _lacking(self) -> Process | None:
        with self._changed:
            if self._closed or len(self._ready) + len(self._out) >= self._size:
                return None
            process = Process(self._folder, memory=self._memory)
            self._out.add(process)
            return process

    def _stale(self) -> Process | None:
        now = current(self._folder)
        with self._changed:
            for each in self._ready:
                if now is not None and each.generation != now:
                    self._ready.remove(each)
                    self._out.add(each)
                    return each
        return None

    def _pause(self) -> None:
        with self._changed:
            if not self._closed:
                self._changed.wait(_AGAIN)
