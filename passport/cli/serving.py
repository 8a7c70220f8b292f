"""Commands that serve: the demo, and a store of one's own."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from passport.cli.opening import DataOption, settings_of


def demo(
    data: Annotated[Path, typer.Option(help="Folder of the demo's store; reused when it is there.")] = Path(
        "passport-demo"
    ),
    port: Annotated[
        int | None,
        typer.Option(help="Port to serve on; 8000 for a new store, any for 0.", min=0, max=65535, show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON when ready, for scripts.")] = False,
) -> None:
    """Fill a store with real furniture through the public submission path, and serve it on this machine."""
    from passport.demo import run

    if "PASSPORT_DATABASE" in os.environ:
        print("The demo keeps its store in its own folder: PASSPORT_DATABASE is not used.", file=sys.stderr)
    run(data, port=port, as_json=as_json)


def follow(
    data: DataOption = None,
    with_server: Annotated[bool, typer.Option("--with-server", hidden=True)] = False,
) -> None:
    """Keep the graph up to date until stopped, beside servers with PASSPORT_FOLLOW=false or instead of one that died.

    Of several such processes one works at a time, and the next takes its place.
    """
    from passport.serving import follow_store

    follow_store(settings_of(data), with_server=with_server)


def serve(
    data: DataOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option(help="Server processes.", show_default=False)] = None,
) -> None:
    """Serve the store over HTTP until stopped; requests under way are finished first."""
    from passport.serving import serve_store

    serve_store(settings_of(data, host=host, port=port, workers=workers))
