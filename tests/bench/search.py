"""How fast search is over many pieces, beside a bare FTS5 look-up: a line for each limit, exits 1 if one fails.

Run it with ``python tests/bench/search.py`` (``--pieces 100000`` by default: a few minutes, mostly to issue them). It
prints how fast the index is made, how large it is, and for each kind of question the median and the 99th percentile of
a whole answer of the index, with counts, in milliseconds of CPU, so that other work on the machine matters little. Next
to them stand the same words looked up in bare FTS5 on a table of one row for each product: what search would cost
without sharing descriptions, filters, counts and numbers.
"""

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from passport.adapters.search.words import match, words
from passport.model.access import Caller, Role, Scope
from passport.model.search import Query
from passport.ports import Organisation
from passport.service.findable import facets
from passport.service.organisations import add_organisation
from passport.service.search import Follower, lag
from passport.service.submissions import submit
from passport.settings import Settings
from passport.web.pages.results import offered
from passport.wiring import Running, create_system

SECRET = "a signing secret for benchmarks only"
LIMIT = 50.0
"""Milliseconds that a question may take, in the median."""

MODELS = 300
PART = 5000
ROUNDS = 60
WOODS = ("Ek", "Björk", "Ask", "Bok", "Furu", "Alm", "Lönn", "Valnöt")
KINDS = ("office-chair", "visitor-chair", "desk", "dining-chair", "sofa", "armchair", "cabinet", "bench")
MATERIALS = ("wood-solid", "panel-plywood", "metal-steel", "textile-wool", "foam-PUR")
NOTES = ("Repad skiva", "Nytvättad", "Ett ben bytt", "Saknar nyckel", "Blekt av solen", "Omklädd", "Som ny")
SYLLABLES = ("lun", "stro", "mal", "vik", "hag", "sol", "ber", "dal", "rin", "tor")


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=3)).title()


