"""What stands outside the database and vouches for the log, as ports: marks and witnesses."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol


class Marks(Protocol):
    """The newest published checkpoint, kept outside the database: it shows when an older copy of that was put back."""

    def held(self) -> AbstractContextManager[None]:
        """Only one at a time on this machine makes a checkpoint; waits for the others."""

    def read(self) -> str | None:
        """The note that was written last; None before the first."""

    def write(self, note: str) -> None:
        """Keep a note in the place of the one before; durable on return."""

    def retire(self, number: int) -> None:
        """Put the note away as the last one of the log with that number, which has ended."""

    def former(self) -> Mapping[int, str]:
        """The last notes of logs that have ended, by their numbers."""


class WitnessReply(NamedTuple):
    """What a witness answered: the HTTP status, the media type without parameters, and the body."""

    status: int
    media_type: str
    body: bytes


class Witness(Protocol):
    """Somebody outside who vouches that the log only grows (C2SP tlog-witness)."""

    @property
    def vkey(self) -> str:
        """The public key of its cosignatures."""

    def add_checkpoint(self, body: bytes) -> WitnessReply:
        """Send it a checkpoint and what proves it. Raises ``OSError`` when it cannot be reached in time."""
