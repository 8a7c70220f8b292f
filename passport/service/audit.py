"""The audit: the whole history read again, and everything in it that does not agree named by position and document."""

from collections.abc import Callable, Iterator, Sequence

from passport.errors import Damaged
from passport.ports import Entry, History, Parties
from passport.service.auditdocuments import DocumentAudit
from passport.service.auditlives import LifeAudit
from passport.service.auditproblems import AuditProblem, Found
from passport.service.audittree import TreeAudit
from passport.service.log import LOG
from passport.service.pacing import Progress

__all__ = ["AuditProblem", "audit"]

_CHUNK = 1024


def audit(
    history: History,
    parties: Parties,
    *,
    base: str,
    mark: str | None = None,
    per_code: int = 100,
    progress: Progress | None = None,
    erased: Callable[[AuditProblem], None] | None = None,
) -> list[AuditProblem]:
    """Read every document, leaf, tree node and product again and compare all that must agree; empty when all does.

    1. Positions have no gap.
    2. The bytes of each document have its digest; its header names a key of its issuer that was in use; the signature
       holds; and what the payload claims (issuer, id, status entry, product, version, tier) is what is stored beside
       it.
       A document whose content was erased by an event in the log has neither bytes nor claims.
    3. Each leaf is that of its document and of the one before it of the same product.
    4. Each tree node is the hash of its leaf or of its two children, and there is none beyond the leaves.
    5. Every published checkpoint is signed by the log, and is of the leaves as they are read; so is ``mark``, the note
       that is kept outside the database.
    6. No status entry is given twice.
    7. Each product's row says what its documents say, its state, owner, holder, operator and open offer are what its
       events fold into, and its model reference is that version's digest.
    8. What was withdrawn or never happened is revoked, and nothing else is.

    ``base`` is the service's address. Of each code the first ``per_code`` problems are listed, the first bad entry of
    the log first, and the others counted in one more. ``progress`` gets how many documents of how many were read,
    ``erased`` those whose content was erased, which is no problem. Memory grows with the number of products, not of
    documents. The physical soundness of the store is its adapter's business.
    """
    found, gone = Found(per_code), Found(per_code)
    try:
        _Audit(history, parties, base, mark, found, gone).run(progress or _silent)
    except Damaged as error:
        found.add(AuditProblem("unreadable", str(error)))
    if erased is not None:
        for each in gone.listed():
            erased(each)
    return found.listed()


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


class _Audit:
    def __init__(
        self, history: History, parties: Parties, base: str, mark: str | None, found: Found, gone: Found
    ) -> None:
        self._history, self._found = history, found
        erasures = history.erasures()
        self._documents = DocumentAudit(parties, base, erasures, found, gone)
        self._lives = LifeAudit(history, base, erasures, found)
        self._tree = TreeAudit(history, found, keys=parties.keys(LOG), mark=mark)

    def run(self, progress: Progress) -> None:
        size = self._history.size()
        progress(0, size)
        for start in range(0, size, _CHUNK):
            stop = min(start + _CHUNK, size)
            self._chunk(start, stop)
            progress(stop, size)
        self._tree.surplus(size)
        self._tree.finish()
        self._documents.unlogged(self._lives.finish())

    def _chunk(self, start: int, stop: int) -> None:
        leaves = {node.index: node.hash for node in self._history.nodes(0, start, stop)}
        expected = start
        for entry in self._entries(start, stop):
            position = entry.document.position
            self._missing(expected, position, leaves)
            expected = position + 1
            if _well_typed(entry):
                credential = self._documents.check(entry.document)
                node = leaves.get(position)
                self._tree.leaf(self._lives.follow(entry, node, credential), node)
            else:
                self._found.note("unreadable", "a value has a type that it cannot have", entry.document)
                self._tree.gap(leaves.get(position))
        self._missing(expected, stop, leaves)
        self._tree.nodes(start, stop)

    def _entries(self, start: int, stop: int) -> Iterator[Entry]:
        """The entries that can be read; of a range that cannot, each half again."""
        try:
            entries: Sequence[Entry] = list(self._history.scan(start, stop))
        except Damaged as error:
            if stop - start == 1:
                self._found.add(AuditProblem("unreadable", str(error), start))
                return
            middle = (start + stop) // 2
            yield from self._entries(start, middle)
            yield from self._entries(middle, stop)
        else:
            yield from entries

    def _missing(self, start: int, stop: int, leaves: dict[int, bytes]) -> None:
        for position in range(start, stop):
            detail = "there is no document that can be read at this position"
            self._found.add(AuditProblem("missing", detail, position))
            self._tree.gap(leaves.get(position))


def _well_typed(entry: Entry) -> bool:
    """Rot may turn text into bytes or a number; nothing of that kind is looked at further."""
    document = entry.document
    texts = (document.id, document.code, document.at, document.issuer)
    blobs = (entry.leaf, document.header, document.payload, document.signature, document.digest)
    numbers = (document.version, document.seq, document.start, document.status_list, document.status_index)
    kinds = {*map(type, texts)}, {*map(type, blobs)}, {*map(type, numbers)}
    return kinds == ({str}, {bytes}, {int})
