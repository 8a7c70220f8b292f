"""How fast a scan is, beside limits measured in the same run: prints one line for each ratio, exits 1 when one fails.

Run it on a quiet machine: ``python tests/bench/read.py``. In process it counts CPU time, so that other work on the
machine matters little; over HTTP it starts one uvicorn worker for each variant and loads them in turns with wrk (or a
small client of its own where wrk is missing), so that a slow spell falls on all of them.
"""

import argparse
import asyncio
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import uvloop

from passport.model.access import Caller, Role, Scope
from passport.ports import Organisation
from passport.service.organisations import add_organisation
from passport.service.submissions import submit
from passport.settings import Settings, read_settings
from passport.web.app import create_app
from passport.web.pages import Pages
from passport.wiring import Running, create_system, open_system

SECRET = "a signing secret for benchmarks only"
PORT = 8973
KINDS = ("static", "guard", "inner")
GTIN = "09526543000013"
ROUNDS = 101
CALLS = 400
HEADERS = [
    (b"host", b"127.0.0.1"),
    (b"user-agent", b"Mozilla/5.0 (bench)"),
    (b"accept", b"*/*"),
    (b"accept-language", b"sv-SE,sv;q=0.9,en;q=0.5"),
    (b"accept-encoding", b"gzip, deflate, br"),
    (b"connection", b"keep-alive"),
]
Application = Callable[[Any, Any, Any], Awaitable[None]]


def _material(material: str, share: int) -> dict[str, Any]:
    recycled = {"preConsumer": 10, "postConsumer": 20, "total": 30}
    return {"materialClass": material, "massShare": share, "recycledContent": recycled}


def _documents(pieces: int) -> list[dict[str, Any]]:
    components = [
        {
            "componentId": f"part-{number}",
            "name": [{"value": f"Part {number}", "language": "en"}],
            "mass": "1.25",
            "materials": [_material("wood-solid", 70), _material("panel-plywood", 30)],
        }
        for number in range(6)
    ]
    model = {
        "granularity": "model",
        "gtin": GTIN,
        "modelName": [{"value": "Oak chair", "language": "en"}, {"value": "Ekstol", "language": "sv"}],
        "manufacturer": {"name": "Example maker", "address": {"city": "Exempelby", "country": "SE"}},
        "category": "visitor-chair",
        "components": components,
    }
    piece = {"granularity": "item", "gtin": GTIN, "modelPassport": "#0", "components": components}
    return [model, *({**piece, "serialNumber": f"S{number:06}"} for number in range(pieces))]


def fill(folder: Path, pieces: int) -> tuple[Running, list[str]]:
    """A store with a model and its pieces, and the pieces' codes."""
    settings = Settings(data=folder / "store", base_url=f"http://127.0.0.1:{PORT}", signing_secret=SECRET, port=PORT)
    running = create_system(settings)
    add_organisation(running.system, Organisation("maker", "Maker", Role.SUPPLIER, "maker", prefixes=("9526543",)))
    caller = Caller("bench", "maker", Role.SUPPLIER, frozenset({Scope.SUBMIT}))
    body = json.dumps(_documents(pieces)).encode()
    outcome = submit(running.system, body=body, media_type="application/json", caller=caller)
    return running, [each.code for each in outcome.issued[1:]]


