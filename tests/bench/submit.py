"""How fast submissions are taken in: pieces in batches per CPU second, and single durable ones beside raw fdatasync.

Run: ``python tests/bench/submit.py``. Each figure stands beside a limit that was measured in the same run. At the end
``--pieces`` (by default 100,000) made by ``examples/generate.py`` go the same way, in submissions of 1,000.
``--database postgresql://…`` names an empty database, whose figures for batches and single ones are given instead.
"""

import argparse
import itertools
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from passport.adapters.sql.store import DATABASE
from passport.model.access import Caller, Role, Scope
from passport.ports import Organisation
from passport.service.organisations import add_organisation
from passport.service.submissions import submit
from passport.service.system import System
from passport.settings import Settings
from passport.wiring import create_system, settle

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
from generate import documents
from making.lives import OWNERS

PIECES = 10_000
GENERATED = 100_000
SEED = 1
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


def insert_rate(folder: Path, commits: list[list[int]]) -> float:
    """Rows a CPU second into a bare table: rows of these sizes, one commit after the other."""
    path = folder / "bare.sqlite3"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE bare(position INTEGER PRIMARY KEY, body BLOB)")
    noise = os.urandom(1 << 20)
    ready = [[(noise[:size],) for size in sizes] for sizes in commits]
    start = time.process_time()
    for rows in ready:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO bare(body) VALUES (?)", rows)
        connection.execute("COMMIT")
    rate = sum(map(len, commits)) / (time.process_time() - start)
    connection.close()
    return rate


def prepared(folder: Path, database: str | None = None) -> tuple[System, Caller]:
    settings = Settings(
        data=folder / "store", database=database, base_url="https://passport.example", signing_secret="bench " * 8
    )
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


def batches(system: System, caller: Caller, clock: Callable[[], float] = time.process_time) -> float:
    """Documents a second of the clock: the median batch."""
    rates = []
    for first in range(0, PIECES, BATCH):
        body = "\n".join(json.dumps(piece(number)) for number in range(first, first + BATCH)).encode()
        start = clock()
        outcome = submit(system, body=body, media_type="application/x-ndjson", caller=caller)
        rates.append(BATCH / (clock() - start))
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


ITEMS = "code IN (SELECT code FROM product WHERE level = 'item')"


def counted(source: sqlite3.Connection) -> dict[str, tuple[str, int]]:
    """The tables that keep pieces, each with the condition of their rows and how many those are.

    Nodes of the Merkle tree belong to no piece: as large a part of them is meant as pieces have of the documents.
    """

    def number(table: str, condition: str) -> int:
        return int(source.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()[0])

    items, documents = number("product", "level = 'item'"), number("document", ITEMS)
    nodes = number("log_node", "true") * documents // number("document", "true")
    return {
        "product": ("level = 'item'", items),
        "document": (ITEMS, documents),
        "log_node": ("true", nodes),
    }


