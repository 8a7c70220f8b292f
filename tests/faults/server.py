"""The real server with its worker processes, as the drills start it, ask it and kill it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import passport
from passport.wiring import exported
from tests.ports import free_port

ROOT, HERE = Path(passport.__file__).parents[1], Path(__file__).parent
PROGRAM = "from passport.cli import main; main()"
GONE = (ConnectionError, http.client.HTTPException, TimeoutError)
"""What a client sees of a server that was killed."""

REST = 3.0
"""Seconds for which the server surely keeps a connection open that nobody uses."""


class Server:
    """``passport serve`` on a store, without the follower, whose drills are others.

    ``program`` replaces its Python program, for builds that are broken on purpose.
    """

    def __init__(self, settings, *, workers=2, program=PROGRAM):
        given = {"port": free_port(), "workers": workers, "log_level": "error", "follow": False}
        self.settings = settings.model_copy(update=given)
        self._program = program
        self._process = None

    def start(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PASSPORT_")}
        environment |= {"PYTHONPATH": os.pathsep.join((str(ROOT), str(HERE))), **exported(self.settings)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", self._program, "serve"],
            env=environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 300
        while self.read("/readyz") != 200:
            assert self._process.poll() is None, "the server did not start"
            assert time.monotonic() < deadline, "the server did not answer"
            time.sleep(0.05)
        return self

    def kill(self):
        """Kill every process of it at once."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=120)

    def workers(self):
        """The process ids of those that answer requests."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(child) for child in children if b"spawn_main" in command_of(child)] or [self._process.pid]

    def client(self, token=None):
        return Client(self.settings.port, token)

    def read(self, path):
        """The status of one reading request on a connection of its own; None when no answer came."""
        client = self.client()
        try:
            return client.send("GET", path)[0]
        except GONE:
            return None
        finally:
            client.close()


def command_of(process):
    """How a process was started; nothing of one that is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


class Client:
    """One connection, opened again after it broke. ``send`` raises one of ``GONE`` when no answer came.

    It is opened again after a rest, too, in which the server may have closed it.
    """

    def __init__(self, port, token=None):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._used = 0.0

    def send(self, method, path, body=None, **headers):
        """The status and the body of the answer."""
        lines = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and "Content-Type" not in lines:
            lines["Content-Type"] = "application/json"
        if time.monotonic() > self._used + REST:
            self._connection.close()
        try:
            self._connection.request(method, path, body, lines)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except BaseException:
            self._connection.close()
            raise
        finally:
            self._used = time.monotonic()

    def submit(self, documents, key=None):
        """Send a submission; gives the status and the answer."""
        more = {} if key is None else {"Idempotency_Key": key}
        status, body = self.send("POST", "/submissions", json.dumps(documents).encode(), **more)
        return status, json.loads(body)

    def hang_up(self, method, path, body, **headers):
        """Send a request and break the connection before the answer is read."""
        lines = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, path, body, lines)
        self._connection.close()

    def close(self):
        self._connection.close()
