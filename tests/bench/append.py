"""How fast single events are appended durably, one at a time and from 32 writers, beside the disk's own rate.

Run: ``python tests/bench/append.py``. The raw rate is that of appending 4 KiB and waiting for the disk with fdatasync,
in the folder of the store and in the same run. An event is a piece's cleaning, sent as a submission: in this process
without HTTP, and over HTTP to a server in a process of its own. ``--delays`` makes the disk slower by so many
milliseconds each time it is waited for, in the raw rate and in every commit: on a fast disk the processor is the bound,
and only on a slow one can be seen how many writers share one wait for it.
"""

import argparse
import http.client
import itertools
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from passport.adapters.sql import sqlite
from passport.model.access import Caller, Role, Scope
from passport.ports import Organisation
from passport.service.organisations import add_organisation, create_token
from passport.service.submissions import submit
from passport.service.system import System
from passport.settings import Settings
from passport.wiring import create_system, exported, settle

EVENTS = 320
PIECES = 64
ROUNDS = 3
WRITERS = 32
GOALS = {1: 0.5, WRITERS: 1.5}
SCOPES = frozenset({Scope.SUBMIT, Scope.READ})
DELAY = "BENCH_DELAY"
SERVE = """
import os, runpy
bench = runpy.run_path({path!r})
bench["slow_down"](float(os.environ[{delay!r}]))
import uvicorn
from passport.serving import server_options
from passport.settings import read_settings
settings = read_settings({{k: v for k, v in os.environ.items() if k.startswith("PASSPORT_")}})
uvicorn.run("passport.wiring:application", factory=True, **server_options(settings))
"""


class Slow(sqlite._Session):
    """A connection whose disk takes longer: every commit waits for it once. Counts the commits."""

    delay = 0.0
    commits = 0

    def execute(self, sql: str, *parameters: Any) -> Any:
        if sql == "COMMIT":
            Slow.commits += 1
            if Slow.delay:
                time.sleep(Slow.delay)
        return super().execute(sql, *parameters)


def slow_down(seconds: float) -> None:
    """Make every commit of this process take so much longer."""
    Slow.delay = seconds
    sqlite._Session = Slow


def raw_rate(folder: Path, delay: float, number: int = 500) -> float:
    """How often a second 4 KiB are appended to a file and are durable."""
    block = os.urandom(4096)
    handle = os.open(folder / "raw", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    number = min(number, int(2 / delay)) if delay else number
    start = time.perf_counter()
    for _ in range(number):
        os.write(handle, block)
        os.fdatasync(handle)
        if delay:
            time.sleep(delay)
    rate = number / (time.perf_counter() - start)
    os.close(handle)
    return rate


def prepared(folder: Path) -> tuple[Settings, System, Caller, str, list[str]]:
    """A store with pieces of one owner; gives their codes too."""
    settings = Settings(
        data=folder / "store", base_url="http://127.0.0.1:1", signing_secret="bench " * 8, log_level="error"
    )
    system = create_system(settings).system
    add_organisation(system, Organisation("town", "Town", Role.OWNER, "municipality"))
    caller = Caller("bench", "town", Role.OWNER, SCOPES)
    token = create_token(system, "town", scopes=SCOPES, label="bench", valid_for=timedelta(days=1)).secret
    piece = {"granularity": "item", "category": "desk", "isSecondHandLegacy": True}
    body = json.dumps([piece] * PIECES).encode()
    outcome = submit(system, body=body, media_type="application/json", caller=caller)
    codes = [each["code"] for each in json.loads(outcome.body)["passports"]]
    return settings, system, caller, token, codes


def event(code: str) -> bytes:
    return json.dumps({"eventType": "cleaned", "products": [code]}).encode()


def rate(writers: int, act: Callable[[int, int], None], number: int = EVENTS) -> float:
    """How often a second ``act`` is done by so many threads; it is told its thread and its number."""
    numbers, lock = itertools.count(), threading.Lock()

    def run(writer: int) -> None:
        while True:
            with lock:
                mine = next(numbers)
            if mine >= number:
                return
            act(writer, mine)

    start = time.perf_counter()
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(run, range(writers)))
    return number / (time.perf_counter() - start)


