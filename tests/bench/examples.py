"""The worked queries: through the service's question processes, and the same on pyoxigraph in this process.

Run: ``python tests/bench/examples.py [--pieces 11000] [FOLDER]``. FOLDER is a store to measure, whose graph is made
where it lacks one; without it one is generated and thrown away. A query may take 1.3 times as long as on pyoxigraph and
50 ms more, and at most 3 s.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyoxigraph
from load import load

from passport.adapters.oxigraph import generations
from passport.codecs import workedqueries
from passport.codecs.workedqueries import WorkedQuery
from passport.ports import Queries
from passport.service import following, tables
from passport.settings import Settings
from passport.wiring import create_system, open_system

SHARE, MORE, MOST = 1.3, 0.05, 3.0
QUERIES = Path(__file__).parents[2] / "examples" / "queries"


def timed(*asks: Callable[[], object], times: int) -> list[float]:
    """The shortest of some runs of each, which take turns: what else the machine does falls on all of them."""
    found: list[list[float]] = [[] for _ in asks]
    for _ in range(times):
        for ask, seconds in zip(asks, found, strict=True):
            start = time.perf_counter()
            ask()
            seconds.append(time.perf_counter() - start)
    return [min(each) for each in found]


def directly(store: pyoxigraph.Store, query: WorkedQuery) -> None:
    found = store.query(query.text, use_default_graph_as_union=True)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    found.serialize(format=pyoxigraph.QueryResultsFormat.JSON)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="a store; it is changed: its graph is made")
    parser.add_argument("--pieces", type=int, default=11_000)
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as thrown_away:
        settings = Settings(
            data=asked.folder or Path(thrown_away) / "store",
            base_url="http://127.0.0.1:8000",
            signing_secret="bench " * 8,
            query_seconds=60,
            queries_per_minute=1_000_000,
        )
        running = open_system(settings) if asked.folder else create_system(settings)
        if not asked.folder:
            load(running.system, pieces=asked.pieces)
        following.rebuild(running.system, progress=lambda *_: None)
        _measure(running.system.queries, running.system.base, settings.data / "graph", asked.times)
        running.close()


def _measure(queries: Queries, base: str, folder: Path, times: int) -> None:
    current = generations.current(folder)
    assert current is not None
    store = pyoxigraph.Store.read_only(str(generations.path_of(folder, current.number)))
    print(f"{'query':28} {'service':>9} {'directly':>9}")
    for file in sorted(QUERIES.glob("*.rq")):
        query = workedqueries.read(file.stem, file.read_text("utf-8"))
        service = partial(tables.ask, query, "en", queries=queries, client="bench", base=base)
        plain, ours = timed(partial(directly, store, query), service, times=times)
        kept = ours <= min(SHARE * plain + MORE, MOST)
        print(f"{query.name:28} {ours * 1000:6.0f} ms {plain * 1000:6.0f} ms{'' if kept else '  TOO SLOW'}")


if __name__ == "__main__":
    main()