def ready_rate(folder: Path, store: Path, commits: int) -> tuple[float, float]:
    """Rows of pieces inserted ready a CPU second, counted in pieces, and how many signed documents a piece has.

    The very rows of the store, read beforehand, go into tables with the same columns, without keys and indexes, in as
    many durable commits as there were submissions.
    """
    source = sqlite3.connect(store)
    target = sqlite3.connect(folder / "ready.sqlite3", isolation_level=None)
    target.execute("PRAGMA journal_mode=WAL")
    target.execute("PRAGMA synchronous=FULL")
    waiting = []
    kept = counted(source)
    for table, (condition, number) in kept.items():
        rows = source.execute(f"SELECT * FROM {table} WHERE {condition} LIMIT {number}")
        columns = [each[0] for each in rows.description]
        target.execute(f"CREATE TABLE {table}({', '.join(columns)})")
        places = ", ".join("?" * len(columns))
        waiting.append((f"INSERT INTO {table} VALUES ({places})", rows, -(-number // commits)))
    spent = 0.0
    for _ in range(commits):
        ready = [(statement, rows.fetchmany(number)) for statement, rows, number in waiting]
        start = time.process_time()
        target.execute("BEGIN IMMEDIATE")
        for statement, batch in ready:
            target.executemany(statement, batch)
        target.execute("COMMIT")
        spent += time.process_time() - start
    source.close()
    target.close()
    pieces = kept["product"][1]
    return pieces / spent, kept["document"][1] / pieces


def submitted(system: System, caller: Caller, lines: Iterable[dict[str, object]]) -> float:
    """CPU seconds of submitting these documents, a thousand at a time."""
    waiting, spent = iter(lines), 0.0
    while batch := list(itertools.islice(waiting, BATCH)):
        body = "\n".join(json.dumps(each) for each in batch).encode()
        start = time.process_time()
        outcome = submit(system, body=body, media_type="application/x-ndjson", caller=caller)
        spent += time.process_time() - start
        assert outcome.created
    return spent


def generated(folder: Path, pieces: int, name: str, chosen: Callable[[dict[str, object]], bool]) -> None:
    """How fast generated pieces are taken in, beside bare inserts of the very rows that are kept of them.

    The goal is read in pieces on both sides. Counted in signed documents both rates are higher, their ratio the same.
    """
    folder.mkdir()
    system, caller = prepared(folder)
    for slug in OWNERS:
        add_organisation(system, Organisation(slug, slug, Role.OWNER, "municipality"))
    ahead = list(documents(0, SEED, with_models=True, with_batches=True))
    submitted(system, caller, ahead)
    following = itertools.islice(documents(10**9, SEED, with_models=True, with_batches=True), len(ahead), None)
    spent = submitted(system, caller, itertools.islice(filter(chosen, following), pieces))
    bare, each = ready_rate(folder, folder / "store" / DATABASE, max(1, pieces // BATCH))
    rate, signing = pieces / spent, signing_rate(system)
    print(f"{pieces:,} generated pieces, {name}: {rate:,.0f} accepted a CPU second (goal 4,000);", end=" ")
    print(f"÷ {bare:,.0f} inserted bare {rate / bare:.3f} (goal 0.10)")
    print(f"  {each:.2f} documents signed for each: {rate * each:,.0f} a CPU second,", end=" ")
    print(f"÷ {bare * each:,.0f} inserted bare with all that is kept of them {rate / bare:.3f};", end=" ")
    print(f"Ed25519 alone {signing:,.0f}, ratio {rate * each / signing:.2f}")


def on_postgresql(folder: Path, system: System, caller: Caller) -> None:
    """The same with the store in a database; its server's time is in the wall clock alone."""
    wall = batches(system, caller, time.perf_counter)
    print(f"PostgreSQL: pieces in batches of {BATCH}: {wall:,.0f} accepted, signed, durable a second")
    starts = itertools.count(1_000_000, SINGLES)
    raw = fdatasync_rate(folder)
    for clients in (1, 8, 32):
        single, cpu = medians(singles(system, caller, next(starts), clients) for _ in range(ROUNDS))
        print(f"single durable submissions, {clients:>2} clients: {single:,.0f} a second,", end=" ")
        print(f"{cpu:.0f} µs CPU each; ÷ fdatasync {single / raw:.2f} of {raw:,.0f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pieces", type=int, default=GENERATED, help="how many generated pieces")
    parser.add_argument("--database", help="an empty PostgreSQL database to submit to")
    given = parser.parse_args()
    pieces = given.pieces
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder)
        system, caller = prepared(path, given.database)
        settle()
        if given.database:
            on_postgresql(path, system, caller)
            return
        signed, bare, rate = signing_rate(system), insert_rate(path, [[1400] * BATCH] * 20), batches(system, caller)
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
        generated(path / "all", pieces, "all sorts", lambda each: True)
        part = min(pieces, PIECES)
        generated(path / "new", part, "the makers' alone", lambda each: "owner" not in each)
        generated(path / "used", part, "the municipalities' alone", lambda each: "owner" in each)


if __name__ == "__main__":
    main()