def bare_sqlite(running: Running) -> Application:
    """Bare ASGI on the store's database: its own two queries through the driver, and an answer with the result.

    The limit reads the very columns that the real answer needs (the product's key, level, standing and model, the
    document's digest and payload), so that the ratio is what this service adds and not what its tables hold.
    """
    connection = sqlite3.connect(f"file:{running.store.database.path}?mode=ro", uri=True)
    connection.execute("PRAGMA mmap_size=1073741824")
    history: Any = running.system.history
    by_code, by_key = history._sql.read, history._sql.by_key

    async def application(scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        if path.startswith("/passports/"):
            row = connection.execute(by_code, (path[11:],)).fetchone()
            body = row[8][row[6] : -2]
            headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        row = connection.execute(by_key, (path[1:],)).fetchone()
        headers = [(b"location", b"http://127.0.0.1/passports/" + row[0].encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return application


def without_guard(guard: Any) -> Application:
    """The hot reads of an application without any layer around them."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        answer = guard._quick(scope)
        await (answer.send(send) if answer is not None else guard._application(scope, receive, send))

    return application


def bare_static(body: bytes) -> Application:
    """Bare ASGI: always the same bytes."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return application


def _scopes(paths: Sequence[str], headers: list[tuple[bytes, bytes]]) -> list[dict[str, Any]]:
    return [
        {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": headers,
            "root_path": "",
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", PORT),
            "state": {},
        }
        for path in paths
    ]


async def _receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(message: Any) -> None:
    """Where answers go: nowhere."""


async def _cpu(application: Application, paths: Sequence[str], headers: list[tuple[bytes, bytes]]) -> float:
    """CPU microseconds of one call."""
    scopes = _scopes([paths[number % len(paths)] for number in range(CALLS)], headers)
    started = time.process_time()
    for scope in scopes:
        await application(scope, _receive, _send)
    return (time.process_time() - started) / CALLS * 1e6


async def in_process(
    variants: dict[str, tuple[Application, Sequence[str], list[tuple[bytes, bytes]]]],
) -> dict[str, float]:
    """The least disturbed round of each variant, interleaved."""
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(ROUNDS):
        for name, variant in variants.items():
            times[name].append(await _cpu(*variant))
    return {name: min(each) for name, each in times.items()}


def line(name: str, value: float, limit: float, *, most: bool, detail: str = "") -> bool:
    """Print one ratio beside its limit; whether it holds."""
    good = value <= limit if most else value >= limit
    print(f"{name:<44}{value:8.2f}  {'≤' if most else '≥'} {limit:<6} {'ok' if good else 'FAILS'}  {detail}")
    return good


def measure_in_process(running: Running, codes: list[str]) -> bool:
    system = running.system
    bare = bare_sqlite(running)
    guard: Any = create_app(system, Pages(system.published, base=system.base), settings=running.settings)
    passports = [f"/passports/{code}" for code in codes]
    keys = [f"/01/{GTIN}/21/S{number:06}" for number in range(len(codes))]
    page = [(b"host", b"127.0.0.1"), (b"accept", b"text/html,*/*;q=0.8")]
    found = uvloop.run(
        in_process(
            {
                "bare": (bare, passports, HEADERS),
                "scan": (guard, passports, HEADERS),
                "inner": (without_guard(guard), passports, HEADERS),
                "bare key": (bare, keys, HEADERS),
                "redirect": (guard, keys, HEADERS),
            }
        )
    )
    print("CPU µs:", {name: round(each, 1) for name, each in found.items()})
    good = line("scan in process / bare ASGI + SQLite", found["scan"] / found["bare"], 2.0, most=True)
    good &= line("redirect in process / bare ASGI + SQLite", found["redirect"] / found["bare key"], 2.0, most=True)
    good &= line("without middleware / with all of it", found["inner"] / found["scan"], 0.90, most=False)
    good &= line("passport page, a second of one core", _pages(guard, passports, page), 300, most=False)
    return good


def _pages(application: Application, paths: list[str], headers: list[tuple[bytes, bytes]]) -> float:
    async def run() -> float:
        await _cpu_of(application, paths[:20], headers)
        return min([await _cpu_of(application, paths[:100], headers) for _ in range(15)])

    return 1.0 / uvloop.run(run())


async def _cpu_of(application: Application, paths: list[str], headers: list[tuple[bytes, bytes]]) -> float:
    scopes = _scopes(paths, headers)
    started = time.process_time()
    for scope in scopes:
        await application(scope, _receive, _send)
    return (time.process_time() - started) / len(paths)


def server() -> Application:
    """What a server process of this benchmark runs: named by the environment."""
    kind = os.environ["BENCH_KIND"]
    if kind == "static":
        return bare_static(Path(os.environ["BENCH_BODY"]).read_bytes())
    running = open_system(read_settings(os.environ))
    system = running.system
    guard: Any = create_app(system, Pages(system.published, base=system.base), settings=running.settings)
    return without_guard(guard) if kind == "inner" else guard


def _serve(kind: str, port: int, body: Path, store: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "BENCH_KIND": kind,
        "BENCH_BODY": str(body),
        "PASSPORT_DATA": str(store),
        "PASSPORT_SIGNING_SECRET": SECRET,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]),
    }
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "read:server",
        "--factory",
        "--port",
        str(port),
        "--no-access-log",
        "--log-level",
        "error",
        "--lifespan",
        "off",
        "--no-server-header",
    ]
    process = subprocess.Popen(command, env=environment)
    for _ in range(200):
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz").close()
            return process
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise TimeoutError(kind)


