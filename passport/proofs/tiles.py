"""The log in pieces that never change (C2SP tlog-tiles): their addresses, and what is in them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 256
"""Hashes or entries of a full tile."""

HEIGHT = 8
"""Levels of the tree between one level of tiles and the next."""

_ENTRIES = "entries"
_PATH = re.compile(
    r"(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)
_HIGHEST = 63


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile or an entry bundle: ``level`` None is a bundle; ``width`` counts its hashes or entries, from the left."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its address below ``/tile/``."""
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        name = _ENTRIES if self.level is None else str(self.level)
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"{name}/{'/'.join(groups)}{partial}"

    @property
    def start(self) -> int:
        """The index of its first hash within its level (of its first entry)."""
        return self.index * WIDTH


def parse(path: str) -> Tile:
    """The tile at an address below ``/tile/``. Raises ``ValueError`` for anything else."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise ValueError("no tile has this address")
    level = None if found["level"] == _ENTRIES else int(found["level"])
    index = int(found["index"].replace("x", "").replace("/", ""))
    tile = Tile(level, index, WIDTH if found["width"] is None else int(found["width"]))
    if (level or 0) > _HIGHEST or tile.path != path:
        raise ValueError("no tile has this address")
    return tile


def within(tile: Tile, size: int) -> bool:
    """Whether the tile is one of a tree of ``size`` leaves, or of a tree that it grew from."""
    there = size >> HEIGHT * (tile.level or 0)
    return tile.start + tile.width <= there


def tiles(size: int) -> list[Tile]:
    """All tiles and bundles of a tree of ``size`` leaves, the partial ones of that size among them."""
    found: list[Tile] = []
    level, there = 0, size
    while there:
        full, rest = divmod(there, WIDTH)
        of = [*((index, WIDTH) for index in range(full)), *([(full, rest)] if rest else [])]
        found += [Tile(level, index, width) for index, width in of]
        if level == 0:
            found += [Tile(None, index, width) for index, width in of]
        level, there = level + 1, there >> HEIGHT
    return found


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries as a bundle: each with its length before it, in two bytes, the higher first."""
    return b"".join(len(each).to_bytes(2, "big") + each for each in entries)


def unbundled(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises ``ValueError`` for one that ends too early."""
    found = []
    while data:
        length, data = int.from_bytes(data[:2], "big"), data[2:]
        if len(data) < length:
            raise ValueError("the bundle ends within an entry")
        found.append(data[:length])
        data = data[length:]
    return found
