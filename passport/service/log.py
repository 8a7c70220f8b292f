"""The log as others see it: checkpoints, made late but never wrong, and never of a smaller or another tree."""

from dataclasses import dataclass
from threading import Event

from passport.errors import Conflict, Damaged, KeysLocked, LogStopped
from passport.ports import Checkpoint, Key
from passport.proofs import checkpoints, ledger, notes
from passport.proofs.checkpoints import Head
from passport.proofs.notes import NoteError, Verifier
from passport.service.pacing import Tell, repeat
from passport.service.system import System

LOG = "log"
"""The pseudo-organisation whose keys sign checkpoints, and the last part of the log's name."""

INTERVAL = 1.0
"""Seconds between two looks at the log."""

RETRY = 30.0
"""Seconds to wait after something went wrong."""

_SIGNING = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """How the log stands: its size, what was last published, and why no more is published if something is wrong."""

    origin: str
    size: int
    published: Checkpoint | None
    trouble: str | None

    @property
    def lag(self) -> int:
        """How many documents are in no checkpoint yet."""
        return max(0, self.size - (self.published.size if self.published else 0))


def name(system: System, number: int = 1) -> str:
    """What the log is called (its origin): its address without the scheme. Logs begun anew have a number after it."""
    first = f"{system.base.partition('://')[2]}/{LOG}"
    return first if number == 1 else f"{first}-{number}"


def origin(system: System) -> str:
    """The origin of the log that stands now."""
    return name(system, _number(system, system.history.checkpoint()))


def verifiers(system: System, called: str) -> list[Verifier]:
    """Every key that ever signed checkpoints, the newest first, under a log's name."""
    return [Verifier(called, notes.ED25519, key.public) for key in reversed(system.parties.keys(LOG))]


def vkeys(system: System) -> list[str]:
    """The public keys that sign now, as they are published, the newest first."""
    called = origin(system)
    return [Verifier(called, notes.ED25519, key.public).vkey() for key in reversed(_signing(system))]


def standing(system: System) -> Standing:
    """How the log stands now. Nothing is written.

    What was published is the larger of two: what the database keeps, and what was written outside it. Each must be
    signed by this log and be of a beginning of the tree as it is.
    """
    kept = system.history.checkpoint()
    called = name(system, _number(system, kept))
    try:
        marked = _marked(system)
        size = system.history.size()
        for each in dict.fromkeys(_bare(each) for each in (marked, kept) if each is not None):
            _compare(system, each, size)
        published = max((each for each in (kept, marked) if each), key=lambda each: each.size, default=None)
    except (NoteError, Damaged) as wrong:
        return Standing(called, system.history.size(), kept, str(wrong))
    return Standing(called, size, published, None)


def checkpoint(system: System) -> Checkpoint:
    """The newest published checkpoint; the first is made when it is asked for.

    Raises ``LogStopped`` when nothing may be published, ``KeysLocked`` when there is none and no key to sign it.
    """
    now = standing(system)
    if now.trouble is not None:
        raise _stopped(now.trouble)
    return now.published or publish(system)


def covering(system: System, position: int) -> Checkpoint:
    """The newest checkpoint, made anew when it does not have ``position`` yet. Raises as ``publish`` does."""
    kept = system.history.checkpoint()
    return kept if kept is not None and position < kept.size else publish(system)


def publish(system: System) -> Checkpoint:
    """Make a checkpoint of the log as it is, unless the newest one says the same under the same keys.

    1. What was published before, in the database and outside it, is of a beginning of this tree (``standing``).
    2. A consistency proof from its size to this one holds.
    3. The note is signed by the newest key, and by the one before it unless that is revoked.
    4. It is written outside the database, then into it: that publishes it.

    Raises ``LogStopped`` when 1 or 2 fail, ``KeysLocked`` without keys.
    """
    with system.marks.held():
        now = standing(system)  # 1
        if now.trouble is not None:
            raise _stopped(now.trouble)
        keys = _signing(system) or [_first_key(system)]
        root = ledger.root_at(now.size, reader(system))
        head = Head(now.origin, now.size, root)
        before = now.published
        if before is not None and before.size == head.size and _says(before, head, keys):
            return _kept(system, before)
        if before is not None and before.size:
            proof = ledger.consistency(before.size, head.size, reader(system))  # 2
            if not ledger.verify_consistency(before.size, head.size, before.root, root, proof):
                raise _stopped(f"the tree has changed below size {before.size}")
        note = notes.written(head.text(), _lines(system, head, keys))  # 3
        return keep(system, Checkpoint(head.size, root, note, system.now()))


def keep(system: System, made: Checkpoint) -> Checkpoint:
    """Publish a checkpoint that was proved: first outside the database, then in it (``marks.held`` is ours)."""
    system.marks.write(made.note)
    return _kept(system, made)


