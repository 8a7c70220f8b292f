"""F13: PostgreSQL loses its backends and is restarted under several writing processes: nothing acknowledged is lost."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

import passport
from passport.adapters.sql.postgresql import driver
from passport.adapters.sql.store import open_store
from passport.codecs.documents import inner
from passport.errors import StoreFailing
from passport.model.access import Role
from passport.model.passport import Tier
from passport.ports import Organisation
from passport.service.audit import audit
from passport.service.organisations import add_organisation
from passport.settings import Settings
from passport.wiring import create_system, open_system

PROGRAM = Path(__file__).with_name("persisting.py")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(passport.__file__).parents[1])}
SECRET = "a signing secret for tests, long enough"
WRITERS = 2
READS = 5
INJURIES = 2
MORE = 20
"""Injuries after those, at most, until one was noticed: a server may come back between two transactions."""
CONTROL_INJURIES = 12
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 60
shared_buffers = 32MB
wal_writer_delay = 10s
wal_writer_flush_after = 0
"""


class Cluster:
    """A PostgreSQL server of this module alone, run by another user than root, that may be hurt."""

    def __init__(self, programs):
        self.programs = programs
        self.user = "postgres" if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="passport-f13-"))
        if self.user:
            shutil.chown(self.folder, self.user)
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.write(SETTINGS.format(folder=self.folder))
        self.start()

    def _run(self, program, *options):
        command = [self.programs / program, "-D", self.folder / "data", *options]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": self.folder}
        subprocess.run(command, check=True, timeout=600, user=self.user, **quiet)

    def start(self):
        self._run("pg_ctl", "start", "-w", "-t", "500", "-l", self.folder / "log")

    def stop(self):
        self._run("pg_ctl", "stop", "-w", "-t", "500", "-m", "immediate")

    def restart(self):
        """As after a crash: nobody is asked, nothing is written back."""
        self._run("pg_ctl", "restart", "-w", "-t", "500", "-m", "immediate", "-l", self.folder / "log")

    def address(self, name):
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def kill_a_writer(self):
        """End the backend that holds the lock, or any that writes, as a fault in it would."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'passport' AND backend_xid IS NOT NULL"
            for _ in range(200):
                if found := connection.execute(query).fetchone():
                    with suppress(ProcessLookupError):
                        os.kill(found[0], signal.SIGKILL)
                    return

    def close(self):
        self.stop()
        shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def cluster():
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = folders[-1] / "initdb" if folders else shutil.which("initdb")
    if found is None:
        pytest.skip("no PostgreSQL server is installed: neither under /usr/lib/postgresql nor in PATH")
    made = Cluster(Path(found).parent)
    yield made
    made.close()


@pytest.fixture
def settings(cluster, tmp_path):
    """A store with one organisation in a database of the cluster."""
    name = f"f13_{uuid.uuid4().hex}"
    with psycopg.connect(cluster.address("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    settings = Settings(
        data=tmp_path / "store",
        database=cluster.address(name),
        base_url="http://127.0.0.1:1",
        signing_secret=SECRET,
    )
    running = create_system(settings)
    add_organisation(running.system, Organisation("town", "Exempelby kommun", Role.OWNER, "municipality"))
    running.close()
    return settings


class Writer:
    """A writing process; ``told`` are the lines that it has printed whole."""

    def __init__(self, settings, mode):
        command = [sys.executable, str(PROGRAM), str(settings.data), settings.database, mode]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
        self.told = []
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self):
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.told.append(line.split())

    def acknowledged(self):
        return [(words[1], words[2]) for words in list(self.told) if words[0] == "ack"]

    def end(self):
        self.process.kill()
        self.process.wait(timeout=120)
        self._reading.join()
        self.process.stdout.close()


@contextmanager
def writers(settings, mode, number=WRITERS):
    made = [Writer(settings, mode) for _ in range(number)]
    try:
        wait_for_each(made, 1)
        yield made
    finally:
        for each in made:
            each.end()


def wait_for_each(writers, more):
    """Until each writer has had so many more acknowledged: it goes on by itself."""
    wanted = [len(each.acknowledged()) + more for each in writers]
    limit = time.monotonic() + 300
    while any(len(each.acknowledged()) < number for each, number in zip(writers, wanted, strict=True)):
        assert time.monotonic() < limit, "a writer did not go on"
        assert [each.process.poll() for each in writers] == [None] * len(writers), "a writer ended"
        time.sleep(0.01)


def refusals(writers):
    """Why writers were refused, each time."""
    return [words[2] for writer in writers for words in list(writer.told) if words[0] == "refused"]


def inventory_number(system, code):
    """What the piece's own restricted event says: the whole submission is there, not only its public document."""
    for document in system.history.documents(code):
        if document.tier is Tier.OWNER:
            return inner(document.payload, document.start)["inventoryNumber"]
    return None


