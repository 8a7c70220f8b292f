import hashlib

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from passport.proofs import ledger

REFERENCE_LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Log:
    """A tree in memory that grows only by ``extend``."""

    def __init__(self):
        self.size = 0
        self.stored = {}

    def node(self, level, index):
        return self.stored[level, index]

    def frontier(self):
        return [self.stored[place] for place in ledger.frontier_places(self.size)]

    def append(self, leaves):
        for level, index, digest in ledger.extend(self.size, self.frontier(), map(ledger.leaf_hash, leaves)):
            assert (level, index) not in self.stored
            self.stored[level, index] = digest
        self.size += len(leaves)


def slow_root(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + slow_root(leaves[:half]) + slow_root(leaves[half:])).digest()


@pytest.fixture(scope="module")
def seventy():
    log = Log()
    log.append([bytes([number]) for number in range(70)])
    return log


def test_the_reference_roots_of_rfc_6962():
    log = Log()
    assert ledger.root(log.frontier()) == ledger.EMPTY_ROOT
    for size, (leaf, root) in enumerate(zip(REFERENCE_LEAVES, REFERENCE_ROOTS, strict=True), 1):
        log.append([leaf])
        assert ledger.root(log.frontier()).hex() == root
        assert ledger.root_at(size, log.node).hex() == root


def test_the_vector_of_three_entries():
    log = Log()
    log.append([b"one", b"two", b"three"])
    assert [log.node(0, index).hex()[:16] for index in range(3)] == [
        "d0d7360ab79f58ab",
        "ab1ab7f07c7c8fe0",
        "671f146c5e471e8a",
    ]
    assert log.node(1, 0).hex() == "4f55f619d9215235778b2b9f17d6f4915b16171214d152381293669764de722e"
    assert ledger.root(log.frontier()).hex() == "5aac771c899ac292e74bf1afe2e6e302f8b55883b2d1bf197b46a6bea6dabca9"
    assert ledger.consistency(2, 3, log.node) == [log.node(0, 2)]
    assert ledger.inclusion(2, 3, log.node) == [log.node(1, 0)]


@given(st.lists(st.integers(0, 40), max_size=6))
def test_batches_of_any_size_grow_the_same_tree(batches):
    log, leaves = Log(), []
    for batch in batches:
        new = [b"%d" % (len(leaves) + each) for each in range(batch)]
        log.append(new)
        leaves += new
        assert ledger.root(log.frontier()) == slow_root(leaves)
    assert len(log.stored) == 2 * len(leaves) - len(leaves).bit_count()


def test_extending_from_a_frontier_of_another_size_is_a_fault():
    with pytest.raises(ValueError, match="frontier"):
        ledger.extend(3, [b"x" * 32], [b"y" * 32])


def _forgeries(proof):
    for place in range(len(proof)):
        yield [*proof[:place], bytes(32), *proof[place + 1 :]]
    yield [*proof, bytes(32)]
    if proof:
        yield proof[:-1]
        yield proof[1:]


def test_all_inclusion_proofs_hold_and_forged_ones_do_not(seventy):
    proofs = 0
    for size in range(1, 71):
        root = ledger.root_at(size, seventy.node)
        for index in range(size):
            leaf, proof = seventy.node(0, index), ledger.inclusion(index, size, seventy.node)
            assert ledger.verify_inclusion(leaf, index, size, proof, root)
            proofs += 1
            assert not any(ledger.verify_inclusion(leaf, index, size, bad, root) for bad in _forgeries(proof))
            assert not ledger.verify_inclusion(bytes(32), index, size, proof, root)
            assert not ledger.verify_inclusion(leaf, size, size, proof, root)
            assert not ledger.verify_inclusion(leaf, -1, size, proof, root)
            if size > 1:
                assert not ledger.verify_inclusion(leaf, (index + 1) % size, size, proof, root)
    assert proofs == 2485


def test_all_consistency_proofs_hold_and_forged_ones_do_not(seventy):
    roots = {size: ledger.root_at(size, seventy.node) for size in range(1, 71)}
    proofs = 0
    for new in range(1, 71):
        for old in range(1, new + 1):
            proof = ledger.consistency(old, new, seventy.node)
            assert ledger.verify_consistency(old, new, roots[old], roots[new], proof)
            proofs += 1
            assert not any(
                ledger.verify_consistency(old, new, roots[old], roots[new], bad) for bad in _forgeries(proof)
            )
            assert not ledger.verify_consistency(old, new, bytes(32), roots[new], proof)
            assert not ledger.verify_consistency(old, new, roots[old], bytes(32), proof)
            if old < new:
                assert not ledger.verify_consistency(new, old, roots[new], roots[old], proof)
    assert proofs == 2485


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_no_inclusion_proof_outside_the_tree(seventy, index, size):
    with pytest.raises(ValueError, match="not in a tree"):
        ledger.inclusion(index, size, seventy.node)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_no_consistency_proof_backwards(seventy, old, new):
    with pytest.raises(ValueError, match="consistency"):
        ledger.consistency(old, new, seventy.node)


@given(
    kind=st.text(),
    subject=st.text(),
    seq=st.integers(0, 2**53 - 1),
    prev=st.binary(max_size=32),
    digest=st.binary(max_size=32),
    at=st.text(),
)
def test_a_leaf_is_in_the_form_of_rfc_8785(kind, subject, seq, prev, digest, at):
    record = {"v": 1, "kind": kind, "subject": subject, "seq": seq, "at": at}
    record |= {"prev": prev.hex(), "digest": digest.hex()}
    made = ledger.leaf(kind=kind, subject=subject, seq=seq, prev=prev, digest=digest, at=at)
    assert made == rfc8785.dumps(record)
