"""How fast submissions are taken in: pieces in batches per CPU second, and single durable ones beside raw fdatasync.

Run: ``python tests/bench/submit.py``. Each figure stands beside a limit that was measured in the same run.
"""

import json
import os
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from passport.model.access import Caller, Role, Scope
from passport.ports import Organisation
from passport.service.organisations import add_organisation
from passport.service.submissions import submit
from passport.service.system import System
from passport.settings import Settings
from passport.wiring import create_system

PIECES = 10_000
BATCH = 1_000
SINGLES = 400
ROUNDS = 3
GTIN = "09526543000013"
MODEL = {
    "granularity": "model",
    "gtin": GTIN,
    "modelName": [{"value": "Oak chair", "language": "en"}],
    "manufacturer": {"name": "Bench AB"},
    "category": "visitor-chair",
    "materials": [{"materialClass": "wood-solid", "massShare": 100}],
}


def piece(number: int) -> dict[str, object]:
    return {
        "granularity": "item",
        "gtin": GTIN,
        "serialNumber": f"B-{number:07d}",
        "modelPassport": GTIN,
        "manufacturingDate": "2026-05",
    }


def fdatasync_rate(folder: Path, number: int = 1000) -> float:
    """Raw 4 KB overwrites with fdatasync a second on the disk that the store is on."""
    handle = os.open(folder / "raw", os.O_RDWR | os.O_CREAT)
    block = os.urandom(4096)
    os.pwrite(handle, block, 0)
    os.fsync(handle)
    start = time.perf_counter()
    for _ in range(number):
        os.pwrite(handle, block, 0)
        os.fdatasync(handle)
    rate = number / (time.perf_counter() - start)
    os.close(handle)
    return rate


def insert_rate(folder: Path, number: int = 20_000) -> float:
    """Ready documents of the size of a piece's, inserted a CPU second into a bare table, committed by the thousand."""
    connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE bare(position INTEGER PRIMARY KEY, body BLOB)")
    body = os.urandom(1400)
    start = time.process_time()
    for first in range(0, number, BATCH):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO bare VALUES (?, ?)", ((first + each, body) for each in range(BATCH)))
        connection.execute("COMMIT")
    rate = number / (time.process_time() - start)
    connection.close()
    return rate


def prepared(folder: Path) -> tuple[System, Caller]:
    settings = Settings(data=folder / "store", base_url="https://passport.example", signing_secret="bench " * 8)
    system = create_system(settings).system
    add_organisation(system, Organisation("bench", "Bench AB", Role.SUPPLIER, "maker", prefixes=("9526543",)))
    caller = Caller("bench", "bench", Role.SUPPLIER, frozenset({Scope.SUBMIT, Scope.READ}))
    submit(system, body=json.dumps(MODEL).encode(), media_type="application/json", caller=caller)
    return system, caller


def batches(system: System, caller: Caller) -> float:
    bodies = [
        "\n".join(json.dumps(piece(number)) for number in range(first, first + BATCH)).encode()
        for first in range(0, PIECES, BATCH)
    ]
    start = time.process_time()
    for body in bodies:
        outcome = submit(system, body=body, media_type="application/x-ndjson", caller=caller)
        assert outcome.created
    return PIECES / (time.process_time() - start)


def singles(system: System, caller: Caller, first: int) -> float:
    bodies = [json.dumps(piece(number)).encode() for number in range(first, first + SINGLES)]
    start = time.perf_counter()
    for body in bodies:
        submit(system, body=body, media_type="application/json", caller=caller)
    return SINGLES / (time.perf_counter() - start)


def main() -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder)
        system, caller = prepared(path)
        rate = batches(system, caller)
        bare = insert_rate(path)
        print(
            f"pieces in batches of {BATCH}: {rate:,.0f} accepted, signed, durable documents a CPU second (goal 4,000)"
        )
        print(f"  bare insert of ready documents in the same run: {bare:,.0f} a CPU second; ratio {rate / bare:.2f}")
        pairs = []
        for turn in range(ROUNDS):
            raw = fdatasync_rate(path)
            single = singles(system, caller, 1_000_000 + turn * SINGLES)
            pairs.append((single, raw))
        single, raw = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"single durable submissions, one after the other: {single:,.0f} a second")
        print(f"  raw fdatasync in the same run: {raw:,.0f} a second; ratio {single / raw:.2f} (goal 0.5)")


if __name__ == "__main__":
    main()
