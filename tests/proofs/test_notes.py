import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passport.proofs import checkpoints, ledger, notes
from passport.proofs.notes import NoteError, Verifier

ORIGIN = "passport.example/log"
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
KEY = Verifier(ORIGIN, notes.ED25519, PRIVATE.public_key().public_bytes_raw())
VKEY = "passport.example/log+ea519b92+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"
CHECKPOINT = """passport.example/log
3
Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=

\u2014 passport.example/log 6lGbkky+nCMzoY4RoMeQraUIsGjRslOu0swexd52serwOxfjdp9gwEu1d4Bfc0GGU2RHeDmso6vwhicWucQ8uMkHuA8=
"""
PROOF = f"""c2sp.org/tlog-proof@v1
index 2
T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=

{CHECKPOINT}"""
OTHER = Ed25519PrivateKey.from_private_bytes(b"\x09" * 32)
WITNESS = Verifier("witness.example/w", notes.COSIGNATURE, OTHER.public_key().public_bytes_raw())


def _head():
    return checkpoints.Head(
        ORIGIN, 3, bytes.fromhex("5aac771c899ac292e74bf1afe2e6e302f8b55883b2d1bf197b46a6bea6dabca9")
    )


def _cosignature(text, moment=1_700_000_000):
    return moment.to_bytes(8, "big") + OTHER.sign(notes.cosigned(text, moment))


def test_the_vector_of_the_reference():
    assert KEY.vkey() == VKEY
    assert notes.verifier(VKEY) == KEY
    text = _head().text()
    assert notes.written(text, [KEY.line(PRIVATE.sign(text.encode()))]) == CHECKPOINT
    note = notes.parse(CHECKPOINT)
    assert checkpoints.head(note.text) == _head()
    assert notes.verified(note, [KEY]) == (KEY,)


def test_the_proof_of_the_reference():
    found = checkpoints.read_proof(PROOF)
    assert checkpoints.proof(found) == PROOF
    assert found.index == 2
    leaf = ledger.leaf_hash(b"three")
    assert ledger.verify_inclusion(leaf, 2, 3, found.hashes, _head().root)
    assert len(found.checkpoint) == len(CHECKPOINT)


def test_a_proof_carries_the_data_of_its_leaf():
    found = checkpoints.Proof(0, (), CHECKPOINT, b'{"v":1}')
    assert checkpoints.read_proof(checkpoints.proof(found)) == found


def test_lines_of_unknown_keys_are_ignored_and_witnesses_are_read():
    text = _head().text()
    note = notes.parse(CHECKPOINT + WITNESS.line(_cosignature(text)))
    assert notes.verified(note, [KEY]) == (KEY,)
    assert notes.verified(note, [WITNESS, KEY]) == (KEY, WITNESS)
    assert notes.verified(note, []) == ()


def test_a_known_key_whose_line_fails_spoils_the_note():
    spoilt = CHECKPOINT.replace("\n3\n", "\n4\n")
    with pytest.raises(NoteError, match="does not hold"):
        notes.verified(notes.parse(spoilt), [KEY])
    late = notes.parse(CHECKPOINT + WITNESS.line(_cosignature(_head().text())[:-1] + b"\0"))
    with pytest.raises(NoteError, match="does not hold"):
        notes.verified(late, [WITNESS])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text\n",
        "text\n\n",
        CHECKPOINT[:-1],
        CHECKPOINT.replace("\u2014", "-"),
        CHECKPOINT.replace("\u2014 passport.example/log", "\u2014 passport.example/log extra"),
        CHECKPOINT.replace("kHuA8=", "kHuA8"),
        CHECKPOINT.replace("kHuA8=", "kHuA9="),
        CHECKPOINT.replace("3\n", "3\r\n"),
        CHECKPOINT.replace("example", "ex\x00ample"),
        CHECKPOINT + "\u2014 short AAAA\n",
        CHECKPOINT + "\u2014 x 6lGbkkyA\n" * 70,
        CHECKPOINT + "x" * notes.LONGEST,
        CHECKPOINT.replace("log\n", "log\ud800\n"),
    ],
)
def test_what_is_no_note_is_refused(text):
    with pytest.raises(NoteError):
        notes.parse(text)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "a+b",
        VKEY.replace("ea519b92", "ea519b93"),
        VKEY.replace("+Ae", "+Be"),
        VKEY[:-4],
        VKEY.replace("passport.example/log", "passport example"),
        VKEY.replace("passport.example", "other.example"),
    ],
)
def test_what_is_no_vkey_is_refused(vkey):
    with pytest.raises(NoteError):
        notes.verifier(vkey)


@pytest.mark.parametrize(
    "text",
    [
        "origin\n3\n",
        "origin\n03\nWqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=\n",
        "origin\n-3\nWqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=\n",
        "\n3\nWqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=\n",
        "origin\n3\nWqx3HImawpI=\n",
        "origin\n3\nWqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=",
        "origin\n3\n!qx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteError):
        checkpoints.head(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        CHECKPOINT,
        PROOF.replace("@v1", "@v2"),
        PROOF.replace("index 2\n", ""),
        PROOF.replace("index 2", "index 02"),
        PROOF.replace("T1X2", "T1!2"),
        PROOF.replace("T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=", "T1X2"),
        PROOF.replace("index 2\n", "index 2\n" + "T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=\n" * 63),
        PROOF.replace("index 2\n", "extra ?\nindex 2\n"),
    ],
)
def test_what_is_no_proof_is_refused(text):
    with pytest.raises(NoteError):
        checkpoints.read_proof(text)


def test_what_a_witness_is_sent_and_what_it_tells():
    assert checkpoints.submission(2, [hashlib.sha256(b"").digest()], CHECKPOINT).decode() == (
        f"old 2\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n{CHECKPOINT}"
    )
    assert checkpoints.submission(0, [], CHECKPOINT).startswith(b"old 0\n\npassport")
    assert [checkpoints.told_size(body) for body in (b"7\n", b"7", b"07\n", b"x", b"\xff")] == [7, 7, None, None, None]
