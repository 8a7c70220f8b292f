"""F3: after a power cut everything that was acknowledged is there, and the store is sound."""

import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from passport.adapters.sql import sqlite as adapter
from passport.adapters.sql.history import SqlHistory
from passport.adapters.sql.sqlite import SQLite
from passport.adapters.sql.store import DATABASE, open_store
from passport.errors import Damaged, Refusal, StoreBusy, StoreFailing
from passport.proofs import ledger

CUTS = 30
CONTROL_CUTS = 15
SLOW_CUTS = 1000
MOST_WRITES = 500
FULL = "PRAGMA synchronous=FULL"
OFTEN = ("PRAGMA wal_autocheckpoint=4000", "PRAGMA wal_autocheckpoint=40")


@pytest.fixture(scope="module")
def powercut(helper):
    """The module of the disk that loses power."""
    return helper("powercut")


@pytest.fixture
def image(samples, tmp_path):
    """The bytes of a store with nothing in its history."""
    samples.new_store(tmp_path / "first").close()
    return (tmp_path / "first" / DATABASE).read_bytes()


class Cut(SQLite):
    """The adapter itself, with its own settings, on a disk that loses power."""

    def __init__(self, folder, connect):
        super().__init__(folder / DATABASE)
        self._made = connect
        self.made = []

    def _connect(self, mode, pragmas):
        self.made.append(self._made(str(self.path)))
        return self.made[-1]


def settings_with(synchronous):
    """The adapter's own settings, with more checkpoints so that a short run has some, and with another FULL."""
    assert FULL in adapter._WRITING
    chosen = (pragma.replace(*OFTEN) for pragma in adapter._WRITING)
    return [pragma.replace(FULL, f"PRAGMA synchronous={synchronous}") for pragma in chosen]


def written(powercut, samples, folder, image, choice, *, synchronous, writers):
    """Write until the power goes; gives what was acknowledged, and what is on the disk."""
    disk = powercut.Disk({str(folder / DATABASE): image}, cut=choice.randrange(1, MOST_WRITES))
    pragmas = settings_with(synchronous)
    database = Cut(folder, lambda name: powercut.Session(disk, name, pragmas))
    history = SqlHistory(database)

    def write(_):
        acknowledged = []
        while True:
            try:
                with history.writing() as writing:
                    batch = samples.Batch(writing)
                    product = batch.add(samples.new_product(), filler="x" * 600, signature=b"s" * 64)
                    batch.append()
            except StoreFailing:
                return acknowledged
            acknowledged.append((product.code, product.current))

    with ThreadPoolExecutor(writers) as pool:
        acknowledged = [each for found in pool.map(write, range(writers)) for each in found]
    left = disk.survived(choice)
    disk.cut = None
    for connection in database.made:
        connection.close()
    return acknowledged, left


def damage(samples, folder, acknowledged):
    """What is wrong with the store in a folder: how many acknowledged passports are lost, whether it is unsound."""
    try:
        store = open_store(folder, base_url=samples.BASE)
    except (Refusal, Damaged, sqlite3.DatabaseError):
        return len(acknowledged), True
    try:
        lost = 0
        for code, position in acknowledged:
            product = store.history.product(code)
            lost += product is None or product.current != position or store.history.read(code) is None
        return lost, store.database.one("PRAGMA quick_check") != ("ok",) or not is_whole(store)
    except (StoreFailing, StoreBusy, Damaged, sqlite3.DatabaseError, TypeError):
        return len(acknowledged), True
    finally:
        store.close()


def is_whole(store):
    """Whether positions have no gaps and every node of the tree fits the leaves."""
    size = store.history.size()
    leaves = [ledger.leaf_hash(entry.leaf) for entry in store.history.scan(0, size)]
    stored = [
        (node.level, node.index, node.hash)
        for level in range(size.bit_length() + 1)
        for node in store.history.nodes(level, 0, size + 9)
    ]
    return len(leaves) == size and stored == sorted(ledger.extend(0, (), leaves))


def drill(powercut, samples, tmp_path, image, *, cuts, synchronous, seed):
    """Cut the power so often; gives acknowledged, lost, cuts with losses, cuts after which the store is unsound."""
    choice = random.Random(seed)
    acknowledged, lost, losses, unsound = 0, 0, 0, 0
    for cut in range(cuts):
        folder = tmp_path / f"{synchronous}-{cut}"
        folder.mkdir()
        told, left = written(
            powercut, samples, folder, image, choice, synchronous=synchronous, writers=1 if cut % 3 else 3
        )
        for name, data in left.items():
            assert name.startswith(str(folder))
            with open(name, "wb") as file:  # noqa: PTH123 - names come from SQLite as text
                file.write(data)
        missing, broken = damage(samples, folder, told)
        acknowledged += len(told)
        lost += missing
        losses += missing > 0
        unsound += broken
    print(
        f"F3 {synchronous}: {cuts} power cuts, {acknowledged} acknowledged, {lost} lost in {losses} cuts,"
        f" {unsound} stores unsound"
    )
    return acknowledged, lost, losses, unsound


def test_f03_a_power_cut_loses_nothing_acknowledged(powercut, samples, tmp_path, image):
    acknowledged, lost, _, unsound = drill(powercut, samples, tmp_path, image, cuts=CUTS, synchronous="FULL", seed=5)
    assert acknowledged > CUTS
    assert (lost, unsound) == (0, 0)


@pytest.mark.slow
def test_f03_negative_control_normal_loses_what_it_acknowledged(powercut, samples, tmp_path, image):
    _, lost, losses, unsound = drill(
        powercut, samples, tmp_path, image, cuts=CONTROL_CUTS, synchronous="NORMAL", seed=6
    )
    assert lost > 0
    assert losses > CONTROL_CUTS // 4
    assert unsound == 0


@pytest.mark.slow
def test_f03_negative_control_off_breaks_the_store(powercut, samples, tmp_path, image):
    _, _, _, unsound = drill(powercut, samples, tmp_path, image, cuts=CONTROL_CUTS, synchronous="OFF", seed=7)
    assert unsound > 0


@pytest.mark.slow
def test_f03_a_thousand_power_cuts(powercut, samples, tmp_path, image):
    acknowledged, lost, _, unsound = drill(
        powercut, samples, tmp_path, image, cuts=SLOW_CUTS, synchronous="FULL", seed=8
    )
    assert acknowledged > SLOW_CUTS
    assert (lost, unsound) == (0, 0)
