"""A child program that follows logs into graphs in processes that are killed: ``feeding.py``, one line for each.

A line of JSON on standard input asks for a process that follows the log in ``data``; it is a fork of this one, which
has loaded everything and has no threads. With ``seconds`` it kills itself after them, from a thread, wherever it then
is; ``at`` names a place where it kills itself instead: just before the n-th call of a function that makes something
durable or moves on, as ``name:n``. ``skips`` breaks it on purpose: it then tells how far it is before it has done
that. The answer is a line of JSON: the signal that ended it, and what else it said.
"""

import json
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


def follow(data, say, *, seconds=None, at=None, skips=False):
    following.STEP, following.PACE = 7, 0.0
    if skips:
        break_it()
    if at is not None:
        name, _, number = at.partition(":")
        set_trap(name, int(number))
    system = open_system(Settings(data=Path(data))).system
    say("following")
    if seconds is not None:
        threading.Timer(seconds, die).start()
    following.keep_up(system, stop=threading.Event(), tell=lambda wrong: say(repr(wrong)))


def killed(asked):
    """Follow in a fork until it ends; gives the signal that ended it, and what it said."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        follow(say=lambda word: os.write(writing, f"{word}\n".encode()), **asked)
        os._exit(0)
    os.close(writing)
    with open(reading) as told:  # noqa: PTH123 - a pipe has no path
        said = told.read().splitlines()
    _, status = os.waitpid(child, 0)
    return {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None, "said": said}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(killed(json.loads(line))), flush=True)