def lost(system, acknowledged):
    """Which acknowledged pieces cannot be read whole."""
    return [key for key, code in acknowledged if inventory_number(system, code) != key]


@pytest.mark.parametrize("injuries", [INJURIES, pytest.param(40, marks=pytest.mark.slow)])
def test_f13_nothing_acknowledged_is_lost_and_everything_goes_on_by_itself(cluster, settings, injuries):
    choice = random.Random(13)
    running = open_system(settings)
    system, refused = running.system, Counter()

    def size():
        try:
            return system.history.size()
        except StoreFailing:
            refused["reads"] += 1
            return None

    with writers(settings, "sound") as writing:
        for number in count():
            if number >= injuries and (refused or any(refusals(writing))):
                break
            assert number < injuries + MORE, "nobody was ever refused"
            time.sleep(choice.uniform(0.05, 0.2))
            cluster.kill_a_writer() if number % 2 else cluster.restart()
            size()
            wait_for_each(writing, 3)
            assert size() is not None
    acknowledged = [each for writer in writing for each in writer.acknowledged()]
    refused.update(refusals(writing))
    again = sum(words[0] == "again" for writer in writing for words in writer.told)

    assert lost(system, acknowledged) == []
    assert [entry.document.position for entry in system.history.scan(0, system.history.size())] == list(range(size()))
    products = system.history.products(level=None, after=None, limit=100_000)
    assert len({inventory_number(system, each.code) for each in products}) == len(products)
    assert len(acknowledged) <= len(products) <= len(acknowledged) + WRITERS
    assert running.store.flaws() == []
    assert audit(system.history, system.parties, base=system.base) == []
    print(f"F13: {number} injuries, {len(acknowledged)} acknowledged, {len(products)} stored, 0 lost;", end=" ")
    print(f"refused {dict(refused)}, {again} answers found again")
    running.close()


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["hasty", "asynchronous"])
def test_f13_negative_control_an_acknowledgement_that_the_disk_does_not_have_is_caught(cluster, settings, fault):
    for number in range(1, CONTROL_INJURIES + 1):
        with writers(settings, fault, 1) as writing:
            time.sleep(0.1)
            cluster.stop()
            acknowledged = [each for writer in writing for each in writer.acknowledged()]
            for each in writing:
                each.end()
        cluster.start()
        running = open_system(settings)
        missing = lost(running.system, acknowledged)
        running.close()
        if missing:
            print(f"F13 negative control {fault}: caught after {number} injuries")
            return
    raise AssertionError(f"{CONTROL_INJURIES} injuries did not show the planted fault")


def test_f13_a_server_that_is_away_is_told_at_once_and_found_again_when_it_is_back(cluster, settings, monkeypatch):
    store, naps = open_store(settings.database), []

    def nap(seconds):
        naps.append(seconds)
        time.sleep(seconds)

    monkeypatch.setattr(driver, "time", SimpleNamespace(monotonic=time.monotonic, sleep=nap))
    organisations = store.parties.organisations()
    cluster.stop()
    for _ in range(READS):
        with pytest.raises(StoreFailing):
            store.history.size()
    assert 0 < sum(naps) <= driver._PATIENCE + (READS + 1) * driver._STEP, "only the first one waits"
    naps.clear()
    with pytest.raises(StoreFailing), store.history.writing():
        raise AssertionError
    assert sum(naps) <= driver._PATIENCE + 2 * driver._STEP
    cluster.start()
    assert store.parties.organisations() == organisations
    with store.history.writing() as writing:
        assert writing.tree().size == 0
    store.close()
