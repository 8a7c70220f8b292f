"""The folder of the graph as readers see it: ``CURRENT`` names the newest generation, which never changes.

A generation is a store of its own (hard links to the writer's files), to be opened read-only. Whoever has it open
keeps it, even after it was deleted; who comes too late for one reads ``CURRENT`` again.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from passport.adapters.files import write_durably
from passport.model.query import Generation

CURRENT: Final = "CURRENT"
_NAME: Final = re.compile(r"gen-(\d{9,18})")


def path_of(folder: Path, number: int) -> Path:
    """Where a generation lies in the graph's folder."""
    return folder / f"gen-{number:09}"


def numbers(folder: Path) -> Iterator[int]:
    """The generations that are there, in no order."""
    if folder.is_dir():
        for each in folder.iterdir():
            if found := _NAME.fullmatch(each.name):
                yield int(found[1])


def current(folder: Path) -> Generation | None:
    """The generation that queries see; None while there is none, or what names it is damaged."""
    try:
        said = json.loads((folder / CURRENT).read_bytes())
        found = Generation(int(said["number"]), int(said["position"]), str(said["made"]), int(said["quads"]))
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, OverflowError):
        return None
    return found if path_of(folder, found.number).is_dir() else None


def make_current(folder: Path, generation: Generation) -> None:
    """Let queries see this generation from now on; durable on return."""
    said = {
        "number": generation.number,
        "position": generation.position,
        "made": generation.made,
        "quads": generation.quads,
    }
    write_durably(folder / CURRENT, json.dumps(said).encode(), replace=True)
