"""What commands begin with: the settings of this call, and the store opened with them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from passport.settings import Settings, read_settings

if TYPE_CHECKING:
    from passport.wiring import Running

CLEAN: Final = 0
FINDINGS: Final = 1
REFUSED: Final = 2
"""The exit codes: all is well, something was found, the command was refused."""

DataOption = Annotated[Path | None, typer.Option("--data", help="Folder of the store.", show_default=False)]


def settings_of(data: Path | None = None, **given: object) -> Settings:
    """The settings of this call: its options, then the environment and the settings file."""
    return read_settings(os.environ, given={"data": data, **given})


@contextmanager
def running_on(data: Path | None) -> Iterator["Running"]:
    """The system on the store of this call; closed at the end."""
    from passport.wiring import opened

    with opened(settings_of(data)) as running:
        yield running
