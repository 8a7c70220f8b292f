"""The program as a whole: its help, its version, and what it says of commands that it does not know."""

import json
import subprocess
import sys

from tests.cli.conftest import CHAIR, Run


def test_the_script_runs_as_a_process_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from passport.cli import main; main()", "check", "-", "--json"],
        input=json.dumps(CHAIR).encode(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["ok"]) == (0, True), done.stderr


def test_help_names_every_command(run: Run) -> None:
    text = run("--help").out
    for name in ("demo", "serve", "check", "init", "organisation", "token", "key", "audit", "backup", "restore"):
        assert name in text
    assert run("version").out.strip()
    assert "PASSPORT_SIGNING_SECRET=" in run("settings").out


def test_an_unknown_command_or_option_is_a_refusal(run: Run) -> None:
    assert run("nothing").code == 2
    assert run("check").code == 2
    assert run("check", "-", "--colour").code == 2
    for port in ("65536", "-1"):
        done = run("demo", "--port", port)
        assert (done.code, "'--port'" in done.err) == (2, True)
