"""Stores as a whole: creating, opening, migrating, refusing, backing up and restoring."""

import shutil
import sqlite3
import stat
import threading
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from passport.adapters.sql import store as stores
from passport.adapters.sql.revisions import SCRIPTS, known_revisions
from passport.adapters.sql.store import DATABASE, create_store, migrate_store, open_store, restore_store
from passport.adapters.sql.tables import metadata
from passport.errors import Damaged, StoreRefused
from passport.ports import History, Parties, Writing
from passport.service.audit import audit

both = pytest.mark.both_stores

NEXT_REVISION = """
from alembic import op
import sqlalchemy as sa

revision = "9998"
down_revision = "{before}"


def upgrade():
    op.add_column("submission", sa.Column("note", sa.Text(), nullable=True))
"""


@pytest.fixture
def next_program(tmp_path, monkeypatch):
    """Make this program one that knows one revision more."""
    scripts = tmp_path / "scripts 100%"
    shutil.copytree(SCRIPTS, scripts)
    newest = known_revisions(SCRIPTS)[-1]
    (scripts / "versions" / "r9998_next.py").write_text(NEXT_REVISION.format(before=newest))
    monkeypatch.setattr(stores, "SCRIPTS", scripts)


def execute(store, sql):
    """Behind the service's back."""
    return on_file(store.place, sql) if isinstance(store.place, Path) else on_server(store.place, sql)


def on_file(folder, sql):
    with closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
        return connection.execute(sql).fetchall()


def on_server(address, sql):
    with psycopg.connect(address) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_may_read_a_store(store, samples):
    samples.issue(store)
    assert mode(store.folder) == 0o700
    assert {mode(path) for path in store.folder.iterdir()} == {0o600}


@both
def test_the_adapters_have_every_part_of_their_ports(store):
    with store.history.writing() as writing:
        for port, adapter in ((History, store.history), (Parties, store.parties), (Writing, writing)):
            wanted = {name for name in vars(port) if not name.startswith("_")}
            assert wanted <= set(dir(adapter))


def test_settings_that_keep_acknowledged_writes(store):
    with store.database.transaction() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert store.database.one("SELECT count(*) FROM token") == (0,)
    assert store.database.one("PRAGMA journal_mode") == ("wal",)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.database.one("DELETE FROM token RETURNING id")


@both
@pytest.mark.parametrize("table", ["document", "log_node", "revocation"])
@pytest.mark.parametrize("act", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_the_database_refuses_to_change_the_record(store, samples, table, act):
    samples.issue(store)
    with store.history.writing() as writing:
        writing.revoke([next(store.history.scan(0, 1)).document.id], samples.AT)
    column = {"document": "at", "log_node": "hash", "revocation": "at"}[table]
    with pytest.raises(store.database.integrity_errors, match="kept for ever"):
        execute(store, act.format(table, column, column))


@both
@pytest.mark.parametrize("table", ["product", "organisation_key", "status_list"])
def test_the_database_refuses_to_forget_identities_keys_and_slots(store, samples, table):
    samples.issue(store)
    with pytest.raises(store.database.integrity_errors, match="kept for ever"):
        execute(store, f"DELETE FROM {table}")


@both
def test_the_migrations_make_the_tables_that_the_program_uses(store):
    with stores._engine(store.database).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@both
def test_a_store_is_created_once_and_its_address_is_fixed(store, samples):
    with pytest.raises(StoreRefused, match="already"):
        create_store(store.place, base_url=samples.BASE)
    open_store(store.place, base_url=samples.BASE + "/").close()
    again = open_store(store.place)
    assert again.base_url == samples.BASE
    again.close()
    with pytest.raises(StoreRefused, match="created for"):
        open_store(store.place, base_url="https://other.example")


def test_what_is_no_store_is_refused(tmp_path):
    with pytest.raises(StoreRefused, match="passport init"):
        open_store(tmp_path)
    (tmp_path / DATABASE).write_bytes(b"no database at all, but long enough to be one" * 100)
    with pytest.raises(StoreRefused, match="no store"):
        open_store(tmp_path)
    (tmp_path / DATABASE).unlink()
    on_file(tmp_path, "CREATE TABLE other (x)")
    with pytest.raises(StoreRefused, match="no store"):
        open_store(tmp_path)


@both
def test_a_store_that_was_never_finished_is_refused(store):
    execute(store, "DELETE FROM store WHERE name = 'base_url'")
    with pytest.raises(StoreRefused, match="never finished"):
        open_store(store.place)


@both
def test_a_newer_store_is_refused(store):
    execute(store, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreRefused, match="newer program"):
        open_store(store.place)
    with pytest.raises(StoreRefused, match="newer program"):
        migrate_store(store.place)
    assert execute(store, "SELECT version_num FROM alembic_version") == [("9999",)]


@both
def test_an_older_store_asks_for_migration_and_keeps_everything(store, samples, next_program):
    samples.issue(store, 3)
    with pytest.raises(StoreRefused, match="passport migrate"):
        open_store(store.place)
    assert migrate_store(store.place) == known_revisions(SCRIPTS)[-1]
    migrated = open_store(store.place, base_url=samples.BASE)
    assert migrated.flaws() == []
    assert audit(migrated.history, migrated.parties, base=samples.BASE) == []
    assert migrated.history.size() == 3
    assert migrate_store(store.place) == "9998"
    migrated.close()


def test_the_names_of_the_scripts_are_the_revisions_in_order():
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(SCRIPTS))
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(known_revisions(SCRIPTS))


