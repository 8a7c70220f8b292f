"""Writers that wait share one commit: what each is told is what is kept, whatever becomes of the others."""

import random
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from passport.adapters.sql import grouping
from passport.adapters.sql.grouping import Line, Turnstile
from passport.adapters.sql.sqlite import SQLite
from passport.errors import StoreBusy, StoreFailing, StoreFull
from passport.proofs import ledger

WRITERS = 12


class Stop(Exception):
    pass


@pytest.fixture
def database(tmp_path):
    """A small database of its own: a number is kept once, and may name a number that is there at the commit."""
    path = tmp_path / "small.sqlite"
    path.touch()
    made = SQLite(path)
    with made.transaction() as connection:
        connection.execute(
            "CREATE TABLE kept(number INTEGER PRIMARY KEY, other INTEGER REFERENCES kept DEFERRABLE INITIALLY DEFERRED,"
            " filler BLOB)"
        )
    yield made
    made.close()


def accepted(told):
    """The blocks that were told that they are kept."""
    return {name for name, wrong in told.items() if wrong is None} - {"first"}


def kept(database):
    return {number for (number,) in database.all("SELECT number FROM kept")}


def waiting(database, number):
    """Wait until so many threads stand in line."""
    deadline = time.monotonic() + 120
    while len(database._line._waiting) < number:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def together(database, blocks):
    """Run all blocks so that they wait for one transaction; gives the statements and what each was told.

    The transaction is begun by an empty block, called "first".
    """
    seen, told, threads = [], {}, []

    def run(name, block):
        try:
            with database.transaction() as connection:
                block(connection)
            told[name] = None
        except Exception as wrong:
            told[name] = wrong

    def begin(connection):
        connection.set_trace_callback(seen.append)
        for name, block in blocks.items():
            thread = threading.Thread(target=run, args=(name, block))
            thread.start()
            threads.append(thread)
            waiting(database, len(threads))

    run("first", begin)
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive()
    with database.transaction() as connection:
        connection.set_trace_callback(None)
    return seen, told


def adding(number, *, other=None, fail=False):
    def block(connection):
        connection.execute("INSERT INTO kept VALUES (?, ?, ?)", (number, other, b"x" * 100))
        if fail:
            raise Stop

    return block


@pytest.fixture
def patient(monkeypatch):
    """Groups that are bounded by their number of blocks alone, so that a slow machine does not split them."""
    monkeypatch.setattr(grouping, "SECONDS", 60.0)


@pytest.mark.usefixtures("patient")
def test_those_who_wait_share_one_commit(database):
    seen, told = together(database, {number: adding(number) for number in range(WRITERS)})
    assert set(told.values()) == {None}
    assert kept(database) == set(range(WRITERS))
    assert seen.count("COMMIT") == 1


@pytest.mark.usefixtures("patient")
def test_a_group_has_its_most(database, monkeypatch):
    monkeypatch.setattr(grouping, "BLOCKS", 4)
    seen, _ = together(database, {number: adding(number) for number in range(11)})
    assert seen.count("COMMIT") == 3
    assert kept(database) == set(range(11))


def test_a_group_has_its_time(database, monkeypatch):
    monkeypatch.setattr(grouping, "SECONDS", 0.0)
    seen, _ = together(database, {number: adding(number) for number in range(3)})
    assert seen.count("COMMIT") == 4
    assert kept(database) == {0, 1, 2}


@pytest.mark.usefixtures("patient")
def test_a_block_that_fails_undoes_only_itself(database):
    blocks = {number: adding(number, fail=number % 3 == 0) for number in range(WRITERS)}
    seen, told = together(database, blocks)
    assert seen.count("COMMIT") == 1
    assert {number for number, wrong in told.items() if isinstance(wrong, Stop)} == set(range(0, WRITERS, 3))
    assert kept(database) == accepted(told)


@pytest.mark.usefixtures("patient")
def test_the_last_block_that_fails_lets_the_others_be_kept(database):
    _, told = together(database, {0: adding(0), 1: adding(1), 2: adding(2, fail=True)})
    assert [type(told[number]) for number in range(3)] == [type(None), type(None), Stop]
    assert kept(database) == {0, 1}


@pytest.mark.usefixtures("patient")
def test_a_commit_that_fails_fails_every_block_and_the_next_group_goes_on(database):
    blocks = {number: adding(number, other=-1 if number == 5 else None) for number in range(WRITERS)}
    _, told = together(database, blocks)
    assert {type(wrong) for wrong in told.values()} == {sqlite3.IntegrityError}
    assert len(told) == WRITERS + 1
    assert kept(database) == set()
    _, told = together(database, {1: adding(1)})
    assert told == {"first": None, 1: None}
    assert kept(database) == {1}


