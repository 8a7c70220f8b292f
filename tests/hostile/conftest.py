"""The corpus of hostile queries, and a pool over a small graph to ask them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from passport.adapters.oxigraph.generations import make_current, path_of
from passport.adapters.oxigraph.pool import QueryPool
from passport.codecs import sparql
from passport.model.query import Generation

QUERIES = Path(__file__).with_name("queries")
SECONDS, MEBIBYTES = 1, 512
_REPEATED = re.compile(r"⟦(\d+) ([^⟦⟧]*)⟧")


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile query and what may become of it."""

    name: str
    expected: frozenset[str]
    outside: bool
    text: str

    @classmethod
    def read(cls, path: Path) -> "Case":
        text = path.read_text(encoding="utf-8")
        told = text.partition("\n")[0].removeprefix("#").partition(":")[0]
        expected, _, outside = told.partition(",")
        return cls(path.stem, frozenset(expected.split()), "outside" in outside, _written_out(text))

    def against(self, listener: str) -> str:
        """The query, with the address of a listener."""
        return self.text.replace("LISTENER", listener)


def _written_out(text: str) -> str:
    while found := _REPEATED.search(text):
        times = range(int(found[1]))
        said = "".join(found[2].replace("№+1", str(at + 1)).replace("№", str(at)) for at in times)
        text = text[: found.start()] + said + text[found.end() :]
    return text.replace("␀", "\0").removesuffix("\n")


GUARD = partial(sparql.check, limits=replace(sparql.EMBEDDED, sources=("https://passport.example/",)))
"""The guard as a service has it whose address is that of the graphs' names."""

CASES = tuple(map(Case.read, sorted(QUERIES.glob("*.rq"))))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, ids=[case.name for case in CASES])


@pytest.fixture(scope="session")
def cases() -> tuple[Case, ...]:
    return CASES


@pytest.fixture(scope="session")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a graph with a generation of 3,000 statements."""
    folder = tmp_path_factory.mktemp("hostile") / "graph"
    folder.mkdir()
    store = Store(str(folder / "live"))
    for at in range(1000):
        name = NamedNode(f"https://passport.example/passports/{at}")
        for key in range(3):
            given = Quad(name, NamedNode(f"https://passport.example/p{key}"), Literal(f"{at} {key}"), name)
            store.add(given)
    store.flush()
    store.backup(str(path_of(folder, 1)))
    make_current(folder, Generation(1, 1, "2026-11-21T12:00:00Z", len(store)))
    del store
    return folder


@pytest.fixture(scope="module")
def pools(graph: Path) -> Iterator[Callable[..., QueryPool]]:
    """Makes pools, and closes them."""
    made: list[QueryPool] = []

    def new(**limits: float) -> QueryPool:
        given = {"seconds": SECONDS, "memory": MEBIBYTES, "size": 4_000_000, "per_minute": 100_000} | limits
        made.append(QueryPool(graph, guard=GUARD, **given))  # type: ignore[arg-type]
        return made[-1]

    yield new
    for each in made:
        each.close()


@pytest.fixture
def pool(pools: Callable[..., QueryPool]) -> Iterator[Callable[..., QueryPool]]:
    """Makes pools, and closes them when the test ends."""
    made: list[QueryPool] = []

    def new(**limits: float) -> QueryPool:
        made.append(pools(**limits))
        return made[-1]

    yield new
    for each in made:
        each.close()
