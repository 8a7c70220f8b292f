"""The research notebook: it is the script beside it, and both go from a running demo's endpoint to three pictures."""

import importlib.util
import json
import os
import re
import runpy
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

import passport
from passport.published import Published

ROOT = str(Path(passport.__file__).parents[1])
FOLDER = Published.load().examples() / "research"
SCRIPT, NOTEBOOK = FOLDER / "furniture-flows.py", FOLDER / "furniture-flows.ipynb"
PROGRAM = [sys.executable, "-c", "from passport.cli import main; main()"]
FRAMES = ("materials", "repairs", "transfers", "flows")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running demo, which takes a snapshot itself, whose graph knows the whole log."""
    folder = tmp_path_factory.mktemp("demo") / "store"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PASSPORT_")}
    settings = kept | {"PYTHONPATH": ROOT}
    command = [*PROGRAM, "demo", "--data", str(folder), "--json", "--port", "0"]
    with subprocess.Popen(command, cwd=folder.parent, env=settings, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            base = json.loads(server.stdout.readline())["base"]
            _wait_for_graph(base)
            yield base
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=120) in {0, -signal.SIGTERM}


def _wait_for_graph(base: str) -> None:
    until = time.monotonic() + 600
    while _position(base) < _size(base):
        assert time.monotonic() < until, "the graph does not follow the log"
        time.sleep(0.2)


def _position(base: str) -> int:
    try:
        with urllib.request.urlopen(f"{base}/sparql?query=ASK%7B%7D", timeout=120) as answer:
            return int(answer.headers["X-Graph-Position"])
    except urllib.error.HTTPError as refused:
        refused.close()
        return -1


def _size(base: str) -> int:
    with urllib.request.urlopen(f"{base}/log/checkpoint", timeout=120) as answer:
        return int(answer.read().split(b"\n")[1])


def test_script_and_notebook_agree() -> None:
    found = importlib.util.spec_from_file_location("build", FOLDER / "build.py")
    assert found is not None
    assert found.loader is not None
    build = importlib.util.module_from_spec(found)
    found.loader.exec_module(build)
    made = build.notebook(SCRIPT.read_text(encoding="utf-8"))
    assert NOTEBOOK.read_text(encoding="utf-8") == made, "run examples/research/build.py"
    nbformat.validate(nbformat.reads(made, as_version=4))


def test_the_script_draws_three_pictures(
    endpoint: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PASSPORT_ENDPOINT", endpoint)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    left = runpy.run_path(str(SCRIPT))
    plots = left["plt"]
    assert len(plots.get_fignums()) == 3
    for number in plots.get_fignums():
        axes = plots.figure(number).axes[0]
        assert axes.get_title()
        assert any(bar.get_width() > 0 for bar in axes.patches)
    plots.close("all")
    for name in FRAMES:
        assert not left[name].empty, name
        assert not left[name].isna().any().any(), name
    assert left["POSITION"] == _size(endpoint)
    said = capsys.readouterr().out
    assert f"log position {left['POSITION']}" in said
    cited = re.search(r"(http\S+/data/\d{4}-\d{2}-\d{2})\b", said)
    assert cited is not None
    with urllib.request.urlopen(cited[1], timeout=120) as answer:
        assert answer.status == 200


def test_the_notebook_runs_from_its_first_cell_to_its_last(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSPORT_ENDPOINT", endpoint)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbclient.NotebookClient(notebook, timeout=1200, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 3
    assert sum("text/html" in output.get("data", {}) for output in outputs) == 3
    assert not any(output.output_type == "error" or output.get("name") == "stderr" for output in outputs)


def test_nothing_that_it_says_depends_on_whose_computer_it_is() -> None:
    read: Any = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in read["cells"])
