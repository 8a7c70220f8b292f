"""The Merkle tree of the history: RFC 6962 hashing, appending from the frontier, inclusion and consistency proofs.

A tree is known by its *nodes*: the hashes of its perfect subtrees. The node at ``(level, index)`` covers the leaves
``index * 2**level`` up to, not including, ``(index + 1) * 2**level``. RFC 9162 hashes in the same way.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

import orjson

LEAF_FORMAT = 1
"""The version of the leaf record, its member ``v``."""

EMPTY_ROOT = hashlib.sha256(b"").digest()

NodeRow = tuple[int, int, bytes]
"""A node as (level, index, hash)."""

NodeReader = Callable[[int, int], bytes]
"""Gives the hash of the node at (level, index)."""


def leaf(*, kind: str, subject: str, seq: int, prev: bytes, digest: bytes, at: str) -> bytes:
    """The data of one leaf: the RFC 8785 (JCS) form of its record.

    ``subject`` names the product, ``seq`` counts its documents from 1, ``prev`` is the leaf hash of its previous one
    (empty for the first), ``digest`` the SHA-256 of the document's ``vc+jwt`` bytes. Both hashes are written in
    lower-case hex. Members are text and integers only and stand in sorted order, for which orjson's output is that
    of RFC 8785.
    """
    return orjson.dumps(
        {
            "at": at,
            "digest": digest.hex(),
            "kind": kind,
            "prev": prev.hex(),
            "seq": seq,
            "subject": subject,
            "v": LEAF_FORMAT,
        }
    )


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def frontier_places(size: int) -> list[tuple[int, int]]:
    """Where the perfect subtrees stand that make up a tree of ``size`` leaves, as (level, index), widest first."""
    return [(level, (size >> level) - 1) for level in reversed(range(size.bit_length())) if size >> level & 1]


def extend(size: int, frontier: Sequence[bytes], hashes: Iterable[bytes]) -> list[NodeRow]:
    """All nodes that come into being when leaves with these hashes are appended to a tree of ``size`` leaves.

    ``frontier`` has the hashes at ``frontier_places(size)``; nothing else of the tree is needed.
    """
    if len(frontier) != size.bit_count():
        raise ValueError(f"a tree of {size} leaves has {size.bit_count()} frontier hashes, not {len(frontier)}")
    stack = list(frontier)
    nodes: list[NodeRow] = []
    for index, digest in enumerate(hashes, size):
        level, place = 0, index
        nodes.append((0, index, digest))
        while place & 1:
            digest = node_hash(stack.pop(), digest)
            level, place = level + 1, place >> 1
            nodes.append((level, place, digest))
        stack.append(digest)
    return nodes


def root(frontier: Sequence[bytes]) -> bytes:
    """The root hash of the tree with that frontier (widest first)."""
    if not frontier:
        return EMPTY_ROOT
    result = frontier[-1]
    for left in reversed(frontier[:-1]):
        result = node_hash(left, result)
    return result


def root_at(size: int, node: NodeReader) -> bytes:
    """The root hash of the tree of the first ``size`` leaves."""
    return root([node(level, index) for level, index in frontier_places(size)])


def inclusion(index: int, size: int, node: NodeReader) -> list[bytes]:
    """The proof that leaf ``index`` is in the tree of ``size`` leaves (RFC 6962, 2.1.1), from its sibling upwards."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return _path(index, 0, size, node)


def consistency(old: int, new: int, node: NodeReader) -> list[bytes]:
    """The proof that the tree of ``old`` leaves is a beginning of the tree of ``new`` leaves (RFC 6962, 2.1.2)."""
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new}")
    return _subproof(old, 0, new, node, whole=True)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` shows that the leaf with hash ``leaf`` is at ``index`` of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            result = node_hash(sibling, result)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and result == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the old tree is a beginning of the new one (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path or not proof:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _split(length: int) -> int:
    return 1 << ((length - 1).bit_length() - 1)


def _range_hash(low: int, high: int, node: NodeReader) -> bytes:
    length = high - low
    if length & (length - 1) == 0:
        level = length.bit_length() - 1
        return node(level, low >> level)
    middle = low + _split(length)
    return node_hash(_range_hash(low, middle, node), _range_hash(middle, high, node))


def _path(index: int, low: int, high: int, node: NodeReader) -> list[bytes]:
    if high - low == 1:
        return []
    middle = low + _split(high - low)
    if index < middle:
        return [*_path(index, low, middle, node), _range_hash(middle, high, node)]
    return [*_path(index, middle, high, node), _range_hash(low, middle, node)]


def _subproof(old: int, low: int, high: int, node: NodeReader, *, whole: bool) -> list[bytes]:
    if old == high - low:
        return [] if whole else [_range_hash(low, high, node)]
    width = _split(high - low)
    middle = low + width
    if old <= width:
        return [*_subproof(old, low, middle, node, whole=whole), _range_hash(middle, high, node)]
    return [*_subproof(old - width, middle, high, node, whole=False), _range_hash(low, middle, node)]
