"""Keys in files: encrypted, locked without the secret, and in no artefact of the service."""

import base64
import json
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from passport.adapters.keys import FileSigner
from passport.errors import Damaged, KeysLocked
from passport.ports import Signer

SECRET = b"\x05" * 32
AT = "2026-11-21T12:00:00Z"


@pytest.fixture
def signer(tmp_path):
    return FileSigner(tmp_path / "keys", SECRET)


def test_a_signature_is_of_the_public_key(signer):
    key = signer.create("maker", AT)
    assert (key.organisation, key.created, key.retired) == ("maker", AT, None)
    Ed25519PublicKey.from_public_bytes(key.public).verify(signer.sign(key.kid, b"data"), b"data")
    assert {name for name in vars(Signer) if not name.startswith("_")} <= set(dir(signer))


def test_keys_survive_a_restart_and_text_secrets_are_their_bytes(tmp_path):
    key = FileSigner(tmp_path, "s" * 40).create("maker", AT)
    again = FileSigner(tmp_path, b"s" * 40)
    assert again.unlocked
    Ed25519PublicKey.from_public_bytes(key.public).verify(again.sign(key.kid, b"x"), b"x")


def test_each_key_has_an_id_of_its_own(signer):
    assert len({signer.create("maker", AT).kid for _ in range(20)}) == 20


@pytest.mark.parametrize("secret", [None, b"", b"short" * 6, b"\x06" * 32, "wrong" * 10])
def test_without_the_right_secret_everything_is_locked(signer, tmp_path, secret):
    key = signer.create("maker", AT)
    locked = FileSigner(tmp_path / "keys", secret)
    assert not locked.unlocked
    with pytest.raises(KeysLocked):
        locked.sign(key.kid, b"data")
    with pytest.raises(KeysLocked):
        locked.create("maker", AT)
    assert len(list((tmp_path / "keys").iterdir())) == 1


def test_an_empty_folder_is_unlocked_by_any_good_secret(tmp_path):
    assert FileSigner(tmp_path / "none", SECRET).unlocked
    assert not FileSigner(tmp_path / "none", None).unlocked


@pytest.mark.parametrize("kid", ["unknown", "../keys/x", "", "a/b", "a" * 65])
def test_an_unknown_key_does_not_sign(signer, kid):
    with pytest.raises(KeysLocked):
        signer.sign(kid, b"data")


def test_only_the_owner_may_read_the_files(signer, tmp_path):
    signer.create("maker", AT)
    (file,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("member", ["organisation", "sealed", "nonce", "salt"])
def test_a_changed_file_does_not_open(signer, tmp_path, member):
    key = signer.create("maker", AT)
    (file,) = (tmp_path / "keys").iterdir()
    record = json.loads(file.read_bytes())
    record[member] = "AAAA" + record[member][4:]
    file.write_text(json.dumps(record))
    with pytest.raises(KeysLocked):
        FileSigner(tmp_path / "keys", SECRET).sign(key.kid, b"data")


def test_another_keys_file_under_this_name_does_not_open(signer, tmp_path):
    first, second = signer.create("maker", AT), signer.create("maker", AT)
    folder = tmp_path / "keys"
    (folder / f"{first.kid}.json").write_bytes((folder / f"{second.kid}.json").read_bytes())
    with pytest.raises(KeysLocked):
        FileSigner(folder, SECRET).sign(first.kid, b"data")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"salt": 1, "nonce": 2, "sealed": 3}'])
def test_an_unreadable_file_is_a_fault(signer, tmp_path, content):
    key = signer.create("maker", AT)
    (tmp_path / "keys" / f"{key.kid}.json").write_bytes(content)
    with pytest.raises(Damaged):
        FileSigner(tmp_path / "keys", SECRET).sign(key.kid, b"data")


def _spellings(secret):
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for shift in range(3):
        # base64 of the secret inside something longer: cut what depends on its neighbours
        text = base64.b64encode(bytes(shift) + secret)
        inner = text[4 if shift else 0 : -4]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


def test_t31_private_keys_and_the_secret_are_in_no_artefact(store, samples, tmp_path, capfd):
    signer = FileSigner(tmp_path / "keys", SECRET)
    key = signer.create("maker", AT)
    private = signer._loaded[key.kid]
    store.parties.add_key(key)
    with store.history.writing() as writing:
        batch = samples.Batch(writing, kid=key.kid, private=private)
        batch.add(samples.new_product())
        batch.append()
    store.backup(tmp_path / "backup.sqlite")
    print(repr(signer), signer, key)
    (tmp_path / "log").write_text("".join(capfd.readouterr()))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 4
    for path in files:
        content = path.read_bytes()
        for secret in (private.private_bytes_raw(), SECRET):
            for spelling in _spellings(secret):
                assert spelling not in content, path
    held = private.private_bytes_raw()
    (tmp_path / "leak").write_bytes(b"k=" + base64.urlsafe_b64encode(b"x" + held))
    assert any(spelling in (tmp_path / "leak").read_bytes() for spelling in _spellings(held))
