"""Signing keys as files, one a key, the private half encrypted with a secret that is not in the store.

The secret must be random (at least 32 bytes): the encryption key is derived from it with HKDF-SHA256 and a salt of
its own for each file, and seals the private half with AES-256-GCM, bound to the key's id and organisation.
"""

import json
import re
import secrets
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from passport.adapters.files import make_private, write_durably
from passport.errors import Damaged, KeysLocked
from passport.ports import Key

SECRET_BYTES = 32
"""The least length of the secret."""

_KID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_INFO = b"furniture-passport signing key 1"
_SALT_BYTES, _NONCE_BYTES = 16, 12


class FileSigner:
    """Ed25519 keys in a folder (``passport.ports.Signer``). Nothing is decrypted before it is needed."""

    def __init__(self, directory: Path, secret: bytes | str | None) -> None:
        self._directory = directory
        self._secret = secret.encode() if isinstance(secret, str) else secret
        self._loaded: dict[str, Ed25519PrivateKey] = {}
        self._proved = False

    def __repr__(self) -> str:
        return f"FileSigner({str(self._directory)!r})"

    @property
    def unlocked(self) -> bool:
        """Whether the secret is there and opens the keys that exist."""
        try:
            self._prove()
        except KeysLocked:
            return False
        return True

    def create(self, organisation: str, at: str) -> Key:
        """Make a new key pair; its ``kid`` is the year and a digest of the public key, so it names no other key."""
        self._prove()
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        kid = f"{at[:4]}-{sha256(public).hexdigest()[:16]}"
        salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher(salt).encrypt(nonce, private.private_bytes_raw(), _bound(kid, organisation))
        record = {
            "kid": kid,
            "organisation": organisation,
            "created": at,
            "public": b64encode(public).decode(),
            "encryption": "HKDF-SHA256, AES-256-GCM",
            "salt": b64encode(salt).decode(),
            "nonce": b64encode(nonce).decode(),
            "sealed": b64encode(sealed).decode(),
        }
        make_private(self._directory)
        if not write_durably(self._path(kid), json.dumps(record, indent=1).encode(), replace=False):
            raise Damaged(f"a key named {kid} exists already")
        self._loaded[kid] = private
        return Key(kid, organisation, public, at)

    def sign(self, kid: str, data: bytes) -> bytes:
        """The raw signature of that key over ``data``."""
        try:
            private = self._loaded[kid]
        except KeyError:
            private = self._loaded[kid] = self._load(kid)
        return private.sign(data)

    def _prove(self) -> None:
        """Raise ``KeysLocked`` unless the secret is there and opens one of the keys, if there are any."""
        if self._proved:
            return
        self._cipher(b"")
        first = min(self._directory.glob("*.json"), default=None)
        if first is not None:
            self._load(first.stem)
        self._proved = True

    def _load(self, kid: str) -> Ed25519PrivateKey:
        try:
            record = json.loads(self._path(kid).read_bytes())
            salt, nonce, sealed = (b64decode(record[name], validate=True) for name in ("salt", "nonce", "sealed"))
            bound = _bound(kid, record["organisation"])
        except FileNotFoundError as error:
            raise KeysLocked(f"The private half of key {kid[:64]} is not here.", kid=kid) from error
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(f"the file of key {kid} cannot be read") from error
        try:
            return Ed25519PrivateKey.from_private_bytes(self._cipher(salt).decrypt(nonce, sealed, bound))
        except InvalidTag as error:
            raise KeysLocked("The signing secret does not open the keys.", kid=kid) from error

    def _cipher(self, salt: bytes) -> AESGCM:
        if self._secret is None:
            raise KeysLocked("There is no signing secret: passports can be read but not issued.")
        if len(self._secret) < SECRET_BYTES:
            raise KeysLocked(f"The signing secret is shorter than {SECRET_BYTES} bytes.")
        return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=_INFO).derive(self._secret))

    def _path(self, kid: str) -> Path:
        if not _KID.fullmatch(kid):
            raise KeysLocked("This is no key id.", kid=kid[:64])
        return self._directory / f"{kid}.json"


def _bound(kid: str, organisation: Any) -> bytes:
    return json.dumps([kid, organisation]).encode()
