"""The README's commands, run as a newcomer would: in a clean clone, with a virtual environment of their own."""

import json
import os
import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MINUTES = 8

pytestmark = pytest.mark.slow


def command(marker: str) -> str:
    """The command under a marker of the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- command: {marker} -->\n```sh\n(.+?)\n```", text, re.S)
    assert found is not None, f"the README has no command {marker}"
    return found[1]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("newcomer") / "furniture-passport"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(target)], check=True)
    return target


def _environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("PASSPORT_", "PYTHON", "VIRTUAL"))
    }


def test_the_first_command_serves_real_passports(clone: Path) -> None:
    run = f"{command('demo')} --json --port 0"
    with subprocess.Popen(
        ["bash", "-c", f"exec 3>&1; {run}"],
        cwd=clone,
        env=_environment(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as server:
        try:
            assert server.stdout is not None
            ready = json.loads(server.stdout.readline())
            opened = [ready[name] for name in ("piece", "gs1_piece", "model", "longest", "log", "feed")]
            for address in (*opened, ready["base"] + "/submissions"):
                with urllib.request.urlopen(address, timeout=120) as answer:
                    assert answer.status == 200
            _record_as_the_tour_says(ready["base"], ready["tokens"]["municipality"])
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=300)


def _record_as_the_tour_says(base: str, token: str) -> None:
    """Run the README's command that records a repair, on a piece that the organisation of the token owns."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{base}/desk/owned", headers=headers), timeout=120) as answer:
        code = json.load(answer)["owned"][0]["code"]
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.+?)\n```", text, re.S)
    (recording,) = [block for block in blocks if '"eventType"' in block]
    done = subprocess.run(
        ["bash", "-c", recording.replace("http://127.0.0.1:8000", base)],
        env={**_environment(), "TOKEN": token, "CODE": code},
        capture_output=True,
        text=True,
    )
    told = json.loads(done.stdout)
    assert told["events"][0]["code"] == code, told


def test_the_tour_checks_a_file(clone: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    tour = re.search(r"^passport (check examples\S+ .*)$", text, re.M)
    assert tour is not None
    done = subprocess.run(
        [".venv/bin/passport", *tour[1].split()], cwd=clone, env=_environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
