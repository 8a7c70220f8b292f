"""``passport follow``, and the follower that ``passport serve`` runs beside itself: real processes on a real store."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from passport.adapters.oxigraph.generations import current
from passport.service import log, snapshots
from passport.settings import Settings
from passport.wiring import exported, opened
from tests.cli.conftest import BASE, CHAIR, SECRET, Run, issued
from tests.ports import free_port

PROGRAM = "from passport.cli import main; main()"
ROOT = Path(__file__).parents[2]

Start = Callable[..., "subprocess.Popen[bytes]"]


def until(done: Callable[[], object]) -> None:
    deadline = time.monotonic() + 600
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def settings(store: Run, tmp_path: Path) -> Settings:
    given = {"signing_secret": SECRET, "base_url": BASE, "host": "127.0.0.1", "port": free_port()}
    return Settings(data=tmp_path / "store", **given)


@pytest.fixture
def start(settings: Settings, tmp_path: Path) -> Iterator[Start]:
    """Start the program with these settings; everything that it started is gone at the end."""
    processes: list[subprocess.Popen[bytes]] = []
    log = (tmp_path / "log").open("wb")

    def start(*arguments: str, **given: object) -> "subprocess.Popen[bytes]":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PASSPORT_")}
        environment |= {"PYTHONPATH": str(ROOT), **exported(settings.model_copy(update=given))}
        processes.append(
            subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments], env=environment, stdout=log, stderr=log)
        )
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()
    log.close()


def children(process: "subprocess.Popen[bytes]") -> list[int]:
    """The followers that a server has started, from any of its threads."""
    found: list[int] = []
    for each in Path(f"/proc/{process.pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            found += map(int, each.read_text().split())
    return [each for each in found if not gone(each) and b"--with-server" in _command(each)]


def held(process: "subprocess.Popen[bytes]") -> list[str]:
    """What a process has open."""
    found = []
    for each in Path(f"/proc/{process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found.append(str(each.readlink()))
    return found


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody waits for any more is at its end, too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def seen_position(settings: Settings) -> int | None:
    made = current(settings.data / "graph")
    return None if made is None else made.position


def log_size(settings: Settings) -> int:
    with opened(settings) as running:
        return running.system.history.size()


@pytest.fixture
def grow(store: Run, settings: Settings) -> Callable[[], int]:
    """Let the log grow; gives its size."""
    token = store("token", "create", "maker").out.strip()
    weights = iter(range(100))

    def grow() -> int:
        issued(settings, token, {**CHAIR, "modelNumber": f"M-{next(weights)}"})
        return log_size(settings)

    return grow


def test_follow_alone_keeps_up_and_takes_a_snapshot_a_day_without_the_keys_until_it_is_stopped(
    settings: Settings, start: Start, grow: Callable[[], int]
) -> None:
    first = grow()
    with opened(settings) as running:
        log.publish(running.system)
    follower = start("follow", signing_secret=None)
    until(lambda: seen_position(settings) == first)
    until(lambda: list((settings.data / "snapshots").glob("2*[0-9]/manifest.json")))
    with opened(settings) as running:
        taken = snapshots.newest(running.system)
    assert taken is not None
    assert taken.size == first
    second = grow()
    until(lambda: seen_position(settings) == second)
    follower.send_signal(signal.SIGTERM)
    assert follower.wait(120) == 0


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_serve_runs_the_follower_without_its_secret_in_a_process_that_ends_with_it(
    settings: Settings, start: Start, grow: Callable[[], int], workers: int
) -> None:
    size = grow()
    server = start("serve", workers=workers)
    until(lambda: seen_position(settings) == size)
    (follower,) = children(server)
    assert SECRET.encode() in Path(f"/proc/{server.pid}/environ").read_bytes()
    assert SECRET.encode() not in Path(f"/proc/{follower}/environ").read_bytes()
    os.kill(follower, signal.SIGKILL)
    until(lambda: children(server) not in ([], [follower]))
    size = grow()
    until(lambda: seen_position(settings) == size)
    (follower,) = children(server)
    server.send_signal(signal.SIGTERM)
    server.wait(120)
    until(lambda: gone(follower))


def test_the_follower_ends_when_the_server_is_killed(settings: Settings, start: Start, grow: Callable[[], int]) -> None:
    size = grow()
    server = start("serve")
    until(lambda: seen_position(settings) == size)
    (follower,) = children(server)
    server.kill()
    server.wait()
    until(lambda: gone(follower))


def test_beside_a_server_without_follower_the_next_of_two_takes_the_place_of_one_that_is_killed(
    settings: Settings, start: Start, grow: Callable[[], int]
) -> None:
    """The server itself never opens the graph's store: queries see it without, and it can be taken away."""
    size = grow()
    server = start("serve", follow=False)
    until(lambda: _answers(settings.port))
    assert children(server) == []
    assert not (settings.data / "graph").exists()
    first = start("follow")
    until(lambda: seen_position(settings) == size)
    second = start("follow")
    first.kill()
    first.wait()
    more = grow()
    until(lambda: seen_position(settings) == more)
    assert held(server)
    assert not any("/graph/" in each for each in held(server))
    shutil.rmtree(settings.data / "graph")
    until(lambda: seen_position(settings) == more)
    assert _answers(settings.port)
    second.send_signal(signal.SIGINT)
    assert second.wait(120) == 0


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
