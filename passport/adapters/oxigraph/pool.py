"""Strangers' questions to an embedded graph, each in a process that can be killed (T21, T22)."""

import json
import signal
from collections.abc import Callable, Mapping
from math import ceil
from pathlib import Path
from time import monotonic
from typing import Any, Final

from passport.adapters.answers import Answer
from passport.adapters.asking import Asking, Unread, not_acceptable
from passport.adapters.oxigraph import framing
from passport.adapters.oxigraph.generations import current
from passport.adapters.oxigraph.process import Ended, Process, TooLate
from passport.adapters.oxigraph.stock import Stock
from passport.errors import (
    NoGraph,
    QueriesBusy,
    QueryStopped,
    QueryWrong,
    Refusal,
    ResultTooLarge,
)
from passport.model.query import Form, Generation, Outline

_OUT_OF_MEMORY: Final = frozenset({framing.OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL})
"""How a process ends that has none left: by itself, by its engine, or by the system."""

_CONFINED: Final = frozenset({"files", "network"})


class QueryPool(Asking):
    """Questions to the newest generation in the graph's folder; any number of threads may ask.

    Nothing runs before the first question. The threads of the pool are its own, so that it works with any event loop
    and with none.
    """

    def __init__(
        self,
        folder: Path,
        *,
        guard: Callable[[str], Outline],
        processes: int = 3,
        seconds: float = 10,
        memory: int = 1024,
        size: int = 64 * 1024 * 1024,
        per_minute: int = 600,
        patience: float = 60,
    ) -> None:
        """``guard`` raises ``QueryRefused`` for what must not reach the engine.

        ``processes`` questions are answered at a time, one client's in all but one of them; each has ``seconds``,
        ``memory`` MiB, and ``size`` bytes for its answer. A question waits for its turn for ``patience`` seconds.
        """
        super().__init__(
            guard=guard, together=processes, size=size, per_minute=per_minute, patience=patience, name="queries"
        )
        self._folder = folder
        self._seconds, self._memory, self._size = seconds, memory, size
        self._stock = Stock(folder, size=processes + 1, memory=memory)

    def generation(self) -> Generation | None:
        """What a question would be answered from now."""
        return current(self._folder)

    def processes(self) -> tuple[int, ...]:
        """The process numbers of those that run for it now."""
        return self._stock.processes()

    def confined(self) -> tuple[tuple[str, ...], ...]:
        """What each of its processes has given up: ``memory``, ``files``, ``network``."""
        return self._stock.confined()

    def stats(self) -> Mapping[str, float]:
        """What ``Asking`` counts, how many ``processes`` run, and how many of them could open files or connections.

        These are ``unconfined``: their platform cannot take that from them, and the guard stands alone.
        """
        unconfined = sum(1 for each in self.confined() if not _CONFINED.issubset(each))
        return {**super().stats(), "processes": len(self.processes()), "unconfined": unconfined}

    def end(self) -> None:
        """End the processes."""
        self._stock.close()

    def work(self, answer: Answer) -> None:
        """Let a process answer, and another one when the generation was deleted meanwhile."""
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
            against = self._late()
        except Ended:
            against = self._ended(process.end())
        finally:
            answer.detach()
            self._stock.give(process, whole=whole and process.alive)
        if against is not None:
            raise against

    def _ended(self, how: int) -> Refusal:
        """Why a process has ended in the middle of a question, by the status that it left."""
        if self._closed:
            return QueriesBusy("The service is ending.")
        if how in _OUT_OF_MEMORY:
            return QueryStopped(
                f"The query took more than {self._memory} MiB of memory.", limit="memory", mebibytes=self._memory
            )
        if how == -signal.SIGALRM:
            return self._late()
        return QueryStopped("The query made the engine fail.", limit="engine")

    def _late(self) -> Refusal:
        return QueryStopped(
            f"The query took longer than {self._seconds:g} seconds.", limit="time", seconds=self._seconds
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
                    raise Unread
            elif kind == framing.ENDED:
                return None
            elif kind == framing.FAILED and not begun:
                raise _Vanished
            else:
                return self._against(kind, payload)

    def _begin(self, process: Process, answer: Answer, payload: bytes) -> None:
        form, media_type = json.loads(payload)
        if not media_type:
            raise not_acceptable(Form(form))
        if process.generation is not None:
            answer.about(Form(form), media_type, process.generation)

    def _against(self, kind: bytes, payload: bytes) -> Refusal:
        if kind == framing.LARGE:
            return ResultTooLarge(f"The answer is larger than {self._size} bytes.", limit=self._size)
        if kind == framing.WRONG:
            line, column, message = json.loads(payload)
            place = {} if line is None else {"line": line, "column": column}
            return QueryWrong(f"This is not a SPARQL 1.1 query: {message}", **place)
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
            "own_dataset": answer.outline.own_dataset,
            "seconds": ceil(self._seconds),
            "size": self._size,
        }


class _Vanished(Exception):
    """The graph could not be read, most likely because its generation was deleted meanwhile."""
