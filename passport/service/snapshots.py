"""Snapshots: the public data exactly as of one signed checkpoint of the log, as files to download and to cite."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from functools import lru_cache
from threading import Event
from typing import BinaryIO, Final

from passport.codecs import csvlines, dumps, extracts, forms, manifests
from passport.codecs.extracts import Described
from passport.errors import NotFound, SnapshotReleased, SnapshotWithdrawn
from passport.model.dataset import DataFile, Released, Snapshot, Statistics, Struck
from passport.model.passport import Product
from passport.ports import Checkpoint, Draft
from passport.proofs import checkpoints, notes
from passport.service import linked, log
from passport.service.measuring import Output
from passport.service.pacing import Progress, Stopped, Tell, repeat
from passport.service.striking import erased_public, read, sound, strike_erased
from passport.service.system import System

FORM: Final = "1"
"""Changes with the files of a snapshot and what is in them."""

QUADS, TURTLE, CSV, TEXT = "application/n-quads", "text/turtle", "text/csv", "text/plain"
CSVW: Final = "application/csvm+json"
EVERYTHING: Final = "all.nq.gz"
SHARED: Final = "shared.ttl.gz"
CHECKPOINT: Final = "checkpoint"
COLUMNS: Final = "csv-metadata.json"
"""The columns of the tables and what stands in them (CSV on the Web)."""

LASTING: Final = (manifests.MANIFEST, CHECKPOINT)
"""What stays of a snapshot that is released: by it whoever has a copy can check it, and it can be cited."""

INTERVAL: Final = 60.0
"""Seconds between two looks of who takes them by the day."""

_AT_ONCE = 500
_RENEWED = 5_000
_MODELS = 2_000


def take(system: System, *, progress: Progress | None = None, stop: Event | None = None) -> tuple[Snapshot, bool]:
    """Take a snapshot of the public data as of the newest checkpoint, which is made first; unless nothing has changed.

    1. Snapshots that knew what was erased since are struck out.
    2. The checkpoint says which log it is of. If the newest snapshot says the same already, that one is given.
    3. The files are written beside their place, product by product in the order of the short codes.
    4. They are there all at once. What was erased meanwhile strikes this one out, too, and another one is taken.

    Gives the snapshot and whether it is new. ``progress`` gets how many documents of how many are done. Raises
    ``KeysLocked`` when no checkpoint can be made, ``LogStopped``, and ``StoreBusy`` while another process takes one.
    """
    while True:
        strike_erased(system)  # 1
        point = log.publish(system) if system.signer.unlocked else log.checkpoint(system)  # 2
        stamp = _stamp(system, point)
        before = newest(system)
        if before is not None and before.stamp == stamp:
            return before, False
        name = _name(system)
        with system.snapshots.making(name) as draft:  # 3
            made = _Writing(system, draft, point, progress, stop).written(name, stamp)
        if name not in strike_erased(system):  # 4
            return made, True


def names(system: System) -> list[str]:
    """The names of the snapshots that are there with all files, the newest first."""
    return [name for name in reversed(system.snapshots.names()) if _whole(system, name)]


def _whole(system: System, name: str) -> bool:
    return system.snapshots.notice(name) is None and system.snapshots.released(name) is None


def newest(system: System) -> Snapshot | None:
    """The newest snapshot that is there with all files and can be read."""
    return next(standing(system), None)


def standing(system: System) -> Iterator[Snapshot]:
    """The snapshots that are there with all files and can be read, the newest first."""
    found = (sound(system, name) for name in names(system))
    return (each for each in found if each is not None)


def find(system: System, name: str) -> Snapshot:
    """One snapshot with all its files. Raises ``SnapshotReleased``, and otherwise as ``record`` does."""
    found = record(system, name)
    notice = system.snapshots.released(name)
    if notice is None:
        return found
    here, kept = f"{system.base}/data/{name}", newest(system)
    raise SnapshotReleased(
        "The files of this snapshot have been removed. Its manifest and its checkpoint are kept.",
        at=manifests.released(notice).at,
        issued=found.issued,
        size=found.size,
        root=found.root,
        manifest=f"{here}/{manifests.MANIFEST}",
        checkpoint=f"{here}/{CHECKPOINT}",
        following=None if kept is None else f"{system.base}/data/{kept.name}",
    )


def record(system: System, name: str) -> Snapshot:
    """What a snapshot is or was, as its manifest says it.

    Raises ``SnapshotWithdrawn`` for one that was struck out, ``NotFound`` when there never was one.
    """
    found = read(system, name)
    if found is not None:
        return found
    notice = system.snapshots.notice(name)
    if notice is None:
        raise NotFound("There is no snapshot of that name.")
    struck = manifests.struck(notice)
    after = [each for each in _later(system, name) if _whole(system, each)]
    raise SnapshotWithdrawn(
        "This snapshot was withdrawn: the content of a document in it had to be erased.",
        at=struck.at,
        acts=struck.acts,
        following=f"{system.base}/data/{after[0]}" if after else None,
    )


def struck_out(system: System) -> Iterator[Struck]:
    """The snapshots that were struck out, the newest first."""
    found = (system.snapshots.notice(name) for name in reversed(system.snapshots.names()))
    return (manifests.struck(each) for each in found if each is not None)


def released(system: System) -> Iterator[Released]:
    """The snapshots whose files are not kept any longer, the newest first."""
    found = (system.snapshots.released(name) for name in reversed(system.snapshots.names()))
    return (manifests.released(each) for each in found if each is not None)


def release(system: System, *, keep: int) -> list[str]:
    """Take the files of all but the ``keep`` newest snapshots away, except what lasts; gives the names of these.

    What was struck out or released before counts for none; one from the future, which a clock gone wrong has left, is
    older than all others. One whose manifest is damaged is left for the operator.
    """
    today = system.now()[:10]
    found = sorted(names(system), key=lambda name: name[:10] > today)
    going = [name for name in found[keep:] if sound(system, name) is not None]
    for name in (*going, *(each.name for each in released(system))):
        notice = manifests.farewell(Released(name, system.now()))
        system.snapshots.release(name, notice, kept=LASTING)
    return going


def open_file(system: System, name: str, file: str) -> tuple[Snapshot, DataFile, BinaryIO]:
    """A file of a snapshot, to be read and closed; what lasts also of one that was released.

    Raises as ``find`` does, and ``NotFound`` for an unknown file.
    """
    snapshot = record(system, name) if file in LASTING else find(system, name)
    known = snapshot.file(file)
    opened = system.snapshots.open(name, file) if known is not None else None
    if known is None or opened is None:
        raise NotFound("The snapshot has no such file.")
    return snapshot, known, opened


def keep_up(system: System, *, days: int, keep: int | None = None, stop: Event, tell: Tell) -> None:
    """Take a snapshot every so many days, after midnight UTC, until ``stop`` is set; none by itself with 0 days.

    With ``keep`` all but so many of the newest are released, at the first look and whenever one was taken.

    Snapshots that know what was erased are struck out at every look. ``tell`` gets what goes wrong; it is tried again.
    Nobody waits for the day of one from the future, which a clock gone wrong has left.
    """
    looked, known, kept = _day_of(system), -1, 0

    def step() -> float:
        nonlocal looked, known, kept
        size = system.history.size()
        if size != known:
            strike_erased(system)
        known = size
        today = date.fromisoformat(system.now()[:10])
        if days and size and (looked is None or not 0 <= (today - looked).days < days):
            take(system, stop=stop)
            looked = today
        number = len(system.snapshots.names())
        if keep is not None and kept != number:
            release(system, keep=keep)
            kept = number
        return INTERVAL

    repeat(step, stop=stop, tell=tell, retry=INTERVAL)


def _day_of(system: System) -> date | None:
    names = system.snapshots.names()
    return date.fromisoformat(names[-1][:10]) if names else None


def _later(system: System, name: str) -> list[str]:
    names = list(system.snapshots.names())
    return names[names.index(name) + 1 :] if name in names else []


def _name(system: System) -> str:
    """Today's date, with the next number if there was one today."""
    today = system.now()[:10]
    numbers = [int(each[11:] or 1) for each in system.snapshots.names() if each[:10] == today]
    return f"{today}-{max(numbers) + 1}" if numbers else today