@pytest.mark.usefixtures("patient")
def test_a_transaction_that_the_disk_ends_fails_every_block(database):
    def ended(connection):
        connection.execute("ROLLBACK")

    _, told = together(database, {0: adding(0), 1: ended, 2: adding(2)})
    assert [type(told[name]) for name in ("first", 0, 1)] == [StoreFailing] * 3
    assert told[2] is None
    assert kept(database) == {2}


@pytest.mark.usefixtures("patient")
def test_f04_a_group_on_a_full_disk_tells_the_truth(database):
    with database.transaction() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 3}")

    def large(number):
        def block(connection):
            connection.execute("INSERT INTO kept VALUES (?, NULL, ?)", (number, b"x" * 3000))

        return block

    _, told = together(database, {number: large(number) for number in range(8)})
    full = {number for number, wrong in told.items() if isinstance(wrong, StoreFull)}
    assert full
    assert kept(database) == accepted(told) == told.keys() - full - {"first"}
    with database.transaction() as connection:
        connection.execute("PRAGMA max_page_count=100000")
    _, told = together(database, {number: large(number) for number in range(10, 14)})
    assert kept(database) >= set(range(10, 14))


def test_who_gives_up_leaves_the_line(database):
    with database.transaction() as connection:
        connection.execute("INSERT INTO kept VALUES (1, NULL, NULL)")
        with pytest.raises(StoreBusy), database.transaction(wait=0.01):
            raise AssertionError
    with database.transaction() as connection:
        connection.execute("INSERT INTO kept VALUES (2, NULL, NULL)")
    assert kept(database) == {1, 2}


def test_the_line_calls_in_the_order_of_arrival():
    line, order, threads = Line(), [], []

    def stand(number):
        group = line.enter(10)
        order.append(number)
        line.settle(group)

    group = line.enter(0)
    for number in range(8):
        thread = threading.Thread(target=stand, args=(number,))
        thread.start()
        threads.append(thread)
        while len(line._waiting) < number + 1:
            time.sleep(0.001)
    line.settle(group)
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_the_turnstile_lets_one_try_at_a_time_and_is_only_a_courtesy(tmp_path, monkeypatch):
    first, second = Turnstile(tmp_path), Turnstile(tmp_path)
    assert first.enter(time.monotonic())
    assert not second.enter(time.monotonic())
    monkeypatch.setattr(grouping, "_COURTEOUS", 0.01)
    assert second.enter(time.monotonic() + 10)
    first.leave()
    second.leave()
    assert second.enter(time.monotonic())
    first.close()
    second.close()


def test_writers_of_two_processes_take_turns(samples, tmp_path):
    """Nobody waits for long while two processes write as fast as they can: mostly one follows upon the other."""
    store, mine = samples.new_store(tmp_path / "data"), set()
    child = samples.child(tmp_path / "data", "after", 100)
    child.stdout.readline()
    told = threading.Thread(target=child.stdout.read)
    told.start()
    while told.is_alive():
        mine.update(product.code for product in samples.issue(store))
    child.communicate()
    ours = [entry.document.code in mine for entry in store.history.scan(0, store.history.size())]
    store.close()
    while ours[-1]:
        ours.pop()
    assert ours.count(False) == 100
    changes = sum(one != other for one, other in pairwise(ours))
    assert changes > len(ours) / 2, ours


def test_what_each_writer_of_many_is_told_is_what_is_kept(store, samples):
    choice = random.Random(7)
    plans = [[choice.random() < 0.3 for _ in range(6)] for _ in range(WRITERS)]

    def write(fails):
        told = []
        for fail in fails:
            try:
                with store.history.writing() as writing:
                    batch = samples.Batch(writing)
                    product = batch.add(samples.new_product())
                    batch.append()
                    if fail:
                        raise Stop
            except Stop:
                continue
            told.append(product.code)
        return told

    with ThreadPoolExecutor(WRITERS) as pool:
        told = [code for codes in pool.map(write, plans) for code in codes]
    assert len(told) == sum(not fail for fails in plans for fail in fails)
    entries = list(store.history.scan(0, store.history.size()))
    assert sorted(told) == sorted(entry.document.code for entry in entries)
    assert [entry.document.position for entry in entries] == list(range(len(told)))
    wanted = ledger.extend(0, (), [ledger.leaf_hash(entry.leaf) for entry in entries])
    nodes = [
        (node.level, node.index, node.hash)
        for level in range(12)
        for node in store.history.nodes(level, 0, len(entries) + 1)
    ]
    assert nodes == sorted(wanted)
    slots = {(entry.document.status_list, entry.document.status_index) for entry in entries}
    assert len(slots) == len(entries)
