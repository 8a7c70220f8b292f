"""How soon ``passport serve`` answers on a store of 100,000 pieces.

Run: ``python tests/bench/start.py``. The limit beside it is a bare ASGI application on the same server.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from passport.service.submissions import submit

sys.path.insert(0, str(Path(__file__).parent))
from submit import piece, prepared

PIECES = 100_000
BATCH = 5_000
ROUNDS = 5
BARE = """
import uvicorn
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ready"})
uvicorn.run(app, port=%d, access_log=False, log_level="error", lifespan="off")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def seconds_until_ready(command: list[str], address: str, environment: dict[str, str]) -> float:
    start = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            while True:
                try:
                    with urllib.request.urlopen(address, timeout=1):
                        return time.perf_counter() - start
                except urllib.error.URLError:
                    time.sleep(0.005)
        finally:
            server.terminate()


def main() -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder)
        system, caller = prepared(path)
        for first in range(0, PIECES, BATCH):
            body = "\n".join(json.dumps(piece(number)) for number in range(first, first + BATCH)).encode()
            submit(system, body=body, media_type="application/x-ndjson", caller=caller)
        serve, bare = [], []
        for _ in range(ROUNDS):
            port = free_port()
            environment = {**os.environ, "PASSPORT_DATA": str(path / "store"), "PASSPORT_PORT": str(port)}
            command = [sys.executable, "-c", "from passport.cli import main; main()", "serve"]
            serve.append(seconds_until_ready(command, f"http://127.0.0.1:{port}/readyz", environment))
            port = free_port()
            bare.append(
                seconds_until_ready([sys.executable, "-c", BARE % port], f"http://127.0.0.1:{port}/", {**os.environ})
            )
        ours, limit = statistics.median(serve), statistics.median(bare)
        print(
            f"serve ready on {PIECES:,} pieces: {ours:.2f} s (goal 2); "
            f"bare server {limit:.2f} s; ratio {ours / limit:.1f}"
        )


if __name__ == "__main__":
    main()
