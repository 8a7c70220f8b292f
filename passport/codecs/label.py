"""QR codes as SVG and PNG, with the short code in clear under the symbol.

The symbol is ISO/IEC 18004 with a quiet zone of four modules. An address in capitals fits the alphanumeric mode, which
makes the symbol one version smaller. Equal arguments give equal bytes: answers may be cached by their arguments. One
symbol takes some milliseconds of computing, so a server does not make it on its event loop.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from typing import Final, Literal
from xml.sax.saxutils import escape

import png as pypng
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

from passport.codecs.glyphs import HEIGHT as GLYPH_HEIGHT
from passport.codecs.glyphs import rows as glyph_rows
from passport.model.shortcode import grouped

Level = Literal["L", "M", "Q", "H"]
Matrix = tuple[tuple[bool, ...], ...]

LEVELS: Final[tuple[Level, ...]] = ("L", "M", "Q", "H")
"""Error correction, weakest first. Q reads scuffed labels that M does not; nothing is raised above what was asked."""

QUIET_ZONE: Final = 4
MILLIMETRES: Final = (0.25, 5.0)
"""Least and greatest width of a module in an SVG, in millimetres."""

PIXELS: Final = (1, 40)
"""Least and greatest width of a module in a PNG, in pixels."""

_CORRECTION: Final = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
_ALPHANUMERIC: Final = re.compile(r"[0-9A-Z $%*+\-./:]+\Z")
_LONGEST: Final = 400
_KEPT: Final = 256
_TEXT_MODULES: Final = 5


def address(base: str, code: str) -> str:
    """The short address of a product as a label carries it: in capitals, unless the base has a path of its own.

    Scheme and host may be written in any case, and the service reads its own path ``/P/`` so; a foreign path is kept.
    """
    scheme, _, place = base.partition("://")
    host, slash, path = place.partition("/")
    return f"{scheme.upper()}://{host.upper()}{slash}{path}/P/{code}"


@lru_cache(maxsize=_KEPT)
def matrix(url: str, level: Level = "Q") -> Matrix:
    """The modules of the symbol for ``url``, row by row, True for dark, without quiet zone.

    ``url`` is at most 400 ASCII characters; ValueError otherwise.
    """
    if not url or len(url) > _LONGEST or not url.isascii():
        raise ValueError("A label carries 1 to 400 ASCII characters.")
    symbol = QRCode(error_correction=_CORRECTION[level], border=0)
    mode = MODE_ALPHA_NUM if _ALPHANUMERIC.match(url) else MODE_8BIT_BYTE
    symbol.add_data(QRData(url.encode("ascii"), mode=mode))
    symbol.make(fit=True)
    return tuple(tuple(map(bool, row)) for row in symbol.modules)


@lru_cache(maxsize=_KEPT)
def svg(url: str, code: str, *, module: float = 0.9, level: Level = "Q") -> bytes:
    """The symbol as an SVG document, one path for all dark modules and the grouped code as text under it.

    ``module`` is the width of a module in millimetres, 0.25 to 5. The picture is named by the grouped code.
    """
    _within(module, MILLIMETRES, "millimetres")
    modules = matrix(url, level)
    width = len(modules) + 2 * QUIET_ZONE
    height = width + _TEXT_MODULES
    name = escape(grouped(code), {'"': "&quot;"})
    written = min(len(modules), 28)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_millimetres(width * module)}" '
        f'height="{_millimetres(height * module)}" viewBox="0 0 {width} {height}" role="img" aria-label="QR {name}">'
        f"<title>QR {name}</title>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
        f'<path fill="#000" shape-rendering="crispEdges" d="{"".join(_runs(modules))}"/>'
        f'<text x="{width / 2:g}" y="{width + 2}" text-anchor="middle" textLength="{written}" '
        f'lengthAdjust="spacingAndGlyphs" font-family="monospace" font-size="4" fill="#000">{name}</text>'
        "</svg>\n"
    ).encode()


@lru_cache(maxsize=_KEPT)
def png(url: str, code: str, *, module: int = 8, level: Level = "Q") -> bytes:
    """The symbol as a PNG picture of one bit a pixel, with the grouped code drawn under it.

    ``module`` is the width of a module in pixels, 1 to 40.
    """
    _within(module, PIXELS, "pixels")
    modules = matrix(url, level)
    symbol = _symbol_rows(modules, module)
    text = _text_rows(grouped(code), len(modules) * module)
    width = max(len(symbol[0]), len(text[0]) + 2 * QUIET_ZONE)
    blank = bytes([1]) * width
    rows = [_centred(row, width) for row in symbol] + [_centred(row, width) for row in text]
    rows += [blank] * (QUIET_ZONE * max(1, module // 2))
    out = BytesIO()
    pypng.Writer(width, len(rows), greyscale=True, bitdepth=1, compression=9).write(out, rows)
    return out.getvalue()


def _runs(modules: Matrix) -> Iterator[str]:
    """Each run of dark modules in a row as one rectangle of path data."""
    for y, row in enumerate(modules, QUIET_ZONE):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                yield f"M{start + QUIET_ZONE} {y}h{x - start}v1h-{x - start}z"
            x += 1


def _symbol_rows(modules: Matrix, module: int) -> list[bytes]:
    """The symbol with its quiet zone as rows of pixels: 0 dark, 1 light."""
    side = bytes([1]) * (QUIET_ZONE * module)
    blank = [bytes([1]) * ((len(modules) + 2 * QUIET_ZONE) * module)] * (QUIET_ZONE * module)
    rows: list[bytes] = []
    for row in modules:
        rows += [side + b"".join(bytes([not dark]) * module for dark in row) + side] * module
    return [*blank, *rows, *blank]


def _text_rows(text: str, room: int) -> list[bytes]:
    """The text as rows of pixels, as large as fits ``room`` pixels in whole multiples of the glyphs."""
    rows = glyph_rows(text)
    scale = max(1, min(room // len(rows[0]), room // (4 * GLYPH_HEIGHT)))
    large: list[bytes] = []
    for row in rows:
        large += [b"".join(bytes([not dark]) * scale for dark in row)] * scale
    return large


def _centred(row: bytes, width: int) -> bytes:
    left = (width - len(row)) // 2
    return bytes([1]) * left + row + bytes([1]) * (width - len(row) - left)


def _millimetres(length: float) -> str:
    return f"{round(length, 3):g}mm"


def _within(module: float, bounds: tuple[float, float], unit: str) -> None:
    least, greatest = bounds
    if not least <= module <= greatest:
        raise ValueError(f"A module is {least} to {greatest} {unit} wide.")
