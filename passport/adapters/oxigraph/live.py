"""The writer's own store: named graphs in RocksDB, and the log position up to which they are durably known.

The position lies beside RocksDB's files, in ``PROGRESS``, and is written after what it tells of: a process that is
killed does at most a part of its work again. A store without it was never finished, and is thrown away.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from passport.adapters.files import make_private, write_durably
from passport.adapters.oxigraph.loading import Loading

PROGRESS: Final = "PROGRESS"
_PREFIX: Final = "store-"


class Broken(Exception):
    """The store's files fail. ``damaged`` when they are wrong or gone, not when, say, the disk is full."""

    def __init__(self, reason: str, *, damaged: bool) -> None:
        super().__init__(reason)
        self.damaged = damaged


@contextmanager
def sound() -> Iterator[None]:
    """Whatever Oxigraph raises in the block is ``Broken``: it tells of corruption by ``RuntimeError``."""
    try:
        yield
    except (RuntimeError, OSError) as wrong:
        raise Broken(str(wrong), damaged=isinstance(wrong, RuntimeError | FileNotFoundError)) from wrong


class Live:
    """One store in a folder of its own, and how far it got. ``fresh`` while it was never kept."""

    def __init__(self, path: Path, *, position: int = 0, mark: bytes = b"", fresh: bool = True) -> None:
        """Open it, or make it where it is not there. Raises ``Broken``."""
        self.path = path
        self.position = position
        self.mark = mark
        self.removed = False
        """Whether bytes of something that was removed may be left in the files."""
        self._place = None
        with sound():
            if fresh:
                make_private(path)
            self._store = Store(path)
            self._size = len(self._store)
            self._loading = Loading(self._store) if fresh else None
            self._place = _place(path)

    def put(self, name: str, triples: bytes) -> None:
        """Let a named graph hold these statements (N-Triples). Raises ``SyntaxError`` for what is none."""
        if self._loading is not None and not self._loading.knows(name):
            if triples:
                with sound():
                    self._loading.add(name, triples)
            return
        with sound():
            self._load()
            graph = NamedNode(name)
            new = {
                Quad(each.subject, each.predicate, each.object, graph) for each in parse(triples, RdfFormat.N_TRIPLES)
            }
            old = set(self._store.quads_for_pattern(None, None, None, graph))
            self._change(old - new, new - old)
            if not new:
                self._store.remove_graph(graph)

    def _change(self, old: set[Quad], new: set[Quad]) -> None:
        self._store.extend(new)
        for each in old:
            self._store.remove(each)
        self.removed = self.removed or bool(old)
        self._size += len(new) - len(old)

    def naming(self, iri: str) -> tuple[str, ...]:
        """The named graphs with a statement about something else that leads to ``iri``."""
        with sound():
            self._load()
            found = self._store.quads_for_pattern(None, None, NamedNode(iri), None)
            names = {each.graph_name for each in found if not isinstance(each.graph_name, DefaultGraph)}
        return tuple(sorted(each.value for each in names))

    def size(self) -> int:
        """How many statements it has."""
        with sound():
            self._load()
        return self._size

    def keep(self) -> None:
        """Make everything durable, then how far it got."""
        with sound():
            if self._loading is not None:
                self._load()
                self._store.optimize()
                self._loading.drop()
                self._loading = None
            self._store.flush()
        said = {"position": self.position, "mark": self.mark.hex(), "size": self._size}
        with sound():
            write_durably(self.path / PROGRESS, json.dumps(said).encode(), replace=True)

    def backup(self, to: Path) -> None:
        """Make a store of its own of what it holds now, of hard links where that can be."""
        with sound():
            if self._loading is not None:
                self._load()
            self._store.flush()
            self._store.backup(to)

    def copied(self, path: Path) -> "Live":
        """The same in new files, in which nothing is left of what was removed.

        Compacting is not enough: Oxigraph keeps every string that it ever saw.
        """
        other = Live(path, position=self.position, mark=self.mark)
        with sound():
            other._store.bulk_extend(iter(self._store))
            other._size = len(other._store)
        return other

    def gone(self) -> bool:
        """Whether its files are not there any more."""
        return _place(self.path) != self._place

    def close(self) -> None:
        """Let go of the files."""
        if self._loading is not None:
            self._loading.drop()
        self._loading = None
        del self._store

    def _load(self) -> None:
        if self._loading is not None and self._loading.finish():
            self._size = len(self._store)


def _place(path: Path) -> tuple[int, int] | None:
    """Which files these are: others may have taken their place."""
    try:
        found = (path / "IDENTITY").stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def newest(folder: Path) -> Live:
    """The newest store that got somewhere; a new one where there is none, or it is damaged.

    What else is there is thrown away. Raises ``Broken``.
    """
    for path in sorted(_all(folder), reverse=True):
        live = _kept(path)
        if live is not None:
            discard_others(folder, live)
            return live
    live = Live(next_path(folder))
    discard_others(folder, live)
    return live


def next_path(folder: Path) -> Path:
    """Where the next store goes: a number is not used twice while anything of that name is left."""
    last = max((int(each.name.removeprefix(_PREFIX)) for each in _all(folder)), default=0)
    return folder / f"{_PREFIX}{last + 1:06}"


def discard_others(folder: Path, live: Live) -> None:
    """Delete all stores but this one."""
    for path in _all(folder):
        if path != live.path:
            shutil.rmtree(path, ignore_errors=True)


def _all(folder: Path) -> list[Path]:
    return [each for each in folder.glob(f"{_PREFIX}*") if each.name.removeprefix(_PREFIX).isdecimal()]


def _kept(path: Path) -> Live | None:
    try:
        said = json.loads((path / PROGRESS).read_bytes())
        position, mark, size = int(said["position"]), bytes.fromhex(said["mark"]), int(said["size"])
        if not (path / "CURRENT").is_file():
            return None
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None
    try:
        live = Live(path, position=position, mark=mark, fresh=False)
    except Broken as wrong:
        if wrong.damaged:
            return None
        raise
    if size and not live.size():
        live.close()
        return None
    live.removed = True
    return live
