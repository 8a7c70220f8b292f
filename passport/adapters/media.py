"""Pictures and documents as files, each named by the SHA-256 of its bytes."""

import hashlib
import re
from pathlib import Path

from passport.adapters.files import make_private, write_durably
from passport.errors import Damaged, Malformed

_DIGEST = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
_TYPE_SUFFIX = ".type"
_RESTRICTED_SUFFIX = ".restricted"


class FileMedia:
    """Media in a folder (``passport.ports.Media``): bytes in one file, what is known of them in others beside it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def put(self, data: bytes, media_type: str, *, restricted: bool = False) -> str:
        """Keep bytes durably and give their digest. The media type of the first time stays.

        Bytes that were put once without ``restricted`` are for everybody from then on. Raises ``Malformed`` for a media
        type that is none (lower case, without parameters).
        """
        if not _MEDIA_TYPE.fullmatch(media_type):
            raise Malformed("A media type is written like image/jpeg.", media_type=media_type[:100])
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        mark = path.with_suffix(_RESTRICTED_SUFFIX)
        if not path.exists():
            make_private(path.parent)
            if restricted:
                write_durably(mark, b"", replace=True)
            write_durably(path.with_suffix(_TYPE_SUFFIX), media_type.encode(), replace=True)
            write_durably(path, data, replace=False)
        if not restricted:
            mark.unlink(missing_ok=True)
        return digest

    def get(self, digest: str) -> tuple[bytes, str] | None:
        """The bytes and their media type; raises ``Damaged`` when they are not what was put (T39)."""
        if not _DIGEST.fullmatch(digest):
            return None
        path = self._path(digest)
        try:
            data = path.read_bytes()
            media_type = path.with_suffix(_TYPE_SUFFIX).read_bytes().decode("ascii", "replace")
        except FileNotFoundError:
            return None
        if hashlib.sha256(data).hexdigest() != digest or not _MEDIA_TYPE.fullmatch(media_type):
            raise Damaged(f"the file {digest} is not what was stored")
        return data, media_type

    def restricted(self, digest: str) -> bool:
        """Whether these bytes were only ever put as restricted ones."""
        return bool(_DIGEST.fullmatch(digest)) and self._path(digest).with_suffix(_RESTRICTED_SUFFIX).exists()

    def shrink(self, digest: str, edge: int, small: str) -> None:
        """Note that ``small`` is the digest of that picture at a longer edge of ``edge`` pixels."""
        write_durably(self._path(digest).with_suffix(f".{edge}"), small.encode(), replace=True)

    def small(self, digest: str, edge: int) -> str | None:
        """The digest that was noted for that edge; a note that is damaged counts as none."""
        if not _DIGEST.fullmatch(digest):
            return None
        try:
            noted = self._path(digest).with_suffix(f".{edge}").read_bytes().decode("ascii", "replace")
        except FileNotFoundError:
            return None
        return noted if _DIGEST.fullmatch(noted) else None

    def _path(self, digest: str) -> Path:
        return self._directory / digest[:2] / digest
