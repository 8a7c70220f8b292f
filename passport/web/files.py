"""The files that pages need: read once, sent compressed when the client takes it, kept by browsers for good."""

import gzip
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from passport.errors import NotFound
from passport.web.answers import Answer, Content, Scope, header, reply, tag_of
from passport.web.negotiation import takes_gzip
from passport.web.site import PERMANENT

TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".json": "application/json",
    ".txt": "text/plain",
    ".map": "application/json",
}
"""What is served, by the end of the name; other files are not."""

_SQUEEZED = frozenset({".css", ".js", ".mjs", ".svg", ".json", ".txt", ".map", ".webmanifest", ".wasm"})
_VARY = (b"vary", b"Accept-Encoding")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, as it is and compressed (None where that gains nothing).

    ``named`` is the query that names its digest.
    """

    data: bytes
    squeezed: bytes | None
    media_type: str
    tag: str
    named: bytes


class Files:
    """The files under one folder; nothing outside it, nothing hidden."""

    def __init__(self, folder: Path) -> None:
        """``folder`` may be missing: then there is nothing."""
        self._folder = folder.resolve()
        self._read = lru_cache(maxsize=256)(self._load)

    def answer(self, name: str, scope: Scope) -> Answer:
        """One file. An address that names the file's digest (``?v=…``) may be kept for good. Raises ``NotFound``."""
        asset = self._read(name)
        cache = PERMANENT if scope["query_string"] == asset.named else "no-cache"
        squeezed = asset.squeezed if takes_gzip(header(scope, b"accept-encoding")) else None
        if squeezed is None:
            return reply(Content(asset.data, asset.media_type, tag=asset.tag, cache=cache, more=(_VARY,)), scope)
        lines = (_VARY, (b"content-encoding", b"gzip"))
        return reply(Content(squeezed, asset.media_type, tag=f"{asset.tag}-z", cache=cache, more=lines), scope)

    def _load(self, name: str) -> Asset:
        parts = name.split("/")
        media_type = TYPES.get(Path(parts[-1]).suffix)
        if media_type is None or any(part in ("", "..") or part.startswith(".") or "\\" in part for part in parts):
            raise NotFound("There is no such file.")
        if len(name) > 200 or "\0" in name:
            raise NotFound("There is no such file.")
        path = self._folder.joinpath(*parts)
        if not path.is_file() or self._folder not in path.resolve().parents:
            raise NotFound("There is no such file.")
        data = path.read_bytes()
        squeezed = _squeezed(path, data) if path.suffix in _SQUEEZED else None
        return Asset(data, squeezed, media_type, tag_of(data), b"v=%b" % digest_mark(data).encode())


def _squeezed(path: Path, data: bytes) -> bytes:
    """The file that the build has compressed, else the bytes compressed now."""
    ready = path.with_name(path.name + ".gz")
    return ready.read_bytes() if ready.is_file() else gzip.compress(data, 9, mtime=0)


def digest_mark(data: bytes) -> str:
    """What stands for a file's bytes in its address."""
    return sha256(data).hexdigest()[:12]
