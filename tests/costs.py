"""What work costs, told in what other work costs on the same machine: tests that count no seconds.

The measure is reading a JSON list of 100,000 numbers, about ten milliseconds on a common machine. Bounds in measures
have room for machines that are busy with other things: work that is more than linear in a hostile input passes them by
far.
"""

import json
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

NUMBERS = json.dumps([123_456] * 100_000)
TRIES = 10
Result = TypeVar("Result")


@cache
def measure() -> float:
    """What reading many numbers costs this thread, at best."""
    return min(_told(lambda: json.loads(NUMBERS))[1] for _ in range(5))


def within(measures: float, work: Callable[[], Result], about: object = "") -> Result:
    """What some work gives; fails where it costs more than so many measures.

    One of some tries is enough: what else the machine does can only add to the cost.
    """
    costs = []
    for _ in range(TRIES):
        result, cost = _told(work)
        if cost < measures * measure():
            return result
        costs.append(round(cost / measure(), 1))
    raise AssertionError(f"{costs} measures, more than {measures}: {about}")


def _told(work: Callable[[], Result]) -> tuple[Result, float]:
    begin = time.thread_time()
    result = work()
    return result, time.thread_time() - begin
