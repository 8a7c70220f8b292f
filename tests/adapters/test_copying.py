"""Stores copied from a file to PostgreSQL, back, and to their own kind: the same, or nothing at all."""

from pathlib import Path

import pytest
from sqlalchemy import select

from passport.adapters.sql import copying, tables
from passport.adapters.sql.building import DATABASE
from passport.adapters.sql.copying import copy_store
from passport.adapters.sql.prepared import prepare
from passport.adapters.sql.store import has_store, open_store
from passport.errors import StoreRefused
from passport.model.access import Role, Scope
from passport.ports import Answer, Organisation, Submission, Token
from passport.service.audit import audit

TOWN = Organisation("koping", "Köpings kommun", Role.OWNER, "municipality", identifiers=("vat:1",), prefixes=("735",))
TOKEN = Token("t1", b"\1" * 32, "koping", frozenset({Scope.READ}), "", "2026-11-01T00:00:00Z", "2027-11-01T00:00:00Z")


@pytest.fixture
def filled(store, samples):
    """A store with something in most tables."""
    store.parties.add_organisation(TOWN)
    store.parties.add_token(TOKEN)
    products = samples.issue(store, 30, filler="å" * 200)
    samples.write(store, lambda batch: batch.revise(products[0]))
    first = next(store.history.scan(0, 1)).document
    with store.history.writing() as writing:
        writing.revoke([first.id], samples.AT)
        writing.remember(Answer("maker", "key", b"\0" * 32, True, b'{"a":1}', samples.AT))
        writing.receive(Submission("s1", "maker", samples.AT, 1, True, b"{}"))
    return store


@pytest.fixture
def other_place(request, tmp_path):
    """A new place of the kind that is asked for."""
    if request.param == "sqlite":
        yield tmp_path / "copied"
        return
    databases = request.getfixturevalue("databases")
    place = databases.empty()
    yield place
    databases.drop(place)


def rows(store):
    """All rows of all tables but the store's own."""
    found = {}
    for table in tables.metadata.sorted_tables:
        if table is not tables.store:
            query = prepare(store.database.dialect, select(*table.c).order_by(*table.primary_key.columns))
            found[table.name] = list(store.database.each(query))
    return found


@pytest.mark.both_stores
@pytest.mark.parametrize("other_place", ["sqlite", "postgresql"], indirect=True)
def test_a_copy_is_the_same_store(filled, samples, other_place):
    told = []
    assert copy_store(filled, other_place, progress=lambda *done: told.append(done)) == 31
    assert told[-1] == (sum(map(len, rows(filled).values())),) * 2
    copied = open_store(other_place, base_url=samples.BASE)
    assert rows(copied) == rows(filled)
    assert copied.flaws() == []
    unexplained = audit(filled.history, filled.parties, base=samples.BASE)
    assert {each.code for each in unexplained} == {"revocation"}
    assert audit(copied.history, copied.parties, base=samples.BASE) == unexplained
    samples.issue(copied, 2)
    samples.issue(filled, 2)
    assert copied.history.size() == filled.history.size() == 33
    assert audit(copied.history, copied.parties, base=samples.BASE) == unexplained
    copied.close()


@pytest.mark.both_stores
def test_a_copy_never_takes_the_place_of_a_store(filled, samples, tmp_path, store_kind):
    for place in (filled.place, samples.new_store(tmp_path / "other").place):
        with pytest.raises(StoreRefused, match="already"):
            copy_store(filled, place)
    assert filled.history.size() == 31


@pytest.mark.parametrize("other_place", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("crash", [1, 5])
def test_a_copy_that_is_broken_off_leaves_nothing(filled, other_place, crash):
    def fail(done, _):
        told.append(done)
        if len(told) == crash:
            raise KeyboardInterrupt

    told = []
    with pytest.raises(KeyboardInterrupt):
        copy_store(filled, other_place, progress=fail)
    assert not has_store(other_place)
    if isinstance(other_place, Path):
        assert list(other_place.iterdir()) == []
    assert copy_store(filled, other_place) == 31


@pytest.mark.parametrize("other_place", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("damage", ["left out", "changed", "another tree"])
def test_a_copy_that_is_not_the_same_is_refused_and_nothing_is_kept(filled, other_place, damage, monkeypatch):
    batches = copying._batches

    def spoilt(found):
        for batch in batches(found):
            if damage == "left out":
                yield batch[:-1]
            elif damage == "changed":
                yield [("koping", "Andrum", *row[2:]) if row[:2] == ("koping", TOWN.name) else row for row in batch]
            else:
                yield [(*row[:2], bytes(32)) if len(row) == 3 else row for row in batch]

    monkeypatch.setattr(copying, "_batches", spoilt)
    with pytest.raises(StoreRefused, match="Nothing was kept"):
        copy_store(filled, other_place)
    assert not has_store(other_place)
    if isinstance(other_place, Path):
        assert not (other_place / DATABASE).exists()
