"""A client of another project (golang.org/x/mod/sumdb) checks our log over HTTP, and detects what was done to it."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import orjson
import pytest
import uvicorn

from passport.adapters.marks import NAME
from passport.adapters.sql.store import DATABASE
from passport.model.access import Caller, Role, Scope
from passport.ports import Organisation
from passport.proofs import ledger
from passport.service import log
from passport.service.organisations import add_organisation
from passport.service.submissions import submit
from passport.settings import Settings
from passport.web.app import create_app
from passport.web.pages import Pages
from passport.wiring import KEYS, create_system, open_system

BASE = "https://passport.example"
SOURCE = Path(__file__).parent / "logclient" / "main.go"
LEGACY = {
    "granularity": "item",
    "category": "desk",
    "isSecondHandLegacy": True,
    "owner": "town",
    "inventoryNumber": "K-1",
    "condition": {"grade": "C", "assessedOn": "2026-05-01"},
}
PIECES, MORE = 90, 10
"""Enough for a full tile, and a partial one beside it."""


def _go_path() -> Path | None:
    """The GOPATH with golang.org/x/mod that Debian's golang-golang-x-mod-dev installs."""
    place = Path("/usr/share/gocode")
    return place if (place / "src/golang.org/x/mod/sumdb/tlog").is_dir() and shutil.which("go") else None


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """The compiled client."""
    path = _go_path()
    if path is None:
        pytest.skip("needs Debian's golang-go and golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("logclient")
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(path),
        "GOFLAGS": "",
        "GOCACHE": os.environ.get("GOCACHE", str(folder / "cache")),
        "CGO_ENABLED": "1" if shutil.which("gcc") else "0",
    }
    program = folder / "logclient"
    subprocess.run(["go", "build", "-o", program, SOURCE], check=True, env=environment, timeout=1800)
    return program


def _submit(system, start, stop):
    town = Caller("town", "town", Role.OWNER, frozenset(Scope))
    documents = [{**LEGACY, "inventoryNumber": f"K-{number}"} for number in range(start, stop)]
    submit(system, body=json.dumps(documents).encode(), media_type="application/json", caller=town)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A closed store of some hundred documents, its vkey, and a checkpoint that somebody kept when it was smaller."""
    folder = tmp_path_factory.mktemp("log") / "store"
    settings = Settings(data=folder, base_url=BASE, signing_secret="a signing secret for tests, long enough")
    with closing(create_system(settings)) as running:
        system = running.system
        add_organisation(system, Organisation("town", "Exempelby kommun", Role.OWNER, "municipality"))
        _submit(system, 0, PIECES)
        kept = folder.parent / "kept"
        kept.write_text(log.publish(system).note, encoding="utf-8")
        _submit(system, PIECES, PIECES + MORE)
        log.publish(system)
        (vkey,) = log.vkeys(system)
        assert system.history.size() > 300
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    return settings, vkey, kept


@contextmanager
def _served(settings):
    with closing(open_system(settings)) as running, closing(socket.create_server(("127.0.0.1", 0))) as listening:
        system = running.system
        application = create_app(system, Pages(system.published, base=system.base), settings=settings)
        server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/log/"
        finally:
            server.should_exit = True
            thread.join()


def _check(client, settings, vkey, kept):
    with _served(settings) as prefix:
        return subprocess.run([client, prefix, vkey, kept], capture_output=True, text=True, check=False, timeout=600)


def test_t32_a_stock_client_verifies_the_log(client, store):
    settings, vkey, kept = store
    done = _check(client, settings, vkey, kept)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout.split()[0]) > 300


def _changed(rows):
    told = orjson.loads(rows[7][1])
    rows[7] = (rows[7][0], orjson.dumps({**told, "at": "2020-01-01T00:00:00Z"}, option=orjson.OPT_SORT_KEYS))


def _removed(rows):
    del rows[7]


def _inserted(rows):
    rows.insert(7, (None, orjson.dumps({**orjson.loads(rows[7][1]), "seq": 99}, option=orjson.OPT_SORT_KEYS)))


def _reordered(rows):
    rows[7], rows[8] = rows[8], rows[7]


def _rolled_back(rows):
    del rows[5:]


FORGERIES = {
    _changed: "consistency",
    _removed: "consistency",
    _inserted: "consistency",
    _reordered: "consistency",
    _rolled_back: "rolled back",
}


def _forged(settings, folder, forge):
    """A copy of the store whose operator rewrote its whole log and signed it anew, with the log's own key."""
    shutil.copytree(settings.data, folder)
    (folder / KEYS / NAME).unlink()
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        _without_triggers(connection)
        rows = connection.execute("SELECT position, leaf FROM document ORDER BY position").fetchall()
        forge(rows)
        connection.execute("UPDATE document SET position = -1 - position")
        columns = [each[1] for each in connection.execute("PRAGMA table_info(document)")]
        others = [each for each in columns if each not in {"position", "id", "seq"}]
        names = ", ".join(others)
        for position, (before, leaf) in enumerate(rows):
            if before is None:
                connection.execute(
                    f"INSERT INTO document (position, id, seq, {names}) "
                    f"SELECT ?, 'inserted', 99, {names} FROM document LIMIT 1",
                    (position,),
                )
            else:
                connection.execute("UPDATE document SET position = ? WHERE position = ?", (position, -1 - before))
            connection.execute("UPDATE document SET leaf = ? WHERE position = ?", (leaf, position))
        connection.execute("DELETE FROM document WHERE position < 0")
        connection.execute("DELETE FROM log_node")
        nodes = ledger.extend(0, [], [ledger.leaf_hash(leaf) for _, leaf in rows])
        connection.executemany("INSERT INTO log_node VALUES (?, ?, ?)", nodes)
        connection.execute("DELETE FROM log_checkpoint")
        connection.commit()
    changed = settings.model_copy(update={"data": folder})
    with closing(open_system(changed)) as running:
        log.publish(running.system)
    return changed


