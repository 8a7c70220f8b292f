"""Many researchers at once over HTTP: a class whose computers share one address, and the scans of others meanwhile.

Run it with ``python tests/bench/clients.py STORE``: a line for each limit, exits 1 if one fails. The store (made by
``tests/bench/load.py --pieces N STORE``) is copied, with its graph where it has one; ``passport serve`` runs on the
copy with the settings that it has by itself. Each of ``--clients`` clients asks ``--each`` worked queries one after
the other, all at the same time. Scans come from a process of their own, and the server has a session of its own, as a
service has: so neither stands in line with the many clients, who in life have machines of their own.
"""

import argparse
import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from queries import EXAMPLES, SECRET, graph_of, together
from start import free_port

from passport.model.passport import Level
from passport.settings import Settings
from passport.wiring import open_system

SHARE = 3.0
"""How many times as long as in peace a scan may take meanwhile (99th percentile)."""

_WARM = 2
SERVE = "from passport.cli import main; main()"
QUERY = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/csv"}


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """``passport serve`` on a store; gives its port when it is ready and has a graph."""
    port = free_port()
    told = {"PASSPORT_DATA": str(folder), "PASSPORT_PORT": str(port), "PASSPORT_SIGNING_SECRET": SECRET}
    command = [sys.executable, "-c", SERVE, "serve"]
    with subprocess.Popen(
        command,
        env={**os.environ, **told},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as server:
        try:
            while not _answers(port):
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()
            server.wait()
            with suppress(ProcessLookupError):
                while True:
                    os.killpg(server.pid, 0)
                    time.sleep(0.1)


def _answers(port: int) -> bool:
    try:
        return asked(port, "ASK {}", accept="application/sparql-results+json")[0] == 200
    except OSError:
        return False


def asked(port: int, text: str, *, accept: str = "text/csv") -> tuple[int, float]:
    """The status of a query's answer, read to its end, and the seconds that it took."""
    start = time.perf_counter()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=300)) as connection:
        connection.request("POST", "/sparql", urlencode({"query": text}), {**QUERY, "Accept": accept})
        answer = connection.getresponse()
        answer.read()
    return answer.status, time.perf_counter() - start


@contextmanager
def scanning(port: int, paths: list[str]) -> Iterator[list[float]]:
    """Scans for as long as the block lasts; after it the seconds of each are in the list."""
    took: list[float] = []
    fresh = get_context("spawn")
    ours, theirs = fresh.Pipe()
    process = fresh.Process(target=_scan, args=(theirs, port, paths), daemon=True)
    process.start()
    theirs.close()
    ours.recv()
    yield took
    ours.send(None)
    took.extend(ours.recv())
    process.join()


def _scan(told: Connection, port: int, paths: list[str]) -> None:
    """Scan, one after the other on one connection, until something is told; then tell the seconds of each."""
    os.setsid()
    told.send(None)
    took: list[float] = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        while not told.poll(0.01):
            start = time.perf_counter()
            connection.request("GET", paths[len(took) % len(paths)], headers={"Accept": "text/html"})
            answer = connection.getresponse()
            answer.read()
            took.append(time.perf_counter() - start)
            if answer.status != 200:
                raise SystemExit(f"a scan was answered with {answer.status}")
    told.send(took)


def measured(port: int, paths: list[str], *, clients: int, each: int, peace: float) -> bool:
    """Scans in peace, then the class and scans together."""
    statuses, took = Counter[int](), list[float]()
    texts = [path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.rq"))]

    def client(at: int) -> None:
        for number in range(each):
            status, seconds = asked(port, texts[(at + number) % len(texts)])
            statuses[status] += 1
            took.append(seconds)

    with scanning(port, paths):
        time.sleep(_WARM)
    with scanning(port, paths) as calm:
        time.sleep(peace)
    with scanning(port, paths) as stormy:
        start = time.perf_counter()
        together([lambda at=at: client(at) for at in range(clients)])  # type: ignore[misc]
        lasted = time.perf_counter() - start
    failed = statuses.total() - statuses[200]
    print(f"      {clients} clients at once, {len(took)} queries in {lasted:.1f} s, load {os.getloadavg()[0]:.1f}")
    print(f"      a query: median {statistics.median(took):.2f} s, 99th percentile {_last(took):.2f} s")
    print(
        f"      a scan: median {1000 * statistics.median(stormy):.1f} ms, "
        f"in peace {1000 * statistics.median(calm):.1f} ms"
    )
    good = _told(failed == 0, f"failed: {failed} {dict(statuses) if failed else ''}")
    ours, idle = 1000 * _last(stormy), 1000 * _last(calm)
    return (
        _told(ours <= SHARE * idle, f"scans meanwhile: {ours:.1f} ms, in peace {idle:.1f} ms (99th percentile)") & good
    )


def _last(found: list[float]) -> float:
    return statistics.quantiles(found, n=100)[98]


def _told(good: bool, text: str) -> bool:
    print(("ok    " if good else "FAIL  ") + text, flush=True)
    return good


def main() -> int:
    """Measure; 1 when a limit is broken."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("store", type=Path)
    options.add_argument("--clients", type=int, default=20)
    options.add_argument("--each", type=int, default=6)
    options.add_argument("--peace", type=float, default=10)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "store"
        shutil.copytree(given.store, folder)
        graph_of(folder)
        running = open_system(Settings(data=folder, signing_secret=SECRET))
        products = running.system.history.products(level=Level.ITEM, after=None, limit=200)
        paths = [urlsplit(running.system.passport_address(product.code)).path for product in products]
        running.close()
        with serving(folder) as port:
            good = measured(port, paths, clients=given.clients, each=given.each, peace=given.peace)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
