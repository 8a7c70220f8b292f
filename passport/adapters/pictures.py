"""Pictures made anew from their pixels with Pillow, so that nothing else of what was sent is left."""

import struct
from collections.abc import Sequence
from io import BytesIO
from threading import BoundedSemaphore

from PIL import Image, ImageOps

from passport.errors import Malformed, TooLarge
from passport.ports import Still

EDGE = 2560
"""The longer edge, in pixels, of the largest picture that is kept."""

PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
"""How many pixels a sent picture may have, by its format; a JPEG is shrunk while it is decoded, others are not."""

_FORMATS = ("JPEG", "PNG", "WEBP")
_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_ORIENTATION = 0x0112
_AT_ONCE = 2
_GREY = frozenset({"1", "L"})
_DEEP = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N"})
_CLEAR = frozenset({"LA", "PA", "La", "RGBA", "RGBa"})

Image.MAX_IMAGE_PIXELS = None
"""Pillow would warn of pictures before it refuses larger ones; ``PIXELS`` is asked before anything is decoded."""


class PillowPictures:
    """Pictures (``passport.ports.Pictures``) of which at most two are worked on at once: each takes up to 400 MB."""

    def __init__(self) -> None:
        self._turns = BoundedSemaphore(_AT_ONCE)

    def renew(self, data: bytes, *, edges: Sequence[int] = ()) -> tuple[Still, ...]:
        """The picture made anew, upright and at most 2560 pixels long, then one WebP of each of the ``edges``.

        The same bytes give the same bytes with the same version of Pillow. Metadata, colour profiles, further pictures
        and whatever else was in the file are gone. Raises ``Malformed`` for what is no whole, still JPEG, PNG or WebP,
        and ``TooLarge`` for more than ``PIXELS``, which is told from the header.
        """
        with self._turns:
            kind, picture = _decoded(data)
            return (_still(picture, kind, EDGE), *(_still(picture, "WEBP", edge) for edge in edges))


def _decoded(data: bytes) -> tuple[str, Image.Image]:
    """The format of a picture and its pixels, upright and without anything else."""
    _measure("WEBP", _canvas(data))
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as opened:
            kind = str(opened.format)
            _measure(kind, opened.size)
            if kind != "MPO" and getattr(opened, "n_frames", 1) > 1:
                raise Malformed("Moving pictures are not accepted. Send a still one.")
            opened.draft("RGB", (EDGE, EDGE))
            opened.load()
            return kind.replace("MPO", "JPEG"), _plain(_upright(opened))
    except (Malformed, TooLarge):
        raise
    except Exception as wrong:  # a decoder of hostile bytes raises whatever it comes upon
        raise Malformed("The picture is damaged or not complete: send it again.") from wrong


def _canvas(data: bytes) -> tuple[int, int]:
    """The size that an extended or lossless WebP states: its decoder makes room for it before anybody can ask."""
    if data[:4] != b"RIFF" or len(data) < 30:
        return 0, 0
    if data[12:16] == b"VP8X":
        return (int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1)
    if data[12:16] == b"VP8L":
        (packed,) = struct.unpack_from("<I", data, 21)
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _measure(kind: str, size: tuple[int, int]) -> None:
    if size[0] * size[1] > PIXELS[kind]:
        raise TooLarge("The picture has too many pixels: send a smaller one.", limit=PIXELS[kind])


def _upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its camera says; one whose metadata cannot be read stays as it is."""
    try:
        turned = picture.getexif().get(_ORIENTATION, 1) != 1
        return ImageOps.exif_transpose(picture) if turned else picture
    except Exception:  # broken metadata says nothing
        return picture


def _plain(picture: Image.Image) -> Image.Image:
    """A copy in 8 bits a channel, as grey, palette, RGB or RGBA, that carries nothing but its pixels."""
    if picture.mode in _DEEP:
        picture = picture.convert("I").point(lambda value: value * (1 / 256)) if picture.mode != "I" else picture
        made = picture.convert("L")
    elif picture.mode in _CLEAR or "transparency" in picture.info:
        made = picture.convert("RGBA")
        if made.getchannel("A").getextrema() == (255, 255):
            made = made.convert("RGB")
    elif picture.mode in _GREY:
        made = picture.convert("L")
    elif picture.mode == "P" and max(picture.size) <= EDGE:
        made = picture.copy()
    else:
        made = picture.convert("RGB")
    made.info = {}
    return made


def _still(picture: Image.Image, kind: str, edge: int) -> Still:
    """A picture no longer than ``edge``, as bytes of that format."""
    if max(picture.size) > edge:
        shrunk = picture.convert("RGB") if picture.mode == "P" else picture.copy()
        shrunk.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=3.0)
        picture = shrunk
    written = BytesIO()
    if kind == "JPEG":
        flat = picture.convert("RGB") if picture.mode in ("RGBA", "P") else picture
        flat.save(written, "JPEG", quality=85, optimize=True, progressive=True)
    elif kind == "PNG":
        picture.save(written, "PNG", compress_level=9 if picture.mode == "P" else 6)
    else:
        picture.save(written, "WEBP", quality=82, method=4)
    return Still(written.getvalue(), _TYPES[kind], picture.width, picture.height)
