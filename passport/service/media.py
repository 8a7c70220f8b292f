"""Pictures and documents beside the history, kept by those who may submit and read by anybody."""

from passport.errors import Forbidden, Malformed, NotFound, TooLarge
from passport.model.access import RIGHTS, Caller
from passport.service.system import System

MEDIA_BYTES = 8 * 1024 * 1024

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"%PDF-", "application/pdf"),
)


def media_type_of(data: bytes) -> str | None:
    """What the bytes themselves say they are: PNG, JPEG, WebP or PDF; None for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for beginning, media_type in _BEGINNINGS if data.startswith(beginning)), None)


def keep(system: System, data: bytes, media_type: str | None, caller: Caller) -> str:
    """Keep a picture or document and give the SHA-256 of its bytes, by which it is addressed (``/media/{digest}``).

    Raises ``Forbidden``, ``TooLarge`` (8 MiB) and ``Malformed`` when the bytes are not of the stated type.
    """
    if not RIGHTS["media-put"].allows(caller):
        raise Forbidden("This token may not send pictures or documents.")
    if len(data) > MEDIA_BYTES:
        raise TooLarge("A picture or document may have at most 8 MiB.", limit=MEDIA_BYTES)
    actual = media_type_of(data)
    if actual is None or (media_type is not None and media_type.split(";", 1)[0].strip().lower() != actual):
        raise Malformed("PNG, JPEG, WebP and PDF are kept, sent under their own media type.")
    return system.media.put(data, actual)


def find(system: System, digest: str) -> tuple[bytes, str]:
    """The bytes and media type under a digest (64 lower-case hex digits, ``sha256-`` before them or not)."""
    found = system.media.get(digest.removeprefix("sha256-"))
    if found is None:
        raise NotFound("There is no such picture or document.")
    return found
