"""The paper that the pictures of the examples are drawn on."""

from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 800, 600
SHADOW = "#e3ddd2"
_PAPER = "#f5f2ed"
_SHARP = 3
_COLOURS = 64

Point = tuple[float, float]


class Sheet:
    """A picture under the pencil, in units of 800 × 600, drawn large and reduced so that edges are smooth."""

    def __init__(self) -> None:
        self._image = Image.new("RGB", (WIDTH * _SHARP, HEIGHT * _SHARP), _PAPER)
        self._pencil = ImageDraw.Draw(self._image)

    def area(self, points: Iterable[Point], colour: str) -> None:
        self._pencil.polygon([(x * _SHARP, y * _SHARP) for x, y in points], fill=colour)

    def block(self, left: float, top: float, right: float, bottom: float, colour: str, *, round_by: float = 0) -> None:
        box = [value * _SHARP for value in (left, top, right, bottom)]
        self._pencil.rounded_rectangle(box, radius=round_by * _SHARP, fill=colour)

    def disc(self, x: float, y: float, across: float, down: float, colour: str) -> None:
        box = [value * _SHARP for value in (x - across, y - down, x + across, y + down)]
        self._pencil.ellipse(box, fill=colour)

    def bar(self, points: Iterable[Point], thick: float, colour: str) -> None:
        """A line with round ends and joints."""
        path = [(x * _SHARP, y * _SHARP) for x, y in points]
        self._pencil.line(path, fill=colour, width=round(thick * _SHARP), joint="curve")
        half = thick * _SHARP / 2
        for x, y in path:
            self._pencil.ellipse([x - half, y - half, x + half, y + half], fill=colour)

    def shadow(self, *, across: float, y: float = 522, down: float = 20) -> None:
        self.disc(WIDTH / 2, y, across, down, SHADOW)

    def save(self, path: Path) -> None:
        small = self._image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
