"""Commands about the store as a whole: make it, keep it whole, move it."""

import os
import sys
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from passport.cli.opening import DataOption, running_on, settings_of
from passport.model.access import Scope

if TYPE_CHECKING:
    from passport.wiring import Running


def init(
    base_url: Annotated[str, typer.Option(help="The service's own address, for ever: https://passport.example")],
    data: DataOption = None,
    secret_file: Annotated[
        Path | None, typer.Option(help="Write a new signing secret here, unless one is set.", show_default=False)
    ] = None,
) -> None:
    """Create a store: base URL, signing secret, the service's own key and the first administrator's token."""
    from passport.service.organisations import SERVICE, create_token
    from passport.wiring import create_system, new_secret, store_name

    settings = settings_of(data, base_url=base_url)
    if secret_file is not None and settings.signing_secret_file == secret_file and not secret_file.exists():
        settings = settings.model_copy(update={"signing_secret_file": None})
    if settings.signing_secret is None and settings.signing_secret_file is None:
        secret = new_secret()
        settings = settings.model_copy(update={"signing_secret": secret})
        _hand_out(secret, secret_file)
    running = create_system(settings)
    made = create_token(
        running.system, SERVICE, scopes=list(Scope), label="first administrator", valid_for=timedelta(days=365)
    )
    running.store.close()
    print(f"Store created in {store_name(settings)} for {base_url}.")
    print(f"Token of the first administrator, shown this once: {made.secret}")


def _hand_out(secret: str, secret_file: Path | None) -> None:
    if secret_file is None:
        print(f"Signing secret, shown this once; keep it outside the store as PASSPORT_SIGNING_SECRET: {secret}")
        return
    with os.fdopen(os.open(secret_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
    print(f"Signing secret written to {secret_file}: name it as PASSPORT_SIGNING_SECRET_FILE.")


def migrate(data: DataOption = None) -> None:
    """Bring an older store to the form that this program reads. Back it up first."""
    from passport.adapters.sql.store import migrate_store
    from passport.wiring import store_name, store_place

    settings = settings_of(data)
    migrate_store(store_place(settings))
    print(f"The store in {store_name(settings)} is up to date.")


def backup(
    file: Annotated[Path, typer.Argument(help="The backup to write; must not exist yet.")], data: DataOption = None
) -> None:
    """Write a consistent copy of the store while it is being used. The signing keys are not in it."""
    with running_on(data) as running:
        running.store.backup(file)
    print(f"Store copied to {file}. The folder of keys, and the media, are to be kept separately.")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup made by `passport backup`.")], data: DataOption = None
) -> None:
    """Put a backup in place of a store that is not there; an existing store is never overwritten."""
    from passport.adapters.sql.store import restore_store
    from passport.wiring import store_place

    settings = settings_of(data)
    restore_store(file, store_place(settings)).close()
    print(f"Store restored to {settings.data}. Put the folder of keys beside it, then run `passport audit`.")


def copy(
    to: Annotated[str, typer.Option("--to", help="A new place: a folder, or postgresql://user@host/name.")],
    data: DataOption = None,
) -> None:
    """Copy the store to another place, between a file and PostgreSQL either way: whole and checked, or not at all.

    Stop the service before, so that nothing is written to the old store any more.
    """
    from passport.adapters.sql.copying import copy_store
    from passport.adapters.sql.driver import place_of

    with running_on(data) as running, typer.progressbar(length=1, label="Rows", file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        documents = copy_store(running.store, place_of(to), progress=progress)
    print(f"{documents} documents are copied: numbers of rows, root of the log and seals are the same.")
    print("Set PASSPORT_DATABASE, or take it away, to use the copy. The folders of keys and media are not in it.")


def forget(
    days: Annotated[int, typer.Option(min=1, help="Older than so many days.")],
    data: DataOption = None,
) -> None:
    """Remove old submissions and remembered answers from the inbox. What was issued and recorded stays.

    A running service does it by itself, with PASSPORT_INBOX_DAYS.
    """
    from passport.service import inbox

    with running_on(data) as running:
        print(f"{inbox.forget(running.system, days=days)} submissions and answers are forgotten.")


def snapshot(data: DataOption = None) -> None:
    """Take a snapshot of the public data for download, unless nothing has changed since the newest one.

    A running service does it by itself, with PASSPORT_SNAPSHOT_DAYS. The service may run meanwhile.
    """
    from passport.service.snapshots import release, take

    with running_on(data) as running, typer.progressbar(length=1, label="Documents", file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        made, new = take(running.system, progress=progress)
        if running.settings.snapshot_keep is not None:
            release(running.system, keep=running.settings.snapshot_keep)
        bar.update((bar.length or 0) - bar.pos)
        address = f"{running.system.base}/data/{made.name}"
    told = made.statistics
    said = "is made" if new else "is there already, and nothing has changed since"
    print(f"The snapshot {made.name} {said}: {told.passports} passports, {told.events} events, {made.size} documents.")
    print(address)


class Derived(StrEnum):
    """What can be made from the history."""

    SEARCH = "search"
    GRAPH = "graph"


def rebuild(
    data: DataOption = None,
    only: Annotated[Derived | None, typer.Option(help="Make only this anew.", show_default=False)] = None,
) -> None:
    """Make anew what can be made from the history: the search index and the graph. The service may run meanwhile."""
    with running_on(data) as running:
        if only is not Derived.GRAPH:
            _rebuild_search(running)
        if only is not Derived.SEARCH:
            _rebuild_graph(running)


def _rebuild_search(running: "Running") -> None:
    from passport.service.search import rebuild as rebuild_search

    size = running.system.history.size()
    with typer.progressbar(length=size, label="Search index", file=sys.stderr) as bar:
        known = rebuild_search(running.system, progress=lambda done, _: bar.update(done - bar.pos))
    print(f"The search index is made anew, from {known} documents.")


def _rebuild_graph(running: "Running") -> None:
    from passport.service.following import rebuild as rebuild_graph

    with typer.progressbar(length=1, label="Graph", file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        made = rebuild_graph(running.system, progress=progress)
    if made:
        print(f"The graph is made anew, from {running.system.graph.position()} documents.")
    else:
        print("The graph is made anew by the process that keeps it up to date; queries see the old one until then.")