def test_f09_backup_under_write_load_restores_to_the_same_bytes(store, samples, tmp_path):
    samples.issue(store, 50, filler="x" * 3000)
    stop = threading.Event()
    acknowledged = []

    def write():
        while not stop.is_set():
            acknowledged.extend(samples.issue(store, 3))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(acknowledged) < 10:
            time.sleep(0.001)
        before = 50 + len(acknowledged)
        store.backup(tmp_path / "backup.sqlite")
    finally:
        stop.set()
        writer.join()
    samples.issue(store, 5)
    assert mode(tmp_path / "backup.sqlite") == 0o600
    restored = restore_store(tmp_path / "backup.sqlite", tmp_path / "restored")
    size = restored.history.size()
    assert before <= size < store.history.size()
    assert list(restored.history.scan(0, size)) == list(store.history.scan(0, size))
    assert restored.flaws() == []
    assert audit(restored.history, restored.parties, base=restored.base_url) == []
    samples.issue(restored, 2)
    assert audit(restored.history, restored.parties, base=restored.base_url) == []
    assert mode(restored.folder) == 0o700
    restored.close()


def test_f09_negative_control_a_plain_copy_of_the_live_file_loses_what_was_acknowledged(store, samples, tmp_path):
    """What is still in the write-ahead log is lost: documents, or even all that makes the file a store."""
    samples.issue(store, 5)
    (tmp_path / "copied").mkdir()
    shutil.copy(store.folder / DATABASE, tmp_path / "copied" / DATABASE)
    try:
        copied = open_store(tmp_path / "copied")
    except StoreRefused:
        return
    assert copied.history.size() < store.history.size()
    copied.close()


def test_a_backup_never_overwrites_and_a_restore_needs_an_empty_folder(store, samples, tmp_path):
    target = tmp_path / "backup.sqlite"
    store.backup(target)
    kept = target.read_bytes()
    with pytest.raises(StoreRefused, match="exists"):
        store.backup(target)
    assert target.read_bytes() == kept
    with pytest.raises(StoreRefused, match="not empty"):
        restore_store(target, store.folder)
    with pytest.raises(StoreRefused, match="no backup"):
        restore_store(tmp_path / "nothing", tmp_path / "new")
    (tmp_path / "other").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreRefused):
        restore_store(tmp_path / "other", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_t39_reading_a_damaged_page_is_a_fault_and_not_data(store, samples):
    products = samples.issue(store, 200, filler="x" * 1000)
    before = {product.code: store.history.read(product.code) for product in products}
    store.close()
    with closing(sqlite3.connect(store.folder / DATABASE)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    file = store.folder / DATABASE
    data = bytearray(file.read_bytes())
    for page in range(4096 * 60, len(data), 4096):
        data[page : page + 64] = b"\xff" * 64
    file.write_bytes(data)
    broken = open_store(store.place)
    assert broken.flaws()
    with pytest.raises(Damaged):
        list(broken.history.scan(0, 200))
    refused = 0
    for code, reading in before.items():
        try:
            assert broken.history.read(code) == reading
        except Damaged:
            refused += 1
    assert refused > 50
    assert {problem.code for problem in audit(broken.history, broken.parties, base=samples.BASE)} & {"unreadable"}
    broken.close()


def test_a_crash_while_a_store_is_made_leaves_nothing_in_the_way(tmp_path, samples, monkeypatch):
    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("passport.adapters.sql.sqlite.os.link", crash)
        with pytest.raises(KeyboardInterrupt):
            create_store(tmp_path / "new", base_url=samples.BASE)
    create_store(tmp_path / "new", base_url=samples.BASE).close()
    assert [file.name for file in (tmp_path / "new").iterdir()] == [DATABASE]
