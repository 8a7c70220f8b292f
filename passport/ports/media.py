"""Pictures and documents beside the history, as ports: keeping them, and making pictures anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Still:
    """One picture as bytes of its media type, with its width and height in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int


class Media(Protocol):
    """Pictures and documents beside the history, addressed by the SHA-256 of their bytes (lower-case hex)."""

    def put(self, data: bytes, media_type: str, *, restricted: bool = False) -> str:
        """Keep bytes durably and give their digest; putting the same bytes twice is one file.

        ``restricted`` ones are not for everybody; bytes that were put once without it are for everybody from then on.
        """

    def get(self, digest: str) -> tuple[bytes, str] | None:
        """The bytes and their media type."""

    def restricted(self, digest: str) -> bool:
        """Whether these bytes were only ever put as restricted ones."""

    def shrink(self, digest: str, edge: int, small: str) -> None:
        """Note that ``small`` is the digest of that picture at a longer edge of ``edge`` pixels."""

    def small(self, digest: str, edge: int) -> str | None:
        """The digest that was noted for that edge."""


class Pictures(Protocol):
    """Makes pictures anew from what they show, so that nothing else of the bytes that somebody sent is kept."""

    def renew(self, data: bytes, *, edges: Sequence[int] = ()) -> tuple[Still, ...]:
        """The picture made anew, then once for each of ``edges``, at most so many pixels long; see the adapter."""
