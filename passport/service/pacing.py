"""What is done again and again beside requests, each time after a pause, until it is to stop."""

from collections.abc import Callable
from threading import Event
from typing import TypeAlias

Tell: TypeAlias = Callable[[Exception], None]
"""Gets what went wrong."""

Progress: TypeAlias = Callable[[int, int], None]
"""Gets how much is done, of how much."""


class Stopped(Exception):
    """What was under way was told to stop: nothing of it counts, and it is done again another time."""


def repeat(step: Callable[[], float], *, stop: Event, tell: Tell, retry: float) -> None:
    """Take a step, wait for as many seconds as it gives, and so on until ``stop`` is set.

    ``tell`` gets whatever a step raises, and another one is taken ``retry`` seconds later. What goes wrong once
    ``stop`` is set ends it, and nobody is told.
    """
    pause = 0.0
    while not stop.wait(pause):
        try:
            pause = step()
        except Exception as wrong:
            if stop.is_set():
                return
            tell(wrong)
            pause = retry