def _load(port: int, paths: Sequence[str], seconds: int, folder: Path) -> float:
    """Requests a second over 32 connections."""
    if shutil.which("wrk") is None:
        return asyncio.run(_own_load(port, paths, seconds))
    script = folder / "paths.lua"
    listed = ",".join(f'"{path}"' for path in paths)
    script.write_text(f"local p={{{listed}}} local n=0 request=function() n=n%#p+1 return wrk.format('GET',p[n]) end")
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{port}"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out and not paths[0].startswith("/01/"):
        raise AssertionError(out)
    return float(next(each.split()[1] for each in out.splitlines() if each.startswith("Requests/sec")))


async def _own_load(port: int, paths: Sequence[str], seconds: int) -> float:
    done = 0
    until = time.monotonic() + seconds

    async def one() -> None:
        nonlocal done
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < until:
            writer.write(f"GET {paths[done % len(paths)]} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(each[15:]) for each in head.lower().split(b"\r\n") if each.startswith(b"content-length:")), 0
            )
            await reader.readexactly(length)
            done += 1
        writer.close()

    await asyncio.gather(*(one() for _ in range(32)))
    return done / seconds


def measure_http(codes: list[str], body: bytes, folder: Path, seconds: int, rounds: int) -> bool:
    file = folder / "body.json"
    file.write_bytes(body)
    passports = [f"/passports/{code}" for code in codes[:200]]
    keys = [f"/01/{GTIN}/21/S{number:06}" for number in range(200)]
    loads = (("static", passports), ("guard", passports), ("inner", passports), ("redirect", keys))
    rates: dict[str, list[float]] = {kind: [] for kind, _ in loads}
    servers = {kind: _serve(kind, port, file, folder / "store") for port, kind in enumerate(KINDS, PORT)}
    try:
        for _ in range(rounds + 1):
            for kind, paths in loads:
                port = PORT + KINDS.index(kind if kind in KINDS else "guard")
                rates[kind].append(_load(port, paths, seconds, folder))
    finally:
        for server in servers.values():
            server.terminate()
            server.wait()
    median = {kind: statistics.median(each) for kind, each in rates.items()}
    print("requests a second:", {kind: round(each) for kind, each in median.items()})
    good = line("scan over HTTP / bare ASGI, same bytes", median["guard"] / median["static"], 0.33, most=False)
    good &= line("redirect over HTTP / bare ASGI", median["redirect"] / median["static"], 0.33, most=False)
    ratio = median["guard"] / median["inner"]
    print(f"with all middleware / without, over HTTP    {ratio:8.2f}  (from 0.7 to 1.2 by chance; judged in process)")
    return good


def main() -> int:
    """Measure everything; 1 when a limit is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-http", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        running, codes = fill(folder, options.pieces)
        good = measure_in_process(running, codes)
        reading = running.system.history.read(codes[0])
        assert reading is not None
        body = reading.payload[reading.start : -2]
        running.store.close()
        if not options.no_http:
            good &= measure_http(codes, body, folder, options.seconds, options.rounds)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
