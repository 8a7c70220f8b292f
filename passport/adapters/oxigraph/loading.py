"""Filling an empty store: graphs are gathered into parts of bounded size, each loaded while the next is gathered."""

import re
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, Store, parse, serialize

PART: Final = 48 * 1024 * 1024
"""Bytes of N-Quads that are loaded at once: fewer parts load faster, larger ones need more memory, about tenfold."""

_PLAIN: Final = re.compile(rb"(?:[^\n#][^\n]* \.\n)*")
"""Statements as every writer of canonical N-Triples has them, one a line."""


class Loading:
    """The bulk loader of one store. Each graph is given once; nothing is whole before ``finish``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._part: list[bytes] = []
        self._bytes = 0
        self._names: set[int] = set()
        self._thread = ThreadPoolExecutor(1)
        self._under_way: Future[None] | None = None
        self._any = False

    def knows(self, name: str) -> bool:
        """Whether a graph of that name was taken."""
        return hash(name) in self._names

    def add(self, name: str, triples: bytes) -> None:
        """Take a graph. Raises ``SyntaxError`` for no N-Triples, perhaps not before a later call."""
        self._names.add(hash(name))
        self._part.append(_quads(name, triples))
        self._bytes += len(self._part[-1])
        if self._bytes >= PART:
            self._begin()

    def finish(self) -> bool:
        """Load what was taken; False when that was nothing since the last time."""
        self._begin()
        self._wait()
        loaded, self._any = self._any, False
        return loaded

    def drop(self) -> None:
        """End; what is being loaded is waited for."""
        self._thread.shutdown()

    def _begin(self) -> None:
        self._wait()
        if self._part:
            data = b"".join(self._part)
            self._part, self._bytes, self._any = [], 0, True
            self._under_way = self._thread.submit(self._store.bulk_load, data, RdfFormat.N_QUADS)

    def _wait(self) -> None:
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()


def _quads(name: str, triples: bytes) -> bytes:
    """N-Triples as N-Quads of one graph. A line that ends with `` .`` cannot be of a text: line ends are escaped."""
    if not _PLAIN.fullmatch(triples):
        triples = serialize(parse(triples, RdfFormat.N_TRIPLES), format=RdfFormat.N_TRIPLES) or b""
    return triples.replace(b" .\n", b" " + str(NamedNode(name)).encode() + b" .\n")
