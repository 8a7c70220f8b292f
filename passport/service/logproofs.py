"""What others take from the log to check it: tiles, entry bundles, proofs of inclusion and consistency."""

from dataclasses import dataclass

from passport.errors import Damaged, Malformed, NotFound
from passport.model.passport import Document, Kind, Tier
from passport.ports import Checkpoint
from passport.proofs import checkpoints, ledger, tiles
from passport.service import log, resolution
from passport.service.system import System


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That one leaf is in the tree: its index and hash, the proof from its sibling upwards, and the tree's head."""

    index: int
    leaf: bytes
    size: int
    root: bytes
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Consistency:
    """That a tree is a beginning of another."""

    old: int
    old_root: bytes
    new: int
    new_root: bytes
    hashes: tuple[bytes, ...]


def tile(system: System, path: str) -> bytes:
    """A tile or an entry bundle by its address below ``/log/tile/``.

    Raises ``Malformed`` for what is no such address, ``NotFound`` for one beyond the newest published checkpoint.
    """
    try:
        wanted = tiles.parse(path)
    except ValueError as wrong:
        raise Malformed("This is no address of a tile.", expected="<level>/<number>[.p/<width>]") from wrong
    if not tiles.within(wanted, _newest(system)):
        raise NotFound("The published log does not reach this tile.")
    start, stop = wanted.start, wanted.start + wanted.width
    if wanted.level is None:
        found = [entry.leaf for entry in system.history.scan(start, stop)]
    else:
        found = [node.hash for node in system.history.nodes(tiles.HEIGHT * wanted.level, start, stop)]
    if len(found) != wanted.width:
        raise Damaged("a part of the log is missing")
    return tiles.bundle(found) if wanted.level is None else b"".join(found)


def inclusion(system: System, index: int, size: int | None = None) -> Inclusion:
    """The proof that leaf ``index`` is in the tree of ``size`` leaves, by default that of the newest checkpoint.

    Raises ``NotFound`` for what the published log does not have, and as ``log.publish`` does.
    """
    newest = log.covering(system, index).size if index < system.history.size() else _newest(system)
    whole = newest if size is None else size
    if not 0 <= index < whole <= newest:
        raise NotFound("The published log has no such leaf.", size=newest)
    node = log.reader(system)
    proof = tuple(ledger.inclusion(index, whole, node))
    return Inclusion(index, node(0, index), whole, log.root_at(system, whole), proof)


def consistency(system: System, old: int, new: int | None = None) -> Consistency:
    """The proof that the tree of ``old`` leaves is a beginning of that of ``new``, by default of the newest checkpoint.

    Raises ``NotFound`` for sizes that the published log does not have.
    """
    newest = _newest(system)
    whole = newest if new is None else new
    if not 0 <= old <= whole <= newest:
        raise NotFound("The published log has no such sizes.", size=newest)
    proof = tuple(ledger.consistency(old, whole, log.reader(system))) if old else ()
    return Consistency(old, log.root_at(system, old), whole, log.root_at(system, whole), proof)


def of_credential(system: System, document_id: str) -> str:
    """The proof of any document by its id: of whatever tier, since the log tells nobody what is in it; also erased."""
    return _written(system, _known(system, document_id))


def of_event(system: System, event_id: str) -> str:
    """The proof of a public event."""
    document = _known(system, event_id)
    if document.kind is not Kind.EVENT or document.tier is not Tier.PUBLIC:
        raise NotFound("There is no public event with this id.")
    return _written(system, document)


def of_version(system: System, code: str, number: int) -> str:
    """The proof of one version of a passport."""
    document = system.history.version(resolution.code_of(code), number)
    if document is None:
        raise NotFound("There is no such version of this passport.")
    return _written(system, document)


def logged(system: System, document: Document) -> bool:
    """Whether a published checkpoint has the document already."""
    published = system.history.checkpoint()
    return published is not None and document.position < published.size


def _known(system: System, document_id: str) -> Document:
    document = system.history.document(document_id)
    if document is None:
        raise NotFound("There is no document with this id.")
    return document


def _newest(system: System) -> int:
    published: Checkpoint = system.history.checkpoint() or log.publish(system)
    return published.size


def _written(system: System, document: Document) -> str:
    """The proof as text (C2SP tlog-proof) that carries the leaf, in which the document's digest stands."""
    checkpoint = log.covering(system, document.position)
    entry = next(system.history.scan(document.position, document.position + 1), None)
    if entry is None:
        raise Damaged(f"position {document.position} of the log is missing")
    node = log.reader(system)
    if ledger.leaf_hash(entry.leaf) != node(0, document.position):
        raise Damaged(f"the leaf at position {document.position} is not the one that was logged")
    hashes = tuple(ledger.inclusion(document.position, checkpoint.size, node))
    return checkpoints.proof(checkpoints.Proof(document.position, hashes, checkpoint.note, entry.leaf))
