"""Pictures and documents as files, each named by the SHA-256 of its bytes."""

import hashlib
import re
from pathlib import Path

from passport.adapters.files import make_private, write_durably
from passport.errors import Damaged, Malformed

_DIGEST = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
_TYPE_SUFFIX = ".type"


class FileMedia:
    """Media in a folder (``passport.ports.Media``): bytes in one file, their media type in one beside it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def put(self, data: bytes, media_type: str) -> str:
        """Keep bytes durably and give their digest. The media type of the first time stays.

        Raises ``Malformed`` for a media type that is none (lower case, without parameters).
        """
        if not _MEDIA_TYPE.fullmatch(media_type):
            raise Malformed("A media type is written like image/jpeg.", media_type=media_type[:100])
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if not path.exists():
            make_private(path.parent)
            write_durably(path.with_suffix(_TYPE_SUFFIX), media_type.encode(), replace=True)
            write_durably(path, data, replace=False)
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

    def _path(self, digest: str) -> Path:
        return self._directory / digest[:2] / digest
