"""How fast the graph is fed and read, beside Oxigraph's own loader: a line for each limit, exits 1 if one fails.

Run it with ``python tests/bench/graph.py [STORE]``. A store that is given (by ``tests/bench/load.py --pieces N STORE``)
is copied; without one, one of ``--pieces`` is made. Loading is told in seconds of CPU, so that other work on the
machine matters little, and as they went by; catching up as it goes by, from the answer to a submission to the moment
when queries see it, with the follower in a process of its own.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from load import load
from pyoxigraph import RdfFormat, Store

from passport.adapters.oxigraph.generations import current, path_of
from passport.errors import Refusal
from passport.model.access import Caller, Role, Scope
from passport.model.passport import Level
from passport.service.following import Follower, lag
from passport.service.submissions import submit
from passport.settings import Settings
from passport.wiring import Running, create_system, exported, open_system, settle

SECRET = "bench " * 8
LOADING, CATCHING_UP, DESCRIBING = 0.5, 1.0, 5.0
"""Least share of the bulk loader's speed; most seconds; most milliseconds."""

EVENTS, PASSPORTS = 8, 300
PAUSE = 4.0
PROGRAM = "from passport.cli import main; main()"


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds of CPU of all threads, and as they went by."""
    cpu, start = time.process_time(), time.perf_counter()
    act()
    return time.process_time() - cpu, time.perf_counter() - start


def loading(running: Running) -> bool:
    """The follower from the beginning against the bulk loader on what it has made; both compact in the end."""
    settle()
    follower = Follower(running.system)

    def follow() -> None:
        follower.step()
        follower.publish()

    ours = _timed(follow)
    made = current(running.settings.data / "graph")
    assert made is not None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with tempfile.TemporaryDirectory(dir=running.settings.data) as aside:
        dump = Path(aside) / "dump.nq"
        Store.read_only(str(path_of(running.settings.data / "graph", made.number))).dump(str(dump), RdfFormat.N_QUADS)

        def bulk() -> None:
            store = Store(str(Path(aside) / "store"))
            store.bulk_load(path=str(dump), format=RdfFormat.N_QUADS)
            store.optimize()
            store.flush()

        theirs = _timed(bulk)
    share = theirs[0] / ours[0]
    print(
        f"{made.quads} statements: the follower {ours[0]:.1f} s of CPU ({ours[1]:.1f} s), with everything that makes "
        f"them, and {most} MB; the bulk loader alone {theirs[0]:.1f} s ({theirs[1]:.1f} s)"
    )
    return _told("loading, as a share of the bulk loader's speed", share, LOADING, at_least=True)


def catching_up(running: Running) -> bool:
    """From the answer to a submission of one event to the generation that has it, and where that time goes."""
    record = _recorder(running)
    running.system.graph.close()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **exported(running.settings)}
    took = []
    with subprocess.Popen([sys.executable, "-c", PROGRAM, "follow"], env=environment) as follower:
        try:
            for _ in range(EVENTS):
                time.sleep(PAUSE)
                record()
                start = time.perf_counter()
                while lag(running.system):
                    time.sleep(0.005)
                took.append(time.perf_counter() - start)
        finally:
            follower.terminate()
    print("one event is seen after " + ", ".join(f"{each:.2f}" for each in sorted(took[1:])) + " s")
    return _told("catching up after one event, median, s", statistics.median(took[1:]), CATCHING_UP)


def _recorder(running: Running) -> Callable[[], object]:
    """Records one inspection of some piece whose owner has it, each time that it is called."""
    for piece in running.system.history.products(level=Level.ITEM, after=None, limit=1000):
        organisation = running.system.parties.organisation(piece.owner or "")
        if organisation is not None and piece.holder in {None, piece.owner}:
            caller = Caller("", organisation.slug, Role(organisation.role), frozenset(Scope))
            event = {"eventType": "inspected", "products": [piece.code], "condition": {"grade": "B"}}
            record = partial(
                submit, running.system, body=json.dumps(event).encode(), media_type="application/json", caller=caller
            )
            try:
                record()
            except Refusal:
                continue
            return record
    raise LookupError("No piece of this store can be inspected by its owner.")


def describing(running: Running) -> bool:
    """Everything that is said of a passport, straight from a generation."""
    folder = running.settings.data / "graph"
    made = current(folder)
    assert made is not None
    store = Store.read_only(str(path_of(folder, made.number)))
    codes = [each.code for each in running.system.history.products(level=Level.ITEM, after=None, limit=PASSPORTS)]
    took = []
    for code in codes:
        address = running.system.passport_address(code)
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{address}> {{ ?s ?p ?o }} }}"
        cpu = time.thread_time()
        assert len(list(store.query(query))) > 10  # type: ignore[arg-type]
        took.append((time.thread_time() - cpu) * 1000)
    return _told("describing one passport, median, ms of CPU", statistics.median(took), DESCRIBING)


def _told(what: str, found: float, limit: float, *, at_least: bool = False) -> bool:
    good = found >= limit if at_least else found <= limit
    print(f"{'ok  ' if good else 'FAIL'} {what}: {found:.2f} (limit {limit})")
    return good


def _store(folder: Path, given: Path | None, pieces: int) -> Running:
    if given is not None:
        shutil.copytree(given, folder, ignore=shutil.ignore_patterns("graph"))
        return open_system(Settings(data=folder, signing_secret=SECRET))
    running = create_system(Settings(data=folder, base_url="http://127.0.0.1:8000", signing_secret=SECRET))
    load(running.system, pieces=pieces)
    return running


def main() -> int:
    """Measure on a copy, or on a store made for it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("store", nargs="?", type=Path)
    parser.add_argument("--pieces", type=int, default=2000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        running = _store(Path(folder) / "store", given.store, given.pieces)
        good = [loading(running), describing(running), catching_up(running)]
        running.close()
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
