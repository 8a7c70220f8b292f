"""One process that answers strangers, as the process sees it that starts, asks, watches and ends it."""

import importlib.util
import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Final

import passport
from passport.adapters.oxigraph import framing
from passport.errors import Damaged
from passport.model.query import Generation

_START: Final = "import sys; sys.path += sys.argv[1:3]; from passport.adapters.oxigraph.child import main; main()"
_KEPT: Final = ("LD_LIBRARY_PATH", "SYSTEMROOT")
_OPENING: Final = 30.0
_READ: Final = 1 << 18


def command(folder: Path, *, memory: int) -> list[str]:
    """How such a process is started: the interpreter alone, without anything that the environment sets."""
    root, engine = Path(passport.__file__).parent.parent, _place_of("pyoxigraph")
    given = [str(root), str(engine), str(folder.absolute()), str(memory)]
    return [sys.executable, "-I", "-S", "-c", _START, *given]


def environment() -> dict[str, str]:
    """What it is told by the environment: next to nothing, and that threads need no heaps of their own."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | {"MALLOC_ARENA_MAX": "2"}


class Ended(Exception):
    """The process has ended, by itself or because it was killed."""


class TooLate(Exception):
    """The process said nothing until the moment that was given."""


class Process:
    """A process that is asked by one thread at a time; any thread may kill it."""

    def __init__(self, folder: Path, *, memory: int) -> None:
        """Start it; it opens nothing yet. ``memory`` is its limit in MiB."""
        self._popen = subprocess.Popen(  # noqa: S603  (our own interpreter and our own words)
            command(folder, memory=memory),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=environment(),
            cwd=folder.anchor or "/",
            start_new_session=True,
        )
        if self._popen.stdin is None or self._popen.stdout is None:
            raise Damaged("A process was started without its pipes.")
        self._in, self._out = self._popen.stdin.fileno(), self._popen.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._out, select.POLLIN)
        self._held = bytearray()
        self._killed = False
        self.generation: Generation | None = None
        self.confined: tuple[str, ...] = ()

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._popen.pid

    @property
    def alive(self) -> bool:
        """Whether it runs, and nobody has killed it."""
        return not self._killed and self._popen.poll() is None

    def open(self, path: Path, generation: Generation) -> bool:
        """Let it look at this generation from now on. False when it cannot be opened; raises ``Ended``."""
        self.generation = None
        self._send(framing.OPEN, {"path": str(path.absolute())})
        try:
            kind, payload = self.receive(monotonic() + _OPENING)
        except TooLate as late:
            raise Ended from late
        if kind != framing.OPENED:
            return False
        self.generation, self.confined = generation, tuple(json.loads(payload))
        return True

    def ask(self, told: Mapping[str, Any]) -> None:
        """Send a question. Raises ``Ended``."""
        self._send(framing.ASK, told)

    def receive(self, until: float) -> tuple[bytes, bytes]:
        """Its next message, by this moment of the monotonic clock. Raises ``TooLate`` or ``Ended``."""
        while (message := self._message()) is None:
            left = until - monotonic()
            if left <= 0 or not self._poll.poll(left * 1000):
                raise TooLate
            part = os.read(self._out, _READ)
            if not part:
                raise Ended
            self._held += part
        return message

    def kill(self) -> None:
        """End it now, whatever it does; from any thread. ``end`` must follow."""
        self._killed = True
        self._popen.kill()

    def end(self) -> int:
        """End it, wait until it is gone, and let go of its pipes; gives how it ended. Asked twice is no trouble."""
        self.kill()
        how = self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                pipe.close()
        return how

    def _message(self) -> tuple[bytes, bytes] | None:
        if len(self._held) < framing.HEAD.size:
            return None
        kind, size = framing.HEAD.unpack_from(self._held)
        whole = framing.HEAD.size + size
        if len(self._held) < whole:
            return None
        payload = bytes(self._held[framing.HEAD.size : whole])
        del self._held[:whole]
        return kind, payload

    def _send(self, kind: bytes, told: Mapping[str, Any]) -> None:
        try:
            framing.send(self._in, kind, json.dumps(told).encode())
        except OSError as broken:
            raise Ended from broken


def _place_of(module: str) -> Path:
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise Damaged(f"The module {module} is not where modules are.")
    return Path(found.origin).parent.parent