def begin_anew(system: System) -> Checkpoint:
    """End a log that documents were lost from, and begin another under another name with those that are left.

    The last checkpoint of the ended one stays published. Raises ``Conflict`` when nothing was lost, and when the
    database contradicts itself: then only a sound copy of it helps.
    """
    with system.marks.held():
        now = standing(system)
        if now.trouble is None:
            raise Conflict("Nothing is wrong with the log: it goes on as it is.")
        kept = system.history.checkpoint()
        if kept is not None and (kept.size > now.size or kept.root != root_at(system, kept.size)):
            raise Conflict("The database contradicts the checkpoints in it: put a sound copy in its place.")
        system.marks.retire(_number(system, kept))
    return publish(system)


def root_at(system: System, size: int) -> bytes:
    """The root hash of the first ``size`` documents. Raises ``Damaged`` when a node is missing."""
    return ledger.root_at(size, reader(system))


def reader(system: System) -> ledger.NodeReader:
    """Reads tree nodes. Raises ``Damaged`` for one that is missing."""

    def node(level: int, index: int) -> bytes:
        found = system.history.nodes(level, index, index + 1)
        if not found:
            raise Damaged(f"tree node {index} of level {level} is missing")
        return found[0].hash

    return node


def keep_up(system: System, *, stop: Event, tell: Tell) -> None:
    """Publish a checkpoint whenever the log has grown, until ``stop`` is set. ``tell`` gets what goes wrong."""
    done = ""

    def step() -> float:
        nonlocal done
        wanted = _wanted(system)  # before, since the log may grow while a checkpoint is made
        if system.signer.unlocked and wanted != done:
            publish(system)
            done = wanted
        return INTERVAL

    repeat(step, stop=stop, tell=tell, retry=RETRY)


def _wanted(system: System) -> str:
    """What the newest checkpoint should be of: so many documents, signed by these keys."""
    return " ".join((str(system.history.size()), *(key.kid for key in _signing(system))))


def _number(system: System, kept: Checkpoint | None) -> int:
    """Which log this is: the one after those that have ended, and none before the one that was published."""
    first = f"{name(system)}-"
    called = kept.note.partition("\n")[0] if kept else ""
    ending = called.removeprefix(first) if called.startswith(first) else ""
    published = int(ending) if ending.isdecimal() else 1
    return max(published, *(ended + 1 for ended in system.marks.former()), 1)


def _compare(system: System, published: Checkpoint, size: int) -> None:
    """Raise ``NoteError`` unless the checkpoint is one of this service, and of a beginning of its tree."""
    note = notes.parse(published.note)
    head = checkpoints.head(note.text)
    if head.origin.removeprefix(name(system)).strip("-0123456789") or not notes.verified(
        note, verifiers(system, head.origin)
    ):
        raise NoteError(f"the checkpoint of {head.size} documents is not signed by a key of this log")
    if (head.size, head.root) != (published.size, published.root):
        raise NoteError(f"the checkpoint of {published.size} documents is not the one that was kept")
    if head.size > size:
        raise NoteError(f"a checkpoint of {head.size} documents was published, and there are {size}")
    if root_at(system, head.size) != head.root:
        raise NoteError(f"the first {head.size} documents are not those of the checkpoint that was published")


def _bare(published: Checkpoint) -> Checkpoint:
    return Checkpoint(published.size, published.root, published.note, "")


def _marked(system: System) -> Checkpoint | None:
    note = system.marks.read()
    if note is None:
        return None
    head = checkpoints.head(notes.parse(note).text)
    return Checkpoint(head.size, head.root, note, "")


def _says(published: Checkpoint, head: Head, keys: list[Key]) -> bool:
    """Whether a published note states this head, signed by exactly these keys (cosignatures left aside)."""
    note = notes.parse(published.note)
    own = {each.key_id for each in note.signatures if each.name == head.origin}
    return note.text == head.text() and own == {Verifier(head.origin, notes.ED25519, key.public).key_id for key in keys}


def _kept(system: System, published: Checkpoint) -> Checkpoint:
    newest = system.history.checkpoint()
    if newest is None or newest.size < published.size or newest.note != published.note:
        made = published if published.at else Checkpoint(published.size, published.root, published.note, system.now())
        system.history.keep_checkpoint(made)
        return made
    return newest


def _signing(system: System) -> list[Key]:
    """The keys that sign now, the newest last: also the one before, for clients that know only that."""
    return [key for key in system.parties.keys(LOG) if key.revoked is None][-_SIGNING:]


def _first_key(system: System) -> Key:
    if not system.signer.unlocked:
        raise KeysLocked("The signing keys are locked: no checkpoint of the log can be signed.")
    key = system.signer.create(LOG, system.now())
    system.parties.add_key(key)
    return key


def _lines(system: System, head: Head, keys: list[Key]) -> list[str]:
    if not system.signer.unlocked:
        raise KeysLocked("The signing keys are locked: no checkpoint of the log can be signed.")
    text = head.text().encode()
    return [
        Verifier(head.origin, notes.ED25519, key.public).line(system.signer.sign(key.kid, text))
        for key in reversed(keys)
    ]


def _stopped(trouble: str) -> LogStopped:
    return LogStopped(f"No checkpoint is published: {trouble}.", trouble=trouble)
