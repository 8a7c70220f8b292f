"""Questions in line before whatever answers them: a limit for each client, turns among them, threads of its own."""

from abc import ABC, abstractmethod
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from math import ceil
from threading import Lock, Thread
from time import monotonic
from typing import Final

from passport.adapters.answers import Answer, Room
from passport.adapters.queueing import Line
from passport.errors import NoGraph, NotAcceptable, QueriesBusy, QueryWrong, Refusal, StoreFailing, TooMany
from passport.model.query import Form, Generation, Outline, Question
from passport.ports import Answering

_CLIENTS: Final = 20_000
_UNREAD: Final = 4
"""So many of the largest answers may lie unread on the disk."""


class Unread(Exception):
    """Nobody reads the answer any more."""


class Asking(ABC):
    """What ``ports.Queries`` promises of those who ask; a subclass answers one question at a time in each thread."""

    def __init__(
        self, *, guard: Callable[[str], Outline], together: int, size: int, per_minute: int, patience: float, name: str
    ) -> None:
        """``guard`` raises ``QueryRefused`` for what must not be asked.

        ``together`` questions are answered at a time, one client's in all but one of them; an answer has at most
        ``size`` bytes. A question waits for its turn for ``patience`` seconds, in a line that is not endless.
        """
        self._guard, self._patience = guard, patience
        self._allowance = Allowance(per_minute)
        self._line = Line(together=max(1, together - 1))
        self._room = Room(_UNREAD * size)
        self._lock = Lock()
        self._threads = [Thread(target=self._serve, name=f"{name}-{at}", daemon=True) for at in range(together)]
        self._started = self._closed = False
        self._outcomes: Counter[str] = Counter()
        self._busy_seconds = 0.0

    @abstractmethod
    def generation(self) -> Generation | None:
        """What a question would be answered from now."""

    @abstractmethod
    def work(self, answer: Answer) -> None:
        """Answer, in a thread of the line. Raises a refusal for what stands against it, or ``Unread``."""

    def form(self, question: Question) -> Form | None:
        """What a question gives, as ``ports.Queries`` says."""
        outline = self._guard(question.text)
        _require_own(outline, question)
        return outline.form

    def ask(self, question: Question, *, client: str, heard: Callable[[Answering], object] | None = None) -> Answer:
        """Ask, as ``ports.Queries`` says."""
        try:
            outline = self._guard(question.text)
            self._allowance.spend(client)
            _require_own(outline, question)
            if outline.form is not None and outline.form not in question.formats:
                raise not_acceptable(outline.form)
            if self.generation() is None:
                raise NoGraph("There is no graph to ask now.")
        except Refusal as refusal:
            self._count(refusal.code)
            raise
        self._start()
        answer = Answer(question, client=client, outline=outline, room=self._room)
        if heard is not None:
            heard(answer)
        gone = self._line.join(answer)
        if gone is not None and gone is not answer:
            self._count(QueriesBusy.code)
            gone.finish(QueriesBusy())
        if gone is answer or (not answer.wait_begun(self._patience) and self._line.leave(answer)):
            answer.close()
            self._count(QueriesBusy.code)
            raise QueriesBusy
        answer.wait_begun()
        if answer.closed:
            self._line.leave(answer)
        return answer

    def stats(self) -> Mapping[str, float]:
        """Questions so far by outcome (``answered``, ``closed``, or the refusal's code), and ``seconds`` of work.

        Beside these how many are ``running`` and ``waiting`` now. Who has the end of an answer finds it counted.
        """
        running, waiting = self._line.lengths()
        with self._lock:
            return {**self._outcomes, "seconds": self._busy_seconds, "running": running, "waiting": waiting}

    def close(self) -> None:
        """End all that runs, and wait until it is gone. Asked twice is no trouble."""
        with self._lock:
            started, self._closed = self._started and not self._closed, True
        for answer in self._line.close():
            answer.finish(QueriesBusy("The service is ending."))
        self.end()
        if started:
            for each in self._threads:
                each.join()

    @abstractmethod
    def end(self) -> None:
        """End what is worked at."""

    def _start(self) -> None:
        with self._lock:
            if self._closed:
                raise QueriesBusy("The service is ending.")
            if not self._started:
                self._started = True
                for each in self._threads:
                    each.start()

    def _serve(self) -> None:
        while (answer := self._line.take()) is not None:
            begun = monotonic()
            outcome, against = self._worked(answer)
            self._line.done(answer)
            self._count(outcome, monotonic() - begun)
            answer.finish(against)
            del answer, against

    def _worked(self, answer: Answer) -> tuple[str, Exception | None]:
        """Answer a question; gives what became of it, and what stands against the rest of the answer."""
        try:
            self.work(answer)
        except Unread:
            return "closed", None
        except Refusal as refusal:
            return "closed" if answer.closed else refusal.code, _explained(refusal, answer)
        except OSError as wrong:
            return StoreFailing.code, _failing(wrong)
        except Exception as wrong:
            return "fault", wrong
        return "answered", None

    def _count(self, outcome: str, seconds: float = 0.0) -> None:
        with self._lock:
            self._outcomes[outcome] += 1
            self._busy_seconds += seconds


def _require_own(outline: Outline, question: Question) -> None:
    """Refuse a query that names graphs of others, unless the request names the data set, which goes first."""
    if outline.foreign is not None and question.default_graphs is None and question.named_graphs is None:
        raise outline.foreign


def formless() -> QueryWrong:
    """Of a query that begins as none does."""
    return QueryWrong("This is not a SPARQL 1.1 query: it has none of SELECT, ASK, CONSTRUCT and DESCRIBE.")


def _explained(refusal: Refusal, answer: Answer) -> Refusal:
    """Of a query that the engine refuses, the likeliest reason: engines say it badly, or not at all."""
    found = answer.outline.undeclared
    if not isinstance(refusal, QueryWrong):
        return refusal
    if answer.outline.form is None:
        return formless()
    if found is None:
        return refusal
    detail = f"The prefix {found.prefix}: is not declared."
    if found.declaration:
        detail += f" Begin the query with {found.declaration}"
    place = {"line": found.line, "column": found.column}
    return QueryWrong(detail, **place, prefix=found.prefix, declaration=found.declaration)


class Allowance:
    """How many questions a minute each client has left; for at most 20,000 clients (the least recent go)."""

    def __init__(self, per_minute: int) -> None:
        self._most, self._lock = per_minute, Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, client: str) -> None:
        """Take one. Raises ``TooMany`` when there is none left."""
        now = monotonic()
        with self._lock:
            left, seen = self._left.pop(client, (float(self._most), now))
            left = min(self._most, left + (now - seen) * self._most / 60)
            self._left[client] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > _CLIENTS:
                self._left.popitem(last=False)
        if left < 1:
            raise TooMany("Too many queries from here: wait before the next one.", ceil((1 - left) * 60 / self._most))


def _failing(wrong: OSError) -> StoreFailing:
    """What is told when an answer cannot be kept or a process cannot be talked to; its cause is for the log."""
    refusal = StoreFailing("The answer cannot be kept now: the machine has no room for it.")
    refusal.__cause__ = wrong
    return refusal


def not_acceptable(form: Form) -> NotAcceptable:
    """The refusal of a question that gives what nobody wants to read."""
    return NotAcceptable(f"The answer to this query is a {form}; it is not written in any form that is accepted.")