def _without_triggers(connection):
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda each: each.__name__.strip("_"))
def test_t32_a_stock_client_detects_what_the_operator_did_to_the_log(client, store, tmp_path, forge):
    settings, vkey, kept = store
    done = _check(client, _forged(settings, tmp_path / "forged", forge), vkey, kept)
    assert (done.returncode, done.stdout) == (1, "")
    assert FORGERIES[forge] in done.stderr


def test_negative_control_who_kept_no_checkpoint_sees_nothing(client, store, tmp_path):
    """The forged log is whole in itself: only a kept checkpoint, or a witness, tells."""
    settings, vkey, _ = store
    with _served(_forged(settings, tmp_path / "forged", _changed)) as prefix:
        done = subprocess.run([client, prefix, vkey], capture_output=True, text=True, check=False, timeout=600)
    assert (done.returncode, done.stderr) == (0, "")


def test_t32_an_entry_that_was_changed_behind_the_services_back_is_detected(client, store, tmp_path):
    """Whoever has the database but no key leaves the tree as it is, or makes the service stop."""
    settings, vkey, kept = store
    folder = tmp_path / "copy"
    shutil.copytree(settings.data, folder)
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        _without_triggers(connection)
        connection.execute(
            "UPDATE document SET leaf = CAST(replace(CAST(leaf AS TEXT), '2026', '2025') AS BLOB) WHERE position = 11"
        )
        connection.commit()
    done = _check(client, settings.model_copy(update={"data": folder}), vkey, kept)
    assert done.returncode == 1
    assert "entry 11" in done.stderr


def test_another_key_is_not_believed(client, store):
    settings, vkey, kept = store
    other = "passport.example/log+ea519b92+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"
    assert other != vkey
    done = _check(client, settings, other, kept)
    assert done.returncode == 1
    assert "checkpoint" in done.stderr
