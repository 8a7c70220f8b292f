"""Pictures and documents beside the history: made anew when they are kept, read by everybody or by those with a right.

A picture is addressed by the SHA-256 of its bytes, which nobody can guess who does not have it. Those that only
restricted documents name, as the photos of events are, are kept as restricted all the same (T07): an address may be
passed on or stand in a browser's history, so it opens them only for callers who read documents of that tier.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from passport.errors import Forbidden, Malformed, NotFound, TooLarge
from passport.model.access import RIGHTS, Caller, Role, Scope
from passport.model.passport import Tier
from passport.model.rights import READS
from passport.service.system import System

MEDIA_BYTES = 8 * 1024 * 1024
EDGES = (320, 1280)
"""The longer edges, in pixels, of the small forms of a picture."""

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"%PDF-", "application/pdf"),
)
_HEIF = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"})
_KEEPERS = RIGHTS["media-put"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture or document that is kept. ``digest`` is written ``sha256:…``; as an ``image`` object of a submission
    names it. Documents have neither width nor height (0) nor ``thumbnails``, whose addresses are by longer edge.
    """

    url: str
    digest: str
    media_type: str
    width: int = 0
    height: int = 0
    thumbnails: Mapping[int, str] = field(default_factory=dict)


def media_type_of(data: bytes) -> str | None:
    """What the bytes themselves say they are: PNG, JPEG, WebP or PDF; None for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for beginning, media_type in _BEGINNINGS if data.startswith(beginning)), None)


def keep(system: System, data: bytes, media_type: str | None, caller: Caller, *, restricted: bool = False) -> Picture:
    """Keep a picture, made anew from its pixels, or a PDF as it is. The same bytes give the same address.

    Raises ``Forbidden``, ``TooLarge`` (8 MiB, or more pixels than the adapter takes) and ``Malformed`` when the bytes
    are not of the stated type, damaged, moving, or of a kind that is not kept.
    """
    actual = _accepted(data, caller)
    if media_type is not None and media_type.split(";", 1)[0].strip().lower() != actual:
        raise Malformed("Send a PNG, JPEG, WebP or PDF under its own media type.")
    if actual == "application/pdf":
        digest = system.media.put(data, actual, restricted=restricted)
        return Picture(_address(system, digest), f"sha256:{digest}", actual)
    return _keep(system, data, restricted=restricted)


def _accepted(data: bytes, caller: Caller) -> str:
    """The media type of bytes that this caller may have kept."""
    if not _KEEPERS.allows(caller):
        raise Forbidden("This token may not send pictures or documents.")
    if len(data) > MEDIA_BYTES:
        raise TooLarge("A picture or document may have at most 8 MiB.", limit=MEDIA_BYTES)
    actual = media_type_of(data)
    if actual is None and data[4:8] == b"ftyp" and data[8:12] in _HEIF:
        raise Malformed("HEIC and AVIF pictures are not accepted. Save the picture as JPEG and send that.")
    if actual is None:
        raise Malformed("This is not a picture. Send a JPEG, PNG or WebP.")
    return actual


def _keep(system: System, data: bytes, *, restricted: bool) -> Picture:
    whole, *small = system.pictures.renew(data, edges=EDGES)
    digest = system.media.put(whole.data, whole.media_type, restricted=restricted)
    for edge, each in zip(EDGES, small, strict=True):
        system.media.shrink(digest, edge, system.media.put(each.data, each.media_type, restricted=restricted))
    place = _address(system, digest)
    small_ones = {edge: f"{place}?edge={edge}" for edge in EDGES}
    return Picture(place, f"sha256:{digest}", whole.media_type, whole.width, whole.height, small_ones)


def _address(system: System, digest: str) -> str:
    return f"{system.base}/media/{digest}"


def find(system: System, digest: str, *, caller: Caller | None = None, edge: int | None = None) -> tuple[bytes, str]:
    """The bytes and media type under a digest (64 lower-case hex digits, ``sha256-`` before them or not).

    ``edge``, one of ``EDGES``, asks for the small form of a picture; what has none is given as it is. Raises
    ``NotFound``, also for a restricted one that the caller may not see: its existence is not told.
    """
    plain = digest.removeprefix("sha256-")
    if is_restricted(system, plain) and not may_see_restricted(caller):
        raise NotFound("There is no such picture or document.")
    small = system.media.small(plain, edge) if edge is not None else None
    found = (system.media.get(small) if small is not None else None) or system.media.get(plain)
    if found is None:
        raise NotFound("There is no such picture or document.")
    return found


def is_restricted(system: System, digest: str) -> bool:
    """Whether a picture or document is not for everybody."""
    return system.media.restricted(digest.removeprefix("sha256-"))


def may_see_restricted(caller: Caller | None) -> bool:
    """Whether a caller reads what is kept for those with a legitimate interest, of all products or of its own."""
    if caller is None or Scope.READ not in caller.scopes:
        return False
    return caller.role is Role.SUPPLIER or Tier.LEGITIMATE_INTEREST in READS[caller.role]
