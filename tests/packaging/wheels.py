"""A wheel of this tree, built without a network, and what a process needs to run from it alone."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def built(target: Path) -> Path:
    """A wheel, in that folder."""
    pytest.importorskip("build", reason="the test extra is not installed")
    pytest.importorskip("hatchling", reason="the test extra is not installed")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "BUILD_WITHOUT_NPM": "1"})
    (made,) = target.glob("*.whl")
    return made


def unpacked(wheel: Path, target: Path) -> dict[str, str]:
    """Unpack a wheel into that folder; gives the environment of processes that see it instead of the source tree."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PASSPORT_")}
    return {**kept, "PYTHONPATH": str(target), "PYTHONSAFEPATH": "1"}