def _stamp(system: System, point: Checkpoint) -> str:
    """What a snapshot follows from: two of the same stamp say the same."""
    made_from = hashlib.sha256()
    published = sorted(system.published.manifest().items())
    made_from.update(ascii((FORM, linked.FORM, point.size, point.root.hex(), system.licence, published)).encode())
    for name, triples in sorted(linked.shared(system).items()):
        made_from.update(name.encode() + b"\0" + triples)
    return made_from.hexdigest()


class _Writing:
    """All files of one snapshot, written in one pass; memory does not grow with the number of products."""

    def __init__(
        self, system: System, draft: Draft, point: Checkpoint, progress: Progress | None, stop: Event | None
    ) -> None:
        self._system = system
        self._draft = draft
        self._point = point
        self._progress = progress
        self._stop = stop
        self._counted = dumps.Counted()
        self._passed = 0
        self._outputs: dict[str, Output] = {}
        self._linked = linked.Linked(system)
        self._inherited = lru_cache(maxsize=_MODELS)(self._of_model)

    def written(self, name: str, stamp: str) -> Snapshot:
        """Write everything, the manifest last; gives what it says."""
        system = self._system
        erased = frozenset(erased_public(system))
        with ExitStack() as stack:
            stack.callback(self._close)
            self._shared()
            self._products()
        files = (
            self._small(CHECKPOINT, TEXT, self._point.note.encode()),
            self._small(COLUMNS, CSVW, extracts.metadata()),
            *(each.told() for _, each in sorted(self._outputs.items())),
        )
        rows = {each.name: each.rows for each in files}
        counted = self._counted
        first, last = self._times()
        snapshot = Snapshot(
            name=name,
            issued=system.now(),
            licence=system.licence,
            origin=checkpoints.head(notes.parse(self._point.note).text).origin,
            size=self._point.size,
            root=b64encode(self._point.root).decode(),
            first=first,
            last=last,
            stamp=stamp,
            statistics=Statistics(
                counted.triples,
                counted.graphs,
                counted.entities,
                rows[_file_of(extracts.PASSPORTS)],
                rows[_file_of(extracts.EVENTS)],
                dict(sorted(counted.classes.items())),
                dict(sorted(counted.properties.items())),
            ),
            files=files,
            erased=erased,
            published=dict(system.published.manifest()),
        )
        with self._draft.create(manifests.MANIFEST) as file:
            file.write(manifests.manifest(snapshot, base=system.base))
        return snapshot

    def _close(self) -> None:
        for each in self._outputs.values():
            each.close()

    def _output(self, name: str, media_type: str, head: bytes = b"") -> Output:
        if name not in self._outputs:
            made = self._outputs[name] = Output(self._draft, name, media_type)
            made.write(head, 0)
        return self._outputs[name]

    def _small(self, name: str, media_type: str, data: bytes) -> DataFile:
        """Write a file that is not packed."""
        with self._draft.create(name) as file:
            file.write(data)
        digest = hashlib.sha256(data).hexdigest()
        return DataFile(name, media_type, len(data), digest, 1, len(data), digest)

    def _times(self) -> tuple[str, str]:
        """When the first and the last document were accepted that are known."""
        history, size = self._system.history, self._point.size
        ends = [next(iter(history.scan(place, place + 1)), None) for place in (0, size - 1)] if size else []
        first, last = (each.document.at if each is not None else "" for each in (ends or (None, None)))
        return first, last

    def _shared(self) -> None:
        for graph, triples in sorted(linked.shared(self._system).items()):
            self._graph(graph, triples, SHARED)

    def _graph(self, graph: str, triples: bytes, file: str) -> Described:
        """Write one named graph; gives what it says."""
        statements = forms.parsed(triples)
        self._counted.take(statements)
        self._output(EVERYTHING, QUADS).write(dumps.quads(triples, graph), len(statements))
        self._output(file, TURTLE, dumps.TURTLE_HEAD).write(dumps.turtle(statements), len(statements))
        described = Described(graph)
        for each in statements:
            described.add(each)
        return described

    def _products(self) -> None:
        for table in extracts.TABLES:
            self._output(_file_of(table), CSV, csvlines.lines([table.header]))
        after: str | None = None
        done = 0
        while products := self._system.history.products(level=None, after=after, limit=_AT_ONCE):
            for number, product in enumerate(products):
                if self._stop is not None and self._stop.is_set():
                    raise Stopped
                self._product(product)
                done = min(done + product.seq, self._point.size)
                if self._progress is not None and number % 20 == 0:
                    self._progress(done, self._point.size)
            after = products[-1].code
            self._passed += len(products)
            if self._passed % _RENEWED == 0:
                self._linked = linked.Linked(self._system)

    def _product(self, product: Product) -> None:
        triples = self._linked.graph(product.code, size=self._point.size)
        if not triples:
            return
        described = self._graph(linked.graph_name(self._system, product.code), triples, f"{product.group}.ttl.gz")
        for table, row in extracts.rows(described, lambda model, column: self._inherited(model).get(column, "")):
            self._output(_file_of(table), CSV).write(csvlines.lines([row]), 1)

    def _of_model(self, address: str) -> dict[str, str]:
        """What pieces have from a model, by the columns of the table of passports."""
        triples = self._linked.graph(address.rpartition("/")[2], size=self._point.size)
        model = Described.of(address, triples)
        return {
            column.name: model.value(address, column.path) for column in extracts.PASSPORTS.columns if column.inherited
        }


def _file_of(table: extracts.Table) -> str:
    return f"{table.name}.csv.gz"
