"""The process that answers strangers' questions, one after another, from a generation of the graph.

It has its two pipes and nothing else: no network, no files but the graph's, a limit on memory. It ends when its input
ends, and by an alarm of its own if nobody stops a query that takes too long. Started by ``process.py``.
"""

import gc
import json
import os
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final, cast

from pyoxigraph import NamedNode, QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat, Store

from passport.adapters.oxigraph import framing
from passport.adapters.oxigraph.confining import confine

_IN, _OUT = 0, 1
_PLACE: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_CLASSES: Final = re.compile(r"\[(?:'[^']*'|[^\]'])*\]")
_WANTED: Final = re.compile(r'"(?:\\.|[^"\\])+"|\b[A-Z][A-Z_]+\b(?! parsing)')
_MEANT: Final = {
    "The SELECT contains a variable that is unbound": "SELECT names a variable that GROUP BY does not name.",
    "The SELECT contains an expression with a variable that is unbound": "an expression of SELECT has a variable that"
    " GROUP BY does not name. Give the expression a name there: GROUP BY (YEAR(?time) AS ?year).",
    "The SELECT overrides an existing variable using an expression": "AS names a variable that is used already.",
    "IRI parsing failed": "an address between < and > is none.",
}
"""What the engine means by the words that it hides among the signs it expects."""
_TOLD: Final = 12
_GRACE: Final = 3
_MESSAGE: Final = 1000


class _TooLarge(Exception):
    """The answer is larger than it may be."""


class _Sink:
    """Takes what the engine writes, and sends it on in larger pieces; the first one after the answer's head."""

    def __init__(self, head: bytes, most: int) -> None:
        self._head, self._most, self._size = head, most, 0
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._size += len(data)
        if self._size > self._most:
            raise _TooLarge
        self._held += data
        if len(self._held) >= framing.PIECE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._head:
            framing.send(_OUT, framing.BEGUN, self._head)
            self._head = b""
        if self._held:
            framing.send(_OUT, framing.DATA, bytes(self._held))
            self._held.clear()


def main() -> None:
    """Confine this process, then read messages until there are no more.

    Its last two arguments are the graph's folder and the limit of memory in MiB.
    """
    folder, memory = Path(sys.argv[-2]), int(sys.argv[-1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    held = confine(folder, memory=memory)
    gc.disable()
    store: Store | None = None
    while True:
        try:
            kind, payload = framing.receive(_IN)
        except EOFError:
            return
        told = json.loads(payload)
        if kind == framing.OPEN:
            store = None
            store = _open(told["path"], held)
        elif store is not None:
            _answer(store, told)


def _open(path: str, held: tuple[str, ...]) -> Store | None:
    try:
        store = Store.read_only(path)
    except (OSError, RuntimeError, ValueError) as wrong:
        framing.send(_OUT, framing.FAILED, str(wrong)[:_MESSAGE].encode())
        return None
    framing.send(_OUT, framing.OPENED, json.dumps(held).encode())
    return store


def _answer(store: Store, told: Mapping[str, Any]) -> None:
    signal.alarm(told["seconds"] + _GRACE)
    try:
        _evaluate(store, told)
    except _TooLarge:
        framing.send(_OUT, framing.LARGE)
    except SyntaxError as wrong:
        framing.send(_OUT, framing.WRONG, _where(str(wrong)))
    except MemoryError:
        os._exit(framing.OUT_OF_MEMORY)
    except (RuntimeError, ValueError) as wrong:
        framing.send(_OUT, framing.WRONG, json.dumps([None, None, str(wrong)[:_MESSAGE]]).encode())
    except OSError as wrong:
        framing.send(_OUT, framing.FAILED, str(wrong)[:_MESSAGE].encode())
    else:
        framing.send(_OUT, framing.ENDED)
    signal.alarm(0)


def _evaluate(store: Store, told: Mapping[str, Any]) -> None:
    dataset: dict[str, Any] = {}
    if told["dataset"] is not None:
        default, named = told["dataset"]
        dataset = {"default_graph": [*map(NamedNode, default)], "named_graphs": [*map(NamedNode, named)]}
    elif not told["own_dataset"]:
        dataset = {"use_default_graph_as_union": True}
    found = store.query(told["text"], base_iri=told["base"], **dataset)
    form, media_type = _form(found), told["formats"].get(_form(found), "")
    sink = _Sink(json.dumps([form, media_type]).encode(), told["size"])
    if media_type:
        file = cast(IO[bytes], sink)
        if isinstance(found, QueryTriples):
            found.serialize(file, RdfFormat.from_media_type(media_type))
        else:
            found.serialize(file, QueryResultsFormat.from_media_type(media_type))
    sink.flush()


def _form(found: QuerySolutions | QueryBoolean | QueryTriples) -> str:
    if isinstance(found, QueryTriples):
        return "graph"
    return "truth" if isinstance(found, QueryBoolean) else "table"


def _where(message: str) -> bytes:
    found = _PLACE.match(message)
    line, column, rest = (int(found[1]), int(found[2]), found[3]) if found else (None, None, message)
    meant = next((told for words, told in _MEANT.items() if words in rest), None)
    if meant is not None:
        rest = meant
    elif wanted := [each for each in _WANTED.findall(_CLASSES.sub("", rest)) if each != "SERVICE"]:
        rest = "expected " + ", ".join(wanted[:_TOLD])
    return json.dumps([line, column, rest[:_MESSAGE]]).encode()
