"""F1: a process that is killed while it writes loses nothing that it acknowledged."""

import random
import time

import pytest

from passport.adapters.sql.store import open_store
from passport.proofs import ledger
from passport.service.audit import audit

KILLS, MANY = 2, 12
CONTROL_KILLS = 20


def killed(samples, folder, acknowledge, choice):
    """Start the writer, kill it at a random moment after its first acknowledgement; gives what it acknowledged."""
    child = samples.child(folder, acknowledge, 1_000_000)
    lines = [child.stdout.readline()]
    assert lines[0], "the writer did not start"
    time.sleep(choice.uniform(0.0, 0.25))
    child.kill()
    rest, _ = child.communicate()
    lines += rest.splitlines(keepends=True)
    return [line.split() for line in lines if line.endswith("\n")]


def lost(store, acknowledged):
    """Which acknowledged passports the history does not have at their place."""
    missing = []
    for position, code in acknowledged:
        product = store.history.product(code)
        if product is None or product.current != int(position) or store.history.read(code) is None:
            missing.append(code)
    return missing


def assert_tree_is_whole(store):
    size = store.history.size()
    leaves = [ledger.leaf_hash(entry.leaf) for entry in store.history.scan(0, size)]
    assert len(leaves) == size
    wanted = ledger.extend(0, (), leaves)
    stored = [
        (n.level, n.index, n.hash)
        for level in range(size.bit_length() + 1)
        for n in store.history.nodes(level, 0, size + 9)
    ]
    assert stored == sorted(wanted)


@pytest.mark.parametrize("kills", [KILLS, pytest.param(MANY, marks=pytest.mark.slow)])
def test_f01_kill_nothing_acknowledged_is_lost(samples, tmp_path, kills):
    choice = random.Random(kills)
    samples.new_store(tmp_path / "data").close()
    acknowledged = []
    for _ in range(kills):
        acknowledged += killed(samples, tmp_path / "data", "after", choice)
        store = open_store(tmp_path / "data", base_url=samples.BASE)
        assert lost(store, acknowledged) == []
        assert store.database.one("PRAGMA quick_check") == ("ok",)
        assert_tree_is_whole(store)
        (retried,) = samples.issue(store)
        acknowledged.append((retried.current, retried.code))
        store.close()
    store = open_store(tmp_path / "data", base_url=samples.BASE)
    assert store.flaws() == []
    assert audit(store.history, store.parties, base=samples.BASE) == []
    print(f"F1: {kills} kills, {len(acknowledged)} acknowledged, {store.history.size()} stored, 0 lost")
    store.close()


@pytest.mark.slow
def test_f01_kill_negative_control_acknowledging_before_the_commit_is_caught(samples, tmp_path):
    choice = random.Random(2)
    samples.new_store(tmp_path / "data").close()
    for kill in range(1, CONTROL_KILLS + 1):
        acknowledged = killed(samples, tmp_path / "data", "before", choice)
        store = open_store(tmp_path / "data", base_url=samples.BASE)
        missing = lost(store, acknowledged)
        assert_tree_is_whole(store)
        store.close()
        if missing:
            print(f"F1 negative control: caught after {kill} kills")
            return
    raise AssertionError(f"{CONTROL_KILLS} kills did not show the planted fault")
