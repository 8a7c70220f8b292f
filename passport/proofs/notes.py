"""Signed notes (C2SP signed-note): a text, and below it a line of each signature that somebody set under it."""

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = 0x01
"""The kind of key that signs the text as it is."""

COSIGNATURE = 0x04
"""The kind of key that a witness signs with (tlog-cosignature, ``cosignature/v1``): the text and the time."""

LONGEST = 64 * 1024
"""Bytes of the longest note that is looked at."""

MOST_SIGNATURES = 64

_DASH = "\u2014 "
_UNFIT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NAME = re.compile(r"[^\s+]+")
_KEY_BYTES, _ID_BYTES, _TIME_BYTES = 32, 4, 8


class NoteError(ValueError):
    """Text that is no signed note, or one that somebody changed."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under its name: ``kind`` is ``ED25519`` or ``COSIGNATURE``, ``public`` has 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature line names the key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:_ID_BYTES]

    def vkey(self) -> str:
        """The key as it is published: name, key id and key, joined by plus signs."""
        return f"{self.name}+{self.key_id.hex()}+{base64_of(bytes([self.kind]) + self.public)}"

    def holds(self, text: str, signature: bytes) -> bool:
        """Whether ``signature`` (without the key id) was made by this key's owner over ``text``."""
        signed = text.encode()
        if self.kind == COSIGNATURE:
            moment, signature = signature[:_TIME_BYTES], signature[_TIME_BYTES:]
            signed = cosigned(text, int.from_bytes(moment, "big"))
        try:
            _public_key(self.public).verify(signature, signed)
        except (InvalidSignature, ValueError):
            return False
        return True

    def line(self, signature: bytes) -> str:
        """The signature line with its line feed."""
        return f"{_DASH}{self.name} {base64_of(self.key_id + signature)}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line taken apart. ``line`` is its text with the line feed."""

    name: str
    key_id: bytes
    data: bytes
    line: str

    def by(self, verifier: Verifier) -> bool:
        """Whether the line names this key; whether it holds is another question."""
        return (self.name, self.key_id) == (verifier.name, verifier.key_id)


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a line feed, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]


def cosigned(text: str, moment: int) -> bytes:
    """What a witness signs: ``moment``, seconds since 1970, and the text."""
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def verifier(vkey: str) -> Verifier:
    """The key that a ``vkey`` describes. Raises ``NoteError``, also for a key id that is not that of the key."""
    parts = vkey.strip().split("+", 2)
    if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
        raise NoteError("a vkey has a name, a key id and a key, joined by plus signs")
    data = bytes_of(parts[2])
    if len(data) != 1 + _KEY_BYTES or data[0] not in (ED25519, COSIGNATURE):
        raise NoteError("the vkey has a kind of key that is not known here")
    made = Verifier(parts[0], data[0], data[1:])
    if made.key_id.hex() != parts[1]:
        raise NoteError("the vkey's key id is not that of its key")
    return made


def written(text: str, lines: Iterable[str]) -> str:
    """The note of a text and its signature lines."""
    return text + "\n" + "".join(lines)


def parse(note: str) -> Note:
    """Take a note apart. Raises ``NoteError``."""
    if len(note.encode("utf-8", "surrogatepass")) > LONGEST or not _plain(note):
        raise NoteError("the note is too long, or has control characters")
    text, empty, rest = note.rpartition("\n\n")
    if not empty or not rest.endswith("\n"):
        raise NoteError("a note has a text, an empty line and signature lines")
    lines = rest[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteError(f"the note has more than {MOST_SIGNATURES} signatures")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def verified(note: Note, verifiers: Sequence[Verifier]) -> tuple[Verifier, ...]:
    """Those of ``verifiers`` who signed. Lines of unknown keys are ignored; a known key's line that fails raises."""
    found: dict[Verifier, None] = {}
    for each in note.signatures:
        for known in verifiers:
            if each.by(known):
                if not known.holds(note.text, each.data):
                    raise NoteError(f"the signature of {known.name} does not hold")
                found[known] = None
    return tuple(found)


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    data = bytes_of(encoded)
    if not line.startswith(_DASH) or not _NAME.fullmatch(name) or len(data) <= _ID_BYTES:
        raise NoteError("a signature line has a dash, a name and a signature in base64")
    return Signature(name, data[:_ID_BYTES], data[_ID_BYTES:], line + "\n")


def _plain(note: str) -> bool:
    return _UNFIT.search(note) is None


def base64_of(data: bytes) -> str:
    """The base64 of data, in its one spelling."""
    return b64encode(data).decode()


def bytes_of(text: str) -> bytes:
    """The data of base64 in its one spelling. Raises ``NoteError``."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("a part is not base64") from error
    if base64_of(data) != text:
        raise NoteError("a part is not base64 in its one spelling")
    return data


@lru_cache(maxsize=256)
def _public_key(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)
