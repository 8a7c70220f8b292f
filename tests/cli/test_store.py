"""``passport init | backup | restore | migrate | rebuild``: making a store, keeping it whole."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from passport.adapters.clock import SystemClock
from passport.adapters.oxigraph.generations import current
from passport.adapters.sql.store import DATABASE
from passport.model.search import Query
from passport.service.organisations import authenticate
from passport.settings import Settings
from passport.wiring import opened
from tests.cli.conftest import BASE, CHAIR, SECRET, Run, issued


class TestInit:
    def test_it_makes_a_store_and_an_administrator(self, run: Run, settings: Settings) -> None:
        ended = run("init", "--base-url", BASE)
        assert ended.code == 0
        assert SECRET not in ended.out
        token = ended.out.rpartition(": ")[2].strip()
        with opened(settings) as running:
            assert running.system.base == BASE
            assert authenticate(running.system, token).role == "administrator"
        added = run("organisation", "add", "maker", "Maker AB", "--role", "supplier", "--kind", "maker")
        assert (added.code, added.out) == (0, "maker: did:web:passport.example:organisations:maker\n")
        assert run("token", "create", "maker").code == 0

    def test_a_store_is_made_once(self, store: Run) -> None:
        ended = store("init", "--base-url", "https://other.example")
        assert ended.code == 2
        assert "store" in ended.err

    def test_the_address_is_fixed(self, store: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PASSPORT_BASE_URL", "https://other.example")
        ended = store("audit")
        assert ended.code == 2
        assert BASE in ended.err

    def test_without_a_secret_it_makes_one(self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("PASSPORT_SIGNING_SECRET")
        file = tmp_path / "secret"
        ended = run("init", "--base-url", BASE, "--secret-file", file)
        assert ended.code == 0
        secret = file.read_text().strip()
        assert len(secret) >= 43
        assert secret not in ended.out
        assert file.stat().st_mode & 0o777 == 0o600
        monkeypatch.setenv("PASSPORT_SIGNING_SECRET_FILE", str(file))
        assert run("organisation", "add", "m", "M", "--role", "supplier", "--kind", "maker").code == 0

    def test_without_a_file_the_secret_is_shown_once(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PASSPORT_SIGNING_SECRET")
        out = run("init", "--base-url", BASE).out
        secret = out.splitlines()[0].rpartition(": ")[2]
        assert len(secret) >= 43
        stored = [path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file()]
        assert not [each for each in stored if secret.encode() in each]
        monkeypatch.setenv("PASSPORT_SIGNING_SECRET", secret)
        assert run("key", "rotate", "service").code == 0

    @pytest.mark.parametrize("base", ["passport.example", "https://passport.example/", "ftp://passport.example", ""])
    def test_the_address_has_the_form_of_one(self, run: Run, base: str, tmp_path: Path) -> None:
        assert run("init", "--base-url", base).code == 2
        assert not (tmp_path / "store").exists()


def test_the_search_index_is_made_anew(store: Run, settings: Settings) -> None:
    token = store("token", "create", "maker").out.strip()
    (code,) = issued(settings, token, CHAIR)
    ended = store("rebuild")
    assert ended.code == 0
    assert "made anew, from" in ended.out
    with opened(settings) as running:
        assert running.system.search.query(Query("oak")).codes == (code,)


@pytest.mark.parametrize("only", ["search", "graph"])
def test_one_of_what_is_made_from_the_history_is_made_anew(store: Run, settings: Settings, only: str) -> None:
    issued(settings, store("token", "create", "maker").out.strip(), CHAIR)
    ended = store("rebuild", "--only", only)
    assert ended.code == 0
    assert (current(settings.data / "graph") is not None) is (only == "graph")
    assert ("The search index is made anew" in ended.out) is (only == "search")
    assert store("rebuild", "--only", "history").code == 2


def test_a_snapshot_is_taken_once_while_nothing_changes(store: Run, settings: Settings) -> None:
    issued(settings, store("token", "create", "maker").out.strip(), CHAIR)
    first, second = store("snapshot"), store("snapshot")
    (folder,) = [each for each in (settings.data / "snapshots").iterdir() if each.is_dir()]
    assert "is made: 1 passports" in first.out
    assert "is there already" in second.out
    assert first.out.splitlines()[-1] == second.out.splitlines()[-1] == f"{BASE}/data/{folder.name}"
    assert (folder / "all.nq.gz").is_file()


def test_as_many_snapshots_keep_their_files_as_the_setting_says(
    store: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = store("token", "create", "maker").out.strip()
    monkeypatch.setenv("PASSPORT_SNAPSHOT_KEEP", "1")
    for weight in (7, 8):
        issued(settings, token, {**CHAIR, "netWeight": weight})
        assert store("snapshot").code == 0
    first, second = sorted(each for each in (settings.data / "snapshots").iterdir() if each.is_dir())
    assert (second / "all.nq.gz").is_file()
    assert {each.name for each in first.iterdir()} == {"manifest.json", "checkpoint", "released"}
    monkeypatch.setenv("PASSPORT_SNAPSHOT_KEEP", "0")
    assert store("snapshot").code == 2


def test_the_graph_is_made_anew(store: Run, settings: Settings) -> None:
    issued(settings, store("token", "create", "maker").out.strip(), CHAIR)
    numbers = []
    for _ in range(2):
        assert "The graph is made anew, from" in store("rebuild").out
        made = current(settings.data / "graph")
        assert made is not None
        numbers.append(made.number)
    assert numbers[1] > numbers[0]
    with opened(settings) as running:
        assert made.position == running.system.history.size()
        assert running.system.graph.follow(lambda feeding: None)
        ended = store("rebuild", "--only", "graph")
        assert "by the process that keeps it up to date" in ended.out


class TestForget:
    def test_what_is_older_is_forgotten(self, store: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        issued(settings, store("token", "create", "maker").out.strip(), CHAIR)
        assert store("forget", "--days", "1").out == "0 submissions and answers are forgotten.\n"
        moment = datetime.now(UTC) + timedelta(days=2)
        monkeypatch.setattr(SystemClock, "now", lambda clock: moment)
        assert store("forget", "--days", "1").out == "1 submissions and answers are forgotten.\n"
        assert store("audit").code == 0
        assert store("forget", "--days", "0").code == store("forget").code == 2


class TestBackup:
    def test_a_backup_is_restored_elsewhere_and_is_whole(
        self, store: Run, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token = store("token", "create", "maker").out.strip()
        (code,) = issued(settings, token, CHAIR)
        copy = tmp_path / "copy.sqlite"
        assert store("backup", copy).code == 0
        assert store("backup", copy).code == 2
        assert copy.stat().st_mode & 0o777 == 0o600
        assert store("restore", copy).code == 2
        monkeypatch.setenv("PASSPORT_DATA", str(tmp_path / "second"))
        assert store("restore", copy).code == 0
        assert "1 documents" in store("audit").out
        again = settings.model_copy(update={"data": tmp_path / "second"})
        with opened(settings) as first, opened(again) as second:
            assert second.system.history.read(code) == first.system.history.read(code)
            assert second.system.history.version(code, 1) == first.system.history.version(code, 1)
        (tmp_path / "store" / "keys").rename(tmp_path / "second" / "keys")
        assert issued(again, token, CHAIR)

    def test_what_is_no_backup_is_refused(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "other").write_bytes(b"not a database" * 1000)
        for path in (tmp_path / "nothing", tmp_path / "other"):
            assert run("restore", path).code == 2
        assert not (tmp_path / "store" / DATABASE).exists()


class TestMigrate:
    def test_a_new_store_is_up_to_date(self, store: Run) -> None:
        assert store("migrate").code == 0
        assert store("audit").code == 0

    @pytest.mark.parametrize("command", [("audit",), ("migrate",), ("serve",), ("token", "list")])
    def test_a_newer_store_is_refused_by_every_command(
        self, store: Run, tmp_path: Path, command: tuple[str, ...]
    ) -> None:
        with closing(sqlite3.connect(tmp_path / "store" / DATABASE)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
        ended = store(*command)
        assert ended.code == 2
        assert "newer program" in ended.err
