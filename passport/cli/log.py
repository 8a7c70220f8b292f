"""Commands about the log: ``passport audit`` and ``passport log …``."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from passport.cli.opening import FINDINGS, DataOption, running_on
from passport.errors import Damaged

if TYPE_CHECKING:
    from passport.service.auditproblems import AuditProblem
    from passport.service.system import System

commands = typer.Typer(help="The log of everything that was signed.", no_args_is_help=True)


def audit(data: DataOption = None) -> None:
    """Re-read the whole history: digests, signatures, tree, checkpoints, state. Exit code 1 names all that is wrong.

    The first bad entry of the log comes first. Documents whose content was erased by a logged act are listed as erased,
    which is no fault.
    """
    from passport.service.audit import audit as audit_history

    gone: list[AuditProblem] = []
    with running_on(data) as running, _progress("Documents") as progress:
        system = running.system
        flaws = running.store.flaws()
        problems = audit_history(
            system.history,
            system.parties,
            base=system.base,
            mark=_mark(system),
            progress=progress,
            erased=gone.append,
        )
        size = system.history.size()
    for flaw in flaws:
        print(f"store: {flaw}")
    for problem in (*problems, *gone):
        place = "the store" if problem.position is None else f"position {problem.position}"
        print(f"{place}: {problem.code}: {problem.detail}")
    if flaws or problems:
        first = next((each.position for each in problems if each.position is not None), None)
        if first is not None:
            print(f"The first bad entry is at position {first}.")
        raise typer.Exit(FINDINGS)
    print(f"{size} documents: digests, signatures, tree, checkpoints and state are whole.")


def _mark(system: "System") -> str | None:
    """The note outside the database; bytes that are no text stand for a note that nobody can believe."""
    try:
        return system.marks.read()
    except Damaged:
        return ""


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, if that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@commands.command()
def status(data: DataOption = None) -> None:
    """Say how the log stands: its name, size and newest checkpoint. Exit code 1 when no checkpoints are published."""
    from passport.service import log

    with running_on(data) as running:
        now = log.standing(running.system)
        print(f"log: {now.origin}")
        for vkey in log.vkeys(running.system):
            print(f"vkey: {vkey}")
    print(f"documents: {now.size}")
    print(f"in the newest checkpoint: {now.published.size if now.published else 0}")
    if now.trouble is not None:
        print(f"STOPPED: {now.trouble}")
        raise typer.Exit(FINDINGS)


@commands.command("begin-anew")
def begin_anew(
    lost: Annotated[
        bool, typer.Option("--documents-are-lost", help="Yes: there is no newer copy of the store.")
    ] = False,
    data: DataOption = None,
) -> None:
    """End a log that documents were lost from, and begin another one under a new name.

    Only after an older copy of the store was put back and there is no newer one. Whoever watches the log sees that it
    ended; its last checkpoint stays published.
    """
    from passport.service import log

    if not lost:
        print("Nothing was done. If there is no newer copy of the store anywhere: --documents-are-lost")
        raise typer.Exit(FINDINGS)
    with running_on(data) as running:
        made = log.begin_anew(running.system)
        print(f"The log goes on as {log.origin(running.system)}, with {made.size} documents.")
