"""The audit of the tree: every node against those below it, and every published checkpoint against the leaves."""

from collections.abc import Iterable

from passport.errors import Damaged
from passport.ports import Checkpoint, History, Key
from passport.proofs import checkpoints, ledger, notes
from passport.proofs.notes import NoteError, Verifier
from passport.service.auditproblems import AuditProblem, Found

_CHUNK = 1024


class TreeAudit:
    """Takes the leaves in their order, as they are read again; knows at each size what the root should be."""

    def __init__(self, history: History, found: Found, *, keys: Iterable[Key], mark: str | None) -> None:
        """``keys`` are those that ever signed checkpoints, ``mark`` is the note kept outside the database."""
        self._history, self._found = history, found
        self._keys = [key.public for key in keys]
        self._size, self._good = 0, 0
        self._odd: int | None = None
        self._whole = True
        self._frontier: list[bytes] = []
        self._wanted: dict[int, list[bytes]] = {}
        self._largest = 0
        self._read(mark)
        self._compare()

    def _read(self, mark: str | None) -> None:
        try:
            for each in self._history.checkpoints():
                self._want(each.note, each)
        except Damaged as error:
            self._found.add(AuditProblem("checkpoint", str(error)))
        if mark is not None:
            self._want(mark, None)

    def _want(self, text: str, kept: Checkpoint | None) -> None:
        place = "kept outside the database" if kept is None else f"of {kept.size} documents"
        try:
            note = notes.parse(text)
            head = checkpoints.head(note.text)
            signers = [Verifier(head.origin, notes.ED25519, public) for public in self._keys]
            if not notes.verified(note, signers):
                raise NoteError("no key of the log has signed it")
        except NoteError as wrong:
            self._found.add(AuditProblem("checkpoint", f"the checkpoint {place} cannot be believed: {wrong}"))
            return
        if kept is not None and (kept.size, kept.root) != (head.size, head.root):
            self._found.add(AuditProblem("checkpoint", f"the checkpoint {place} is not the one that was kept"))
        self._wanted.setdefault(head.size, []).append(head.root)
        self._largest = max(self._largest, head.size)

    def leaf(self, digest: bytes, node: bytes | None) -> None:
        """The next leaf by its hash as it is read, and by that of its node."""
        size = self._size
        if digest != node and self._odd is None:
            self._odd = size
        while size & 1:
            digest = ledger.node_hash(self._frontier.pop(), digest)
            size >>= 1
        self._frontier.append(digest)
        self._size += 1
        if self._size in self._wanted:
            self._compare()

    def gap(self, digest: bytes | None) -> None:
        """The next leaf cannot be read; its stored hash, if there is one, stands for it."""
        self._whole = self._whole and digest is not None
        self.leaf(digest or b"", digest)

    def _compare(self) -> None:
        """Compare the leaves so far with what was published at this size: the first bad one comes after a good size."""
        first = self._good if self._odd is None else self._odd
        for root in self._wanted.get(self._size, ()) if self._whole else ():
            if ledger.root(self._frontier) == root:
                self._good = self._size
            else:
                detail = f"the first {self._size} documents are not those of the checkpoint that was published"
                self._found.add(AuditProblem("checkpoint", detail, first))

    def finish(self) -> None:
        """Name what was published of documents that are not there."""
        if self._largest > self._size:
            detail = f"a checkpoint of {self._largest} documents was published, and there are {self._size}"
            self._found.add(AuditProblem("checkpoint", detail, self._size))

    def nodes(self, start: int, stop: int) -> None:
        """Check all inner nodes that the leaves from ``start`` to ``stop`` completed against their children."""
        below = self._stored(0, start & ~1, stop)
        for level in range(1, stop.bit_length()):
            low, high = start >> level, stop >> level
            if low == high:
                return
            stored = self._stored(level, low & ~1, high)
            for index in range(low, high):
                left, right = below.get(2 * index), below.get(2 * index + 1)
                if left is None or right is None or stored.get(index) != ledger.node_hash(left, right):
                    detail = f"tree node {index} of level {level} is not the hash of the two below it"
                    self._found.add(AuditProblem("node", detail, index << level))
            below = stored

    def _stored(self, level: int, low: int, high: int) -> dict[int, bytes]:
        return {node.index: node.hash for node in self._history.nodes(level, low, high)}

    def surplus(self, size: int) -> None:
        """Name nodes that stand beyond the last leaf."""
        for node in self._history.nodes(0, size, size + _CHUNK):
            detail = "there is no document that can be read at this position"
            self._found.add(AuditProblem("missing", detail, node.index))
        for level in range(1, size.bit_length() + 1):
            for node in self._history.nodes(level, size >> level, (size >> level) + _CHUNK):
                detail = f"tree node {node.index} of level {level} stands beyond the last leaf"
                self._found.add(AuditProblem("node", detail, node.index << level))
