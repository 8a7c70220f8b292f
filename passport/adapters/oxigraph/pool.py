"""Strangers' questions to an embedded graph, each in a process that can be killed (T21, T22)."""

import json
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from math import ceil
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Any, Final

from passport.adapters.oxigraph import framing
from passport.adapters.oxigraph.answers import Answer, Room
from passport.adapters.oxigraph.generations import current
from passport.adapters.oxigraph.process import Ended, Process, TooLate
from passport.adapters.oxigraph.queueing import Line
from passport.adapters.oxigraph.stock import Stock
from passport.errors import (
    NoGraph,
    NotAcceptable,
    QueriesBusy,
    QueryStopped,
    QueryWrong,
    Refusal,
    ResultTooLarge,
    TooMany,
)
from passport.model.query import Form, Generation, Outline, Question
from passport.ports import Answering

_CLIENTS: Final = 20_000
_UNREAD: Final = 4
"""So many of the largest answers may lie unread on the disk."""


class QueryPool:
    """Questions to the newest generation in the graph's folder; any number of threads may ask.

    Nothing runs before the first question. The threads of the pool are its own, so that it works with any event loop
    and with none.
    """

    def __init__(
        self,
        folder: Path,
        *,
        guard: Callable[[str], Outline],
        processes: int = 2,
        seconds: float = 10,
        memory: int = 1024,
        size: int = 64 * 1024 * 1024,
        per_minute: int = 240,
        patience: float = 5,
    ) -> None:
        """``guard`` raises ``QueryRefused`` for what must not reach the engine.

        ``processes`` questions are answered at a time, one client's in all but one of them; each has ``seconds``,
        ``memory`` MiB, and ``size`` bytes for its answer. A question waits for its turn for ``patience`` seconds.
        """
        self._folder, self._guard = folder, guard
        self._seconds, self._memory, self._size, self._patience = seconds, memory, size, patience
        self._allowance = _Allowance(per_minute)
        self._line = Line(together=max(1, processes - 1))
        self._room = Room(_UNREAD * size)
        self._stock = Stock(folder, size=processes + 1, memory=memory)
        self._lock = Lock()
        self._threads = [Thread(target=self._serve, name=f"queries-{at}", daemon=True) for at in range(processes)]
        self._started = self._closed = False
        self._outcomes: Counter[str] = Counter()
        self._busy_seconds = 0.0

    def generation(self) -> Generation | None:
        """What a question would be answered from now."""
        return current(self._folder)

    def ask(self, question: Question, *, client: str, heard: Callable[[Answering], object] | None = None) -> Answer:
        """Ask, as ``ports.Queries`` says."""
        try:
            outline = self._guard(question.text)
            self._allowance.spend(client)
            if outline.form is not None and outline.form not in question.formats:
                raise _not_acceptable(outline.form)
            if self.generation() is None:
                raise NoGraph("There is no graph yet: it is being made.")
        except Refusal as refusal:
            self._count(refusal.code)
            raise
        self._start()
        answer = Answer(question, client=client, own_dataset=outline.own_dataset, room=self._room)
        if heard is not None:
            heard(answer)
        self._line.join(answer)
        if not answer.wait_begun(self._patience) and self._line.leave(answer):
            answer.close()
            self._count(QueriesBusy.code)
            raise QueriesBusy
        answer.wait_begun()
        if answer.closed:
            self._line.leave(answer)
        return answer

    def stats(self) -> Mapping[str, float]:
        """Questions so far by outcome (``answered``, ``closed``, or the refusal's code), and ``seconds`` of work.

        Beside these how many are ``running`` and ``waiting`` now.
        """
        running, waiting = self._line.lengths()
        with self._lock:
            return {**self._outcomes, "seconds": self._busy_seconds, "running": running, "waiting": waiting}

    def processes(self) -> tuple[int, ...]:
        """The process numbers of those that run for it now."""
        return self._stock.processes()

    def confined(self) -> tuple[tuple[str, ...], ...]:
        """What each of its processes has given up: ``memory``, ``files``, ``network``."""
        return self._stock.confined()

    def close(self) -> None:
        """End all that runs, and wait until it is gone. Asked twice is no trouble."""
        with self._lock:
            started, self._closed = self._started and not self._closed, True
        for answer in self._line.close():
            answer.finish(QueriesBusy("The service is ending."))
        self._stock.close()
        if started:
            for each in self._threads:
                each.join()

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
            begun, outcome = monotonic(), "answered"
            try:
                self._work(answer)
                answer.finish()
            except _Unread:
                outcome = "closed"
            except Refusal as refusal:
                outcome = "closed" if answer.closed else refusal.code
                answer.finish(refusal)
            finally:
                self._line.done(answer)
            self._count(outcome, monotonic() - begun)

    def _work(self, answer: Answer) -> None:
        try:
            self._try(answer)
        except _Vanished:
            try:
                self._try(answer)
            except _Vanished:
                raise NoGraph("The graph cannot be read now.") from None

    def _try(self, answer: Answer) -> None:
        """Let a process answer. Raises ``_Vanished`` when the generation was deleted before there was an answer."""
        process = self._stock.take()
        whole = False
        try:
            answer.started(process.kill)
            against = self._converse(process, answer)
            whole = True
        except TooLate:
            against = QueryStopped(
                f"The query took longer than {self._seconds:g} seconds.", limit="time", seconds=self._seconds
            )
        except Ended:
            against = self._ended()
        finally:
            answer.detach()
            self._stock.give(process, whole=whole and process.alive)
        if against is not None:
            raise against

    def _ended(self) -> Refusal:
        if self._closed:
            return QueriesBusy("The service is ending.")
        return QueryStopped(
            f"The query took more than {self._memory} MiB of memory.", limit="memory", mebibytes=self._memory
        )

    def _converse(self, process: Process, answer: Answer) -> Refusal | None:
        until = monotonic() + self._seconds
        process.ask(self._told(answer))
        begun = False
        while True:
            kind, payload = process.receive(until)
            if kind == framing.BEGUN:
                self._begin(process, answer, payload)
                begun = True
            elif kind == framing.DATA:
                if not answer.put(payload):
                    raise _Unread
            elif kind == framing.ENDED:
                return None
            elif kind == framing.EXHAUSTED:
                raise Ended
            elif kind == framing.FAILED and not begun:
                raise _Vanished
            else:
                return self._against(kind, payload)

    def _begin(self, process: Process, answer: Answer, payload: bytes) -> None:
        form, media_type = json.loads(payload)
        if not media_type:
            raise _not_acceptable(Form(form))
        if process.generation is not None:
            answer.about(Form(form), media_type, process.generation)

    def _against(self, kind: bytes, payload: bytes) -> Refusal:
        if kind == framing.LARGE:
            return ResultTooLarge(f"The answer is larger than {self._size} bytes.", limit=self._size)
        if kind == framing.WRONG:
            line, column, message = json.loads(payload)
            place = {} if line is None else {"line": line, "column": column}
            return QueryWrong(f"This is no SPARQL 1.1 query: {message}", **place)
        return NoGraph("The graph cannot be read now.")

    def _told(self, answer: Answer) -> Mapping[str, Any]:
        question = answer.question
        dataset = None
        if question.default_graphs is not None or question.named_graphs is not None:
            dataset = [question.default_graphs or (), question.named_graphs or ()]
        return {
            "text": question.text,
            "base": question.base,
            "formats": {form.value: media_type for form, media_type in question.formats.items()},
            "dataset": dataset,
            "own_dataset": answer.own_dataset,
            "seconds": ceil(self._seconds),
            "size": self._size,
        }

    def _count(self, outcome: str, seconds: float = 0.0) -> None:
        with self._lock:
            self._outcomes[outcome] += 1
            self._busy_seconds += seconds


class _Unread(Exception):
    """Nobody reads the answer any more."""


class _Vanished(Exception):
    """The graph could not be read, most likely because its generation was deleted meanwhile."""


class _Allowance:
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


def _not_acceptable(form: Form) -> NotAcceptable:
    return NotAcceptable(f"The answer to this query is a {form}; it is not written in any form that is accepted.")
