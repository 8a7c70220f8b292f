"""Stores of older programs: after the migration they are what this program would have made of the same acts."""

import json
import sqlite3
from contextlib import closing

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from passport.adapters.sql.revisions import SCRIPTS
from passport.adapters.sql.rows import seal
from passport.adapters.sql.store import DATABASE, migrate_store, open_store
from passport.service.audit import audit
from passport.service.withdrawal import withdraw

_STATE = ("standing", "owner", "grade", "assessed_on", "availability")
"""What a state had before pieces had a life; it was always written whole."""


@pytest.fixture
def first(system, settings, tmp_path):
    """Makes a store of the first schema out of everything that is in the store of ``system``."""

    def first():
        folder = tmp_path / "first"
        folder.mkdir()
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        engine = create_engine(f"sqlite:///{folder / DATABASE}")
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
        engine.dispose()
        with closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
            connection.execute("ATTACH ? AS now", (str(settings.data / DATABASE),))
            for (name,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
                if name != "alembic_version":
                    _bring(connection, name)
        return folder

    return first


def _bring(connection, table):
    names = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
    listed = ", ".join(names)
    for row in connection.execute(f"SELECT {listed} FROM now.{table}").fetchall():
        values = dict(zip(names, row, strict=True))
        if table == "product" and values["state"] != "{}":
            state = {"standing": "active", **json.loads(values["state"])}
            values["state"] = json.dumps({name: state.get(name) for name in _STATE})
        if table in {"product", "organisation"}:
            values["seal"] = seal(tuple(value for name, value in values.items() if name != "seal"))
        marks = ", ".join("?" * len(names))
        connection.execute(f"INSERT INTO main.{table} ({listed}) VALUES ({marks})", tuple(values.values()))


def test_a_store_from_before_the_life_of_pieces_gains_owners_and_times(send, system, model, legacy, caller, first):
    unsafe = {**legacy, "condition": {"grade": "D", "structureScore": 3}}
    private = {**legacy, "owner": "private-party", "availability": "inUse"}
    sent = [send(each) for each in (model, legacy, unsafe, private, {**legacy, "inventoryNumber": "K-78"})]
    withdraw(system, sent[-1].issued[0].code, reason="A test.", caller=caller("town"))
    kept = {each.code: each for each in system.history.products(level=None, after=None, limit=100)}
    folder = first()

    assert migrate_store(folder) == "0001"
    store = open_store(folder, base_url=system.base)
    try:
        assert store.flaws() == []
        assert audit(store.history, store.parties, base=system.base) == []
        found = {each.code: each for each in store.history.products(level=None, after=None, limit=100)}
        assert {code: json.loads(each.state) for code, each in found.items()} == {
            code: json.loads(each.state) for code, each in kept.items()
        }
        assert len(store.history.pieces("town", held=False, after=None, limit=10)) == 3
        assert store.parties.organisation("town").public
    finally:
        store.close()
