"""The command line: ``passport demo | serve | check | init | organisation | token | key | audit | backup | …``."""

import sys
from typing import NoReturn

import typer

from passport import __version__
from passport.cli import access, documents, log, parties, serving, store
from passport.cli.opening import REFUSED
from passport.errors import Refusal
from passport.settings import table

app = typer.Typer(
    help="Digital product passports for furniture: issue, scan, read, verify.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; a refusal is one plain sentence on standard error and exit code 2."""
    try:
        app()
    except Refusal as refusal:
        _stop(refusal.detail or refusal.code)
    except (FileNotFoundError, FileExistsError, NotADirectoryError, PermissionError) as wrong:
        _stop(f"{wrong.filename}: {wrong.strerror}")


def _stop(reason: str) -> NoReturn:
    print(f"passport: {reason}", file=sys.stderr)
    sys.exit(REFUSED)


@app.command()
def version() -> None:
    """Print the version of this program."""
    print(__version__)


for _command in (
    *(serving.demo, documents.check, store.init, serving.serve, serving.follow),
    *(store.migrate, store.backup, store.restore, store.copy, store.rebuild, store.forget),
    store.snapshot,
    *(documents.withdraw, documents.erase, log.audit),
):
    app.command()(_command)


@app.command("settings")
def show_settings() -> None:
    """Print the table of settings."""
    for name, default, meaning in table():
        print(f"{name}={default}\n    {meaning}")


app.add_typer(parties.commands, name="organisation")
app.add_typer(access.tokens, name="token")
app.add_typer(access.keys, name="key")
app.add_typer(log.commands, name="log")
