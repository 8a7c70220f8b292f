"""Private keys, as a port."""

from typing import Protocol

from passport.ports.parties import Key


class Signer(Protocol):
    """The only part that sees private keys. Kept encrypted with a secret that is not in the store."""

    @property
    def unlocked(self) -> bool:
        """Whether it can sign: the secret is there and right."""

    def create(self, organisation: str, at: str) -> Key:
        """Make a new Ed25519 key pair under a ``kid`` never used before; raises ``KeysLocked`` without the secret."""

    def sign(self, kid: str, data: bytes) -> bytes:
        """The raw signature (64 bytes) of that key over ``data``; raises ``KeysLocked``."""
