"""The graph follows the log: what is public of each product becomes statements, the same way every day and anew."""

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Event
from typing import Final

from passport.model.events import EventType
from passport.model.passport import Kind, Level
from passport.ports import Feeding, Organisation
from passport.published import Published
from passport.service import linked
from passport.service.pacing import Progress, Stopped, Tell, repeat
from passport.service.system import System

STEP: Final = 500
"""Log positions of one step."""

FAR: Final = 20_000
"""So many positions behind, it is sooner done to take each product once than the log from there on."""

PART: Final = 500
"""Products that are listed at once when all are taken."""

INTERVAL: Final = 0.2
"""Seconds between two looks at the log."""

PACE: Final = 3.0
"""Least seconds between two generations."""

LOOK: Final = 5.0
"""Seconds between two looks at the organisations, of which the log knows nothing."""

RETRY: Final = 30.0
"""Seconds to wait after something went wrong."""

_DIGEST: Final = 32
_SHARED: Final = slice(2 * _DIGEST, 3 * _DIGEST)
"""Where in the mark the digest of the shared graphs stands; before it what the rest is made from and the log."""

_FACT: Final = 8
_ERASED: Final = f'"eventType":"{EventType.ERASED}"'.encode()
"""As it stands in compact JSON, where no text can hold it: quotes in texts are escaped."""


def lag(system: System) -> int:
    """How many log positions behind the graph is that queries see."""
    return max(0, system.history.size() - system.graph.position())


def stamp(published: Published) -> bytes:
    """What the graph is made from: it begins anew when what is published changes, or how it is told."""
    text = ascii((linked.FORM, sorted(published.manifest().items())))
    return hashlib.sha256(text.encode()).digest()


