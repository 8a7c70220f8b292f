"""What is particular to PostgreSQL: addresses, durability, order of writers, trouble, and texts that it cannot keep."""

import threading
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from passport.adapters.sql.postgresql import sessions
from passport.adapters.sql.postgresql.driver import PostgreSQL
from passport.adapters.sql.postgresql.sessions import Address
from passport.adapters.sql.store import create_store, migrate_store, open_store, restore_store
from passport.errors import Damaged, NotFound, StoreBusy, StoreFailing, StoreFull, StoreRefused, StoreUnsure
from passport.model.access import Role
from passport.ports import Organisation

TOWN = Organisation("town", "Exempelby kommun", Role.OWNER, "municipality")


@pytest.fixture
def store_kind():
    return "postgresql"


def terminate(store):
    """End all connections to the store's database, as a restart of the server does."""
    with psycopg.connect(store.place) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_t31_an_address_is_said_without_its_password():
    address = Address.read("postgresql://someone:hunter2@db.example/passports?sslmode=require")
    assert address.place == "database passports at db.example"
    assert "hunter2" in address.conninfo
    assert "hunter2" not in f"{address} {address!r}"


@pytest.mark.parametrize("wrong", ["postgresql://a:hunter2%zz@x/y", "postgresql://a:b@x/y?hunter2=1"])
def test_t31_an_address_that_cannot_be_read_is_not_repeated(wrong):
    with pytest.raises(StoreRefused, match="none that PostgreSQL reads") as refused:
        open_store(wrong)
    assert "hunter2" not in str(refused.value)


def test_t31_a_server_that_does_not_answer_is_told_without_the_password():
    with pytest.raises(StoreRefused, match="cannot be used") as refused:
        open_store("postgresql://someone:hunter2@127.0.0.1:1/passports")
    assert "hunter2" not in refused.value.detail


def test_a_database_without_a_store_is_refused(databases, new_place):
    place = new_place()
    for act in (open_store, migrate_store):
        with pytest.raises(StoreRefused, match="passport init"):
            act(place)


def test_a_database_that_cannot_keep_every_text_is_refused(databases, samples, new_place):
    place = new_place()
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin_only ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    latin = place.replace("/passport_", "/latin_only?x=").partition("?")[0] + "?" + place.partition("?")[2]
    try:
        with pytest.raises(StoreRefused, match="UTF8"):
            create_store(latin, base_url=samples.BASE)
    finally:
        databases.drop(latin)


def test_means_of_its_own_take_the_place_of_backup_and_restore(store, tmp_path):
    with pytest.raises(StoreRefused, match="pg_dump"):
        store.backup(tmp_path / "backup")
    with pytest.raises(StoreRefused, match="pg_restore"):
        restore_store(Path("backup"), store.place)


def test_settings_that_keep_acknowledged_writes_and_hinder_writing_readers(store):
    with store.database.transaction() as connection:
        assert connection.execute("SELECT current_setting('synchronous_commit')").fetchone() == ("on",)
    with pytest.raises(errors.ReadOnlySqlTransaction), store.database._readers.borrowed() as session:
        session.execute("DELETE FROM token")


def test_texts_are_ordered_by_code_points_whatever_the_language_of_the_database(store):
    with psycopg.connect(store.place) as connection:
        found = connection.execute(
            "SELECT DISTINCT collation_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'text'"
        ).fetchall()
    assert found == [("C",)]


def test_the_database_refuses_to_empty_what_is_kept_at_once(store):
    with psycopg.connect(store.place) as connection, pytest.raises(psycopg.IntegrityError, match="kept for ever"):
        connection.execute("TRUNCATE document CASCADE")


def test_a_text_that_no_row_can_have_is_not_found(store):
    assert store.history.product("A\0B") is None
    assert store.history.documents("A\0B") == []


def test_reads_go_on_after_the_server_ended_their_connections(store):
    for _ in range(3):
        assert store.history.size() == 0
        terminate(store)


def test_writes_go_on_after_the_server_ended_their_connection(store, samples):
    for number in range(3):
        samples.issue(store)
        assert store.history.size() == number + 1
        terminate(store)


def test_a_write_whose_connection_ends_is_refused_and_leaves_nothing(store, samples):
    def break_off(batch):
        batch.add(samples.new_product())
        terminate(store)

    with pytest.raises(StoreFailing) as refused:
        samples.write(store, break_off)
    assert not isinstance(refused.value, StoreUnsure)
    assert store.history.size() == 0
    samples.issue(store)
    assert store.history.size() == 1


