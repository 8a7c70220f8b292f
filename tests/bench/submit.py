"""How fast submissions are taken in: pieces in batches per CPU second, and single durable ones beside raw fdatasync.

Run: ``python tests/bench/submit.py``. Each figure stands beside a limit that was measured in the same run.
"""

import itertools
import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
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


def commit_rate(folder: Path, number: int = 500) -> float:
    """Rows of the size of a piece's document a second, each committed durably on its own by SQLite alone."""
    connection = sqlite3.connect(folder / "single.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS bare(position INTEGER PRIMARY KEY, body BLOB)")
    body = os.urandom(1400)
    start = time.perf_counter()
    for _ in range(number):
        connection.execute("INSERT INTO bare(body) VALUES (?)", (body,))
    rate = number / (time.perf_counter() - start)
    connection.close()
    return rate


def signing_rate(system: System, number: int = 2_000) -> float:
    """Ed25519 signatures over as many bytes as a piece's credential, a CPU second."""
    key, data = system.parties.keys("bench")[-1], os.urandom(1800)
    start = time.process_time()
    for _ in range(number):
        system.signer.sign(key.kid, data)
    return number / (time.process_time() - start)


def batches(system: System, caller: Caller) -> float:
    """Documents a CPU second: the median batch."""
    rates = []
    for first in range(0, PIECES, BATCH):
        body = "\n".join(json.dumps(piece(number)) for number in range(first, first + BATCH)).encode()
        start = time.process_time()
        outcome = submit(system, body=body, media_type="application/x-ndjson", caller=caller)
        rates.append(BATCH / (time.process_time() - start))
        assert outcome.created
    return statistics.median(rates)


def singles(system: System, caller: Caller, first: int, clients: int = 1) -> tuple[float, float]:
    """Durable submissions of one piece a second from so many clients at once, and the CPU microseconds of one."""

    def one(number: int) -> None:
        submit(system, body=json.dumps(piece(number)).encode(), media_type="application/json", caller=caller)

    cpu, wall = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(one, range(first, first + SINGLES)))
    return SINGLES / (time.perf_counter() - wall), (time.process_time() - cpu) / SINGLES * 1e6


def medians(rows: Iterable[tuple[float, ...]]) -> list[float]:
    """The median of each column."""
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def main() -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder)
        system, caller = prepared(path)
        signed, bare, rate = signing_rate(system), insert_rate(path), batches(system, caller)
        print(f"pieces in batches of {BATCH}: {rate:,.0f} accepted, signed, durable a CPU second (goal 4,000)")
        print(f"  in the same run: Ed25519 alone {signed:,.0f} a CPU second, ratio {rate / signed:.2f};", end=" ")
        print(f"bare inserts of ready documents {bare:,.0f}, ratio {rate / bare:.3f}")
        starts = itertools.count(1_000_000, SINGLES)
        raw, commits = medians((fdatasync_rate(path), commit_rate(path)) for _ in range(ROUNDS))
        print(f"in the same run: raw fdatasync {raw:,.0f} a second, bare durable commits of one row {commits:,.0f}")
        for clients in (1, 8, 32):
            single, cpu = medians(singles(system, caller, next(starts), clients) for _ in range(ROUNDS))
            print(
                f"single durable submissions, {clients:>2} clients: {single:,.0f} a second, {cpu:.0f} µs CPU each;",
                end=" ",
            )
            print(f"÷ fdatasync {single / raw:.2f} (goal 0.5), ÷ bare commits {single / commits:.2f}")


if __name__ == "__main__":
    main()
