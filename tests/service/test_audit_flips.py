"""Bits that flip on the disk: opening a store, its physical check or the audit finds each that changes anything."""

import random
import sqlite3
from contextlib import closing

import pytest

from passport.adapters.sql import tables
from passport.adapters.sql.store import DATABASE, open_store
from passport.errors import StoreRefused
from tests.adapters import sample_history as samples
from tests.service.auditing import codes, problems_of


def _dump(folder):
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        return {name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in tables.metadata.tables}


def _finds(folder):
    """Whether opening, the physical check or the audit tells that something is wrong."""
    try:
        store = open_store(folder, base_url=samples.BASE)
    except StoreRefused:
        return True
    try:
        return bool(problems_of(store) or store.flaws())
    finally:
        store.close()


@pytest.mark.parametrize(("flips", "least"), [(10, 1), pytest.param(40, 10, marks=pytest.mark.slow)])
def test_t39_f15_any_flipped_bit_is_found_or_harmless(sound_store, tmp_path, flips, least):
    whole = (sound_store / DATABASE).read_bytes()
    before = _dump(sound_store)
    choice = random.Random(15)
    found = harmless = 0
    for number in range(flips):
        folder = tmp_path / str(number)
        folder.mkdir()
        bit = choice.randrange(len(whole) * 8)
        flipped = bytearray(whole)
        flipped[bit >> 3] ^= 1 << (bit & 7)
        (folder / DATABASE).write_bytes(flipped)
        if _finds(folder):
            found += 1
        else:
            assert _dump(folder) == before, f"bit {bit} was not found"
            harmless += 1
    print(f"F15: {found} flips found, {harmless} harmless of {flips}")
    assert found >= least


NEWER = ("erasure", "log_checkpoint", "claim", "delegation", "contact", "session", "product")


def test_f15_a_flipped_bit_in_each_value_of_a_newer_table_is_found(sound_store, tmp_path):
    whole = (sound_store / DATABASE).read_bytes()
    with closing(sqlite3.connect(sound_store / DATABASE)) as connection:
        connection.text_factory = bytes
        rows = {name: connection.execute(f"SELECT * FROM {name} LIMIT 1").fetchone() for name in NEWER}
    assert all(rows.values())
    flipped = 0
    for name, row in rows.items():
        for value in row:
            if not isinstance(value, bytes) or len(value) < 4 or value not in whole:
                continue
            folder = tmp_path / f"{name}-{flipped}"
            folder.mkdir()
            data = bytearray(whole)
            data[data.rindex(value) + len(value) // 2] ^= 1
            (folder / DATABASE).write_bytes(data)
            assert _finds(folder), f"{value[:40]!r} of {name}"
            flipped += 1
    assert flipped > 25


def test_f15_a_flipped_bit_in_the_mark_is_found(folder):
    store = open_store(folder)
    mark = store.history.checkpoint().note
    assert problems_of(store, mark=mark) == []
    choice = random.Random(16)
    for _ in range(30):
        data = bytearray(mark.encode())
        bit = choice.randrange(len(data) * 8)
        data[bit >> 3] ^= 1 << (bit & 7)
        problems = problems_of(store, mark=data.decode("utf-8", "replace"))
        assert codes(problems) == {"checkpoint"}, bit
    store.close()


def test_f15_negative_control_without_the_audit_a_flip_goes_unseen(folder):
    file = folder / DATABASE
    data = bytearray(file.read_bytes())
    data[data.index(b"x" * 100) + 50] ^= 1
    file.write_bytes(data)
    store = open_store(folder, base_url=samples.BASE)
    assert store.flaws() == []
    assert codes(problems_of(store)) == {"digest", "signature"}
    store.close()
