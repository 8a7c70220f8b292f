"""Snapshots of the public data as a port: dated folders of files, whole or not there, and never changed."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol


class Draft(Protocol):
    """A snapshot in the making, which nobody sees yet."""

    def create(self, file: str) -> BinaryIO:
        """A new file of it to write to; whoever asks for it closes it."""


class Snapshots(Protocol):
    """Dated snapshots, by name: an ISO date, with ``-2`` and so on for further ones of a day.

    Each is there whole, or released, or struck out, or not at all.
    """

    def making(self, name: str) -> AbstractContextManager[Draft]:
        """Make a snapshot: all its files are durable and there when the block ends, or none is.

        Raises ``Conflict`` when there is one of that name, struck out or not, and ``StoreBusy`` while another one is
        being made, by any process.
        """

    def names(self) -> Sequence[str]:
        """The names of all that were ever made, struck out or not, the oldest first."""

    def open(self, name: str, file: str) -> BinaryIO | None:
        """A file of a snapshot to read from its beginning; None when there is none. Whoever asks closes it."""

    def strike(self, name: str, notice: bytes) -> None:
        """Take all files of a snapshot away, for ever; what stays is its name and ``notice``, which says why.

        On one that is struck out already the notice stays as it is; what was left by a crash is taken away.
        """

    def release(self, name: str, notice: bytes, *, kept: Collection[str]) -> None:
        """Take the files of a snapshot away, for ever, but those called ``kept``; ``notice`` says when and why.

        On one that is released already the notice stays as it is; what was left by a crash is taken away. Nothing is
        done to one that is struck out.
        """

    def released(self, name: str) -> bytes | None:
        """What was said when a snapshot was released; None of one that was not, or was struck out."""

    def notice(self, name: str) -> bytes | None:
        """What was said when a snapshot was struck out; None of one that was not, or that never was."""
