"""How much the processes that answer strangers cost, beside the same queries on the engine alone.

Run it with ``python tests/bench/queries.py [STORE]``: a line for each limit, exits 1 if one fails. A store
that is given (by ``tests/bench/load.py --pieces N STORE``) is copied, and its graph is made where it has none; without
one, one of ``--pieces`` is made. Each worked query runs ``--rounds`` times both ways by turns, and the
fastest counts. Beside the engine alone it is seconds of CPU that are compared (on Linux), of all processes together: so
other work on the machine matters little. Then many clients ask at once, and last of all a stranger
attacks while another one looks up passports.
"""

import argparse
import io
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyoxigraph
from load import load

from passport.adapters.oxigraph.generations import current, path_of
from passport.adapters.oxigraph.pool import QueryPool
from passport.codecs import sparql
from passport.errors import Refusal
from passport.model.query import Form, Question
from passport.service.following import Follower
from passport.settings import Settings
from passport.wiring import create_system, open_system

SECRET = "bench " * 8
EXAMPLES = Path(__file__).parents[2] / "examples" / "queries"
SHARE, MORE, LONGEST = 1.3, 0.05, 3.0
"""How many times as long as the engine alone, and how many seconds longer; most seconds for a worked query."""

CLIENTS, LOOKUPS = 20, 200
FORMATS = {Form.TABLE: "text/csv", Form.TRUTH: "application/sparql-results+json", Form.GRAPH: "text/turtle"}
EVERY = "SELECT ?passport { ?passport a <https://w3id.org/furniturepassport/ProductPassport> } LIMIT 1000"
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def graph_of(folder: Path) -> Path:
    """The folder of the store's graph, made when it has none."""
    graph = folder / "graph"
    if current(graph) is None:
        running = open_system(Settings(data=folder, signing_secret=SECRET))
        try:
            follower = Follower(running.system)
            follower.step()
            follower.publish()
        finally:
            running.system.graph.close()
            running.close()
    return graph


@contextmanager
def pooled(graph: Path, **limits: float) -> Iterator[QueryPool]:
    """A pool whose processes are ready."""
    with closing(QueryPool(graph, guard=sparql.check, per_minute=1_000_000, **limits)) as pool:  # type: ignore[arg-type]
        ask(pool, "ASK {}")
        yield pool


def ask(pool: QueryPool, text: str, *, client: str = "bench") -> bytes:
    """The whole answer."""
    question = Question(text, "http://127.0.0.1:8000/sparql", FORMATS)
    with closing(pool.ask(question, client=client)) as answer:
        return b"".join(answer)


def alone(store: pyoxigraph.Store, text: str) -> bytes:
    """The same in this process, without any guard."""
    found, out = store.query(text, use_default_graph_as_union=True), io.BytesIO()
    if isinstance(found, pyoxigraph.QueryTriples):
        found.serialize(out, pyoxigraph.RdfFormat.TURTLE)
    elif isinstance(found, pyoxigraph.QueryBoolean):
        found.serialize(out, pyoxigraph.QueryResultsFormat.JSON)
    else:
        found.serialize(out, pyoxigraph.QueryResultsFormat.CSV)
    return out.getvalue()