def in_process(system: System, caller: Caller, codes: Sequence[str], writers: int) -> tuple[float, float, float]:
    """Events a second, CPU microseconds and commits of each, without HTTP."""

    def act(_: int, number: int) -> None:
        body = event(codes[number % len(codes)])
        assert submit(system, body=body, media_type="application/json", caller=caller).created

    before, cpu = Slow.commits, time.process_time()
    found = rate(writers, act)
    return found, (time.process_time() - cpu) / EVENTS * 1e6, (Slow.commits - before) / EVENTS


class Serving:
    """A server in a process of its own, for as long as the block lasts."""

    def __init__(self, settings: Settings, delay: float) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        chosen = settings.model_copy(update={"port": self.port})
        program = SERVE.format(path=__file__, delay=DELAY)
        environment = {**os.environ, **exported(chosen), DELAY: str(delay)}
        self._process = subprocess.Popen([sys.executable, "-c", program], env=environment)

    def __enter__(self) -> Self:
        while True:
            if self._process.poll() is not None:
                raise RuntimeError("the server did not start")
            try:
                with socket.create_connection(("127.0.0.1", self.port)):
                    return self
            except ConnectionRefusedError:
                time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def cpu(self) -> float:
        """CPU seconds that the server has used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def over_http(serving: Serving, token: str, codes: Sequence[str], writers: int) -> tuple[float, float]:
    """Events a second, and the server's CPU microseconds of each, with a kept connection for each writer."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connections = [http.client.HTTPConnection("127.0.0.1", serving.port) for _ in range(writers)]

    def act(writer: int, number: int) -> None:
        connections[writer].request("POST", "/submissions", event(codes[number % len(codes)]), headers)
        answer = connections[writer].getresponse()
        body = answer.read()
        assert answer.status == 201, body

    rate(writers, act, number=writers)
    cpu = serving.cpu()
    found = rate(writers, act)
    for connection in connections:
        connection.close()
    return found, (serving.cpu() - cpu) / EVENTS * 1e6


def told(what: str, writers: int, found: float, raw: float, more: str) -> None:
    print(f"  {what:<11} {writers:>2} writers: {found:>6,.0f} a second, {more};", end=" ")
    print(f"÷ raw {found / raw:.2f} (goal {GOALS[writers]})")


def measured(folder: Path, delay: float) -> None:
    """Everything on one disk."""
    settings, system, caller, token, codes = prepared(folder)
    raw = statistics.median(raw_rate(folder, delay) for _ in range(ROUNDS))
    slower = f", slowed down by {delay * 1000:g} ms" if delay else ""
    print(f"raw: {raw:,.0f} appends of 4 KiB with fdatasync a second{slower}")
    Slow.delay = delay
    for writers in GOALS:
        rows = [in_process(system, caller, codes, writers) for _ in range(ROUNDS)]
        found, cpu, commits = (statistics.median(column) for column in zip(*rows, strict=True))
        told("in process", writers, found, raw, f"{cpu:.0f} µs CPU and {commits:.2f} commits each")
    Slow.delay = 0.0
    with Serving(settings, delay) as serving:
        for writers in GOALS:
            found, cpu = map(
                statistics.median,
                zip(*(over_http(serving, token, codes, writers) for _ in range(ROUNDS)), strict=True),
            )
            told("over HTTP", writers, found, raw, f"{cpu:.0f} µs CPU each")
    system.search.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--delays", default="0,1,2,5,10", help="milliseconds by which the disk is slowed down")
    delays = [float(each) / 1000 for each in parser.parse_args().delays.split(",")]
    slow_down(0.0)
    settle()
    for delay in delays:
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
            measured(Path(folder), delay)


if __name__ == "__main__":
    main()
