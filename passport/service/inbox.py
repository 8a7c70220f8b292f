"""The inbox: submissions as they came, and remembered answers, kept for a time and then forgotten.

Refused submissions are kept with their findings, which may quote personal data that somebody sent by mistake.
"""

from datetime import timedelta
from threading import Event
from typing import Final

from passport.errors import Malformed
from passport.model.moments import written
from passport.service.pacing import Tell, repeat
from passport.service.system import System

INTERVAL: Final = 3600.0
"""Seconds between two looks."""

RETRY: Final = 60.0
"""Seconds until the next one after a failure."""

AT_ONCE: Final = 500
"""Rows of each kind that one transaction removes, so that nobody waits long for it."""


def forget(system: System, *, days: int) -> int:
    """Remove submissions and remembered answers that are more than ``days`` days old; gives how many.

    Nothing of them stays in the store. What was issued and recorded stays; an ``Idempotency-Key`` that is forgotten may
    be used again. Raises ``Malformed`` for less than a day.
    """
    if days < 1:
        raise Malformed("The inbox keeps what it gets for a day at least.")
    before = written(system.clock.now() - timedelta(days=days))
    total = 0
    while True:
        with system.history.writing() as writing:
            removed = writing.forget(before, limit=AT_ONCE)
        total += removed
        if not removed:
            break
    if total:
        system.history.scrub()
    return total


def keep_up(system: System, *, days: int, stop: Event, tell: Tell) -> None:
    """Forget what is older, once an hour, until ``stop`` is set; what fails is tried again a minute later."""

    def step() -> float:
        forget(system, days=days)
        return INTERVAL

    repeat(step, stop=stop, tell=tell, retry=RETRY)
