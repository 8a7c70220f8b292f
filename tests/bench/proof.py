"""How long an inclusion proof takes at a million entries, beside its limit.

Run: ``python tests/bench/proof.py``. The store gets the nodes of a tree of a million leaves, and no documents: proofs
are made from nodes alone, through the same port as every day.
"""

import argparse
import hashlib
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from passport.adapters.sql.store import DATABASE, create_store, open_store
from passport.proofs import ledger

LIMIT = 1.0
ENTRIES = 1_000_000
PROOFS = 2_000


def fill(folder: Path, entries: int) -> bytes:
    """Write the nodes of a tree of so many leaves; gives its root."""
    create_store(folder, base_url="https://bench.example").close()
    leaves = (hashlib.sha256(b"\0%d" % number).digest() for number in range(entries))
    nodes = ledger.extend(0, [], leaves)
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.executemany("INSERT INTO log_node VALUES (?, ?, ?)", nodes)
        connection.commit()
    places = set(ledger.frontier_places(entries))
    found = {(level, index): digest for level, index, digest in nodes if (level, index) in places}
    return ledger.root([found[place] for place in ledger.frontier_places(entries)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    entries = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "store"
        root = fill(folder, entries)
        store = open_store(folder)

        def node(level: int, index: int) -> bytes:
            return store.history.nodes(level, index, index + 1)[0].hash

        chosen = random.Random(4).choices(range(entries), k=PROOFS)
        times = []
        for index in chosen:
            started = time.perf_counter()
            proof = ledger.inclusion(index, entries, node)
            times.append(time.perf_counter() - started)
            leaf = hashlib.sha256(b"\0%d" % index).digest()
            assert ledger.verify_inclusion(leaf, index, entries, proof, root)
        store.close()
    times.sort()
    middle, late = 1e3 * times[len(times) // 2], 1e3 * times[len(times) * 99 // 100]
    print(f"inclusion proof at {entries:,} entries: {middle:.3f} ms, 99 of 100 within {late:.3f} ms (limit {LIMIT} ms)")
    return 0 if middle <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