def _models(chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(MODELS):
        first, second = chance.sample(MATERIALS, 2)
        kind = KINDS[number % len(KINDS)]
        yield {
            "granularity": "model",
            "modelNumber": f"M-{number:05}",
            "modelName": [{"value": f"{_name(chance)} {WOODS[number % len(WOODS)]}", "language": "sv"}],
            "description": [{"value": "A chair or table for long days, light and strong. " * 5, "language": "en"}],
            "manufacturer": {"name": f"Maker {number % 40} AB"},
            "category": kind,
            "netWeight": str(chance.randint(30, 600) / 10),
            "dimensions": {"width": chance.randint(300, 2000), "height": chance.randint(400, 2000)},
            "materials": [{"materialClass": first, "massShare": 60}, {"materialClass": second, "massShare": 40}],
        }


def _pieces(chance: random.Random, number: int, codes: list[str]) -> Iterator[dict[str, Any]]:
    """Nine of ten were made to a model; the tenth is old furniture with words of its own."""
    for serial in range(number):
        if serial % 10:
            yield {
                "granularity": "item",
                "modelPassport": codes[min(int(chance.expovariate(8 / MODELS)), MODELS - 1)],
                "serialNumber": f"S{serial:07}",
                "manufacturingDate": "2026-05",
            }
        else:
            yield {
                "granularity": "item",
                "category": chance.choice(KINDS),
                "isSecondHandLegacy": True,
                "itemName": [{"value": f"{_name(chance)} {chance.choice(NOTES)} {serial}", "language": "sv"}],
                "dimensions": {"width": chance.randint(300, 2000)},
            }


def fill(folder: Path, pieces: int) -> Running:
    """A store with models and pieces, through the door that suppliers use."""
    chance = random.Random(7)
    running = create_system(Settings(data=folder / "store", base_url="http://127.0.0.1:1", signing_secret=SECRET))
    add_organisation(running.system, Organisation("maker", "Maker", Role.SUPPLIER, "maker"))
    caller = Caller("bench", "maker", Role.SUPPLIER, frozenset({Scope.SUBMIT}))

    def send(documents: list[dict[str, Any]]) -> list[str]:
        body = json.dumps(documents).encode()
        outcome = submit(running.system, body=body, media_type="application/json", caller=caller)
        return [each.code for each in outcome.issued]

    codes = send(list(_models(chance)))
    waiting: list[dict[str, Any]] = []
    for document in _pieces(chance, pieces, codes):
        waiting.append(document)
        if len(waiting) == PART:
            send(waiting)
            waiting = []
    if waiting:
        send(waiting)
    return running


def bare(running: Running, folder: Path) -> sqlite3.Connection:
    """One FTS5 row for each product with the words that it is found by, and nothing else."""
    source = sqlite3.connect(next((running.settings.data / "search").glob("*.sqlite")))
    target = sqlite3.connect(folder / "bare.sqlite")
    target.execute("CREATE VIRTUAL TABLE flat USING fts5 (names, kinds, words, others, content='', tokenize='ascii')")
    rows = source.execute(
        "SELECT p.id, d.names, d.kinds, d.words, d.others FROM product p JOIN description d ON d.id = p.description"
    )
    target.executemany("INSERT INTO flat (rowid, names, kinds, words, others) VALUES (?, ?, ?, ?, ?)", rows)
    target.commit()
    source.close()
    return target


def times(act: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Median and 99th percentile of an act in milliseconds of CPU: other work on the machine does not count."""
    act()
    taken = []
    for _ in range(rounds):
        started = time.process_time()
        act()
        taken.append((time.process_time() - started) * 1000)
    return statistics.median(taken), sorted(taken)[int(len(taken) * 0.99)]


def questions(running: Running, pieces: int) -> dict[str, Query]:
    """Kinds of questions, from the rarest to those that fit nearly everything."""
    model = next(iter(running.system.search.query(Query("desk")).codes))
    every = offered(facets(running.system.published))
    return {
        "everything": Query(counted=every),
        "a name": Query("lunvik", counted=every),
        "a kind, in Swedish": Query("kontorsstol", counted=every),
        "part of a compound": Query("stol", counted=every),
        "a common word": Query("chair", counted=every),
        "two words": Query("krzeslo ek", counted=every),
        "a word that is not there": Query("zebra", counted=every),
        "a serial number": Query(f"S{pieces // 2 + 1:07}", counted=every),
        "the beginning of one": Query("S00010", counted=every),
        "kind and material": Query(
            codes={"kind": frozenset({"desk"}), "material": frozenset({"wood-solid"})}, counted=every
        ),
        "pieces of a model": Query(codes={"model": frozenset({model})}, counted=every),
        "widths": Query(ranges={"dimensions/width": (Decimal(700), Decimal(900))}, counted=every),
        "word, kind, weight": Query(
            "ek", {"kind": frozenset({"desk"})}, {"netWeight": (None, Decimal(20))}, counted=every
        ),
        "a field": Query(codes={"has": frozenset({"netWeight"})}, counted=every),
        "a late part": Query("chair", after="900.999999999999999999", counted=every),
    }


def main() -> int:
    """Measure everything; 1 when a limit is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        running = fill(folder, options.pieces)
        good = measure(running, folder, options.pieces)
        running.store.close()
    return 0 if good else 1


def measure(running: Running, folder: Path, pieces: int) -> bool:
    """Make the index, ask it, and print what that took."""
    system = running.system
    size = system.history.size()
    started = time.process_time()
    follower = Follower(system)
    while lag(system):
        follower.step()
    seconds = time.process_time() - started
    files = sum(file.stat().st_size for file in (running.settings.data / "search").iterdir())
    print(
        f"index made from {size} documents in {seconds:.1f} s of CPU: "
        f"{size / seconds:.0f} a second, {files / 2**20:.1f} MiB"
    )
    store = sum(file.stat().st_size for file in running.settings.data.glob("passport.sqlite*")) / 2**20
    print(f"{files / max(1, pieces):.0f} bytes a piece; the store has {store:.0f} MiB")
    limit = bare(running, folder)
    sql = "SELECT rowid FROM flat WHERE flat MATCH ? ORDER BY rank LIMIT 20"
    good = True
    print(f"{'question':<28}{'median ms':>10}{'p99 ms':>9}{'bare FTS5':>11}{'found':>9}")
    for name, query in questions(running, pieces).items():
        median, late = times(lambda query=query: system.search.query(query))  # type: ignore[misc]
        total = system.search.query(query).total
        asked = words(query.text)
        bound = times(lambda asked=asked: limit.execute(sql, (match(asked),)).fetchall(), 10)[0] if asked else None  # type: ignore[misc]
        fits = median <= LIMIT
        good &= fits
        shown = f"{bound:.2f}" if bound is not None else "-"
        print(f"{name:<28}{median:>10.2f}{late:>9.2f}{shown:>11}{total:>9}  {'ok' if fits else 'FAILS'}")
    limit.close()
    return good


if __name__ == "__main__":
    sys.exit(main())
