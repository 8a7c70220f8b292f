"""The public data as linked data, as two ports: the graph that a follower feeds, and strangers' questions to it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from passport.model.query import Form, Generation, Question


class Feeding(Protocol):
    """One step of the graph along the log. All of it holds in the end, or it is done again."""

    @property
    def position(self) -> int:
        """The log position up to which, not including, the graph knows everything; 0 at the beginning."""

    @property
    def mark(self) -> bytes:
        """What ``reach`` was given with that position; empty at the beginning."""

    def clear(self) -> None:
        """Forget everything: back to the beginning. Queries see what was there until the step is published."""

    def put(self, name: str, triples: bytes) -> None:
        """Let the named graph ``name`` hold these statements (N-Triples) and no others."""

    def remove(self, name: str) -> None:
        """Let there be no such named graph; one that is not there is no trouble."""

    def naming(self, iri: str) -> Sequence[str]:
        """The named graphs that have a statement about something else that leads to ``iri``."""

    def reach(self, position: int, mark: bytes) -> None:
        """Everything before ``position`` is known now; ``mark`` tells this log from another."""


class Graph(Protocol):
    """Public statements in named graphs. Never the truth: it may be late, and can be thrown away at any time.

    There is one writer at a time among all processes. What is damaged or missing begins anew by itself at position 0.
    """

    def follow(self, step: Callable[[Feeding], None], *, wait: float = 0.0) -> bool:
        """Take the next step. False, with nothing done, when another process is the writer after ``wait`` seconds.

        Who has taken a step stays the writer until ``close``.
        """

    def publish(self, *, scrub: bool = False) -> None:
        """Let queries see what the steps so far have made. With ``scrub`` nothing removed is left on the disk."""

    def begin_anew(self) -> None:
        """Let whichever process is the writer forget everything before its next step, as ``clear`` does."""

    def position(self) -> int:
        """Up to which log position, not including, queries see everything; 0 while there is nothing to see."""

    def close(self) -> None:
        """Let go of files and connections, and of being the writer."""


class Answering(Protocol):
    """An answer on its way. Its chunks are read once; ``close`` ends a query that still runs."""

    @property
    def form(self) -> Form:
        """What the query gives."""

    @property
    def media_type(self) -> str:
        """How it is written: the media type that the question named for this form."""

    @property
    def generation(self) -> Generation:
        """What was asked."""

    def __iter__(self) -> Iterator[bytes]:
        """The bytes of the answer as they come.

        Raises ``QueryStopped`` or ``ResultTooLarge`` in the middle when a limit is passed: what came is then not whole.
        """

    def close(self) -> None:
        """End it; asked twice is no trouble."""


class Queries(Protocol):
    """Strangers' questions. No query harms this process, lasts longer than its limit, or reaches any other host."""

    def generation(self) -> Generation | None:
        """What a question would be answered from now; None while there is no graph yet."""

    def form(self, question: Question) -> Form | None:
        """What a question gives, as far as that can be told without asking it; None where it cannot.

        Raises ``QueryRefused`` and ``QueryWrong`` as ``ask`` does of what no engine is shown.
        """

    def ask(self, question: Question, *, client: str, heard: Callable[[Answering], object] | None = None) -> Answering:
        """Ask; gives the answer when its first bytes are there or it is known to be empty. Blocks: not for event loops.

        ``client`` is whoever asks, for whom there is a limit and a fair place in the queue. ``heard`` is given the
        answer while there is nothing in it yet, so that another thread may close it: it then comes back as it is, soon,
        and is not to be looked at.

        Raises ``QueryWrong`` for what is no SPARQL query, ``QueryRefused`` for one that is not answered here,
        ``QueryStopped`` when it takes too long or too much memory, ``ResultTooLarge``, ``QueriesBusy``,
        ``NotAcceptable``, and ``NoGraph`` while there is nothing to ask.
        """

    def stats(self) -> Mapping[str, float]:
        """Of this process: how many questions are ``running`` and ``waiting`` now, and what else it counts."""

    def close(self) -> None:
        """End all that runs."""
