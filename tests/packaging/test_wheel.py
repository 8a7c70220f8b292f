"""The wheel holds everything: built, unpacked elsewhere, and the demo run from it with the source tree out of reach."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = (
    "passport/_data/schemas/furniture/1.0/model.json",
    "passport/_data/schemas/furniture/1.0/group.json",
    "passport/_data/schemas/workwear/0.1/codes/garment-type.ttl",
    "passport/_data/schemas/workwear/0.1/context.jsonld",
    "passport/_data/examples/workwear/demoklader/01-arbetsbyxa.json",
    "passport/_data/vocab/furniture-passport.ttl",
    "passport/_data/vocab/contexts/passport-1.0.jsonld",
    "passport/_data/examples/organisations.toml",
    "passport/_data/examples/story/story.toml",
    "passport/web/templates/passport.html",
    "passport/web/assets/plain.css",
    "passport/locale/pl/LC_MESSAGES/pages.po",
    "passport/py.typed",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("build", reason="the test extra is not installed")
    pytest.importorskip("hatchling", reason="the test extra is not installed")
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (made,) = target.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


@pytest.fixture(scope="module")
def environment(installed: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PASSPORT_")}
    return {**kept, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}


@pytest.fixture(scope="module")
def demo(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("elsewhere")
    program = "from passport.cli import main; main()"
    command = [sys.executable, "-c", program, "demo", "--data", str(folder / "store"), "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield json.loads(server.stdout.readline())
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)


def test_everything_travels_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in NEEDED if name not in names] == []
    assert any("licence" in name.lower() or "license" in name.lower() for name in names)
    assert not any(name.startswith(("tests/", "node_modules/", "schemas/")) for name in names)


def test_the_program_runs_from_the_wheel_alone(environment: dict[str, str], installed: Path, tmp_path: Path) -> None:
    program = "import passport.published as p; print(p.__file__); print(p.Published.load().examples())"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert all(line.startswith(str(installed)) for line in done.stdout.splitlines())


def test_the_demo_runs_from_the_wheel(demo: dict[str, Any]) -> None:
    assert {"supplier", "municipality"} <= set(demo["tokens"])
    for name in ("piece", "gs1_piece", "model", "longest"):
        request = urllib.request.Request(demo[name], headers={"Accept": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            document = json.load(answer)
        assert document["digitalProductPassportId"].startswith(demo["base"] + "/passports/")
    with urllib.request.urlopen(demo["base"] + "/schemas", timeout=20) as answer:
        assert answer.status == 200
