"""T09 and T13 at the running server: what a hostile body may cost, and that nobody brings a schema of their own."""

import contextlib
import json
import os
import re
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import jsonschema_rs
import pytest

import passport
from passport.model.access import Role, Scope
from passport.ports import Organisation
from passport.service.organisations import add_organisation, create_token
from passport.settings import Settings
from passport.wiring import create_system
from tests.ports import free_port
from tests.web.conftest import LEGACY, SECRET, Client, World

MIB = 1024 * 1024
LIMIT = 8 * MIB


@dataclass(frozen=True)
class Served:
    """A server process, where it listens, and a token that may submit."""

    process: int
    port: int
    token: str

    def peak(self) -> int:
        """The most memory that the process ever held, in bytes."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="ascii")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024

    def send(self, framing: str, chunks: Iterator[bytes]) -> tuple[int, int]:
        """Send a request until its answer begins; gives the answer's status and the bytes that went out before."""
        head = (
            f"POST /submissions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\n{framing}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.port), timeout=120) as connection:
            connection.sendall(head.encode())
            sent = 0
            with contextlib.suppress(ConnectionError):
                for chunk in chunks:
                    connection.sendall(chunk)
                    sent += len(chunk)
                    if select.select([connection], [], [], 0)[0]:
                        break
            answer = connection.recv(4096)
        return int(answer.split(b" ", 2)[1]), sent


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """``passport serve`` as a process of its own."""
    if not Path("/proc/self/status").exists():
        pytest.skip("the memory of a process is read from /proc")
    port = free_port()
    data = tmp_path_factory.mktemp("served") / "store"
    running = create_system(Settings(data=data, base_url=f"http://127.0.0.1:{port}", signing_secret=SECRET))
    add_organisation(running.system, Organisation("town", "Exempelby kommun", Role.OWNER, "municipality"))
    token = create_token(
        running.system, "town", scopes=[Scope.SUBMIT], label="test", valid_for=timedelta(days=1)
    ).secret
    running.store.close()
    environment = {name: each for name, each in os.environ.items() if not name.startswith("PASSPORT_")} | {
        "PYTHONPATH": str(Path(passport.__file__).parents[1]),
        "PASSPORT_DATA": str(data),
        "PASSPORT_SIGNING_SECRET": SECRET,
        "PASSPORT_BODY_BYTES": str(LIMIT),
        "PASSPORT_PORT": str(port),
    }
    command = [sys.executable, "-c", "from passport.cli import main; main()", "serve"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            while not _listens(port):
                assert process.poll() is None, "the server did not start"
                time.sleep(0.05)
            yield Served(process.pid, port, token)
        finally:
            process.terminate()
            assert process.wait(timeout=120) in {0, -15}


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _chunked(number: int) -> Iterator[bytes]:
    piece = b" " * 65536
    for _ in range(number):
        yield b"%x\r\n%b\r\n" % (len(piece), piece)


def test_t09_no_body_costs_more_memory_than_twice_the_limit(served: Served) -> None:
    good = json.dumps({**LEGACY, "owner": "town"}).encode()
    assert served.send(f"Content-Length: {len(good)}\r\nConnection: close", iter([good]))[0] == 201
    whole = good.ljust(LIMIT)
    assert served.send(f"Content-Length: {LIMIT}\r\nConnection: close", iter([whole]))[0] == 201
    before = served.peak()
    for framing, chunks in (
        ("Transfer-Encoding: chunked", _chunked(8 * LIMIT // 65536)),
        (f"Content-Length: {8 * LIMIT}", (b" " * 65536 for _ in range(8 * LIMIT // 65536))),
        (f"Content-Length: {10**15}", (b" " * 65536 for _ in range(8 * LIMIT // 65536))),
    ):
        status, sent = served.send(framing, chunks)
        assert status == 413, framing
        assert sent <= 2 * LIMIT, "what the socket's buffers hold beyond the limit is all that is sent in vain"
    assert served.peak() - before <= 2 * LIMIT
    assert served.send(f"Content-Length: {len(good)}\r\nConnection: close", iter([good]))[0] == 201


def test_t13_no_schema_is_compiled_for_a_request(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for level in ("model", "batch", "item"):
        client.post("/submissions?dry_run=1", {"granularity": level}, world.tokens["town"])

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a schema was compiled for a request")

    monkeypatch.setattr(jsonschema_rs, "Draft202012Validator", refuse)
    monkeypatch.setattr(jsonschema_rs, "validator_for", refuse)
    foreign = "https://evil.example/schema"
    for name, value in (
        ("$schema", foreign),
        ("$ref", foreign),
        ("schema", {"pattern": "(a+)+$"}),
        ("contentSpecificationIds", [foreign]),
        ("profile", foreign),
        ("dppSchemaVersion", foreign),
    ):
        got = client.post("/submissions", {**LEGACY, name: value}, world.tokens["town"])
        assert got.status == 422, (name, got.text)
        assert f"/{name}" in {each["pointer"] for each in got.json()["report"]["findings"]}
