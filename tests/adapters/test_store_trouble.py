"""What a store says when its disk or other writers do not let it work: refusals, and nothing half done."""

import sqlite3
from contextlib import closing
from threading import Thread

import pytest

from passport.errors import StoreBusy, StoreFailing, StoreFull
from passport.model.access import Role
from passport.ports import Organisation, Token

TOKEN = Token("t1", b"\1" * 32, "maker", frozenset(), "", "2026-11-01T00:00:00Z", "2027-11-01T00:00:00Z")


def test_a_full_disk_is_told_and_nothing_is_kept(store, samples):
    parties = store.parties
    with store.database.transaction() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(StoreFull):
        _add_organisations(parties)
    kept = len(parties.organisations())
    with pytest.raises(StoreFull):
        _append(store.history, samples)
    assert len(parties.organisations()) == kept
    assert store.history.size() == 0


def _add_organisations(parties):
    for number in range(200):
        parties.add_organisation(Organisation(f"maker-{number}", "M" * 500, Role.SUPPLIER, "maker"))


def _append(history, samples):
    with history.writing() as writing:
        batch = samples.Batch(writing)
        for _ in range(20):
            batch.add(samples.new_product())
        batch.append()


def test_noting_that_a_token_was_used_never_fails(store):
    parties = store.parties
    parties.add_token(TOKEN)
    parties.used("nobody", "2026-11-21T10:00:00Z")
    with closing(sqlite3.connect(store.database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        parties.used("t1", "2026-11-21T10:00:00Z")
        with pytest.raises(StoreBusy), store.database.transaction(wait=0.01):
            raise AssertionError
    assert parties.token(TOKEN.digest).last_used is None
    store.close()
    store.database.path.unlink()
    parties.used("t1", "2026-11-21T10:00:00Z")


def test_a_file_that_is_gone_is_told(store):
    store.database.path.unlink()
    found: list[Exception] = []

    def read() -> None:
        try:
            store.history.size()
        except StoreFailing as wrong:
            found.append(wrong)

    thread = Thread(target=read)
    thread.start()
    thread.join()
    assert len(found) == 1