def test_a_commit_that_is_not_answered_is_told_as_unsure(store):
    with pytest.raises(StoreUnsure), store.database.transaction():
        terminate(store)
    store.parties.add_organisation(TOWN)


def test_a_failed_statement_that_nobody_undid_is_not_acknowledged(store):
    with pytest.raises(StoreFailing), store.database.transaction() as connection, suppress(errors.DivisionByZero):
        connection.execute("SELECT 1 / 0")
    with store.database.transaction() as connection:
        connection.execute("SELECT 1")


def test_a_refused_insert_leaves_the_transaction_open(store):
    add = "INSERT INTO status_list (number, secret, used, seal) VALUES (%s, %s, %s, %s)"
    many = [(number, b"s", 0, 0) for number in range(100, 200)]
    with store.database.transaction() as connection:
        connection.execute(add, (1, b"s", 0, 0))
        with pytest.raises(psycopg.IntegrityError):
            connection.execute(add, (1, b"s", 0, 0))
        with pytest.raises(psycopg.IntegrityError):
            connection.executemany(add, [(2, b"s", 0, 0), (1, b"s", 0, 0)])
        with pytest.raises(psycopg.IntegrityError):
            connection.executemany(add, [*many, (1, b"s", 0, 0)])
        assert connection.executemany(add, many).rowcount == 100
        assert connection.executemany(add, [(3, b"s", 0, 0)]).rowcount == 1
        assert connection.executemany(add, []).rowcount in {0, -1}
    assert store.database.one("SELECT count(*) FROM status_list") == (103,)


def test_writers_that_wait_share_a_commit_and_fail_alone(store, samples):
    start, failed = threading.Barrier(8), []

    def write(number):
        start.wait()
        for turn in range(5):
            try:
                with store.history.writing() as writing:
                    batch = samples.Batch(writing)
                    batch.add(samples.new_product())
                    batch.append()
                    if (number + turn) % 4 == 0:
                        raise NotFound
            except NotFound:
                failed.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) == 10
    assert [each.document.position for each in store.history.scan(0, 99)] == list(range(30))


def test_a_writer_of_another_process_is_waited_for_and_then_given_up(store):
    with psycopg.connect(store.place) as other:
        other.execute("SELECT value FROM store WHERE name = 'base_url' FOR UPDATE")
        for wait in (0, 0.1):
            begun = time.monotonic()
            with pytest.raises(StoreBusy), store.database.transaction(wait=wait):
                raise AssertionError
            assert wait - 0.01 <= time.monotonic() - begun < 25, "it waited for as long as writers usually do"
    with store.database.transaction(wait=0):
        pass


def test_more_threads_than_connections_read_at_once(store, samples):
    (product,) = samples.issue(store)
    found = []
    threads = [
        threading.Thread(target=lambda: found.extend(store.history.read(product.code) for _ in range(20)))
        for _ in range(3 * sessions.READERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 60 * sessions.READERS
    assert len(store.database._readers._idle) <= sessions.READERS


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (errors.DiskFull, StoreFull),
        (errors.DeadlockDetected, StoreBusy),
        (errors.SerializationFailure, StoreBusy),
        (errors.TooManyConnections, StoreBusy),
        (errors.DataCorrupted, Damaged),
        (errors.IndexCorrupted, Damaged),
        (errors.UndefinedTable, Damaged),
        (errors.IoError, StoreFailing),
        (errors.ReadOnlySqlTransaction, StoreFailing),
        (errors.InsufficientPrivilege, StoreFailing),
        (errors.AdminShutdown, StoreFailing),
        (psycopg.OperationalError, StoreFailing),
        (errors.UniqueViolation, errors.UniqueViolation),
        (errors.SyntaxError, errors.SyntaxError),
        (errors.InFailedSqlTransaction, errors.InFailedSqlTransaction),
    ],
)
def test_what_the_server_says_is_told_in_the_service_s_words(error, told):
    found = sessions.translated(error("connection to server at db.example failed"))
    assert type(found) is told
    assert found.args == ("connection to server at db.example failed",) or "db.example" not in str(found)


def test_a_row_that_was_changed_behind_the_service_is_found(store):
    store.parties.add_organisation(TOWN)
    assert store.flaws() == []
    with psycopg.connect(store.place) as connection:
        connection.execute("UPDATE organisation SET name = 'Andrum' WHERE slug = 'town'")
        connection.execute("DROP INDEX ix_organisation_key_organisation")
    assert [flaw.partition(":")[0] for flaw in store.flaws()] == [
        "the schema is not the one that was set up",
        "organisation 'town'",
    ]


def test_a_driver_is_opened_lazily(databases):
    PostgreSQL("postgresql://nobody@127.0.0.1:1/nothing").close()
