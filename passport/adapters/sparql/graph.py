"""The graph (``passport.ports.Graph``) on a SPARQL 1.1 server: updates by HTTP, one writer among all hosts.

A writer is who has written its token into the state, where the next one can take it over only from a token that it
has seen unchanged for ``LEASE`` seconds by its own clock, in one conditional update. Late updates of a former writer
change nothing (``statements``), so that no clock of two hosts is compared and none has to be right.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock
from time import monotonic, sleep, time

from passport.adapters.clock import SystemClock
from passport.adapters.files import make_private, write_durably
from passport.adapters.sparql import statements
from passport.adapters.sparql.http import Endpoint
from passport.adapters.sparql.state import FIRST, NO, YES, State, read, select
from passport.errors import NoGraph
from passport.model.moments import written
from passport.ports import Feeding

LEASE = 30.0
_BYTES, _OPERATIONS, _NAMES = 1024 * 1024, 100, 1000
_LARGE = 32 * 1024
_SECONDS, _SOON = 120.0, 5.0


class SparqlGraph:
    """Named graphs on a server. Queries see what a step puts as it arrives, and the position after all of it."""

    def __init__(
        self,
        query: str,
        update: str | None = None,
        *,
        folder: Path,
        state: str,
        ours: tuple[str, ...] = ("",),
        lease: float = LEASE,
    ) -> None:
        """Addresses for queries and for updates (the same when there is one).

        ``folder`` is where processes of one host find out who of them may write; ``state`` is the named graph for the
        position; ``ours`` are beginnings of the names of those graphs that ``clear`` forgets. A writer that has not
        moved for ``lease`` seconds is followed by one on another host.
        """
        self._query = Endpoint(query)
        self._update = Endpoint(update or query)
        self._folder = folder
        self._state = state
        self._ours = ours
        self._lease = lease
        self._lock = Lock()
        self._seat: int | None = None
        self._identity = ""
        self._token: str | None = None
        self._spoken = 0.0
        self._seen: tuple[tuple[tuple[str, ...], str], float] | None = None

    def position(self) -> int:
        """Up to which log position queries see everything; 0 while the server does not answer."""
        try:
            state = read(self._query, self._state, seconds=_SOON)
            return 0 if state.first else state.position
        except NoGraph:
            return 0

    def follow(self, step: Callable[[Feeding], None], *, wait: float = 0.0) -> bool:
        """Take the next step. Raises ``NoGraph`` when the server does not answer; the step is then taken again."""
        until = monotonic() + wait
        with self._lock:
            while (state := self._seated()) is None:
                if monotonic() >= until:
                    return False
                sleep(min(0.1, max(0.0, until - monotonic())))
            feeding = _Feeding(self, state)
            if not state.whole or state.anew:
                feeding.clear()
            step(feeding)
            return feeding.finish()

    def publish(self, *, scrub: bool = False) -> None:
        """Take out what was there before the graph began anew; all else is seen already. Its disk is the server's."""
        with self._lock:
            if self._token is None:
                return
            state = self._now()
            if state.sweep and state.writers == (self._token,):
                _Feeding(self, state).sweep()

    def begin_anew(self) -> None:
        """Let the writer, whichever process it is, begin anew with its next step. Raises ``NoGraph``."""
        self._send([statements.wished(self._state, secrets.token_hex(8))])

    def close(self) -> None:
        """Stop being the writer."""
        with self._lock:
            if self._token is not None:
                with suppress(NoGraph):
                    self.send([statements.left(self._state, self._token)])
                self._token = None
            if self._seat is not None:
                os.close(self._seat)
                self._seat = None

    def send(self, operations: list[str]) -> None:
        """Send updates of the writer's as one request. Raises ``NoGraph``: whether they were done is then not known.

        They may still be done later, so that the writer then writes under another token.
        """
        try:
            self._send(operations)
        except NoGraph:
            self._token = None
            raise
        self._spoken = monotonic()

    def _send(self, operations: list[str]) -> None:
        try:
            fields = [("update", ";\n".join(operations))]
            with closing(self._update.post(fields, accept="*/*", seconds=_SECONDS)) as reply:
                if not 200 <= reply.status < 300:
                    raise NoGraph(f"The graph's server answered {reply.status} to an update.")
                reply.body(_BYTES)
        except OSError as wrong:
            raise NoGraph("The graph's server does not answer.") from wrong

    def names(self) -> list[str]:
        """The named graphs that are ours."""
        rows = select(self._query, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }", seconds=_SECONDS)
        return [row["g"] for row in rows if row["g"].startswith(self._ours) and not row["g"].startswith(self._state)]

    def names_before(self) -> list[str]:
        """The named graphs from before it began anew."""
        return [row["g"] for row in select(self._query, statements.outdated_graphs(self._state), seconds=_SECONDS)]

    def naming(self, iri: str) -> list[str]:
        """The named graphs that lead to ``iri``."""
        query = f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p {statements.iri(iri)} }} }}"
        return sorted(row["g"] for row in select(self._query, query, seconds=_SECONDS))

    @property
    def state(self) -> str:
        """The named graph for the position."""
        return self._state

    def silent(self) -> bool:
        """Whether it is time to show that this process is still there."""
        return monotonic() - self._spoken > self._lease / 4

    def condition(self) -> str:
        """That this process is still the writer."""
        return statements.held(self._state, self._token or "")

    def holds(self, number: int) -> bool:
        """Whether the step that ends with this number was done, by this process."""
        state = self._now()
        return state.number == number and state.writers == (self._token,)

    def _now(self) -> State:
        return read(self._query, self._state, seconds=_SOON)

    def _seated(self) -> State | None:
        """The state when this process is the writer, or has just become it."""
        if not self._first_of_host():
            return None
        state = self._now()
        if self._token is not None and state.writers == (self._token,):
            return state
        if not self._free(state):
            return None
        token = f"{self._identity} {secrets.token_hex(8)}"
        self.send([statements.taken(self._state, token, over=state.writers, beat=state.beat)])
        state = self._now()
        if state.writers != (token,):
            return None
        self._token, self._seen = token, None
        return state

    def _free(self, state: State) -> bool:
        """Whether there is no writer, it was this one, or it has not moved for long."""
        if all(each.split()[0] == self._identity for each in state.writers):
            return True
        seen = (state.writers, state.beat)
        if self._seen is None or self._seen[0] != seen:
            self._seen = (seen, monotonic())
        return monotonic() - self._seen[1] >= self._lease

    def _first_of_host(self) -> bool:
        if self._seat is not None:
            return True
        make_private(self._folder)
        seat = os.open(self._folder / "LOCK", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(seat, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(seat)
            return False
        self._seat, self._identity = seat, self._own_name()
        return True

    def _own_name(self) -> str:
        """By which the processes that use this folder, one after the other, know what one before them began."""
        write_durably(self._folder / "WRITER", secrets.token_hex(8).encode(), replace=False)
        return (self._folder / "WRITER").read_text("ascii")


class _Feeding:
    """One step on its way to the server (``passport.ports.Feeding``)."""

    def __init__(self, graph: SparqlGraph, state: State) -> None:
        self._graph = graph
        self._was = state.position, state.mark
        self._number = state.number or int(time())
        self._wishes = state.anew
        self._digests = set(state.digests)
        self._sweep = FIRST if state.first else YES if state.sweep else NO
        self._operations: list[str] = []
        self._size = 0
        self._changed = False
        self.position = state.position
        self.mark = state.mark

    def clear(self) -> None:
        """Forget what this step has put, too. The position goes first: what breaks off here begins anew."""
        self._operations, self._size = [], 0
        self.reach(0, b"")
        names = self._graph.names()
        self._sweep = YES if names else FIRST
        self._tell()
        for start in range(0, len(names), _NAMES):
            self._add(statements.outdated(self._graph.state, names[start : start + _NAMES], self._graph.condition()))
        for wish in self._wishes:
            self._add(statements.forgotten(self._graph.state, "anew", wish, self._graph.condition()))

    def put(self, name: str, triples: bytes) -> None:
        """A large graph that is as it was is not sent again, unless everything begins anew."""
        digest = f"{hashlib.sha256(triples).hexdigest()} {name}" if len(triples) >= _LARGE else ""
        if digest in self._digests and self._sweep == NO:
            return
        state, condition = self._graph.state, self._graph.condition()
        for old in [each for each in self._digests if each.endswith(f" {name}")]:
            self._digests.remove(old)
            self._add(statements.forgotten(state, "digest", old, condition))
        for operation in statements.replaced(name, triples, condition):
            self._add(operation)
        if self._sweep != NO:
            self._add(statements.current(state, name, condition))
        if digest:
            self._digests.add(digest)
            self._add(statements.noted(state, "digest", digest, condition))

    def remove(self, name: str) -> None:
        self.put(name, b"")

    def sweep(self) -> None:
        """Take out the graphs from before the beginning that were not put since."""
        for name in self._graph.names_before():
            self.remove(name)
        self._sweep = NO
        self._tell()
        self._send()

    def naming(self, iri: str) -> list[str]:
        if self._operations:
            self._send()
        return self._graph.naming(iri)

    def reach(self, position: int, mark: bytes) -> None:
        self.position, self.mark = position, mark

    def finish(self) -> bool:
        """Send what is left, with the position. False when another has become the writer meanwhile."""
        if not self._changed and (self.position, self.mark) == self._was:
            if self._graph.silent():
                self._send()
            return True
        self._tell()
        self._send()
        return self._graph.holds(self._number)

    def _tell(self) -> None:
        self._number += 1
        facts = {
            "position": str(self.position),
            "mark": self.mark.hex(),
            "number": str(self._number),
            "made": written(SystemClock().now()),
            "sweep": self._sweep,
        }
        self._add(statements.told(self._graph.state, facts, self._graph.condition()))

    def _add(self, operation: str) -> None:
        self._changed = True
        self._operations.append(operation)
        self._size += len(operation)
        if self._size >= _BYTES or len(self._operations) >= _OPERATIONS:
            self._send()

    def _send(self) -> None:
        beat = statements.told(self._graph.state, {"beat": secrets.token_hex(4)}, self._graph.condition())
        self._graph.send([*self._operations, beat])
        self._operations, self._size = [], 0