class Follower:
    """Brings the graph up to date, step by step, and lets queries see it."""

    def __init__(self, system: System, *, stop: Event | None = None, progress: Progress | None = None):
        """``stop`` ends a step between two products. ``progress`` is told of a new beginning, in products."""
        self._system = system
        self._stop = stop or Event()
        self._progress = progress or (lambda _done, _of: None)
        self._stamp = stamp(system.published)
        self._organisations: Sequence[Organisation] | None = None
        self._looked = float("-inf")
        self._shared: Mapping[str, bytes] = {}
        self._digest = b""
        self._scrub = False
        self.behind = 0
        """How many log positions were to be taken yet after the last step."""
        self.due = False
        """Whether there is something that queries do not see yet."""

    def step(self, *, wait: float = 0.0) -> bool:
        """Go on by a step, or from the beginning to where the log is now.

        False when another process was at it for ``wait`` seconds. Raises ``Stopped``.
        """
        return self._system.graph.follow(self._go, wait=wait)

    def publish(self) -> None:
        """Let queries see the steps so far; what was erased is then in no file any more."""
        self._system.graph.publish(scrub=self._scrub)
        self.due = self._scrub = False

    def _go(self, feeding: Feeding) -> None:
        size = self._system.history.size()
        self._look(feeding)
        if feeding.mark and not self._continues(feeding, size):
            feeding.clear()
        if not feeding.mark:
            self._begin(feeding, size)
        elif feeding.position < size or self._shares(feeding):
            self._advance(feeding, min(feeding.position + STEP, size))
        self.behind = size - feeding.position

    def _look(self, feeding: Feeding) -> None:
        """From time to time: what is shared now, and whether queries see what they should."""
        if self._shared and time.monotonic() - self._looked < LOOK:
            return
        self._looked = time.monotonic()
        self.due = self.due or self._system.graph.position() != feeding.position
        organisations = self._system.parties.organisations()
        if not self._shared or organisations != self._organisations:
            self._organisations = organisations
            self._shared = linked.shared(self._system)
            self._digest = hashlib.sha256(b"".join(self._shared[name] for name in sorted(self._shared))).digest()

    def _shares(self, feeding: Feeding) -> bool:
        """Whether what is shared is not what the graph was told."""
        return feeding.mark[_SHARED] != self._digest

    def _continues(self, feeding: Feeding, size: int) -> bool:
        """Whether the graph is of this log, made from the same, and cheaper to continue than to begin.

        A restored backup may be another log, or shorter. What is known of an organisation stands in the graphs of its
        products, and the log does not tell when that changes.
        """
        position, mark = feeding.position, feeding.mark
        gap = size - position
        if gap < 0 or (gap > FAR and gap > size // 2) or (position == 0) is not (size == 0):
            return False
        known = mark[_SHARED.stop :]
        if not {known[at : at + _FACT] for at in range(0, len(known), _FACT)} <= self._facts():
            self._scrub = True
            return False
        return mark[: _SHARED.start] == self._mark(position)[: _SHARED.start]

    def _begin(self, feeding: Feeding, size: int) -> None:
        """Everything there is, each product once."""
        self._scrub = self._scrub or bool(self._system.history.erasures())
        self._share(feeding)
        graphs = linked.Linked(self._system)
        codes = tuple(_codes(self._system))
        for number, code in enumerate(codes, 1):
            self._put(feeding, graphs, code)
            self._progress(number, len(codes))
        feeding.reach(size, self._mark(size))
        self.due = True

    def _advance(self, feeding: Feeding, stop: int) -> None:
        """What the log tells up to ``stop``, and everything that inherits from it."""
        if self._shares(feeding):
            self._share(feeding)
        touched: dict[str, None] = {}
        for entry in self._system.history.scan(feeding.position, stop):
            touched[entry.document.code] = None
            self._scrub = self._scrub or (entry.document.kind is Kind.EVENT and _ERASED in entry.document.payload)
        graphs = linked.Linked(self._system)
        for code in [*touched, *(code for code in self._heirs(feeding, tuple(touched)) if code not in touched)]:
            self._put(feeding, graphs, code)
        feeding.reach(stop, self._mark(stop))
        self.due = True

    def _heirs(self, feeding: Feeding, codes: Iterable[str]) -> Iterator[str]:
        """The products whose graphs name one of these models and batches: what they consist of may come from there."""
        own = linked.graph_name(self._system, "")
        found: dict[str, None] = {}
        for product in (self._system.history.product(code) for code in codes):
            if product is not None and product.level is not Level.ITEM:
                address = linked.graph_name(self._system, product.code)
                for iri in (address, self._system.product_address(product.key)):
                    found |= dict.fromkeys(name for name in feeding.naming(iri) if name.startswith(own))
        return (name.removeprefix(own) for name in found)

    def _put(self, feeding: Feeding, graphs: linked.Linked, code: str) -> None:
        if self._stop.is_set():
            raise Stopped
        triples = graphs.graph(code)
        name = linked.graph_name(self._system, code)
        if triples:
            feeding.put(name, triples)
        else:
            feeding.remove(name)

    def _share(self, feeding: Feeding) -> None:
        for name, triples in self._shared.items():
            feeding.put(name, triples)

    def _mark(self, position: int) -> bytes:
        """What the graph is made from: what is published, the log up to there, what all share, the organisations."""
        last = next(self._system.history.scan(position - 1, position), None) if position else None
        digest = last.document.digest if last is not None else bytes(_DIGEST)
        return self._stamp + digest + self._digest + b"".join(sorted(self._facts()))

    def _facts(self) -> frozenset[bytes]:
        """What is told of an organisation in the graphs of its products, one digest for each."""
        each = ((one.slug, one.public, one.kind, one.country) for one in self._organisations or ())
        return frozenset(hashlib.sha256(ascii(fact).encode()).digest()[:_FACT] for fact in each)


def _codes(system: System) -> Iterator[str]:
    after: str | None = None
    while part := system.history.products(level=None, after=after, limit=PART):
        yield from (product.code for product in part)
        after = part[-1].code


def keep_up(system: System, *, stop: Event, tell: Tell) -> None:
    """Bring the graph up to date until ``stop`` is set: what is new is seen at once, and then every ``PACE`` seconds.

    While another process does so this one waits to take its place. ``tell`` gets what goes wrong; it is tried again.
    """
    follower = Follower(system, stop=stop)
    published = float("-inf")

    def step() -> float:
        nonlocal published
        writes = follower.step()
        if writes and follower.due and time.monotonic() - published >= PACE:
            follower.publish()
            published = time.monotonic()
        return 0.0 if writes and follower.behind > 0 else INTERVAL

    repeat(step, stop=stop, tell=tell, retry=RETRY)


def rebuild(system: System, *, progress: Progress) -> bool:
    """Make the graph anew; queries see the old one meanwhile.

    False when another process is the writer, which then does it as soon as it can.
    """
    follower = Follower(system, progress=progress)
    system.graph.begin_anew()
    if not follower.step():
        return False
    while follower.behind > 0:
        follower.step()
    follower.publish()
    return True
