"""A child program that follows a log into a graph and is killed: ``feeding.py DATA [SECONDS]``.

It follows until it is killed; with SECONDS it kills itself after them, from a thread, wherever it then is. ``AT`` in
the environment names a place where it kills itself instead: just before the n-th call of a function that makes
something durable or moves on, as ``name:n``. ``SKIPS`` breaks it on purpose: it then tells how far it is before it has
done that.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from passport.adapters.oxigraph import graph as graphs
from passport.adapters.oxigraph import live as lives
from passport.service import following
from passport.settings import Settings
from passport.wiring import open_system

PLACES = ("backup", "rename", "make_current", "keep", "write_durably", "put", "discard_others", "copied", "rmtree")


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def dying(function, number):
    """The function, which kills the process before its ``number``-th call."""
    calls = iter(range(1, number + 1))

    def instead(*arguments, **given):
        if next(calls, number) == number:
            die()
        return function(*arguments, **given)

    return instead


def set_trap(name, number):
    owners = {
        "backup": lives.Live,
        "keep": lives.Live,
        "put": lives.Live,
        "copied": lives.Live,
        "rename": Path,
        "make_current": graphs,
        "discard_others": graphs,
        "write_durably": lives,
        "rmtree": graphs.shutil,
    }
    setattr(owners[name], name, dying(getattr(owners[name], name), number))


def break_it():
    """Let each step be told as done, durably, before anything of it is."""

    def go(self, feeding):
        before = feeding.position, feeding.mark
        self._look(feeding)
        size = self._system.history.size()
        feeding.reach(size, self._mark(size))
        self._system.graph.live.keep()
        feeding.reach(*before)
        original(self, feeding)

    original = following.Follower._go
    following.Follower._go = go


def main():
    data = Path(sys.argv[1])
    following.STEP, following.PACE = 7, 0.0
    if os.environ.get("SKIPS"):
        break_it()
    if place := os.environ.get("AT"):
        name, _, number = place.partition(":")
        set_trap(name, int(number))
    system = open_system(Settings(data=data)).system
    if len(sys.argv) > 2:
        threading.Timer(float(sys.argv[2]), die).start()
    stop = threading.Event()
    print("following", flush=True)
    following.keep_up(system, stop=stop, tell=lambda wrong: print(repr(wrong), flush=True))


if __name__ == "__main__":
    main()
