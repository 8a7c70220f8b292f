"""The demo in a process of its own, and requests to it."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import passport

ROOT = str(Path(passport.__file__).parents[1])
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PASSPORT_")} | {
    "PYTHONPATH": ROOT
}
PROGRAM = [sys.executable, "-c", "from passport.cli import main; main()", "demo"]


@contextmanager
def started(folder: Path, environment: dict[str, str], *options: str) -> Iterator[IO[str]]:
    """A running demo and what it prints."""
    command = [*PROGRAM, "--data", str(folder), *options]
    with subprocess.Popen(command, cwd=folder.parent, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=120) in {0, -signal.SIGTERM}


def ask(address: str, token: str | None = None, **headers: str) -> tuple[int, bytes]:
    lines = {"Accept": "application/json", **headers} | ({"Authorization": f"Bearer {token}"} if token else {})
    body = b'{"granularity":"item"}' if token else None
    if body:
        lines["Content-Type"] = "application/json"
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, lines), timeout=120) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read()
