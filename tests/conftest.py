"""Fixtures that every room's tests share: a real system in a temporary folder, callers of each role, and databases.

Tests marked ``both_stores`` run on SQLite and on PostgreSQL, on a server that ``PASSPORT_TEST_POSTGRES`` names.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import hypothesis
import psycopg
import pytest
from hypothesis import HealthCheck
from psycopg.conninfo import conninfo_to_dict

from passport.adapters.oxigraph import stock
from passport.adapters.sql.driver import Place
from passport.adapters.sql.store import create_store
from passport.model.access import Caller, Role, Scope
from passport.ports import Organisation
from passport.published import Published
from passport.service.organisations import add_organisation
from passport.service.system import System
from passport.settings import Settings
from passport.wiring import Running, create_system, open_system, settle
from tests.ports import free_port

BASE = "https://passport.example"
SECRET = "a signing secret for tests, long enough"
POSTGRES = pytest.StashKey[str]()
KINDS = ("sqlite", "postgresql")
LONG = (
    "tests/browser/",
    "tests/examples/",
    "tests/faults/",
    "tests/hostile/",
    "tests/cli/",
    "tests/web/test_sparql",
)


hypothesis.settings.register_profile(
    "same",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=(
        *(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
        HealthCheck.large_base_example,
    ),
)
hypothesis.settings.register_profile("searching", hypothesis.settings.get_profile("same"), derandomize=False)
hypothesis.settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="count every skipped test as a failure, as CI does")


def pytest_configure(config: pytest.Config) -> None:
    """Where tests run, take the server's address out of the environment: the service refuses unknown settings."""
    if not getattr(config.option, "numprocesses", None) or hasattr(config, "workerinput"):
        config.stash[POSTGRES] = os.environ.pop("PASSPORT_TEST_POSTGRES", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the files that take longest begin first, so that two workers end at about the same time (see .ci/run)."""
    items.sort(key=lambda item: min((at for at, path in enumerate(LONG) if path in item.nodeid), default=len(LONG)))


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what is loaded by now, as in a server: it is a tenth of the tests' time."""
    settle()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report: Any = yield
    if item.config.getoption("--no-skips") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and --no-skips is given: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report: Any = yield
    if collector.config.getoption("--no-skips") and report.outcome == "skipped":
        report.outcome = "failed"
    return report


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("both_stores") and "store_kind" in metafunc.fixturenames:
        metafunc.parametrize("store_kind", KINDS, indirect=True)


class Databases:
    """Databases of a PostgreSQL server, each made for one test; by their addresses."""

    def __init__(self, server: str) -> None:
        self._server = psycopg.connect(server, autocommit=True)
        given = {name: str(value) for name, value in conninfo_to_dict(server).items() if value is not None}
        self._start = f"passport_{os.getpid()}_{uuid.uuid4().hex[:8]}"
        self._user, self._given, self._made = given.pop("user", ""), given, 0
        self._template: str | None = None

    def empty(self) -> str:
        """A database without anything in it."""
        return self._new("template0")

    def with_store(self) -> str:
        """A database with an empty store for ``BASE``, copied from one that is made once."""
        if self._template is None:
            made = self.empty()
            create_store(made, base_url=BASE).close()
            self._template = conninfo_to_dict(made)["dbname"]
        return self._new(self._template)

    def drop(self, address: str) -> None:
        """Drop a database, whoever still uses it."""
        self._run(f'DROP DATABASE "{conninfo_to_dict(address)["dbname"]}" WITH (FORCE)')

    def close(self) -> None:
        """Drop what is left."""
        if self._template is not None:
            self._run(f'DROP DATABASE "{self._template}" WITH (FORCE)')
        self._server.close()

    def _run(self, statement: str) -> None:
        """Run it; again while those who used a database are not gone, for whom the server waits five seconds."""
        until = time.monotonic() + 300
        while True:
            try:
                self._server.execute(statement.encode())
            except psycopg.errors.ObjectInUse:
                if time.monotonic() > until:
                    raise
            else:
                return

    def _new(self, template: str) -> str:
        self._made += 1
        name = f"{self._start}_{self._made}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        options = urlencode({each: value for each, value in self._given.items() if each != "dbname"}, quote_via=quote)
        return f"postgresql://{quote(self._user)}@/{name}?{options}"


@pytest.fixture(scope="session", autouse=True)
def _time_to_start() -> Iterator[None]:
    """Let queries wait for a process as long as a very busy machine may need to start one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stock, "_PATIENCE", 300.0)
        yield


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Iterator[Databases]:
    """A PostgreSQL server's databases; skips where ``PASSPORT_TEST_POSTGRES`` names none."""
    server = pytestconfig.stash[POSTGRES]
    if not server:
        pytest.skip("PASSPORT_TEST_POSTGRES names no PostgreSQL server (postgresql://user@host/name)")
    made = Databases(server)
    yield made
    made.close()


@pytest.fixture
def store_kind(request: pytest.FixtureRequest) -> str:
    """``sqlite``, or each of ``KINDS`` in turn for tests that are marked ``both_stores``."""
    return getattr(request, "param", KINDS[0])


@pytest.fixture
def database_url(request: pytest.FixtureRequest, store_kind: str) -> Iterator[str | None]:
    """The address of a database with an empty store for ``BASE``, to be the setting; None on SQLite."""
    if store_kind == "sqlite":
        yield None
        return
    databases: Databases = request.getfixturevalue("databases")
    made = databases.with_store()
    yield made
    databases.drop(made)


@pytest.fixture
def new_place(request: pytest.FixtureRequest, store_kind: str, tmp_path: Path) -> Iterator[Callable[[], Place]]:
    """Makes places for new stores: folders that are not there yet, or empty databases."""
    made: list[str] = []

    def folder() -> Place:
        return tmp_path / f"new-{uuid.uuid4().hex}"

    def database() -> Place:
        made.append(request.getfixturevalue("databases").empty())
        return made[-1]

    yield folder if store_kind == "sqlite" else database
    for address in made:
        request.getfixturevalue("databases").drop(address)


class SparqlServer:
    """A SPARQL 1.1 server in a process of its own, with its data in a folder: ``oxigraph serve``."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self._folder = program, folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.query, self.update = (f"http://127.0.0.1:{self.port}/{each}" for each in ("query", "update"))

    def start(self) -> None:
        """Start it; it answers when this comes back."""
        if self._process is not None:
            return
        command = [self._program, "serve", "--location", str(self._folder), "--bind", f"127.0.0.1:{self.port}"]
        with (self._folder.parent / "sparql-server.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + 300
        while True:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, "the SPARQL server ended"
            assert time.monotonic() < until, "the SPARQL server does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def empty(self) -> None:
        """Let it run, with nothing in it."""
        self.start()
        self.send("DROP ALL")

    def send(self, update: str) -> None:
        """Send an update."""
        self._ask("POST", "/update", update.encode(), {"Content-Type": "application/sparql-update"})

    def quads(self) -> list[str]:
        """Everything in it, as sorted N-Quads."""
        read = self._ask("GET", "/store", None, {"Accept": "application/n-quads"}).decode()
        return sorted(filter(None, read.split("\n")))

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        read = answer.read()
        connection.close()
        assert answer.status < 300, read
        return read


@pytest.fixture(scope="session")
def _sparql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparqlServer]:
    program = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        pytest.skip("the package oxigraph, which brings a SPARQL server, is not installed")
    folder = tmp_path_factory.mktemp("sparql") / "data"
    folder.mkdir()
    server = SparqlServer(program, folder)
    yield server
    server.kill()


@pytest.fixture
def sparql_server(_sparql_server: SparqlServer) -> SparqlServer:
    """A running SPARQL server with nothing in it; a test may kill and start it."""
    _sparql_server.empty()
    return _sparql_server


class HandClock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture(scope="session")
def published() -> Published:
    return Published.load()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def settings(tmp_path: Path, database_url: str | None) -> Settings:
    return Settings(data=tmp_path / "store", database=database_url, base_url=BASE, signing_secret=SECRET)


def _furnished(settings: Settings, clock: HandClock) -> Running:
    made = create_system(settings)
    running = Running(replace(made.system, clock=clock), made.store, made.settings)
    for slug, name, role, kind, prefixes in (
        ("maker", "Exempel Möbler AB", Role.SUPPLIER, "maker", ("9526543",)),
        ("rival", "Anden Møbelfabrik A/S", Role.SUPPLIER, "maker", ()),
        ("town", "Exempelby kommun", Role.OWNER, "municipality", ()),
        ("watch", "Marknadskontrollen", Role.AUTHORITY, "authority", ()),
    ):
        add_organisation(running.system, Organisation(slug, name, role, kind, prefixes=prefixes))
    return running


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed store as ``running`` has it, made once: copying it takes a hundredth of making it."""
    folder = tmp_path_factory.mktemp("template") / "store"
    _furnished(Settings(data=folder, base_url=BASE, signing_secret=SECRET), HandClock()).close()
    return folder


@pytest.fixture
def running(settings: Settings, clock: HandClock, _template: Path) -> Iterator[Running]:
    usual = settings.database is None and settings.base_url == BASE and settings.signing_secret == SECRET
    if usual and not settings.data.exists():
        shutil.copytree(_template, settings.data)
        opened = open_system(settings)
        running = Running(replace(opened.system, clock=clock), opened.store, opened.settings)
    else:
        running = _furnished(settings, clock)
    yield running
    running.close()


@pytest.fixture
def system(running: Running) -> System:
    return running.system


@pytest.fixture
def caller(system: System) -> Callable[[str], Caller]:
    def of(slug: str) -> Caller:
        organisation = system.parties.organisation(slug)
        assert organisation is not None
        return Caller(f"token of {slug}", slug, organisation.role, frozenset({Scope.SUBMIT, Scope.READ}))

    return of


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The store of the demo, filled once in a run as people fill it, and opened after the demo has stopped; to read."""
    own = tmp_path_factory.getbasetemp()
    place = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "demonstration"
    place.mkdir(exist_ok=True)
    folder, filled = place / "store", place / "filled"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not filled.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _fill_demo(folder)
            filled.touch()
    running = open_system(Settings(data=folder, signing_secret_file=folder / "demo-secret"))
    yield running
    running.close()


def _fill_demo(folder: Path) -> None:
    """Let the demo fill a store there, and stop it."""
    root = Path(__file__).parents[1]
    program = [sys.executable, "-c", "from passport.cli import main; main()", "demo", "--data", str(folder)]
    command = [*program, "--json", "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PASSPORT_")}
    environment["PYTHONPATH"] = str(root)
    piped, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder.parent, env=environment, stdout=piped, stderr=nowhere) as server:
        assert server.stdout is not None
        assert server.stdout.readline()
        server.terminate()
