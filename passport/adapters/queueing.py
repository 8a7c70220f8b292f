"""Who is next: questions stand in line by client, and the clients take turns."""

from collections import Counter, OrderedDict, deque
from threading import Condition
from typing import Final

from passport.adapters.answers import Answer

_LONGEST: Final = 64


class Line:
    """A line of questions that any number of threads join and take from."""

    def __init__(self, *, together: int) -> None:
        """``together`` is how many questions of one client are worked at at the same time."""
        self._together = together
        self._changed = Condition()
        self._waiting: OrderedDict[str, deque[Answer]] = OrderedDict()
        self._running: Counter[str] = Counter()
        self._closed = False

    def join(self, answer: Answer) -> Answer | None:
        """Stand in line; gives who must go for that, which may be this one: then it never stood there.

        In a line that is full, the last one goes of the client who has most in it.
        """
        with self._changed:
            if self._closed:
                return answer
            gone = None
            if sum(map(len, self._waiting.values())) >= _LONGEST:
                longest = max(self._waiting.values(), key=len)
                if len(longest) <= len(self._waiting.get(answer.client, ())) + 1:
                    return answer
                gone = longest.pop()
            self._waiting.setdefault(answer.client, deque()).append(answer)
            self._changed.notify()
        return gone

    def leave(self, answer: Answer) -> bool:
        """Go away again; False when somebody works at it already."""
        with self._changed:
            mine = self._waiting.get(answer.client)
            if mine is None or answer not in mine:
                return False
            mine.remove(answer)
            if not mine:
                del self._waiting[answer.client]
            return True

    def take(self) -> Answer | None:
        """Wait for the next one to work at; None when the line is closed. ``done`` must follow."""
        with self._changed:
            while not self._closed:
                if (answer := self._next()) is not None:
                    self._running[answer.client] += 1
                    return answer
                self._changed.wait()
        return None

    def done(self, answer: Answer) -> None:
        """No work goes on at it any more."""
        with self._changed:
            self._running[answer.client] -= 1
            if not self._running[answer.client]:
                del self._running[answer.client]
            self._changed.notify()

    def lengths(self) -> tuple[int, int]:
        """How many are worked at, and how many wait."""
        with self._changed:
            return self._running.total(), sum(map(len, self._waiting.values()))

    def close(self) -> list[Answer]:
        """Let everybody go; gives those who stood in line."""
        with self._changed:
            left = [each for mine in self._waiting.values() for each in mine]
            self._waiting.clear()
            self._closed = True
            self._changed.notify_all()
        return left

    def _next(self) -> Answer | None:
        for client, mine in self._waiting.items():
            if self._running[client] < self._together:
                answer = mine.popleft()
                if mine:
                    self._waiting.move_to_end(client)
                else:
                    del self._waiting[client]
                return answer
        return None
