"""``passport audit`` holds the log against its checkpoints, and what was erased or revoked against the log."""

import sqlite3
from contextlib import closing

import orjson
import pytest

from passport.adapters.sql.store import DATABASE, open_store
from passport.proofs import ledger, notes
from passport.proofs.checkpoints import Head
from tests.adapters import sample_history as samples
from tests.service.auditing import LOG_KEY, codes, damaged, problems_of


def forge(folder, position, **change):
    """Rewrite the log from one entry on, as somebody could who has everything but the log's key.

    Leaves, chains, nodes and heads all agree with each other afterwards.
    """
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        rows = connection.execute("SELECT position, leaf, code FROM document ORDER BY position").fetchall()
        heads, hashes = {}, []
        for place, leaf, code in rows:
            told = orjson.loads(leaf)
            if place == position:
                told |= change
            told["prev"] = heads.get(code, b"").hex()
            data = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
            heads[code] = ledger.leaf_hash(data)
            hashes.append(heads[code])
            connection.execute("UPDATE document SET leaf = ? WHERE position = ?", (data, place))
        connection.execute("DELETE FROM log_node")
        connection.executemany("INSERT INTO log_node VALUES (?, ?, ?)", ledger.extend(0, [], hashes))
        for code, head in heads.items():
            connection.execute("UPDATE product SET head = ? WHERE code = ?", (head, code))
        connection.commit()


def test_t32_a_log_that_was_rewritten_as_a_whole_contradicts_its_checkpoints(folder):
    forge(folder, 12, at="2026-11-20T12:00:00Z")
    store = open_store(folder)
    problems = [each for each in problems_of(store) if each.code == "checkpoint"]
    assert [each.position for each in problems] == [7, 7]
    assert "the first 25 documents" in problems[0].detail
    store.close()


def test_t32_negative_control_without_checkpoints_only_the_entry_itself_is_suspect(folder):
    forge(folder, 12, at="2026-11-20T12:00:00Z")
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("DELETE FROM log_checkpoint")
        connection.commit()
    store = open_store(folder)
    assert "checkpoint" not in codes(problems_of(store))
    store.close()


def test_a_log_that_is_shorter_than_its_checkpoint_is_named(folder):
    store = open_store(folder)
    head = Head("passport.example/log", 99, bytes(32))
    mark = notes.written(head.text(), [LOG_KEY.line(samples.PRIVATE.sign(head.text().encode()))])
    (problem,) = problems_of(store, mark=mark)
    assert (problem.code, problem.position) == ("checkpoint", 40)
    assert "99 documents was published, and there are 40" in problem.detail
    store.close()


def test_erased_documents_say_so_and_are_no_problem(folder):
    store, said = open_store(folder), []
    assert problems_of(store, erased=said.append) == []
    (erased,) = said
    assert (erased.code, erased.document) == ("erased", next(iter(store.history.erasures())))
    assert store.history.document(erased.document).payload == b""
    store.close()


def test_what_was_erased_without_a_logged_act_is_named(folder):
    problems = damaged(
        folder,
        "UPDATE erasure SET document = (SELECT id FROM document WHERE position = 3)",
        "UPDATE document SET payload = x'', header = x'', signature = x'' WHERE position = 3",
    )
    assert "erasure" in codes(problems)
    assert {"digest", "payload"} <= codes(problems)


def test_what_is_said_to_be_erased_and_is_still_there_is_named(folder):
    problems = damaged(folder, "UPDATE erasure SET document = (SELECT id FROM document WHERE position = 3)")
    assert codes(problems, 3) == {"erasure"}


@pytest.mark.parametrize(
    "change", ["act = 'another-event'", "at = '2025-01-01T00:00:00Z'", """effects = '{"owner":"thief"}'"""]
)
def test_an_erasure_that_is_not_the_one_that_was_logged_is_named(folder, change):
    assert "erasure" in codes(damaged(folder, f"UPDATE erasure SET {change}"))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("DELETE FROM revocation", "is not revoked"),
        ("UPDATE revocation SET status_index = status_index + 1", "nothing in the log says why"),
        ("UPDATE revocation SET document = (SELECT id FROM document WHERE position = 3)", "is not revoked"),
    ],
)
def test_what_is_revoked_follows_from_the_log(folder, change, word):
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(change)
        connection.commit()
    store = open_store(folder)
    problems = problems_of(store)
    assert codes(problems) == {"revocation"}
    assert any(word in problem.detail for problem in problems)
    store.close()
