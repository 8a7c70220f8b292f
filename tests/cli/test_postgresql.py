"""The command line with the store in PostgreSQL: each command works, or says what takes its place."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from passport import cli
from passport.adapters.sql.store import open_store

BASE = "https://passport.example"
SECRET = "a signing secret for tests, long enough"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the program as its script does; gives its exit code and what it printed."""
    monkeypatch.setenv("PASSPORT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PASSPORT_SIGNING_SECRET", SECRET)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["passport", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return run


def test_every_command_on_postgresql(databases, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = databases.empty()
    monkeypatch.setenv("PASSPORT_DATABASE", address)
    code, _, told = run("audit")
    assert (code, "passport init" in told) == (2, True)
    code, told, _ = run("init", "--base-url", BASE)
    assert (code, "the database that PASSPORT_DATABASE names" in told) == (0, True)
    assert not (tmp_path / "data" / "passport.sqlite").exists()
    assert run("init", "--base-url", BASE)[0] == 2
    assert run("organisation", "add", "maker", "Exempel AB", "--role", "supplier", "--kind", "maker")[0] == 0
    assert run("token", "create", "maker")[0] == 0
    assert run("key", "rotate", "maker")[0] == 0
    for command in ("migrate", "audit", "rebuild"):
        assert run(command)[0] == 0, command
    code, _, told = run("backup", tmp_path / "backup")
    assert (code, "pg_dump" in told) == (2, True)
    code, _, told = run("restore", tmp_path / "backup")
    assert (code, "pg_restore" in told) == (2, True)
    databases.drop(address)


def test_copying_moves_a_store_there_and_back(
    databases, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = databases.empty()
    assert run("init", "--base-url", BASE)[0] == 0
    assert run("organisation", "add", "maker", "Exempel AB", "--role", "supplier", "--kind", "maker")[0] == 0
    code, out, _ = run("copy", "--to", address)
    assert (code, "0 documents are copied" in out) == (0, True)
    assert run("copy", "--to", address)[0] == 2
    monkeypatch.setenv("PASSPORT_DATABASE", address)
    code, out, _ = run("organisation", "list")
    assert (code, "Exempel AB" in out) == (0, True)
    assert run("audit")[0] == 0
    assert run("copy", "--to", tmp_path / "back")[0] == 0
    store = open_store(tmp_path / "back", base_url=BASE)
    assert [each.slug for each in store.parties.organisations()] == ["maker", "service"]
    assert store.flaws() == []
    store.close()
    databases.drop(address)
