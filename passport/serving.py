"""The HTTP server around the application: uvicorn with its workers, and beside it the follower."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import passport
from passport.service import following, snapshots
from passport.settings import Settings
from passport.web.guard import Log, json_log
from passport.wiring import exported, opened, settle

_START: Final = "import os, sys; os.nice(5); sys.path.append(sys.argv.pop(1)); from passport.cli import main; main()"
"""Begins politely: whoever waits for the server, or for its start, goes first."""
_FOLLOW: Final = (
    sys.executable,
    "-P",
    "-c",
    _START,
    str(Path(passport.__file__).parents[1]),
    "follow",
    "--with-server",
)
_SECRETS: Final = ("PASSPORT_SIGNING_SECRET", "PASSPORT_SIGNING_SECRET_FILE")
_SOON, _LATE = 1.0, 60.0
_PATIENCE: Final = 5.0
_TURN: Final = 0.0005
"""Seconds that one thread of the follower may work before the other has its turn: the graph waits for no snapshot."""


def server_options(settings: Settings) -> dict[str, Any]:
    """How uvicorn is run. No access log of its own: the application writes a structured one."""
    return {
        "host": settings.host,
        "port": settings.port,
        "access_log": False,
        "server_header": False,
        "log_level": "warning",
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": settings.trusted_proxies or None,
        "timeout_graceful_shutdown": settings.stop_seconds,
        "timeout_keep_alive": 15,
        "timeout_worker_healthcheck": 30,
        "h11_max_incomplete_event_size": 64 * 1024,
        "backlog": 2048,
        "lifespan": "off",
    }


def serve_store(settings: Settings) -> None:
    """Serve an existing store until the process is told to stop."""
    import uvicorn  # here, since the follower's process starts with this module and serves nothing

    with opened(settings) as running:
        print(f"Serving {running.system.base} on {settings.host}:{settings.port}.", file=sys.stderr)
        if not running.system.signer.unlocked:
            print("The signing secret is missing or wrong: passports are read, but none are issued.", file=sys.stderr)
    os.environ.update(exported(settings))
    with follower_beside(settings):
        uvicorn.run("passport.wiring:application", factory=True, workers=settings.workers, **server_options(settings))


def follow_store(settings: Settings, *, with_server: bool = False) -> None:
    """Keep the graph up to date, and take snapshots by the day, until the process is told to stop.

    ``with_server``: standard input is a pipe from a server, and its end is the server's.
    """
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN if with_server else lambda *_: stop.set())
    if with_server:
        Thread(target=_end_with, args=(sys.stdin.fileno(), stop), daemon=True).start()
    with opened(settings) as running:
        logger = json_log(settings.log_level)
        tell = partial(_tell, logger, "snapshots")
        days, keep = settings.snapshot_days, settings.snapshot_keep
        take = partial(snapshots.keep_up, running.system, days=days, keep=keep, stop=stop, tell=tell)
        sys.setswitchinterval(_TURN)
        taking = Thread(target=take)
        taking.start()
        settle()
        try:
            following.keep_up(running.system, stop=stop, tell=partial(_tell, logger, "graph"))
        finally:
            stop.set()
            taking.join()


def _tell(logger: Log, what: str, wrong: Exception) -> None:
    logger.error(what, exc_info=wrong)


def _end_with(pipe: int, stop: Event) -> None:
    """Stop at the end of the pipe; what still runs after a while is ended in the middle, and done again later."""
    while os.read(pipe, 1):
        pass
    stop.set()
    time.sleep(_PATIENCE)
    os._exit(0)


@contextmanager
def follower_beside(settings: Settings) -> Iterator[None]:
    """Let the graph be followed in a process of its own for as long as the block lasts, if the settings want that."""
    if not settings.follow:
        yield
        return
    beside = _Beside(settings)
    try:
        yield
    finally:
        beside.stop()


class _Beside:
    """The follower's process: started again when it ends, ever later when it does so soon. It ends with this one."""

    def __init__(self, settings: Settings) -> None:
        self._environment = {**os.environ, **exported(settings)}
        for name in _SECRETS:
            self._environment.pop(name, None)
        self._logger = json_log(settings.log_level)
        self._stop = Event()
        self._process = self._start()
        self._thread = Thread(target=self._keep, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it, and wait for its end."""
        self._stop.set()
        self._thread.join()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(_FOLLOW, stdin=subprocess.PIPE, env=self._environment)  # noqa: S603 - our own words

    def _keep(self) -> None:
        pause, started = _SOON, time.monotonic()
        while not self._stop.wait(_SOON / 4):
            code = self._process.poll()
            if code is None:
                continue
            self._close()
            self._logger.error("graph follower ended", code=code)
            pause = _SOON if time.monotonic() - started > _LATE else min(2 * pause, _LATE)
            if self._stop.wait(pause):
                return
            started = time.monotonic()
            try:
                self._process = self._start()
            except OSError as wrong:
                self._logger.error("graph follower", exc_info=wrong)
        self._close()

    def _close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(2 * _PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
