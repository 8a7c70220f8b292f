"""The graph (``passport.ports.Graph``) in an embedded Oxigraph: one writer among all processes, by a lock on a file.

In the folder lie ``LOCK``, the writer's store ``store-N``, and the generations that queries see. Nothing in it is ever
the truth: it may be deleted at any time, as a whole or in parts, and is made anew.
"""

import contextlib
import fcntl
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from passport.adapters.clock import SystemClock
from passport.adapters.files import PRIVATE_FILE, make_private, settle
from passport.adapters.oxigraph.generations import current, make_current, numbers, path_of
from passport.adapters.oxigraph.live import Broken, Live, discard_others, newest, next_path, sound
from passport.errors import StoreFailing
from passport.model.moments import written
from passport.model.query import Generation
from passport.ports import Feeding

LOCK: Final = "LOCK"
ANEW: Final = "ANEW"
"""A file by which any process asks the writer to begin anew."""

_POLL: Final = 0.05
_Identity: TypeAlias = tuple[int, int] | None


class OxigraphGraph:
    """Named graphs in a folder. A process that never takes a step opens no store."""

    def __init__(self, folder: Path, *, grace: float = 60.0) -> None:
        """A generation is deleted ``grace`` seconds after another took its place: no query may last longer."""
        self._folder = folder
        self._grace = grace
        self._turn = threading.RLock()
        self._lock: int | None = None
        self._live: Live | None = None
        self._asked: _Identity = None
        self._tidied = 0.0

    def position(self) -> int:
        """Up to which log position, not including, queries see everything."""
        seen = current(self._folder)
        return seen.position if seen is not None else 0

    def begin_anew(self) -> None:
        """Let the writer, whichever process it is, begin anew with its next step."""
        make_private(self._folder)
        (self._folder / ANEW).touch(mode=PRIVATE_FILE)

    def follow(self, step: Callable[[Feeding], None], *, wait: float = 0.0) -> bool:
        """Take the next step; False when another process is the writer."""
        with self._turn:
            if not self._writer(wait):
                return False
            if not self._took(step, again=True):
                self._took(step, again=False)
            if time.monotonic() - self._tidied > self._grace / 4:
                self._tidy(self._grace)
            return True

    def publish(self, *, scrub: bool = False) -> None:
        """Let queries see what the steps so far have made; a damaged store begins anew with the next step."""
        with self._turn:
            if self._live is None:
                return
            try:
                with sound():
                    self._publish(self._live, scrub=scrub)
            except Broken as wrong:
                self._let_go(wrong, again=True)

    def close(self) -> None:
        """Let go of the store and of being the writer."""
        with self._turn:
            self._drop()
            if self._lock is not None:
                os.close(self._lock)
            self._lock = None

    def _writer(self, wait: float) -> bool:
        """Be the only writer of the folder that is there now."""
        until = time.monotonic() + wait
        while True:
            if self._lock is not None and not _same(self._lock, self._folder / LOCK):
                self.close()
            if self._lock is not None or self._locked():
                return True
            if time.monotonic() >= until:
                return False
            time.sleep(_POLL)

    def _locked(self) -> bool:
        make_private(self._folder)
        handle = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._lock = handle
        return True

    def _took(self, step: Callable[[Feeding], None], *, again: bool) -> bool:
        try:
            self._take(step)
        except Broken as wrong:
            self._let_go(wrong, again=again)
            return False
        return True

    def _take(self, step: Callable[[Feeding], None]) -> None:
        if self._live is not None and self._live.gone():
            self._drop()
        if self._live is None:
            self._live = newest(self._folder)
        asked = _identity(self._folder / ANEW)
        if asked not in {None, self._asked}:
            self.begin()
            self._asked = asked
        step(_Step(self))

    @property
    def live(self) -> Live:
        """The store of the step that is being taken."""
        if self._live is None:
            raise RuntimeError("No step of the graph is being taken.")
        return self._live

    def begin(self) -> None:
        """Go on in an empty store; the one before counts again if this one is never published."""
        path = next_path(self._folder)
        self._drop()
        self._live = Live(path)

    def _let_go(self, wrong: Broken, *, again: bool) -> None:
        """Go on with the store's files as they are on the disk, or without those that are damaged."""
        live = self._live
        self._drop()
        if live is not None and wrong.damaged:
            shutil.rmtree(live.path, ignore_errors=True)
        if not (again and wrong.damaged):
            raise StoreFailing(f"The graph cannot be written: {wrong}") from wrong

    def _drop(self) -> None:
        if self._live is not None:
            self._live.close()
        self._live = None

    def _publish(self, live: Live, *, scrub: bool) -> None:
        if scrub and live.removed:
            self._show(live)
            clean = live.copied(next_path(self._folder))
            self._drop()
            live = self._live = clean
        live.keep()
        self._show(live)
        discard_others(self._folder, live)
        if self._asked is not None and _identity(self._folder / ANEW) == self._asked:
            (self._folder / ANEW).unlink(missing_ok=True)
            self._asked = None
        self._tidy(0.0 if scrub else self._grace)

    def _show(self, live: Live) -> None:
        """Make a generation of it, and let queries see that."""
        number = self._next()
        part, path = self._folder / f"gen-{number:09}.tmp", path_of(self._folder, number)
        live.backup(part)
        with sound():
            for each in part.iterdir():
                if each.stat().st_nlink == 1:
                    settle(each)
            settle(part)
            part.rename(path)
            settle(self._folder)
            now = written(SystemClock().now())
            make_current(self._folder, Generation(number, live.position, now, live.size()))

    def _next(self) -> int:
        """A number that no generation had: in a folder that is new it is the time, since another may be remembered."""
        for part in self._folder.glob("gen-*.tmp"):
            shutil.rmtree(part, ignore_errors=True)
        seen = current(self._folder)
        return max((*numbers(self._folder), seen.number if seen is not None else time.time_ns() // 1_000_000)) + 1

    def _tidy(self, grace: float) -> None:
        """Delete the generations that were replaced longer than ``grace`` seconds ago."""
        self._tidied = time.monotonic()
        seen = current(self._folder)
        if seen is None:
            return
        newer = time.time()
        for number in sorted(numbers(self._folder), reverse=True):
            path = path_of(self._folder, number)
            with contextlib.suppress(FileNotFoundError):
                made = path.stat().st_mtime
                if number != seen.number and (number > seen.number or newer <= time.time() - grace):
                    shutil.rmtree(path, ignore_errors=True)
                newer = made


class _Step:
    """One step (``passport.ports.Feeding``)."""

    def __init__(self, graph: OxigraphGraph) -> None:
        self._graph = graph

    @property
    def position(self) -> int:
        return self._graph.live.position

    @property
    def mark(self) -> bytes:
        return self._graph.live.mark

    def clear(self) -> None:
        self._graph.begin()

    def put(self, name: str, triples: bytes) -> None:
        self._graph.live.put(name, triples)

    def remove(self, name: str) -> None:
        self._graph.live.put(name, b"")

    def naming(self, iri: str) -> tuple[str, ...]:
        return self._graph.live.naming(iri)

    def reach(self, position: int, mark: bytes) -> None:
        live = self._graph.live
        live.position, live.mark = position, mark


def _same(handle: int, path: Path) -> bool:
    return _of(os.fstat(handle)) == _identity(path)


def _identity(path: Path) -> _Identity:
    try:
        return _of(path.stat())
    except (FileNotFoundError, NotADirectoryError):
        return None


def _of(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino
