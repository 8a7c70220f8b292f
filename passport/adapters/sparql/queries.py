"""Strangers' questions to the graph on a SPARQL 1.1 server (``passport.ports.Queries``; T21, T22).

The server is shared and has no process to kill: what the guard lets through, the server's own limits must bear.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Lock
from time import monotonic
from typing import Final

from passport.adapters.answers import Answer
from passport.adapters.asking import Asking, Unread, formless, not_acceptable
from passport.adapters.sparql.http import Endpoint, Reply
from passport.adapters.sparql.state import UNION, State, read
from passport.errors import (
    NoGraph,
    NotAcceptable,
    QueriesBusy,
    QueryStopped,
    QueryWrong,
    Refusal,
    ResultTooLarge,
)
from passport.model.query import Form, Generation, Outline, Question

_FRESH, _SOON = 1.0, 5.0
_MESSAGE: Final = 300
_BASE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^<>\"{}|^`\\\x00-\x20]*")


class SparqlQueries(Asking):
    """Questions to one server; any number of threads may ask."""

    def __init__(
        self,
        query: str,
        *,
        state: str,
        guard: Callable[[str], Outline],
        together: int = 3,
        seconds: float = 10,
        size: int = 64 * 1024 * 1024,
        per_minute: int = 600,
        patience: float = 60,
    ) -> None:
        """``query`` is the server's address for queries, ``state`` the named graph in which its follower is.

        ``guard`` raises ``QueryRefused`` for what must not reach the server. ``together`` questions are answered at a
        time; each has ``seconds``, and ``size`` bytes for its answer.
        """
        super().__init__(
            guard=guard, together=together, size=size, per_minute=per_minute, patience=patience, name="sparql"
        )
        self._endpoint, self._state = Endpoint(query), state
        self._seconds, self._size = seconds, size
        self._turn = Lock()
        self._known: tuple[State | None, float] = (None, float("-inf"))
        self._under_way: dict[Answer, Callable[[], None]] = {}

    def generation(self) -> Generation | None:
        """What a question would be answered from now; as of a second ago."""
        state = self._told()
        return Generation(state.number, state.position, state.made) if state is not None else None

    def work(self, answer: Answer) -> None:
        """Answer one question."""
        try:
            self._work(answer, form=self._form(answer.question))
        finally:
            answer.detach()
            self._under_way.pop(answer, None)

    def end(self) -> None:
        """Break off what is under way."""
        for stop in list(self._under_way.values()):
            stop()

    def _form(self, question: Question) -> Form:
        form = self._guard(question.text).form
        if form is None:
            raise formless()
        if form not in question.formats:
            raise not_acceptable(form)
        return form

    def _work(self, answer: Answer, *, form: Form) -> None:
        state, media_type = self._told(), answer.question.formats[form]
        if state is None:
            raise NoGraph("There is no graph to ask now.")
        if not state.united:
            raise NoGraph(
                "The graph's server shows nothing to queries that name no graph: its setting must be changed."
            )
        answer.about(form, media_type, Generation(state.number, state.position, state.made))
        begun = monotonic()
        try:
            with closing(self._post(answer, media_type)) as reply:
                if reply.status != 200:
                    raise self._against(reply, monotonic() - begun)
                if reply.media_type != media_type:
                    raise NotAcceptable(f"The graph's server does not write {media_type} for this query.")
                self._pass_on(reply, answer)
        except TimeoutError as wrong:
            raise self._too_late() from wrong
        except OSError as wrong:
            if self._closed:
                raise QueriesBusy("The service is ending.") from wrong
            raise NoGraph("The graph's server does not answer, or broke off.") from wrong

    def _post(self, answer: Answer, media_type: str) -> Reply:
        def began(stop: Callable[[], None]) -> None:
            self._under_way[answer] = stop
            answer.started(stop)
            if self._closed:
                stop()

        return self._endpoint.post(list(_fields(answer)), accept=media_type, seconds=self._seconds, began=began)

    def _pass_on(self, reply: Reply, answer: Answer) -> None:
        size = 0
        for piece in reply.pieces():
            size += len(piece)
            if size > self._size:
                raise ResultTooLarge(f"The answer is larger than {self._size} bytes.", limit=self._size)
            if not answer.put(piece):
                raise Unread

    def _against(self, reply: Reply, lasted: float) -> Refusal:
        """What a status other than 200 means."""
        status, late = reply.status, lasted >= self._seconds / 2
        if status == 400:
            return QueryWrong(f"The graph's server does not take this query: {_line(reply)}")
        if status in (406, 415):
            return NotAcceptable("The graph's server does not write its answer in this form.")
        if status in (408, 504) or (status >= 500 and late):
            return self._too_late()
        if status in (429, 503):
            return QueriesBusy("The graph's server is busy.")
        return NoGraph(f"The graph's server answered {status}.")

    def _too_late(self) -> QueryStopped:
        return QueryStopped(
            f"The query took longer than {self._seconds:g} seconds.", limit="time", seconds=self._seconds
        )

    def _told(self) -> State | None:
        """What the server tells of the graph; None when it does not answer, or the graph was never whole."""
        with self._turn:
            state, until = self._known
            if monotonic() >= until:
                try:
                    state = read(self._endpoint, self._state, seconds=_SOON)
                except NoGraph:
                    state = None
                if state is not None and (state.first or not state.whole):
                    state = None
                self._known = (state, monotonic() + _FRESH)
            return state


def _fields(answer: Answer) -> Iterator[tuple[str, str]]:
    """The question as the protocol's form has it. The base goes first: a server takes its own address otherwise."""
    question = answer.question
    based = f"BASE <{question.base}> " if _BASE.fullmatch(question.base) else ""
    yield "query", based + question.text
    if question.default_graphs is None and question.named_graphs is None and not answer.outline.own_dataset:
        yield UNION
    for each in question.default_graphs or ():
        yield "default-graph-uri", each
    for each in question.named_graphs or ():
        yield "named-graph-uri", each


def _line(reply: Reply) -> str:
    """What a server says of a query, in one line."""
    said = b""
    for piece in reply.pieces():
        said += piece
        if len(said) >= _MESSAGE:
            break
    return " ".join(said[:_MESSAGE].decode("utf-8", "replace").split())
