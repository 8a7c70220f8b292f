"""What is told of the log: checkpoints (C2SP tlog-checkpoint), proofs to take along, what witnesses are sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from passport.proofs.notes import NoteError, base64_of, bytes_of

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_HASH_BYTES = 32
_PROOF = "c2sp.org/tlog-proof@v1"
_MOST_HASHES = 63
SIZE_TYPE = "text/x.tlog.size"
"""The media type in which a witness tells the size that it knows."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says: the log called ``origin`` has ``size`` leaves, and this is the hash of their tree."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64_of(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof to take along: the leaf with number ``index`` is in the tree of the checkpoint.

    ``extra`` is the leaf's data where the proof carries it; nothing vouches for it but that its hash is that leaf's.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None


def head(text: str) -> Head:
    """The head that a checkpoint's text states; lines after the third are left alone. Raises ``NoteError``."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise NoteError("a checkpoint has an origin, a size and a root hash")
    return Head(lines[0], int(lines[1]), _hash(lines[2]))


def proof(found: Proof) -> str:
    """The text of a proof."""
    lines = [_PROOF]
    if found.extra is not None:
        lines.append(f"extra {base64_of(found.extra)}")
    lines += [f"index {found.index}", *map(base64_of, found.hashes), "", found.checkpoint]
    return "\n".join(lines)


def read_proof(text: str) -> Proof:
    """The proof of a text. Raises ``NoteError``."""
    before, empty, checkpoint = text.partition("\n\n")
    lines = before.split("\n")
    if not empty or lines.pop(0) != _PROOF:
        raise NoteError(f"a proof begins with {_PROOF} and ends with a checkpoint")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = bytes_of(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index ") or not _SIZE.fullmatch(lines[0][6:]):
        raise NoteError("a proof has an index")
    if len(lines) - 1 > _MOST_HASHES:
        raise NoteError("a proof has at most 63 hashes")
    return Proof(int(lines[0][6:]), tuple(map(_hash, lines[1:])), checkpoint, extra)


def submission(old: int, hashes: Sequence[bytes], checkpoint: str) -> bytes:
    """What a witness is sent (tlog-witness, ``add-checkpoint``): from the size that it knows to this checkpoint."""
    return "\n".join([f"old {old}", *map(base64_of, hashes), "", checkpoint]).encode()


def told_size(body: bytes) -> int | None:
    """The size that a witness says it knows; None for anything else."""
    text = body.decode("ascii", "replace").removesuffix("\n")
    return int(text) if _SIZE.fullmatch(text) else None


def _hash(text: str) -> bytes:
    data = bytes_of(text)
    if len(data) != _HASH_BYTES:
        raise NoteError("a hash has 32 bytes")
    return data