def seconds(act: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def cpu(act: Callable[[], object], processes: Iterable[int]) -> float:
    """Seconds of CPU that it takes here and in these processes; on other systems than Linux, seconds as they go by."""
    if sys.platform != "linux":
        return seconds(act)
    start = spent((os.getpid(), *processes))
    act()
    return spent((os.getpid(), *processes)) - start


def spent(processes: Iterable[int]) -> float:
    """Seconds of CPU of all threads that these processes have now."""
    threads = [each for number in processes for each in Path(f"/proc/{number}/task").glob("*/schedstat")]
    return sum(int(each.read_text(encoding="ascii").split()[0]) for each in threads) / 1e9


def compare(pool: QueryPool, store: pyoxigraph.Store, rounds: int) -> bool:
    """Each worked query both ways."""
    good = True
    for path in sorted(EXAMPLES.glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        bare, ours, waited = [], [], []
        for _ in range(rounds):
            bare.append(cpu(lambda text=text: alone(store, text), ()))
            waited.append(
                seconds(lambda text=text: ours.append(cpu(lambda: ask(pool, text), pool.processes())))  # noqa: B023
            )
        within = min(ours) <= SHARE * min(bare) + MORE and min(waited) <= LONGEST
        told = f"{min(waited):.3f} s; of CPU {min(ours):.3f} s, the engine alone {min(bare):.3f} s"
        good &= tell(within, f"{path.stem}: {told}")
    return good


def look_ups(pool: QueryPool, store: pyoxigraph.Store, passports: list[str]) -> None:
    """One passport by its address, both ways; told without a limit."""
    texts = [f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{each}> {{ ?s ?p ?o }} }}" for each in passports[:LOOKUPS]]
    ours = [seconds(lambda text=text: ask(pool, text)) for text in texts]
    bare = [seconds(lambda text=text: alone(store, text)) for text in texts]
    print(
        f"      one passport: {1000 * statistics.median(ours):.2f} ms, "
        f"the engine alone {1000 * statistics.median(bare):.2f} ms (median)"
    )


def many(pool: QueryPool) -> bool:
    """Every client asks all worked queries at the same time as the others."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.rq"))]
    failed: list[str] = []

    def client(at: int) -> None:
        for text in texts[at % len(texts) :][:4]:
            try:
                ask(pool, text, client=f"client {at}")
            except Refusal as refusal:
                failed.append(refusal.code)

    took = seconds(lambda: together([lambda at=at: client(at) for at in range(CLIENTS)]))
    return tell(not failed, f"{CLIENTS} clients at once, {4 * CLIENTS} queries: {len(failed)} failed, {took:.1f} s")


def attacked(graph: Path, passports: list[str]) -> bool:
    """A client looks up passports, alone and while another one asks for cross products."""
    with pooled(graph, seconds=5) as pool:

        def looked_up() -> float:
            texts = [f"ASK {{ GRAPH <{each}> {{ ?s ?p ?o }} }}" for each in passports[:LOOKUPS]]
            return statistics.quantiles([seconds(lambda text=text: ask(pool, text)) for text in texts], n=100)[98]

        def attack() -> None:
            while not stop.is_set():
                try:
                    ask(pool, CROSS, client="stranger")
                except Refusal:
                    continue

        calm, stop = looked_up(), threading.Event()
        attacking = [threading.Thread(target=attack) for _ in range(4)]
        for each in attacking:
            each.start()
        time.sleep(0.5)
        stormy = looked_up()
        stop.set()
        for each in attacking:
            each.join()
    told = f"look-ups while a stranger attacks: {1000 * stormy:.1f} ms, {1000 * calm:.1f} ms in peace (99th percentile)"
    return tell(stormy <= 3 * calm + MORE, told)


def together(acts: list[Callable[[], object]]) -> None:
    """Do all of them at the same time."""
    threads = [threading.Thread(target=act) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def tell(good: bool, text: str) -> bool:
    """Print a line; gives whether it is good."""
    print(("ok    " if good else "FAIL  ") + text, flush=True)
    return good


def main() -> int:
    """Measure; 1 when a limit is broken."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("store", nargs="?", type=Path)
    options.add_argument("--pieces", type=int, default=11_000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "store"
        if given.store is None:
            running = create_system(
                Settings(
                    data=folder, base_url="http://127.0.0.1:8000", signing_secret=SECRET, submissions_per_minute=10**6
                )
            )
            load(running.system, pieces=given.pieces)
            running.close()
        else:
            shutil.copytree(given.store, folder)
        graph = graph_of(folder)
        generation = current(graph)
        if generation is None:
            raise SystemExit("there is no graph")
        print(f"      {generation.quads} statements")
        store = pyoxigraph.Store.read_only(str(path_of(graph, generation.number)))
        passports = alone(store, EVERY).decode().split()[1:]
        with pooled(graph, patience=120) as pool:
            good = compare(pool, store, given.rounds)
            look_ups(pool, store, passports)
            good &= many(pool)
        good &= attacked(graph, passports)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
