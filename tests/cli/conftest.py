"""The program, run as its script does, with a store of the test's own."""

import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

from passport import cli
from passport.model.access import Role
from passport.ports import Organisation
from passport.service.organisations import add_organisation, authenticate
from passport.service.submissions import submit
from passport.settings import Settings
from passport.wiring import create_system, opened

BASE = "https://passport.example"
SECRET = "a signing secret for tests, long enough"
CHAIR: dict[str, Any] = {
    "granularity": "model",
    "modelName": [{"value": "Oak chair", "language": "en"}],
    "manufacturer": {"name": "Exempel Möbler AB"},
    "category": "visitor-chair",
    "materials": [{"materialClass": "wood-solid", "massShare": 100}],
    "timber": [{"commonName": [{"value": "oak", "language": "en"}], "scientificName": "Quercus robur"}],
}


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


Run = Callable[..., Ended]

_COMMANDS = cache(typer.main.get_command)


@pytest.fixture(autouse=True)
def _parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands be made of their functions once, as in each process of the program, not at every call."""
    monkeypatch.setattr(typer.main, "get_command", _COMMANDS)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the program as its script does, with a store and secret of the test's own."""
    for name in [name for name in os.environ if name.startswith("PASSPORT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PASSPORT_DATA", str(tmp_path / "store"))
    monkeypatch.setenv("PASSPORT_SIGNING_SECRET", SECRET)

    def run(*arguments: str | Path, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "argv", ["passport", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return Ended(ended.value.code if isinstance(ended.value.code, int) else 0, printed.out, printed.err)

    return run


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with one supplier in it, to be copied."""
    folder = tmp_path_factory.mktemp("made") / "store"
    running = create_system(Settings(data=folder, base_url=BASE, signing_secret=SECRET))
    add_organisation(running.system, Organisation("maker", "Maker AB", Role.SUPPLIER, "maker"))
    running.store.close()
    return folder


@pytest.fixture
def store(run: Run, made: Path, tmp_path: Path) -> Run:
    """The program with a store that has one supplier in it."""
    shutil.copytree(made, tmp_path / "store")
    return run


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "store", signing_secret=SECRET)


def issued(settings: Settings, token: str, *documents: dict[str, Any]) -> list[str]:
    with opened(settings) as running:
        caller = authenticate(running.system, token)
        outcome = submit(
            running.system, body=json.dumps(documents).encode(), media_type="application/json", caller=caller
        )
    return [each.code for each in outcome.issued]
