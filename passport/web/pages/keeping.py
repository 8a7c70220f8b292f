"""Rendered texts that are kept under what they were made from, the least used going first when space runs out."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from hashlib import blake2b
from threading import Lock
from typing import Any

import orjson


class Kept:
    """A bounded memory of texts; safe to use from several threads."""

    def __init__(self, room: int) -> None:
        """``room`` is the number of symbols that all texts together may have; none may take a sixteenth of it."""
        self._room = room
        self._taken = 0
        self._texts: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """The text kept under ``key``, or else what ``make`` gives, which is kept."""
        with self._lock:
            found = self._texts.get(key)
            if found is not None:
                self._texts.move_to_end(key)
                return found
        made = make()
        if len(made) * 16 <= self._room:
            self._keep(key, made)
        return made

    def _keep(self, key: Hashable, text: str) -> None:
        with self._lock:
            self._taken += len(text) - len(self._texts.get(key, ""))
            self._texts[key] = text
            while self._taken > self._room:
                _, gone = self._texts.popitem(last=False)
                self._taken -= len(gone)

    def __len__(self) -> int:
        """How many texts are kept."""
        return len(self._texts)


def mark(document: Mapping[str, Any]) -> bytes:
    """A digest of a document's content: equal for equal documents only."""
    return blake2b(orjson.dumps(document, default=str), digest_size=16).digest()
