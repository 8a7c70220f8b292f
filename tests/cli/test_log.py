"""``passport audit`` and ``passport log …``: a sound history, and one that is not."""

import sqlite3
from contextlib import closing
from pathlib import Path

from passport.adapters.marks import NAME
from passport.adapters.sql.store import DATABASE
from passport.service import log
from passport.settings import Settings
from passport.wiring import KEYS, opened
from tests.cli.conftest import CHAIR, Run, issued


class TestAudit:
    def test_a_sound_history_is_whole(self, store: Run, settings: Settings) -> None:
        assert "0 documents" in store("audit").out
        issued(settings, store("token", "create", "maker").out.strip(), CHAIR, CHAIR)
        ended = store("audit")
        whole = "2 documents: digests, signatures, tree, checkpoints and state are whole.\n"
        assert (ended.code, ended.out, ended.err) == (0, whole, "")

    def test_a_tampered_document_is_named(self, store: Run, settings: Settings, tmp_path: Path) -> None:
        issued(settings, store("token", "create", "maker").out.strip(), CHAIR, CHAIR, CHAIR)
        with closing(sqlite3.connect(tmp_path / "store" / DATABASE)) as connection:
            connection.execute("DROP TRIGGER document_no_update")
            connection.execute(
                "UPDATE document SET payload = CAST(replace(payload, 'Oak', 'Elm') AS BLOB) WHERE position = 1"
            )
            connection.commit()
        ended = store("audit")
        assert ended.code == 1
        assert "position 1: signature: " in ended.out
        assert "position 1: digest: " in ended.out
        assert "position 0: " not in ended.out
        assert "position 2: " not in ended.out

    def test_a_store_that_is_not_there_is_refused(self, run: Run) -> None:
        ended = run("audit")
        assert ended.code == 2
        assert "passport init" in ended.err


class TestLog:
    def test_the_log_tells_how_it_stands_and_is_not_ended_without_need(self, store: Run, settings: Settings) -> None:
        issued(settings, store("token", "create", "maker").out.strip(), CHAIR)
        with opened(settings) as running:
            log.publish(running.system)
        told = store("log", "status")
        assert told.code == 0
        assert "documents: 1\nin the newest checkpoint: 1\n" in told.out
        assert "vkey: " in told.out
        assert store("log", "begin-anew").code == 1
        refused = store("log", "begin-anew", "--documents-are-lost")
        assert refused.code == 2
        assert "Nothing is wrong" in refused.err

    def test_t32_a_mark_that_does_not_fit_is_named_by_audit_and_status(self, store: Run, settings: Settings) -> None:
        issued(settings, store("token", "create", "maker").out.strip(), CHAIR)
        with opened(settings) as running:
            log.publish(running.system)
        mark = settings.data / KEYS / NAME
        for spoilt in (b"\xff", mark.read_bytes().replace(b"\n1\n", b"\n2\n")):
            mark.write_bytes(spoilt)
            ended = store("audit")
            assert ended.code == 1
            assert "checkpoint: the checkpoint kept outside the database cannot be believed" in ended.out
            told = store("log", "status")
            assert told.code == 1
            assert "STOPPED" in told.out

    def test_keys_of_the_log_are_rotated_like_others(self, store: Run, settings: Settings) -> None:
        with opened(settings) as running:
            log.publish(running.system)
        assert store("key", "rotate", "log").code == 0
        assert len(store("key", "list", "log").out.splitlines()) == 2
        assert store("log", "status").out.count("vkey: ") == 2
