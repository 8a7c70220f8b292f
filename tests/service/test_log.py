"""Checkpoints: late but never wrong, never of a smaller or another tree."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from functools import partial

import orjson
import pytest

from passport.adapters.marks import NAME, FileMarks
from passport.adapters.sql.store import DATABASE
from passport.errors import Conflict, Damaged, KeysLocked, LogStopped, Malformed, NotFound
from passport.model.access import Caller, Role, Scope
from passport.ports import Checkpoint, Organisation
from passport.proofs import checkpoints, ledger, notes
from passport.service import log, logproofs, organisations
from passport.service.submissions import submit
from passport.wiring import open_system

ORIGIN = "passport.example/log"


def opened(system, checkpoint):
    """The head of a checkpoint, after everything that a stranger checks."""
    note = notes.parse(checkpoint.note)
    head = checkpoints.head(note.text)
    assert notes.verified(note, log.verifiers(system, head.origin))
    assert (head.size, head.root) == (checkpoint.size, checkpoint.root)
    assert log.root_at(system, head.size) == head.root
    return head


def test_a_checkpoint_is_of_the_log_as_it_is(system, grow):
    first = log.publish(system)
    assert opened(system, first) == checkpoints.Head(ORIGIN, 0, ledger.EMPTY_ROOT)
    grow()
    second = log.publish(system)
    assert opened(system, second).size == system.history.size() > 0
    assert log.publish(system) == second == system.history.checkpoint() == log.checkpoint(system)
    assert system.marks.read() == second.note
    assert [each.size for each in system.history.checkpoints()] == [0, second.size]
    assert log.standing(system) == log.Standing(ORIGIN, second.size, replace(second, at=second.at), None)


def test_all_checkpoints_are_consistent_with_each_other(system, grow):
    for _ in range(5):
        grow()
        log.publish(system)
    kept = list(system.history.checkpoints())
    assert len(kept) == 5
    for older in kept:
        for newer in kept:
            if older.size <= newer.size:
                proof = ledger.consistency(older.size, newer.size, log.reader(system))
                assert ledger.verify_consistency(older.size, newer.size, older.root, newer.root, proof)


def test_the_follower_publishes_by_itself_and_tells_what_goes_wrong(system, grow, monkeypatch, until):
    monkeypatch.setattr(log, "INTERVAL", 0.02)
    monkeypatch.setattr(log, "RETRY", 0.02)
    told, stop = [], threading.Event()
    thread = threading.Thread(target=log.keep_up, args=(system,), kwargs={"stop": stop, "tell": told.append})
    thread.start()
    try:
        grow()
        until(lambda: system.history.checkpoint() and system.history.checkpoint().size == system.history.size())
        note = system.marks.read()
        system.marks.write(note.replace(f"\n{system.history.size()}\n", "\n99\n"))
        grow()
        until(lambda: told)
        assert isinstance(told[0], LogStopped)
        system.marks.write(note)
        until(lambda: system.history.checkpoint().size == system.history.size())
    finally:
        stop.set()
        thread.join()


def test_what_comes_while_a_checkpoint_is_made_is_in_the_next_one(system, grow, monkeypatch, until):
    monkeypatch.setattr(log, "INTERVAL", 0.02)
    publish, stop = log.publish, threading.Event()

    def overtaken(of):
        made = publish(of)
        if not made.size:
            grow()
        return made

    monkeypatch.setattr(log, "publish", overtaken)
    thread = threading.Thread(target=log.keep_up, args=(system,), kwargs={"stop": stop, "tell": pytest.fail})
    thread.start()
    try:
        until(lambda: system.history.size() > 0)
        until(lambda: system.history.checkpoint().size == system.history.size())
    finally:
        stop.set()
        thread.join()


def test_any_number_of_followers_and_writers_publish_one_line_of_checkpoints(system, settings, clock, grow):
    """Two systems on one store, as two processes have them; each publishes while documents are accepted."""
    other = open_system(settings)
    seen, wrong = [], []

    def publish(of):
        try:
            seen.extend(log.publish(of) for _ in range(25))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=publish, args=(each,)) for each in (system, other.system, system)]
    for thread in threads:
        thread.start()
    for _ in range(8):
        grow()
    for thread in threads:
        thread.join()
    other.close()
    assert wrong == []
    assert len(system.parties.keys(log.LOG)) == 1
    for each in seen:
        opened(system, each)
    assert log.publish(system).size == system.history.size()


def test_without_the_secret_nothing_is_signed_and_the_newest_checkpoint_stays(system, settings, grow):
    locked = open_system(settings.model_copy(update={"signing_secret": None}))
    with pytest.raises(KeysLocked):
        log.publish(locked.system)
    kept = log.publish(system)
    assert log.checkpoint(locked.system) == kept
    grow()
    with pytest.raises(KeysLocked):
        log.publish(locked.system)
    with pytest.raises(KeysLocked):
        logproofs.inclusion(locked.system, 0)
    locked.close()


def test_t31_after_a_rotation_both_keys_sign_and_old_checkpoints_verify(system, grow):
    grow()
    first = log.publish(system)
    (old,) = log.vkeys(system)
    system.parties.add_key(system.signer.create(log.LOG, "2026-11-21T12:00:01Z"))
    again = log.publish(system)
    assert again.size == first.size
    new, still = log.vkeys(system)
    assert still == old
    for vkey in (old, new):
        key = notes.verifier(vkey)
        assert notes.verified(notes.parse(again.note), [key]) == (key,)
    opened(system, first)
    system.parties.add_key(system.signer.create(log.LOG, "2026-11-21T12:00:02Z"))
    assert old not in log.vkeys(system)
    assert len(log.vkeys(system)) == 2
    opened(system, log.publish(system))


def test_t31_a_compromised_key_signs_no_more_and_what_it_signed_stays_readable(system, grow):
    grow()
    first = log.publish(system)
    stolen = system.parties.keys(log.LOG)[0]
    system.parties.add_key(system.signer.create(log.LOG, "2026-11-21T12:00:01Z"))
    system.parties.revoke_key(stolen.kid, "2026-11-21T12:00:02Z")
    again = log.publish(system)
    key = notes.Verifier(ORIGIN, notes.ED25519, stolen.public)
    assert notes.verified(notes.parse(again.note), [key]) == ()
    assert key.vkey() not in log.vkeys(system)
    assert notes.verified(notes.parse(first.note), [key]) == (key,)
    grow()
    opened(system, log.publish(system))


def test_no_organisation_bears_the_name_of_the_log(system):
    with pytest.raises(Malformed, match="reserved"):
        organisations.add_organisation(system, Organisation("log", "Log AB", Role.SUPPLIER, "maker"))


# An older copy of the database.


@pytest.fixture
def rolled_back(running, settings, grow, tmp_path):
    """The store after an older copy of its database was put back; its folder of keys is the newer one."""
    system = running.system
    grow()
    log.publish(system)
    running.store.backup(tmp_path / "backup")
    for _ in range(3):
        grow()
    lost = log.publish(system)
    running.store.close()
    (settings.data / DATABASE).unlink()
    for left in settings.data.glob(f"{DATABASE}-*"):
        left.unlink()
    (tmp_path / "backup").rename(settings.data / DATABASE)
    again = open_system(settings)
    yield replace(again.system, clock=system.clock), lost
    again.close()


def test_t32_f04_after_an_older_backup_was_put_back_nothing_is_signed(rolled_back):
    system, lost = rolled_back
    told = log.standing(system)
    assert told.published is not None
    assert f"a checkpoint of {lost.size} documents was published, and there are {told.size}" in told.trouble
    with pytest.raises(LogStopped):
        log.publish(system)
    with pytest.raises(LogStopped):
        log.checkpoint(system)
    assert system.marks.read() == lost.note
    assert logproofs.tile(system, "0/000.p/1")


def test_t32_f04_nor_when_the_log_has_grown_past_it_with_other_documents(rolled_back, send, legacy):
    system, lost = rolled_back
    town = Caller("token", "town", Role.OWNER, frozenset(Scope))
    while system.history.size() <= lost.size:
        submit(system, body=orjson.dumps(legacy), media_type="application/json", caller=town)
        legacy = {**legacy, "inventoryNumber": legacy["inventoryNumber"] + "1"}
    assert "are not those of the checkpoint" in log.standing(system).trouble
    with pytest.raises(LogStopped):
        log.publish(system)


def test_f04_negative_control_without_the_mark_the_rollback_goes_unseen(rolled_back):
    system, lost = rolled_back
    blind = replace(system, marks=FileMarks(system.marks._directory / "elsewhere"))
    assert log.standing(blind).trouble is None
    assert log.publish(blind).size < lost.size


def test_the_operators_way_out_ends_the_log_and_begins_another(rolled_back):
    system, lost = rolled_back
    anew = log.begin_anew(system)
    head = opened(system, anew)
    assert head.origin == log.origin(system) == f"{ORIGIN}-2"
    assert system.marks.former() == {1: lost.note}
    assert log.standing(system).trouble is None
    assert log.checkpoint(system).note == anew.note
    assert log.vkeys(system)[0].startswith(f"{ORIGIN}-2+")
    with pytest.raises(Conflict, match="Nothing is wrong"):
        log.begin_anew(system)


def test_a_database_that_contradicts_itself_has_no_way_out_but_a_sound_copy(system, grow, running):
    grow()
    log.publish(system)
    with closing(sqlite3.connect(running.settings.data / DATABASE)) as connection:
        connection.execute("DROP TRIGGER log_node_no_update")
        connection.execute("UPDATE log_node SET hash = zeroblob(32)")
        connection.commit()
    with pytest.raises(LogStopped):
        log.publish(system)
    with pytest.raises(Conflict, match="sound copy"):
        log.begin_anew(system)


def test_a_checkpoint_that_was_written_but_not_kept_is_kept_the_next_time(system, grow):
    """The process ends between the two: the checkpoint is not yet published, and true all the same."""
    log.publish(system)
    grow()

    class Ends(Exception):
        pass

    def keep_checkpoint(_):
        raise Ends

    class History:
        def __getattr__(self, name):
            return keep_checkpoint if name == "keep_checkpoint" else getattr(system.history, name)

    with pytest.raises(Ends):
        log.publish(replace(system, history=History()))
    written = system.marks.read()
    assert system.history.checkpoint().size == 0
    assert log.publish(system).note == written == system.history.checkpoint().note


SPOILT = [
    lambda note: note[:-9] + "A" + note[-8:],
    lambda note: note.replace("passport.example/log", "other.example/log"),
    lambda note: note.replace("passport.example/log\n", "passport.example/log-7\n", 1),
    lambda note: "",
    lambda note: "nothing",
]


def test_f15_a_changed_mark_stops_the_log(system, grow):
    grow()
    note = log.publish(system).note
    for spoil in SPOILT:
        system.marks.write(spoil(note))
        with pytest.raises(LogStopped):
            log.publish(system)
    system.marks.write(note)
    log.publish(system)


def test_marks_that_are_no_text_are_damage(tmp_path):
    marks = FileMarks(tmp_path)
    assert (marks.read(), marks.former()) == (None, {})
    (tmp_path / NAME).write_bytes(b"\xff")
    with pytest.raises(Damaged):
        marks.read()


def test_f15_changed_checkpoints_in_the_database_stop_the_log(system, grow):
    grow()
    kept = log.publish(system)

    class History:
        checkpoint = None

        def __getattr__(self, name):
            return getattr(system.history, name)

    for forged in (
        replace(kept, root=bytes(32)),
        replace(kept, size=kept.size - 1),
        replace(kept, note=kept.note.replace(f"\n{kept.size}\n", f"\n{kept.size - 1}\n")),
    ):
        history = History()
        history.checkpoint = partial(replace, forged)
        with pytest.raises(LogStopped):
            log.publish(replace(system, history=history))


def test_deleting_all_checkpoints_and_following_anew_gives_consistent_ones(system, grow, running):
    grow()
    before = log.publish(system)
    grow()
    log.publish(system)
    with closing(sqlite3.connect(running.settings.data / DATABASE)) as connection:
        connection.execute("DROP TRIGGER IF EXISTS log_checkpoint_no_delete")
        connection.execute("DELETE FROM log_checkpoint")
        connection.commit()
    after = log.publish(system)
    proof = ledger.consistency(before.size, after.size, log.reader(system))
    assert ledger.verify_consistency(before.size, after.size, before.root, after.root, proof)


def test_proofs_are_of_published_trees_only(system, grow):
    with pytest.raises(NotFound):
        logproofs.inclusion(system, 0)
    grow()
    found = logproofs.inclusion(system, 0)
    assert found.size == system.history.checkpoint().size
    with pytest.raises(NotFound):
        logproofs.consistency(system, 1, found.size + 1)
    with pytest.raises(NotFound):
        logproofs.of_credential(system, "nothing")


def test_two_kept_checkpoints_of_one_size_never_differ_in_their_root(system, grow):
    grow()
    kept = log.publish(system)
    with pytest.raises(Conflict):
        system.history.keep_checkpoint(Checkpoint(kept.size, bytes(32), kept.note, kept.at))
